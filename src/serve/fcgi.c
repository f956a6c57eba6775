/* fcgi: the one includer of fcgiapp.h: carries one request of a connection. */
#include "serve/fcgi.h"

#include "base/crypto.h"

#include <fcgiapp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fcgi {
    FCGX_Request request;
    struct gateway gateway;
};

enum rc fcgi_init(void)
{
    return FCGX_Init() == 0 ? RC_OK : RC_SYSTEM;
}

struct fcgi *fcgi_new(void)
{
    struct fcgi *fcgi = calloc(1, sizeof *fcgi);

    if (fcgi == NULL)
        return NULL;
    /* No listening socket: connections come from the caller, never from libfcgi's accept. */
    if (FCGX_InitRequest(&fcgi->request, -1, 0) != 0) {
        free(fcgi);
        return NULL;
    }
    gateway_init(&fcgi->gateway);
    return fcgi;
}

void fcgi_free(struct fcgi *fcgi)
{
    if (fcgi == NULL)
        return;
    FCGX_Free(&fcgi->request, 1);
    gateway_free(&fcgi->gateway);
    free(fcgi);
}

void fcgi_bound(struct fcgi *fcgi, size_t max_body)
{
    gateway_bound(&fcgi->gateway, max_body);
}

static int read_stream(void *stream, char *out, int size)
{
    const FCGX_Request *request = stream;
    int n = FCGX_GetStr(out, size, request->in);

    return n < size && FCGX_GetError(request->in) != 0 ? -1 : n;
}

static void write_stream(void *stream, const char *bytes, size_t len)
{
    const FCGX_Request *request = stream;

    /* A peer that is gone shows when the request is finished. */
    (void)FCGX_PutStr(bytes, (int)len, request->out);
}

/* The API key is among them, in small blocks that are not wiped when they are freed. */
static void wipe_params(struct fcgi *fcgi)
{
    for (char **at = fcgi->request.envp; at != NULL && *at != NULL; at++)
        crypto_wipe(*at, strlen(*at));
}

/* The connection ends without an answer: of a request whose variables broke off, libfcgi hands out
 * those that came, and it could be another one than was asked. */
static void drop(struct fcgi *fcgi)
{
    int fd = fcgi->request.ipcFd;

    wipe_params(fcgi);
    fcgi->request.ipcFd = -1;
    FCGX_Free(&fcgi->request, 0);
    if (fd >= 0)
        (void)close(fd);
}

bool fcgi_serve(struct fcgi *fcgi, int fd, bool last, gateway_answer *answer, void *arg)
{
    struct gateway_peer peer = {NULL, &fcgi->request, read_stream, write_stream};
    bool kept;

    /* FCGX_Accept_r first finishes the request before, and would close the
     * connection now handed to it unless that one was kept. */
    fcgi->request.ipcFd = fd;
    fcgi->request.keepConnection = 1;
    if (FCGX_Accept_r(&fcgi->request) != 0)
        return false;
    if (FCGX_GetError(fcgi->request.in) != 0) {
        drop(fcgi);
        return false;
    }
    kept = fcgi->request.keepConnection != 0 && !last;
    peer.variables = fcgi->request.envp;
    /* libfcgi's close shuts down first and waits for the peer's end. Once the request has been
     * read to its end there is nothing that a close could cut off. */
    fcgi->request.keepConnection = gateway_serve(&fcgi->gateway, &peer, answer, arg) ? 1 : 0;
    wipe_params(fcgi);
    FCGX_Finish_r(&fcgi->request);
    fd = fcgi->request.ipcFd;
    fcgi->request.ipcFd = -1;
    if (fd >= 0 && !kept)
        (void)close(fd);
    return fd >= 0 && kept;
}
