/* pool_end: what becomes of requests and connections when a pool stops, pauses, or leaves them to
 * another. */
#include "base/moment.h"
#include "base/thread.h"
#include "suites.h"
#include "support/pool_fixture.h"
#include "support/tasks.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    WORKERS = 3,
    CLIENTS = 40,
    ROUNDS = 3,
    TRIES = 50,
    HALVES = 40
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

START_TEST(stopping_ends_idle_connections)
{
    int fds[CLIENTS];

    pool_fixture_connect_all(&at, fds, CLIENTS);
    for (int i = 0; i < CLIENTS; i += 2) {
        pool_fixture_send_health(&at, fds[i]);
        pool_fixture_expect_health(&at, fds[i]);
    }
    pool_fixture_stop(&at);
    for (int i = 0; i < CLIENTS; i++)
        ck_assert(fcgi_client_ended(fds[i]));
    pool_fixture_close_all(fds, CLIENTS);
}
END_TEST

START_TEST(requests_that_have_come_are_answered_though_it_stops)
{
    int fds[CLIENTS];

    pool_fixture_connect_all(&at, fds, CLIENTS / 2);
    for (int i = 0; i < CLIENTS / 2; i++) {
        pool_fixture_send_health(&at, fds[i]);
        pool_fixture_expect_health(&at, fds[i]);
    }
    pool_fixture_connect_all(&at, fds + CLIENTS / 2, CLIENTS / 2);
    for (int i = 0; i < CLIENTS; i++)
        pool_fixture_send_roll(&at, fds[i], true);
    pool_fixture_stop(&at);
    for (int i = 0; i < CLIENTS; i++) {
        pool_fixture_expect(&at, fds[i], 200);
        ck_assert(fcgi_client_ended(fds[i]));
    }
    pool_fixture_close_all(fds, CLIENTS);
    ck_assert_uint_eq(pool_fixture_history(&at), 1 + CLIENTS);
}
END_TEST

START_TEST(connections_that_nobody_has_accepted_are_served_though_it_stops)
{
    int fds[CLIENTS];

    at.listener.inherited = _i == 1;
    pool_fixture_connect_all(&at, fds, CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
        pool_fixture_send_roll(&at, fds[i], true);
        /* libfcgi waits, before it closes, for a peer that may send more. */
        ck_assert_int_eq(shutdown(fds[i], SHUT_WR), 0);
    }
    ck_assert_int_eq(pool_fixture_start(&at, 1), RC_OK);
    pool_fixture_stop(&at);
    for (int i = 0; i < CLIENTS; i++) {
        pool_fixture_expect(&at, fds[i], 200);
        ck_assert(fcgi_client_ended(fds[i]));
    }
    pool_fixture_close_all(fds, CLIENTS);
    ck_assert_uint_eq(pool_fixture_history(&at), 1 + CLIENTS);
}
END_TEST

/* Each would hold the one worker up for as long as a web server may pause. */
START_TEST(many_newcomers_with_half_a_request_do_not_hold_up_a_stop)
{
    int fds[HALVES + 1];

    ck_assert_int_eq(pool_fixture_start(&at, 1), RC_OK);
    ck_assert(pool_pause(at.pool, POOL_FIXTURE_PATIENCE));
    pool_fixture_connect_all(&at, fds, HALVES + 1);
    for (int i = 0; i < HALVES; i++)
        pool_fixture_begin(&at, fds[i]);
    pool_fixture_send_health(&at, fds[HALVES]);
    pool_fixture_stop(&at);
    pool_fixture_expect_health(&at, fds[HALVES]);
    pool_fixture_close_all(fds, HALVES + 1);
}
END_TEST

static void *stop_in_thread(void *arg)
{
    (void)arg;
    pool_fixture_stop(&at);
    return NULL;
}

START_TEST(a_request_that_has_begun_is_answered_though_it_stops)
{
    int fd = pool_fixture_connect(&at);
    pthread_t thread;

    pool_fixture_begin(&at, fd);
    pool_fixture_await_read(fd);
    ck_assert_int_eq(pthread_create(&thread, NULL, stop_in_thread, NULL), 0);
    pool_fixture_end_health(&at, fd);
    pool_fixture_expect_health(&at, fd);
    ck_assert(fcgi_client_ended(fd));
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    (void)close(fd);
}
END_TEST

/* Of two that are ready as the workers look for the last time. */
START_TEST(half_a_request_holds_up_no_other_though_it_stops)
{
    int half = pool_fixture_connect(&at);
    int whole = pool_fixture_connect(&at);
    pthread_t thread;

    pool_fixture_send_health(&at, half);
    pool_fixture_expect_health(&at, half);
    pool_fixture_send_health(&at, whole);
    pool_fixture_expect_health(&at, whole);
    ck_assert(pool_pause(at.pool, POOL_FIXTURE_PATIENCE));
    pool_fixture_begin(&at, half);
    pool_fixture_send_health(&at, whole);
    ck_assert_int_eq(pthread_create(&thread, NULL, stop_in_thread, NULL), 0);
    pool_fixture_expect_health(&at, whole);
    pool_fixture_end_health(&at, half);
    pool_fixture_expect_health(&at, half);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    (void)close(half);
    (void)close(whole);
}
END_TEST

START_TEST(after_stopping_connections_are_left_to_others)
{
    int fd;
    int taken;

    at.listener.inherited = true;
    pool_fixture_stop(&at);
    fd = pool_fixture_connect(&at);
    taken = accept(at.listener.fd, NULL, NULL);
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
    pool_leave(at.pool, keep, kept);
    at.pool = NULL;
}

START_TEST(a_successor_answers_what_comes_while_no_pool_is_there)
{
    int fds[CLIENTS];
    int fresh;

    pool_fixture_connect_all(&at, fds, CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
        pool_fixture_send_health(&at, fds[i]);
        pool_fixture_expect_health(&at, fds[i]);
    }
    ck_assert(pool_pause(at.pool, POOL_FIXTURE_PATIENCE));
    for (int i = 0; i < CLIENTS; i += 2)
        pool_fixture_send_roll(&at, fds[i], true);
    leave();
    ck_assert_uint_eq(kept_count, CLIENTS);
    fresh = pool_fixture_connect(&at);
    pool_fixture_send_roll(&at, fresh, true);
    for (int i = 1; i < CLIENTS; i += 2)
        pool_fixture_send_roll(&at, fds[i], true);
    ck_assert_uint_eq(pool_fixture_history(&at), 1);
    ck_assert_int_eq(pool_fixture_start(&at, WORKERS), RC_OK);
    for (int i = 0; i < CLIENTS; i++)
        pool_adopt(at.pool, kept[i]);
    for (int i = 0; i < CLIENTS; i++)
        pool_fixture_expect(&at, fds[i], 200);
    pool_fixture_expect(&at, fresh, 200);
    pool_fixture_close_all(fds, CLIENTS);
    (void)close(fresh);
    ck_assert_uint_eq(pool_fixture_history(&at), 2 + CLIENTS);
}
END_TEST

START_TEST(a_request_that_lasts_ends_the_pause)
{
    int fd = pool_fixture_connect(&at);
    int other = pool_fixture_connect(&at);

    pool_fixture_begin(&at, fd);
    pool_fixture_await_read(fd);
    for (int i = 0; i < ROUNDS; i++) {
        ck_assert(!pool_pause(at.pool, 1));
        pool_fixture_send_health(&at, other);
        pool_fixture_expect_health(&at, other);
    }
    pool_fixture_end_health(&at, fd);
    pool_fixture_expect_health(&at, fd);
    ck_assert(pool_pause(at.pool, POOL_FIXTURE_PATIENCE));
    leave();
    ck_assert_uint_eq(kept_count, 2);
    pool_fixture_close_all(kept, kept_count);
    ck_assert(fcgi_client_ended(fd));
    (void)close(fd);
    (void)close(other);
}
END_TEST

static void *pause_pool(void *paused)
{
    *(bool *)paused = pool_pause(at.pool, 3 * POOL_FIXTURE_PATIENCE);
    return NULL;
}

/* There would be no answer before the pause is given up. */
START_TEST(a_pause_that_waits_for_a_slow_request_keeps_nobody_waiting)
{
    int fd = pool_fixture_connect(&at);
    int other = pool_fixture_connect(&at);
    bool paused = false;
    pthread_t thread;

    pool_fixture_begin(&at, fd);
    pool_fixture_await_read(fd);
    ck_assert_int_eq(pthread_create(&thread, NULL, pause_pool, &paused), 0);
    /* In so many, the pause has begun. */
    for (int i = 0; i < TRIES; i++) {
        pool_fixture_send_health(&at, other);
        pool_fixture_expect_health(&at, other);
        (void)poll(NULL, 0, 5);
    }
    pool_fixture_end_health(&at, fd);
    pool_fixture_expect_health(&at, fd);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert(paused);
    (void)close(fd);
    (void)close(other);
}
END_TEST

START_TEST(a_pool_that_pauses_can_be_stopped)
{
    int fd = pool_fixture_connect(&at);

    ck_assert(pool_pause(at.pool, POOL_FIXTURE_PATIENCE));
    pool_fixture_send_health(&at, fd);
    pool_fixture_stop(&at);
    pool_fixture_expect_health(&at, fd);
    ck_assert(fcgi_client_ended(fd));
    (void)close(fd);
}
END_TEST

static _Atomic int interruptions;

static void note_interruption(int sig)
{
    (void)sig;
    interruptions++;
}

/* Nothing restarts what it interrupts. */
static void catch_interruptions(void)
{
    struct sigaction action = {.sa_handler = note_interruption};

    ck_assert_int_eq(sigaction(SIGUSR2, &action, NULL), 0);
}

/* Whether what began then (moment_elapsed) is over while a connection may still be used. */
static bool is_in_time(int64_t began)
{
    return moment_elapsed() - began < 50 * INT64_C(1000000);
}

/* Until the thread that stops the pool looks at connections for the last time: the only one that
 * waits for events, once workers have ended. False when it has stopped the pool. */
static bool await_last_look(pid_t stopping, const _Atomic bool *stopped)
{
    while (!tasks_sleeps(stopping, TASKS_EPOLL)) {
        if (*stopped)
            return false;
        (void)sched_yield();
    }
    return true;
}

struct interrupter {
    pid_t stopping; /* the thread that stops the pool */
    int fd;
    _Atomic bool stopped;
    bool in_time; /* the request was sent while a connection may still be used */
};

/* Interrupts the last look at connections that are kept, and then sends on one of them. */
static void *interrupt(void *arg)
{
    struct interrupter *interrupter = arg;
    int64_t began;

    if (!await_last_look(interrupter->stopping, &interrupter->stopped))
        return NULL;
    began = moment_elapsed();
    (void)syscall(SYS_tgkill, getpid(), interrupter->stopping, SIGUSR2);
    while (interruptions == 0)
        (void)sched_yield();
    pool_fixture_send_health(&at, interrupter->fd);
    interrupter->in_time = is_in_time(began);
    return NULL;
}

START_TEST(an_interruption_does_not_end_the_last_look)
{
    struct interrupter interrupter = {.stopping = thread_id()};

    at.listener.inherited = true;
    catch_interruptions();
    /* On a busy machine it may come too late. */
    for (int i = 0; i < TRIES && !interrupter.in_time; i++) {
        pthread_t thread;

        if (at.pool == NULL)
            ck_assert_int_eq(pool_fixture_start(&at, WORKERS), RC_OK);
        interruptions = 0;
        interrupter.stopped = false;
        interrupter.fd = pool_fixture_connect(&at);
        pool_fixture_send_health(&at, interrupter.fd);
        pool_fixture_expect_health(&at, interrupter.fd);
        ck_assert_int_eq(pthread_create(&thread, NULL, interrupt, &interrupter), 0);
        pool_fixture_stop(&at);
        interrupter.stopped = true;
        ck_assert_int_eq(pthread_join(thread, NULL), 0);
        if (interrupter.in_time)
            pool_fixture_expect_health(&at, interrupter.fd);
        (void)close(interrupter.fd);
    }
    ck_assert(interrupter.in_time);
}
END_TEST

/* Another name of the socket, by which who comes late reaches it. */
static char other_name[TEMP_PATH_SIZE];

struct latecomer {
    pid_t stopping; /* the thread that stops the pool */
    int fd;         /* of who came during the last look */
    _Atomic bool stopped;
    bool hidden; /* nobody new could reach the socket by then */
    bool in_time;
};

static void *come_late(void *arg)
{
    struct latecomer *latecomer = arg;
    int64_t began;

    if (!await_last_look(latecomer->stopping, &latecomer->stopped))
        return NULL;
    began = moment_elapsed();
    latecomer->hidden = access(at.socket, F_OK) != 0;
    latecomer->fd = fcgi_client_connect(other_name);
    pool_fixture_send_health(&at, latecomer->fd);
    latecomer->in_time = is_in_time(began);
    return NULL;
}

static void reopen_listener(void)
{
    char address[TEMP_PATH_SIZE + 8];

    listener_close(&at.listener);
    (void)unlink(other_name);
    (void)snprintf(address, sizeof address, "unix:%s", at.socket);
    ck_assert_int_eq(listener_open(address, 0600, &at.listener), RC_OK);
    ck_assert_int_eq(link(at.socket, other_name), 0);
}

START_TEST(who_comes_during_the_last_look_is_served_and_nobody_new_comes)
{
    struct latecomer latecomer = {.stopping = thread_id()};

    (void)temp_dir_path(&at.api.at.temp, "other", other_name);
    /* On a busy machine it may come too late. */
    for (int i = 0; i < TRIES && !latecomer.in_time; i++) {
        pthread_t thread;
        int idle;

        reopen_listener();
        ck_assert_int_eq(pool_fixture_start(&at, WORKERS), RC_OK);
        idle = pool_fixture_connect(&at);
        pool_fixture_send_health(&at, idle);
        pool_fixture_expect_health(&at, idle);
        latecomer.stopped = false;
        latecomer.fd = -1;
        ck_assert_int_eq(pthread_create(&thread, NULL, come_late, &latecomer), 0);
        pool_fixture_stop(&at);
        latecomer.stopped = true;
        ck_assert_int_eq(pthread_join(thread, NULL), 0);
        if (latecomer.in_time) {
            ck_assert(latecomer.hidden);
            ck_assert_int_lt(accept(at.listener.fd, NULL, NULL), 0);
            pool_fixture_expect_health(&at, latecomer.fd);
        }
        if (latecomer.fd >= 0)
            (void)close(latecomer.fd);
        (void)close(idle);
    }
    ck_assert(latecomer.in_time);
}
END_TEST

Suite *pool_end_suite(void)
{
    Suite *suite = suite_create("pool_end");
    TCase *started = tcase_create("started");
    TCase *ready = tcase_create("ready");

    tcase_add_checked_fixture(started, setup_started, teardown);
    tcase_set_timeout(started, 60);
    tcase_add_test(started, stopping_ends_idle_connections);
    tcase_add_test(started, requests_that_have_come_are_answered_though_it_stops);
    tcase_add_test(started, a_request_that_has_begun_is_answered_though_it_stops);
    tcase_add_test(started, half_a_request_holds_up_no_other_though_it_stops);
    tcase_add_test(started, after_stopping_connections_are_left_to_others);
    tcase_add_test(started, a_successor_answers_what_comes_while_no_pool_is_there);
    tcase_add_test(started, a_request_that_lasts_ends_the_pause);
    tcase_add_test(started, a_pause_that_waits_for_a_slow_request_keeps_nobody_waiting);
    tcase_add_test(started, a_pool_that_pauses_can_be_stopped);
    tcase_add_test(started, an_interruption_does_not_end_the_last_look);
    suite_add_tcase(suite, started);
    tcase_add_checked_fixture(ready, setup, teardown);
    tcase_set_timeout(ready, 60);
    tcase_add_loop_test(ready, connections_that_nobody_has_accepted_are_served_though_it_stops, 0,
                        2);
    tcase_add_test(ready, many_newcomers_with_half_a_request_do_not_hold_up_a_stop);
    tcase_add_test(ready, who_comes_during_the_last_look_is_served_and_nobody_new_comes);
    suite_add_tcase(suite, ready);
    return suite;
}
