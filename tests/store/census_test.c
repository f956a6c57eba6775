/* census: numbers of endpoints and secrets at moments around their ends, more records than
 * one view holds, and whose turn it is. */
#include "store/census.h"

#include "base/moment.h"
#include "domain/removal.h"
#include "store/keyspace.h"
#include "store/metrics.h"
#include "suites.h"
#include "support/sample.h"
#include "support/store_fixture.h"

#include <string.h>

enum {
    FIRST = 10, /* number of the first endpoint */
    MANY = 2500 /* more than two views */
};

static struct store_fixture at;
static struct census census;

static void setup(void)
{
    store_fixture_make(&at);
    store_fixture_open(&at);
    metrics_open(at.directory, text_of("routes"));
}

static void teardown(void)
{
    metrics_close();
    store_fixture_remove(&at);
}

static void add(uint32_t n)
{
    ck_assert_int_eq(store_fixture_add(at.store, n, STORE_FIXTURE_PROJECT, &at.arena), RC_OK);
    arena_reset(&at.arena);
}

static void roll(uint32_t n, int64_t now, int64_t grace)
{
    struct endpoint out;

    ck_assert_int_eq(
        store_fixture_roll(at.store, STORE_FIXTURE_PROJECT, n, now, grace, &at.arena, &out), RC_OK);
}

static void take(int64_t now)
{
    ck_assert_int_eq(census_take(at.store, now, NULL, NULL, &census), RC_OK);
}

static void expect(uint64_t endpoints, uint64_t in_grace, int64_t oldest)
{
    ck_assert_uint_eq(census.endpoints, endpoints);
    ck_assert_uint_eq(census.current, endpoints);
    ck_assert_uint_eq(census.in_grace, in_grace);
    ck_assert_int_eq(census.oldest_current, oldest);
    ck_assert_uint_eq(census.damaged, 0);
}

START_TEST(an_empty_store_has_nothing_to_count)
{
    take(SAMPLE_NOW);
    expect(0, 0, 0);
}
END_TEST

START_TEST(a_secret_is_in_grace_until_the_last_millisecond_before_its_end)
{
    add(FIRST);
    add(FIRST + 1);
    roll(FIRST, SAMPLE_NOW + 1000, 60);
    take(SAMPLE_NOW + 1000);
    expect(2, 1, SAMPLE_NOW);
    take(SAMPLE_NOW + 60999);
    expect(2, 1, SAMPLE_NOW);
    take(SAMPLE_NOW + 61000);
    expect(2, 0, SAMPLE_NOW);
    take(SAMPLE_NOW + 61001);
    expect(2, 0, SAMPLE_NOW);
}
END_TEST

START_TEST(every_secret_in_grace_counts_and_those_that_ended_do_not)
{
    add(FIRST);
    roll(FIRST, SAMPLE_NOW + 1000, 100);
    roll(FIRST, SAMPLE_NOW + 2000, 50);
    roll(FIRST, SAMPLE_NOW + 3000, 0);
    take(SAMPLE_NOW + 3000);
    expect(1, 2, SAMPLE_NOW + 3000);
    take(SAMPLE_NOW + 52000);
    expect(1, 1, SAMPLE_NOW + 3000);
}
END_TEST

START_TEST(the_oldest_current_secret_is_the_one_of_the_last_roll_that_is_longest_ago)
{
    add(FIRST);
    add(FIRST + 1);
    roll(FIRST, SAMPLE_NOW + 5000, 0);
    take(SAMPLE_NOW + 9000);
    expect(2, 0, SAMPLE_NOW);
    roll(FIRST + 1, SAMPLE_NOW + 7000, 0);
    take(SAMPLE_NOW + 9000);
    expect(2, 0, SAMPLE_NOW + 5000);
}
END_TEST

START_TEST(a_deleted_endpoint_counts_no_more)
{
    struct actor by = {.now = SAMPLE_NOW, .request_id = text_of("gone")};
    const struct uid uid = sample_uid(FIRST);

    add(FIRST);
    add(FIRST + 1);
    roll(FIRST, SAMPLE_NOW, 60);
    ck_assert_int_eq(
        store_endpoint_delete(at.store, &at.project.uid, &uid, removal_apply, &by, &at.arena),
        RC_OK);
    take(SAMPLE_NOW);
    expect(1, 0, SAMPLE_NOW);
}
END_TEST

START_TEST(endpoints_of_every_project_are_counted)
{
    const struct project second = sample_project(STORE_FIXTURE_PROJECT + 1);

    ck_assert_int_eq(store_project_add(at.store, &second), RC_OK);
    add(FIRST);
    ck_assert_int_eq(store_fixture_add(at.store, FIRST + 1, STORE_FIXTURE_PROJECT + 1, &at.arena),
                     RC_OK);
    take(SAMPLE_NOW);
    expect(2, 0, SAMPLE_NOW);
}
END_TEST

struct filling {
    uint32_t count;
    struct text record;
};

/* The bytes of one record under many keys: a census reads no more of them than times. */
static enum rc fill(struct kv_txn *txn, void *arg)
{
    struct filling *filling = arg;
    const struct uid project = sample_uid(STORE_FIXTURE_PROJECT);
    struct uid uid = sample_uid(FIRST);
    struct keyspace_key key = keyspace_endpoint(&project, &uid);
    enum rc rc = kv_get(txn, (struct text){(const char *)key.bytes, key.len}, &filling->record);
    char copy[4096];

    if (rc != RC_OK || filling->record.len > sizeof copy)
        return RC_SYSTEM;
    memcpy(copy, filling->record.data, filling->record.len);
    for (uint32_t i = 1; rc == RC_OK && i < filling->count; i++) {
        uid = sample_uid(FIRST + i);
        key = keyspace_endpoint(&project, &uid);
        memcpy(copy + 1, uid.bytes, UID_BYTES);
        rc = kv_add(txn, (struct text){(const char *)key.bytes, key.len},
                    (struct text){copy, filling->record.len});
    }
    return rc;
}

static void fill_up_to(uint32_t count)
{
    struct filling filling = {.count = count};

    add(FIRST);
    store_fixture_close(&at);
    ck_assert_int_eq(store_fixture_edit(&at, fill, &filling), RC_OK);
    store_fixture_open(&at);
}

static const uint32_t counts[] = {999, 1000, 1001, 2000, MANY};

START_TEST(each_of_many_endpoints_is_counted_once)
{
    fill_up_to(counts[_i]);
    take(SAMPLE_NOW);
    expect(counts[_i], 0, SAMPLE_NOW);
}
END_TEST

static bool go_on_twice(void *arg)
{
    int *asked = arg;

    return ++*asked <= 2;
}

START_TEST(a_census_ends_between_two_views_when_it_is_told_to)
{
    int asked = 0;

    fill_up_to(MANY);
    ck_assert_int_eq(census_take(at.store, SAMPLE_NOW, go_on_twice, &asked, &census), RC_GONE);
    ck_assert_int_eq(asked, 3);
    asked = 0;
    ck_assert_int_eq(census_run(at.store, go_on_twice, &asked), RC_GONE);
    ck_assert_uint_eq(metrics_gauge(METRICS_CENSUS_AT), 0);
    ck_assert_int_eq(census_wait(moment_now()), 0);
}
END_TEST

/* The end of one endpoint's record is cut off. */
static enum rc damage(struct kv_txn *txn, void *arg)
{
    const struct uid project = sample_uid(STORE_FIXTURE_PROJECT);
    struct uid uid = sample_uid(FIRST);
    struct keyspace_key key = keyspace_endpoint(&project, &uid);
    struct text record;
    enum rc rc = kv_get(txn, (struct text){(const char *)key.bytes, key.len}, &record);
    char copy[4096];

    (void)arg;
    if (rc != RC_OK || record.len > sizeof copy)
        return RC_SYSTEM;
    memcpy(copy, record.data, record.len);
    return kv_set(txn, (struct text){(const char *)key.bytes, key.len},
                  (struct text){copy, record.len - 1});
}

START_TEST(a_damaged_record_is_counted_as_one_and_hides_no_other)
{
    add(FIRST);
    add(FIRST + 1);
    store_fixture_close(&at);
    ck_assert_int_eq(store_fixture_edit(&at, damage, NULL), RC_OK);
    store_fixture_open(&at);
    take(SAMPLE_NOW);
    ck_assert_uint_eq(census.endpoints, 1);
    ck_assert_uint_eq(census.damaged, 1);
}
END_TEST

/* Records that are good ones, under keys that are not theirs: one of the longest, and one that
 * another endpoint might have. */
static enum rc misplace(struct kv_txn *txn, void *arg)
{
    const struct uid project = sample_uid(STORE_FIXTURE_PROJECT);
    const struct uid uids[] = {sample_uid(FIRST), sample_uid(FIRST + 1)};
    struct keyspace_key from = keyspace_endpoint(&project, &uids[0]);
    struct keyspace_key to = keyspace_endpoint(&project, &uids[1]);
    struct text record;
    enum rc rc = kv_get(txn, (struct text){(const char *)from.bytes, from.len}, &record);
    char copy[4096];
    char longest[KV_KEY_MAX] = "e";

    (void)arg;
    if (rc != RC_OK || record.len > sizeof copy)
        return RC_SYSTEM;
    memcpy(copy, record.data, record.len);
    rc = kv_add(txn, (struct text){longest, sizeof longest}, (struct text){copy, record.len});
    return rc == RC_OK ? kv_add(txn, (struct text){(const char *)to.bytes, to.len},
                                (struct text){copy, record.len})
                       : rc;
}

START_TEST(a_record_under_a_key_that_is_not_its_own_is_damaged)
{
    add(FIRST);
    store_fixture_close(&at);
    ck_assert_int_eq(store_fixture_edit(&at, misplace, NULL), RC_OK);
    store_fixture_open(&at);
    take(SAMPLE_NOW);
    ck_assert_uint_eq(census.endpoints, 1);
    ck_assert_uint_eq(census.damaged, 2);
}
END_TEST

START_TEST(a_census_leaves_its_numbers_for_all_and_is_not_due_again)
{
    int64_t before = moment_now();

    add(FIRST);
    roll(FIRST, before, 3600);
    ck_assert_int_eq(census_wait(before), 0);
    ck_assert_int_eq(census_run(at.store, NULL, NULL), RC_OK);
    ck_assert_uint_eq(metrics_gauge(METRICS_ENDPOINTS), 1);
    ck_assert_uint_eq(metrics_gauge(METRICS_CURRENT), 1);
    ck_assert_uint_eq(metrics_gauge(METRICS_IN_GRACE), 1);
    ck_assert_uint_eq(metrics_gauge(METRICS_DAMAGED), 0);
    ck_assert_uint_ge(metrics_gauge(METRICS_OLDEST_CURRENT), (uint64_t)before);
    ck_assert_uint_ge(metrics_gauge(METRICS_CENSUS_AT), (uint64_t)before);
    ck_assert_int_gt(census_wait(moment_now()), 0);
    ck_assert_int_eq(census_run(at.store, NULL, NULL), RC_UNAVAILABLE);
}
END_TEST

START_TEST(a_census_is_due_when_its_time_has_come_or_cannot_be_right)
{
    metrics_gauge_set(METRICS_CENSUS_DUE, 5000);
    ck_assert_int_eq(census_wait(4999), 1);
    ck_assert_int_eq(census_wait(5000), 0);
    ck_assert_int_eq(census_wait(5001), 0);
    metrics_gauge_set(METRICS_CENSUS_DUE, (uint64_t)CENSUS_LONGEST);
    ck_assert_int_eq(census_wait(0), CENSUS_LONGEST);
    ck_assert_int_eq(census_wait(-1), 0);
}
END_TEST

START_TEST(a_census_that_another_process_takes_is_not_taken_twice)
{
    metrics_gauge_set(METRICS_CENSUS_DUE, (uint64_t)(moment_now() + CENSUS_LEASE));
    ck_assert_int_eq(census_run(at.store, NULL, NULL), RC_UNAVAILABLE);
    ck_assert_uint_eq(metrics_gauge(METRICS_CENSUS_AT), 0);
}
END_TEST

static bool renewed(void *arg)
{
    uint64_t *due = arg;

    *due = metrics_gauge(METRICS_CENSUS_DUE);
    metrics_gauge_set(METRICS_CENSUS_DUE, 1);
    return true;
}

START_TEST(the_lease_is_renewed_from_view_to_view)
{
    int64_t before = moment_now();
    uint64_t due = 0;

    fill_up_to(MANY);
    ck_assert_int_eq(census_run(at.store, renewed, &due), RC_OK);
    ck_assert_uint_ge(due, (uint64_t)(before + CENSUS_LEASE));
}
END_TEST

Suite *census_suite(void)
{
    Suite *suite = suite_create("census");
    TCase *tc = tcase_create("census");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, an_empty_store_has_nothing_to_count);
    tcase_add_test(tc, a_secret_is_in_grace_until_the_last_millisecond_before_its_end);
    tcase_add_test(tc, every_secret_in_grace_counts_and_those_that_ended_do_not);
    tcase_add_test(tc, the_oldest_current_secret_is_the_one_of_the_last_roll_that_is_longest_ago);
    tcase_add_test(tc, a_deleted_endpoint_counts_no_more);
    tcase_add_test(tc, endpoints_of_every_project_are_counted);
    tcase_add_loop_test(tc, each_of_many_endpoints_is_counted_once, 0,
                        (int)(sizeof counts / sizeof counts[0]));
    tcase_add_test(tc, a_census_ends_between_two_views_when_it_is_told_to);
    tcase_add_test(tc, a_damaged_record_is_counted_as_one_and_hides_no_other);
    tcase_add_test(tc, a_record_under_a_key_that_is_not_its_own_is_damaged);
    tcase_add_test(tc, a_census_leaves_its_numbers_for_all_and_is_not_due_again);
    tcase_add_test(tc, a_census_is_due_when_its_time_has_come_or_cannot_be_right);
    tcase_add_test(tc, a_census_that_another_process_takes_is_not_taken_twice);
    tcase_add_test(tc, the_lease_is_renewed_from_view_to_view);
    suite_add_tcase(suite, tc);
    return suite;
}
