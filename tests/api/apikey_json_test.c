/* apikey_json: the exact JSON of an API key, and what is read of one. */
#include "api/apikey_json.h"
#include "suites.h"
#include "support/json_at.h"
#include "support/json_fixture.h"
#include "support/sample.h"

#include <string.h>

static struct json_fixture at;

static void setup(void)
{
    json_fixture_make(&at);
}

static void teardown(void)
{
    json_fixture_remove(&at);
}

START_TEST(an_api_key_shows_its_token_only_where_it_is_given)
{
    struct apikey key = sample_apikey(2, 1);

    key.scopes = SCOPE_SECRETS_ROLL | SCOPE_ENDPOINTS_READ;
    apikey_json_write(&at.json, &key, text_of("hrk_token"));
    ck_assert_str_eq(json_at(buf_text(&at.buf), "key"), "hrk_token");
    buf_reset(&at.buf);
    at.json = json_write_to(&at.buf);
    apikey_json_write(&at.json, &key, (struct text){0});
    ck_assert_str_eq(json_at(buf_text(&at.buf), "key"), "(absent)");
    ck_assert_ptr_null(memmem(at.buf.data, at.buf.len, "hrk_", 4));
}
END_TEST

START_TEST(an_api_key_has_its_members)
{
    struct apikey key = sample_apikey(2, 1);

    key.owner_id = text_of("alice");
    key.expires_at = SAMPLE_NOW + 1000;
    apikey_json_write(&at.json, &key, (struct text){0});
    ck_assert_str_eq(json_at(buf_text(&at.buf), "#"), "9");
    ck_assert(text_is(sample_uid_text(2), json_at(buf_text(&at.buf), "uid")));
    ck_assert(text_is(sample_uid_text(1), json_at(buf_text(&at.buf), "project_id")));
    ck_assert_str_eq(json_at(buf_text(&at.buf), "name"), "a key");
    ck_assert_str_eq(json_at(buf_text(&at.buf), "owner_id"), "alice");
    ck_assert_str_eq(json_at(buf_text(&at.buf), "created_at"), "2026-11-23T19:08:05.123Z");
    ck_assert_str_eq(json_at(buf_text(&at.buf), "expires_at"), "2026-11-23T19:08:06.123Z");
    ck_assert_str_eq(json_at(buf_text(&at.buf), "revoked_at"), "null");
    ck_assert_str_eq(json_at(buf_text(&at.buf), "last_used_at"), "null");
}
END_TEST

START_TEST(scopes_are_listed_by_name)
{
    struct apikey key = sample_apikey(2, 1);

    apikey_json_write(&at.json, &key, (struct text){0});
    ck_assert_str_eq(json_at(buf_text(&at.buf), "scopes"),
                     "[\"endpoints:read\",\"endpoints:write\",\"secrets:roll\",\"secrets:read\","
                     "\"keys:write\",\"project:write\",\"history:read\",\"sign\"]");
    buf_reset(&at.buf);
    at.json = json_write_to(&at.buf);
    key.scopes = SCOPE_SIGN;
    apikey_json_write(&at.json, &key, (struct text){0});
    ck_assert_str_eq(json_at(buf_text(&at.buf), "scopes"), "[\"sign\"]");
}
END_TEST

START_TEST(a_digest_is_never_shown)
{
    struct apikey key = sample_apikey(2, 1);

    memset(key.digest, 'D', sizeof key.digest);
    apikey_json_write(&at.json, &key, (struct text){0});
    ck_assert_ptr_null(memmem(at.buf.data, at.buf.len, "DDDD", 4));
}
END_TEST

static void read_apikey(const char *body, struct apikey *key)
{
    apikey_json_read(json_fixture_read(&at, body), key, &at.faults);
}

START_TEST(an_api_keys_wishes_are_read)
{
    struct apikey key = {.created_at = SAMPLE_NOW, .expires_at = APIKEY_NO_END};

    read_apikey("{\"name\":\"ci\",\"owner_id\":\"alice\",\"expires_in\":60,"
                "\"scopes\":[\"sign\",\"secrets:roll\"],\"unknown\":[]}",
                &key);
    ck_assert_uint_eq(at.faults.count, 0);
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

    read_apikey("{\"name\":null,\"scopes\":null,\"expires_in\":null}", &key);
    ck_assert_uint_eq(at.faults.count, 0);
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

    read_apikey(wrong_wishes[_i].body, &key);
    (void)!apikey_check(&key, &at.faults);
    ck_assert_uint_eq(at.faults.count, 1);
    ck_assert_str_eq(at.faults.list[0].member, wrong_wishes[_i].member);
}
END_TEST

START_TEST(the_scope_that_there_is_not_is_told_by_its_place)
{
    struct apikey key = sample_apikey(2, 1);

    read_apikey("{\"scopes\":[\"sign\",\"keys:write\",\"hidden\"]}", &key);
    ck_assert_int_eq(
        strncmp(at.faults.list[0].message, "scopes[2] must be one of project_admin, ", 40), 0);
    ck_assert_ptr_null(strstr(at.faults.list[0].message, "hidden"));
}
END_TEST

START_TEST(no_scope_at_all_is_the_domains_to_refuse)
{
    struct apikey key = sample_apikey(2, 1);

    read_apikey("{\"scopes\":[]}", &key);
    ck_assert_uint_eq(at.faults.count, 0);
    ck_assert_int_eq(apikey_check(&key, &at.faults), RC_INVALID);
    ck_assert(faults_name(&at.faults, "scopes"));
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *apikey_json_suite(void)
{
    Suite *suite = suite_create("apikey_json");
    TCase *tc = tcase_create("apikey_json");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, an_api_key_shows_its_token_only_where_it_is_given);
    tcase_add_test(tc, an_api_key_has_its_members);
    tcase_add_test(tc, scopes_are_listed_by_name);
    tcase_add_test(tc, a_digest_is_never_shown);
    tcase_add_test(tc, an_api_keys_wishes_are_read);
    tcase_add_test(tc, what_is_not_wished_for_stays);
    tcase_add_loop_test(tc, a_wish_that_cannot_be_is_one_fault, 0, COUNT(wrong_wishes));
    tcase_add_test(tc, the_scope_that_there_is_not_is_told_by_its_place);
    tcase_add_test(tc, no_scope_at_all_is_the_domains_to_refuse);
    suite_add_tcase(suite, tc);
    return suite;
}
