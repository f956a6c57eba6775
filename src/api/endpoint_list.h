/* endpoint_list: a project's endpoints, page by page. Thread-safe. */
#ifndef HOOKROLL_API_ENDPOINT_LIST_H
#define HOOKROLL_API_ENDPOINT_LIST_H

#include "api/call.h"
#include "api/json_write.h"
#include "base/rc.h"
#include "domain/endpoint.h"
#include "domain/overlap.h"

/* What is shown of which endpoints. */
struct endpoint_list {
    const char *message;
    void (*write)(const struct call *call, struct json_write *json,
                  const struct endpoint *endpoint); /* one row */
    struct overlap overlap;                         /* zeros: all */
};

/* endpoint_list_answer: newest first, narrowed as the query says. A cursor is the uid of the
 * first endpoint of the page to come, itself included, in the direction that is asked for.
 * Faults that are there already are answered with those of the query. */
RC_CHECK enum rc endpoint_list_answer(struct call *call, const struct endpoint_list *list);

/* endpoint_list_get: GET .../endpoints. */
RC_CHECK enum rc endpoint_list_get(struct call *call);

#endif
