/* admin_json: the JSON forms of what surrounds endpoints: projects, API keys, history. */
#ifndef HOOKROLL_API_ADMIN_JSON_H
#define HOOKROLL_API_ADMIN_JSON_H

#include "api/json_write.h"
#include "base/text.h"
#include "domain/apikey.h"
#include "domain/history.h"
#include "domain/project.h"

void admin_json_project(struct json_write *json, const struct project *project);

/* admin_json_apikey: `token` is shown once, to who made the key; absent otherwise. */
void admin_json_apikey(struct json_write *json, const struct apikey *key, struct text token);

void admin_json_history(struct json_write *json, const struct history *history);

#endif
