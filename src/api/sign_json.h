/* sign_json: what is to be signed, from a JSON body or from a raw one and its headers. */
#ifndef HOOKROLL_API_SIGN_JSON_H
#define HOOKROLL_API_SIGN_JSON_H

#include "api/request.h"
#include "base/arena.h"
#include "base/rc.h"
#include "domain/faults.h"
#include "domain/sign.h"

#include <stdbool.h>

struct json_object;

struct sign_request {
    struct sign_message message;
    bool compact; /* sign the payload without its insignificant white space */
};

/* Both set what is given of `request`, which keeps its id, timestamp and compact
 * otherwise, and add a fault for every member, or header, that is not of its form. With
 * compact the body is compacted already. Text is borrowed from the body or `arena`.
 * RC_NO_MEMORY. */
RC_CHECK enum rc sign_json_read(const struct json_object *object, struct arena *arena,
                                struct sign_request *request, struct faults *faults);
RC_CHECK enum rc sign_json_read_raw(const struct request *from, struct arena *arena,
                                    struct sign_request *request, struct faults *faults);

#endif
