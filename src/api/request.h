/* request: what was asked, without how it came. Everything is borrowed from the
 * transport until the answer is sent. */
#ifndef HOOKROLL_API_REQUEST_H
#define HOOKROLL_API_REQUEST_H

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

enum request_body {
    REQUEST_BODY_WHOLE,
    REQUEST_BODY_BAD_LENGTH, /* Content-Length is not a count of bytes */
    REQUEST_BODY_CUT,        /* it broke off, or is shorter than Content-Length says */
    REQUEST_BODY_TOO_LARGE   /* more than body_max */
};

struct request {
    struct text method;
    struct text path;  /* PATH_INFO: percent-decoded, below the mount point */
    struct text query; /* as in the URL, percent-encoded */
    struct text content_type;
    struct text if_match;
    struct text if_none_match;
    struct text authorization;
    char *const *variables; /* "NAME=VALUE" of CGI (RFC 3875), NULL behind the last; or NULL */
    struct text id;         /* X-Request-ID: 1 to 128 printable ASCII characters */
    struct text body;
    enum request_body body_state; /* body is empty unless it is WHOLE */
    size_t body_max;              /* bytes */
    int64_t now;                  /* ms: the clock, read once when all of it had come */
};

/* request_header: the value of a header by its name, of which case does not matter and
 * CGI keeps letters and digits only; absent text without it. Borrowed from the request. */
struct text request_header(const struct request *request, struct text name);

#endif
