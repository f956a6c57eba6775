/* fcgi: the one includer of fcgiapp.h. Turns the CGI variables (RFC 3875) of one
 * request into a struct request, and a struct response into CGI output. */
#include "serve/fcgi.h"

#include "base/crypto.h"
#include "base/moment.h"
#include "base/text.h"
#include "domain/history.h"
#include "domain/uid.h"

#include <fcgiapp.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK = 16384,
    BODY_KEPT = 65536,           /* allocation kept from one request to the next */
    DRAIN_MAX = 64 * 1024 * 1024 /* unread bytes that are worth a kept connection */
};

struct fcgi {
    FCGX_Request request;
    size_t max_body;
    struct buf body;
    struct response response;
    char id[HISTORY_REQUEST_ID_MAX + 1];
};

enum rc fcgi_init(void)
{
    return FCGX_Init() == 0 ? RC_OK : RC_SYSTEM;
}

struct fcgi *fcgi_new(size_t max_body)
{
    struct fcgi *fcgi = calloc(1, sizeof *fcgi);

    if (fcgi == NULL)
        return NULL;
    /* No listening socket: connections come from the caller, never from libfcgi's accept. */
    if (FCGX_InitRequest(&fcgi->request, -1, 0) != 0) {
        free(fcgi);
        return NULL;
    }
    fcgi->max_body = max_body;
    buf_init(&fcgi->body, max_body + CHUNK);
    response_init(&fcgi->response);
    return fcgi;
}

void fcgi_free(struct fcgi *fcgi)
{
    if (fcgi == NULL)
        return;
    FCGX_Free(&fcgi->request, 1);
    buf_free(&fcgi->body);
    response_free(&fcgi->response);
    free(fcgi);
}

static struct text param(const struct fcgi *fcgi, const char *name)
{
    return text_of(FCGX_GetParam(name, fcgi->request.envp));
}

/* Reads what is left of the body and forgets it; false when there is no end to it. */
static bool drain(struct fcgi *fcgi)
{
    char waste[CHUNK];
    size_t total = 0;
    int n;

    while ((n = FCGX_GetStr(waste, sizeof waste, fcgi->request.in)) > 0) {
        total += (size_t)n;
        if (total > DRAIN_MAX)
            break;
    }
    crypto_wipe(waste, total < sizeof waste ? total : sizeof waste);
    return n <= 0;
}

/* Reads the body up to one byte more than is allowed. */
static enum request_body read_stream(struct fcgi *fcgi)
{
    while (fcgi->body.len <= fcgi->max_body) {
        char *room = buf_room(&fcgi->body, CHUNK);
        int n;

        if (room == NULL)
            return REQUEST_BODY_TOO_LARGE;
        n = FCGX_GetStr(room, CHUNK, fcgi->request.in);
        fcgi->body.len -= (size_t)(CHUNK - (n > 0 ? n : 0));
        if (n < CHUNK)
            break;
    }
    return fcgi->body.len > fcgi->max_body ? REQUEST_BODY_TOO_LARGE : REQUEST_BODY_WHOLE;
}

/* CONTENT_LENGTH may be missing or empty when there is no body, or when the
 * server passed a chunked one on without counting it; the stream has its own end. */
static enum request_body read_body(struct fcgi *fcgi, struct text *body)
{
    struct text stated = param(fcgi, "CONTENT_LENGTH");
    int64_t expected = -1;
    enum request_body state;

    if (stated.len > 0 && (stated.data[0] == '-' || !text_to_int64(stated, &expected)))
        return REQUEST_BODY_BAD_LENGTH;
    if (expected >= 0 && (uint64_t)expected > fcgi->max_body)
        return REQUEST_BODY_TOO_LARGE;
    state = read_stream(fcgi);
    if (state != REQUEST_BODY_WHOLE)
        return state;
    if (FCGX_GetError(fcgi->request.in) != 0)
        return REQUEST_BODY_CUT;
    *body = buf_text(&fcgi->body);
    if (expected < 0)
        return state;
    if (body->len < (size_t)expected) {
        *body = (struct text){NULL, 0};
        return REQUEST_BODY_CUT;
    }
    body->len = (size_t)expected;
    return state;
}

/* The caller's X-Request-ID where it can stand in a header and a log, else a new one. */
static struct text request_id(struct fcgi *fcgi, int64_t now)
{
    struct text given = param(fcgi, "HTTP_X_REQUEST_ID");
    uint8_t entropy[UID_ENTROPY_BYTES];
    struct uid uid;
    bool good = given.len > 0 && given.len <= HISTORY_REQUEST_ID_MAX;

    for (size_t i = 0; good && i < given.len; i++)
        good = given.data[i] > ' ' && given.data[i] < 0x7F;
    if (good && text_copy(given, fcgi->id, sizeof fcgi->id))
        return text_of(fcgi->id);
    crypto_random(entropy, sizeof entropy);
    uid = uid_make(now, entropy);
    uid_format(&uid, fcgi->id);
    return text_of(fcgi->id);
}

static void put(struct fcgi *fcgi, const char *bytes, size_t len)
{
    /* A peer that is gone shows when the request is finished. */
    if (len > 0)
        (void)FCGX_PutStr(bytes, (int)len, fcgi->request.out);
}

static void send_response(struct fcgi *fcgi, struct text method)
{
    const struct response *response = &fcgi->response;
    struct buf head;

    buf_init(&head, 1024);
    buf_printf(&head, "Status: %d\r\nX-Request-ID: %s\r\n", response->status, fcgi->id);
    if (response->max_age == RESPONSE_NO_STORE)
        buf_put_string(&head, "Cache-Control: no-store\r\n");
    else
        buf_printf(&head, "Cache-Control: private, max-age=%" PRId64 "\r\n", response->max_age);
    if (response->body.len > 0)
        buf_printf(&head, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                   response->body.len);
    put(fcgi, head.data, head.len);
    put(fcgi, response->headers.data, response->headers.len);
    put(fcgi, "\r\n", 2);
    if (!text_is(method, "HEAD"))
        put(fcgi, response->body.data, response->body.len);
    buf_free(&head);
}

static void answer_one(struct fcgi *fcgi, fcgi_answer *answer, void *arg)
{
    int64_t now = moment_now();
    struct request request = {.method = param(fcgi, "REQUEST_METHOD"),
                              .path = param(fcgi, "PATH_INFO"),
                              .query = param(fcgi, "QUERY_STRING"),
                              .if_match = param(fcgi, "HTTP_IF_MATCH"),
                              .if_none_match = param(fcgi, "HTTP_IF_NONE_MATCH"),
                              .content_type = param(fcgi, "CONTENT_TYPE"),
                              .authorization = param(fcgi, "HTTP_AUTHORIZATION"),
                              .variables = fcgi->request.envp,
                              .id = request_id(fcgi, now),
                              .body_max = fcgi->max_body,
                              .now = now};

    request.body_state = read_body(fcgi, &request.body);
    if (!drain(fcgi))
        fcgi->request.keepConnection = 0;
    answer(&request, &fcgi->response, arg);
    send_response(fcgi, request.method);
    response_reset(&fcgi->response);
    if (fcgi->body.size > BODY_KEPT)
        buf_free(&fcgi->body);
    else
        buf_reset(&fcgi->body);
}

/* The API key is among them, in small blocks that are not wiped when they are freed. */
static void wipe_params(struct fcgi *fcgi)
{
    for (char **at = fcgi->request.envp; at != NULL && *at != NULL; at++)
        crypto_wipe(*at, strlen(*at));
}

bool fcgi_serve(struct fcgi *fcgi, int fd, bool last, fcgi_answer *answer, void *arg)
{
    int kept;

    /* FCGX_Accept_r first finishes the request before, and would close the
     * connection now handed to it unless that one was kept. */
    fcgi->request.ipcFd = fd;
    fcgi->request.keepConnection = 1;
    if (FCGX_Accept_r(&fcgi->request) != 0)
        return false;
    if (last)
        fcgi->request.keepConnection = 0;
    answer_one(fcgi, answer, arg);
    wipe_params(fcgi);
    FCGX_Finish_r(&fcgi->request);
    kept = fcgi->request.ipcFd;
    fcgi->request.ipcFd = -1;
    return kept >= 0;
}
