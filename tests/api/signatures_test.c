/* signatures: both ways in give the known answers, through a roll; refusals. */
#include "api/signatures.h"
#include "domain/endpoint.h"
#include "suites.h"
#include "support/api_fixture.h"

#include <stdio.h>
#include <string.h>

enum {
    NUMBER = 2,
    KEY = 3
};

#define RAW      "application/octet-stream"
#define PAYLOAD  "{\"test\": 2432232314}"
#define ID       "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define STANDARD "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static struct api_fixture api;

static void roll(const char *body)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, "/expire_secret"), body);
    ck_assert_int_eq(api.response.status, 200);
}

static void sign(const char *body)
{
    (void)api_ask(&api, "POST", api_endpoint(&api, NUMBER, "/sign"), body);
}

static void setup(void)
{
    api_fixture_make_with(&api, NUMBER);
    roll("{\"expiration\":0,\"secret\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"}");
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

static void expect_known(void)
{
    api_expect(&api, 200, "payload signed successfully");
    ck_assert_str_eq(api_at(&api, "data.headers.webhook-id"), ID);
    ck_assert_str_eq(api_at(&api, "data.headers.webhook-timestamp"), "1614265330");
    ck_assert_str_eq(api_at(&api, "data.headers.webhook-signature"), STANDARD);
    ck_assert_str_eq(api_at(&api, "data.message_id"), ID);
    ck_assert_str_eq(api_at(&api, "data.timestamp"), "1614265330");
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "1");
}

START_TEST(json_and_raw_ways_in_give_the_known_answer)
{
    sign("{\"payload\":\"{\\\"test\\\": 2432232314}\",\"message_id\":\"" ID
         "\",\"timestamp\":1614265330}");
    expect_known();
    sign("{\"payload_base64\":\"eyJ0ZXN0IjogMjQzMjIzMjMxNH0=\",\"message_id\":\"" ID
         "\",\"timestamp\":1614265330}");
    expect_known();
    api.request.content_type = text_of(RAW "; charset=x");
    api_variables(
        &api, (const char *[]){"HTTP_WEBHOOK_ID=" ID, "HTTP_WEBHOOK_TIMESTAMP=1614265330", NULL});
    sign(PAYLOAD);
    expect_known();
}
END_TEST

START_TEST(what_is_not_given_is_made)
{
    sign("{\"payload\":\"\"}");
    api_expect(&api, 200, "payload signed successfully");
    ck_assert_int_eq(strncmp(api_at(&api, "data.message_id"), "msg_", 4), 0);
    ck_assert_uint_eq(strlen(api_at(&api, "data.message_id")), 30);
    ck_assert_str_eq(api_at(&api, "data.timestamp"), "1795460885");
    ck_assert_str_eq(api_at(&api, "data.headers.webhook-timestamp"), "1795460885");
}
END_TEST

START_TEST(the_old_secret_signs_until_its_last_millisecond)
{
    roll("{\"expiration\":60}");
    api.request.now += 59999;
    sign("{\"payload\":\"x\"}");
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "2");
    api.request.now += 1;
    sign("{\"payload\":\"x\"}");
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "1");
    ck_assert_ptr_null(strchr(api_at(&api, "data.headers.webhook-signature"), ' '));
}
END_TEST

START_TEST(a_bare_signature_is_of_the_current_secret_and_the_last_version)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, ""),
                  "{\"name\":\"n\",\"url\":\"https://e.example\",\"advanced_signatures\":false}");
    ck_assert_int_eq(api.response.status, 202);
    roll("{\"expiration\":60,\"secret\":\"secret\"}");
    sign("{\"payload\":\"\"}");
    /* HMAC-SHA256 of nothing */
    ck_assert_str_eq(api_at(&api, "data.headers.X-Convoy-Signature"),
                     "f9e66e179b6747ae54108f82f8ade8b3c25d76fd30afde6c395822c530196169");
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "2");
}
END_TEST

START_TEST(what_is_wrong_is_named)
{
    static const struct {
        const char *body;
        const char *field;
    } cases[] = {
        {"{}", "payload"},
        {"{\"payload\":\"\",\"payload_base64\":\"\"}", "payload"},
        {"{\"payload\":1}", "payload"},
        {"{\"payload_base64\":\"a\"}", "payload_base64"},
        {"{\"payload_base64\":\"YQ\"}", "payload_base64"},
        {"{\"payload\":\"\",\"message_id\":\"a.b\"}", "message_id"},
        {"{\"payload\":\"\",\"message_id\":\"\"}", "message_id"},
        {"{\"payload\":\"\",\"message_id\":7}", "message_id"},
        {"{\"payload\":\"\",\"timestamp\":-1}", "timestamp"},
        {"{\"payload\":\"\",\"timestamp\":1.5}", "timestamp"},
        {"{\"payload\":\"\",\"timestamp\":253402300800}", "timestamp"},
        {"{\"payload\":\"\",\"timestamp\":\"1\"}", "timestamp"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sign(cases[i].body);
        ck_assert_int_eq(api.response.status, 400);
        ck_assert_str_eq(api_at(&api, "data.errors.0.field"), cases[i].field);
    }
}
END_TEST

START_TEST(a_header_that_is_wrong_is_named)
{
    api.request.content_type = text_of(RAW);
    api_variables(&api, (const char *[]){"HTTP_WEBHOOK_ID=a.b", NULL});
    sign("");
    api_expect(&api, 400,
               "Webhook-Id must be 1 to 256 printable ASCII characters without space and '.'");
    api_variables(&api, (const char *[]){"HTTP_WEBHOOK_TIMESTAMP=Infinity", NULL});
    sign("");
    api_expect(&api, 400,
               "Webhook-Timestamp must be an integer from 0 to 253402300799 (Unix seconds)");
}
END_TEST

START_TEST(a_payload_is_compacted_where_that_is_wanted)
{
    char plain[128];

    roll("{\"expiration\":0,\"secret\":\"new-secret\"}");
    sign("{\"payload\":\"{\\\"b\\\":{},\\\"e\\\":\\\"123\\\",\\\"a\\\":1}\",\"timestamp\":"
         "1257894000}");
    ck_assert_str_eq(api_at(&api, "data.payload"), "(absent)");
    (void)snprintf(plain, sizeof plain, "%s", api_at(&api, "data.headers.X-Convoy-Signature"));
    sign("{\"payload\":\" {\\n\\\"b\\\": {}, \\\"e\\\":\\t\\\"123\\\", \\\"a\\\" : 1 "
         "}\",\"timestamp\":1257894000,"
         "\"compact\":true}");
    ck_assert_str_eq(api_at(&api, "data.payload"), "{\"b\":{},\"e\":\"123\",\"a\":1}");
    ck_assert_str_eq(api_at(&api, "data.headers.X-Convoy-Signature"), plain);
    api.request.content_type = text_of(RAW);
    api_variables(&api, (const char *[]){"HTTP_WEBHOOK_TIMESTAMP=1257894000",
                                         "HTTP_HOOKROLL_COMPACT=true", NULL});
    sign("{\"b\":{},\"e\":\"123\",\n\"a\":1}\r\n");
    ck_assert_str_eq(api_at(&api, "data.headers.X-Convoy-Signature"), plain);
    api_variables(&api, (const char *[]){"HTTP_HOOKROLL_COMPACT=false", NULL});
    sign("not JSON");
    api_expect(&api, 200, "payload signed successfully");
}
END_TEST

START_TEST(what_cannot_be_compacted_is_refused)
{
    sign("{\"payload\":\"{\",\"compact\":true}");
    ck_assert_str_eq(api_at(&api, "data.errors.0.field"), "payload");
    sign("{\"payload\":\"{}\",\"compact\":1}");
    api_expect(&api, 400, "body contains incorrect JSON type for field \"compact\"");
    api.request.content_type = text_of(RAW);
    api_variables(&api, (const char *[]){"HTTP_HOOKROLL_COMPACT=yes", NULL});
    sign("{}");
    api_expect(&api, 400, "Hookroll-Compact must be true or false");
}
END_TEST

START_TEST(a_raw_body_that_is_cut_is_not_signed)
{
    api.request.content_type = text_of(RAW);
    api.request.body_state = REQUEST_BODY_CUT;
    sign(NULL);
    api_expect(&api, 400, "body is shorter than its Content-Length");
}
END_TEST

START_TEST(another_media_type_is_refused_and_both_are_named)
{
    api.request.content_type = text_of("text/plain");
    sign("x");
    api_expect(&api, 415, "Content-Type must be application/json or application/octet-stream");
}
END_TEST

START_TEST(an_endpoint_that_is_paused_says_so)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, "/pause"), NULL);
    ck_assert_int_eq(api.response.status, 202);
    sign("{\"payload\":\"x\"}");
    api_expect(&api, 409, "endpoint is paused: nothing is to be delivered to it");
    ck_assert_str_eq(api_at(&api, "data.status"), "paused");
}
END_TEST

START_TEST(signing_needs_its_scope_owner_and_endpoint)
{
    char authorization[API_AUTHORIZATION_SIZE];
    const char *body = "{\"payload\":\"x\"}";

    (void)api_ask(&api, "POST", api_endpoint(&api, NUMBER + 1, "/sign"), body);
    api_expect(&api, 404, "endpoint not found");
    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN & ~(uint32_t)SCOPE_SIGN, "", authorization);
    (void)api_ask_as(&api, authorization, "POST", api_endpoint(&api, NUMBER, "/sign"), body);
    api_expect(&api, 403, "the API key lacks the scope sign");
    api_scoped(&api, KEY + 1, SCOPE_SIGN, "alice", authorization);
    (void)api_ask_as(&api, authorization, "POST", api_endpoint(&api, NUMBER, "/sign"), body);
    api_expect(&api, 403, "the API key is restricted to endpoints of its own owner_id");
}
END_TEST

static const struct {
    const char *encoded;
    int from;
} not_base64[] = {
    {"a", 2},         {"YQ", 3},         {"YQ=", 4},   {"YQ==YQ==", 5}, {"Y===", 2},
    {"=YQ=", 1},      {"YR==", 2},       {"YWJ=", 3},  {"YQ===", 5},    {"YW-_", 3},
    {"YWJj YWJj", 5}, {"YWJjYWJjY", 10}, {"====", 1},  {"\\u0000", 1},  {"YQ=\\n", 4},
    {"-", 1},         {"==", 1},         {"YWJj=", 5}, {"YWJ==", 5},    {"YWJj\\u00e9===", 5},
};

START_TEST(base64_is_asked_for_with_the_place_where_it_breaks)
{
    char body[128];
    char message[128];

    (void)snprintf(body, sizeof body, "{\"payload_base64\":\"%s\"}", not_base64[_i].encoded);
    (void)snprintf(
        message, sizeof message,
        "payload_base64 must be standard base64 with padding (RFC 4648, section 4), which "
        "it is not from character %d on",
        not_base64[_i].from);
    sign(body);
    api_expect(&api, 400, message);
}
END_TEST

/* All of it escaped, and larger than any other answer may be. */
START_TEST(a_payload_that_escapes_make_larger_than_other_answers_is_given_back)
{
    static char payload[(9 << 20) + 1];
    size_t given = 0;
    struct text answer;

    memset(payload, '\\', sizeof payload - 1);
    payload[0] = payload[sizeof payload - 2] = '"';
    api.request.content_type = text_of(RAW);
    api.arena.ceiling += sizeof payload;
    api_variables(&api, (const char *[]){"HTTP_HOOKROLL_COMPACT=true", NULL});
    sign(payload);
    ck_assert_int_eq(api.response.status, 200);
    answer = buf_text(&api.response.body);
    for (size_t i = 0; i < answer.len; i++)
        given += answer.data[i] == '\\';
    ck_assert_uint_eq(given, 2 * (sizeof payload - 3) + 2);
    sign("1 ");
    ck_assert_str_eq(api_at(&api, "data.payload"), "1");
}
END_TEST

Suite *signatures_suite(void)
{
    Suite *suite = suite_create("signatures");
    TCase *signing = tcase_create("signing");

    tcase_add_checked_fixture(signing, setup, teardown);
    tcase_add_test(signing, json_and_raw_ways_in_give_the_known_answer);
    tcase_add_test(signing, what_is_not_given_is_made);
    tcase_add_test(signing, the_old_secret_signs_until_its_last_millisecond);
    tcase_add_test(signing, a_bare_signature_is_of_the_current_secret_and_the_last_version);
    tcase_add_test(signing, what_is_wrong_is_named);
    tcase_add_test(signing, a_header_that_is_wrong_is_named);
    tcase_add_test(signing, a_payload_is_compacted_where_that_is_wanted);
    tcase_add_test(signing, a_payload_that_escapes_make_larger_than_other_answers_is_given_back);
    tcase_add_test(signing, what_cannot_be_compacted_is_refused);
    tcase_add_test(signing, a_raw_body_that_is_cut_is_not_signed);
    tcase_add_test(signing, another_media_type_is_refused_and_both_are_named);
    tcase_add_test(signing, an_endpoint_that_is_paused_says_so);
    tcase_add_test(signing, signing_needs_its_scope_owner_and_endpoint);
    tcase_add_loop_test(signing, base64_is_asked_for_with_the_place_where_it_breaks, 0,
                        (int)(sizeof not_base64 / sizeof not_base64[0]));
    suite_add_tcase(suite, signing);
    return suite;
}
