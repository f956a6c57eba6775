/* crew: that who waits for its turn leaves its thread to others, goes on when the turn has come,
 * and is waited for by a pause and by an end. */
#include "base/moment.h"
#include "base/process.h"
#include "suites.h"
#include "support/desk.h"
#include "support/tasks.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    WORKERS = 24,
    HASTE = 100,     /* ms that peers have, once hastened */
    MANY = 2000,     /* requests, */
    TURNS = 3,       /* each of which awaits as many turns */
    PATIENCE = 20000 /* ms */
};

/* How many have served them. */
static size_t count_threads(const struct errand *errands, size_t count)
{
    size_t threads = 0;

    for (size_t i = 0; i < count; i++) {
        size_t earlier = 0;

        while (earlier < i && errands[earlier].served_by != errands[i].served_by)
            earlier++;
        threads += earlier == i ? 1 : 0;
    }
    return threads;
}

static size_t slots(void)
{
    return process_processors() < 2 ? 2 : process_processors();
}

START_TEST(who_waits_for_its_turn_leaves_its_thread_to_others)
{
    struct errand errands[WORKERS];

    ck_assert_int_eq(desk_start(WORKERS), RC_OK);
    for (size_t i = 0; i < WORKERS - 1; i++)
        desk_ask(&errands[i], 1);
    desk_await(&desk.away, WORKERS - 1);
    desk_ask(&errands[WORKERS - 1], 0);
    desk_await(&desk.done, 1);
    ck_assert_uint_le(count_threads(errands, WORKERS), slots());
    for (size_t i = 0; i < WORKERS - 1; i++)
        desk_give_turn();
    desk_await(&desk.done, WORKERS);
}
END_TEST

START_TEST(who_computes_keeps_its_slot)
{
    struct errand errands[WORKERS];

    ck_assert_int_eq(desk_start(WORKERS), RC_OK);
    for (size_t i = 0; i < WORKERS; i++)
        desk_ask_computing(&errands[i]);
    desk_await(&desk.done, WORKERS);
    /* One or the other may wait for the desk while the watchdog looks. */
    if (slots() < WORKERS)
        ck_assert_uint_lt(2 * count_threads(errands, WORKERS), slots() + WORKERS);
}
END_TEST

START_TEST(with_all_workers_away_the_next_request_waits_for_one)
{
    struct errand errands[3];

    ck_assert_int_eq(desk_start(2), RC_OK);
    desk_ask(&errands[0], 1);
    desk_ask(&errands[1], 1);
    desk_await(&desk.away, 2);
    /* Both threads have found nobody to run. */
    ck_assert(tasks_await_sleeping(2, TASKS_LOCK));
    desk_ask(&errands[2], 0);
    /* Who had waited for it would sleep again only behind it. */
    ck_assert(tasks_await_sleeping(2, TASKS_LOCK));
    ck_assert_ptr_eq(desk.first, &errands[2]);
    desk_give_turn();
    desk_await(&desk.done, 2);
    desk_give_turn();
    desk_await(&desk.done, 3);
}
END_TEST

static void *give_many(void *arg)
{
    for (size_t i = 0; i < MANY * TURNS; i++)
        desk_give_turn();
    return arg;
}

/* Threads come, when others wait, and park. */
START_TEST(nobody_is_forgotten)
{
    static struct errand errands[MANY];
    pthread_t giver;

    ck_assert_int_eq(desk_start(WORKERS), RC_OK);
    ck_assert_int_eq(pthread_create(&giver, NULL, give_many, NULL), 0);
    for (size_t i = 0; i < MANY; i++) {
        if (i % 3 == 0)
            desk_ask_blocking(&errands[i], TURNS);
        else
            desk_ask(&errands[i], TURNS);
        if (i % 7 == 0)
            desk_await(&desk.done, i + 1);
    }
    desk_await(&desk.done, MANY);
    ck_assert_int_eq(pthread_join(giver, NULL), 0);
}
END_TEST

/* As many threads as workers, of which most park, hold none of these back. */
START_TEST(threads_that_park_keep_no_worker)
{
    struct errand errands[WORKERS];

    ck_assert_int_eq(desk_start(WORKERS), RC_OK);
    desk_let_go(false);
    for (size_t i = 0; i < WORKERS; i++)
        desk_ask_blocking(&errands[i], 0);
    desk_await(&desk.blocked, WORKERS);
    desk_let_go(true);
    desk_await(&desk.done, WORKERS);
    for (size_t i = 0; i < WORKERS - 1; i++)
        desk_ask(&errands[i], 1);
    desk_await(&desk.away, WORKERS - 1);
    desk_ask(&errands[WORKERS - 1], 0);
    desk_await(&desk.done, WORKERS + 1);
    for (size_t i = 0; i < WORKERS - 1; i++)
        desk_give_turn();
    desk_await(&desk.done, 2 * WORKERS);
}
END_TEST

START_TEST(a_pause_waits_for_those_who_wait_for_their_turn)
{
    struct errand errands[2];

    ck_assert_int_eq(desk_start(WORKERS), RC_OK);
    desk_ask(&errands[0], 1);
    desk_await(&desk.away, 1);
    crew_tell(desk_crew, CREW_PAUSE);
    desk_stop_waiting(true);
    ck_assert(!crew_await_rest(desk_crew, 1));
    desk_give_turn();
    ck_assert(crew_await_rest(desk_crew, PATIENCE));
    ck_assert_uint_eq(desk.done, 1);
    desk_ask(&errands[1], 0);
    desk_stop_waiting(false);
    crew_tell(desk_crew, CREW_SERVE);
    desk_await(&desk.done, 2);
}
END_TEST

/* The watchdog relieves all threads while there can be no others, and relays behind it. */
START_TEST(who_is_relieved_in_a_pause_is_followed_by_others_behind_it)
{
    struct errand errands[WORKERS];
    const size_t count = slots() < WORKERS ? slots() : WORKERS - 1;

    ck_assert_int_eq(desk_start(WORKERS), RC_OK);
    desk_let_go(false);
    for (size_t i = 0; i < count; i++)
        desk_ask_silent(&errands[i]);
    desk_await(&desk.blocked, count);
    crew_tell(desk_crew, CREW_PAUSE);
    ck_assert(!crew_await_rest(desk_crew, 100));
    crew_tell(desk_crew, CREW_SERVE);
    desk_ask(&errands[count], 0);
    desk_await(&desk.done, 1);
    desk_let_go(true);
    desk_await(&desk.done, count + 1);
}
END_TEST

/* Waits until a worker has waited for its peer for so long (ms). */
static void await_patience(int64_t least)
{
    while (!crew_peers_last(desk_crew, least))
        (void)poll(NULL, 0, 1);
}

/* Computing takes several looks of the watchdog, which would end the wait; it looks since nobody
 * waits for the next request. */
START_TEST(who_has_waited_long_for_its_peer_is_not_hastened_before_the_time)
{
    struct errand errands[2];
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(desk_start(2), RC_OK);
    desk_ask_peer(&errands[0], ends[0]);
    await_patience(2 * HASTE);
    crew_hasten(desk_crew, moment_elapsed() + INT64_C(1000000) * PATIENCE);
    desk_ask_computing(&errands[1]);
    desk_await(&desk.done, 1);
    ck_assert_int_eq(write(ends[1], "!", 1), 1);
    desk_await(&desk.done, 2);
    ck_assert_int_eq(errands[0].err, 0);
    (void)close(ends[0]);
    (void)close(ends[1]);
}
END_TEST

START_TEST(who_waits_for_its_peer_is_hastened_at_the_time)
{
    struct errand errand;
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(desk_start(1), RC_OK);
    desk_ask_peer(&errand, ends[0]);
    await_patience(1);
    crew_hasten(desk_crew, moment_elapsed());
    desk_await(&desk.done, 1);
    ck_assert_int_eq(errand.err, EINTR);
    (void)close(ends[0]);
    (void)close(ends[1]);
}
END_TEST

static long count_sleeps(void)
{
    struct rusage usage;

    ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_nvcsw;
}

/* Nothing is to happen but that the watchdog looks, far less than once in a ms. Threads that wake
 * one another do so a hundred times. That nothing happens is no event: some time has to pass, but
 * it may be any. */
START_TEST(who_rests_in_a_pause_wakes_nobody)
{
    int64_t began;
    long before;

    ck_assert_int_eq(desk_start(WORKERS), RC_OK);
    crew_tell(desk_crew, CREW_PAUSE);
    desk_stop_waiting(true);
    ck_assert(crew_await_rest(desk_crew, PATIENCE));
    began = moment_elapsed();
    before = count_sleeps();
    (void)poll(NULL, 0, 50);
    ck_assert_int_lt(count_sleeps() - before, 10 * (moment_elapsed() - began) / 1000000);
}
END_TEST

START_TEST(a_pause_can_be_followed_by_the_end)
{
    struct errand errand;

    ck_assert_int_eq(desk_start(WORKERS), RC_OK);
    desk_ask(&errand, 0);
    desk_await(&desk.done, 1);
    crew_tell(desk_crew, CREW_PAUSE);
    desk_stop_waiting(true);
    ck_assert(crew_await_rest(desk_crew, PATIENCE));
    desk_end(CREW_LEAVE);
}
END_TEST

static void *give_all(void *arg)
{
    const size_t *count = arg;

    for (size_t i = 0; i < *count; i++)
        desk_give_turn();
    return NULL;
}

START_TEST(an_end_waits_for_those_who_wait_for_their_turn)
{
    struct errand errands[WORKERS];
    size_t turns = (size_t)2 * WORKERS;
    pthread_t giver;

    ck_assert_int_eq(desk_start(WORKERS), RC_OK);
    for (size_t i = 0; i < WORKERS; i++)
        desk_ask(&errands[i], 2);
    desk_await(&desk.away, WORKERS);
    crew_tell(desk_crew, CREW_STOP);
    ck_assert_int_eq(pthread_create(&giver, NULL, give_all, &turns), 0);
    desk_end(CREW_STOP);
    ck_assert_int_eq(pthread_join(giver, NULL), 0);
    ck_assert_uint_eq(desk.done, WORKERS);
}
END_TEST

START_TEST(an_end_at_once_joins_all)
{
    ck_assert_int_eq(desk_start(WORKERS), RC_OK);
    desk_end(CREW_STOP);
    ck_assert_int_eq(desk_start(1), RC_OK);
    desk_end(CREW_LEAVE);
}
END_TEST

Suite *crew_suite(void)
{
    Suite *suite = suite_create("crew");
    TCase *tc = tcase_create("turns");

    tcase_add_checked_fixture(tc, desk_open, desk_close);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, who_waits_for_its_turn_leaves_its_thread_to_others);
    tcase_add_test(tc, who_computes_keeps_its_slot);
    tcase_add_test(tc, with_all_workers_away_the_next_request_waits_for_one);
    tcase_add_test(tc, nobody_is_forgotten);
    tcase_add_test(tc, threads_that_park_keep_no_worker);
    tcase_add_test(tc, a_pause_waits_for_those_who_wait_for_their_turn);
    tcase_add_test(tc, who_is_relieved_in_a_pause_is_followed_by_others_behind_it);
    tcase_add_test(tc, who_has_waited_long_for_its_peer_is_not_hastened_before_the_time);
    tcase_add_test(tc, who_waits_for_its_peer_is_hastened_at_the_time);
    tcase_add_test(tc, who_rests_in_a_pause_wakes_nobody);
    tcase_add_test(tc, a_pause_can_be_followed_by_the_end);
    tcase_add_test(tc, an_end_waits_for_those_who_wait_for_their_turn);
    tcase_add_test(tc, an_end_at_once_joins_all);
    suite_add_tcase(suite, tc);
    return suite;
}
