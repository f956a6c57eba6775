/* response: an answer before it is sent. One thread at a time. */
#ifndef HOOKROLL_API_RESPONSE_H
#define HOOKROLL_API_RESPONSE_H

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

/* max_age of most answers: they hold secrets. */
#define RESPONSE_NO_STORE INT64_C(-1)

struct response {
    int status;         /* HTTP; 0 until there is an answer */
    int64_t max_age;    /* s that the caller may keep it (RFC 9111), or RESPONSE_NO_STORE */
    struct buf headers; /* "Name: value\r\n" lines beside the ones that every answer has */
    struct buf body;
    size_t extended;          /* bytes, by response_extend */
    const char *content_type; /* of the body; JSON unless a handler says otherwise. Static */
};

/* response_init: no answer yet. */
void response_init(struct response *response);

/* response_header: adds a header line; the value is ours, without line breaks. */
void response_header(struct response *response, const char *name, const char *value);

/* response_extend: lets this answer's body have so many bytes more than others may, for what the
 * request brought and gets back. */
void response_extend(struct response *response, size_t bytes);

/* response_reset: no answer again, wiped, allocations kept as buf_reset does. */
void response_reset(struct response *response);

/* response_free: wipes and releases. */
void response_free(struct response *response);

#endif
