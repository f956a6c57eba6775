/* blocking: whose hooks are called, with what, that a thread may have none, and turns. */
#include "base/blocking.h"
#include "base/thread.h"
#include "suites.h"
#include "support/tasks.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

struct heard {
    char calls[8]; /* b: begin, e: end, c: caller, l: leave, g: go_on; in their order */
};

static void hear(struct heard *heard, char call)
{
    const size_t len = strlen(heard->calls);

    ck_assert_uint_lt(len, sizeof heard->calls - 1);
    heard->calls[len] = call;
}

static void begin(void *arg)
{
    hear(arg, 'b');
}

static void end(void *arg)
{
    hear(arg, 'e');
}

static void *caller(void *arg)
{
    hear(arg, 'c');
    return arg;
}

static void leave(void *arg)
{
    hear(arg, 'l');
}

static void go_on(void *arg)
{
    hear(arg, 'g');
}

static struct heard own;
static struct heard other;
static const struct blocking_hooks own_hooks = {begin, end, caller, leave, go_on, &own};
static const struct blocking_hooks other_hooks = {begin, end, caller, leave, go_on, &other};

static void setup(void)
{
    own = (struct heard){""};
    other = (struct heard){""};
}

static void teardown(void)
{
    blocking_watch(NULL);
}

static void block(void)
{
    blocking_begin();
    blocking_end();
}

START_TEST(the_hooks_are_called_around_what_blocks)
{
    blocking_watch(&own_hooks);
    ck_assert_str_eq(own.calls, "");
    blocking_begin();
    ck_assert_str_eq(own.calls, "b");
    blocking_end();
    ck_assert_str_eq(own.calls, "be");
    block();
    ck_assert_str_eq(own.calls, "bebe");
}
END_TEST

START_TEST(without_hooks_nobody_is_called)
{
    block();
    blocking_watch(&own_hooks);
    blocking_watch(NULL);
    block();
    ck_assert_str_eq(own.calls, "");
}
END_TEST

START_TEST(later_hooks_take_the_place_of_the_ones_before)
{
    blocking_watch(&own_hooks);
    blocking_watch(&other_hooks);
    block();
    ck_assert_str_eq(own.calls, "");
    ck_assert_str_eq(other.calls, "be");
}
END_TEST

static void *block_with(void *hooks)
{
    block();
    blocking_watch(hooks);
    block();
    return NULL;
}

static void block_in_thread(const struct blocking_hooks *hooks)
{
    struct blocking_hooks copy = *hooks;
    pthread_t thread;

    ck_assert_int_eq(pthread_create(&thread, NULL, block_with, &copy), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

START_TEST(each_thread_has_hooks_of_its_own)
{
    blocking_watch(&own_hooks);
    block_in_thread(&other_hooks);
    ck_assert_str_eq(own.calls, "");
    ck_assert_str_eq(other.calls, "be");
    block();
    ck_assert_str_eq(own.calls, "be");
    ck_assert_str_eq(other.calls, "be");
}
END_TEST

START_TEST(a_turn_is_its_makers_by_the_hooks)
{
    struct blocking_turn turn;

    blocking_watch(&own_hooks);
    ck_assert_int_eq(blocking_turn_init(&turn), 0);
    ck_assert_str_eq(own.calls, "c");
    blocking_turn_await(&turn);
    ck_assert_str_eq(own.calls, "cl");
    blocking_watch(NULL);
    blocking_turn_give(&turn);
    ck_assert_str_eq(own.calls, "clg");
    blocking_turn_free(&turn);
}
END_TEST

/* Its maker may have come to another thread meanwhile. */
START_TEST(who_waits_again_leaves_the_thread_that_it_is_in)
{
    struct blocking_turn turn;

    blocking_watch(&own_hooks);
    ck_assert_int_eq(blocking_turn_init(&turn), 0);
    blocking_watch(&other_hooks);
    blocking_turn_await(&turn);
    blocking_turn_give(&turn);
    blocking_turn_free(&turn);
    ck_assert_str_eq(own.calls, "cg");
    ck_assert_str_eq(other.calls, "l");
}
END_TEST

START_TEST(who_yields_lets_itself_go_on_and_leaves)
{
    blocking_yield();
    blocking_watch(&own_hooks);
    blocking_yield();
    ck_assert_str_eq(own.calls, "cgl");
}
END_TEST

START_TEST(without_hooks_a_turn_may_be_given_before_it_is_awaited)
{
    struct blocking_turn turn;

    ck_assert_int_eq(blocking_turn_init(&turn), 0);
    blocking_turn_give(&turn);
    blocking_turn_await(&turn);
    blocking_turn_free(&turn);
}
END_TEST

struct giver {
    struct blocking_turn turn;
    pid_t awaiting;
    _Atomic bool gives;
};

/* Once it is waited for. */
static void *give(void *arg)
{
    struct giver *giver = arg;

    giver->gives = tasks_await(giver->awaiting, TASKS_LOCK);
    blocking_turn_give(&giver->turn);
    return NULL;
}

START_TEST(without_hooks_the_thread_waits_for_its_turn)
{
    struct giver giver = {.awaiting = thread_id()};
    pthread_t thread;
    bool given;

    ck_assert_int_eq(blocking_turn_init(&giver.turn), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, give, &giver), 0);
    blocking_turn_await(&giver.turn);
    given = giver.gives;
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert(given);
    blocking_turn_free(&giver.turn);
}
END_TEST

Suite *blocking_suite(void)
{
    Suite *suite = suite_create("blocking");
    TCase *tc = tcase_create("hooks");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_hooks_are_called_around_what_blocks);
    tcase_add_test(tc, without_hooks_nobody_is_called);
    tcase_add_test(tc, later_hooks_take_the_place_of_the_ones_before);
    tcase_add_test(tc, each_thread_has_hooks_of_its_own);
    suite_add_tcase(suite, tc);
    tc = tcase_create("turns");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_turn_is_its_makers_by_the_hooks);
    tcase_add_test(tc, who_waits_again_leaves_the_thread_that_it_is_in);
    tcase_add_test(tc, who_yields_lets_itself_go_on_and_leaves);
    tcase_add_test(tc, without_hooks_a_turn_may_be_given_before_it_is_awaited);
    tcase_add_test(tc, without_hooks_the_thread_waits_for_its_turn);
    suite_add_tcase(suite, tc);
    return suite;
}
