/* roll: what the fresh secret is made of, which one may be supplied, and when one that was
 * in use may be again. */
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

START_TEST(the_fresh_secret_is_made_of_now_and_the_drawn_bytes)
{
    char generated[SECRET_GENERATED_SIZE];
    struct uid uid;

    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    uid = uid_make(SAMPLE_NOW, at.roll.fresh.uid);
    secret_generate(at.roll.fresh.value, SIGNING_KEY_HMAC, generated);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert(text_is(at.endpoint.secrets[1].value, generated));
    ck_assert(uid_equal(&at.endpoint.secrets[1].uid, &uid));
    ck_assert_int_eq(at.endpoint.secrets[1].created_at, SAMPLE_NOW);
    ck_assert_int_eq(at.endpoint.secrets[1].updated_at, SAMPLE_NOW);
    ck_assert_int_eq(at.endpoint.secrets[1].expires_at, SECRET_NO_END);
}
END_TEST

START_TEST(an_empty_secret_asks_for_a_generated_one)
{
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, "");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.endpoint.secrets[1].value.len, SIGNING_KEY_HMAC_SIZE - 1);
    ck_assert_int_eq(strncmp(at.endpoint.secrets[1].value.data, "whsec_", 6), 0);
}
END_TEST

START_TEST(a_supplied_secret_takes_the_place)
{
    char supplied[] = "supplied";

    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, supplied);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    memset(supplied, 'x', sizeof supplied);
    ck_assert(text_is(at.endpoint.secrets[1].value, "supplied"));
}
END_TEST

static const struct text bad_secrets[] = {
    {"a\nb", 3}, {"\x7f", 1}, {"a\0b", 3}, {"\xC2\x85", 2}, {"\xFF", 1}, {"\xE2\x82", 2},
};

START_TEST(a_secret_that_cannot_be_one_is_refused)
{
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    at.roll.request.secret = bad_secrets[_i];
    roll_fixture_expect_fault(&at, "secret");
}
END_TEST

START_TEST(a_supplied_secret_has_at_most_256_bytes)
{
    static char value[SECRET_VALUE_MAX + 1];

    memset(value, 's', sizeof value);
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    at.roll.request.secret = (struct text){value, SECRET_VALUE_MAX + 1};
    roll_fixture_expect_fault(&at, "secret");
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    at.roll.request.secret = (struct text){value, SECRET_VALUE_MAX};
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.endpoint.secrets[1].value.len, SECRET_VALUE_MAX);
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    at.roll.request.secret = (struct text){value, 1};
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
}
END_TEST

START_TEST(a_fault_never_holds_the_secret)
{
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, "sentinel\n");
    roll_fixture_expect_fault(&at, "secret");
    ck_assert_ptr_null(strstr(at.roll.faults.list[0].message, "sentinel"));
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, "first");
    roll_fixture_expect_fault(&at, "secret");
    ck_assert_ptr_null(strstr(at.roll.faults.list[0].message, "first"));
}
END_TEST

START_TEST(the_current_secret_cannot_be_supplied_again)
{
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, "first");
    roll_fixture_expect_fault(&at, "secret");
    roll_fixture_start_over(&at);
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 0, "first");
    roll_fixture_expect_fault(&at, "secret");
}
END_TEST

START_TEST(a_secret_that_only_begins_like_the_current_one_can_be_supplied)
{
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, "firs");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, "first_");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, "First");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
}
END_TEST

START_TEST(a_secret_in_grace_cannot_be_supplied_until_it_has_ended)
{
    const int64_t end = SAMPLE_NOW + 60 * 1000;
    const struct {
        int64_t now;
        bool good;
    } rows[] = {{SAMPLE_NOW, false}, {end - 1, false}, {end, true}, {end + 1, true}};

    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, "second");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_secret(&at, rows[_i].now, 60, "first");
    if (rows[_i].good) {
        ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
        ck_assert_uint_eq(at.endpoint.secret_count, 2);
        ck_assert(text_is(at.endpoint.secrets[1].value, "first"));
        ck_assert_int_eq(at.endpoint.secrets[1].expires_at, SECRET_NO_END);
    } else {
        roll_fixture_expect_fault(&at, "secret");
    }
}
END_TEST

START_TEST(a_secret_ended_at_once_can_be_supplied_again)
{
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 0, "second");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 0, "first");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.endpoint.secret_count, 1);
    ck_assert(text_is(at.endpoint.secrets[0].value, "first"));
}
END_TEST

Suite *roll_secrets_suite(void)
{
    Suite *suite = suite_create("roll_secrets");
    TCase *fresh = tcase_create("fresh");
    TCase *supplied = tcase_create("supplied");
    TCase *again = tcase_create("again");

    tcase_add_checked_fixture(fresh, setup, teardown);
    tcase_add_test(fresh, the_fresh_secret_is_made_of_now_and_the_drawn_bytes);
    tcase_add_test(fresh, an_empty_secret_asks_for_a_generated_one);
    tcase_add_test(fresh, a_supplied_secret_takes_the_place);
    suite_add_tcase(suite, fresh);

    tcase_add_checked_fixture(supplied, setup, teardown);
    tcase_add_loop_test(supplied, a_secret_that_cannot_be_one_is_refused, 0,
                        (int)(sizeof bad_secrets / sizeof bad_secrets[0]));
    tcase_add_test(supplied, a_supplied_secret_has_at_most_256_bytes);
    tcase_add_test(supplied, a_fault_never_holds_the_secret);
    suite_add_tcase(suite, supplied);

    tcase_add_checked_fixture(again, setup, teardown);
    tcase_add_test(again, the_current_secret_cannot_be_supplied_again);
    tcase_add_test(again, a_secret_that_only_begins_like_the_current_one_can_be_supplied);
    tcase_add_loop_test(again, a_secret_in_grace_cannot_be_supplied_until_it_has_ended, 0, 4);
    tcase_add_test(again, a_secret_ended_at_once_can_be_supplied_again);
    suite_add_tcase(suite, again);
    return suite;
}
