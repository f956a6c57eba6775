/* health: a store that can be read, and one that cannot, told without its details. */
#include "api/health.h"
#include "suites.h"
#include "support/api_fixture.h"
#include "support/helper.h"

static struct api_fixture api;

static void setup(void)
{
    api_fixture_make(&api);
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

static void expect_body(const char *body)
{
    ck_assert(text_is(buf_text(&api.response.body), body));
    ck_assert_uint_eq(api.response.headers.len, 0);
}

START_TEST(a_store_that_can_be_read_is_healthy)
{
    api_fixture_open(&api);
    ck_assert_int_eq(api_ask_as(&api, NULL, "GET", "/healthz", NULL), RC_OK);
    ck_assert_int_eq(api.response.status, 200);
    expect_body("{\"status\":true,\"message\":\"ok\"}");
}
END_TEST

START_TEST(a_key_that_is_sent_does_not_matter)
{
    api_fixture_open(&api);
    ck_assert_int_eq(api_ask_as(&api, "Bearer nonsense", "GET", "/healthz", NULL), RC_OK);
    ck_assert_int_eq(api.response.status, 200);
}
END_TEST

START_TEST(a_store_that_cannot_be_read_is_not_healthy)
{
    struct helper helper;

    helper_start(&helper, store_fixture_spoil, &api.at);
    api_fixture_open(&api);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
    ck_assert_int_eq(api_ask_as(&api, NULL, "GET", "/healthz", NULL), RC_UNAVAILABLE);
    ck_assert_int_eq(api.response.status, 503);
    expect_body("{\"status\":false,\"message\":\"the store cannot be read\"}");
}
END_TEST

START_TEST(a_store_that_can_be_written_is_ready)
{
    api_fixture_open(&api);
    ck_assert_int_eq(api_ask_as(&api, NULL, "GET", "/readyz", NULL), RC_OK);
    ck_assert_int_eq(api.response.status, 200);
    expect_body("{\"status\":true,\"message\":\"ready\"}");
}
END_TEST

START_TEST(a_store_that_cannot_be_read_is_not_ready)
{
    struct helper helper;

    helper_start(&helper, store_fixture_spoil, &api.at);
    api_fixture_open(&api);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
    ck_assert_int_eq(api_ask_as(&api, NULL, "GET", "/readyz", NULL), RC_UNAVAILABLE);
    ck_assert_int_eq(api.response.status, 503);
    expect_body("{\"status\":false,\"message\":\"the store cannot be written\"}");
}
END_TEST

Suite *health_suite(void)
{
    Suite *suite = suite_create("health");
    TCase *tc = tcase_create("health");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_store_that_can_be_read_is_healthy);
    tcase_add_test(tc, a_key_that_is_sent_does_not_matter);
    tcase_add_test(tc, a_store_that_cannot_be_read_is_not_healthy);
    tcase_add_test(tc, a_store_that_can_be_written_is_ready);
    tcase_add_test(tc, a_store_that_cannot_be_read_is_not_ready);
    suite_add_tcase(suite, tc);
    return suite;
}
