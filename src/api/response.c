/* response: the bounds of an answer. */
#include "api/response.h"

enum {
    HEADERS_MAX = 2048, /* some web servers refuse more than 4 KiB in all */
    BODY_MAX = 8 * 1024 * 1024
};

void response_init(struct response *response)
{
    response->status = 0;
    response->max_age = RESPONSE_NO_STORE;
    response->content_type = "application/json";
    buf_init(&response->headers, HEADERS_MAX);
    buf_init(&response->body, BODY_MAX);
    response->extended = 0;
}

void response_header(struct response *response, const char *name, const char *value)
{
    buf_put_string(&response->headers, name);
    buf_put(&response->headers, ": ", 2);
    buf_put_string(&response->headers, value);
    buf_put(&response->headers, "\r\n", 2);
}

void response_extend(struct response *response, size_t bytes)
{
    response->body.ceiling += bytes;
    response->extended += bytes;
}

void response_reset(struct response *response)
{
    response->status = 0;
    response->max_age = RESPONSE_NO_STORE;
    response->content_type = "application/json";
    buf_reset(&response->headers);
    buf_reset(&response->body);
    response->body.ceiling -= response->extended;
    response->extended = 0;
}

void response_free(struct response *response)
{
    buf_free(&response->headers);
    buf_free(&response->body);
}
