/* roll_json: the JSON form of what a roll is asked for. */
#ifndef HOOKROLL_API_ROLL_JSON_H
#define HOOKROLL_API_ROLL_JSON_H

#include "domain/faults.h"
#include "domain/roll.h"

struct json_object;

/* roll_json_read: {"expiration": seconds, "secret": text, "reason": text}, all optional, null
 * and "" as if absent, other members ignored. Adds a fault for a member of the
 * wrong type; ranges are roll_check's. The request borrows from `object`. */
void roll_json_read(const struct json_object *object, struct roll_request *request,
                    struct faults *faults);

#endif
