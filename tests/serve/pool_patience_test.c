/* pool_patience: peers that send or read a little now and then hold a worker for so long, and no
 * longer; nothing is done of what they asked for. Nor do they hold up an end or a pause. */
#include "suites.h"
#include "support/pool_fixture.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    WORKERS = 4,
    BOUND = 100,   /* ms */
    STEP = 2,      /* ms between two bytes */
    A_LITTLE = 30, /* ms between two requests, each of which takes WORKERS times that */
    STEPS = POOL_FIXTURE_PATIENCE / STEP
};

static struct pool_fixture at;

static void setup(void)
{
    pool_fixture_make(&at);
    at.patience = BOUND;
}

static void teardown(void)
{
    pool_fixture_remove(&at);
}

static void start(size_t workers)
{
    ck_assert_int_eq(pool_fixture_start(&at, workers), RC_OK);
}

/* A byte now and then; false once the connection is no more. */
static bool send_byte(int fd, const char *byte)
{
    (void)poll(NULL, 0, STEP);
    return send(fd, byte, 1, MSG_NOSIGNAL) == 1;
}

/* Sends what is in the buffer so, over and over, until the connection ends. */
static void dribble(int fd, struct buf *bytes)
{
    int steps = 0;

    while (send_byte(fd, &bytes->data[(size_t)steps % bytes->len]))
        ck_assert_int_lt(++steps, STEPS);
    ck_assert(errno == EPIPE || errno == ECONNRESET);
    buf_reset(bytes);
}

static void expect_health(void)
{
    int fd = pool_fixture_connect(&at);

    pool_fixture_send_health(&at, fd);
    pool_fixture_expect_health(&at, fd);
    (void)close(fd);
}

/* The head of a record of `type` as long as it can be. */
static void put_endless(enum fcgi_client_type type)
{
    char content[65535];

    memset(content, 'x', sizeof content);
    fcgi_client_record(&at.out, type, content, sizeof content);
}

/* Nobody waits for events in the one case, and in the other there is always somebody. */
START_TEST(who_dribbles_variables_is_given_up)
{
    int fd = pool_fixture_connect(&at);

    start(_i == 0 ? 1 : WORKERS);
    pool_fixture_begin(&at, fd);
    put_endless(FCGI_CLIENT_PARAMS);
    dribble(fd, &at.out);
    ck_assert(fcgi_client_ended(fd));
    expect_health();
    (void)close(fd);
}
END_TEST

START_TEST(who_dribbles_a_body_is_given_up_and_nothing_is_done)
{
    int fd = pool_fixture_connect(&at);

    start(_i == 0 ? 1 : WORKERS);
    pool_fixture_begin_roll(&at, fd);
    put_endless(FCGI_CLIENT_STDIN);
    dribble(fd, &at.out);
    expect_health();
    ck_assert_uint_eq(pool_fixture_history(&at), 1);
    (void)close(fd);
}
END_TEST

/* As many as there are workers, all of whom are let go. */
START_TEST(many_who_dribble_keep_others_waiting_for_so_long_only)
{
    int fds[WORKERS];

    start(WORKERS);
    pool_fixture_connect_all(&at, fds, WORKERS);
    for (int i = 0; i < WORKERS; i++)
        pool_fixture_begin(&at, fds[i]);
    for (int i = 0; i < WORKERS; i++)
        pool_fixture_await_read(fds[i]);
    expect_health();
    for (int i = 0; i < WORKERS; i++)
        ck_assert(fcgi_client_ended(fds[i]));
    pool_fixture_close_all(fds, WORKERS);
}
END_TEST

/* libfcgi gives it up at once, and waits for the peer's end with a patience of its own that begins
 * anew with each byte. */
START_TEST(who_goes_on_behind_what_is_no_request_is_given_up)
{
    int fd = pool_fixture_connect(&at);

    start(1);
    buf_put_string(&at.out, "This is no FastCGI at all.");
    fcgi_client_send(fd, &at.out);
    buf_put_string(&at.out, "more");
    dribble(fd, &at.out);
    expect_health();
    (void)close(fd);
}
END_TEST

static const struct fcgi_client_param description[] = {
    {"REQUEST_METHOD", "GET"}, {"PATH_INFO", "/openapi.json"}, {NULL, NULL}};

/* Its answer is longer than what the kernel takes for who does not read. */
START_TEST(who_reads_an_answer_bit_by_bit_is_given_up)
{
    int fd = pool_fixture_connect(&at);
    struct pollfd end = {.fd = fd, .events = POLLRDHUP};
    char byte;

    start(1);
    fcgi_client_request(&at.out, true, description, text_of(""));
    fcgi_client_send(fd, &at.out);
    for (int steps = 0; poll(&end, 1, STEP) == 0; steps++) {
        ck_assert_int_lt(steps, STEPS);
        ck_assert_int_eq(recv(fd, &byte, 1, 0), 1);
    }
    expect_health();
    (void)close(fd);
}
END_TEST

/* Each answer may be taken for anew, and between two requests nobody waits for the peer. */
START_TEST(a_connection_outlasts_what_one_request_may_take)
{
    int fd = pool_fixture_connect(&at);

    start(1);
    for (int ms = 0; ms < 3 * BOUND; ms += BOUND / 2) {
        pool_fixture_send_health(&at, fd);
        pool_fixture_expect_health(&at, fd);
        (void)poll(NULL, 0, BOUND / 2);
    }
    (void)poll(NULL, 0, 2 * BOUND);
    pool_fixture_send_roll(&at, fd, true);
    pool_fixture_expect(&at, fd, 200);
    (void)close(fd);
}
END_TEST

static void *stop(void *arg)
{
    (void)arg;
    pool_fixture_stop(&at);
    return NULL;
}

START_TEST(who_dribbles_does_not_hold_up_a_stop)
{
    int fd = pool_fixture_connect(&at);
    pthread_t thread;

    at.patience = 3 * POOL_FIXTURE_PATIENCE;
    start(1);
    pool_fixture_begin(&at, fd);
    pool_fixture_await_read(fd);
    ck_assert_int_eq(pthread_create(&thread, NULL, stop, NULL), 0);
    put_endless(FCGI_CLIENT_PARAMS);
    dribble(fd, &at.out);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    (void)close(fd);
}
END_TEST

static _Atomic bool over;

/* The stop answers who waits behind the pause. */
static void *pause_and_stop(void *paused)
{
    bool pauses = pool_pause(at.pool, POOL_FIXTURE_PATIENCE);

    *(bool *)paused = pauses;
    over = true;
    if (pauses)
        pool_fixture_stop(&at);
    return NULL;
}

/* Each is at it for as long as all of the others together, so one always is. */
START_TEST(a_pause_comes_though_there_is_always_somebody_a_little_slow)
{
    int fds[WORKERS];
    bool paused = false;
    pthread_t thread;

    at.patience = 3 * POOL_FIXTURE_PATIENCE;
    over = false;
    start(WORKERS);
    pool_fixture_connect_all(&at, fds, WORKERS);
    for (int i = 0; i < WORKERS; i++)
        pool_fixture_begin(&at, fds[i]);
    ck_assert_int_eq(pthread_create(&thread, NULL, pause_and_stop, &paused), 0);
    for (int i = 0; !over; i = (i + 1) % WORKERS) {
        (void)poll(NULL, 0, A_LITTLE);
        pool_fixture_end_health(&at, fds[i]);
        pool_fixture_expect_health(&at, fds[i]);
        if (!over)
            pool_fixture_begin(&at, fds[i]);
    }
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert(paused);
    pool_fixture_close_all(fds, WORKERS);
}
END_TEST

Suite *pool_patience_suite(void)
{
    Suite *suite = suite_create("pool_patience");
    TCase *tc = tcase_create("bounded");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, who_dribbles_variables_is_given_up, 0, 2);
    tcase_add_loop_test(tc, who_dribbles_a_body_is_given_up_and_nothing_is_done, 0, 2);
    tcase_add_test(tc, many_who_dribble_keep_others_waiting_for_so_long_only);
    tcase_add_test(tc, who_goes_on_behind_what_is_no_request_is_given_up);
    tcase_add_test(tc, who_reads_an_answer_bit_by_bit_is_given_up);
    tcase_add_test(tc, a_connection_outlasts_what_one_request_may_take);
    tcase_add_test(tc, who_dribbles_does_not_hold_up_a_stop);
    tcase_add_test(tc, a_pause_comes_though_there_is_always_somebody_a_little_slow);
    suite_add_tcase(suite, tc);
    return suite;
}
