/* fiber: courses that go on where they were left, in whichever thread, each on a stack of its own.
 */
#include "base/fiber.h"
#include "suites.h"
#include "support/fatal.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum {
    STACK = 64 * 1024,
    DEEP = STACK / 2, /* bytes that a stack has room for */
    ROUNDS = 100
};

/* A fiber that goes back to who switched to it, again and again. */
struct course {
    struct fiber *fiber;
    struct fiber *from;
    size_t rounds;
    bool deep;          /* it is to use its stack */
    bool spoilt;        /* what was there has changed */
    volatile char *end; /* find_end's: the lowest byte of its stack */
};

static struct course first;
static struct course second;

static void go_back(struct course *course)
{
    fiber_switch(course->fiber, course->from);
}

/* What is on the stack must be there behind a switch. */
static void use_stack(struct course *course)
{
    unsigned char bytes[DEEP];

    memset(bytes, (int)(course->rounds & 0xFF), sizeof bytes);
    go_back(course);
    for (size_t i = 0; i < sizeof bytes; i++)
        if (bytes[i] != (course->rounds & 0xFF))
            course->spoilt = true;
}

static void run(void *arg)
{
    struct course *course = arg;

    for (;;) {
        course->rounds++;
        if (course->deep)
            use_stack(course);
        else
            go_back(course);
    }
}

static void make(struct course *course, bool deep)
{
    *course = (struct course){.fiber = fiber_new(STACK, run, course), .deep = deep};
    ck_assert_ptr_nonnull(course->fiber);
}

static void setup(void)
{
    make(&first, false);
    make(&second, true);
}

static void teardown(void)
{
    fiber_free(first.fiber);
    fiber_free(second.fiber);
}

static void go(struct fiber *self, struct course *course)
{
    course->from = self;
    fiber_switch(self, course->fiber);
}

START_TEST(a_fiber_begins_when_it_is_switched_to)
{
    struct fiber *self = fiber_of_thread();

    ck_assert_uint_eq(first.rounds, 0);
    go(self, &first);
    ck_assert_uint_eq(first.rounds, 1);
    fiber_free(self);
}
END_TEST

START_TEST(fibers_go_on_where_they_were_left)
{
    struct fiber *self = fiber_of_thread();

    for (size_t i = 1; i <= ROUNDS; i++) {
        go(self, &first);
        go(self, &second);
        ck_assert_uint_eq(first.rounds, i);
        /* Each of its rounds is left once. */
        ck_assert_uint_eq(second.rounds, i);
        ck_assert(!second.spoilt);
    }
    fiber_free(self);
}
END_TEST

static void *go_in_thread(void *arg)
{
    struct fiber *self = fiber_of_thread();

    go(self, arg);
    fiber_free(self);
    return NULL;
}

START_TEST(a_fiber_goes_on_in_another_thread)
{
    for (size_t i = 1; i <= 20; i++) {
        pthread_t thread;

        ck_assert_int_eq(pthread_create(&thread, NULL, go_in_thread, &second), 0);
        ck_assert_int_eq(pthread_join(thread, NULL), 0);
        ck_assert_uint_eq(second.rounds, i);
        ck_assert(!second.spoilt);
    }
}
END_TEST

START_TEST(a_fiber_that_never_began_can_be_freed)
{
    fiber_free(fiber_new(STACK, run, &first));
    fiber_free(NULL);
}
END_TEST

START_TEST(a_stack_that_cannot_be_had_makes_no_fiber)
{
    ck_assert_ptr_null(fiber_new(SIZE_MAX / 4, run, &first));
}
END_TEST

/* Where the stack of a fiber that runs this ends: it began within the topmost page. */
static void find_end(void *arg)
{
    struct course *course = arg;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t here = (uintptr_t)__builtin_frame_address(0);

    course->end = (volatile char *)((here + page - 1) / page * page - STACK);
    for (;;)
        go_back(course);
}

START_TEST(who_runs_over_its_stack_ends_the_process)
{
    struct fiber *self = fiber_of_thread();
    struct course course = {.fiber = fiber_new(STACK, find_end, &course)};

    ck_assert_ptr_nonnull(course.fiber);
    go(self, &course);
    ck_assert(!fatal_write(course.end));
    ck_assert(fatal_write(course.end - 1));
    fiber_free(course.fiber);
    fiber_free(self);
}
END_TEST

Suite *fiber_suite(void)
{
    Suite *suite = suite_create("fiber");
    TCase *tc = tcase_create("switches");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_fiber_begins_when_it_is_switched_to);
    tcase_add_test(tc, fibers_go_on_where_they_were_left);
    tcase_add_test(tc, a_fiber_goes_on_in_another_thread);
    tcase_add_test(tc, a_fiber_that_never_began_can_be_freed);
    tcase_add_test(tc, a_stack_that_cannot_be_had_makes_no_fiber);
    tcase_add_test(tc, who_runs_over_its_stack_ends_the_process);
    suite_add_tcase(suite, tc);
    return suite;
}
