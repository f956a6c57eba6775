/* fcgi_client: a web server's side of FastCGI (specification 1.0), record by record. */
#ifndef HOOKROLL_TESTS_SUPPORT_FCGI_CLIENT_H
#define HOOKROLL_TESTS_SUPPORT_FCGI_CLIENT_H

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum fcgi_client_type {
    FCGI_CLIENT_BEGIN = 1,
    FCGI_CLIENT_ABORT = 2,
    FCGI_CLIENT_END = 3,
    FCGI_CLIENT_PARAMS = 4,
    FCGI_CLIENT_STDIN = 5,
    FCGI_CLIENT_STDOUT = 6,
    FCGI_CLIENT_STDERR = 7,
    FCGI_CLIENT_GET_VALUES = 9
};

struct fcgi_client_param {
    const char *name;
    const char *value;
};

/* Writing records of request 1 into a buffer. */
void fcgi_client_record(struct buf *out, enum fcgi_client_type type, const void *bytes, size_t len);
void fcgi_client_begin(struct buf *out, bool keep);
/* Up to the param whose name is NULL; and the empty record that ends them. */
void fcgi_client_params(struct buf *out, const struct fcgi_client_param *params);
/* In records of at most 65535 bytes; and the empty one. */
void fcgi_client_stdin(struct buf *out, struct text body);
/* All three. */
void fcgi_client_request(struct buf *out, bool keep, const struct fcgi_client_param *params,
                         struct text body);

/* fcgi_client_connect: to a unix socket. _reach: the same with a socket that is there. */
int fcgi_client_connect(const char *path);
void fcgi_client_reach(int fd, const char *path);

/* fcgi_client_bound: reading and writing give up after 20 s, as on every connection made here. */
void fcgi_client_bound(int fd);

/* fcgi_client_send: all of the buffer, which is then empty. */
void fcgi_client_send(int fd, struct buf *out);

struct fcgi_reply {
    struct buf out; /* what came on STDOUT */
    size_t errors;  /* bytes that came on STDERR */
    unsigned app_status;
    unsigned protocol_status;
};

void fcgi_reply_init(struct fcgi_reply *reply);
void fcgi_reply_free(struct fcgi_reply *reply);

/* fcgi_client_receive: one reply; false when the connection ended before its end. */
bool fcgi_client_receive(int fd, struct fcgi_reply *reply);

/* fcgi_client_ended: whether the next thing to be read is the connection's end. */
bool fcgi_client_ended(int fd);

/* Of the CGI output: the Status, whether exactly this header line is there, the rest. */
int fcgi_reply_status(const struct fcgi_reply *reply);
bool fcgi_reply_header(const struct fcgi_reply *reply, const char *line);
struct text fcgi_reply_body(const struct fcgi_reply *reply);

/* fcgi_reply_value: what stands behind "Name: "; absent text without such a header. */
struct text fcgi_reply_value(const struct fcgi_reply *reply, const char *name);

#endif
