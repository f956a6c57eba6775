/* roll_older: which moments may be named, which secrets are old enough, to the millisecond, that
 * each is rolled once, and whose refusal is one endpoint's alone. */
#include "domain/roll_older.h"
#include "suites.h"
#include "support/roll_fixture.h"
#include "support/sample.h"

#include <string.h>

#define CREATED (SAMPLE_NOW - 1000) /* the fixture's secret */

static struct roll_fixture at;

static void setup(void)
{
    roll_fixture_make(&at);
}

static void teardown(void)
{
    roll_fixture_remove(&at);
}

static enum rc apply(int64_t now, int64_t created_before)
{
    struct edit edit = {&at.project, &at.endpoint, &at.event, &at.arena};
    struct roll_older older = {.created_before = created_before};
    enum rc rc;

    memset(&at.event, 0, sizeof at.event);
    roll_fixture_ask_grace(&at, now, 60);
    older.roll = at.roll;
    rc = roll_older_apply(&edit, &older);
    at.roll = older.roll;
    return rc;
}

static void expect_left_alone(int64_t now, int64_t created_before)
{
    static struct endpoint before;

    before = at.endpoint;
    ck_assert_int_eq(apply(now, created_before), RC_PRECONDITION);
    sample_same_endpoint(&at.endpoint, &before);
    ck_assert_int_eq(at.event.action, 0);
}

START_TEST(a_secret_that_was_created_before_is_rolled)
{
    ck_assert_int_eq(apply(SAMPLE_NOW, CREATED + 1), RC_OK);
    ck_assert_uint_eq(at.endpoint.secret_count, 2);
    ck_assert(uid_equal(&at.roll.ended, &at.endpoint.secrets[0].uid));
    ck_assert_int_eq(at.roll.ended_at, SAMPLE_NOW + 60 * 1000);
    ck_assert_int_eq(at.event.action, HISTORY_ROLLED);
    ck_assert_int_eq(at.event.ended_at, at.roll.ended_at);
}
END_TEST

/* It may have been given to another owner since it was looked for. */
START_TEST(one_of_another_owner_is_left_alone)
{
    struct edit edit = {&at.project, &at.endpoint, &at.event, &at.arena};
    struct roll_older older = {.created_before = CREATED + 1, .owner_id = text_of("alice")};

    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    older.roll = at.roll;
    at.endpoint.members[ENDPOINT_OWNER_ID] = text_of("bob");
    ck_assert_int_eq(roll_older_apply(&edit, &older), RC_FORBIDDEN);
    ck_assert_uint_eq(at.endpoint.secret_count, 1);
    at.endpoint.members[ENDPOINT_OWNER_ID] = text_of("alice");
    ck_assert_int_eq(roll_older_apply(&edit, &older), RC_OK);
}
END_TEST

START_TEST(a_secret_that_was_created_at_that_very_moment_or_later_is_left_alone)
{
    expect_left_alone(SAMPLE_NOW, CREATED);
    expect_left_alone(SAMPLE_NOW, CREATED - 1);
    expect_left_alone(SAMPLE_NOW, 0);
}
END_TEST

START_TEST(what_was_rolled_is_not_rolled_again)
{
    ck_assert_int_eq(apply(SAMPLE_NOW, SAMPLE_NOW), RC_OK);
    expect_left_alone(SAMPLE_NOW, SAMPLE_NOW);
    expect_left_alone(SAMPLE_NOW + 1000, SAMPLE_NOW);
    ck_assert_int_eq(apply(SAMPLE_NOW + 1000, SAMPLE_NOW + 1000), RC_OK);
}
END_TEST

START_TEST(what_another_rolled_meanwhile_is_left_alone)
{
    roll_fixture_ask(&at, SAMPLE_NOW + ROLL_MEETING);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    expect_left_alone(SAMPLE_NOW, SAMPLE_NOW);
}
END_TEST

START_TEST(a_clock_that_was_wrong_does_not_keep_a_leaked_secret_alive)
{
    roll_fixture_ask(&at, SAMPLE_NOW + ROLL_MEETING + 1);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_int_eq(apply(SAMPLE_NOW, SAMPLE_NOW), RC_OK);
    ck_assert_int_eq(at.roll.at, SAMPLE_NOW);
    expect_left_alone(SAMPLE_NOW, SAMPLE_NOW);
}
END_TEST

START_TEST(an_endpoint_without_a_current_secret_is_damaged)
{
    at.endpoint.secrets[0].expires_at = SAMPLE_NOW;
    ck_assert_int_eq(apply(SAMPLE_NOW, SAMPLE_NOW), RC_CORRUPT);
}
END_TEST

static const struct {
    const char *given; /* at "1970-01-01T00:00:01Z" */
    int64_t moment;
    const char *fault;
} moments[] = {
    {NULL, 1000, NULL},
    {"1970-01-01T00:00:00Z", 0, NULL},
    {"1970-01-01T00:00:00.999Z", 999, NULL},
    {"1970-01-01T01:00:01+01:00", 1000, NULL},
    {"1970-01-01T00:00:01.001Z", 1001, "--before must not be in the future"},
    {"", 1000, "--before must be a time of RFC 3339, such as 2026-11-23T19:08:05Z"},
    {"1970-01-01", 1000, "--before must be a time of RFC 3339, such as 2026-11-23T19:08:05Z"},
};

START_TEST(a_moment_is_read_that_is_not_in_the_future)
{
    struct roll_older older = {.created_before = 7};
    struct faults faults = {0};

    roll_older_read(&older, text_of(moments[_i].given), 1000, "--before", &faults);
    ck_assert_int_eq(older.created_before, moments[_i].moment);
    ck_assert_uint_eq(faults.count, moments[_i].fault != NULL ? 1 : 0);
    if (moments[_i].fault != NULL) {
        ck_assert_str_eq(faults.list[0].member, "--before");
        ck_assert_str_eq(faults.list[0].message, moments[_i].fault);
    }
}
END_TEST

static const enum rc alone[] = {RC_CONFLICT, RC_INVALID, RC_CORRUPT, RC_KEY};
static const enum rc not_alone[] = {RC_OK,        RC_PRECONDITION, RC_NOT_FOUND,   RC_FORBIDDEN,
                                    RC_NO_MEMORY, RC_FULL,         RC_UNAVAILABLE, RC_SYSTEM};

START_TEST(a_refusal_of_one_endpoint_says_why)
{
    struct roll roll = {.limit = 3, .next_end = SECRET_NO_END};
    char why[ROLL_REFUSAL_SIZE] = "";

    faults_add(&roll.faults, "expiration", "expiration must be smaller");
    ck_assert(roll_older_refusal(alone[_i], &roll, why));
    ck_assert_uint_gt(strlen(why), 0);
    if (alone[_i] == RC_CONFLICT)
        ck_assert_ptr_nonnull(strstr(why, " 3 "));
    if (alone[_i] == RC_INVALID)
        ck_assert_str_eq(why, "expiration must be smaller");
}
END_TEST

START_TEST(any_other_failure_is_not_one_endpoints)
{
    const struct roll roll = {.limit = 3};
    char why[ROLL_REFUSAL_SIZE] = "as it was";

    ck_assert(!roll_older_refusal(not_alone[_i], &roll, why));
    ck_assert_str_eq(why, "as it was");
}
END_TEST

Suite *roll_older_suite(void)
{
    Suite *suite = suite_create("roll_older");
    TCase *tc = tcase_create("roll_older");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_secret_that_was_created_before_is_rolled);
    tcase_add_test(tc, one_of_another_owner_is_left_alone);
    tcase_add_test(tc, a_secret_that_was_created_at_that_very_moment_or_later_is_left_alone);
    tcase_add_test(tc, what_was_rolled_is_not_rolled_again);
    tcase_add_test(tc, what_another_rolled_meanwhile_is_left_alone);
    tcase_add_test(tc, a_clock_that_was_wrong_does_not_keep_a_leaked_secret_alive);
    tcase_add_test(tc, an_endpoint_without_a_current_secret_is_damaged);
    tcase_add_loop_test(tc, a_moment_is_read_that_is_not_in_the_future, 0,
                        (int)(sizeof moments / sizeof moments[0]));
    tcase_add_loop_test(tc, a_refusal_of_one_endpoint_says_why, 0,
                        (int)(sizeof alone / sizeof alone[0]));
    tcase_add_loop_test(tc, any_other_failure_is_not_one_endpoints, 0,
                        (int)(sizeof not_alone / sizeof not_alone[0]));
    suite_add_tcase(suite, tc);
    return suite;
}
