/* roll: what a roll changes of an endpoint, and what it leaves; what the history is told;
 * what of a request, or of an endpoint, is refused; what the caller is warned of. */
#include "domain/delivery.h"
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

START_TEST(a_roll_changes_the_old_secret_s_end_and_nothing_else_of_it)
{
    struct secret before = at.endpoint.secrets[0];

    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert(uid_equal(&at.endpoint.secrets[0].uid, &before.uid));
    ck_assert(text_is(at.endpoint.secrets[0].value, "first"));
    ck_assert_int_eq(at.endpoint.secrets[0].created_at, before.created_at);
    ck_assert_int_eq(at.endpoint.secrets[0].updated_at, SAMPLE_NOW);
}
END_TEST

START_TEST(a_roll_leaves_the_rest_of_the_endpoint_alone)
{
    struct endpoint before = at.endpoint;

    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_int_eq(at.endpoint.updated_at, SAMPLE_NOW);
    ck_assert_int_eq(at.endpoint.created_at, before.created_at);
    ck_assert(uid_equal(&at.endpoint.uid, &before.uid));
    ck_assert(uid_equal(&at.endpoint.project, &before.project));
    ck_assert_int_eq(at.endpoint.status, before.status);
    ck_assert_int_eq(at.endpoint.advanced_signatures, before.advanced_signatures);
    ck_assert_int_eq(at.endpoint.http_timeout, before.http_timeout);
    ck_assert_int_eq(at.endpoint.rate_limit, before.rate_limit);
    ck_assert_int_eq(at.endpoint.rate_limit_duration, before.rate_limit_duration);
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        ck_assert(text_equal(at.endpoint.members[i], before.members[i]));
}
END_TEST

START_TEST(the_event_tells_what_was_done)
{
    struct uid first = at.endpoint.secrets[0].uid;

    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    at.roll.request.reason = text_of("a reason");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_int_eq(at.event.at, SAMPLE_NOW);
    ck_assert_int_eq(at.event.action, HISTORY_ROLLED);
    ck_assert(text_is(at.event.reason, "a reason"));
    ck_assert(uid_equal(&at.event.project, &at.project.uid));
    ck_assert(uid_equal(&at.event.endpoint, &at.endpoint.uid));
    ck_assert(uid_equal(&at.event.key, &at.roll.by.key));
    ck_assert(text_is(at.event.request_id, "request"));
    ck_assert(uid_equal(&at.event.ended, &first));
    ck_assert_int_eq(at.event.ended_at, SAMPLE_NOW + 60 * 1000);
    ck_assert(uid_equal(&at.event.fresh, &at.endpoint.secrets[1].uid));
}
END_TEST

START_TEST(the_event_of_the_operator_s_tool_has_no_key)
{
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 0);
    at.roll.by.key = UID_NONE;
    at.roll.by.request_id = (struct text){NULL, 0};
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert(uid_is_none(&at.event.key));
    ck_assert_uint_eq(at.event.request_id.len, 0);
    ck_assert(!uid_is_none(&at.event.ended));
    ck_assert(!uid_is_none(&at.event.fresh));
}
END_TEST

START_TEST(the_event_of_a_roll_without_grace_still_names_the_ended_secret)
{
    struct uid first = at.endpoint.secrets[0].uid;

    roll_fixture_ask_grace(&at, SAMPLE_NOW, 0);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert(uid_equal(&at.event.ended, &first));
    ck_assert_int_eq(at.event.ended_at, SAMPLE_NOW);
    ck_assert(uid_equal(&at.event.fresh, &at.endpoint.secrets[0].uid));
}
END_TEST

START_TEST(a_reason_that_cannot_be_one_is_refused)
{
    static char reason[HISTORY_REASON_CHARACTERS + 1];

    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    at.roll.request.reason = text_of("a\nb");
    roll_fixture_expect_fault(&at, "reason");
    memset(reason, 'r', sizeof reason);
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    at.roll.request.reason = (struct text){reason, sizeof reason};
    roll_fixture_expect_fault(&at, "reason");
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    at.roll.request.reason = (struct text){reason, sizeof reason - 1};
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
}
END_TEST

START_TEST(all_that_is_bad_of_a_request_is_named_at_once)
{
    roll_fixture_ask_secret(&at, SAMPLE_NOW, -1, "\n");
    at.roll.request.reason = text_of("\n");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_INVALID);
    ck_assert_uint_eq(at.roll.faults.count, 3);
    ck_assert(faults_name(&at.roll.faults, "reason"));
    ck_assert(faults_name(&at.roll.faults, "expiration"));
    ck_assert(faults_name(&at.roll.faults, "secret"));
}
END_TEST

START_TEST(faults_of_an_earlier_call_are_forgotten)
{
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, "first");
    roll_fixture_expect_fault(&at, "secret");
    roll_fixture_start_over(&at);
    roll_fixture_expect_fault(&at, "secret");
    roll_fixture_start_over(&at);
    at.endpoint.secrets[0].value = text_of("another");
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_uint_eq(at.roll.faults.count, 0);
}
END_TEST

START_TEST(a_request_can_be_checked_without_its_endpoint)
{
    const struct {
        struct roll_request request;
        const char *member;
    } rows[] = {
        {{false, 0, {NULL, 0}, {NULL, 0}}, NULL},
        {{false, -1, {NULL, 0}, {NULL, 0}}, NULL},
        {{true, 0, {"", 0}, {"", 0}}, NULL},
        {{true, PROJECT_MAX_GRACE, {"s", 1}, {"r", 1}}, NULL},
        {{true, PROJECT_MAX_GRACE + 1, {NULL, 0}, {NULL, 0}}, "expiration"},
        {{true, -1, {NULL, 0}, {NULL, 0}}, "expiration"},
        {{true, INT64_MAX, {NULL, 0}, {NULL, 0}}, "expiration"},
        {{true, INT64_MIN, {NULL, 0}, {NULL, 0}}, "expiration"},
        {{false, 0, {"\n", 1}, {NULL, 0}}, "secret"},
        {{true, 0, {"\xFF", 1}, {NULL, 0}}, "secret"},
        {{false, 0, {NULL, 0}, {"\n", 1}}, "reason"},
        {{false, 0, {NULL, 0}, {"\xFF", 1}}, "reason"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct faults faults = {0};
        enum rc rc = roll_check(&at.project, &rows[i].request, &faults);

        ck_assert_int_eq(rc, rows[i].member == NULL ? RC_OK : RC_INVALID);
        ck_assert_uint_eq(faults.count, rows[i].member == NULL ? 0 : 1);
        if (rows[i].member != NULL)
            ck_assert_str_eq(faults.list[0].member, rows[i].member);
    }
}
END_TEST

START_TEST(an_endpoint_without_secrets_is_corrupt)
{
    at.endpoint.secret_count = 0;
    roll_fixture_ask(&at, SAMPLE_NOW);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_CORRUPT);
}
END_TEST

START_TEST(an_endpoint_whose_only_secret_has_an_end_is_corrupt)
{
    const int64_t ends[] = {SAMPLE_NOW - 1, SAMPLE_NOW, SAMPLE_NOW + 1,
                            INT64_MAX - 1,  0,          INT64_MIN};

    at.endpoint.secrets[0].expires_at = ends[_i];
    roll_fixture_ask(&at, SAMPLE_NOW);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_CORRUPT);
}
END_TEST

START_TEST(an_endpoint_whose_last_secret_has_an_end_is_corrupt)
{
    const int64_t ends[] = {SAMPLE_NOW - 1, SAMPLE_NOW, SAMPLE_NOW + 1, INT64_MAX - 1};

    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    at.endpoint.secrets[0].expires_at = SECRET_NO_END;
    at.endpoint.secrets[1].expires_at = ends[_i];
    roll_fixture_ask(&at, SAMPLE_NOW);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_CORRUPT);
}
END_TEST

START_TEST(an_endpoint_with_two_secrets_without_end_is_corrupt)
{
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    at.endpoint.secrets[0].expires_at = SECRET_NO_END;
    roll_fixture_ask(&at, SAMPLE_NOW);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_CORRUPT);
}
END_TEST

START_TEST(without_memory_there_is_no_roll)
{
    struct arena none;
    struct edit edit = {&at.project, &at.endpoint, &at.event, &none};

    arena_init(&none, 0);
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    ck_assert_int_eq(roll_apply(&edit, &at.roll), RC_NO_MEMORY);
    roll_fixture_start_over(&at);
    roll_fixture_ask_secret(&at, SAMPLE_NOW, 60, "supplied");
    ck_assert_int_eq(roll_apply(&edit, &at.roll), RC_NO_MEMORY);
}
END_TEST

START_TEST(an_overlap_without_advanced_signatures_is_warned_of)
{
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 60);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_ptr_null(delivery_warning(&at.endpoint));
    at.endpoint.advanced_signatures = false;
    ck_assert_ptr_nonnull(delivery_warning(&at.endpoint));
    ck_assert_str_ne(delivery_warning(&at.endpoint), "");
}
END_TEST

START_TEST(without_an_overlap_there_is_nothing_to_warn_of)
{
    at.endpoint.advanced_signatures = false;
    roll_fixture_ask_grace(&at, SAMPLE_NOW, 0);
    ck_assert_int_eq(roll_fixture_apply(&at), RC_OK);
    ck_assert_ptr_null(delivery_warning(&at.endpoint));
    at.endpoint.advanced_signatures = true;
    ck_assert_ptr_null(delivery_warning(&at.endpoint));
}
END_TEST

Suite *roll_suite(void)
{
    Suite *suite = suite_create("roll");
    TCase *change = tcase_create("change");
    TCase *history = tcase_create("history");
    TCase *request = tcase_create("request");
    TCase *state = tcase_create("state");
    TCase *warning = tcase_create("warning");

    tcase_add_checked_fixture(change, setup, teardown);
    tcase_add_test(change, a_roll_changes_the_old_secret_s_end_and_nothing_else_of_it);
    tcase_add_test(change, a_roll_leaves_the_rest_of_the_endpoint_alone);
    suite_add_tcase(suite, change);

    tcase_add_checked_fixture(history, setup, teardown);
    tcase_add_test(history, the_event_tells_what_was_done);
    tcase_add_test(history, the_event_of_the_operator_s_tool_has_no_key);
    tcase_add_test(history, the_event_of_a_roll_without_grace_still_names_the_ended_secret);
    suite_add_tcase(suite, history);

    tcase_add_checked_fixture(request, setup, teardown);
    tcase_add_test(request, a_reason_that_cannot_be_one_is_refused);
    tcase_add_test(request, all_that_is_bad_of_a_request_is_named_at_once);
    tcase_add_test(request, faults_of_an_earlier_call_are_forgotten);
    tcase_add_test(request, a_request_can_be_checked_without_its_endpoint);
    suite_add_tcase(suite, request);

    tcase_add_checked_fixture(state, setup, teardown);
    tcase_add_test(state, an_endpoint_without_secrets_is_corrupt);
    tcase_add_loop_test(state, an_endpoint_whose_only_secret_has_an_end_is_corrupt, 0, 6);
    tcase_add_loop_test(state, an_endpoint_whose_last_secret_has_an_end_is_corrupt, 0, 4);
    tcase_add_test(state, an_endpoint_with_two_secrets_without_end_is_corrupt);
    tcase_add_test(state, without_memory_there_is_no_roll);
    suite_add_tcase(suite, state);

    tcase_add_checked_fixture(warning, setup, teardown);
    tcase_add_test(warning, an_overlap_without_advanced_signatures_is_warned_of);
    tcase_add_test(warning, without_an_overlap_there_is_nothing_to_warn_of);
    suite_add_tcase(suite, warning);
    return suite;
}
