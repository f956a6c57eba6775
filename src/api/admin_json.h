/* admin_json: the JSON forms of what surrounds endpoints: projects, API keys, history. */
#ifndef HOOKROLL_API_ADMIN_JSON_H
#define HOOKROLL_API_ADMIN_JSON_H

#include "api/json_write.h"
#include "base/text.h"
#include "domain/apikey.h"
#include "domain/faults.h"
#include "domain/history.h"
#include "domain/project.h"

struct json_object;

void admin_json_project(struct json_write *json, const struct project *project);

/* admin_json_signature: "header" and "versions", how the project signs, into the
 * object that is open. */
void admin_json_signature(struct json_write *json, const struct project *project);

/* admin_json_apikey: `token` is shown once, to who made the key; absent otherwise. */
void admin_json_apikey(struct json_write *json, const struct apikey *key, struct text token);

/* Reading: members that are absent or null keep their value; faults for wrong types
 * and unknown names, ranges are the domain's. Text is borrowed from `object`.
 * A key's expires_in counts from its created_at. */
void admin_json_read_project(const struct json_object *object, struct project *project,
                             struct faults *faults);
void admin_json_read_apikey(const struct json_object *object, struct apikey *key,
                            struct faults *faults);

void admin_json_history(struct json_write *json, const struct history *history);

/* admin_json_history_pagination: "pagination"; `next` is a sequence, 0: none. */
void admin_json_history_pagination(struct json_write *json, int64_t per_page, uint64_t next,
                                   bool more);

#endif
