/* rolled_json: what became of each endpoint when many are rolled, an element of a list each. */
#ifndef HOOKROLL_API_ROLLED_JSON_H
#define HOOKROLL_API_ROLLED_JSON_H

#include "api/json_write.h"
#include "domain/endpoint.h"
#include "domain/roll.h"
#include "domain/uid.h"

/* rolled_json_write: it was rolled, and is now as `endpoint`: its new secret, value and all, and
 * the end of the one before. */
void rolled_json_write(struct json_write *json, const struct endpoint *endpoint,
                       const struct roll *roll);

/* rolled_json_refused: it could not be rolled, and why. */
void rolled_json_refused(struct json_write *json, const struct uid *uid, const char *why);

#endif
