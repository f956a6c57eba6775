/* apikey_json: the JSON form of an API key, without its secret. */
#ifndef HOOKROLL_API_APIKEY_JSON_H
#define HOOKROLL_API_APIKEY_JSON_H

#include "api/json_write.h"
#include "base/text.h"
#include "domain/apikey.h"
#include "domain/faults.h"

struct json_object;

/* apikey_json_write: `token` is shown once, to who made the key; absent otherwise. */
void apikey_json_write(struct json_write *json, const struct apikey *key, struct text token);

/* apikey_json_read: members that are absent or null keep their value, others are ignored;
 * expires_in counts from the key's created_at. Adds a fault for a member of the wrong type, an
 * expires_in out of range and a scope that there is not; the rest is apikey_check's. Text is
 * borrowed from `object`. */
void apikey_json_read(const struct json_object *object, struct apikey *key, struct faults *faults);

#endif
