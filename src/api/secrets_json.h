/* secrets_json: an endpoint's secrets in JSON, without their values. */
#ifndef HOOKROLL_API_SECRETS_JSON_H
#define HOOKROLL_API_SECRETS_JSON_H

#include "api/json_write.h"
#include "domain/endpoint.h"

#include <stdint.h>

/* secrets_json_members: "secrets", all that are kept, oldest first, with their states at `now`
 * (ms), into the object that is open. */
void secrets_json_members(struct json_write *json, const struct endpoint *endpoint, int64_t now);

/* secrets_json_row: an object that says whose they are, too. */
void secrets_json_row(struct json_write *json, const struct endpoint *endpoint, int64_t now);

#endif
