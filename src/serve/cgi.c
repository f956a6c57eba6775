/* cgi: the process's own environment, standard input and output as a gateway's peer. */
#include "serve/cgi.h"

#include "api/router.h"
#include "base/arena.h"
#include "serve/gateway.h"
#include "serve/listener.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* Standard input, which may stay open behind the body, and what became of standard output. */
struct streams {
    uint64_t left; /* bytes of the body: CONTENT_LENGTH says how many there are */
    bool failed;   /* to write */
};

static int read_input(void *stream, char *out, int size)
{
    struct streams *streams = stream;
    int len = 0;

    while (len < size && streams->left > 0) {
        size_t wanted = (size_t)(size - len);
        ssize_t n;

        if (wanted > streams->left)
            wanted = (size_t)streams->left;
        n = read(STDIN_FILENO, out + len, wanted);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        len += (int)n;
        streams->left -= (uint64_t)n;
    }
    return len;
}

static void write_output(void *stream, const char *bytes, size_t len)
{
    struct streams *streams = stream;

    while (len > 0 && !streams->failed) {
        ssize_t n = write(STDOUT_FILENO, bytes, len);

        if (n < 0 && errno == EINTR)
            continue;
        streams->failed = n < 0;
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
}

bool cgi_is_asked(void)
{
    return getenv("GATEWAY_INTERFACE") != NULL && getenv("REQUEST_METHOD") != NULL &&
           !listener_is_inherited();
}

struct answering {
    const struct service *service;
    struct arena arena;
    struct outcome outcome;
};

static void answer(const struct request *request, struct response *response,
                   struct outcome *outcome, void *arg)
{
    struct answering *answering = arg;

    router_answer(answering->service, request, response, &answering->arena, outcome);
    answering->outcome = *outcome;
}

enum rc cgi_serve(const struct service *service, size_t max_body)
{
    const char *length = getenv("CONTENT_LENGTH");
    struct streams streams = {0, false};
    const struct gateway_peer peer = {environ, &streams, read_input, write_output};
    struct answering answering = {.service = service};
    struct gateway gateway;
    int64_t stated = 0;

    /* What is no length the gateway refuses, and reads no body. */
    if (length != NULL && text_to_int64(text_of(length), &stated) && stated > 0)
        streams.left = (uint64_t)stated <= max_body ? (uint64_t)stated : 0;
    arena_init(&answering.arena, gateway_arena(max_body));
    gateway_init(&gateway);
    gateway_bound(&gateway, max_body);
    (void)gateway_serve(&gateway, &peer, answer, &answering);
    router_afterwards(service, &answering.outcome);
    gateway_free(&gateway);
    arena_free(&answering.arena);
    return streams.failed ? RC_SYSTEM : RC_OK;
}
