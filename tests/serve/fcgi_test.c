/* fcgi: what a web server sends becomes a request, an answer becomes what it expects,
 * and a connection is kept, or closed once. */
#include "base/moment.h"
#include "serve/access.h"
#include "serve/fcgi.h"
#include "suites.h"
#include "support/fcgi_client.h"
#include "support/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MAX_BODY = 1000
};

/* What the last request was, copied: it is borrowed from the transport. */
struct seen {
    int calls;
    char method[16];
    char path[256];
    char query[64];
    char content_type[64];
    char if_match[64];
    char if_none_match[64];
    char authorization[64];
    char id[256];
    struct buf body;
    enum request_body state;
    size_t body_max;
    int64_t now;
    size_t absent;                      /* of what is copied but the body */
    const char *content_type_of_answer; /* NULL: none is set */
};

static struct fcgi *fcgi;
static struct seen seen;
static struct buf out;
static struct fcgi_reply reply;
static int client;
static int server;

static void open_connection(void)
{
    int ends[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    client = ends[0];
    server = ends[1];
    fcgi_client_bound(client);
    fcgi_client_bound(server);
}

static void setup(void)
{
    signals_keep();
    access_set(ACCESS_LOG_NONE);
    ck_assert_int_eq(fcgi_init(), RC_OK);
    fcgi = fcgi_new();
    ck_assert_ptr_nonnull(fcgi);
    fcgi_bound(fcgi, MAX_BODY);
    memset(&seen, 0, sizeof seen);
    buf_init(&seen.body, 1 << 20);
    buf_init(&out, 1 << 20);
    fcgi_reply_init(&reply);
    open_connection();
}

/* The server's end is closed only where fcgi_serve has given it back. */
static void teardown(void)
{
    (void)close(client);
    if (server >= 0)
        (void)close(server);
    fcgi_reply_free(&reply);
    buf_free(&out);
    buf_free(&seen.body);
    fcgi_free(fcgi);
    signals_restore();
    access_set(ACCESS_LOG_ALL);
}

static void keep(struct text t, char *to, size_t size)
{
    seen.absent += t.data == NULL ? 1 : 0;
    ck_assert(text_copy(t, to, size));
}

static void answer(const struct request *request, struct response *response,
                   struct outcome *outcome, void *arg)
{
    struct seen *to = arg;

    *outcome = (struct outcome){.rc = RC_OK};
    to->calls++;
    to->absent = 0;
    keep(request->method, to->method, sizeof to->method);
    keep(request->path, to->path, sizeof to->path);
    keep(request->query, to->query, sizeof to->query);
    keep(request->content_type, to->content_type, sizeof to->content_type);
    keep(request->if_match, to->if_match, sizeof to->if_match);
    keep(request->if_none_match, to->if_none_match, sizeof to->if_none_match);
    keep(request->authorization, to->authorization, sizeof to->authorization);
    keep(request->id, to->id, sizeof to->id);
    buf_reset(&to->body);
    buf_put_text(&to->body, request->body);
    to->state = request->body_state;
    to->body_max = request->body_max;
    to->now = request->now;
    ck_assert_int_eq(response->status, 0);
    ck_assert_uint_eq(response->headers.len, 0);
    ck_assert_uint_eq(response->body.len, 0);
    response->status = 201;
    if (to->content_type_of_answer != NULL)
        response->content_type = to->content_type_of_answer;
    response_header(response, "X-Test", "a value");
    buf_put_string(&response->body, "{\"answer\":1}");
}

/* Serves what was sent; the server's end is gone when that is over. */
static bool serve(bool last)
{
    bool kept = fcgi_serve(fcgi, server, last, answer, &seen);

    if (kept)
        return true;
    ck_assert_int_lt(fcntl(server, F_GETFD), 0);
    ck_assert_int_eq(errno, EBADF);
    server = -1;
    return false;
}

static void ask(bool kept, const struct fcgi_client_param *params, struct text body)
{
    const int calls = seen.calls;

    fcgi_client_request(&out, kept, params, body);
    fcgi_client_send(client, &out);
    ck_assert_int_eq(serve(false), kept);
    ck_assert_int_eq(seen.calls, calls + 1);
    ck_assert(fcgi_client_receive(client, &reply));
    ck_assert_uint_eq(reply.app_status, 0);
    ck_assert_uint_eq(reply.protocol_status, 0);
    ck_assert_uint_eq(reply.errors, 0);
}

static const struct fcgi_client_param plain[] = {
    {"REQUEST_METHOD", "PUT"}, {"PATH_INFO", "/v1/x"}, {NULL, NULL}};

START_TEST(a_whole_request_is_handed_over)
{
    static const struct fcgi_client_param params[] = {
        {"GATEWAY_INTERFACE", "CGI/1.1"}, {"REQUEST_METHOD", "PUT"},
        {"SCRIPT_NAME", "/api"},          {"PATH_INFO", "/v1/caf\xC3\xA9 x"},
        {"QUERY_STRING", "a=1&b=%20"},    {"CONTENT_TYPE", "application/json"},
        {"CONTENT_LENGTH", "7"},          {"HTTP_AUTHORIZATION", "Bearer hrk_x"},
        {"HTTP_IF_MATCH", "\"1-1-v\""},   {"HTTP_IF_NONE_MATCH", "*"},
        {"HTTP_X_REQUEST_ID", "req-1"},   {NULL, NULL},
    };
    int64_t before = moment_now();

    ask(true, params, text_of("{\"a\":1}"));
    ck_assert_str_eq(seen.method, "PUT");
    ck_assert_str_eq(seen.path, "/v1/caf\xC3\xA9 x");
    ck_assert_str_eq(seen.query, "a=1&b=%20");
    ck_assert_str_eq(seen.content_type, "application/json");
    ck_assert_str_eq(seen.authorization, "Bearer hrk_x");
    ck_assert_str_eq(seen.if_match, "\"1-1-v\"");
    ck_assert_str_eq(seen.if_none_match, "*");
    ck_assert_str_eq(seen.id, "req-1");
    ck_assert_int_eq(seen.state, REQUEST_BODY_WHOLE);
    ck_assert(text_is(buf_text(&seen.body), "{\"a\":1}"));
    ck_assert_uint_eq(seen.body_max, MAX_BODY);
    ck_assert_int_ge(seen.now, before);
    ck_assert_int_le(seen.now, moment_now());
}
END_TEST

START_TEST(what_was_not_sent_is_absent)
{
    static const struct fcgi_client_param none[] = {{NULL, NULL}};

    ask(true, none, text_of(""));
    /* All but the id, which is made. */
    ck_assert_uint_eq(seen.absent, 7);
    ck_assert_int_eq(seen.state, REQUEST_BODY_WHOLE);
    ck_assert_uint_eq(seen.body.len, 0);
    ck_assert_uint_eq(strlen(seen.id), 26);
}
END_TEST

START_TEST(an_answer_is_sent_with_its_headers)
{
    ask(true, plain, text_of(""));
    ck_assert(fcgi_reply_header(&reply, "Status: 201 Created"));
    ck_assert_int_eq(fcgi_reply_status(&reply), 201);
    ck_assert(fcgi_reply_header(&reply, "Content-Type: application/json"));
    ck_assert(fcgi_reply_header(&reply, "Content-Length: 12"));
    ck_assert(fcgi_reply_header(&reply, "Cache-Control: no-store"));
    ck_assert(fcgi_reply_header(&reply, "X-Test: a value"));
    ck_assert(text_is(fcgi_reply_value(&reply, "X-Request-ID"), seen.id));
    ck_assert(text_is(fcgi_reply_body(&reply), "{\"answer\":1}"));
}
END_TEST

START_TEST(an_answer_of_another_media_type_says_so_and_the_next_one_does_not)
{
    seen.content_type_of_answer = "text/plain; version=0.0.4";
    ask(true, plain, text_of(""));
    ck_assert(fcgi_reply_header(&reply, "Content-Type: text/plain; version=0.0.4"));
    seen.content_type_of_answer = NULL;
    ask(true, plain, text_of(""));
    ck_assert(fcgi_reply_header(&reply, "Content-Type: application/json"));
}
END_TEST

START_TEST(the_answer_to_head_has_no_body)
{
    static const struct fcgi_client_param head[] = {{"REQUEST_METHOD", "HEAD"}, {NULL, NULL}};

    ask(true, head, text_of(""));
    ck_assert(fcgi_reply_header(&reply, "Content-Length: 12"));
    ck_assert_uint_eq(fcgi_reply_body(&reply).len, 0);
}
END_TEST

static const struct {
    const char *given;
    bool good;
} ids[] = {
    {"x", true},
    {"req-1", true},
    {"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", true},
    {"", false},
    {"a\tb", false},
    {"a\nb", false},
    {"a\r\nX-Evil: 1", false},
    {"a\x01", false},
    {"a\x7F", false},
    {"caf\xC3\xA9", false},
    {"\xFF", false},
    {"hrk_01ARZ3NDEKTSV4RRFFQ69G5FAV_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false},
    {"Bearer:hrk_01ARZ3NDEKTSV4RRFFQ69G5FAV_AAAAAAAAAAAAAAAAAAAA", false},
    {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false},
    {"id=whsk_6Xb/dCcHpPea21PS1N9VY", false},
    {"whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=", true},
    {"hr_k", true},
};

static void ask_with_id(const char *given)
{
    const struct fcgi_client_param params[] = {{"HTTP_X_REQUEST_ID", given}, {NULL, NULL}};

    ask(true, params, text_of(""));
    ck_assert(text_is(fcgi_reply_value(&reply, "X-Request-ID"), seen.id));
}

START_TEST(a_request_id_is_echoed_where_it_can_stand_in_a_header)
{
    ask_with_id(ids[_i].given);
    if (ids[_i].good)
        ck_assert_str_eq(seen.id, ids[_i].given);
    else
        ck_assert_uint_eq(strlen(seen.id), 26);
    ck_assert_ptr_null(fcgi_reply_value(&reply, "X-Evil").data);
}
END_TEST

START_TEST(a_request_id_has_at_most_128_characters)
{
    char id[130];

    memset(id, 'i', sizeof id);
    id[129] = '\0';
    ask_with_id(id);
    ck_assert_uint_eq(strlen(seen.id), 26);
    ask_with_id(id + 1);
    ck_assert_str_eq(seen.id, id + 1);
}
END_TEST

START_TEST(a_request_id_that_is_made_is_made_anew)
{
    char first[64];

    ask(true, plain, text_of(""));
    (void)snprintf(first, sizeof first, "%.60s", seen.id);
    ask(true, plain, text_of(""));
    ck_assert_str_ne(seen.id, first);
}
END_TEST

START_TEST(nothing_of_a_request_is_left_for_the_next_on_its_connection)
{
    static const struct fcgi_client_param first[] = {
        {"REQUEST_METHOD", "PUT"},      {"PATH_INFO", "/one"},   {"HTTP_AUTHORIZATION", "key"},
        {"CONTENT_TYPE", "text/plain"}, {"CONTENT_LENGTH", "3"}, {NULL, NULL}};
    static const struct fcgi_client_param second[] = {{"REQUEST_METHOD", "GET"}, {NULL, NULL}};

    for (int round = 0; round < 5; round++) {
        ask(true, first, text_of("abc"));
        ck_assert(text_is(buf_text(&seen.body), "abc"));
        ask(true, second, text_of(""));
        ck_assert_str_eq(seen.method, "GET");
        ck_assert_str_eq(seen.path, "");
        ck_assert_str_eq(seen.authorization, "");
        ck_assert_str_eq(seen.content_type, "");
        ck_assert_uint_eq(seen.body.len, 0);
    }
}
END_TEST

START_TEST(a_connection_that_is_not_kept_is_closed)
{
    ask(false, plain, text_of(""));
    ck_assert(text_is(fcgi_reply_body(&reply), "{\"answer\":1}"));
    ck_assert(fcgi_client_ended(client));
}
END_TEST

START_TEST(after_the_last_request_a_connection_is_closed)
{
    fcgi_client_request(&out, true, plain, text_of(""));
    fcgi_client_send(client, &out);
    ck_assert(!serve(true));
    ck_assert(fcgi_client_receive(client, &reply));
    ck_assert_int_eq(fcgi_reply_status(&reply), 201);
    ck_assert(fcgi_client_ended(client));
}
END_TEST

START_TEST(one_fcgi_serves_many_connections)
{
    for (int i = 0; i < 5; i++) {
        ask(i % 2 == 0, plain, text_of("x"));
        (void)close(client);
        if (server >= 0)
            (void)close(server);
        open_connection();
    }
    ck_assert_int_eq(seen.calls, 5);
}
END_TEST

START_TEST(long_and_many_params_are_read)
{
    struct fcgi_client_param params[204] = {{"REQUEST_METHOD", "GET"}, {"PATH_INFO", "/x"}};
    char value[20000];
    char names[200][24];

    memset(value, 'v', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    for (int i = 0; i < 200; i++) {
        (void)snprintf(names[i], sizeof names[i], "HTTP_X_%d", i);
        params[2 + i] = (struct fcgi_client_param){names[i], i == 0 ? value : "short"};
    }
    /* Behind the long one, and behind the many. */
    params[100] = (struct fcgi_client_param){"QUERY_STRING", "a=1"};
    params[202] = (struct fcgi_client_param){"HTTP_AUTHORIZATION", "Bearer hrk_x"};
    ask(true, params, text_of(""));
    ck_assert_str_eq(seen.method, "GET");
    ck_assert_str_eq(seen.path, "/x");
    ck_assert_str_eq(seen.query, "a=1");
    ck_assert_str_eq(seen.authorization, "Bearer hrk_x");
}
END_TEST

START_TEST(freeing_nothing_is_let_pass)
{
    fcgi_free(NULL);
    ask(true, plain, text_of(""));
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *fcgi_suite(void)
{
    Suite *suite = suite_create("fcgi");
    TCase *tc = tcase_create("fcgi");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_whole_request_is_handed_over);
    tcase_add_test(tc, what_was_not_sent_is_absent);
    tcase_add_test(tc, an_answer_is_sent_with_its_headers);
    tcase_add_test(tc, an_answer_of_another_media_type_says_so_and_the_next_one_does_not);
    tcase_add_test(tc, the_answer_to_head_has_no_body);
    tcase_add_loop_test(tc, a_request_id_is_echoed_where_it_can_stand_in_a_header, 0, COUNT(ids));
    tcase_add_test(tc, a_request_id_has_at_most_128_characters);
    tcase_add_test(tc, a_request_id_that_is_made_is_made_anew);
    tcase_add_test(tc, nothing_of_a_request_is_left_for_the_next_on_its_connection);
    tcase_add_test(tc, a_connection_that_is_not_kept_is_closed);
    tcase_add_test(tc, after_the_last_request_a_connection_is_closed);
    tcase_add_test(tc, one_fcgi_serves_many_connections);
    tcase_add_test(tc, long_and_many_params_are_read);
    tcase_add_test(tc, freeing_nothing_is_let_pass);
    suite_add_tcase(suite, tc);
    return suite;
}
