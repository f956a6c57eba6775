/* roll: the grace at its edges, until when the old secret signs, who leaves and who stays,
 * and how rolls that meet are dated. */
#include "domain/roll.h"
#include "suites.h"
#include "support/roll_fixture.h"
#include "support/sample.h"

#define DAY INT64_C(86400) /* s */

static struct roll_fixture at;

static void setup(void)
{
    roll_fixture_make(&at);
}

static void teardown(void)
{
    roll_fixture_remove(&at);
}

static bool can_sign(const char *value, int64_t now)
{
    const struct secret *secret = roll_fixture_find(&at, value);

    return secret != NULL && secret_can_sign(secret, now);
}

START_TEST(without_a_grace_the_project_s_default_counts)
{
    roll_fixture_ask(&at, SAMPLE_NOW);
    at.roll.request.grace = INT64_MIN;
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_int_eq(at.endpoint.secrets[0].expires_at, SAMPLE_NOW + DAY * 1000);
    ck_assert_int_eq(at.event.ended_at, SAMPLE_NOW + DAY * 1000);
}
END_TEST

START_TEST(the_default_grace_is_the_project_s_own)
{
    at.project.default_grace = 7;
    roll_fixture_ask(&at, SAMPLE_NOW);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_int_eq(at.endpoint.secrets[0].expires_at, SAMPLE_NOW + 7000);
}
END_TEST

START_TEST(a_default_grace_of_zero_ends_the_secret_at_once)
{
    at.project.default_grace = 0;
    roll_fixture_ask(&at, SAMPLE_NOW);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.endpoint.secret_count, 1);
    ck_assert_ptr_null(roll_fixture_find(&at, "first"));
    ck_assert_int_eq(at.event.ended_at, SAMPLE_NOW);
}
END_TEST

START_TEST(a_stated_grace_sets_the_end)
{
    const int64_t graces[] = {1, 2, 3600, PROJECT_MAX_GRACE - 1, PROJECT_MAX_GRACE};

    roll_fixture_ask_grace(&at, SAMPLE_NOW, graces[_i]);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.endpoint.secret_count, 2);
    ck_assert_int_eq(at.endpoint.secrets[0].expires_at, SAMPLE_NOW + graces[_i] * 1000);
    ck_assert_int_eq(at.event.ended_at, SAMPLE_NOW + graces[_i] * 1000);
}
END_TEST

START_TEST(a_stated_grace_of_zero_wins_over_the_default)
{
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 0);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.endpoint.secret_count, 1);
    ck_assert(!can_sign("first", SAMPLE_NOW));
    ck_assert_int_eq(at.endpoint.secrets[0].expires_at, SECRET_NO_END);
    ck_assert_int_eq(at.event.ended_at, SAMPLE_NOW);
}
END_TEST

START_TEST(a_grace_out_of_bounds_is_refused)
{
    const int64_t graces[] = {-1,        INT64_MIN,     INT64_MIN + 1,        PROJECT_MAX_GRACE + 1,
                              INT64_MAX, INT64_MAX - 1, INT64_MAX / 1000 + 1, INT64_MIN / 1000 - 1};

    roll_fixture_ask_grace(&at, SAMPLE_NOW, graces[_i]);
    roll_fixture_expect_fault(&at, "expiration");
}
END_TEST

START_TEST(the_longest_grace_is_the_project_s_own)
{
    at.project.max_grace = 0;
    at.project.default_grace = 0;
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 1);
    roll_fixture_expect_fault(&at, "expiration");
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 0);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);

    at.project.max_grace = PROJECT_GRACE_CEILING;
    roll_fixture_ask_grace(&at, SAMPLE_NOW, PROJECT_GRACE_CEILING + 1);
    roll_fixture_expect_fault(&at, "expiration");
    roll_fixture_ask_grace(&at, SAMPLE_NOW, PROJECT_GRACE_CEILING);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_int_eq(at.event.ended_at, SAMPLE_NOW + PROJECT_GRACE_CEILING * 1000);
}
END_TEST

START_TEST(old_secret_signs_until_the_last_millisecond)
{
    const int64_t end = SAMPLE_NOW + 60 * 1000;

    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert(can_sign("first", SAMPLE_NOW));
    ck_assert(can_sign("first", end - 1000));
    ck_assert(can_sign("first", end - 1));
    ck_assert(!can_sign("first", end));
    ck_assert(!can_sign("first", end + 1));
    ck_assert(!can_sign("first", end + 1000));
}
END_TEST

START_TEST(a_grace_of_one_second_lasts_a_thousand_milliseconds)
{
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 1);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert(can_sign("first", SAMPLE_NOW + 999));
    ck_assert(!can_sign("first", SAMPLE_NOW + 1000));
}
END_TEST

START_TEST(a_roll_drops_what_has_ended_by_then)
{
    const int64_t end = SAMPLE_NOW + 60 * 1000;
    const struct {
        int64_t now;
        bool kept;
    } rows[] = {
        {end - 1000, true}, {end - 1, true}, {end, false}, {end + 1, false}, {end + 1000, false}};

    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask(&at, rows[_i].now);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_int_eq(roll_fixture_find(&at, "first") != NULL, rows[_i].kept);
    ck_assert_uint_eq(at.endpoint.secret_count, rows[_i].kept ? 3 : 2);
}
END_TEST

START_TEST(only_ended_secrets_are_dropped)
{
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 100, "second");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_secret(&at, SAMPLE_NOW + 1, 10, "third");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_secret(&at, SAMPLE_NOW + 2, 50, "fourth");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_secret(&at, SAMPLE_NOW + 20000, 5, "fifth");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.endpoint.secret_count, 4);
    ck_assert(text_is(at.endpoint.secrets[0].value, "first"));
    ck_assert(text_is(at.endpoint.secrets[1].value, "third"));
    ck_assert(text_is(at.endpoint.secrets[2].value, "fourth"));
    ck_assert(text_is(at.endpoint.secrets[3].value, "fifth"));
}
END_TEST

START_TEST(secrets_already_in_grace_keep_their_ends)
{
    struct secret before;

    roll_fixture_ask_secret(&at, SAMPLE_NOW, 100, "second");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    before = at.endpoint.secrets[0];
    for (int i = 1; i < 5; i++) {
        roll_fixture_ask_grace(&at, SAMPLE_NOW + i, 500);
        ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
        ck_assert_int_eq(at.endpoint.secrets[0].expires_at, SAMPLE_NOW + 100 * 1000);
        ck_assert_int_eq(at.endpoint.secrets[0].created_at, before.created_at);
        ck_assert_int_eq(at.endpoint.secrets[0].updated_at, before.updated_at);
        ck_assert(uid_equal(&at.endpoint.secrets[0].uid, &before.uid));
        ck_assert(text_is(at.endpoint.secrets[0].value, "first"));
    }
    ck_assert_int_eq(at.endpoint.secrets[1].expires_at, SAMPLE_NOW + 1 + 500 * 1000);
}
END_TEST

START_TEST(a_grace_of_zero_leaves_secrets_in_grace_alone)
{
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 100, "second");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_secret(&at, SAMPLE_NOW + 1, 0, "third");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.endpoint.secret_count, 2);
    ck_assert(text_is(at.endpoint.secrets[0].value, "first"));
    ck_assert_int_eq(at.endpoint.secrets[0].expires_at, SAMPLE_NOW + 100 * 1000);
    ck_assert(text_is(at.endpoint.secrets[1].value, "third"));
}
END_TEST

START_TEST(two_rolls_in_one_millisecond_are_two_rolls)
{
    struct uid first = at.endpoint.secrets[0].uid;
    struct uid second;

    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, "second");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert(uid_equal(&at.event.ended, &first));
    second = at.event.fresh;
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 30, "third");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert(uid_equal(&at.event.ended, &second));
    ck_assert(!uid_equal(&at.event.fresh, &second));
    ck_assert_uint_eq(at.endpoint.secret_count, 3);
    ck_assert_int_eq(at.endpoint.secrets[0].expires_at, SAMPLE_NOW + 60 * 1000);
    ck_assert_int_eq(at.endpoint.secrets[1].expires_at, SAMPLE_NOW + 30 * 1000);
    ck_assert_int_eq(at.endpoint.secrets[2].expires_at, SECRET_NO_END);
}
END_TEST

/* ms by which the second of two rolls that meet was asked for earlier. */
static const int64_t meetings[] = {1, 5000, ROLL_MEETING};

START_TEST(rolls_that_meet_are_dated_in_the_order_in_which_they_happen)
{
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, "second");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_secret(&at, SAMPLE_NOW - meetings[_i], 30, "third");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_int_eq(at.roll.at, SAMPLE_NOW);
    ck_assert_uint_eq(at.endpoint.secret_count, 3);
    ck_assert_int_eq(at.endpoint.secrets[0].expires_at, SAMPLE_NOW + 60 * 1000);
    ck_assert_int_eq(at.endpoint.secrets[1].expires_at, SAMPLE_NOW + 30 * 1000);
    ck_assert_int_eq(at.endpoint.secrets[2].created_at, SAMPLE_NOW);
    ck_assert_int_eq(at.event.at, SAMPLE_NOW);
}
END_TEST

START_TEST(a_clock_that_ran_ahead_keeps_no_secret_alive)
{
    const int64_t now = SAMPLE_NOW - ROLL_MEETING - 1;

    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, "second");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_secret(&at, now, 0, "third");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_int_eq(at.roll.at, now);
    ck_assert_int_eq(at.event.ended_at, now);
    ck_assert_uint_eq(at.endpoint.secret_count, 2);
    ck_assert(text_is(at.endpoint.secrets[0].value, "first"));
    ck_assert(text_is(at.endpoint.secrets[1].value, "third"));
}
END_TEST

/* A transaction that is done again calls the edit again, upon what was read anew. */
START_TEST(a_date_taken_in_an_earlier_call_is_forgotten)
{
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    at.endpoint.secrets[0].created_at = SAMPLE_NOW + 40000;
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_int_eq(at.event.at, SAMPLE_NOW + 40000);
    roll_fixture_start_over(&at);
    at.endpoint.secrets[0].created_at = SAMPLE_NOW + 80000;
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_int_eq(at.event.at, SAMPLE_NOW);
}
END_TEST

Suite *roll_grace_suite(void)
{
    Suite *suite = suite_create("roll_grace");
    TCase *length = tcase_create("length");
    TCase *end = tcase_create("end");
    TCase *date = tcase_create("date");

    tcase_add_checked_fixture(length, setup, teardown);
    tcase_add_test(length, without_a_grace_the_project_s_default_counts);
    tcase_add_test(length, the_default_grace_is_the_project_s_own);
    tcase_add_test(length, a_default_grace_of_zero_ends_the_secret_at_once);
    tcase_add_loop_test(length, a_stated_grace_sets_the_end, 0, 5);
    tcase_add_test(length, a_stated_grace_of_zero_wins_over_the_default);
    tcase_add_loop_test(length, a_grace_out_of_bounds_is_refused, 0, 8);
    tcase_add_test(length, the_longest_grace_is_the_project_s_own);
    suite_add_tcase(suite, length);

    tcase_add_checked_fixture(end, setup, teardown);
    tcase_add_test(end, old_secret_signs_until_the_last_millisecond);
    tcase_add_test(end, a_grace_of_one_second_lasts_a_thousand_milliseconds);
    tcase_add_loop_test(end, a_roll_drops_what_has_ended_by_then, 0, 5);
    tcase_add_test(end, only_ended_secrets_are_dropped);
    tcase_add_test(end, secrets_already_in_grace_keep_their_ends);
    tcase_add_test(end, a_grace_of_zero_leaves_secrets_in_grace_alone);
    suite_add_tcase(suite, end);

    tcase_add_checked_fixture(date, setup, teardown);
    tcase_add_test(date, two_rolls_in_one_millisecond_are_two_rolls);
    tcase_add_loop_test(date, rolls_that_meet_are_dated_in_the_order_in_which_they_happen, 0, 3);
    tcase_add_test(date, a_clock_that_ran_ahead_keeps_no_secret_alive);
    tcase_add_test(date, a_date_taken_in_an_earlier_call_is_forgotten);
    suite_add_tcase(suite, date);
    return suite;
}
