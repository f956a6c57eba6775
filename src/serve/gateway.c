/* gateway: turns meta-variables and a stream into a struct request, and a struct response
 * into CGI output. */
#include "serve/gateway.h"

#include "base/crypto.h"
#include "base/moment.h"
#include "base/text.h"
#include "domain/uid.h"
#include "serve/access.h"

#include <string.h>

enum {
    CHUNK = 16384,
    HEAD_MAX = 1024,
    ARENA_MAX = 4 * 1024 * 1024, /* beside copies of the body */
    DRAIN_MAX = 64 * 1024 * 1024 /* unread bytes that are worth a kept connection */
};

void gateway_init(struct gateway *gateway)
{
    gateway->max_body = 0;
    buf_init(&gateway->body, CHUNK);
    buf_init(&gateway->head, HEAD_MAX);
    response_init(&gateway->response);
}

void gateway_bound(struct gateway *gateway, size_t max_body)
{
    gateway->max_body = max_body;
    gateway->body.ceiling = max_body + CHUNK;
}

size_t gateway_arena(size_t max_body)
{
    return ARENA_MAX + 2 * max_body;
}

void gateway_free(struct gateway *gateway)
{
    buf_free(&gateway->body);
    buf_free(&gateway->head);
    response_free(&gateway->response);
}

static struct text variable(const struct gateway_peer *peer, const char *name)
{
    size_t len = strlen(name);

    for (char *const *at = peer->variables; *at != NULL; at++)
        if (**at == *name && strncmp(*at, name, len) == 0 && (*at)[len] == '=')
            return text_of(*at + len + 1);
    return (struct text){NULL, 0};
}

/* Reads what is left of the body and forgets it; false when there is no end to it. Whatever else is
 * wrong with a body that breaks off, it is cut: a request that asks for none is not whole either.
 */
static bool drain(const struct gateway_peer *peer, enum request_body *state)
{
    char waste[CHUNK];
    size_t total = 0;
    int n;

    while ((n = peer->read(peer->stream, waste, sizeof waste)) > 0) {
        total += (size_t)n;
        if (total > DRAIN_MAX)
            break;
    }
    crypto_wipe(waste, total < sizeof waste ? total : sizeof waste);
    if (n < 0)
        *state = REQUEST_BODY_CUT;
    return n <= 0;
}

/* Reads the body up to one byte more than is allowed. */
static enum request_body read_stream(struct gateway *gateway, const struct gateway_peer *peer)
{
    while (gateway->body.len <= gateway->max_body) {
        char *room = buf_room(&gateway->body, CHUNK);
        int n;

        if (room == NULL)
            return REQUEST_BODY_TOO_LARGE;
        n = peer->read(peer->stream, room, CHUNK);
        gateway->body.len -= (size_t)(CHUNK - (n > 0 ? n : 0));
        if (n < 0)
            return REQUEST_BODY_CUT;
        if (n < CHUNK)
            break;
    }
    return gateway->body.len > gateway->max_body ? REQUEST_BODY_TOO_LARGE : REQUEST_BODY_WHOLE;
}

/* CONTENT_LENGTH may be missing or empty when there is no body, or when the
 * server passed a chunked one on without counting it; the stream has its own end. */
static enum request_body read_body(struct gateway *gateway, const struct gateway_peer *peer,
                                   struct text *body)
{
    struct text stated = variable(peer, "CONTENT_LENGTH");
    int64_t expected = -1;
    enum request_body state;

    if (stated.len > 0 && (stated.data[0] == '-' || !text_to_int64(stated, &expected)))
        return REQUEST_BODY_BAD_LENGTH;
    if (expected >= 0 && (uint64_t)expected > gateway->max_body)
        return REQUEST_BODY_TOO_LARGE;
    state = read_stream(gateway, peer);
    if (state != REQUEST_BODY_WHOLE)
        return state;
    *body = buf_text(&gateway->body);
    if (expected < 0)
        return state;
    if (body->len < (size_t)expected) {
        *body = (struct text){NULL, 0};
        return REQUEST_BODY_CUT;
    }
    body->len = (size_t)expected;
    return state;
}

/* The caller's X-Request-ID where it can be repeated, else a new one. */
static struct text request_id(struct gateway *gateway, const struct gateway_peer *peer, int64_t now)
{
    struct text given = variable(peer, "HTTP_X_REQUEST_ID");
    uint8_t entropy[UID_ENTROPY_BYTES];
    struct uid uid;

    if (history_is_request_id(given) && text_copy(given, gateway->id, sizeof gateway->id))
        return text_of(gateway->id);
    crypto_random_id(entropy, sizeof entropy);
    uid = uid_make(now, entropy);
    uid_format(&uid, gateway->id);
    return text_of(gateway->id);
}

/* RFC 9110, section 15. CGI wants the phrase (RFC 3875, section 6.3.3), and what a server
 * makes of a status without one is not always a status line. */
static const char *reason_phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
        {507, "Insufficient Storage"},
    };

    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "Status";
}

static void put(const struct gateway_peer *peer, const char *bytes, size_t len)
{
    if (len > 0)
        peer->write(peer->stream, bytes, len);
}

static void send_response(struct gateway *gateway, const struct gateway_peer *peer,
                          struct text method)
{
    const struct response *response = &gateway->response;
    struct buf *head = &gateway->head;
    char digits[TEXT_INT64_SIZE];

    buf_reset(head);
    buf_put_string(head, "Status: ");
    buf_put_text(head, text_of_int64(response->status, digits));
    buf_put_byte(head, ' ');
    buf_put_string(head, reason_phrase(response->status));
    buf_put_string(head, "\r\nX-Request-ID: ");
    buf_put_string(head, gateway->id);
    if (response->max_age == RESPONSE_NO_STORE) {
        buf_put_string(head, "\r\nCache-Control: no-store\r\n");
    } else {
        buf_put_string(head, "\r\nCache-Control: private, max-age=");
        buf_put_text(head, text_of_int64(response->max_age, digits));
        buf_put_string(head, "\r\n");
    }
    if (response->body.len > 0) {
        buf_put_string(head, "Content-Type: ");
        buf_put_string(head, response->content_type);
        buf_put_string(head, "\r\nContent-Length: ");
        buf_put_text(head, text_of_int64((int64_t)response->body.len, digits));
        buf_put_string(head, "\r\n");
    }
    put(peer, head->data, head->len);
    put(peer, response->headers.data, response->headers.len);
    put(peer, "\r\n", 2);
    if (!text_is(method, "HEAD"))
        put(peer, response->body.data, response->body.len);
}

static void reset(struct gateway *gateway)
{
    response_reset(&gateway->response);
    buf_reset(&gateway->body);
}

bool gateway_serve(struct gateway *gateway, const struct gateway_peer *peer, gateway_answer *answer,
                   void *arg)
{
    struct request request = {.method = variable(peer, "REQUEST_METHOD"),
                              .path = variable(peer, "PATH_INFO"),
                              .query = variable(peer, "QUERY_STRING"),
                              .if_match = variable(peer, "HTTP_IF_MATCH"),
                              .if_none_match = variable(peer, "HTTP_IF_NONE_MATCH"),
                              .content_type = variable(peer, "CONTENT_TYPE"),
                              .authorization = variable(peer, "HTTP_AUTHORIZATION"),
                              .variables = peer->variables,
                              .body_max = gateway->max_body};
    struct outcome outcome = {.rc = RC_OK};
    int64_t began;
    bool ended;

    request.body_state = read_body(gateway, peer, &request.body);
    ended = drain(peer, &request.body_state);
    /* Not before: a body may take long, and keys end, and rolls are dated, when they happen. */
    request.now = moment_now();
    request.id = request_id(gateway, peer, request.now);
    began = moment_elapsed();
    answer(&request, &gateway->response, &outcome, arg);
    send_response(gateway, peer, request.method);
    access_note(&request, gateway->response.status, &outcome, moment_elapsed() - began);
    reset(gateway);
    return ended;
}
