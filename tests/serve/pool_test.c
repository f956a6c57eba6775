/* pool: many connections on few threads, and nothing left behind. */
#include "suites.h"
#include "support/log_capture.h"
#include "support/pool_fixture.h"

#include <dirent.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    WORKERS = 3,
    CLIENTS = 40,
    ROUNDS = 3
};

static struct pool_fixture at;

static void setup(void)
{
    pool_fixture_make(&at);
}

static void setup_started(void)
{
    setup();
    ck_assert_int_eq(pool_fixture_start(&at, WORKERS), RC_OK);
}

static void teardown(void)
{
    pool_fixture_remove(&at);
}

START_TEST(a_request_is_answered_on_a_connection_that_is_kept)
{
    int fd = pool_fixture_connect(&at);

    for (int i = 0; i < ROUNDS; i++) {
        pool_fixture_send_health(&at, fd);
        pool_fixture_expect_health(&at, fd);
    }
    (void)close(fd);
}
END_TEST

START_TEST(a_request_reaches_the_api_and_its_store)
{
    int fd = pool_fixture_connect(&at);

    pool_fixture_send_roll(&at, fd, false);
    pool_fixture_expect(&at, fd, 200);
    ck_assert_ptr_nonnull(memmem(at.reply.out.data, at.reply.out.len, "whsec_", 6));
    ck_assert(fcgi_client_ended(fd));
    (void)close(fd);
    ck_assert_uint_eq(pool_fixture_history(&at), 2);
}
END_TEST

START_TEST(more_idle_connections_than_workers_hold_no_worker)
{
    int fds[CLIENTS];
    int fd;

    pool_fixture_connect_all(&at, fds, CLIENTS);
    for (int round = 0; round < ROUNDS; round++) {
        fd = pool_fixture_connect(&at);
        pool_fixture_send_health(&at, fd);
        pool_fixture_expect_health(&at, fd);
        (void)close(fd);
        for (int i = CLIENTS - 1; i >= 0; i--) {
            pool_fixture_send_health(&at, fds[i]);
            pool_fixture_expect_health(&at, fds[i]);
        }
    }
    pool_fixture_close_all(fds, CLIENTS);
}
END_TEST

START_TEST(requests_that_come_together_are_all_answered)
{
    int fds[CLIENTS];

    pool_fixture_connect_all(&at, fds, CLIENTS);
    for (int i = 0; i < CLIENTS; i++)
        pool_fixture_send_roll(&at, fds[i], i % 2 == 0);
    for (int i = 0; i < CLIENTS; i++)
        pool_fixture_expect(&at, fds[i], 200);
    pool_fixture_close_all(fds, CLIENTS);
    ck_assert_uint_eq(pool_fixture_history(&at), 1 + CLIENTS);
}
END_TEST

START_TEST(connections_that_end_or_talk_nonsense_harm_no_other)
{
    static const char nonsense[] = "GET / HTTP/1.1\r\n\r\n";
    int kept = pool_fixture_connect(&at);
    int fd;

    for (int i = 0; i < CLIENTS; i++) {
        fd = pool_fixture_connect(&at);
        if (i % 4 == 1)
            ck_assert_int_gt(send(fd, nonsense, sizeof nonsense - 1, MSG_NOSIGNAL), 0);
        if (i % 4 == 2)
            pool_fixture_begin(&at, fd);
        if (i % 4 == 3)
            pool_fixture_send_health(&at, fd);
        (void)close(fd);
    }
    pool_fixture_send_health(&at, kept);
    pool_fixture_expect_health(&at, kept);
    (void)close(kept);
}
END_TEST

START_TEST(nonsense_ends_its_connection)
{
    int fd = pool_fixture_connect(&at);

    ck_assert_int_eq(send(fd, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8, MSG_NOSIGNAL), 8);
    ck_assert(fcgi_client_ended(fd));
    (void)close(fd);
}
END_TEST

START_TEST(a_body_over_the_limit_is_refused_and_the_connection_kept)
{
    const struct fcgi_client_param params[] = {
        {"REQUEST_METHOD", "PUT"},
        {"PATH_INFO", api_endpoint(&at.api, POOL_FIXTURE_NUMBER, "/expire_secret")},
        {"HTTP_AUTHORIZATION", at.api.admin},
        {NULL, NULL},
    };
    static char body[POOL_FIXTURE_BODY + 1];
    int fd = pool_fixture_connect(&at);

    fcgi_client_request(&at.out, true, params, (struct text){body, sizeof body});
    fcgi_client_send(fd, &at.out);
    pool_fixture_expect(&at, fd, 413);
    pool_fixture_send_health(&at, fd);
    pool_fixture_expect_health(&at, fd);
    (void)close(fd);
}
END_TEST

static int descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int count = 0;

    ck_assert_ptr_nonnull(dir);
    while (readdir(dir) != NULL)
        count++;
    (void)closedir(dir);
    return count;
}

START_TEST(starting_and_stopping_leaves_nothing_behind)
{
    const int before = descriptors();

    at.listener.inherited = true;
    for (size_t workers = 1; workers <= 8; workers++) {
        int fds[4];

        ck_assert_int_eq(pool_fixture_start(&at, workers), RC_OK);
        pool_fixture_connect_all(&at, fds, 4);
        pool_fixture_send_health(&at, fds[0]);
        pool_fixture_expect_health(&at, fds[0]);
        pool_fixture_send_health(&at, fds[1]);
        if (workers % 2 == 0)
            pool_fixture_close_all(fds, 4);
        pool_fixture_stop(&at);
        if (workers % 2 == 1)
            pool_fixture_close_all(fds, 4);
    }
    ck_assert_int_eq(descriptors(), before);
}
END_TEST

START_TEST(two_pools_in_turn_serve_one_listener)
{
    at.listener.inherited = true;
    for (int i = 0; i < 2; i++) {
        int fd = pool_fixture_connect(&at);

        pool_fixture_send_health(&at, fd);
        ck_assert_int_eq(pool_fixture_start(&at, WORKERS), RC_OK);
        pool_fixture_expect_health(&at, fd);
        pool_fixture_stop(&at);
        ck_assert(fcgi_client_ended(fd));
        (void)close(fd);
    }
}
END_TEST

/* No more than `spare` descriptors beside those that are open now; the limit before. */
static struct rlimit take_descriptors(rlim_t spare)
{
    struct rlimit before;
    struct rlimit few;
    int lowest = dup(at.listener.fd);

    ck_assert_int_ge(lowest, 0);
    (void)close(lowest);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = (rlim_t)lowest + spare;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    return before;
}

START_TEST(a_pool_that_cannot_start_says_so_and_leaves_nothing_behind)
{
    const int before = descriptors();
    struct rlimit limit = take_descriptors((rlim_t)_i);
    enum rc rc = pool_fixture_start(&at, WORKERS);

    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert_int_eq(rc, RC_SYSTEM);
    ck_assert_ptr_null(at.pool);
    ck_assert(log_capture_has("workers"));
    ck_assert_int_eq(descriptors(), before);
}
END_TEST

START_TEST(a_connection_that_finds_no_descriptor_is_served_when_there_is_one)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct rlimit limit;
    bool told;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pool_fixture_start(&at, 1), RC_OK);
    limit = take_descriptors(0);
    fcgi_client_reach(fd, at.socket);
    told = log_capture_await("cannot be accepted");
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert(told);
    pool_fixture_send_health(&at, fd);
    pool_fixture_expect_health(&at, fd);
    (void)close(fd);
}
END_TEST

Suite *pool_suite(void)
{
    Suite *suite = suite_create("pool");
    TCase *started = tcase_create("started");
    TCase *ready = tcase_create("ready");

    tcase_add_checked_fixture(started, setup_started, teardown);
    tcase_set_timeout(started, 60);
    tcase_add_test(started, a_request_is_answered_on_a_connection_that_is_kept);
    tcase_add_test(started, a_request_reaches_the_api_and_its_store);
    tcase_add_test(started, more_idle_connections_than_workers_hold_no_worker);
    tcase_add_test(started, requests_that_come_together_are_all_answered);
    tcase_add_test(started, connections_that_end_or_talk_nonsense_harm_no_other);
    tcase_add_test(started, nonsense_ends_its_connection);
    tcase_add_test(started, a_body_over_the_limit_is_refused_and_the_connection_kept);
    suite_add_tcase(suite, started);
    tcase_add_checked_fixture(ready, setup, teardown);
    tcase_set_timeout(ready, 60);
    tcase_add_test(ready, starting_and_stopping_leaves_nothing_behind);
    tcase_add_test(ready, two_pools_in_turn_serve_one_listener);
    tcase_add_loop_test(ready, a_pool_that_cannot_start_says_so_and_leaves_nothing_behind, 0, 4);
    tcase_add_test(ready, a_connection_that_finds_no_descriptor_is_served_when_there_is_one);
    suite_add_tcase(suite, ready);
    return suite;
}
