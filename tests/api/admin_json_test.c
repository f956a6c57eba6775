/* admin_json: the exact JSON of projects, API keys and history entries. */
#include "api/admin_json.h"
#include "suites.h"
#include "support/json_at.h"
#include "support/sample.h"

#include <stdio.h>
#include <string.h>

static struct buf buf;
static struct json_write json;

static void setup(void)
{
    buf_init(&buf, 1 << 16);
    json = json_write_to(&buf);
}

static void teardown(void)
{
    buf_free(&buf);
}

static struct text uid_text(uint32_t n)
{
    static char room[8][UID_SIZE];
    struct uid uid = sample_uid(n);

    uid_format(&uid, room[n]);
    return text_of(room[n]);
}

START_TEST(a_project_has_its_settings)
{
    struct project project = sample_project(1);
    char expected[512];

    project.name = text_of("sh\"op");
    project.updated_at = SAMPLE_NOW + 1;
    project.signature_header = text_of("X-Hook");
    project.versions[project.version_count++] =
        (struct project_version){PROJECT_SHA512, PROJECT_BASE64};
    admin_json_project(&json, &project);
    (void)snprintf(expected, sizeof expected,
                   "{\"uid\":\"%.*s\",\"name\":\"sh\\\"op\",\"default_grace\":86400,"
                   "\"max_grace\":31536000,\"max_signing_secrets\":10,"
                   "\"signature\":{\"header\":\"X-Hook\",\"versions\":[{\"hash\":\"SHA256\","
                   "\"encoding\":\"hex\"},{\"hash\":\"SHA512\",\"encoding\":\"base64\"}]},"
                   "\"created_at\":\"2026-11-23T19:08:05.123Z\","
                   "\"updated_at\":\"2026-11-23T19:08:05.124Z\"}",
                   TEXT_ARG(uid_text(1)));
    ck_assert(text_is(buf_text(&buf), expected));
}
END_TEST

START_TEST(an_api_key_shows_its_token_only_where_it_is_given)
{
    struct apikey key = sample_apikey(2, 1);

    key.scopes = SCOPE_SECRETS_ROLL | SCOPE_ENDPOINTS_READ;
    admin_json_apikey(&json, &key, text_of("hrk_token"));
    ck_assert_str_eq(json_at(buf_text(&buf), "key"), "hrk_token");
    buf_reset(&buf);
    json = json_write_to(&buf);
    admin_json_apikey(&json, &key, (struct text){0});
    ck_assert_str_eq(json_at(buf_text(&buf), "key"), "(absent)");
    ck_assert_ptr_null(memmem(buf.data, buf.len, "hrk_", 4));
}
END_TEST

START_TEST(an_api_key_has_its_members)
{
    struct apikey key = sample_apikey(2, 1);

    key.owner_id = text_of("alice");
    key.expires_at = SAMPLE_NOW + 1000;
    admin_json_apikey(&json, &key, (struct text){0});
    ck_assert_str_eq(json_at(buf_text(&buf), "#"), "9");
    ck_assert(text_is(uid_text(2), json_at(buf_text(&buf), "uid")));
    ck_assert(text_is(uid_text(1), json_at(buf_text(&buf), "project_id")));
    ck_assert_str_eq(json_at(buf_text(&buf), "name"), "a key");
    ck_assert_str_eq(json_at(buf_text(&buf), "owner_id"), "alice");
    ck_assert_str_eq(json_at(buf_text(&buf), "created_at"), "2026-11-23T19:08:05.123Z");
    ck_assert_str_eq(json_at(buf_text(&buf), "expires_at"), "2026-11-23T19:08:06.123Z");
    ck_assert_str_eq(json_at(buf_text(&buf), "revoked_at"), "null");
    ck_assert_str_eq(json_at(buf_text(&buf), "last_used_at"), "null");
}
END_TEST

START_TEST(scopes_are_listed_by_name)
{
    struct apikey key = sample_apikey(2, 1);

    admin_json_apikey(&json, &key, (struct text){0});
    ck_assert_str_eq(json_at(buf_text(&buf), "scopes"),
                     "[\"endpoints:read\",\"endpoints:write\",\"secrets:roll\",\"secrets:read\","
                     "\"keys:write\",\"project:write\",\"history:read\",\"sign\"]");
    buf_reset(&buf);
    json = json_write_to(&buf);
    key.scopes = SCOPE_SIGN;
    admin_json_apikey(&json, &key, (struct text){0});
    ck_assert_str_eq(json_at(buf_text(&buf), "scopes"), "[\"sign\"]");
}
END_TEST

START_TEST(a_digest_is_never_shown)
{
    struct apikey key = sample_apikey(2, 1);

    memset(key.digest, 'D', sizeof key.digest);
    admin_json_apikey(&json, &key, (struct text){0});
    ck_assert_ptr_null(memmem(buf.data, buf.len, "DDDD", 4));
}
END_TEST

START_TEST(a_roll_says_what_ended_and_what_is_new)
{
    const struct history history = {.sequence = 12,
                                    .previous = 7,
                                    .at = SAMPLE_NOW,
                                    .action = HISTORY_ROLLED,
                                    .project = sample_uid(1),
                                    .endpoint = sample_uid(2),
                                    .key = sample_uid(3),
                                    .request_id = text_of("request-1"),
                                    .ended = sample_uid(4),
                                    .ended_at = SAMPLE_NOW + 60000,
                                    .fresh = sample_uid(5),
                                    .reason = text_of("it \"leaked\"")};

    admin_json_history(&json, &history);
    ck_assert_str_eq(json_at(buf_text(&buf), "#"), "10");
    ck_assert_str_eq(json_at(buf_text(&buf), "reason"), "it \"leaked\"");
    ck_assert_str_eq(json_at(buf_text(&buf), "sequence"), "12");
    ck_assert_str_eq(json_at(buf_text(&buf), "at"), "2026-11-23T19:08:05.123Z");
    ck_assert_str_eq(json_at(buf_text(&buf), "action"), "rolled");
    ck_assert(text_is(uid_text(2), json_at(buf_text(&buf), "endpoint_id")));
    ck_assert(text_is(uid_text(3), json_at(buf_text(&buf), "key_id")));
    ck_assert_str_eq(json_at(buf_text(&buf), "request_id"), "request-1");
    ck_assert(text_is(uid_text(4), json_at(buf_text(&buf), "ended_secret")));
    ck_assert_str_eq(json_at(buf_text(&buf), "ended_at"), "2026-11-23T19:09:05.123Z");
    ck_assert(text_is(uid_text(5), json_at(buf_text(&buf), "new_secret")));
}
END_TEST

START_TEST(a_creation_ended_nothing_and_the_operators_tool_has_no_key)
{
    const struct history history = {.sequence = 1,
                                    .at = SAMPLE_NOW,
                                    .action = HISTORY_CREATED,
                                    .endpoint = sample_uid(2),
                                    .fresh = sample_uid(5)};

    admin_json_history(&json, &history);
    ck_assert_str_eq(json_at(buf_text(&buf), "action"), "created");
    ck_assert_str_eq(json_at(buf_text(&buf), "key_id"), "null");
    ck_assert_str_eq(json_at(buf_text(&buf), "request_id"), "");
    ck_assert_str_eq(json_at(buf_text(&buf), "ended_secret"), "null");
    ck_assert_str_eq(json_at(buf_text(&buf), "ended_at"), "null");
}
END_TEST

Suite *admin_json_suite(void)
{
    Suite *suite = suite_create("admin_json");
    TCase *tc = tcase_create("admin_json");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_project_has_its_settings);
    tcase_add_test(tc, an_api_key_shows_its_token_only_where_it_is_given);
    tcase_add_test(tc, an_api_key_has_its_members);
    tcase_add_test(tc, scopes_are_listed_by_name);
    tcase_add_test(tc, a_digest_is_never_shown);
    tcase_add_test(tc, a_roll_says_what_ended_and_what_is_new);
    tcase_add_test(tc, a_creation_ended_nothing_and_the_operators_tool_has_no_key);
    suite_add_tcase(suite, tc);
    return suite;
}
