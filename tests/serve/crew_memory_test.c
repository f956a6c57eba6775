/* crew: that workers for whom there is no memory are done without, and come when there is. */
#include "base/log.h"
#include "suites.h"
#include "support/desk.h"
#include "support/log_capture.h"

#include <errno.h>

enum {
    WORKERS = 24
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
    suite_add_tcase(suite, tc);
    return suite;
}
