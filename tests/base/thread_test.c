/* thread: that who computes is told from who waits, and from who is no more. */
#include "base/thread.h"
#include "suites.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

static sem_t begun;
static sem_t go;
static _Atomic bool computes;
static pid_t id;
static pthread_t other;

static void *wait_and_compute(void *arg)
{
    (void)pthread_setname_np(pthread_self(), ") S (R) x");
    id = thread_id();
    (void)sem_post(&begun);
    while (computes) {
    }
    while (sem_wait(&go) != 0) {
    }
    return arg;
}

static void setup(void)
{
    ck_assert_int_eq(sem_init(&begun, 0, 0), 0);
    ck_assert_int_eq(sem_init(&go, 0, 0), 0);
    computes = true;
    ck_assert_int_eq(pthread_create(&other, NULL, wait_and_compute, NULL), 0);
    ck_assert_int_eq(sem_wait(&begun), 0);
}

static void end(void)
{
    computes = false;
    ck_assert_int_eq(sem_post(&go), 0);
    ck_assert_int_eq(pthread_join(other, NULL), 0);
}

static void teardown(void)
{
    ck_assert_int_eq(sem_destroy(&go), 0);
    ck_assert_int_eq(sem_destroy(&begun), 0);
}

START_TEST(who_asks_computes)
{
    ck_assert(thread_computes(thread_id()));
    end();
}
END_TEST

START_TEST(who_has_no_processor_for_want_of_one_computes)
{
    cpu_set_t before;
    cpu_set_t one;

    ck_assert_int_eq(sched_getaffinity(0, sizeof before, &before), 0);
    CPU_ZERO(&one);
    for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, &before))
            CPU_SET(i, &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    ck_assert_int_eq(sched_setaffinity(id, sizeof one, &one), 0);
    /* Who asks has the one processor. */
    for (int i = 0; i < 100; i++)
        ck_assert(thread_computes(id));
    ck_assert_int_eq(sched_setaffinity(0, sizeof before, &before), 0);
    end();
}
END_TEST

START_TEST(who_waits_does_not_compute)
{
    computes = false;
    while (thread_computes(id))
        (void)sched_yield();
    end();
}
END_TEST

START_TEST(who_has_ended_does_not_compute)
{
    end();
    while (thread_computes(id))
        (void)sched_yield();
    ck_assert(!thread_computes(-1));
}
END_TEST

Suite *thread_suite(void)
{
    Suite *suite = suite_create("thread");
    TCase *tc = tcase_create("thread");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, who_asks_computes);
    tcase_add_test(tc, who_has_no_processor_for_want_of_one_computes);
    tcase_add_test(tc, who_waits_does_not_compute);
    tcase_add_test(tc, who_has_ended_does_not_compute);
    suite_add_tcase(suite, tc);
    return suite;
}
