/* verify_json: a delivery as it came, from a JSON body or from a raw one and its
 * headers; and what was found out about it. */
#ifndef HOOKROLL_API_VERIFY_JSON_H
#define HOOKROLL_API_VERIFY_JSON_H

#include "api/json_write.h"
#include "api/request.h"
#include "base/arena.h"
#include "base/rc.h"
#include "base/text.h"
#include "domain/delivery.h"
#include "domain/faults.h"

#include <stdint.h>

struct json_object;

/* Both set all of `received`, of which a tolerance that is not given stays; `convoy` is
 * the name of the Convoy signature's header. Add a fault for every member, or header,
 * that is not of its form. Text is borrowed from the body or `arena`. RC_NO_MEMORY. */
RC_CHECK enum rc verify_json_read(const struct json_object *object, struct text convoy,
                                  struct arena *arena, struct delivery_received *received,
                                  struct faults *faults);
void verify_json_read_raw(const struct request *request, struct text convoy,
                          struct delivery_received *received, struct faults *faults);

/* verify_json_write: the verdict of `now` (ms) as an object. */
void verify_json_write(struct json_write *json, const struct delivery_verdict *verdict,
                       int64_t now);

#endif
