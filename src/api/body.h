/* body: from a request's body to its JSON object, with every refusal worded. */
#ifndef HOOKROLL_API_BODY_H
#define HOOKROLL_API_BODY_H

#include "api/call.h"
#include "base/rc.h"

#include <stdbool.h>

struct json_object;

/* body_is: whether Content-Type is there and names this media type. */
bool body_is(const struct call *call, const char *media_type);

/* body_whole: RC_OK when the body is there to its end; any other result has been
 * answered. */
RC_CHECK enum rc body_whole(struct call *call);

/* body_json: *out is new, released with json_read_free. Any other result than
 * RC_OK has been answered. */
RC_CHECK enum rc body_json(struct call *call, struct json_object **out);

/* body_json_or_empty: as body_json, but an empty body is an empty object. */
RC_CHECK enum rc body_json_or_empty(struct call *call, struct json_object **out);

/* Optional members: absent or null leaves *out alone, another type adds a fault,
 * which names the member by its dotted `path`. */
void body_text(const struct json_object *object, const char *name, const char *path,
               struct text *out, struct faults *faults);
void body_integer(const struct json_object *object, const char *name, int64_t *out,
                  struct faults *faults);

/* body_wrong_type: adds the fault of a member of the wrong JSON type. */
void body_wrong_type(struct faults *faults, const char *path);

#endif
