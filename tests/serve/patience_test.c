/* patience: how long a wait is seen to last, and that its end wakes the thread that waits and
 * touches nothing that it does afterwards. */
#include "serve/patience.h"
#include "suites.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BOUND = 1000, /* ns, of a clock that the tests set */
    ROUNDS = 200
};

static struct patience patience;
static int ends[2]; /* the thread that waits reads from the first */
static _Atomic int woken;
static _Atomic int failed; /* system calls behind the end of a wait */
static _Atomic bool stops;

static void setup(void)
{
    patience_prepare();
    patience_init(&patience);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    woken = 0;
    failed = 0;
    stops = false;
}

static void teardown(void)
{
    (void)close(ends[0]);
    (void)close(ends[1]);
    patience_free(&patience);
}

START_TEST(a_wait_lasts_from_the_first_look_on)
{
    ck_assert_int_eq(patience_lasts(&patience, 5), 0);
    patience_begin(&patience);
    ck_assert_int_eq(patience_lasts(&patience, 10), 0);
    ck_assert_int_eq(patience_lasts(&patience, 17), 7);
    ck_assert(!patience_exhaust(&patience, pthread_self(), 10 + BOUND - 1, BOUND));
    ck_assert_int_eq(patience_lasts(&patience, 30), 20);
    patience_end(&patience);
    ck_assert_int_eq(patience_lasts(&patience, 40), 0);
}
END_TEST

START_TEST(each_wait_is_another)
{
    patience_begin(&patience);
    ck_assert_int_eq(patience_lasts(&patience, 10), 0);
    patience_end(&patience);
    patience_begin(&patience);
    ck_assert(!patience_exhaust(&patience, pthread_self(), 10 + BOUND, BOUND));
    ck_assert(patience_exhaust(&patience, pthread_self(), 10 + 2 * BOUND, BOUND));
    patience_end(&patience);
}
END_TEST

START_TEST(who_does_not_wait_is_not_woken)
{
    for (int i = 0; i < 3; i++)
        ck_assert(!patience_exhaust(&patience, pthread_self(), i * BOUND, BOUND));
}
END_TEST

/* Whoever started the program may have blocked the signal. */
static void *read_nothing(void *arg)
{
    sigset_t all;
    char byte;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, NULL);
    patience_enter();
    patience_begin(&patience);
    if (read(ends[0], &byte, 1) < 0 && errno == EINTR)
        woken++;
    patience_end(&patience);
    return arg;
}

START_TEST(who_waits_is_woken)
{
    pthread_t thread;

    ck_assert_int_eq(pthread_create(&thread, NULL, read_nothing, NULL), 0);
    for (int64_t now = 0; woken == 0; now += BOUND) {
        (void)patience_exhaust(&patience, thread, now, BOUND);
        (void)sched_yield();
    }
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
}
END_TEST

/* Waits and does something else, in turn; neither takes long, so that signals come at any moment.
 */
static void *wait_again_and_again(void *arg)
{
    struct pollfd never = {.fd = ends[0], .events = POLLIN};

    patience_enter();
    while (!stops) {
        patience_begin(&patience);
        if (poll(&never, 1, 1) < 0)
            woken++;
        patience_end(&patience);
        if (poll(&never, 1, 1) < 0)
            failed++;
    }
    return arg;
}

START_TEST(nothing_else_is_interrupted)
{
    pthread_t thread;

    ck_assert_int_eq(pthread_create(&thread, NULL, wait_again_and_again, NULL), 0);
    for (int64_t now = 0; woken < ROUNDS; now += BOUND) {
        (void)patience_exhaust(&patience, thread, now, BOUND);
        /* Or the thread would hardly ever get the lock. */
        (void)sched_yield();
    }
    stops = true;
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(failed, 0);
}
END_TEST

Suite *patience_suite(void)
{
    Suite *suite = suite_create("patience");
    TCase *tc = tcase_create("waits");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_wait_lasts_from_the_first_look_on);
    tcase_add_test(tc, each_wait_is_another);
    tcase_add_test(tc, who_does_not_wait_is_not_woken);
    tcase_add_test(tc, who_waits_is_woken);
    tcase_add_test(tc, nothing_else_is_interrupted);
    suite_add_tcase(suite, tc);
    return suite;
}
