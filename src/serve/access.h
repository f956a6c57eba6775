/* access: one line of the log for a request that was answered, and its place in the
 * metrics. Thread-safe. */
#ifndef HOOKROLL_SERVE_ACCESS_H
#define HOOKROLL_SERVE_ACCESS_H

#include "api/outcome.h"
#include "api/request.h"

#include <stdint.h>

enum access_log {
    ACCESS_LOG_ALL,
    ACCESS_LOG_CHANGES, /* methods other than GET and HEAD */
    ACCESS_LOG_NONE
};

/* access_set: which requests get a line, from now on; all until then. */
void access_set(enum access_log which);

/* access_note: the request was answered with this HTTP status, `ns` after it had been read.
 * Neither its path nor its query is told: an id is a uid, and the path a route's. */
void access_note(const struct request *request, int status, const struct outcome *outcome,
                 int64_t ns);

#endif
