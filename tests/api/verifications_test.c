/* verifications: what was signed over the API verifies over the API, through a roll; what
 * was altered does not; uses of secrets are noted without a change of the endpoint. */
#include "domain/endpoint.h"
#include "suites.h"
#include "support/api_fixture.h"
#include "support/file_limit.h"
#include "support/log_capture.h"
#include "support/sample.h"

#include <stdio.h>
#include <string.h>

enum {
    NUMBER = 2,
    KEY = 3,
    BODY_SIZE = 2048
};

#define RAW    "application/octet-stream"
#define CONVOY "data.headers.X-Convoy-Signature"

static struct api_fixture api;
static char standard[BODY_SIZE]; /* headers as a JSON object */
static char convoy[BODY_SIZE];

static void roll(const char *body)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, "/expire_secret"), body);
    ck_assert_int_eq(api.response.status, 200);
}

/* Signs "x" now, as message "m", and keeps the headers. */
static void sign(void)
{
    char id[64];
    char timestamp[32];

    (void)api_ask(&api, "POST", api_endpoint(&api, NUMBER, "/sign"),
                  "{\"payload\":\"x\",\"message_id\":\"m\"}");
    ck_assert_int_eq(api.response.status, 200);
    (void)snprintf(id, sizeof id, "%s", api_at(&api, "data.headers.webhook-id"));
    (void)snprintf(timestamp, sizeof timestamp, "%s",
                   api_at(&api, "data.headers.webhook-timestamp"));
    (void)snprintf(standard, sizeof standard,
                   "{\"Webhook-ID\":\"%s\",\"webhook-timestamp\":\"%s\",\"WEBHOOK-SIGNATURE\":"
                   "\"%s\"}",
                   id, timestamp, api_at(&api, "data.headers.webhook-signature"));
    (void)snprintf(convoy, sizeof convoy, "{\"x-convoy-signature\":\"%s\"}", api_at(&api, CONVOY));
}

static void verify(const char *headers, const char *more)
{
    char body[2 * BODY_SIZE];

    (void)snprintf(body, sizeof body, "{\"headers\":%s,%s}", headers, more);
    (void)api_ask(&api, "POST", api_endpoint(&api, NUMBER, "/verify"), body);
}

static void expect_verified(const char *format, const char *state)
{
    api_expect(&api, 200, "signature verified");
    ck_assert_str_eq(api_at(&api, "data.verified"), "true");
    ck_assert_str_eq(api_at(&api, "data.reason"), "null");
    ck_assert_str_eq(api_at(&api, "data.format"), format);
    ck_assert_str_eq(api_at(&api, "data.state"), state);
}

static void expect_refused(const char *reason)
{
    api_expect(&api, 200, "signature not verified");
    ck_assert_str_eq(api_at(&api, "data.verified"), "false");
    ck_assert_str_eq(api_at(&api, "data.reason"), reason);
}

static void setup(void)
{
    api_fixture_make_with(&api, NUMBER);
    sign();
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

START_TEST(both_formats_verify_and_say_how_old_they_are)
{
    api.request.now += 7000;
    verify(standard, "\"payload\":\"x\"");
    expect_verified("standard", "current");
    ck_assert_str_eq(api_at(&api, "data.version"), "v1");
    ck_assert_str_eq(api_at(&api, "data.timestamp"), "1795460885");
    ck_assert_str_eq(api_at(&api, "data.age"), "7");
    ck_assert_str_eq(api_at(&api, "data.expires_at"), "null");
    ck_assert_uint_eq(strlen(api_at(&api, "data.secret")), UID_SIZE - 1);
    verify(convoy, "\"payload_base64\":\"eA==\"");
    expect_verified("convoy", "current");
    ck_assert_str_eq(api_at(&api, "data.version"), "v1");
}
END_TEST

START_TEST(a_raw_body_verifies_by_its_headers)
{
    char variable[BODY_SIZE];

    api.request.content_type = text_of(RAW);
    (void)snprintf(variable, sizeof variable, "HTTP_X_CONVOY_SIGNATURE=%.*s",
                   (int)(strlen(convoy) - strlen("{\"x-convoy-signature\":\"\"}")),
                   convoy + strlen("{\"x-convoy-signature\":\""));
    api_variables(&api, (const char *[]){variable, NULL});
    (void)api_ask(&api, "POST", api_endpoint(&api, NUMBER, "/verify"), "x");
    expect_verified("convoy", "current");
    api.request.now += 11000;
    api_variables(&api, (const char *[]){variable, "HTTP_HOOKROLL_TOLERANCE=10", NULL});
    (void)api_ask(&api, "POST", api_endpoint(&api, NUMBER, "/verify"), "x");
    expect_refused("too_old");
    ck_assert_str_eq(api_at(&api, "data.age"), "11");
    api_variables(&api, (const char *[]){variable, "HTTP_HOOKROLL_TOLERANCE=x", NULL});
    (void)api_ask(&api, "POST", api_endpoint(&api, NUMBER, "/verify"), "x");
    api_expect(&api, 400, "Hookroll-Tolerance must be an integer from 0 to 31536000 (seconds)");
    api_variables(&api, (const char *[]){"HTTP_X_CONVOY_SIGNATUR=x", "X_CONVOY_SIGNATURE=x",
                                         "HTTP_X_CONVOY_SIGNATURES=x", NULL});
    (void)api_ask(&api, "POST", api_endpoint(&api, NUMBER, "/verify"), "x");
    expect_refused("missing");
    ck_assert_str_eq(api_at(&api, "data.format"), "null");
}
END_TEST

START_TEST(the_old_secret_is_ending_then_ended)
{
    roll("{\"expiration\":60}");
    api.request.now += 59999;
    verify(standard, "\"payload\":\"x\"");
    expect_verified("standard", "ending");
    ck_assert_str_eq(api_at(&api, "data.expires_at"), "2026-11-23T19:09:05.123Z");
    api.request.now += 1;
    verify(standard, "\"payload\":\"x\"");
    expect_refused("secret_ended");
    ck_assert_str_eq(api_at(&api, "data.state"), "ended");
    verify(convoy, "\"payload\":\"x\"");
    expect_refused("secret_ended");
    roll("{\"expiration\":0}");
    verify(standard, "\"payload\":\"x\"");
    expect_refused("mismatch");
    ck_assert_str_eq(api_at(&api, "data.secret"), "null");
}
END_TEST

START_TEST(of_two_secrets_that_signed_the_current_one_is_told)
{
    roll("{\"expiration\":60}");
    sign();
    verify(standard, "\"payload\":\"x\"");
    expect_verified("standard", "current");
    verify(convoy, "\"payload\":\"x\"");
    expect_verified("convoy", "current");
}
END_TEST

START_TEST(what_is_altered_does_not_verify)
{
    verify(standard, "\"payload\":\"y\"");
    expect_refused("mismatch");
    verify(convoy, "\"payload\":\"x\\n\"");
    expect_refused("mismatch");
    verify("{}", "\"payload\":\"x\"");
    expect_refused("missing");
    verify("{\"webhook-id\":\"m\"}", "\"payload\":\"x\"");
    expect_refused("missing");
    ck_assert_str_eq(api_at(&api, "data.format"), "standard");
    verify(
        "{\"webhook-id\":\"m\",\"webhook-timestamp\":\"Infinity\",\"webhook-signature\":\"v1,x\"}",
        "\"payload\":\"x\"");
    expect_refused("malformed");
    ck_assert_str_eq(api_at(&api, "data.age"), "null");
    verify("{\"x-convoy-signature\":\"t=1795460885,v2=x\"}", "\"payload\":\"x\"");
    expect_refused("unknown_version");
}
END_TEST

START_TEST(a_good_convoy_header_does_not_save_altered_standard_ones)
{
    char both[2 * BODY_SIZE];

    (void)snprintf(both, sizeof both, "{\"webhook-id\":\"other\",%s", convoy + 1);
    verify(both, "\"payload\":\"x\"");
    expect_refused("missing");
}
END_TEST

START_TEST(the_tolerance_counts_in_both_directions)
{
    api.request.now -= 300000;
    verify(standard, "\"payload\":\"x\"");
    expect_verified("standard", "current");
    ck_assert_str_eq(api_at(&api, "data.age"), "-300");
    api.request.now -= 1000;
    verify(standard, "\"payload\":\"x\"");
    expect_refused("too_new");
    verify(standard, "\"payload\":\"x\",\"tolerance\":301");
    expect_verified("standard", "current");
    api.request.now += 301000 + 1000;
    verify(standard, "\"payload\":\"x\",\"tolerance\":0");
    expect_refused("too_old");
}
END_TEST

/* The two bodies that an advanced and a bare signature cover are told apart by the form. */
START_TEST(only_the_form_that_is_on_verifies)
{
    char bare[BODY_SIZE];

    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, ""),
                  "{\"name\":\"n\",\"url\":\"https://e.example\",\"advanced_signatures\":false,"
                  "\"signature\":{\"formats\":[\"convoy\"]}}");
    ck_assert_int_eq(api.response.status, 202);
    verify(standard, "\"payload\":\"x\"");
    expect_refused("missing");
    (void)snprintf(bare, sizeof bare, "{\"X-Convoy-Signature\":\"%.64s\"}",
                   strstr(convoy, "v1=") + 3);
    verify(bare, "\"payload\":\"1795460885,x\"");
    expect_verified("convoy", "current");
    ck_assert_str_eq(api_at(&api, "data.timestamp"), "null");
    verify(convoy, "\"payload\":\"x\"");
    expect_refused("mismatch");
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, ""),
                  "{\"name\":\"n\",\"url\":\"https://e.example\",\"advanced_signatures\":true}");
    verify(bare, "\"payload\":\"1795460885,x\"");
    expect_refused("malformed");
}
END_TEST

START_TEST(what_is_wrong_is_named)
{
    static const struct {
        const char *body;
        const char *field;
    } cases[] = {
        {"{\"payload\":\"x\"}", "headers"},
        {"{\"payload\":\"x\",\"headers\":[]}", "headers"},
        {"{\"headers\":{}}", "payload"},
        {"{\"headers\":{},\"payload\":\"\",\"payload_base64\":\"\"}", "payload"},
        {"{\"headers\":{},\"payload_base64\":\"-\"}", "payload_base64"},
        {"{\"headers\":{\"webhook-id\":1},\"payload\":\"x\"}", "headers.webhook-id"},
        {"{\"headers\":{\"Webhook-Id\":\"a\",\"webhook-id\":\"b\"},\"payload\":\"x\"}",
         "headers.webhook-id"},
        {"{\"headers\":{\"X-CONVOY-signature\":[]},\"payload\":\"x\"}",
         "headers.X-Convoy-Signature"},
        {"{\"headers\":{},\"payload\":\"x\",\"tolerance\":-1}", "tolerance"},
        {"{\"headers\":{},\"payload\":\"x\",\"tolerance\":31536001}", "tolerance"},
        {"{\"headers\":{},\"payload\":\"x\",\"tolerance\":\"300\"}", "tolerance"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)api_ask(&api, "POST", api_endpoint(&api, NUMBER, "/verify"), cases[i].body);
        ck_assert_int_eq(api.response.status, 400);
        ck_assert_str_eq(api_at(&api, "data.errors.#"), "1");
        ck_assert_str_eq(api_at(&api, "data.errors.0.field"), cases[i].field);
    }
}
END_TEST

static int64_t verified_at(size_t secret)
{
    return store_fixture_get(&api.at, NUMBER).secrets[secret].verified_at;
}

START_TEST(the_last_use_is_noted_once_a_minute_and_changes_nothing_else)
{
    char tag[64];
    int64_t first = SAMPLE_NOW + 5;

    api.request.now = first;
    verify(standard, "\"payload\":\"y\"");
    ck_assert_int_eq(verified_at(0), SECRET_NOT_VERIFIED);
    (void)api_ask(&api, "GET", api_endpoint(&api, NUMBER, ""), NULL);
    (void)snprintf(tag, sizeof tag, "%.*s", 20, buf_text(&api.response.headers).data);
    verify(standard, "\"payload\":\"x\"");
    ck_assert_int_eq(verified_at(0), first);
    api.request.now = first + SECRET_VERIFIED_STEP - 1;
    verify(standard, "\"payload\":\"x\"");
    ck_assert_int_eq(verified_at(0), first);
    api.request.now = first + SECRET_VERIFIED_STEP;
    verify(standard, "\"payload\":\"x\"");
    ck_assert_int_eq(verified_at(0), first + SECRET_VERIFIED_STEP);
    (void)api_ask(&api, "GET", api_endpoint(&api, NUMBER, ""), NULL);
    ck_assert_int_eq(strncmp(tag, buf_text(&api.response.headers).data, 20), 0);
    (void)api_ask(&api, "GET", api_endpoint(&api, NUMBER, "/history"), NULL);
    ck_assert_str_eq(api_at(&api, "data.content.#"), "1");
}
END_TEST

START_TEST(a_use_that_cannot_be_noted_is_answered_all_the_same)
{
    ck_assert(file_limit(0));
    verify(standard, "\"payload\":\"x\"");
    ck_assert(file_limit_lift());
    expect_verified("standard", "current");
    ck_assert(log_capture_has("the use of a secret could not be noted"));
    ck_assert_int_eq(verified_at(0), SECRET_NOT_VERIFIED);
    verify(standard, "\"payload\":\"x\"");
    ck_assert_int_eq(verified_at(0), SAMPLE_NOW);
}
END_TEST

START_TEST(verifying_needs_its_scope_owner_and_endpoint)
{
    char authorization[API_AUTHORIZATION_SIZE];
    const char *body = "{\"headers\":{},\"payload\":\"x\"}";

    (void)api_ask(&api, "POST", api_endpoint(&api, NUMBER + 1, "/verify"), body);
    api_expect(&api, 404, "endpoint not found");
    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN & ~(uint32_t)SCOPE_SIGN, "", authorization);
    (void)api_ask_as(&api, authorization, "POST", api_endpoint(&api, NUMBER, "/verify"), body);
    api_expect(&api, 403, "the API key lacks the scope sign");
    api_scoped(&api, KEY + 1, SCOPE_SIGN, "alice", authorization);
    (void)api_ask_as(&api, authorization, "POST", api_endpoint(&api, NUMBER, "/verify"), body);
    api_expect(&api, 403, "the API key is restricted to endpoints of its own owner_id");
}
END_TEST

Suite *verifications_suite(void)
{
    Suite *suite = suite_create("verifications");
    TCase *tc = tcase_create("verify");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, both_formats_verify_and_say_how_old_they_are);
    tcase_add_test(tc, a_raw_body_verifies_by_its_headers);
    tcase_add_test(tc, the_old_secret_is_ending_then_ended);
    tcase_add_test(tc, of_two_secrets_that_signed_the_current_one_is_told);
    tcase_add_test(tc, what_is_altered_does_not_verify);
    tcase_add_test(tc, a_good_convoy_header_does_not_save_altered_standard_ones);
    tcase_add_test(tc, the_tolerance_counts_in_both_directions);
    tcase_add_test(tc, only_the_form_that_is_on_verifies);
    tcase_add_test(tc, what_is_wrong_is_named);
    tcase_add_test(tc, the_last_use_is_noted_once_a_minute_and_changes_nothing_else);
    tcase_add_test(tc, a_use_that_cannot_be_noted_is_answered_all_the_same);
    tcase_add_test(tc, verifying_needs_its_scope_owner_and_endpoint);
    suite_add_tcase(suite, tc);
    return suite;
}
