/* reseal: what cannot be opened is told and left alone, and one that was broken off is gone on
 * with. */
#include "store/reseal.h"

#include "suites.h"
#include "support/file_limit.h"
#include "support/helper.h"
#include "support/log_capture.h"
#include "support/reseal_fixture.h"
#include "support/sample.h"

#include <signal.h>

static struct reseal_fixture at;

static void setup(void)
{
    reseal_fixture_make(&at);
}

static void teardown(void)
{
    reseal_fixture_remove(&at);
}

static bool go_on_once(void *arg)
{
    int *asked = arg;

    return ++*asked <= 1;
}

START_TEST(one_that_is_broken_off_is_gone_on_with)
{
    int asked = 0;

    reseal_fixture_add(&at, RESEAL_FIRST, 3 * RESEAL_VIEW);
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(reseal_fixture_run(&at, go_on_once, &asked), RC_GONE);
    reseal_fixture_expect(&at, RESEAL_VIEW, 0, 0);
    /* Not with the new key alone, as long as anything may be left. */
    ck_assert_int_eq(reseal_fixture_try(&at, RESEAL_NEW), RC_KEY);
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 2 * RESEAL_VIEW + 1, RESEAL_VIEW, 0);
    reseal_fixture_expect_new(&at, RESEAL_FIRST, 3 * RESEAL_VIEW);
}
END_TEST

static bool die_when_asked_again(void *arg)
{
    int *asked = arg;

    if (++*asked == 2)
        (void)raise(SIGKILL);
    return true;
}

static bool reseal_and_die(void *arg)
{
    int asked = 0;

    (void)arg;
    return store_open(&at.base.options, &at.base.store) == RC_OK &&
           reseal_fixture_run(&at, die_when_asked_again, &asked) == RC_OK;
}

/* As many bytes as the file has, and no more. */
static bool reseal_without_room(void *arg)
{
    char path[TEMP_PATH_SIZE];

    (void)arg;
    return store_open(&at.base.options, &at.base.store) == RC_OK &&
           file_limit_from(temp_dir_path(&at.base.temp, "store/data.mdb", path), 0) &&
           reseal_fixture_run(&at, NULL, NULL) == RC_FULL;
}

/* What another process did of 3 views, and this one goes on with. */
static void expect_gone_on_with(helper_fn *fn, bool survives)
{
    struct helper helper;

    reseal_fixture_add(&at, RESEAL_FIRST, 3 * RESEAL_VIEW);
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    store_fixture_close(&at.base);
    helper_start(&helper, fn, NULL);
    helper_go(&helper);
    ck_assert_int_eq(helper_join(&helper), survives);
    store_fixture_open(&at.base);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    ck_assert_uint_gt(at.result.anew, 0);
    ck_assert_uint_eq(at.result.anew + at.result.already, 3 * RESEAL_VIEW + 1);
    ck_assert_uint_eq(at.result.already % RESEAL_VIEW, 0);
    reseal_fixture_expect_new(&at, RESEAL_FIRST, 3 * RESEAL_VIEW);
}

START_TEST(one_that_was_killed_is_gone_on_with)
{
    expect_gone_on_with(reseal_and_die, false);
    reseal_fixture_expect(&at, 2 * RESEAL_VIEW + 1, RESEAL_VIEW, 0);
}
END_TEST

START_TEST(one_that_had_no_room_is_gone_on_with)
{
    expect_gone_on_with(reseal_without_room, true);
}
END_TEST

static void damage(uint32_t n)
{
    struct reseal_raw raw = reseal_fixture_take_endpoint(&at, n);

    raw.bytes[raw.len - 1] ^= 1;
    reseal_fixture_put(&at, &raw);
}

START_TEST(a_damaged_record_is_told_and_left_alone_and_hides_no_other)
{
    const struct uid uid = sample_uid(RESEAL_FIRST + 1);
    struct reseal_raw before;
    struct reseal_raw after;

    reseal_fixture_add(&at, RESEAL_FIRST, 3);
    damage(RESEAL_FIRST + 1);
    before = reseal_fixture_take_endpoint(&at, RESEAL_FIRST + 1);
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 3, 0, 1);
    ck_assert_int_eq(at.told_rc, RC_CORRUPT);
    ck_assert(uid_equal(&at.told_project, &at.base.project.uid));
    ck_assert(uid_equal(&at.told_endpoint, &uid));
    after = reseal_fixture_take_endpoint(&at, RESEAL_FIRST + 1);
    reseal_fixture_same(&before, &after);
    reseal_fixture_open(&at, RESEAL_NEW, 0);
    (void)store_fixture_get(&at.base, RESEAL_FIRST);
    (void)store_fixture_get(&at.base, RESEAL_FIRST + 2);
}
END_TEST

START_TEST(a_record_that_is_damaged_from_the_beginning_is_told_by_its_key)
{
    const struct uid uid = sample_uid(RESEAL_FIRST);
    struct reseal_raw raw;

    reseal_fixture_add(&at, RESEAL_FIRST, 2);
    raw = reseal_fixture_take_endpoint(&at, RESEAL_FIRST);
    raw.bytes[0] ^= 0x40;
    reseal_fixture_put(&at, &raw);
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 2, 0, 1);
    ck_assert_int_eq(at.told_rc, RC_CORRUPT);
    ck_assert_mem_eq(at.told_endpoint.bytes, uid.bytes, KEYSPACE_HEAD_BYTES);
}
END_TEST

START_TEST(a_damaged_record_is_told_also_when_the_first_key_sealed_it)
{
    reseal_fixture_add(&at, RESEAL_FIRST, 2);
    damage(RESEAL_FIRST);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 0, 2, 1);
    ck_assert_int_eq(at.told_rc, RC_CORRUPT);
}
END_TEST

START_TEST(a_record_sealed_with_a_key_that_is_not_there_is_told_and_left_alone)
{
    const struct uid uid = sample_uid(RESEAL_FIRST + 1);

    reseal_fixture_add(&at, RESEAL_FIRST, 1);
    reseal_fixture_open(&at, RESEAL_UNKNOWN, RESEAL_OLD);
    reseal_fixture_add(&at, RESEAL_FIRST + 1, 1);
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 2, 0, 1);
    ck_assert_int_eq(at.told_rc, RC_KEY);
    ck_assert(uid_equal(&at.told_endpoint, &uid));
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_UNKNOWN);
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_OK);
    reseal_fixture_expect(&at, 1, 2, 0);
    reseal_fixture_open(&at, RESEAL_NEW, 0);
    (void)store_fixture_get(&at.base, RESEAL_FIRST + 1);
}
END_TEST

/* The store's own record, once the store is open. */
START_TEST(a_first_record_that_is_damaged_is_told_when_all_others_are_sealed)
{
    struct helper helper;

    reseal_fixture_add(&at, RESEAL_FIRST, 3);
    reseal_fixture_open(&at, RESEAL_NEW, RESEAL_OLD);
    store_fixture_close(&at.base);
    helper_start(&helper, store_fixture_spoil, &at.base);
    store_fixture_open(&at.base);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
    ck_assert_int_eq(reseal_fixture_run(&at, NULL, NULL), RC_CORRUPT);
    reseal_fixture_expect(&at, 3, 0, 0);
    ck_assert(log_capture_has("store: its first record cannot be opened"));
}
END_TEST

Suite *reseal_refusal_suite(void)
{
    Suite *suite = suite_create("reseal_refusal");
    TCase *tc = tcase_create("reseal_refusal");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, one_that_is_broken_off_is_gone_on_with);
    tcase_add_test(tc, one_that_was_killed_is_gone_on_with);
    tcase_add_test(tc, one_that_had_no_room_is_gone_on_with);
    tcase_add_test(tc, a_damaged_record_is_told_and_left_alone_and_hides_no_other);
    tcase_add_test(tc, a_record_that_is_damaged_from_the_beginning_is_told_by_its_key);
    tcase_add_test(tc, a_damaged_record_is_told_also_when_the_first_key_sealed_it);
    tcase_add_test(tc, a_record_sealed_with_a_key_that_is_not_there_is_told_and_left_alone);
    tcase_add_test(tc, a_first_record_that_is_damaged_is_told_when_all_others_are_sealed);
    suite_add_tcase(suite, tc);
    return suite;
}
