/* body: from a request's body to its JSON object, with every refusal worded. */
#ifndef HOOKROLL_API_BODY_H
#define HOOKROLL_API_BODY_H

#include "api/call.h"
#include "base/rc.h"

struct json_object;

/* body_json: *out is new, released with json_read_free. Any other result than
 * RC_OK has been answered. */
RC_CHECK enum rc body_json(struct call *call, struct json_object **out);

/* body_wrong_type: adds the fault of a member of the wrong JSON type. */
void body_wrong_type(struct faults *faults, const char *path);

#endif
