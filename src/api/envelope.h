/* envelope: the one form of every answer: {"status", "message"[, "data"]}. */
#ifndef HOOKROLL_API_ENVELOPE_H
#define HOOKROLL_API_ENVELOPE_H

#include "api/json_write.h"
#include "api/response.h"
#include "base/rc.h"
#include "domain/faults.h"

/* envelope_status: the HTTP status (RFC 9110) of a result. */
int envelope_status(enum rc rc);

/* envelope_message: what a caller is told of a failure, no more than it may know. Static. */
const char *envelope_message(enum rc rc);

/* envelope_begin: an answer of that status; the caller writes the value of
 * "data" and hands the writer to envelope_end. `message` is ours, plain ASCII. */
struct json_write envelope_begin(struct response *response, int status, const char *message);
void envelope_end(struct json_write *json);

/* envelope_error: the answer of `rc`, without data. With NULL its
 * envelope_message. Returns `rc`. */
enum rc envelope_error(struct response *response, enum rc rc, const char *message);

/* envelope_faults: 400; the message is every fault's, and where members are
 * named, data is {"errors": [{"field", "message"}]}. Returns RC_INVALID. */
enum rc envelope_faults(struct response *response, const struct faults *faults);

#endif
