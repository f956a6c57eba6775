/* crew: that workers for whom there is no memory, and threads that cannot be had, are done
 * without, and come when they can be. */
#include "base/log.h"
#include "base/process.h"
#include "suites.h"
#include "support/address_space.h"
#include "support/desk.h"
#include "support/helper.h"
#include "support/log_capture.h"
#include "support/not_run.h"
#include "support/tasks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    WORKERS = 24,
    NOBODY = 32768, /* the first of the users that have no process, */
    NOBODIES = 28000
};

START_TEST(without_memory_for_more_one_worker_serves)
{
    struct errand errands[2];

    desk_tools_max = 1;
    ck_assert_int_eq(desk_start(WORKERS), RC_SYSTEM);
    ck_assert_int_eq(errno, ENOMEM);
    desk_ask(&errands[0], 1);
    desk_ask(&errands[1], 0);
    desk_give_turn();
    desk_await(&desk.done, 2);
}
END_TEST

START_TEST(once_there_is_memory_again_there_are_more_workers)
{
    struct errand errands[3];

    desk_tools_max = 2;
    ck_assert_int_eq(desk_start(WORKERS), RC_OK);
    desk_ask(&errands[0], 1);
    desk_ask(&errands[1], 1);
    desk_await(&desk.away, 2);
    desk_ask(&errands[2], 0);
    desk_tools_max = WORKERS;
    desk_await(&desk.done, 1);
    desk_give_turn();
    desk_give_turn();
    desk_await(&desk.done, 3);
}
END_TEST

/* As standard error does, when it is a pipe that nobody reads. */
static void hold_log(enum log_level level, const char *message)
{
    (void)level;
    (void)message;
    (void)pthread_mutex_lock(&desk.lock);
    desk.logs++;
    (void)pthread_cond_broadcast(&desk.changed);
    while (!desk.lets_go)
        (void)pthread_cond_wait(&desk.changed, &desk.lock);
    (void)pthread_mutex_unlock(&desk.lock);
}

START_TEST(who_cannot_log_that_there_is_no_memory_keeps_no_other_waiting)
{
    struct errand errands[2];

    desk_tools_max = 2;
    log_divert(hold_log);
    ck_assert_int_eq(desk_start(WORKERS), RC_OK);
    desk_let_go(false);
    desk_ask(&errands[0], 1);
    desk_ask(&errands[1], 1);
    desk_await(&desk.logs, 1);
    desk_give_turn();
    desk_await(&desk.done, 1);
    desk_let_go(true);
    desk_give_turn();
    desk_await(&desk.done, 2);
    desk_end(CREW_STOP);
    log_divert(NULL);
}
END_TEST

START_TEST(that_there_is_no_memory_is_logged_once)
{
    struct errand errands[2];

    desk_tools_max = 2;
    log_capture_begin();
    ck_assert_int_eq(desk_start(WORKERS), RC_OK);
    for (size_t i = 0; i < 3; i++) {
        desk_ask(&errands[0], 1);
        desk_ask(&errands[1], 1);
        desk_await(&desk.away, 2);
        ck_assert(log_capture_await("no more can be had now: Cannot allocate memory"));
        desk_give_turn();
        desk_give_turn();
        desk_await(&desk.done, 2 * i + 2);
    }
    desk_end(CREW_STOP);
    ck_assert_uint_eq(log_capture_count(), 1);
    log_capture_end();
}
END_TEST

/* The sanitizers have threads of their own, and begin them when they like. */
#ifndef SANITIZED
/* From here on this process may have so many threads more. */
static bool allow_threads(size_t more)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NPROC, &limit) != 0)
        return false;
    limit.rlim_cur = tasks_count() + more;
    return setrlimit(RLIMIT_NPROC, &limit) == 0;
}

/* The limit is one of all that a user has, and none of root's. */
static bool become_nobody(void *arg)
{
    (void)arg;
    return setuid(NOBODY + (uid_t)getpid() % NOBODIES) == 0;
}

/* Beside the watchdog's there is one, or none. */
static bool start_with_few(void *arg)
{
    const size_t *count = arg;
    struct errand errands[2];

    if (!become_nobody(NULL) || !allow_threads(1 + *count) || desk_start(WORKERS) != RC_SYSTEM ||
        errno != EAGAIN)
        return false;
    if (*count > 0) {
        desk_ask(&errands[0], 1);
        desk_ask(&errands[1], 0);
        desk_give_turn();
        desk_await(&desk.done, 2);
    }
    desk_end(CREW_STOP);
    return true;
}

/* More often than there are slots, each of which a thread that is not had may not keep. */
static bool block_all_threads(void *arg)
{
    struct errand errands[WORKERS];
    const size_t rounds =
        process_processors() < WORKERS - 2 ? process_processors() + 1 : WORKERS - 2;
    bool told = true;
    size_t threads;
    char line[128];

    (void)arg;
    log_capture_begin();
    if (!become_nobody(NULL) || !allow_threads(1 + 2) || desk_start(WORKERS) != RC_OK)
        return false;
    desk_let_go(false);
    desk_ask_blocking(&errands[0], 0);
    desk_ask_blocking(&errands[1], 0);
    for (threads = 2; threads < 2 + rounds && told; threads++) {
        desk_await(&desk.blocked, threads);
        desk_ask_blocking(&errands[threads], 0);
        (void)snprintf(line, sizeof line, "%zu threads, and no more can be had now: %s", threads,
                       strerror(EAGAIN));
        told = log_capture_await(line) && log_capture_count() == threads - 1 && allow_threads(1);
    }
    desk_let_go(true);
    desk_await(&desk.done, threads);
    desk_end(CREW_STOP);
    return told;
}

static bool in_helper(helper_fn *fn, void *arg)
{
    struct helper helper;

    helper_start(&helper, fn, arg);
    helper_go(&helper);
    return helper_join(&helper);
}

static void try_as_nobody(helper_fn *fn, void *arg)
{
    if (in_helper(become_nobody, NULL))
        ck_assert(in_helper(fn, arg));
    else
        not_run("crew: threads that cannot be had", "only root becomes a user without others");
}

START_TEST(a_crew_that_cannot_have_its_first_threads_says_so)
{
    size_t count = (size_t)_i;

    try_as_nobody(start_with_few, &count);
}
END_TEST

START_TEST(once_there_can_be_threads_again_there_are_more)
{
    try_as_nobody(block_all_threads, NULL);
}
END_TEST
#endif

Suite *crew_memory_suite(void)
{
    Suite *suite = suite_create("crew memory");
    TCase *tc = tcase_create("memory");

    tcase_add_checked_fixture(tc, desk_open, desk_close);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, without_memory_for_more_one_worker_serves);
    tcase_add_test(tc, once_there_is_memory_again_there_are_more_workers);
    tcase_add_test(tc, who_cannot_log_that_there_is_no_memory_keeps_no_other_waiting);
    tcase_add_test(tc, that_there_is_no_memory_is_logged_once);
#ifndef SANITIZED
    tcase_add_loop_test(tc, a_crew_that_cannot_have_its_first_threads_says_so, 0, 2);
    tcase_add_test(tc, once_there_can_be_threads_again_there_are_more);
#endif
    suite_add_tcase(suite, tc);
    return suite;
}
