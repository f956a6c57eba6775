/* endpoint: factory settings, and the status: its names and its changes. */
#include "domain/endpoint.h"
#include "suites.h"
#include "support/endpoint_fixture.h"
#include "support/sample.h"

static struct endpoint endpoint;

static void setup(void)
{
    endpoint_fixture_make(&endpoint);
}

START_TEST(a_new_endpoint_has_factory_settings)
{
    struct uid uid = sample_uid(8);
    struct uid project = sample_uid(9);

    endpoint_init(&endpoint, uid, project, SAMPLE_NOW);
    ck_assert(uid_equal(&endpoint.uid, &uid));
    ck_assert(uid_equal(&endpoint.project, &project));
    ck_assert_int_eq(endpoint.status, ENDPOINT_ACTIVE);
    ck_assert(endpoint.advanced_signatures);
    ck_assert_int_eq(endpoint.http_timeout, 10);
    ck_assert_int_eq(endpoint.rate_limit, 0);
    ck_assert_int_eq(endpoint.rate_limit_duration, 0);
    ck_assert_int_eq(endpoint.created_at, SAMPLE_NOW);
    ck_assert_int_eq(endpoint.updated_at, SAMPLE_NOW);
    ck_assert_uint_eq(endpoint.history, 0);
    ck_assert_uint_eq(endpoint.secret_count, 0);
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        ck_assert(
            text_is(endpoint.members[i], i == ENDPOINT_CONTENT_TYPE ? "application/json" : ""));
}
END_TEST

START_TEST(what_was_set_to_nothing_gets_its_factory_setting)
{
    endpoint.http_timeout = 0;
    endpoint.members[ENDPOINT_CONTENT_TYPE] = text_of("");
    endpoint_settle(&endpoint);
    ck_assert_int_eq(endpoint.http_timeout, 10);
    ck_assert(text_is(endpoint.members[ENDPOINT_CONTENT_TYPE], "application/json"));
    endpoint.members[ENDPOINT_CONTENT_TYPE] = text_of(NULL);
    endpoint_settle(&endpoint);
    ck_assert(text_is(endpoint.members[ENDPOINT_CONTENT_TYPE], "application/json"));
    endpoint_fixture_expect_ok(&endpoint);
}
END_TEST

START_TEST(what_was_set_to_something_is_left_alone)
{
    const int64_t timeouts[] = {INT64_MIN, -1, 1, 3600, 3601, INT64_MAX};

    endpoint.members[ENDPOINT_CONTENT_TYPE] = text_of("anything");
    endpoint.advanced_signatures = false;
    endpoint.status = ENDPOINT_PAUSED;
    for (size_t i = 0; i < sizeof timeouts / sizeof timeouts[0]; i++) {
        endpoint.http_timeout = timeouts[i];
        endpoint_settle(&endpoint);
        ck_assert_int_eq(endpoint.http_timeout, timeouts[i]);
    }
    ck_assert(text_is(endpoint.members[ENDPOINT_CONTENT_TYPE], "anything"));
    ck_assert(text_is(endpoint.members[ENDPOINT_NAME], "orders"));
    ck_assert_uint_eq(endpoint.members[ENDPOINT_DESCRIPTION].len, 0);
    ck_assert(!endpoint.advanced_signatures);
    ck_assert_int_eq(endpoint.status, ENDPOINT_PAUSED);
    ck_assert_int_eq(endpoint.rate_limit, 0);
    ck_assert_int_eq(endpoint.rate_limit_duration, 0);
}
END_TEST

START_TEST(a_status_keeps_its_number_and_name)
{
    ck_assert_int_eq(ENDPOINT_ACTIVE, 1);
    ck_assert_int_eq(ENDPOINT_INACTIVE, 2);
    ck_assert_int_eq(ENDPOINT_PAUSED, 3);
    ck_assert_str_eq(endpoint_status_name(ENDPOINT_ACTIVE), "active");
    ck_assert_str_eq(endpoint_status_name(ENDPOINT_INACTIVE), "inactive");
    ck_assert_str_eq(endpoint_status_name(ENDPOINT_PAUSED), "paused");
}
END_TEST

static const struct {
    enum endpoint_status before;
    enum endpoint_status paused; /* 0: RC_CONFLICT */
    enum endpoint_status activated;
} changes[] = {
    {ENDPOINT_ACTIVE, ENDPOINT_PAUSED, 0},
    {ENDPOINT_PAUSED, ENDPOINT_ACTIVE, ENDPOINT_ACTIVE},
    {ENDPOINT_INACTIVE, 0, ENDPOINT_ACTIVE},
};

static void expect_change(enum rc (*change)(struct endpoint *, int64_t),
                          enum endpoint_status before, enum endpoint_status after)
{
    endpoint.status = before;
    endpoint.updated_at = SAMPLE_NOW;
    ck_assert_int_eq(change(&endpoint, SAMPLE_NOW + 7), after == 0 ? RC_CONFLICT : RC_OK);
    ck_assert_int_eq(endpoint.status, after == 0 ? before : after);
    ck_assert_int_eq(endpoint.updated_at, after == 0 ? SAMPLE_NOW : SAMPLE_NOW + 7);
    ck_assert_int_eq(endpoint.created_at, SAMPLE_NOW);
}

START_TEST(a_status_changes_only_where_it_may)
{
    expect_change(endpoint_pause, changes[_i].before, changes[_i].paused);
    expect_change(endpoint_activate, changes[_i].before, changes[_i].activated);
}
END_TEST

Suite *endpoint_suite(void)
{
    Suite *suite = suite_create("endpoint");
    TCase *settings = tcase_create("settings");
    TCase *status = tcase_create("status");

    tcase_add_checked_fixture(settings, setup, NULL);
    tcase_add_test(settings, a_new_endpoint_has_factory_settings);
    tcase_add_test(settings, what_was_set_to_nothing_gets_its_factory_setting);
    tcase_add_test(settings, what_was_set_to_something_is_left_alone);
    suite_add_tcase(suite, settings);

    tcase_add_checked_fixture(status, setup, NULL);
    tcase_add_test(status, a_status_keeps_its_number_and_name);
    tcase_add_loop_test(status, a_status_changes_only_where_it_may, 0,
                        (int)(sizeof changes / sizeof changes[0]));
    suite_add_tcase(suite, status);
    return suite;
}
