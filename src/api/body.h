/* body: from a request's body to its JSON object, with every refusal worded. */
#ifndef HOOKROLL_API_BODY_H
#define HOOKROLL_API_BODY_H

#include "api/call.h"
#include "base/rc.h"

#include <stdbool.h>

struct json_object;

/* body_unbroken: RC_OK unless the body broke off: then nothing may be done, whether or not the
 * request is one that has a body. Any other result has been answered. */
RC_CHECK enum rc body_unbroken(struct call *call);

/* body_json: *out is new, released with json_read_free. Any other result than
 * RC_OK has been answered. */
RC_CHECK enum rc body_json(struct call *call, struct json_object **out);

/* body_json_or_empty: as body_json, but an empty body is an empty object. */
RC_CHECK enum rc body_json_or_empty(struct call *call, struct json_object **out);

/* body_json_or_raw: as body_json, but with Content-Type: application/octet-stream the
 * body is the request's as it came, and *out stays as it is. */
RC_CHECK enum rc body_json_or_raw(struct call *call, struct json_object **out);

/* Optional members: absent or null leaves *out alone, another type adds a fault,
 * which names the member by its dotted `path`. */
void body_text(const struct json_object *object, const char *name, const char *path,
               struct text *out, struct faults *faults);
void body_integer(const struct json_object *object, const char *name, int64_t *out,
                  struct faults *faults);
void body_boolean(const struct json_object *object, const char *name, bool *out,
                  struct faults *faults);

/* body_wrong_type: adds the fault of a member of the wrong JSON type. */
void body_wrong_type(struct faults *faults, const char *path);

#endif
