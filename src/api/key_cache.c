/* key_cache: the tag changes with the endpoint, its secrets' ends and the project. */
#include "api/key_cache.h"

#include "api/endpoint_answer.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    MAX_AGE = 60, /* s: the longest that a caller may not learn of a roll */
    TAG_SIZE = 96
};

bool key_cache_is_fresh(struct call *call, const struct endpoint *endpoint)
{
    int64_t now = call->request->now;
    int64_t next = endpoint_next_end(endpoint, now);
    char tag[TAG_SIZE];

    (void)snprintf(tag, sizeof tag, "\"%" PRIu64 "-%" PRId64 "-%zu-%" PRId64 "\"",
                   endpoint->revision, endpoint->updated_at, endpoint_signing(endpoint, now),
                   call->project.updated_at);
    response_header(call->response, "ETag", tag);
    call->response->max_age = MAX_AGE;
    if (next != SECRET_NO_END && (next - now) / 1000 < MAX_AGE)
        call->response->max_age = (next - now) / 1000;
    if (!endpoint_answer_none_match(call->request->if_none_match, tag))
        return false;
    call->response->status = 304;
    return true;
}
