/* pool: many connections on few threads, requests that are answered though the pool is
 * told to stop, and nothing left behind. */
#include "serve/fcgi.h"
#include "serve/pool.h"
#include "suites.h"
#include "support/api_fixture.h"
#include "support/fcgi_client.h"
#include "support/log_capture.h"
#include "support/sample.h"
#include "support/signals.h"

#include <dirent.h>
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    WORKERS = 3,
    CLIENTS = 40,
    ROUNDS = 3,
    MAX_BODY = 4096,
    PATIENCE = 20000, /* ms */
    NUMBER = 2        /* of the endpoint that is rolled */
};

static struct api_fixture api;
static struct listener listener;
static struct pool *pool;
static struct buf out;
static struct fcgi_reply reply;
static char path[TEMP_PATH_SIZE];

static enum rc start(size_t workers)
{
    const struct pool_options options = {&listener, &api.service, workers, MAX_BODY};

    return pool_start(&options, &pool);
}

static void stop(void)
{
    if (pool != NULL)
        pool_stop(pool);
    pool = NULL;
}

static void setup(void)
{
    char address[TEMP_PATH_SIZE + 8];

    signals_keep();
    api_fixture_make(&api);
    api_fixture_open(&api);
    ck_assert_int_eq(store_fixture_add(api.at.store, NUMBER, STORE_FIXTURE_PROJECT, &api.arena),
                     RC_OK);
    buf_init(&out, 1 << 20);
    fcgi_reply_init(&reply);
    pool = NULL;
    (void)snprintf(address, sizeof address, "unix:%s", temp_dir_path(&api.at.temp, "s", path));
    ck_assert_int_eq(listener_open(address, 0600, &listener), RC_OK);
    ck_assert_int_eq(fcgi_init(), RC_OK);
}

static void setup_started(void)
{
    setup();
    ck_assert_int_eq(start(WORKERS), RC_OK);
}

static void teardown(void)
{
    stop();
    listener_close(&listener);
    fcgi_reply_free(&reply);
    buf_free(&out);
    api_fixture_remove(&api);
    signals_restore();
}

static const struct fcgi_client_param health[] = {
    {"REQUEST_METHOD", "GET"}, {"PATH_INFO", "/healthz"}, {NULL, NULL}};

static void send_health(int fd)
{
    fcgi_client_request(&out, true, health, text_of(""));
    fcgi_client_send(fd, &out);
}

static void send_roll(int fd, bool keep)
{
    const struct fcgi_client_param params[] = {
        {"REQUEST_METHOD", "PUT"},
        {"PATH_INFO", api_endpoint(&api, NUMBER, "/expire_secret")},
        {"HTTP_AUTHORIZATION", api.admin},
        {"CONTENT_TYPE", "application/json"},
        {NULL, NULL},
    };

    fcgi_client_request(&out, keep, params, text_of("{\"expiration\":0}"));
    fcgi_client_send(fd, &out);
}

static void expect_reply(int fd, int status)
{
    ck_assert(fcgi_client_receive(fd, &reply));
    ck_assert_int_eq(fcgi_reply_status(&reply), status);
}

static void expect_health(int fd)
{
    expect_reply(fd, 200);
    ck_assert(text_is(fcgi_reply_body(&reply), "{\"status\":true,\"message\":\"ok\"}"));
}

static void connect_all(int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fds[i] = fcgi_client_connect(path);
}

static void close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)close(fds[i]);
}

static uint64_t history_count(void)
{
    const struct uid uid = sample_uid(NUMBER);
    struct endpoint endpoint;

    ck_assert_int_eq(
        store_endpoint_get(api.at.store, &api.at.project.uid, &uid, &api.at.arena, &endpoint),
        RC_OK);
    return endpoint.history;
}

START_TEST(a_request_is_answered_on_a_connection_that_is_kept)
{
    int fd = fcgi_client_connect(path);

    for (int i = 0; i < ROUNDS; i++) {
        send_health(fd);
        expect_health(fd);
    }
    (void)close(fd);
}
END_TEST

START_TEST(a_request_reaches_the_api_and_its_store)
{
    int fd = fcgi_client_connect(path);

    send_roll(fd, false);
    expect_reply(fd, 200);
    ck_assert_ptr_nonnull(memmem(reply.out.data, reply.out.len, "whsec_", 6));
    ck_assert(fcgi_client_ended(fd));
    (void)close(fd);
    ck_assert_uint_eq(history_count(), 2);
}
END_TEST

START_TEST(more_idle_connections_than_workers_hold_no_worker)
{
    int fds[CLIENTS];
    int fd;

    connect_all(fds, CLIENTS);
    for (int round = 0; round < ROUNDS; round++) {
        fd = fcgi_client_connect(path);
        send_health(fd);
        expect_health(fd);
        (void)close(fd);
        for (int i = CLIENTS - 1; i >= 0; i--) {
            send_health(fds[i]);
            expect_health(fds[i]);
        }
    }
    close_all(fds, CLIENTS);
}
END_TEST

START_TEST(requests_that_come_together_are_all_answered)
{
    int fds[CLIENTS];

    connect_all(fds, CLIENTS);
    for (int i = 0; i < CLIENTS; i++)
        send_roll(fds[i], i % 2 == 0);
    for (int i = 0; i < CLIENTS; i++)
        expect_reply(fds[i], 200);
    close_all(fds, CLIENTS);
    ck_assert_uint_eq(history_count(), 1 + CLIENTS);
}
END_TEST

START_TEST(connections_that_end_or_talk_nonsense_harm_no_other)
{
    static const char nonsense[] = "GET / HTTP/1.1\r\n\r\n";
    int kept = fcgi_client_connect(path);
    int fd;

    for (int i = 0; i < CLIENTS; i++) {
        fd = fcgi_client_connect(path);
        if (i % 4 == 1)
            ck_assert_int_gt(send(fd, nonsense, sizeof nonsense - 1, MSG_NOSIGNAL), 0);
        if (i % 4 == 2) {
            fcgi_client_begin(&out, true);
            fcgi_client_send(fd, &out);
        }
        if (i % 4 == 3)
            send_health(fd);
        (void)close(fd);
    }
    send_health(kept);
    expect_health(kept);
    (void)close(kept);
}
END_TEST

START_TEST(nonsense_ends_its_connection)
{
    int fd = fcgi_client_connect(path);

    ck_assert_int_eq(send(fd, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8, MSG_NOSIGNAL), 8);
    ck_assert(fcgi_client_ended(fd));
    (void)close(fd);
}
END_TEST

START_TEST(a_body_over_the_limit_is_refused_and_the_connection_kept)
{
    const struct fcgi_client_param params[] = {
        {"REQUEST_METHOD", "PUT"},
        {"PATH_INFO", api_endpoint(&api, NUMBER, "/expire_secret")},
        {"HTTP_AUTHORIZATION", api.admin},
        {NULL, NULL},
    };
    static char body[MAX_BODY + 1];
    int fd = fcgi_client_connect(path);

    fcgi_client_request(&out, true, params, (struct text){body, sizeof body});
    fcgi_client_send(fd, &out);
    expect_reply(fd, 413);
    send_health(fd);
    expect_health(fd);
    (void)close(fd);
}
END_TEST

START_TEST(stopping_ends_idle_connections)
{
    int fds[CLIENTS];

    connect_all(fds, CLIENTS);
    for (int i = 0; i < CLIENTS; i += 2) {
        send_health(fds[i]);
        expect_health(fds[i]);
    }
    stop();
    for (int i = 0; i < CLIENTS; i++)
        ck_assert(fcgi_client_ended(fds[i]));
    close_all(fds, CLIENTS);
}
END_TEST

START_TEST(requests_that_have_come_are_answered_though_it_stops)
{
    int fds[CLIENTS];

    connect_all(fds, CLIENTS / 2);
    for (int i = 0; i < CLIENTS / 2; i++) {
        send_health(fds[i]);
        expect_health(fds[i]);
    }
    connect_all(fds + CLIENTS / 2, CLIENTS / 2);
    for (int i = 0; i < CLIENTS; i++)
        send_roll(fds[i], true);
    stop();
    for (int i = 0; i < CLIENTS; i++) {
        expect_reply(fds[i], 200);
        ck_assert(fcgi_client_ended(fds[i]));
    }
    close_all(fds, CLIENTS);
    ck_assert_uint_eq(history_count(), 1 + CLIENTS);
}
END_TEST

START_TEST(connections_that_nobody_has_accepted_are_served_though_it_stops)
{
    int fds[CLIENTS];

    listener.inherited = _i == 1;
    connect_all(fds, CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
        send_roll(fds[i], true);
        /* libfcgi waits, before it closes, for a peer that may send more. */
        ck_assert_int_eq(shutdown(fds[i], SHUT_WR), 0);
    }
    ck_assert_int_eq(start(1), RC_OK);
    stop();
    for (int i = 0; i < CLIENTS; i++) {
        expect_reply(fds[i], 200);
        ck_assert(fcgi_client_ended(fds[i]));
    }
    close_all(fds, CLIENTS);
    ck_assert_uint_eq(history_count(), 1 + CLIENTS);
}
END_TEST

static void *stop_in_thread(void *arg)
{
    (void)arg;
    stop();
    return NULL;
}

START_TEST(a_request_that_has_begun_is_answered_though_it_stops)
{
    int fd = fcgi_client_connect(path);
    pthread_t thread;

    fcgi_client_begin(&out, true);
    fcgi_client_send(fd, &out);
    ck_assert_int_eq(pthread_create(&thread, NULL, stop_in_thread, NULL), 0);
    fcgi_client_params(&out, health);
    fcgi_client_stdin(&out, text_of(""));
    fcgi_client_send(fd, &out);
    expect_health(fd);
    ck_assert(fcgi_client_ended(fd));
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    (void)close(fd);
}
END_TEST

START_TEST(after_stopping_connections_are_left_to_others)
{
    int fd;
    int taken;

    stop();
    fd = fcgi_client_connect(path);
    taken = accept(listener.fd, NULL, NULL);
    ck_assert_int_ge(taken, 0);
    (void)close(taken);
    (void)close(fd);
}
END_TEST

static int kept[CLIENTS];
static size_t kept_count;

static void keep(void *arg, int fd)
{
    ck_assert_ptr_eq(arg, kept);
    ck_assert_uint_lt(kept_count, CLIENTS);
    kept[kept_count++] = fd;
}

static void leave(void)
{
    kept_count = 0;
    pool_leave(pool, keep, kept);
    pool = NULL;
}

START_TEST(a_successor_answers_what_comes_while_no_pool_is_there)
{
    int fds[CLIENTS];
    int fresh;

    connect_all(fds, CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
        send_health(fds[i]);
        expect_health(fds[i]);
    }
    ck_assert(pool_pause(pool, PATIENCE));
    for (int i = 0; i < CLIENTS; i += 2)
        send_roll(fds[i], true);
    leave();
    ck_assert_uint_eq(kept_count, CLIENTS);
    fresh = fcgi_client_connect(path);
    send_roll(fresh, true);
    for (int i = 1; i < CLIENTS; i += 2)
        send_roll(fds[i], true);
    ck_assert_uint_eq(history_count(), 1);
    ck_assert_int_eq(start(WORKERS), RC_OK);
    for (int i = 0; i < CLIENTS; i++)
        pool_adopt(pool, kept[i]);
    for (int i = 0; i < CLIENTS; i++)
        expect_reply(fds[i], 200);
    expect_reply(fresh, 200);
    close_all(fds, CLIENTS);
    (void)close(fresh);
    ck_assert_uint_eq(history_count(), 2 + CLIENTS);
}
END_TEST

/* Until a worker has begun to read what was sent. */
static void await_read(int fd)
{
    int unread = 1;

    while (unread > 0) {
        ck_assert_int_eq(ioctl(fd, SIOCOUTQ, &unread), 0);
        (void)poll(NULL, 0, 1);
    }
}

START_TEST(a_request_that_lasts_ends_the_pause)
{
    int fd = fcgi_client_connect(path);
    int other = fcgi_client_connect(path);

    fcgi_client_begin(&out, true);
    fcgi_client_send(fd, &out);
    await_read(fd);
    for (int i = 0; i < ROUNDS; i++) {
        ck_assert(!pool_pause(pool, 1));
        send_health(other);
        expect_health(other);
    }
    fcgi_client_params(&out, health);
    fcgi_client_stdin(&out, text_of(""));
    fcgi_client_send(fd, &out);
    expect_health(fd);
    ck_assert(pool_pause(pool, PATIENCE));
    leave();
    ck_assert_uint_eq(kept_count, 2);
    close_all(kept, kept_count);
    ck_assert(fcgi_client_ended(fd));
    (void)close(fd);
    (void)close(other);
}
END_TEST

START_TEST(a_pool_that_pauses_can_be_stopped)
{
    int fd = fcgi_client_connect(path);

    ck_assert(pool_pause(pool, PATIENCE));
    send_health(fd);
    stop();
    expect_health(fd);
    ck_assert(fcgi_client_ended(fd));
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

    for (size_t workers = 1; workers <= 8; workers++) {
        int fds[4];

        ck_assert_int_eq(start(workers), RC_OK);
        connect_all(fds, 4);
        send_health(fds[0]);
        expect_health(fds[0]);
        send_health(fds[1]);
        if (workers % 2 == 0)
            close_all(fds, 4);
        stop();
        if (workers % 2 == 1)
            close_all(fds, 4);
    }
    ck_assert_int_eq(descriptors(), before);
}
END_TEST

START_TEST(two_pools_in_turn_serve_one_listener)
{
    for (int i = 0; i < 2; i++) {
        int fd = fcgi_client_connect(path);

        send_health(fd);
        ck_assert_int_eq(start(WORKERS), RC_OK);
        expect_health(fd);
        stop();
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
    int lowest = dup(listener.fd);

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
    enum rc rc = start(WORKERS);

    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert_int_eq(rc, RC_SYSTEM);
    ck_assert_ptr_null(pool);
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
    ck_assert_int_eq(start(1), RC_OK);
    limit = take_descriptors(0);
    fcgi_client_reach(fd, path);
    told = log_capture_await("cannot be accepted");
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert(told);
    send_health(fd);
    expect_health(fd);
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
    tcase_add_test(started, stopping_ends_idle_connections);
    tcase_add_test(started, requests_that_have_come_are_answered_though_it_stops);
    tcase_add_test(started, a_request_that_has_begun_is_answered_though_it_stops);
    tcase_add_test(started, after_stopping_connections_are_left_to_others);
    tcase_add_test(started, a_successor_answers_what_comes_while_no_pool_is_there);
    tcase_add_test(started, a_request_that_lasts_ends_the_pause);
    tcase_add_test(started, a_pool_that_pauses_can_be_stopped);
    suite_add_tcase(suite, started);
    tcase_add_checked_fixture(ready, setup, teardown);
    tcase_set_timeout(ready, 60);
    tcase_add_loop_test(ready, connections_that_nobody_has_accepted_are_served_though_it_stops, 0,
                        2);
    tcase_add_test(ready, starting_and_stopping_leaves_nothing_behind);
    tcase_add_test(ready, two_pools_in_turn_serve_one_listener);
    tcase_add_loop_test(ready, a_pool_that_cannot_start_says_so_and_leaves_nothing_behind, 0, 2);
    tcase_add_test(ready, a_connection_that_finds_no_descriptor_is_served_when_there_is_one);
    suite_add_tcase(suite, ready);
    return suite;
}
