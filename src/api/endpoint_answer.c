/* endpoint_answer: rendering an endpoint, and comparing what callers have seen of it. */
#include "api/endpoint_answer.h"

#include "api/envelope.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void endpoint_answer_etag(const struct endpoint *endpoint, const struct endpoint_json_view *view,
                          char out[ENDPOINT_ETAG_SIZE])
{
    (void)snprintf(out, ENDPOINT_ETAG_SIZE, "\"%" PRIu64 "-%" PRId64 "-%zu-%c\"",
                   endpoint->revision, endpoint->updated_at, endpoint_signing(endpoint, view->now),
                   view->secrets ? 'v' : 'r');
}

void endpoint_answer(struct call *call, int status, const char *message,
                     const struct endpoint *endpoint, const struct endpoint_json_view *view)
{
    struct json_write json = envelope_begin(call->response, status, message);
    char tag[ENDPOINT_ETAG_SIZE];

    endpoint_answer_etag(endpoint, view, tag);
    response_header(call->response, "ETag", tag);
    endpoint_json_write(&json, endpoint, view);
    envelope_end(&json);
}

/* Our tags hold no comma, so a list may be taken apart at commas. */
static bool lists(struct text list, const char *tag, bool weak)
{
    while (list.len > 0) {
        struct text one = text_up_to(list, ',');
        size_t skip = one.len;

        one = text_trim(one);
        if (weak && text_begins(one, "W/"))
            one = text_from(one, strlen("W/"));
        if (text_is(one, tag) || text_is(one, "*"))
            return true;
        list = text_after(list, skip);
    }
    return false;
}

bool endpoint_answer_match(struct text if_match, const char *tag)
{
    return if_match.len == 0 || lists(if_match, tag, false);
}

bool endpoint_answer_none_match(struct text if_none_match, const char *tag)
{
    return lists(if_none_match, tag, true);
}
