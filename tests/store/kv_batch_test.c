/* kv: writes that share a commit have the results that each would have had alone. */
#include "store/kv.h"
#include "suites.h"
#include "support/kv_fixture.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

enum {
    WRITERS = 12,
    ROUNDS = 40,
    LARGE = 6000, /* bytes: a few of them fill the smallest map */
    SMALL_MAP = 65536
};

/* What a writer does with its own two keys. */
enum way {
    PUTS,
    REFUSES,   /* before it puts anything */
    FAILS,     /* after it has put the first */
    PUTS_MUCH, /* more than the map has room for */
    WAYS
};

struct writer {
    pthread_t thread;
    int round;
    int number;
    enum rc rc;
};

static struct kv_fixture at;
static atomic_int runs; /* of the writers' function */

static void setup(void)
{
    kv_fixture_make(&at);
    ck_assert_int_eq(kv_open(at.temp.path, KV_CREATE, SMALL_MAP, &at.kv), RC_OK);
    atomic_store(&runs, 0);
}

static void teardown(void)
{
    kv_fixture_remove(&at);
}

static enum way way_of(const struct writer *writer)
{
    return (enum way)((writer->round * 7 + writer->number) % WAYS);
}

static const char *key_of(const struct writer *writer, const char *which, char room[32])
{
    (void)snprintf(room, 32, "%s-%d-%d", which, writer->round, writer->number);
    return room;
}

static enum rc put(struct kv_txn *txn, const struct writer *writer, const char *which, size_t len)
{
    static char value[LARGE];
    char room[32];

    return kv_add(txn, text_of(key_of(writer, which, room)), (struct text){value, len});
}

static enum rc write_in(struct kv_txn *txn, void *arg)
{
    const struct writer *writer = arg;
    size_t len = way_of(writer) == PUTS_MUCH ? LARGE : 10;
    enum rc rc;

    atomic_fetch_add(&runs, 1);
    if (way_of(writer) == REFUSES)
        return RC_CONFLICT;
    rc = put(txn, writer, "first", len);
    if (rc == RC_OK && way_of(writer) == FAILS)
        return RC_NO_MEMORY;
    return rc == RC_OK ? put(txn, writer, "second", len) : rc;
}

static void *write_one(void *arg)
{
    struct writer *writer = arg;

    writer->rc = kv_write(at.kv, write_in, writer);
    return NULL;
}

struct looking {
    const struct writer *writer;
    int found;
};

static enum rc look_in(struct kv_txn *txn, void *arg)
{
    struct looking *looking = arg;
    struct text value;
    char room[32];

    for (int i = 0; i < 2; i++)
        if (kv_get(txn, text_of(key_of(looking->writer, i == 0 ? "first" : "second", room)),
                   &value) == RC_OK)
            looking->found++;
    return RC_OK;
}

static const struct {
    enum rc rc;
    int found; /* keys that are there afterwards */
} expected[WAYS] = {
    [PUTS] = {RC_OK, 2},
    [REFUSES] = {RC_CONFLICT, 0},
    [FAILS] = {RC_NO_MEMORY, 0},
    [PUTS_MUCH] = {RC_OK, 2},
};

static void expect(const struct writer *writer)
{
    struct looking looking = {writer, 0};

    ck_assert_int_eq(writer->rc, expected[way_of(writer)].rc);
    ck_assert_int_eq(kv_read(at.kv, look_in, &looking), RC_OK);
    ck_assert_int_eq(looking.found, expected[way_of(writer)].found);
}

/* Holds the store's write lock until all others have set out to write, so that they share a
 * commit; whether they do decides nothing here. It may be run again, and waits once. */
static sem_t others;

static enum rc wait_in(struct kv_txn *txn, void *arg)
{
    bool *waited = arg;

    (void)txn;
    for (int i = 0; i < WRITERS && !*waited; i++)
        ck_assert_int_eq(sem_wait(&others), 0);
    *waited = true;
    return RC_OK;
}

static void *hold(void *arg)
{
    bool waited = false;

    ck_assert_int_eq(kv_write(at.kv, wait_in, &waited), RC_OK);
    return arg;
}

START_TEST(each_has_its_own_result_and_harms_no_other)
{
    pthread_t holder;

    ck_assert_int_eq(sem_init(&others, 0, 0), 0);
    for (int round = 0; round < ROUNDS; round++) {
        struct writer writers[WRITERS];

        ck_assert_int_eq(pthread_create(&holder, NULL, hold, NULL), 0);
        for (int i = 0; i < WRITERS; i++) {
            writers[i] = (struct writer){.round = round, .number = i, .rc = RC_SYSTEM};
            ck_assert_int_eq(pthread_create(&writers[i].thread, NULL, write_one, &writers[i]), 0);
            ck_assert_int_eq(sem_post(&others), 0);
        }
        ck_assert_int_eq(pthread_join(holder, NULL), 0);
        for (int i = 0; i < WRITERS; i++)
            ck_assert_int_eq(pthread_join(writers[i].thread, NULL), 0);
        for (int i = 0; i < WRITERS; i++)
            expect(&writers[i]);
    }
    ck_assert_int_eq(sem_destroy(&others), 0);
    ck_assert_int_ge(atomic_load(&runs), WRITERS * ROUNDS);
}
END_TEST

Suite *kv_batch_suite(void)
{
    Suite *suite = suite_create("kv, shared commits");
    TCase *tc = tcase_create("writers");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, each_has_its_own_result_and_harms_no_other);
    suite_add_tcase(suite, tc);
    return suite;
}
