/* fcgi: bodies that are too long, wrongly counted or cut, connections that end at any
 * byte, and bytes that are no FastCGI at all. */
#include "serve/access.h"
#include "serve/fcgi.h"
#include "suites.h"
#include "support/fcgi_client.h"
#include "support/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MAX_BODY = 1000,
    LONG_BODY = 60000 /* more than libfcgi reads at a time */
};

/* What became of the last request. */
struct seen {
    int calls;
    enum request_body state;
    bool tagged; /* If-Match was "tag" */
    size_t len;
    char body[LONG_BODY];
};

static struct fcgi *fcgi;
static struct seen seen;
static struct buf out;
static struct fcgi_reply reply;
static char body[LONG_BODY + 1];
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

static void close_connection(void)
{
    (void)close(client);
    if (server >= 0)
        (void)close(server);
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
    buf_init(&out, 1 << 20);
    fcgi_reply_init(&reply);
    for (size_t i = 0; i < LONG_BODY; i++)
        body[i] = (char)('a' + i % 23);
    open_connection();
}

static void teardown(void)
{
    close_connection();
    fcgi_reply_free(&reply);
    buf_free(&out);
    fcgi_free(fcgi);
    signals_restore();
    access_set(ACCESS_LOG_ALL);
}

static void answer(const struct request *request, struct response *response,
                   struct outcome *outcome, void *arg)
{
    (void)arg;
    *outcome = (struct outcome){.rc = RC_OK};
    seen.calls++;
    seen.state = request->body_state;
    seen.tagged = text_is(request->if_match, "tag");
    seen.len = request->body.len;
    ck_assert_uint_le(seen.len, sizeof seen.body);
    if (seen.len > 0)
        memcpy(seen.body, request->body.data, seen.len);
    response->status = 200;
    buf_put_string(&response->body, "{}");
}

static bool serve(void)
{
    bool kept = fcgi_serve(fcgi, server, false, answer, NULL);

    if (kept)
        return true;
    ck_assert_int_lt(fcntl(server, F_GETFD), 0);
    ck_assert_int_eq(errno, EBADF);
    server = -1;
    return false;
}

/* Asks with a body of `len` bytes and this CONTENT_LENGTH (NULL: none) on a kept
 * connection. */
static void ask(size_t len, const char *stated)
{
    const struct fcgi_client_param params[] = {
        {"REQUEST_METHOD", "PUT"},
        {stated != NULL ? "CONTENT_LENGTH" : NULL, stated},
        {NULL, NULL},
    };

    fcgi_client_request(&out, true, params, (struct text){body, len});
    fcgi_client_send(client, &out);
    ck_assert(serve());
    ck_assert(fcgi_client_receive(client, &reply));
    ck_assert_int_eq(fcgi_reply_status(&reply), 200);
}

static void expect_body(size_t len)
{
    ck_assert_int_eq(seen.state, REQUEST_BODY_WHOLE);
    ck_assert_uint_eq(seen.len, len);
    ck_assert_mem_eq(seen.body, body, len);
}

static void expect_none(enum request_body state)
{
    ck_assert_int_eq(seen.state, state);
    ck_assert_uint_eq(seen.len, 0);
    ask(4, "4");
    expect_body(4);
}

START_TEST(a_body_may_be_as_long_as_allowed)
{
    ask(MAX_BODY, "1000");
    expect_body(MAX_BODY);
    ask(MAX_BODY, NULL);
    expect_body(MAX_BODY);
    ask(MAX_BODY - 1, "999");
    expect_body(MAX_BODY - 1);
    ask(0, "0");
    expect_body(0);
    ask(0, NULL);
    expect_body(0);
}
END_TEST

START_TEST(a_body_of_one_byte_more_is_too_large)
{
    ask(MAX_BODY + 1, _i == 0 ? "1001" : NULL);
    expect_none(REQUEST_BODY_TOO_LARGE);
}
END_TEST

START_TEST(a_body_far_too_large_is_read_away)
{
    ask(LONG_BODY, _i == 0 ? "60000" : NULL);
    expect_none(REQUEST_BODY_TOO_LARGE);
}
END_TEST

START_TEST(a_length_beyond_the_limit_is_too_large_whatever_comes)
{
    ask(3, "1001");
    expect_none(REQUEST_BODY_TOO_LARGE);
    ask(0, "9223372036854775807");
    expect_none(REQUEST_BODY_TOO_LARGE);
}
END_TEST

START_TEST(a_long_body_comes_whole)
{
    fcgi_free(fcgi);
    fcgi = fcgi_new();
    ck_assert_ptr_nonnull(fcgi);
    fcgi_bound(fcgi, LONG_BODY);
    ask(LONG_BODY, "60000");
    expect_body(LONG_BODY);
    ask(16384, "16384");
    expect_body(16384);
    ask(16385, NULL);
    expect_body(16385);
    ask(5, NULL);
    expect_body(5);
}
END_TEST

START_TEST(a_body_in_records_of_one_byte_comes_whole)
{
    static const struct fcgi_client_param params[] = {{"CONTENT_LENGTH", "300"}, {NULL, NULL}};

    fcgi_client_begin(&out, true);
    fcgi_client_params(&out, params);
    for (size_t i = 0; i < 300; i++)
        fcgi_client_record(&out, FCGI_CLIENT_STDIN, body + i, 1);
    fcgi_client_record(&out, FCGI_CLIENT_STDIN, NULL, 0);
    fcgi_client_send(client, &out);
    ck_assert(serve());
    expect_body(300);
}
END_TEST

static const char *const lengths[] = {
    "-1", "-0", "+3", " 3", "3 ", "3.0", "3,3", "0x3", "x", "-", "3;", "1e1", "three",
};

START_TEST(a_length_that_is_no_count_is_said)
{
    ask(3, lengths[_i]);
    expect_none(REQUEST_BODY_BAD_LENGTH);
}
END_TEST

START_TEST(a_length_beyond_any_count_is_refused)
{
    ask(3, "99999999999999999999999999");
    expect_none(REQUEST_BODY_BAD_LENGTH);
}
END_TEST

START_TEST(an_empty_length_is_as_none)
{
    ask(3, "");
    expect_body(3);
}
END_TEST

START_TEST(fewer_bytes_than_stated_are_a_cut_body)
{
    ask(3, "4");
    expect_none(REQUEST_BODY_CUT);
    ask(0, "1");
    expect_none(REQUEST_BODY_CUT);
}
END_TEST

START_TEST(more_bytes_than_stated_are_left_out)
{
    ask(10, "3");
    expect_body(3);
    ask(10, "0");
    expect_body(0);
    ask(4, "4");
    expect_body(4);
}
END_TEST

static const struct fcgi_client_param counted[] = {
    {"CONTENT_LENGTH", "9"}, {"REQUEST_METHOD", "PUT"}, {"HTTP_IF_MATCH", "tag"}, {NULL, NULL}};

static const struct fcgi_client_param uncounted[] = {
    {"REQUEST_METHOD", "PUT"}, {"HTTP_IF_MATCH", "tag"}, {NULL, NULL}};

static const struct {
    const struct fcgi_client_param *params;
    size_t len; /* of the body */
    bool half;  /* the peer still reads */
} cuts[] = {
    {counted, 9, false}, {uncounted, 9, false}, {uncounted, 0, false},
    {counted, 9, true},  {uncounted, 9, true},  {uncounted, 0, true},
};

/* Serves until the connection is over, which it must be soon. */
static void serve_to_the_end(void)
{
    int rounds = 0;

    while (serve())
        ck_assert_int_lt(rounds++, 2);
}

static void serve_cut(int cut, size_t len)
{
    fcgi_client_request(&out, true, cuts[cut].params, (struct text){body, cuts[cut].len});
    ck_assert_uint_lt(len, out.len);
    out.len = len;
    fcgi_client_send(client, &out);
    if (cuts[cut].half) {
        ck_assert_int_eq(shutdown(client, SHUT_WR), 0);
    } else {
        (void)close(client);
        client = -1;
    }
    serve_to_the_end();
}

static size_t request_len(int cut)
{
    size_t len;

    fcgi_client_request(&out, true, cuts[cut].params, (struct text){body, cuts[cut].len});
    len = out.len;
    buf_reset(&out);
    return len;
}

START_TEST(a_request_cut_anywhere_does_not_pass_for_a_whole_one)
{
    const size_t whole = request_len(_i);

    for (size_t len = 0; len < whole; len++) {
        seen.calls = 0;
        serve_cut(_i, len);
        ck_assert_msg(seen.calls == 0 ||
                          (seen.state == REQUEST_BODY_CUT && seen.tagged && seen.len == 0),
                      "cut after %zu of %zu bytes", len, whole);
        close_connection();
        open_connection();
    }
}
END_TEST

START_TEST(a_request_cut_between_its_params_is_never_handed_over)
{
    static const char method[] = "\16\6REQUEST_METHODDELETE";

    fcgi_client_begin(&out, true);
    fcgi_client_record(&out, FCGI_CLIENT_PARAMS, method, sizeof method - 1);
    fcgi_client_send(client, &out);
    ck_assert_int_eq(shutdown(client, SHUT_WR), 0);
    ck_assert(!serve());
    ck_assert_int_eq(seen.calls, 0);
    ck_assert(fcgi_client_ended(client));
    close_connection();
    open_connection();
    ask(4, "4");
    expect_body(4);
}
END_TEST

static _Atomic bool served;

static void *serve_aside(void *arg)
{
    (void)arg;
    ck_assert(!serve());
    atomic_store(&served, true);
    return NULL;
}

static void go_on(int signal_number)
{
    (void)signal_number;
}

/* As happens when the process is stopped and goes on. */
START_TEST(a_request_whose_params_are_interrupted_is_never_handed_over)
{
    const struct sigaction interrupt = {.sa_handler = go_on};
    const int fd = server;
    pthread_t thread;
    int unread;

    ck_assert_int_eq(sigaction(SIGUSR1, &interrupt, NULL), 0);
    fcgi_client_begin(&out, true);
    fcgi_client_send(client, &out);
    atomic_store(&served, false);
    ck_assert_int_eq(pthread_create(&thread, NULL, serve_aside, NULL), 0);
    do {
        ck_assert_int_eq(ioctl(fd, FIONREAD, &unread), 0);
    } while (unread > 0);
    while (!atomic_load(&served))
        ck_assert_int_eq(pthread_kill(thread, SIGUSR1), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(seen.calls, 0);
    ck_assert(fcgi_client_ended(client));
}
END_TEST

static const struct {
    const char *bytes;
    size_t len;
} garbage[] = {
    {"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 34},
    {"\0", 1},
    {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16},
    {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 16},
    {"\2\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0", 16}, /* version 2 */
    {"\1\1\0\1\0\7\0\0\0\1\1\0\0\0\0", 15},    /* a BEGIN too short */
    {"\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0"       /* PARAMS whose name is longer than they are */
     "\1\4\0\1\0\2\0\0\377\0",
     26},
    {"\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0" /* a length of 2^31 - 1 */
     "\1\4\0\1\0\11\0\0\377\377\377\377\377\377\377\377x",
     33},
    {"\1\5\0\1\0\1\0\0x", 9}, /* STDIN before BEGIN */
    {"\1\2\0\1\0\0\0\0", 8},  /* ABORT before BEGIN */
    {"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03", 11},
};

START_TEST(bytes_that_are_no_fastcgi_are_never_answered_as_a_request)
{
    ck_assert_int_eq(send(client, garbage[_i].bytes, garbage[_i].len, 0), (ssize_t)garbage[_i].len);
    ck_assert_int_eq(shutdown(client, SHUT_WR), 0);
    serve_to_the_end();
    ck_assert_int_eq(seen.calls, 0);
    close_connection();
    open_connection();
    ask(4, "4");
    expect_body(4);
}
END_TEST

START_TEST(a_peer_that_does_not_wait_for_its_answer_does_no_harm)
{
    fcgi_client_request(&out, true, counted, (struct text){body, 9});
    fcgi_client_send(client, &out);
    (void)close(client);
    client = -1;
    serve_to_the_end();
    expect_body(9);
    close_connection();
    open_connection();
    ask(4, "4");
    expect_body(4);
}
END_TEST

START_TEST(a_question_of_management_does_not_disturb)
{
    static const char question[] = "\xF\0FCGI_MPXS_CONNS";

    fcgi_client_record(&out, FCGI_CLIENT_GET_VALUES, question, sizeof question - 1);
    fcgi_client_request(&out, true, counted, (struct text){body, 9});
    fcgi_client_send(client, &out);
    ck_assert(serve());
    expect_body(9);
    ck_assert(fcgi_client_receive(client, &reply));
    ck_assert_int_eq(fcgi_reply_status(&reply), 200);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *fcgi_body_suite(void)
{
    Suite *suite = suite_create("fcgi_body");
    TCase *tc = tcase_create("body");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_body_may_be_as_long_as_allowed);
    tcase_add_loop_test(tc, a_body_of_one_byte_more_is_too_large, 0, 2);
    tcase_add_loop_test(tc, a_body_far_too_large_is_read_away, 0, 2);
    tcase_add_test(tc, a_length_beyond_the_limit_is_too_large_whatever_comes);
    tcase_add_test(tc, a_long_body_comes_whole);
    tcase_add_test(tc, a_body_in_records_of_one_byte_comes_whole);
    tcase_add_loop_test(tc, a_length_that_is_no_count_is_said, 0, COUNT(lengths));
    tcase_add_test(tc, a_length_beyond_any_count_is_refused);
    tcase_add_test(tc, an_empty_length_is_as_none);
    tcase_add_test(tc, fewer_bytes_than_stated_are_a_cut_body);
    tcase_add_test(tc, more_bytes_than_stated_are_left_out);
    tcase_add_loop_test(tc, a_request_cut_anywhere_does_not_pass_for_a_whole_one, 0, COUNT(cuts));
    tcase_add_test(tc, a_request_cut_between_its_params_is_never_handed_over);
    tcase_add_test(tc, a_request_whose_params_are_interrupted_is_never_handed_over);
    tcase_add_loop_test(tc, bytes_that_are_no_fastcgi_are_never_answered_as_a_request, 0,
                        COUNT(garbage));
    tcase_add_test(tc, a_peer_that_does_not_wait_for_its_answer_does_no_harm);
    tcase_add_test(tc, a_question_of_management_does_not_disturb);
    suite_add_tcase(suite, tc);
    return suite;
}
