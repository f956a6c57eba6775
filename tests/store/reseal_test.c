/* reseal: all that is sealed with another key than the first is sealed with that, nothing else
 * changes, and what is changed meanwhile is not lost. */
#include "store/reseal.h"

#include "domain/removal.h"
#include "suites.h"
#include "support/log_capture.h"
#include "support/reseal_fixture.h"
#include "support/sample.h"

static struct reseal_fixture at;

static void setup(void)
{
    reseal_fixture_make(&at);
}

static void teardown(void)
{
    reseal_fixture_remove(&at);
}

static bool count_entry(const struct history *history, void *arg)
{
    size_t *count = arg;

    (void)history;
    (*count)++;
    return true;
}

static size_t entries(void)
{
    size_t count = 0;

    ck_assert_int_eq(
        store_history(at.base.store, &at.base.project.uid, NULL, 0, count_entry, &count), RC_OK);
    return count;
}

static enum rc fill_and_verify(struct edit *change, void *arg)
{
    (void)arg;
    sample_fill(change->endpoint);
    change->endpoint->secrets[0].verified_at = SAMPLE_NOW + 5;
    return RC_OK;
}

/* An endpoint with everything that one can have. */
static void add_full(uint32_t n)
{
    const struct uid uid = sample_uid(n);
    struct endpoint out;

    reseal_fixture_add(&at, n, 1);
    ck_assert_int_eq(store_fixture_roll(at.base.store, STORE_FIXTURE_PROJECT, n, SAMPLE_NOW, 60,
                                        &at.base.arena, &out),
                     RC_OK);
    ck_assert_int_eq(store_endpoint_note(at.base.store, &at.base.project.uid, &uid, fill_and_verify,
                                         NULL, &at.base.arena, &out),
                     RC_OK);
}

START_TEST(everything_is_sealed_with_the_first_key_and_nothing_else_changes)
{
    struct endpoint before;
    struct endpoint after;
    size_t entries_before;

    add_full(RESEAL_FIRST);
    reseal_fixture_add(&at, RESEAL_FIRST + 1, 1);
    before = store_fixture_get(&at.base, RESEAL_FIRST);
    entries_before = entries();
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 3, 0, 0);
    reseal_fixture_open(&at, RESEAL_NEW, 0);
    after = store_fixture_get(&at.base, RESEAL_FIRST);
    sample_same_endpoint(&before, &after);
    (void)store_fixture_get(&at.base, RESEAL_FIRST + 1);
    ck_assert_uint_eq(entries(), entries_before);
    ck_assert_uint_eq(log_capture_count(), 0);
    ck_assert_int_eq(reseal_fixture_try(&at, RESEAL_OLD), RC_KEY);
}
END_TEST

START_TEST(the_store_stays_as_old_as_it_is)
{
    struct reseal_raw before = reseal_fixture_take(&at, keyspace_store());
    struct reseal_raw after;

    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 1, 0, 0);
    after = reseal_fixture_take(&at, keyspace_store());
    ck_assert_uint_eq(before.len, after.len);
    ck_assert_mem_eq(before.bytes, after.bytes, 1 + 8);
    ck_assert_mem_ne(before.bytes, after.bytes, before.len);
}
END_TEST

START_TEST(a_second_run_finds_nothing_to_do_and_writes_nothing)
{
    struct reseal_raw before;
    struct reseal_raw after;

    reseal_fixture_add(&at, RESEAL_FIRST, 3);
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 4, 0, 0);
    before = reseal_fixture_take_endpoint(&at, RESEAL_FIRST);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 0, 4, 0);
    after = reseal_fixture_take_endpoint(&at, RESEAL_FIRST);
    reseal_fixture_same(&before, &after);
}
END_TEST

START_TEST(with_one_key_alone_there_is_nothing_to_do)
{
    reseal_fixture_add(&at, RESEAL_FIRST, 2);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 0, 3, 0);
}
END_TEST

START_TEST(what_was_changed_with_the_new_key_is_left_alone)
{
    struct endpoint out;
    struct reseal_raw before;
    struct reseal_raw after;

    reseal_fixture_add(&at, RESEAL_FIRST, 2);
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(store_fixture_roll(at.base.store, STORE_FIXTURE_PROJECT, RESEAL_FIRST,
                                        SAMPLE_NOW, 60, &at.base.arena, &out),
                     RC_OK);
    before = reseal_fixture_take_endpoint(&at, RESEAL_FIRST);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 2, 1, 0);
    after = reseal_fixture_take_endpoint(&at, RESEAL_FIRST);
    reseal_fixture_same(&before, &after);
}
END_TEST

static const uint32_t counts[] = {RESEAL_VIEW - 1, RESEAL_VIEW, RESEAL_VIEW + 1,
                                  2 * RESEAL_VIEW + 1};

START_TEST(each_of_many_endpoints_is_sealed_once)
{
    reseal_fixture_add(&at, RESEAL_FIRST, counts[_i]);
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, counts[_i] + 1, 0, 0);
    reseal_fixture_expect_new(&at, RESEAL_FIRST, counts[_i]);
}
END_TEST

START_TEST(endpoints_of_every_project_are_sealed_also_behind_many_empty_ones)
{
    enum {
        PROJECTS = 2 * RESEAL_VIEW + 2
    };

    for (uint32_t i = 1; i <= PROJECTS; i++) {
        const struct project project = sample_project(STORE_FIXTURE_PROJECT + i);

        ck_assert_int_eq(store_project_add(at.base.store, &project), RC_OK);
    }
    reseal_fixture_add(&at, RESEAL_FIRST, 1);
    ck_assert_int_eq(store_fixture_add(at.base.store, RESEAL_FIRST + 1,
                                       STORE_FIXTURE_PROJECT + PROJECTS - 1, &at.base.arena),
                     RC_OK);
    ck_assert_int_eq(store_fixture_add(at.base.store, RESEAL_FIRST + 2,
                                       STORE_FIXTURE_PROJECT + PROJECTS, &at.base.arena),
                     RC_OK);
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 4, 0, 0);
}
END_TEST

START_TEST(a_map_that_is_full_grows_and_each_is_counted_once)
{
    reseal_fixture_add(&at, RESEAL_FIRST, 2 * RESEAL_VIEW);
    ck_assert(!log_capture_has("grown"));
    at.base.options.map_size = 64 * 1024; /* becomes no more than what is stored */
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 2 * RESEAL_VIEW + 1, 0, 0);
    ck_assert(log_capture_has("grown"));
    reseal_fixture_expect_new(&at, RESEAL_FIRST, 2 * RESEAL_VIEW);
}
END_TEST

/* What somebody else does between a look and the sealing. */
struct meanwhile {
    enum rc rc;
    struct uid fresh;
};

static bool roll_it(void *arg)
{
    struct meanwhile *meanwhile = arg;
    struct endpoint out;

    meanwhile->rc = store_fixture_roll(at.base.store, STORE_FIXTURE_PROJECT, RESEAL_FIRST,
                                       SAMPLE_NOW + 1, 60, &at.base.arena, &out);
    meanwhile->fresh = out.secrets[out.secret_count - 1].uid;
    return true;
}

START_TEST(a_roll_between_the_look_and_the_sealing_is_not_lost)
{
    struct meanwhile meanwhile = {.rc = RC_SYSTEM};
    struct endpoint endpoint;

    reseal_fixture_add(&at, RESEAL_FIRST, 2);
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(reseal_fixture_run(&at, roll_it, &meanwhile), RC_OK);
    ck_assert_int_eq(meanwhile.rc, RC_OK);
    reseal_fixture_expect(&at, 2, 1, 0);
    reseal_fixture_open(&at, RESEAL_NEW, 0);
    endpoint = store_fixture_get(&at.base, RESEAL_FIRST);
    ck_assert_uint_eq(endpoint.secret_count, 2);
    ck_assert(uid_equal(&endpoint.secrets[1].uid, &meanwhile.fresh));
    ck_assert_uint_eq(endpoint.revision, 2);
    ck_assert_uint_eq(entries(), 3);
}
END_TEST

static bool remove_it(void *arg)
{
    struct meanwhile *meanwhile = arg;
    struct actor by = {.now = SAMPLE_NOW, .request_id = text_of("gone")};
    const struct uid uid = sample_uid(RESEAL_FIRST);

    meanwhile->rc = store_endpoint_delete(at.base.store, &at.base.project.uid, &uid, removal_apply,
                                          &by, &at.base.arena);
    return true;
}

START_TEST(an_endpoint_that_was_deleted_meanwhile_does_not_come_back)
{
    struct meanwhile meanwhile = {.rc = RC_SYSTEM};
    const struct uid uid = sample_uid(RESEAL_FIRST);
    struct endpoint out;

    reseal_fixture_add(&at, RESEAL_FIRST, 2);
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(reseal_fixture_run(&at, remove_it, &meanwhile), RC_OK);
    ck_assert_int_eq(meanwhile.rc, RC_OK);
    reseal_fixture_expect(&at, 2, 0, 0);
    ck_assert_int_eq(
        store_endpoint_get(at.base.store, &at.base.project.uid, &uid, &at.base.arena, &out),
        RC_NOT_FOUND);
}
END_TEST

START_TEST(a_key_that_was_put_first_meanwhile_is_noticed)
{
    bool is_by_first = false;

    ck_assert_int_eq(reseal_is_by_first(at.base.store, at.base.master_key, &is_by_first), RC_OK);
    ck_assert(is_by_first);
    ck_assert_int_eq(keyring_add(at.base.master_key), RC_OK);
    ck_assert_int_eq(reseal_is_by_first(at.base.store, at.base.master_key, &is_by_first), RC_OK);
    ck_assert(!is_by_first);
    store_fixture_close(&at.base);
    store_fixture_open(&at.base);
    ck_assert_int_eq(reseal_is_by_first(at.base.store, at.base.master_key, &is_by_first), RC_OK);
    ck_assert(is_by_first);
    ck_assert_int_eq(reseal_is_by_first(at.base.store, "/nonexistent", &is_by_first), RC_KEY);
}
END_TEST

Suite *reseal_suite(void)
{
    Suite *suite = suite_create("reseal");
    TCase *tc = tcase_create("reseal");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, everything_is_sealed_with_the_first_key_and_nothing_else_changes);
    tcase_add_test(tc, the_store_stays_as_old_as_it_is);
    tcase_add_test(tc, a_second_run_finds_nothing_to_do_and_writes_nothing);
    tcase_add_test(tc, with_one_key_alone_there_is_nothing_to_do);
    tcase_add_test(tc, what_was_changed_with_the_new_key_is_left_alone);
    tcase_add_loop_test(tc, each_of_many_endpoints_is_sealed_once, 0,
                        (int)(sizeof counts / sizeof counts[0]));
    tcase_add_test(tc, endpoints_of_every_project_are_sealed_also_behind_many_empty_ones);
    tcase_add_test(tc, a_map_that_is_full_grows_and_each_is_counted_once);
    tcase_add_test(tc, a_roll_between_the_look_and_the_sealing_is_not_lost);
    tcase_add_test(tc, an_endpoint_that_was_deleted_meanwhile_does_not_come_back);
    tcase_add_test(tc, a_key_that_was_put_first_meanwhile_is_noticed);
    suite_add_tcase(suite, tc);
    return suite;
}
