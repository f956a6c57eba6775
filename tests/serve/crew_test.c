/* crew: that who waits for its turn leaves its thread to others, goes on when the turn has come,
 * and is waited for by a pause and by an end. */
#include "base/blocking.h"
#include "base/log.h"
#include "base/moment.h"
#include "base/process.h"
#include "serve/crew.h"
#include "serve/watchdog.h"
#include "suites.h"
#include "support/log_capture.h"
#include "support/tasks.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum {
    WORKERS = 24,
    MANY = 2000,     /* requests, */
    TURNS = 3,       /* each of which awaits as many turns */
    PATIENCE = 20000 /* ms */
};

/* A request: so many turns are awaited. */
struct errand {
    size_t turns;
    bool blocks;   /* its thread waits too, before each of them and at the end */
    bool computes; /* for several looks of the watchdog */
    pthread_t served_by;
    struct blocking_turn turn;
    struct errand *next;
};

/* What workers wait for, in place of a socket. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct errand *first; /* not yet begun */
    struct errand **end;
    struct errand *awaiting; /* a turn; the last one first */
    size_t away;             /* of these */
    size_t done;
    size_t calls;
    size_t blocked; /* how often a thread did */
    size_t logs;    /* lines that are being written, or were */
    bool lets_go;   /* those that block */
    bool stopped;   /* nobody waits */
} desk;

static struct crew *crew;
static _Atomic size_t tools_made;
static _Atomic size_t tools_max;

static void change(void)
{
    (void)pthread_cond_broadcast(&desk.changed);
    (void)pthread_mutex_unlock(&desk.lock);
}

static void *make_tools(void *arg)
{
    ck_assert_ptr_eq(arg, &desk);
    if (tools_made == tools_max)
        return NULL;
    tools_made++;
    return malloc(1);
}

static void free_tools(void *tools)
{
    tools_made--;
    free(tools);
}

static void call_one(void *arg)
{
    ck_assert_ptr_eq(arg, &desk);
    (void)pthread_mutex_lock(&desk.lock);
    desk.calls++;
    change();
}

static struct errand *await_errand(struct crew_worker *worker)
{
    struct errand *errand = NULL;

    if (!crew_wait(worker))
        return NULL;
    (void)pthread_mutex_lock(&desk.lock);
    while (desk.first == NULL && desk.calls == 0 && !desk.stopped)
        (void)pthread_cond_wait(&desk.changed, &desk.lock);
    if (desk.calls > 0) {
        desk.calls--;
    } else if (!desk.stopped) {
        errand = desk.first;
        desk.first = errand->next;
        if (desk.first == NULL)
            desk.end = &desk.first;
    }
    (void)pthread_mutex_unlock(&desk.lock);
    (void)crew_waited(worker);
    return errand;
}

static void await_turn(struct errand *errand)
{
    ck_assert_int_eq(blocking_turn_init(&errand->turn), 0);
    (void)pthread_mutex_lock(&desk.lock);
    errand->next = desk.awaiting;
    desk.awaiting = errand;
    desk.away++;
    change();
    blocking_turn_await(&errand->turn);
    blocking_turn_free(&errand->turn);
}

/* Until it may go on. */
static void block(void)
{
    blocking_begin();
    (void)pthread_mutex_lock(&desk.lock);
    desk.blocked++;
    (void)pthread_cond_broadcast(&desk.changed);
    while (!desk.lets_go)
        (void)pthread_cond_wait(&desk.changed, &desk.lock);
    (void)pthread_mutex_unlock(&desk.lock);
    blocking_end();
}

/* By this thread, in ns. An assertion would wait for those of other threads. */
static int64_t computed(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void compute(void)
{
    const int64_t enough = INT64_C(8) * WATCHDOG_PERIOD * 1000000;
    int64_t before = computed();

    while (computed() < before + enough) {
    }
}

static void serve(struct errand *errand)
{
    errand->served_by = pthread_self();
    if (errand->computes)
        compute();
    for (;;) {
        if (errand->blocks)
            block();
        if (errand->turns == 0)
            break;
        await_turn(errand);
        errand->turns--;
    }
    (void)pthread_mutex_lock(&desk.lock);
    desk.done++;
    change();
}

static void work(struct crew_worker *worker, void *tools)
{
    ck_assert_ptr_nonnull(tools);
    do {
        struct errand *errand = await_errand(worker);

        if (errand != NULL) {
            crew_begin(worker);
            serve(errand);
            crew_finished(worker);
        }
    } while (crew_stay(worker) == CREW_SERVE);
}

static enum rc start(size_t workers)
{
    const struct crew_options options = {workers, make_tools, free_tools, work, call_one, &desk};

    return crew_start(&options, &crew);
}

static void stop_waiting(bool stopped)
{
    (void)pthread_mutex_lock(&desk.lock);
    desk.stopped = stopped;
    change();
}

static void setup(void)
{
    ck_assert_int_eq(pthread_mutex_init(&desk.lock, NULL), 0);
    ck_assert_int_eq(pthread_cond_init(&desk.changed, NULL), 0);
    desk.first = desk.awaiting = NULL;
    desk.end = &desk.first;
    desk.away = desk.done = desk.calls = desk.blocked = desk.logs = 0;
    desk.lets_go = true;
    desk.stopped = false;
    tools_made = 0;
    tools_max = SIZE_MAX;
    crew = NULL;
}

static void end(enum crew_order order)
{
    if (crew == NULL)
        return;
    crew_tell(crew, order);
    stop_waiting(true);
    crew_join(crew);
    crew_free(crew);
    crew = NULL;
}

static void teardown(void)
{
    end(CREW_STOP);
    ck_assert_uint_eq(tools_made, 0);
    ck_assert_int_eq(pthread_cond_destroy(&desk.changed), 0);
    ck_assert_int_eq(pthread_mutex_destroy(&desk.lock), 0);
}

static void put(struct errand *errand)
{
    errand->next = NULL;
    (void)pthread_mutex_lock(&desk.lock);
    *desk.end = errand;
    desk.end = &errand->next;
    change();
}

static void ask(struct errand *errand, size_t turns)
{
    *errand = (struct errand){.turns = turns};
    put(errand);
}

static void ask_blocking(struct errand *errand, size_t turns)
{
    *errand = (struct errand){.turns = turns, .blocks = true};
    put(errand);
}

static void ask_computing(struct errand *errand)
{
    *errand = (struct errand){.computes = true};
    put(errand);
}

static void await_count(const size_t *count, size_t least)
{
    (void)pthread_mutex_lock(&desk.lock);
    while (*count < least)
        (void)pthread_cond_wait(&desk.changed, &desk.lock);
    (void)pthread_mutex_unlock(&desk.lock);
}

/* Gives the one who came last its turn. */
static void give_turn(void)
{
    struct errand *errand;

    await_count(&desk.away, 1);
    (void)pthread_mutex_lock(&desk.lock);
    errand = desk.awaiting;
    desk.awaiting = errand->next;
    desk.away--;
    (void)pthread_mutex_unlock(&desk.lock);
    blocking_turn_give(&errand->turn);
}

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

    ck_assert_int_eq(start(WORKERS), RC_OK);
    for (size_t i = 0; i < WORKERS - 1; i++)
        ask(&errands[i], 1);
    await_count(&desk.away, WORKERS - 1);
    ask(&errands[WORKERS - 1], 0);
    await_count(&desk.done, 1);
    ck_assert_uint_le(count_threads(errands, WORKERS), slots());
    for (size_t i = 0; i < WORKERS - 1; i++)
        give_turn();
    await_count(&desk.done, WORKERS);
}
END_TEST

START_TEST(who_computes_keeps_its_slot)
{
    struct errand errands[WORKERS];

    ck_assert_int_eq(start(WORKERS), RC_OK);
    for (size_t i = 0; i < WORKERS; i++)
        ask_computing(&errands[i]);
    await_count(&desk.done, WORKERS);
    /* One or the other may wait for the desk while the watchdog looks. */
    if (slots() < WORKERS)
        ck_assert_uint_lt(2 * count_threads(errands, WORKERS), slots() + WORKERS);
}
END_TEST

START_TEST(with_all_workers_away_the_next_request_waits_for_one)
{
    struct errand errands[3];

    ck_assert_int_eq(start(2), RC_OK);
    ask(&errands[0], 1);
    ask(&errands[1], 1);
    await_count(&desk.away, 2);
    /* Both threads have found nobody to run. */
    ck_assert(tasks_await_sleeping(2, TASKS_LOCK));
    ask(&errands[2], 0);
    /* Who had waited for it would sleep again only behind it. */
    ck_assert(tasks_await_sleeping(2, TASKS_LOCK));
    ck_assert_ptr_eq(desk.first, &errands[2]);
    give_turn();
    await_count(&desk.done, 2);
    give_turn();
    await_count(&desk.done, 3);
}
END_TEST

static void *give_many(void *arg)
{
    for (size_t i = 0; i < MANY * TURNS; i++)
        give_turn();
    return arg;
}

/* Threads come, when others wait, and park. */
START_TEST(nobody_is_forgotten)
{
    static struct errand errands[MANY];
    pthread_t giver;

    ck_assert_int_eq(start(WORKERS), RC_OK);
    ck_assert_int_eq(pthread_create(&giver, NULL, give_many, NULL), 0);
    for (size_t i = 0; i < MANY; i++) {
        if (i % 3 == 0)
            ask_blocking(&errands[i], TURNS);
        else
            ask(&errands[i], TURNS);
        if (i % 7 == 0)
            await_count(&desk.done, i + 1);
    }
    await_count(&desk.done, MANY);
    ck_assert_int_eq(pthread_join(giver, NULL), 0);
}
END_TEST

static void let_go(bool lets_go)
{
    (void)pthread_mutex_lock(&desk.lock);
    desk.lets_go = lets_go;
    change();
}

/* As many threads as workers, of which most park, hold none of these back. */
START_TEST(threads_that_park_keep_no_worker)
{
    struct errand errands[WORKERS];

    ck_assert_int_eq(start(WORKERS), RC_OK);
    let_go(false);
    for (size_t i = 0; i < WORKERS; i++)
        ask_blocking(&errands[i], 0);
    await_count(&desk.blocked, WORKERS);
    let_go(true);
    await_count(&desk.done, WORKERS);
    for (size_t i = 0; i < WORKERS - 1; i++)
        ask(&errands[i], 1);
    await_count(&desk.away, WORKERS - 1);
    ask(&errands[WORKERS - 1], 0);
    await_count(&desk.done, WORKERS + 1);
    for (size_t i = 0; i < WORKERS - 1; i++)
        give_turn();
    await_count(&desk.done, 2 * WORKERS);
}
END_TEST

START_TEST(a_pause_waits_for_those_who_wait_for_their_turn)
{
    struct errand errands[2];

    ck_assert_int_eq(start(WORKERS), RC_OK);
    ask(&errands[0], 1);
    await_count(&desk.away, 1);
    crew_tell(crew, CREW_PAUSE);
    stop_waiting(true);
    ck_assert(!crew_await_rest(crew, 1));
    give_turn();
    ck_assert(crew_await_rest(crew, PATIENCE));
    ck_assert_uint_eq(desk.done, 1);
    ask(&errands[1], 0);
    stop_waiting(false);
    crew_tell(crew, CREW_SERVE);
    await_count(&desk.done, 2);
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

    ck_assert_int_eq(start(WORKERS), RC_OK);
    crew_tell(crew, CREW_PAUSE);
    stop_waiting(true);
    ck_assert(crew_await_rest(crew, PATIENCE));
    began = moment_elapsed();
    before = count_sleeps();
    (void)poll(NULL, 0, 50);
    ck_assert_int_lt(count_sleeps() - before, 10 * (moment_elapsed() - began) / 1000000);
}
END_TEST

START_TEST(a_pause_can_be_followed_by_the_end)
{
    struct errand errand;

    ck_assert_int_eq(start(WORKERS), RC_OK);
    ask(&errand, 0);
    await_count(&desk.done, 1);
    crew_tell(crew, CREW_PAUSE);
    stop_waiting(true);
    ck_assert(crew_await_rest(crew, PATIENCE));
    end(CREW_LEAVE);
}
END_TEST

static void *give_all(void *arg)
{
    const size_t *count = arg;

    for (size_t i = 0; i < *count; i++)
        give_turn();
    return NULL;
}

START_TEST(an_end_waits_for_those_who_wait_for_their_turn)
{
    struct errand errands[WORKERS];
    size_t turns = (size_t)2 * WORKERS;
    pthread_t giver;

    ck_assert_int_eq(start(WORKERS), RC_OK);
    for (size_t i = 0; i < WORKERS; i++)
        ask(&errands[i], 2);
    await_count(&desk.away, WORKERS);
    crew_tell(crew, CREW_STOP);
    ck_assert_int_eq(pthread_create(&giver, NULL, give_all, &turns), 0);
    end(CREW_STOP);
    ck_assert_int_eq(pthread_join(giver, NULL), 0);
    ck_assert_uint_eq(desk.done, WORKERS);
}
END_TEST

START_TEST(an_end_at_once_joins_all)
{
    ck_assert_int_eq(start(WORKERS), RC_OK);
    end(CREW_STOP);
    ck_assert_int_eq(start(1), RC_OK);
    end(CREW_LEAVE);
}
END_TEST

START_TEST(without_memory_for_more_one_worker_serves)
{
    struct errand errands[2];

    tools_max = 1;
    ck_assert_int_eq(start(WORKERS), RC_SYSTEM);
    ck_assert_int_eq(errno, ENOMEM);
    ask(&errands[0], 1);
    ask(&errands[1], 0);
    give_turn();
    await_count(&desk.done, 2);
}
END_TEST

START_TEST(once_there_is_memory_again_there_are_more_workers)
{
    struct errand errands[3];

    tools_max = 2;
    ck_assert_int_eq(start(WORKERS), RC_OK);
    ask(&errands[0], 1);
    ask(&errands[1], 1);
    await_count(&desk.away, 2);
    ask(&errands[2], 0);
    tools_max = WORKERS;
    await_count(&desk.done, 1);
    give_turn();
    give_turn();
    await_count(&desk.done, 3);
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

    tools_max = 2;
    log_divert(hold_log);
    ck_assert_int_eq(start(WORKERS), RC_OK);
    let_go(false);
    ask(&errands[0], 1);
    ask(&errands[1], 1);
    await_count(&desk.logs, 1);
    give_turn();
    await_count(&desk.done, 1);
    let_go(true);
    give_turn();
    await_count(&desk.done, 2);
    end(CREW_STOP);
    log_divert(NULL);
}
END_TEST

START_TEST(that_there_is_no_memory_is_logged_once)
{
    struct errand errands[2];

    tools_max = 2;
    log_capture_begin();
    ck_assert_int_eq(start(WORKERS), RC_OK);
    for (size_t i = 0; i < 3; i++) {
        ask(&errands[0], 1);
        ask(&errands[1], 1);
        give_turn();
        give_turn();
        await_count(&desk.done, 2 * i + 2);
    }
    ck_assert(log_capture_await("no more can be had now: Cannot allocate memory"));
    end(CREW_STOP);
    ck_assert_uint_eq(log_capture_count(), 1);
    log_capture_end();
}
END_TEST

Suite *crew_suite(void)
{
    Suite *suite = suite_create("crew");
    TCase *tc = tcase_create("turns");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, who_waits_for_its_turn_leaves_its_thread_to_others);
    tcase_add_test(tc, who_computes_keeps_its_slot);
    tcase_add_test(tc, with_all_workers_away_the_next_request_waits_for_one);
    tcase_add_test(tc, nobody_is_forgotten);
    tcase_add_test(tc, threads_that_park_keep_no_worker);
    tcase_add_test(tc, a_pause_waits_for_those_who_wait_for_their_turn);
    tcase_add_test(tc, who_rests_in_a_pause_wakes_nobody);
    tcase_add_test(tc, a_pause_can_be_followed_by_the_end);
    tcase_add_test(tc, an_end_waits_for_those_who_wait_for_their_turn);
    tcase_add_test(tc, an_end_at_once_joins_all);
    tcase_add_test(tc, without_memory_for_more_one_worker_serves);
    tcase_add_test(tc, once_there_is_memory_again_there_are_more_workers);
    tcase_add_test(tc, who_cannot_log_that_there_is_no_memory_keeps_no_other_waiting);
    tcase_add_test(tc, that_there_is_no_memory_is_logged_once);
    suite_add_tcase(suite, tc);
    return suite;
}
