/* sign_json: what is to be signed, from a JSON body or from a raw one and its headers. */
#ifndef HOOKROLL_API_SIGN_JSON_H
#define HOOKROLL_API_SIGN_JSON_H

#include "api/request.h"
#include "base/arena.h"
#include "base/rc.h"
#include "domain/faults.h"
#include "domain/sign.h"

struct json_object;

/* Both set what is given of `message`, which keeps its id and timestamp otherwise, and
 * add a fault for every member, or header, that is not of its form. Text is borrowed
 * from the body or `arena`. RC_NO_MEMORY. */
RC_CHECK enum rc sign_json_read(const struct json_object *object, struct arena *arena,
                                struct sign_message *message, struct faults *faults);
void sign_json_read_raw(const struct request *request, struct sign_message *message,
                        struct faults *faults);

#endif
