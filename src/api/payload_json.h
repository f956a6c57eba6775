/* payload_json: the body of a delivery, as callers hand it over in JSON. */
#ifndef HOOKROLL_API_PAYLOAD_JSON_H
#define HOOKROLL_API_PAYLOAD_JSON_H

#include "base/arena.h"
#include "base/rc.h"
#include "base/text.h"
#include "domain/faults.h"

struct json_object;

/* payload_json_read: *out is "payload", or what "payload_base64" stands for; a fault
 * unless one of the two is given, in its form. Borrowed from `object` or `arena`.
 * RC_NO_MEMORY. */
RC_CHECK enum rc payload_json_read(const struct json_object *object, struct arena *arena,
                                   struct text *out, struct faults *faults);

#endif
