/* slots: who may run, who lends its slot and when it comes back, who parks, and who is the
 * first to go on. */
#include "serve/slots.h"
#include "suites.h"

#include <pthread.h>
#include <sched.h>

enum {
    COUNT = 3,       /* slots */
    ALL = 2 * COUNT, /* threads at most */
    ROUNDS = 1000
};

/* A thread's part; some of them are played by the test's own thread. */
struct runner {
    struct slots_thread slot;
    size_t number;
    pthread_t thread;
    bool made;            /* there is a thread */
    _Atomic int relieved; /* how often, where that is counted */
};

static struct slots slots;
static struct runner runners[ALL];
static size_t order[ALL]; /* the numbers of those who went on, one after the other */
static _Atomic size_t gone;
static sem_t went_on;

static void setup(void)
{
    slots_init(&slots, COUNT);
    for (size_t i = 0; i < ALL; i++) {
        slots_thread_init(&runners[i].slot, &slots);
        runners[i].number = i;
        runners[i].made = false;
        runners[i].relieved = 0;
    }
    gone = 0;
    ck_assert_int_eq(sem_init(&went_on, 0, 0), 0);
}

/* The first COUNT are within a request, each with a slot. */
static void setup_taken(void)
{
    setup();
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(slots_claim(&slots));
        slots_begin(&runners[i].slot);
    }
}

static void join_all(void)
{
    for (size_t i = 0; i < ALL; i++) {
        if (runners[i].made)
            ck_assert_int_eq(pthread_join(runners[i].thread, NULL), 0);
        runners[i].made = false;
    }
}

static void teardown(void)
{
    slots_close(&slots);
    join_all();
    for (size_t i = 0; i < ALL; i++)
        slots_thread_free(&runners[i].slot);
    ck_assert_int_eq(sem_destroy(&went_on), 0);
    slots_free(&slots);
}

static void make(size_t number, void *(*run)(void *arg))
{
    ck_assert_int_eq(pthread_create(&runners[number].thread, NULL, run, &runners[number]), 0);
    runners[number].made = true;
}

/* One runs more than there are slots: a request lends its slot, waits, and takes it back. */
static void add_one(void)
{
    ck_assert(slots_lend(&runners[0].slot));
    ck_assert(slots_claim(&slots));
    slots_take_back(&runners[0].slot);
}

static size_t parked(void)
{
    size_t count = 0;

    ck_assert_int_eq(pthread_mutex_lock(&slots.lock), 0);
    for (const struct slots_thread *thread = slots.parked; thread != NULL; thread = thread->next)
        count++;
    ck_assert_int_eq(pthread_mutex_unlock(&slots.lock), 0);
    return count;
}

static void *stay(void *arg)
{
    struct runner *runner = arg;

    slots_stay(&runner->slot);
    order[atomic_fetch_add(&gone, 1)] = runner->number;
    ck_assert_int_eq(sem_post(&went_on), 0);
    return NULL;
}

/* One more than there are slots, which parks. */
static void park(size_t number)
{
    const size_t before = parked();

    add_one();
    make(number, stay);
    while (parked() == before)
        (void)sched_yield();
}

static void park_all(void)
{
    for (size_t i = COUNT; i < ALL; i++)
        park(i);
}

static void await_one(void)
{
    ck_assert_int_eq(sem_wait(&went_on), 0);
}

/* As the watchdog does, where nobody computes. */
static bool relieve(struct slots_thread *thread)
{
    return slots_lasts(thread) && slots_relieve(thread);
}

START_TEST(as_many_can_be_claimed_as_there_are)
{
    for (size_t i = 0; i < COUNT; i++)
        ck_assert(slots_claim(&slots));
    ck_assert(!slots_claim(&slots));
    slots_release(&slots);
    ck_assert(slots_claim(&slots));
    ck_assert(!slots_claim(&slots));
}
END_TEST

START_TEST(a_thread_without_a_request_has_nothing_to_lend)
{
    ck_assert(slots_claim(&slots));
    for (int i = 0; i < 2; i++) {
        ck_assert(!slots_lend(&runners[0].slot));
        ck_assert(!relieve(&runners[0].slot));
        ck_assert(!relieve(&runners[0].slot));
        slots_begin(&runners[0].slot);
        slots_end(&runners[0].slot);
    }
    ck_assert_uint_eq(slots.running, 1);
}
END_TEST

/* As one that answers what has come before it ends. */
START_TEST(a_thread_that_waits_without_a_request_has_nothing_to_lend_behind_it)
{
    ck_assert(slots_claim(&slots));
    ck_assert(!slots_lend(&runners[0].slot));
    slots_take_back(&runners[0].slot);
    ck_assert(!slots_lend(&runners[0].slot));
    ck_assert(!relieve(&runners[0].slot));
    ck_assert(!relieve(&runners[0].slot));
    ck_assert_uint_eq(slots.running, 1);
}
END_TEST

START_TEST(a_request_lends_its_slot_once)
{
    ck_assert(!slots_claim(&slots));
    ck_assert(slots_lend(&runners[0].slot));
    ck_assert(!slots_lend(&runners[0].slot));
    ck_assert(slots_claim(&slots));
    ck_assert(!slots_claim(&slots));
}
END_TEST

START_TEST(what_was_lent_comes_back_without_being_asked_for)
{
    for (size_t i = 1; i <= ROUNDS; i++) {
        ck_assert(slots_lend(&runners[0].slot));
        ck_assert_uint_eq(slots.running, COUNT - 1);
        slots_take_back(&runners[0].slot);
        ck_assert_uint_eq(slots.running, COUNT);
    }
    add_one();
    ck_assert_uint_eq(slots.running, COUNT + 1);
}
END_TEST

START_TEST(what_was_not_lent_does_not_come_back)
{
    slots_take_back(&runners[0].slot);
    slots_end(&runners[0].slot);
    slots_begin(&runners[0].slot);
    ck_assert_uint_eq(slots.running, COUNT);
}
END_TEST

START_TEST(what_is_still_lent_at_the_end_comes_back_then)
{
    ck_assert(slots_lend(&runners[0].slot));
    slots_end(&runners[0].slot);
    ck_assert_uint_eq(slots.running, COUNT);
    ck_assert(!slots_lend(&runners[0].slot));
}
END_TEST

START_TEST(who_is_not_too_many_goes_on)
{
    slots_stay(&runners[0].slot);
    park(COUNT);
    ck_assert_uint_eq(slots.running, COUNT);
    slots_stay(&runners[0].slot);
    ck_assert_uint_eq(parked(), 1);
    ck_assert_uint_eq(gone, 0);
}
END_TEST

START_TEST(who_parked_last_is_the_first_to_go_on)
{
    park_all();
    ck_assert_uint_eq(parked(), ALL - COUNT);
    ck_assert_uint_eq(slots.running, COUNT);
    for (size_t i = 0; i < ALL - COUNT; i++) {
        ck_assert_uint_eq(gone, i);
        ck_assert(slots_lend(&runners[i].slot));
        ck_assert(slots_pass(&slots));
        await_one();
        ck_assert_uint_eq(order[i], ALL - 1 - i);
        ck_assert_uint_eq(slots.running, COUNT);
    }
    ck_assert_uint_eq(parked(), 0);
}
END_TEST

START_TEST(passing_tells_whether_a_slot_is_left)
{
    ck_assert(slots_pass(&slots));
    ck_assert(slots_lend(&runners[0].slot));
    ck_assert(!slots_pass(&slots));
    ck_assert(!slots_pass(&slots));
    slots_take_back(&runners[0].slot);
    ck_assert(slots_pass(&slots));
    park(COUNT);
    ck_assert(slots_pass(&slots));
    ck_assert_uint_eq(parked(), 1);
    ck_assert(slots_lend(&runners[1].slot));
    ck_assert(slots_pass(&slots));
    ck_assert_uint_eq(parked(), 0);
    ck_assert(slots_pass(&slots));
    await_one();
}
END_TEST

START_TEST(a_request_that_lasts_loses_its_slot_until_its_end)
{
    ck_assert(!relieve(&runners[0].slot));
    ck_assert_uint_eq(slots.running, COUNT);
    ck_assert(relieve(&runners[0].slot));
    ck_assert_uint_eq(slots.running, COUNT - 1);
    ck_assert(!relieve(&runners[0].slot));
    ck_assert(!relieve(&runners[0].slot));
    ck_assert_uint_eq(slots.running, COUNT - 1);
    slots_end(&runners[0].slot);
    ck_assert_uint_eq(slots.running, COUNT);
}
END_TEST

START_TEST(a_request_that_was_relieved_lends_no_more_until_it_has_waited)
{
    ck_assert(!relieve(&runners[0].slot));
    ck_assert(relieve(&runners[0].slot));
    ck_assert(!slots_lend(&runners[0].slot));
    ck_assert_uint_eq(slots.running, COUNT - 1);
    slots_take_back(&runners[0].slot);
    ck_assert_uint_eq(slots.running, COUNT);
    ck_assert(slots_lend(&runners[0].slot));
}
END_TEST

START_TEST(a_request_that_lasts_keeps_its_slot_until_it_is_relieved)
{
    ck_assert(!slots_lasts(&runners[0].slot));
    for (int i = 0; i < 3; i++)
        ck_assert(slots_lasts(&runners[0].slot));
    ck_assert_uint_eq(slots.running, COUNT);
    ck_assert(slots_relieve(&runners[0].slot));
    ck_assert_uint_eq(slots.running, COUNT - 1);
    ck_assert(!slots_lasts(&runners[0].slot));
}
END_TEST

START_TEST(a_request_that_ends_behind_the_look_is_not_relieved)
{
    ck_assert(!slots_lasts(&runners[0].slot));
    ck_assert(slots_lasts(&runners[0].slot));
    slots_end(&runners[0].slot);
    slots_begin(&runners[0].slot);
    ck_assert(!slots_relieve(&runners[0].slot));
    ck_assert_uint_eq(slots.running, COUNT);
}
END_TEST

START_TEST(a_request_that_has_ended_meanwhile_is_not_relieved)
{
    ck_assert(!relieve(&runners[0].slot));
    slots_end(&runners[0].slot);
    ck_assert(!relieve(&runners[0].slot));
    ck_assert(!relieve(&runners[0].slot));
    ck_assert_uint_eq(slots.running, COUNT);
}
END_TEST

START_TEST(a_request_that_has_begun_meanwhile_is_not_relieved_at_once)
{
    for (int i = 0; i < ROUNDS; i++) {
        ck_assert(!relieve(&runners[0].slot));
        slots_end(&runners[0].slot);
        slots_begin(&runners[0].slot);
    }
    ck_assert(!relieve(&runners[0].slot));
    ck_assert(relieve(&runners[0].slot));
}
END_TEST

START_TEST(a_request_that_has_waited_meanwhile_is_not_relieved_at_once)
{
    ck_assert(!relieve(&runners[0].slot));
    ck_assert(slots_lend(&runners[0].slot));
    slots_take_back(&runners[0].slot);
    ck_assert(!relieve(&runners[0].slot));
    ck_assert(relieve(&runners[0].slot));
}
END_TEST

START_TEST(a_request_whose_slot_is_lent_is_not_relieved)
{
    ck_assert(!relieve(&runners[0].slot));
    ck_assert(slots_lend(&runners[0].slot));
    ck_assert(!relieve(&runners[0].slot));
    ck_assert(!relieve(&runners[0].slot));
    ck_assert_uint_eq(slots.running, COUNT - 1);
}
END_TEST

START_TEST(requests_are_relieved_one_by_one)
{
    ck_assert(!relieve(&runners[0].slot));
    ck_assert(!relieve(&runners[1].slot));
    slots_end(&runners[0].slot);
    ck_assert(!relieve(&runners[0].slot));
    ck_assert(relieve(&runners[1].slot));
    ck_assert_uint_eq(slots.running, COUNT - 1);
}
END_TEST

START_TEST(closing_lets_all_go_on_and_nobody_park)
{
    park_all();
    slots_close(&slots);
    for (size_t i = COUNT; i < ALL; i++)
        await_one();
    ck_assert_uint_eq(parked(), 0);
    ck_assert_uint_eq(slots.running, ALL);
    slots_stay(&runners[0].slot);
    ck_assert_uint_eq(slots.running, ALL);
}
END_TEST

START_TEST(once_opened_again_it_lets_threads_park)
{
    park_all();
    slots_close(&slots);
    join_all();
    slots_open(&slots);
    for (size_t i = COUNT; i < ALL; i++)
        make(i, stay);
    while (parked() < ALL - COUNT)
        (void)sched_yield();
    ck_assert_uint_eq(slots.running, COUNT);
    ck_assert_uint_eq(gone, ALL - COUNT);
}
END_TEST

/* Of four requests one waits and says so, one lasts until it is relieved, and the others are
 * short. */
static void serve(struct runner *runner, int number)
{
    const int before = runner->relieved;

    slots_begin(&runner->slot);
    if (number % 4 == 0 && slots_lend(&runner->slot))
        (void)slots_pass(&slots);
    do
        (void)sched_yield();
    while (number % 4 == 1 && runner->relieved == before);
    if (number % 4 == 0)
        slots_take_back(&runner->slot);
    slots_end(&runner->slot);
}

static void *serve_all(void *arg)
{
    struct runner *runner = arg;

    for (int i = 0; i < ROUNDS; i++) {
        slots_stay(&runner->slot);
        serve(runner, i);
    }
    slots_release(&slots);
    (void)slots_pass(&slots);
    (void)atomic_fetch_add(&gone, 1);
    return NULL;
}

static void relieve_runner(struct runner *runner)
{
    if (!relieve(&runner->slot))
        return;
    runner->relieved++;
    (void)slots_pass(&slots);
}

START_TEST(no_slot_is_lost_or_won_where_all_lend_and_are_relieved)
{
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(slots_lend(&runners[i].slot));
        ck_assert(slots_claim(&slots));
    }
    for (size_t i = 0; i < COUNT; i++)
        slots_end(&runners[i].slot);
    ck_assert_uint_eq(slots.running, ALL);
    for (size_t i = 0; i < ALL; i++)
        make(i, serve_all);
    while (gone < ALL) {
        for (size_t i = 0; i < ALL; i++)
            relieve_runner(&runners[i]);
        (void)sched_yield();
    }
    ck_assert_uint_eq(parked(), 0);
    ck_assert_uint_eq(slots.running, 0);
}
END_TEST

Suite *slots_suite(void)
{
    Suite *suite = suite_create("slots");
    TCase *vacant = tcase_create("vacant");
    TCase *taken = tcase_create("taken");

    tcase_add_checked_fixture(vacant, setup, teardown);
    tcase_add_test(vacant, as_many_can_be_claimed_as_there_are);
    tcase_add_test(vacant, a_thread_without_a_request_has_nothing_to_lend);
    tcase_add_test(vacant, a_thread_that_waits_without_a_request_has_nothing_to_lend_behind_it);
    suite_add_tcase(suite, vacant);
    tcase_add_checked_fixture(taken, setup_taken, teardown);
    tcase_set_timeout(taken, 60);
    tcase_add_test(taken, a_request_lends_its_slot_once);
    tcase_add_test(taken, what_was_lent_comes_back_without_being_asked_for);
    tcase_add_test(taken, what_was_not_lent_does_not_come_back);
    tcase_add_test(taken, what_is_still_lent_at_the_end_comes_back_then);
    tcase_add_test(taken, who_is_not_too_many_goes_on);
    tcase_add_test(taken, who_parked_last_is_the_first_to_go_on);
    tcase_add_test(taken, passing_tells_whether_a_slot_is_left);
    tcase_add_test(taken, a_request_that_lasts_loses_its_slot_until_its_end);
    tcase_add_test(taken, a_request_that_was_relieved_lends_no_more_until_it_has_waited);
    tcase_add_test(taken, a_request_that_lasts_keeps_its_slot_until_it_is_relieved);
    tcase_add_test(taken, a_request_that_ends_behind_the_look_is_not_relieved);
    tcase_add_test(taken, a_request_that_has_ended_meanwhile_is_not_relieved);
    tcase_add_test(taken, a_request_that_has_begun_meanwhile_is_not_relieved_at_once);
    tcase_add_test(taken, a_request_that_has_waited_meanwhile_is_not_relieved_at_once);
    tcase_add_test(taken, a_request_whose_slot_is_lent_is_not_relieved);
    tcase_add_test(taken, requests_are_relieved_one_by_one);
    tcase_add_test(taken, closing_lets_all_go_on_and_nobody_park);
    tcase_add_test(taken, once_opened_again_it_lets_threads_park);
    tcase_add_test(taken, no_slot_is_lost_or_won_where_all_lend_and_are_relieved);
    suite_add_tcase(suite, taken);
    return suite;
}
