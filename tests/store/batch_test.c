/* batch: who commits for whom, in which order, that nobody is forgotten, and what who waits
 * does meanwhile; with commits that only take note of what they were given. */
#include "base/blocking.h"
#include "store/batch.h"
#include "suites.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <string.h>

enum {
    CROWD = BATCH_MAX + 4
};

static struct batch batch;
static sem_t begun;           /* posted when the first commit has been called */
static sem_t go;              /* it waits for this */
static size_t sizes[CROWD];   /* of the commits, in their order */
static size_t commits;        /* one thread at a time commits: not guarded */
static intptr_t order[CROWD]; /* the writers, in the order in which they were taken */
static size_t taken;

struct writer {
    pthread_t thread;
    intptr_t number;
    enum rc rc;
    _Atomic int begun; /* how often it said that its thread will wait, */
    _Atomic int ended; /* and that it has waited */
    _Atomic int left;  /* how often it left its thread until its turn */
    sem_t turn;
};

static struct writer writers[CROWD];

static void setup(void)
{
    ck_assert_int_eq(batch_init(&batch), 0);
    ck_assert_int_eq(sem_init(&begun, 0, 0), 0);
    ck_assert_int_eq(sem_init(&go, 0, 0), 0);
    commits = 0;
    taken = 0;
}

static void teardown(void)
{
    ck_assert_int_eq(sem_destroy(&go), 0);
    ck_assert_int_eq(sem_destroy(&begun), 0);
    batch_free(&batch);
}

static void begin_waiting(void *arg)
{
    struct writer *writer = arg;

    ck_assert_int_eq(writer->begun, writer->ended);
    writer->begun++;
}

static void end_waiting(void *arg)
{
    struct writer *writer = arg;

    writer->ended++;
    ck_assert_int_eq(writer->begun, writer->ended);
}

static void *self(void *arg)
{
    return arg;
}

static void leave(void *arg)
{
    struct writer *writer = arg;

    writer->left++;
    ck_assert_int_eq(sem_wait(&writer->turn), 0);
}

static void go_on(void *arg)
{
    struct writer *writer = arg;

    ck_assert_int_eq(sem_post(&writer->turn), 0);
}

/* Gives every second writer another result. The first is the one who commits. */
static void note(struct batch_entry *entries, void *arg)
{
    const struct writer *leader = entries->arg;

    (void)arg;
    ck_assert_int_eq(leader->begun, leader->ended + 1);
    sizes[commits] = 0;
    for (; entries != NULL; entries = entries->next) {
        const struct writer *writer = entries->arg;

        order[taken++] = writer->number;
        entries->rc = writer->number % 2 == 0 ? RC_OK : RC_CONFLICT;
        sizes[commits]++;
    }
    commits++;
}

/* The first commit waits until the test has seen the others come. */
static void note_later(struct batch_entry *entries, void *arg)
{
    if (commits == 0) {
        ck_assert_int_eq(sem_post(&begun), 0);
        ck_assert_int_eq(sem_wait(&go), 0);
    }
    note(entries, arg);
}

/* By the calling thread. */
static void write_as(struct writer *writer, batch_commit *commit)
{
    const struct blocking_hooks hooks = {begin_waiting, end_waiting, self, leave, go_on, writer};

    ck_assert_int_eq(sem_init(&writer->turn, 0, 0), 0);
    blocking_watch(&hooks);
    writer->rc = batch_write(&batch, NULL, writer, commit, NULL);
    blocking_watch(NULL);
    ck_assert_int_eq(sem_destroy(&writer->turn), 0);
}

static void *write_one(void *arg)
{
    write_as(arg, note_later);
    return NULL;
}

static size_t waiting(void)
{
    size_t count = 0;

    ck_assert_int_eq(pthread_mutex_lock(&batch.lock), 0);
    for (const struct batch_entry *entry = batch.first; entry != NULL; entry = entry->next)
        count++;
    ck_assert_int_eq(pthread_mutex_unlock(&batch.lock), 0);
    return count;
}

static void start(intptr_t number)
{
    pthread_attr_t attr;

    writers[number].number = number;
    writers[number].begun = 0;
    writers[number].ended = 0;
    writers[number].left = 0;
    ck_assert_int_eq(pthread_attr_init(&attr), 0);
    ck_assert_int_eq(pthread_attr_setstacksize(&attr, 256 * 1024), 0);
    ck_assert_int_eq(pthread_create(&writers[number].thread, &attr, write_one, &writers[number]),
                     0);
    ck_assert_int_eq(pthread_attr_destroy(&attr), 0);
}

/* Number 0 commits, and while it does `count` others come, one after the other. */
static void gather(size_t count)
{
    start(0);
    ck_assert_int_eq(sem_wait(&begun), 0);
    for (size_t i = 1; i <= count; i++) {
        start((intptr_t)i);
        while (waiting() < i)
            (void)sched_yield();
    }
}

static void let_go(size_t count)
{
    ck_assert_int_eq(sem_post(&go), 0);
    for (size_t i = 0; i <= count; i++)
        ck_assert_int_eq(pthread_join(writers[i].thread, NULL), 0);
    ck_assert_uint_eq(taken, count + 1);
    for (size_t i = 0; i <= count; i++) {
        ck_assert_int_eq(order[i], (intptr_t)i);
        ck_assert_int_eq(writers[i].rc, i % 2 == 0 ? RC_OK : RC_CONFLICT);
    }
}

static void crowd(size_t count)
{
    gather(count);
    let_go(count);
}

START_TEST(a_lone_write_is_a_commit_of_its_own)
{
    struct writer writer = {.number = 1};

    write_as(&writer, note);
    ck_assert_int_eq(writer.rc, RC_CONFLICT);
    writer.number = 2;
    write_as(&writer, note);
    ck_assert_int_eq(writer.rc, RC_OK);
    ck_assert_uint_eq(commits, 2);
    ck_assert_uint_eq(sizes[0], 1);
    ck_assert_uint_eq(sizes[1], 1);
}
END_TEST

START_TEST(who_comes_during_a_commit_shares_the_next)
{
    crowd(7);
    ck_assert_uint_eq(commits, 2);
    ck_assert_uint_eq(sizes[0], 1);
    ck_assert_uint_eq(sizes[1], 7);
}
END_TEST

START_TEST(a_crowd_is_taken_in_parts)
{
    crowd(CROWD - 1);
    ck_assert_uint_eq(commits, 3);
    ck_assert_uint_eq(sizes[1], BATCH_MAX);
    ck_assert_uint_eq(sizes[2], CROWD - 1 - BATCH_MAX);
}
END_TEST

START_TEST(after_a_crowd_a_lone_write_waits_for_nobody)
{
    struct writer writer = {.number = 8};

    crowd(7);
    write_as(&writer, note);
    ck_assert_int_eq(writer.rc, RC_OK);
    ck_assert_uint_eq(commits, 3);
    ck_assert_uint_eq(sizes[2], 1);
}
END_TEST

START_TEST(a_lone_write_says_that_it_commits)
{
    struct writer writer = {.number = 1};

    write_as(&writer, note);
    ck_assert_int_eq(writer.begun, 1);
    ck_assert_int_eq(writer.ended, 1);
    ck_assert_int_eq(writer.left, 0);
}
END_TEST

/* The first of those who came later committed for all of them. The first of all let it begin
 * before it returned. */
START_TEST(who_waits_for_its_turn_leaves_its_thread_until_then)
{
    gather(3);
    for (size_t i = 1; i <= 3; i++)
        while (writers[i].left == 0)
            (void)sched_yield();
    let_go(3);
    for (size_t i = 0; i <= 3; i++) {
        ck_assert_int_eq(writers[i].begun, i <= 1 ? 1 : 0);
        ck_assert_int_eq(writers[i].ended, writers[i].begun);
        ck_assert_int_eq(writers[i].left, 1);
    }
}
END_TEST

static void *write_unwatched(void *arg)
{
    struct writer *writer = arg;

    writer->rc = batch_write(&batch, NULL, writer, note, NULL);
    return NULL;
}

START_TEST(who_has_no_hooks_waits_for_its_turn_as_well)
{
    struct writer unwatched = {.number = 2};
    pthread_t thread;

    gather(1);
    ck_assert_int_eq(pthread_create(&thread, NULL, write_unwatched, &unwatched), 0);
    while (waiting() < 2)
        (void)sched_yield();
    ck_assert_int_eq(sem_post(&go), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    for (size_t i = 0; i <= 1; i++)
        ck_assert_int_eq(pthread_join(writers[i].thread, NULL), 0);
    ck_assert_int_eq(unwatched.rc, RC_OK);
    ck_assert_uint_eq(commits, 2);
    ck_assert_uint_eq(sizes[1], 2);
}
END_TEST

Suite *batch_suite(void)
{
    Suite *suite = suite_create("batch");
    TCase *tc = tcase_create("turns");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_lone_write_is_a_commit_of_its_own);
    tcase_add_test(tc, who_comes_during_a_commit_shares_the_next);
    tcase_add_test(tc, a_crowd_is_taken_in_parts);
    tcase_add_test(tc, after_a_crowd_a_lone_write_waits_for_nobody);
    tcase_add_test(tc, a_lone_write_says_that_it_commits);
    tcase_add_test(tc, who_waits_for_its_turn_leaves_its_thread_until_then);
    tcase_add_test(tc, who_has_no_hooks_waits_for_its_turn_as_well);
    suite_add_tcase(suite, tc);
    return suite;
}
