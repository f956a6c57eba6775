/* endpoint_answer: an endpoint as an answer, and the ETag that names what was shown
 * (RFC 9110, sections 8.8.3 and 13.1). */
#ifndef HOOKROLL_API_ENDPOINT_ANSWER_H
#define HOOKROLL_API_ENDPOINT_ANSWER_H

#include "api/call.h"
#include "api/endpoint_json.h"
#include "base/text.h"
#include "domain/endpoint.h"

#include <stdbool.h>

enum {
    ENDPOINT_ETAG_SIZE = 64
};

/* endpoint_answer: the envelope with the endpoint as its data, and its ETag. */
void endpoint_answer(struct call *call, int status, const char *message,
                     const struct endpoint *endpoint, const struct endpoint_json_view *view);

/* endpoint_answer_etag: of the write that the endpoint stems from, its moment (a store that was
 * restored from a copy comes to the same revisions again), how many of its secrets can still sign,
 * and whether their values are shown. */
void endpoint_answer_etag(const struct endpoint *endpoint, const struct endpoint_json_view *view,
                          char out[ENDPOINT_ETAG_SIZE]);

/* endpoint_answer_match: what If-Match asks for holds: absent, "*", or this tag is
 * listed (strong comparison). endpoint_answer_none_match: If-None-Match lists it
 * or is "*" (weak comparison). */
bool endpoint_answer_match(struct text if_match, const char *tag);
bool endpoint_answer_none_match(struct text if_none_match, const char *tag);

#endif
