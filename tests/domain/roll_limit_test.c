/* roll: how many secrets can sign at once, when there is room again, and what the caller
 * is told of it. */
#include "domain/roll.h"
#include "suites.h"
#include "support/roll_fixture.h"
#include "support/sample.h"

#include <string.h>

static struct roll_fixture at;

static void setup(void)
{
    roll_fixture_make(&at);
}

static void teardown(void)
{
    roll_fixture_remove(&at);
}

static void expect_conflict(int64_t limit, int64_t next_end)
{
    ck_assert_int_eq(roll_fixture_apply(&at), RC_CONFLICT);
    ck_assert_int_eq(at.roll.limit, limit);
    ck_assert_int_eq(at.roll.next_end, next_end);
}

START_TEST(as_many_secrets_can_sign_as_the_project_allows)
{
    struct endpoint full;

    at.project.max_signing_secrets = 3;
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 50);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 40);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.endpoint.secret_count, 3);
    full = at.endpoint;
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 30);
    expect_conflict(3, SAMPLE_NOW + 40 * 1000);
    at.endpoint = full;
    roll_fixture_ask(&at, SAMPLE_NOW);
    expect_conflict(3, SAMPLE_NOW + 40 * 1000);
}
END_TEST

START_TEST(a_secret_can_be_ended_at_once_though_more_can_sign_than_are_allowed_now)
{
    struct endpoint full;

    at.project.max_signing_secrets = 3;
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 50);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 40);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    full = at.endpoint;
    at.project.max_signing_secrets = 1;
    roll_fixture_ask_grace(&at, SAMPLE_NOW + 1, 30);
    expect_conflict(1, SECRET_NO_END);
    at.endpoint = full;
    roll_fixture_ask_grace(&at, SAMPLE_NOW + 1, 0);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.endpoint.secret_count, 3);
    ck_assert_int_eq(at.event.ended_at, SAMPLE_NOW + 1);
}
END_TEST

START_TEST(at_the_next_end_there_is_room_again)
{
    struct endpoint full;

    at.project.max_signing_secrets = 2;
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 50);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    full = at.endpoint;
    roll_fixture_ask_grace(&at, SAMPLE_NOW + 50 * 1000 - 1, 30);
    expect_conflict(2, SAMPLE_NOW + 50 * 1000);
    at.endpoint = full;
    roll_fixture_ask_grace(&at, SAMPLE_NOW + 50 * 1000, 30);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.endpoint.secret_count, 2);
}
END_TEST

START_TEST(the_next_end_is_the_earliest_in_any_order)
{
    const int64_t orders[][3] = {{30, 20, 10}, {10, 20, 30}, {20, 10, 30}, {10, 10, 10}};

    at.project.max_signing_secrets = 4;
    for (size_t i = 0; i < 3; i++) {
        roll_fixture_ask_grace(&at, SAMPLE_NOW, orders[_i][i]);
        ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    }
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 5);
    expect_conflict(4, SAMPLE_NOW + 10 * 1000);
}
END_TEST

START_TEST(at_the_limit_a_roll_without_grace_is_allowed)
{
    at.project.max_signing_secrets = 2;
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 50, "second");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_secret(&at, SAMPLE_NOW + 1, 0, "third");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.endpoint.secret_count, 2);
    ck_assert_ptr_nonnull(roll_fixture_find(&at, "first"));
    ck_assert_ptr_null(roll_fixture_find(&at, "second"));
    ck_assert(text_is(at.endpoint.secrets[1].value, "third"));
}
END_TEST

START_TEST(a_project_of_one_secret_rolls_only_without_grace)
{
    at.project.max_signing_secrets = 1;
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 1);
    expect_conflict(1, SECRET_NO_END);
    roll_fixture_start_over(&at);
    at.project.max_signing_secrets = 1;
    roll_fixture_ask(&at, SAMPLE_NOW);
    expect_conflict(1, SECRET_NO_END);
    roll_fixture_start_over(&at);
    at.project.max_signing_secrets = 1;
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 0);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.endpoint.secret_count, 1);
}
END_TEST

START_TEST(where_waiting_would_not_help_no_next_end_is_told)
{
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 50);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    at.project.max_signing_secrets = 1;
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 30);
    expect_conflict(1, SECRET_NO_END);
}
END_TEST

START_TEST(ended_secrets_do_not_count_towards_the_limit)
{
    at.project.max_signing_secrets = 3;
    for (int i = 0; i < 10; i++) {
        roll_fixture_ask_grace(&at, SAMPLE_NOW + i * 1000, 2);
        ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
        ck_assert_uint_le(at.endpoint.secret_count, 3);
    }
    ck_assert_uint_eq(at.endpoint.secret_count, 3);
}
END_TEST

START_TEST(the_largest_limit_can_be_reached)
{
    at.project.max_signing_secrets = PROJECT_SIGNING_SECRETS_MAX;
    for (int i = 1; i < PROJECT_SIGNING_SECRETS_MAX; i++) {
        roll_fixture_ask_grace(&at, SAMPLE_NOW + i, 3600);
        ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    }
    ck_assert_uint_eq(at.endpoint.secret_count, 64);
    roll_fixture_ask_grace(&at, SAMPLE_NOW + 100, 3600);
    expect_conflict(64, SAMPLE_NOW + 1 + INT64_C(3600) * 1000);
}
END_TEST

START_TEST(a_refusal_tells_the_limit_and_the_next_end)
{
    char out[ROLL_REFUSAL_SIZE];

    at.project.max_signing_secrets = 2;
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 50);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 30);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_CONFLICT);
    roll_refusal(&at.roll, out);
    ck_assert_ptr_nonnull(strstr(out, " 2 "));
    ck_assert_ptr_nonnull(strstr(out, "2026-11-23T19:08:55.123Z"));
}
END_TEST

START_TEST(a_refusal_tells_no_end_where_there_is_none)
{
    char out[ROLL_REFUSAL_SIZE];

    at.project.max_signing_secrets = 1;
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 30);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_CONFLICT);
    roll_refusal(&at.roll, out);
    ck_assert_ptr_nonnull(strstr(out, " 1 "));
    ck_assert_ptr_null(strstr(out, "9999"));
    ck_assert_ptr_nonnull(strstr(out, "expiration of 0"));
}
END_TEST

START_TEST(a_refusal_fits_its_room)
{
    const int64_t ends[] = {SECRET_NO_END, INT64_MAX - 1, INT64_MIN};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char out[ROLL_REFUSAL_SIZE];

        memset(out, '#', sizeof out);
        roll_fixture_ask(&at, SAMPLE_NOW);
        at.roll.limit = INT64_MIN;
        at.roll.next_end = ends[i];
        roll_refusal(&at.roll, out);
        ck_assert_ptr_nonnull(memchr(out, '\0', sizeof out));
        ck_assert_uint_lt(strlen(out), sizeof out - 1);
    }
}
END_TEST

Suite *roll_limit_suite(void)
{
    Suite *suite = suite_create("roll_limit");
    TCase *limit = tcase_create("limit");
    TCase *refusal = tcase_create("refusal");

    tcase_add_checked_fixture(limit, setup, teardown);
    tcase_add_test(limit, as_many_secrets_can_sign_as_the_project_allows);
    tcase_add_test(limit, a_secret_can_be_ended_at_once_though_more_can_sign_than_are_allowed_now);
    tcase_add_test(limit, at_the_next_end_there_is_room_again);
    tcase_add_loop_test(limit, the_next_end_is_the_earliest_in_any_order, 0, 4);
    tcase_add_test(limit, at_the_limit_a_roll_without_grace_is_allowed);
    tcase_add_test(limit, a_project_of_one_secret_rolls_only_without_grace);
    tcase_add_test(limit, where_waiting_would_not_help_no_next_end_is_told);
    tcase_add_test(limit, ended_secrets_do_not_count_towards_the_limit);
    tcase_add_test(limit, the_largest_limit_can_be_reached);
    suite_add_tcase(suite, limit);

    tcase_add_checked_fixture(refusal, setup, teardown);
    tcase_add_test(refusal, a_refusal_tells_the_limit_and_the_next_end);
    tcase_add_test(refusal, a_refusal_tells_no_end_where_there_is_none);
    tcase_add_test(refusal, a_refusal_fits_its_room);
    suite_add_tcase(suite, refusal);
    return suite;
}
