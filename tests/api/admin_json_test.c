/* admin_json: the exact JSON of projects, API keys and history entries, and what is
 * read of the first two. */
#include "api/admin_json.h"
#include "api/json_read.h"
#include "suites.h"
#include "support/json_at.h"
#include "support/sample.h"

#include <stdio.h>
#include <string.h>

static struct buf buf;
static struct json_write json;
static struct json_object *object;
static struct faults faults;

static void setup(void)
{
    buf_init(&buf, 1 << 16);
    json = json_write_to(&buf);
    object = NULL;
    faults.count = 0;
}

static void teardown(void)
{
    json_read_free(object);
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
    project.versions.list[project.versions.count++] =
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

static void read_body(const char *body)
{
    struct faults none = {0};

    ck_assert_int_eq(json_read_object(text_of(body), &object, &none), RC_OK);
}

static void read_project(const char *body, struct project *project)
{
    read_body(body);
    admin_json_read_project(object, project, &faults);
}

START_TEST(a_projects_settings_are_read)
{
    struct project project = sample_project(1);

    read_project("{\"name\":\"shop\",\"default_grace\":1,\"max_grace\":2,"
                 "\"max_signing_secrets\":3,\"signature\":{\"header\":\"X-Hook\",\"versions\":["
                 "{\"hash\":\"SHA512\",\"encoding\":\"base64\"},{}]},\"unknown\":1}",
                 &project);
    ck_assert_uint_eq(faults.count, 0);
    ck_assert(text_is(project.name, "shop"));
    ck_assert_int_eq(project.default_grace, 1);
    ck_assert_int_eq(project.max_grace, 2);
    ck_assert_int_eq(project.max_signing_secrets, 3);
    ck_assert(text_is(project.signature_header, "X-Hook"));
    ck_assert_uint_eq(project.versions.count, 2);
    ck_assert_int_eq(project.versions.list[0].hash, PROJECT_SHA512);
    ck_assert_int_eq(project.versions.list[0].encoding, PROJECT_BASE64);
    ck_assert_int_eq(project.versions.list[1].hash, PROJECT_SHA256);
    ck_assert_int_eq(project.versions.list[1].encoding, PROJECT_HEX);
}
END_TEST

static const char *const keeping[] = {
    "{}",
    "{\"name\":null,\"max_grace\":null,\"signature\":null}",
    "{\"signature\":{}}",
    "{\"signature\":{\"header\":null,\"versions\":null}}",
};

START_TEST(settings_that_are_absent_or_null_keep_their_value)
{
    const struct project before = sample_project(1);
    struct project project = before;

    read_project(keeping[_i], &project);
    ck_assert_uint_eq(faults.count, 0);
    sample_same_project(&before, &project);
}
END_TEST

static const struct {
    const char *body;
    const char *member;
} wrong_settings[] = {
    {"{\"name\":1}", "name"},
    {"{\"default_grace\":\"1\"}", "default_grace"},
    {"{\"max_grace\":1.5}", "max_grace"},
    {"{\"max_signing_secrets\":[]}", "max_signing_secrets"},
    {"{\"signature\":[]}", "signature"},
    {"{\"signature\":{\"header\":1}}", "signature.header"},
    {"{\"signature\":{\"versions\":{}}}", "signature.versions"},
    {"{\"signature\":{\"versions\":[1]}}", "signature.versions[0]"},
    {"{\"signature\":{\"versions\":[{},null]}}", "signature.versions[1]"},
    {"{\"signature\":{\"versions\":[{\"hash\":1}]}}", "signature.versions[0].hash"},
    {"{\"signature\":{\"versions\":[{\"hash\":\"MD5\"}]}}", "signature.versions[0].hash"},
    {"{\"signature\":{\"versions\":[{},{\"hash\":\"sha256\"}]}}", "signature.versions[1].hash"},
    {"{\"signature\":{\"versions\":[{},{},{\"encoding\":\"HEX\"}]}}",
     "signature.versions[2].encoding"},
};

START_TEST(a_setting_that_cannot_be_is_a_fault)
{
    struct project project = sample_project(1);

    read_project(wrong_settings[_i].body, &project);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].member, wrong_settings[_i].member);
}
END_TEST

START_TEST(each_version_that_cannot_be_is_named)
{
    struct project project = sample_project(1);

    read_project(
        "{\"signature\":{\"versions\":[{\"hash\":\"x\"},{},{\"hash\":\"x\",\"encoding\":7}]}}",
        &project);
    ck_assert_uint_eq(faults.count, 3);
    ck_assert_str_eq(faults.list[0].message, "signature.versions[0].hash must be SHA256 or SHA512");
    ck_assert(faults_name(&faults, "signature.versions[2].hash"));
    ck_assert(faults_name(&faults, "signature.versions[2].encoding"));
}
END_TEST

START_TEST(too_many_or_no_versions_are_the_domains_to_refuse)
{
    struct project project = sample_project(1);

    read_project(_i == 0 ? "{\"signature\":{\"versions\":[]}}"
                         : "{\"signature\":{\"versions\":[{},{},{},{},{},{},{},{},{},{}]}}",
                 &project);
    ck_assert_uint_eq(faults.count, 0);
    ck_assert_int_eq(project_check(&project, &faults), RC_INVALID);
    ck_assert(faults_name(&faults, "signature.versions"));
}
END_TEST

START_TEST(an_api_keys_wishes_are_read)
{
    struct apikey key = {.created_at = SAMPLE_NOW, .expires_at = APIKEY_NO_END};

    read_body("{\"name\":\"ci\",\"owner_id\":\"alice\",\"expires_in\":60,"
              "\"scopes\":[\"sign\",\"secrets:roll\"],\"unknown\":[]}");
    admin_json_read_apikey(object, &key, &faults);
    ck_assert_uint_eq(faults.count, 0);
    ck_assert(text_is(key.name, "ci"));
    ck_assert(text_is(key.owner_id, "alice"));
    ck_assert_int_eq(key.expires_at, SAMPLE_NOW + 60000);
    ck_assert_uint_eq(key.scopes, SCOPE_SIGN | SCOPE_SECRETS_ROLL);
}
END_TEST

START_TEST(what_is_not_wished_for_stays)
{
    const struct apikey before = sample_apikey(2, 1);
    struct apikey key = before;

    read_body("{\"name\":null,\"scopes\":null,\"expires_in\":null}");
    admin_json_read_apikey(object, &key, &faults);
    ck_assert_uint_eq(faults.count, 0);
    sample_same_apikey(&before, &key);
}
END_TEST

static const struct {
    const char *body;
    const char *member;
} wrong_wishes[] = {
    {"{\"name\":1}", "name"},
    {"{\"owner_id\":[]}", "owner_id"},
    {"{\"expires_in\":0}", "expires_in"},
    {"{\"expires_in\":-1}", "expires_in"},
    {"{\"expires_in\":315360001}", "expires_in"},
    {"{\"expires_in\":9223372036854775808}", "expires_in"},
    {"{\"expires_in\":60.5}", "expires_in"},
    {"{\"expires_in\":\"60\"}", "expires_in"},
    {"{\"scopes\":\"sign\"}", "scopes"},
    {"{\"scopes\":{\"sign\":true}}", "scopes"},
    {"{\"scopes\":[1]}", "scopes"},
    {"{\"scopes\":[null]}", "scopes"},
    {"{\"scopes\":[\"sign\",\"unknown\"]}", "scopes"},
    {"{\"scopes\":[\"\"]}", "scopes"},
};

START_TEST(a_wish_that_cannot_be_is_one_fault)
{
    struct apikey key = sample_apikey(2, 1);

    read_body(wrong_wishes[_i].body);
    admin_json_read_apikey(object, &key, &faults);
    (void)!apikey_check(&key, &faults);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].member, wrong_wishes[_i].member);
}
END_TEST

START_TEST(the_scope_that_there_is_not_is_told_by_its_place)
{
    struct apikey key = sample_apikey(2, 1);

    read_body("{\"scopes\":[\"sign\",\"keys:write\",\"hidden\"]}");
    admin_json_read_apikey(object, &key, &faults);
    ck_assert_int_eq(
        strncmp(faults.list[0].message, "scopes[2] must be one of project_admin, ", 40), 0);
    ck_assert_ptr_null(strstr(faults.list[0].message, "hidden"));
}
END_TEST

START_TEST(no_scope_at_all_is_the_domains_to_refuse)
{
    struct apikey key = sample_apikey(2, 1);

    read_body("{\"scopes\":[]}");
    admin_json_read_apikey(object, &key, &faults);
    ck_assert_uint_eq(faults.count, 0);
    ck_assert_int_eq(apikey_check(&key, &faults), RC_INVALID);
    ck_assert(faults_name(&faults, "scopes"));
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

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
    tcase_add_test(tc, a_projects_settings_are_read);
    tcase_add_loop_test(tc, settings_that_are_absent_or_null_keep_their_value, 0, COUNT(keeping));
    tcase_add_loop_test(tc, a_setting_that_cannot_be_is_a_fault, 0, COUNT(wrong_settings));
    tcase_add_test(tc, each_version_that_cannot_be_is_named);
    tcase_add_loop_test(tc, too_many_or_no_versions_are_the_domains_to_refuse, 0, 2);
    tcase_add_test(tc, an_api_keys_wishes_are_read);
    tcase_add_test(tc, what_is_not_wished_for_stays);
    tcase_add_loop_test(tc, a_wish_that_cannot_be_is_one_fault, 0, COUNT(wrong_wishes));
    tcase_add_test(tc, the_scope_that_there_is_not_is_told_by_its_place);
    tcase_add_test(tc, no_scope_at_all_is_the_domains_to_refuse);
    suite_add_tcase(suite, tc);
    return suite;
}
