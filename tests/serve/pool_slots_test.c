/* pool: requests that wait, for their client or for a commit, let others be served, and threads
 * that are parked behind them are no hindrance to a pause or an end. */
#include "suites.h"
#include "support/pool_fixture.h"
#include "support/tasks.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <unistd.h>

enum {
    PROCESSORS = 2, /* at most, so that fewer threads run than there are requests */
    SLOW = 2 * PROCESSORS + 2,
    WORKERS = 64,
    CLIENTS = 40,
    ROUNDS = 3
};

static struct pool_fixture at;
static cpu_set_t processors; /* before */
static int slow[SLOW];
static pthread_t writer;
static bool writes;
static sem_t begun; /* posted when the writer is in its transaction */
static sem_t go;    /* it waits for this there */

/* For the calling thread, and those that it makes. */
static void use_few_processors(void)
{
    cpu_set_t few;

    ck_assert_int_eq(sched_getaffinity(0, sizeof processors, &processors), 0);
    CPU_ZERO(&few);
    for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&few) < PROCESSORS; i++)
        if (CPU_ISSET(i, &processors))
            CPU_SET(i, &few);
    ck_assert_int_eq(sched_setaffinity(0, sizeof few, &few), 0);
}

static void setup(void)
{
    use_few_processors();
    pool_fixture_make(&at);
    ck_assert_int_eq(pool_fixture_start(&at, WORKERS), RC_OK);
    pool_fixture_connect_all(&at, slow, SLOW);
    writes = false;
    ck_assert_int_eq(sem_init(&begun, 0, 0), 0);
    ck_assert_int_eq(sem_init(&go, 0, 0), 0);
}

static enum rc change_nothing_later(struct project_edit *edit, void *arg)
{
    (void)edit;
    (void)arg;
    (void)sem_post(&begun);
    while (sem_wait(&go) != 0) {
    }
    return RC_CONFLICT;
}

static void *write_slowly(void *arg)
{
    struct arena arena;
    struct project project;

    (void)arg;
    arena_init(&arena, 1 << 20);
    ck_assert_int_eq(store_project_edit(at.api.at.store, &at.api.at.project.uid,
                                        change_nothing_later, NULL, &arena, &project),
                     RC_CONFLICT);
    arena_free(&arena);
    return NULL;
}

/* Behind this whoever writes waits for its turn, until commits go on. */
static void hold_commits(void)
{
    ck_assert_int_eq(pthread_create(&writer, NULL, write_slowly, NULL), 0);
    writes = true;
    ck_assert_int_eq(sem_wait(&begun), 0);
}

static void let_commits_go_on(void)
{
    if (!writes)
        return;
    ck_assert_int_eq(sem_post(&go), 0);
    ck_assert_int_eq(pthread_join(writer, NULL), 0);
    writes = false;
}

static void teardown(void)
{
    let_commits_go_on();
    ck_assert_int_eq(sem_destroy(&go), 0);
    ck_assert_int_eq(sem_destroy(&begun), 0);
    pool_fixture_remove(&at);
    pool_fixture_close_all(slow, SLOW);
    ck_assert_int_eq(sched_setaffinity(0, sizeof processors, &processors), 0);
}

/* Each is being served behind this, and none can be answered: every second one lacks all but its
 * begin, the others their bodies. */
static void begin_slowly(void)
{
    for (int i = 0; i < SLOW; i++) {
        if (i % 2 == 0)
            pool_fixture_begin(&at, slow[i]);
        else
            pool_fixture_begin_roll(&at, slow[i]);
    }
    for (int i = 0; i < SLOW; i++)
        pool_fixture_await_read(slow[i]);
}

static void end_slowly(void)
{
    for (int i = 0; i < SLOW; i++) {
        if (i % 2 == 0)
            pool_fixture_end_health(&at, slow[i]);
        else
            pool_fixture_end_roll(&at, slow[i]);
    }
    for (int i = 0; i < SLOW; i++)
        pool_fixture_expect(&at, slow[i], 200);
}

static void ask_for_health(void)
{
    int fd = pool_fixture_connect(&at);

    pool_fixture_send_health(&at, fd);
    pool_fixture_expect_health(&at, fd);
    (void)close(fd);
}

static void roll_together(void)
{
    int fds[CLIENTS];

    pool_fixture_connect_all(&at, fds, CLIENTS);
    for (int i = 0; i < CLIENTS; i++)
        pool_fixture_send_roll(&at, fds[i], true);
    for (int i = 0; i < CLIENTS; i++)
        pool_fixture_expect(&at, fds[i], 200);
    pool_fixture_close_all(fds, CLIENTS);
}

START_TEST(requests_that_do_not_end_keep_nobody_waiting)
{
    begin_slowly();
    for (int i = 0; i < ROUNDS; i++)
        ask_for_health();
    end_slowly();
    ck_assert_uint_eq(pool_fixture_history(&at), 1 + SLOW / 2);
}
END_TEST

START_TEST(rolls_are_committed_beside_requests_that_do_not_end)
{
    begin_slowly();
    roll_together();
    end_slowly();
    ck_assert_uint_eq(pool_fixture_history(&at), 1 + CLIENTS + SLOW / 2);
}
END_TEST

START_TEST(rolls_that_wait_for_their_commit_keep_nobody_waiting)
{
    hold_commits();
    for (int i = 0; i < SLOW; i++)
        pool_fixture_send_roll(&at, slow[i], true);
    for (int i = 0; i < SLOW; i++)
        pool_fixture_await_read(slow[i]);
    for (int i = 0; i < ROUNDS; i++)
        ask_for_health();
    ck_assert_uint_eq(pool_fixture_history(&at), 1);
    let_commits_go_on();
    for (int i = 0; i < SLOW; i++)
        pool_fixture_expect(&at, slow[i], 200);
    ck_assert_uint_eq(pool_fixture_history(&at), 1 + SLOW);
}
END_TEST

START_TEST(rolls_that_wait_for_their_commit_hold_no_thread)
{
    int fds[CLIENTS];
    size_t before;

    hold_commits();
    ask_for_health();
    before = tasks_count();
    pool_fixture_connect_all(&at, fds, CLIENTS);
    for (int i = 0; i < CLIENTS; i++)
        pool_fixture_send_roll(&at, fds[i], true);
    for (int i = 0; i < CLIENTS; i++)
        pool_fixture_await_read(fds[i]);
    ask_for_health();
    /* A slow machine may take one or the other for a request that waits for its client. */
    ck_assert_uint_lt(tasks_count(), before + CLIENTS / 2);
    let_commits_go_on();
    for (int i = 0; i < CLIENTS; i++)
        pool_fixture_expect(&at, fds[i], 200);
    pool_fixture_close_all(fds, CLIENTS);
}
END_TEST

START_TEST(slots_that_were_lent_come_back)
{
    for (int i = 0; i < ROUNDS; i++) {
        begin_slowly();
        ask_for_health();
        end_slowly();
        roll_together();
    }
    ck_assert_uint_eq(pool_fixture_history(&at), 1 + ROUNDS * (CLIENTS + SLOW / 2));
}
END_TEST

/* There are as many threads behind this as there were requests at a time, and all but
 * PROCESSORS park. */
static void make_threads_park(void)
{
    begin_slowly();
    roll_together();
    end_slowly();
    for (int i = 0; i < ROUNDS; i++)
        ask_for_health();
    ck_assert(tasks_await_sleeping(SLOW - PROCESSORS, TASKS_LOCK));
}

static void close_kept(void *arg, int fd)
{
    int *count = arg;

    (*count)++;
    (void)close(fd);
}

START_TEST(threads_that_are_parked_rest_in_a_pause)
{
    int kept = 0;

    make_threads_park();
    ck_assert(pool_pause(at.pool, POOL_FIXTURE_PATIENCE));
    pool_leave(at.pool, close_kept, &kept);
    at.pool = NULL;
    ck_assert_int_ge(kept, SLOW);
    for (int i = 0; i < SLOW; i++)
        ck_assert(fcgi_client_ended(slow[i]));
}
END_TEST

START_TEST(threads_that_are_parked_end_with_the_pool)
{
    make_threads_park();
    pool_fixture_stop(&at);
    for (int i = 0; i < SLOW; i++)
        ck_assert(fcgi_client_ended(slow[i]));
}
END_TEST

START_TEST(a_pause_that_comes_to_nothing_hinders_nobody)
{
    make_threads_park();
    for (int i = 0; i < ROUNDS; i++) {
        begin_slowly();
        ck_assert(!pool_pause(at.pool, 1));
        ask_for_health();
        end_slowly();
    }
    ck_assert(pool_pause(at.pool, POOL_FIXTURE_PATIENCE));
}
END_TEST

Suite *pool_slots_suite(void)
{
    Suite *suite = suite_create("pool_slots");
    TCase *tc = tcase_create("waiting");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, requests_that_do_not_end_keep_nobody_waiting);
    tcase_add_test(tc, rolls_are_committed_beside_requests_that_do_not_end);
    tcase_add_test(tc, rolls_that_wait_for_their_commit_keep_nobody_waiting);
    tcase_add_test(tc, rolls_that_wait_for_their_commit_hold_no_thread);
    tcase_add_test(tc, slots_that_were_lent_come_back);
    tcase_add_test(tc, threads_that_are_parked_rest_in_a_pause);
    tcase_add_test(tc, threads_that_are_parked_end_with_the_pool);
    tcase_add_test(tc, a_pause_that_comes_to_nothing_hinders_nobody);
    suite_add_tcase(suite, tc);
    return suite;
}
