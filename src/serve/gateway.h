/* gateway: one request as the common gateway interface has it (RFC 3875): meta-variables and
 * a body in, headers and a body out. Who carries them, FastCGI or the process's own
 * environment and descriptors, is the caller's. One struct gateway per worker. */
#ifndef HOOKROLL_SERVE_GATEWAY_H
#define HOOKROLL_SERVE_GATEWAY_H

#include "api/outcome.h"
#include "api/request.h"
#include "api/response.h"
#include "base/buf.h"
#include "domain/history.h"
#include "domain/uid.h"

#include <stdbool.h>
#include <stddef.h>

struct gateway {
    size_t max_body; /* bytes */
    struct buf body;
    struct buf head;
    struct response response;
    char id[HISTORY_REQUEST_ID_MAX + 1];
};

/* The other side of one request. */
struct gateway_peer {
    char *const *variables; /* "NAME=VALUE", NULL behind the last */
    void *stream;           /* for the functions */

    /* Up to `size` bytes; less only at the end, -1 when the stream breaks off. */
    int (*read)(void *stream, char *out, int size);
    void (*write)(void *stream, const char *bytes, size_t len);
};

/* gateway_init: for empty bodies; gateway_bound: for bodies of so many bytes, between
 * requests. */
void gateway_init(struct gateway *gateway);
void gateway_bound(struct gateway *gateway, size_t max_body);

/* gateway_arena: bytes that answering one request with a body of that bound may take. */
size_t gateway_arena(size_t max_body);

/* gateway_free: wipes and releases. */
void gateway_free(struct gateway *gateway);

/* Fills the response, and says what the request was about. */
typedef void gateway_answer(const struct request *request, struct response *response,
                            struct outcome *outcome, void *arg);

/* gateway_serve: reads the request, lets `answer` answer it, sends that, counts and logs it.
 * False when the body has no end that is worth waiting for, so that no request can follow. */
bool gateway_serve(struct gateway *gateway, const struct gateway_peer *peer, gateway_answer *answer,
                   void *arg);

#endif
