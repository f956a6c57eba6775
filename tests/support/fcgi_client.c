/* fcgi_client: knows no more of FastCGI than these tests need. */
#include "support/fcgi_client.h"

#include "base/pack.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

enum {
    VERSION = 1,
    REQUEST = 1,
    RESPONDER = 1,
    KEEP = 1,
    HEADER = 8,
    RECORD_MAX_BYTES = 65535,
    PATIENCE = 20 /* s */
};

static void pack_u16(struct buf *out, uint16_t v)
{
    pack_u8(out, (uint8_t)(v >> 8));
    pack_u8(out, (uint8_t)v);
}

void fcgi_client_record(struct buf *out, enum fcgi_client_type type, const void *bytes, size_t len)
{
    const bool management = type == FCGI_CLIENT_GET_VALUES;

    pack_u8(out, VERSION);
    pack_u8(out, (uint8_t)type);
    pack_u16(out, management ? 0 : REQUEST);
    pack_u16(out, (uint16_t)len);
    pack_u16(out, 0);
    buf_put(out, bytes, len);
}

void fcgi_client_begin(struct buf *out, bool keep)
{
    const char body[8] = {0, RESPONDER, keep ? KEEP : 0};

    fcgi_client_record(out, FCGI_CLIENT_BEGIN, body, sizeof body);
}

static void pack_length(struct buf *out, size_t len)
{
    if (len < 0x80)
        pack_u8(out, (uint8_t)len);
    else
        pack_u32(out, (uint32_t)len | UINT32_C(0x80000000));
}

void fcgi_client_params(struct buf *out, const struct fcgi_client_param *params)
{
    struct buf pairs;

    buf_init(&pairs, RECORD_MAX_BYTES);
    for (; params->name != NULL; params++) {
        pack_length(&pairs, strlen(params->name));
        pack_length(&pairs, strlen(params->value));
        buf_put_string(&pairs, params->name);
        buf_put_string(&pairs, params->value);
    }
    ck_assert_int_eq(buf_status(&pairs), RC_OK);
    if (pairs.len > 0)
        fcgi_client_record(out, FCGI_CLIENT_PARAMS, pairs.data, pairs.len);
    fcgi_client_record(out, FCGI_CLIENT_PARAMS, NULL, 0);
    buf_free(&pairs);
}

void fcgi_client_stdin(struct buf *out, struct text body)
{
    while (body.len > 0) {
        const size_t len = body.len < RECORD_MAX_BYTES ? body.len : RECORD_MAX_BYTES;

        fcgi_client_record(out, FCGI_CLIENT_STDIN, body.data, len);
        body = (struct text){body.data + len, body.len - len};
    }
    fcgi_client_record(out, FCGI_CLIENT_STDIN, NULL, 0);
}

void fcgi_client_request(struct buf *out, bool keep, const struct fcgi_client_param *params,
                         struct text body)
{
    fcgi_client_begin(out, keep);
    fcgi_client_params(out, params);
    fcgi_client_stdin(out, body);
}

void fcgi_client_bound(int fd)
{
    const struct timeval timeout = {.tv_sec = PATIENCE};

    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout), 0);
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout), 0);
}

void fcgi_client_reach(int fd, const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};

    fcgi_client_bound(fd);
    ck_assert_uint_lt(strlen(path), sizeof name.sun_path);
    memcpy(name.sun_path, path, strlen(path));
    ck_assert_int_eq(connect(fd, (const struct sockaddr *)&name, sizeof name), 0);
}

int fcgi_client_connect(const char *path)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_ge(fd, 0);
    fcgi_client_reach(fd, path);
    return fd;
}

void fcgi_client_send(int fd, struct buf *out)
{
    size_t sent = 0;

    ck_assert_int_eq(buf_status(out), RC_OK);
    while (sent < out->len) {
        ssize_t n = send(fd, out->data + sent, out->len - sent, MSG_NOSIGNAL);

        ck_assert_int_gt(n, 0);
        sent += (size_t)n;
    }
    buf_reset(out);
}

void fcgi_reply_init(struct fcgi_reply *reply)
{
    memset(reply, 0, sizeof *reply);
    buf_init(&reply->out, 1 << 20);
}

void fcgi_reply_free(struct fcgi_reply *reply)
{
    buf_free(&reply->out);
}

static bool read_whole(int fd, void *to, size_t len)
{
    size_t at = 0;

    while (at < len) {
        ssize_t n = recv(fd, (char *)to + at, len - at, 0);

        ck_assert_msg(n >= 0 || errno == ECONNRESET, "nothing came: %s", strerror(errno));
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

bool fcgi_client_receive(int fd, struct fcgi_reply *reply)
{
    char content[RECORD_MAX_BYTES + 255];
    uint8_t header[HEADER];
    struct unpack in;
    size_t len;

    buf_reset(&reply->out);
    reply->errors = 0;
    while (read_whole(fd, header, sizeof header)) {
        len = (size_t)header[4] << 8 | header[5];
        if (!read_whole(fd, content, len + header[6]))
            return false;
        ck_assert_uint_eq(header[0], VERSION);
        if (header[1] == FCGI_CLIENT_STDOUT)
            buf_put(&reply->out, content, len);
        else if (header[1] == FCGI_CLIENT_STDERR)
            reply->errors += len;
        if (header[1] != FCGI_CLIENT_END)
            continue;
        unpack_init(&in, content, len);
        reply->app_status = unpack_u32(&in);
        reply->protocol_status = unpack_u8(&in);
        return true;
    }
    return false;
}

bool fcgi_client_ended(int fd)
{
    char byte;
    ssize_t n = recv(fd, &byte, 1, 0);

    return n == 0 || (n < 0 && errno == ECONNRESET);
}

/* The header lines, each with its line break, and what follows the empty line. */
static void split(const struct fcgi_reply *reply, struct text *head, struct text *body)
{
    const char *end = memmem(reply->out.data, reply->out.len, "\r\n\r\n", 4);

    ck_assert_ptr_nonnull(end);
    *head = (struct text){reply->out.data, (size_t)(end - reply->out.data) + 2};
    *body = (struct text){end + 4, reply->out.len - head->len - 2};
}

struct text fcgi_reply_value(const struct fcgi_reply *reply, const char *name)
{
    const size_t len = strlen(name);
    struct text head;
    struct text body;

    split(reply, &head, &body);
    while (head.len > 0) {
        const char *end = memmem(head.data, head.len, "\r\n", 2);
        const size_t n = (size_t)(end - head.data);

        if (n >= len + 2 && memcmp(head.data, name, len) == 0 &&
            memcmp(head.data + len, ": ", 2) == 0)
            return (struct text){head.data + len + 2, n - len - 2};
        head = (struct text){end + 2, head.len - n - 2};
    }
    return (struct text){NULL, 0};
}

bool fcgi_reply_header(const struct fcgi_reply *reply, const char *line)
{
    const char *colon = strchr(line, ':');
    char name[64];

    ck_assert_ptr_nonnull(colon);
    (void)snprintf(name, sizeof name, "%.*s", (int)(colon - line), line);
    return text_is(fcgi_reply_value(reply, name), colon + 2);
}

int fcgi_reply_status(const struct fcgi_reply *reply)
{
    struct text value = fcgi_reply_value(reply, "Status");
    struct text code = text_up_to(value, ' ');
    int64_t status = 0;

    ck_assert(text_to_int64(code, &status));
    ck_assert_uint_gt(text_after(value, code.len).len, 0);
    return (int)status;
}

struct text fcgi_reply_body(const struct fcgi_reply *reply)
{
    struct text head;
    struct text body;

    split(reply, &head, &body);
    return body;
}
