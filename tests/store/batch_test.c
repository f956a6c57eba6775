/* batch: who commits for whom, in which order, and that nobody is forgotten; with commits
 * that only take note of what they were given. */
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

/* Gives every second writer another result. */
static void note(struct batch_entry *entries, void *arg)
{
    (void)arg;
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

static void *write_one(void *arg)
{
    struct writer *writer = arg;

    writer->rc = batch_write(&batch, NULL, writer, note_later, NULL);
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
    ck_assert_int_eq(pthread_attr_init(&attr), 0);
    ck_assert_int_eq(pthread_attr_setstacksize(&attr, 256 * 1024), 0);
    ck_assert_int_eq(pthread_create(&writers[number].thread, &attr, write_one, &writers[number]),
                     0);
    ck_assert_int_eq(pthread_attr_destroy(&attr), 0);
}

/* Number 0 commits, and while it does `count` others come, one after the other. */
static void crowd(size_t count)
{
    start(0);
    ck_assert_int_eq(sem_wait(&begun), 0);
    for (size_t i = 1; i <= count; i++) {
        start((intptr_t)i);
        while (waiting() < i)
            (void)sched_yield();
    }
    ck_assert_int_eq(sem_post(&go), 0);
    for (size_t i = 0; i <= count; i++)
        ck_assert_int_eq(pthread_join(writers[i].thread, NULL), 0);
    ck_assert_uint_eq(taken, count + 1);
    for (size_t i = 0; i <= count; i++) {
        ck_assert_int_eq(order[i], (intptr_t)i);
        ck_assert_int_eq(writers[i].rc, i % 2 == 0 ? RC_OK : RC_CONFLICT);
    }
}

START_TEST(a_lone_write_is_a_commit_of_its_own)
{
    struct writer writer = {.number = 1};

    ck_assert_int_eq(batch_write(&batch, NULL, &writer, note, NULL), RC_CONFLICT);
    writer.number = 2;
    ck_assert_int_eq(batch_write(&batch, NULL, &writer, note, NULL), RC_OK);
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
    ck_assert_int_eq(batch_write(&batch, NULL, &writer, note, NULL), RC_OK);
    ck_assert_uint_eq(commits, 3);
    ck_assert_uint_eq(sizes[2], 1);
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
    suite_add_tcase(suite, tc);
    return suite;
}
