/* kv's map: it grows by itself, under several threads, when another process grew it,
 * and a growth that cannot be had leaves the store usable. */
#include "store/kv.h"
#include "suites.h"
#include "support/address_space.h"
#include "support/helper.h"
#include "support/kv_fixture.h"

#include <pthread.h>
#include <stdio.h>

enum {
    SMALL_MAP = 65536,
    VALUE = 3000,
    THREADS = 4,
    PER_THREAD = 40
};

static struct kv_fixture at;

static void setup(void)
{
    kv_fixture_make(&at);
}

static void teardown(void)
{
    kv_fixture_remove(&at);
}

static void open_small(void)
{
    ck_assert_int_eq(kv_open(at.temp.path, KV_CREATE, SMALL_MAP, &at.kv), RC_OK);
}

/* Pairs number `first` to `first` + `count` - 1; `calls` counts how often a write began. */
struct run {
    int first;
    int count;
    int calls;
    enum rc rc;
};

static struct text key_of(int n, char room[16])
{
    return (struct text){room, (size_t)snprintf(room, 16, "%08d", n)};
}

static enum rc put_run(struct kv_txn *txn, void *arg)
{
    static const char value[VALUE] = "a value";
    struct run *run = arg;
    enum rc rc = RC_OK;
    char room[16];

    run->calls++;
    for (int i = 0; i < run->count && rc == RC_OK; i++)
        rc = kv_add(txn, key_of(run->first + i, room), (struct text){value, VALUE});
    return rc;
}

static enum rc get_run(struct kv_txn *txn, void *arg)
{
    const struct run *run = arg;
    enum rc rc = RC_OK;
    char room[16];

    for (int i = 0; i < run->count && rc == RC_OK; i++) {
        struct text value = {0};

        rc = kv_get(txn, key_of(run->first + i, room), &value);
        if (rc == RC_OK && value.len != VALUE)
            rc = RC_CORRUPT;
    }
    return rc;
}

START_TEST(many_small_writes_outgrow_a_small_map)
{
    struct run all = {.count = 200};

    open_small();
    for (int i = 0; i < all.count; i++) {
        struct run one = {.first = i, .count = 1};

        ck_assert_int_eq(kv_write(at.kv, put_run, &one), RC_OK);
    }
    ck_assert_int_eq(kv_read(at.kv, get_run, &all), RC_OK);
}
END_TEST

START_TEST(one_large_write_begins_again_until_the_map_is_large_enough)
{
    struct run run = {.count = 500};

    open_small();
    ck_assert_int_eq(kv_write(at.kv, put_run, &run), RC_OK);
    ck_assert_int_gt(run.calls, 3);
    ck_assert_int_eq(kv_read(at.kv, get_run, &run), RC_OK);
}
END_TEST

START_TEST(a_write_that_fails_after_the_map_has_grown_is_undone)
{
    struct run first = {.first = 100, .count = 1};
    struct run clash = {.count = 101};
    struct run none = {.count = 1};

    open_small();
    ck_assert_int_eq(kv_write(at.kv, put_run, &first), RC_OK);
    ck_assert_int_eq(kv_write(at.kv, put_run, &clash), RC_EXISTS);
    ck_assert_int_gt(clash.calls, 1);
    ck_assert_int_eq(kv_read(at.kv, get_run, &none), RC_NOT_FOUND);
    ck_assert_int_eq(kv_read(at.kv, get_run, &first), RC_OK);
}
END_TEST

START_TEST(a_map_size_below_what_is_stored_is_rounded_up)
{
    struct run run = {.count = 500};
    struct run more = {.first = 500, .count = 500};

    open_small();
    ck_assert_int_eq(kv_write(at.kv, put_run, &run), RC_OK);
    kv_close(at.kv);
    at.kv = NULL;
    open_small();
    ck_assert_int_eq(kv_read(at.kv, get_run, &run), RC_OK);
    ck_assert_int_eq(kv_write(at.kv, put_run, &more), RC_OK);
    ck_assert_int_eq(kv_read(at.kv, get_run, &more), RC_OK);
}
END_TEST

static size_t map_bytes(void)
{
    struct kv_figures figures;

    ck_assert_int_eq(kv_figures(at.kv, &figures), RC_OK);
    return figures.map_bytes;
}

START_TEST(a_store_opens_with_the_map_that_it_had)
{
    struct run run = {.count = 500};
    struct run next = {.first = 500, .count = 1};
    size_t grown;

    open_small();
    ck_assert_int_eq(kv_write(at.kv, put_run, &run), RC_OK);
    grown = map_bytes();
    ck_assert_uint_gt(grown, SMALL_MAP);
    kv_close(at.kv);
    at.kv = NULL;
    ck_assert_int_eq(kv_open(at.temp.path, _i == 0 ? KV_MUST_EXIST : KV_CREATE, 0, &at.kv), RC_OK);
    ck_assert_uint_eq(map_bytes(), grown);
    ck_assert_int_eq(kv_write(at.kv, put_run, &next), RC_OK);
    ck_assert_int_eq(next.calls, 1);
}
END_TEST

START_TEST(a_new_store_opens_with_a_map_of_16_mib)
{
    ck_assert_int_eq(kv_open(at.temp.path, KV_CREATE, 0, &at.kv), RC_OK);
    ck_assert_uint_eq(map_bytes(), (size_t)16 << 20);
}
END_TEST

static void *write_and_read(void *arg)
{
    struct run *run = arg;

    for (int i = 0; i < run->count && run->rc == RC_OK; i++) {
        struct run one = {.first = run->first + i, .count = 1};

        run->rc = kv_write(at.kv, put_run, &one);
        if (run->rc == RC_OK)
            run->rc = kv_read(at.kv, get_run, &one);
    }
    return NULL;
}

START_TEST(threads_that_fill_the_map_together_lose_nothing)
{
    struct run all = {.count = THREADS * PER_THREAD};
    struct run runs[THREADS];
    pthread_t threads[THREADS];

    open_small();
    for (int i = 0; i < THREADS; i++) {
        runs[i] = (struct run){.first = i * PER_THREAD, .count = PER_THREAD};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_and_read, &runs[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_int_eq(runs[i].rc, RC_OK);
    }
    ck_assert_int_eq(kv_read(at.kv, get_run, &all), RC_OK);
}
END_TEST

static bool fill_in_helper(void *arg)
{
    struct kv *own = NULL;
    enum rc rc = kv_open(at.temp.path, KV_MUST_EXIST, SMALL_MAP, &own);

    if (rc == RC_OK)
        rc = kv_write(own, put_run, arg);
    kv_close(own);
    return rc == RC_OK;
}

START_TEST(a_map_that_another_process_grew_is_read_and_written)
{
    struct run theirs = {.count = 500};
    struct run mine = {.first = 500, .count = 500};
    struct helper helper;

    helper_start(&helper, fill_in_helper, &theirs);
    open_small();
    helper_go(&helper);
    ck_assert(helper_join(&helper));
    if (_i == 0)
        ck_assert_int_eq(kv_read(at.kv, get_run, &theirs), RC_OK);
    if (_i == 2)
        ck_assert_int_eq(kv_ready(at.kv), RC_OK);
    ck_assert_int_eq(kv_write(at.kv, put_run, &mine), RC_OK);
    ck_assert_int_eq(kv_read(at.kv, get_run, &theirs), RC_OK);
    ck_assert_int_eq(kv_read(at.kv, get_run, &mine), RC_OK);
}
END_TEST

#ifndef SANITIZED
/* In a process of its own, whose limit nobody else feels. */
static bool fill_without_address_space(void *arg)
{
    struct run first = {.count = 1};
    struct run *run = arg;

    if (kv_open(at.temp.path, KV_CREATE, SMALL_MAP, &at.kv) != RC_OK ||
        kv_write(at.kv, put_run, &first) != RC_OK || !address_space_limit())
        return false;
    (void)write_and_read(run);
    return run->rc == RC_FULL && kv_read(at.kv, get_run, &first) == RC_OK;
}

START_TEST(a_map_that_cannot_grow_is_full_and_still_readable)
{
    struct run run = {.first = 1, .count = 5000};
    struct helper helper;

    helper_start(&helper, fill_without_address_space, &run);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
}
END_TEST

/* Has a small map and no address space for the one that another process makes. */
static bool adopt_without_address_space(void *arg)
{
    struct run first = {.count = 1};
    struct kv_figures figures;
    struct helper other;
    enum rc read;
    enum rc write;

    helper_start(&other, fill_in_helper, arg);
    if (kv_open(at.temp.path, KV_CREATE, SMALL_MAP, &at.kv) != RC_OK || !address_space_limit())
        return false;
    helper_go(&other);
    if (!helper_join(&other))
        return false;
    read = kv_read(at.kv, get_run, arg);
    write = kv_write(at.kv, put_run, &first);
    if (kv_ready(at.kv) == RC_OK || kv_figures(at.kv, &figures) == RC_OK)
        return false;
    if (read == RC_OK || read == RC_NOT_FOUND || write == RC_OK || write == RC_EXISTS)
        return false;
    return address_space_lift() && kv_read(at.kv, get_run, arg) == RC_OK &&
           kv_ready(at.kv) == RC_OK && kv_figures(at.kv, &figures) == RC_OK;
}

START_TEST(a_map_that_another_process_grew_too_large_is_an_error_until_it_is_not)
{
    struct run theirs = {.first = 1, .count = 5000};
    struct helper helper;

    helper_start(&helper, adopt_without_address_space, &theirs);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
}
END_TEST
#endif

Suite *kv_growth_suite(void)
{
    Suite *suite = suite_create("kv_growth");
    TCase *tc = tcase_create("growth");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, many_small_writes_outgrow_a_small_map);
    tcase_add_test(tc, one_large_write_begins_again_until_the_map_is_large_enough);
    tcase_add_test(tc, a_write_that_fails_after_the_map_has_grown_is_undone);
    tcase_add_test(tc, a_map_size_below_what_is_stored_is_rounded_up);
    tcase_add_loop_test(tc, a_store_opens_with_the_map_that_it_had, 0, 2);
    tcase_add_test(tc, a_new_store_opens_with_a_map_of_16_mib);
    tcase_add_test(tc, threads_that_fill_the_map_together_lose_nothing);
    tcase_add_loop_test(tc, a_map_that_another_process_grew_is_read_and_written, 0, 3);
#ifndef SANITIZED
    tcase_add_test(tc, a_map_that_cannot_grow_is_full_and_still_readable);
    tcase_add_test(tc, a_map_that_another_process_grew_too_large_is_an_error_until_it_is_not);
#endif
    suite_add_tcase(suite, tc);
    return suite;
}
