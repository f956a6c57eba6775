/* outcome: what a request turned out to be about, for counting and logging once it is
 * answered. Holds nothing that is secret, and nothing of the request's own words. */
#ifndef HOOKROLL_API_OUTCOME_H
#define HOOKROLL_API_OUTCOME_H

#include "base/rc.h"
#include "domain/uid.h"

#include <stddef.h>
#include <stdint.h>

struct outcome {
    enum rc rc;
    size_t route;        /* as router_route counts them, or METRICS_NO_ROUTE */
    const char *pattern; /* the route's path; NULL: none was met */

    /* UID_NONE where there was none. What a request made is told as what it names. */
    struct uid caller;      /* the API key, if it was good */
    int64_t caller_used_at; /* ms, where its use is still to be noted; else 0 */
    struct uid project;
    struct uid endpoint;
    struct uid secret;
    struct uid key; /* an API key that was acted upon */
};

#endif
