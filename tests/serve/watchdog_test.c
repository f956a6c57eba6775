/* watchdog: looks while it is told to, as often as that leads to, and not behind its end. */
#include "base/moment.h"
#include "serve/watchdog.h"
#include "suites.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    PATIENCE = 20, /* s */
    LAPS = 1000    /* in which a thread that nobody waits for would be left behind */
};

static struct watchdog watchdog;
static bool started;
static _Atomic int looks; /* that have begun */
static int ended;         /* looks; the watchdog's thread's until it is joined */
static int more;          /* looks that find something to watch; the thread's from the first on */
static sem_t looked;      /* posted at the begin of each */
static sem_t go;          /* look_later waits for this */

static void setup(void)
{
    started = false;
    looks = 0;
    ended = 0;
    more = 0;
    ck_assert_int_eq(sem_init(&looked, 0, 0), 0);
    ck_assert_int_eq(sem_init(&go, 0, 0), 0);
}

static void stop(void)
{
    if (started)
        watchdog_stop(&watchdog);
    started = false;
}

static void teardown(void)
{
    stop();
    ck_assert_int_eq(sem_destroy(&go), 0);
    ck_assert_int_eq(sem_destroy(&looked), 0);
}

static void start_with_rest(watchdog_look *look, int rest)
{
    ck_assert_int_eq(watchdog_start(&watchdog, look, rest, &looks), RC_OK);
    started = true;
}

static void start(watchdog_look *look)
{
    start_with_rest(look, -1);
}

static void begin(void *arg)
{
    ck_assert_ptr_eq(arg, &looks);
    (void)atomic_fetch_add(&looks, 1);
    ck_assert_int_eq(sem_post(&looked), 0);
}

static bool end(void)
{
    ended++;
    return more-- > 0;
}

static bool look(void *arg)
{
    begin(arg);
    return end();
}

static bool look_later(void *arg)
{
    begin(arg);
    while (sem_wait(&go) != 0) {
    }
    return end();
}

static void await_look(void)
{
    struct timespec until;

    ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &until), 0);
    until.tv_sec += PATIENCE;
    ck_assert_int_eq(sem_timedwait(&looked, &until), 0);
}

/* Wakes it without arming it, until it has seen that. */
static void wake(void)
{
    const uint64_t one = 1;
    struct pollfd woken = {.fd = watchdog.woken, .events = POLLIN};

    ck_assert_int_eq(write(watchdog.woken, &one, sizeof one), sizeof one);
    while (poll(&woken, 1, 0) > 0)
        (void)sched_yield();
}

/* Behind this it has done all that it was told to: what led to the first is done at the second. */
static void settle(void)
{
    wake();
    wake();
}

START_TEST(nobody_looks_before_it_is_armed)
{
    start(look);
    settle();
    ck_assert_int_eq(looks, 0);
}
END_TEST

START_TEST(it_looks_again_and_again_while_there_is_something_to_watch)
{
    more = 3;
    start(look);
    watchdog_arm(&watchdog);
    for (int i = 0; i < 4; i++)
        await_look();
    settle();
    ck_assert_int_eq(looks, 4);
}
END_TEST

/* No machine is so slow that it would look earlier. */
START_TEST(it_looks_once_in_a_period)
{
    const int64_t period = INT64_C(1000000) * WATCHDOG_PERIOD; /* ns */
    int64_t armed;

    more = 3;
    start(look);
    armed = moment_elapsed();
    watchdog_arm(&watchdog);
    for (int i = 1; i <= 4; i++) {
        await_look();
        ck_assert_int_ge(moment_elapsed() - armed, i * period);
    }
}
END_TEST

START_TEST(after_a_look_that_finds_nothing_it_waits_to_be_armed)
{
    start(look);
    for (int i = 1; i <= 3; i++) {
        watchdog_arm(&watchdog);
        await_look();
        settle();
        ck_assert_int_eq(looks, i);
    }
}
END_TEST

START_TEST(nobody_has_to_arm_it_once_it_has_rested)
{
    const int64_t rest = 20; /* ms */
    const int64_t began = moment_elapsed();

    start_with_rest(look, (int)rest);
    for (int i = 1; i <= 3; i++) {
        await_look();
        ck_assert_int_ge(moment_elapsed() - began, i * rest * 1000000);
    }
}
END_TEST

START_TEST(arming_during_a_look_leads_to_another)
{
    start(look_later);
    watchdog_arm(&watchdog);
    await_look();
    watchdog_arm(&watchdog);
    ck_assert_int_eq(sem_post(&go), 0);
    await_look();
    ck_assert_int_eq(sem_post(&go), 0);
    settle();
    ck_assert_int_eq(looks, 2);
}
END_TEST

/* The first look comes to its end once it has been stopped, and would look again. */
static bool look_until_stopped(void *arg)
{
    begin(arg);
    while (!atomic_load(&watchdog.ends))
        (void)sched_yield();
    for (int i = 0; i < LAPS; i++)
        (void)sched_yield();
    return end();
}

START_TEST(stopping_waits_for_the_look_that_is_under_way)
{
    more = INT_MAX;
    start(look_until_stopped);
    watchdog_arm(&watchdog);
    await_look();
    stop();
    ck_assert_int_eq(looks, 1);
    ck_assert_int_eq(ended, 1);
}
END_TEST

START_TEST(it_can_be_stopped_while_it_is_armed)
{
    more = INT_MAX;
    start(look);
    watchdog_arm(&watchdog);
    await_look();
    await_look();
    stop();
    ck_assert_int_eq(looks, ended);
}
END_TEST

START_TEST(it_can_be_stopped_while_it_sleeps)
{
    start(look);
    settle();
    stop();
    ck_assert_int_eq(looks, 0);
}
END_TEST

START_TEST(without_a_descriptor_it_does_not_start)
{
    struct rlimit before;
    struct rlimit none;
    enum rc rc;
    int err;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    rc = watchdog_start(&watchdog, look, -1, &looks);
    err = errno;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_int_eq(rc, RC_SYSTEM);
    ck_assert_int_eq(err, EMFILE);
}
END_TEST

Suite *watchdog_suite(void)
{
    Suite *suite = suite_create("watchdog");
    TCase *tc = tcase_create("looks");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, nobody_looks_before_it_is_armed);
    tcase_add_test(tc, it_looks_again_and_again_while_there_is_something_to_watch);
    tcase_add_test(tc, it_looks_once_in_a_period);
    tcase_add_test(tc, after_a_look_that_finds_nothing_it_waits_to_be_armed);
    tcase_add_test(tc, nobody_has_to_arm_it_once_it_has_rested);
    tcase_add_test(tc, arming_during_a_look_leads_to_another);
    tcase_add_test(tc, stopping_waits_for_the_look_that_is_under_way);
    tcase_add_test(tc, it_can_be_stopped_while_it_is_armed);
    tcase_add_test(tc, it_can_be_stopped_while_it_sleeps);
    tcase_add_test(tc, without_a_descriptor_it_does_not_start);
    suite_add_tcase(suite, tc);
    return suite;
}
