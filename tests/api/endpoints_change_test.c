/* endpoints: updating, deleting, pausing and activating, with the words of the contract,
 * and conditions on what the caller has seen. */
#include "api/endpoints.h"
#include "suites.h"
#include "support/api_fixture.h"

#include <stdio.h>
#include <string.h>

#define LEAST "\"name\":\"an endpoint\",\"url\":\"https://example.com/hook\""

enum {
    NUMBER = 2,
    KEY = 3
};

static struct api_fixture api;
static char authorization[API_AUTHORIZATION_SIZE];
static char tag[64];

static void setup(void)
{
    api_fixture_make_with(&api, NUMBER);
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

static void update(const char *body)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, ""), body);
}

static void fetch(void)
{
    (void)api_ask(&api, "GET", api_endpoint(&api, NUMBER, ""), NULL);
}

/* The tag of the answer before. */
static const char *etag(void)
{
    const char *headers = api.response.headers.data;
    const char *at = memmem(headers, api.response.headers.len, "ETag: ", 6);
    size_t len;

    ck_assert_ptr_nonnull(at);
    at += 6;
    len = (size_t)((const char *)memchr(at, '\r', 60) - at);
    memcpy(tag, at, len);
    tag[len] = '\0';
    return tag;
}

START_TEST(an_update_changes_what_it_names_and_keeps_the_rest)
{
    update("{" LEAST ",\"description\":\"one\",\"http_timeout\":30,\"authentication\":{"
           "\"type\":\"api_key\",\"api_key\":{\"header_name\":\"X\",\"header_value\":\"v\"}}}");
    api_expect(&api, 202, "Endpoint updated successfully");
    api.request.now++;
    update("{\"name\":\"another\",\"url\":\"http://other.example\",\"rate_limit\":5}");
    ck_assert_int_eq(api.response.status, 202);
    fetch();
    ck_assert_str_eq(api_at(&api, "data.name"), "another");
    ck_assert_str_eq(api_at(&api, "data.url"), "http://other.example");
    ck_assert_str_eq(api_at(&api, "data.description"), "one");
    ck_assert_str_eq(api_at(&api, "data.http_timeout"), "30");
    ck_assert_str_eq(api_at(&api, "data.rate_limit"), "5");
    ck_assert_str_eq(api_at(&api, "data.authentication.api_key.header_value"), "v");
    ck_assert_str_eq(api_at(&api, "data.created_at"), "2026-11-23T19:08:05.123Z");
    ck_assert_str_eq(api_at(&api, "data.updated_at"), "2026-11-23T19:08:05.124Z");
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "1");
}
END_TEST

static const struct {
    const char *body;
    const char *field;
    const char *message;
} invalid[] = {
    {"{\"url\":\"https://e.example\"}", "name", "please provide your endpoint name"},
    {"{\"name\":\"n\"}", "url", "please provide a url for your endpoint"},
    {"{\"name\":null,\"url\":\"https://e.example\"}", "name", "please provide your endpoint name"},
    {"{" LEAST ",\"support_email\":\"x\"}", "support_email", "please provide a valid email"},
    {"{" LEAST ",\"secret\":\"x\"}", "secret",
     "secret cannot be updated, it is rolled: PUT .../expire_secret"},
    {"{" LEAST ",\"rate_limit\":\"1\"}", "rate_limit",
     "body contains incorrect JSON type for field \"rate_limit\""},
    {"{" LEAST ",\"mtls_client_cert\":{\"client_cert\":\"c\"}}", "mtls_client_cert.client_key",
     "mtls_client_cert.client_key is required"},
};

START_TEST(an_update_that_breaks_a_rule_changes_nothing)
{
    char before[64];

    fetch();
    (void)snprintf(before, sizeof before, "%s", etag());
    update(invalid[_i].body);
    api_expect(&api, 400, invalid[_i].message);
    ck_assert_str_eq(api_at(&api, "data.errors.#"), "1");
    ck_assert_str_eq(api_at(&api, "data.errors.0.field"), invalid[_i].field);
    fetch();
    ck_assert_str_eq(etag(), before);
}
END_TEST

START_TEST(an_update_with_if_match_needs_the_latest)
{
    char first[64];

    fetch();
    (void)snprintf(first, sizeof first, "%s", etag());
    api.request.if_match = text_of(first);
    update("{" LEAST ",\"description\":\"one\"}");
    ck_assert_int_eq(api.response.status, 202);
    ck_assert_str_ne(etag(), first);
    update("{" LEAST ",\"description\":\"two\"}");
    api_expect(&api, 412, "the endpoint has changed since");
    api.request.if_match = text_of("*");
    update("{" LEAST "}");
    ck_assert_int_eq(api.response.status, 202);
    ck_assert_str_eq(api_at(&api, "data.description"), "one");
}
END_TEST

START_TEST(what_the_caller_has_is_not_sent_again)
{
    fetch();
    api.request.if_none_match = text_of(etag());
    fetch();
    ck_assert_int_eq(api.response.status, 304);
    ck_assert_uint_eq(api.response.body.len, 0);
    api.request.if_none_match = text_of("\"x\"");
    fetch();
    ck_assert_int_eq(api.response.status, 200);
}
END_TEST

START_TEST(a_deleted_endpoint_is_null_and_then_gone)
{
    const char *path = api_endpoint(&api, NUMBER, "");

    (void)api_ask(&api, "DELETE", path, NULL);
    api_expect(&api, 200, "Endpoint deleted successfully");
    ck_assert_str_eq(api_at(&api, "data"), "null");
    ck_assert_str_eq(api_at(&api, "#"), "3");
    (void)api_ask(&api, "DELETE", path, NULL);
    api_expect(&api, 404, "Resource not found");
    fetch();
    api_expect(&api, 404, "Resource not found");
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, "/expire_secret"), "{}");
    api_expect(&api, 404, "endpoint not found");
}
END_TEST

static void pause(const char *body)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, "/pause"), body);
    api_expect(&api, 202, "endpoint status updated successfully");
}

START_TEST(pausing_goes_there_and_back_whatever_the_body)
{
    static const char *const bodies[] = {NULL, "\"{}\"", "{}", "nonsense"};

    for (size_t i = 0; i < 4; i++) {
        pause(bodies[i]);
        ck_assert_str_eq(api_at(&api, "data.status"), i % 2 == 0 ? "paused" : "active");
    }
}
END_TEST

START_TEST(activating_takes_a_paused_endpoint_back_once)
{
    const char *path = api_endpoint(&api, NUMBER, "/activate");

    (void)api_ask(&api, "POST", path, NULL);
    api_expect(&api, 400, "current endpoint status - active, does not support activation");
    pause(NULL);
    (void)api_ask(&api, "POST", api_endpoint(&api, NUMBER, "/activate"), NULL);
    api_expect(&api, 202, "endpoint status successfully activated");
    ck_assert_str_eq(api_at(&api, "data.status"), "active");
}
END_TEST

static const struct {
    const char *method;
    const char *behind;
    const char *body;
} changes[] = {
    {"PUT", "", "{" LEAST ",\"description\":\"x\"}"},
    {"DELETE", "", NULL},
    {"PUT", "/pause", NULL},
    {"POST", "/activate", NULL},
};

START_TEST(a_change_needs_its_scope_its_owner_and_an_endpoint)
{
    const char *path = api_endpoint(&api, NUMBER, changes[_i].behind);

    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN & ~(uint32_t)SCOPE_ENDPOINTS_WRITE, "",
               authorization);
    (void)api_ask_as(&api, authorization, changes[_i].method, path, changes[_i].body);
    api_expect(&api, 403, "the API key lacks the scope endpoints:write");
    api_scoped(&api, KEY + 1, SCOPE_PROJECT_ADMIN, "alice", authorization);
    (void)api_ask_as(&api, authorization, changes[_i].method, path, changes[_i].body);
    api_expect(&api, 403, "the API key is restricted to endpoints of its own owner_id");
    (void)api_ask(&api, changes[_i].method, api_endpoint(&api, 99, changes[_i].behind),
                  changes[_i].body);
    api_expect(&api, 404, "Resource not found");
    fetch();
    ck_assert_str_eq(api_at(&api, "data.description"), "");
    ck_assert_str_eq(api_at(&api, "data.status"), "active");
}
END_TEST

START_TEST(a_key_with_an_owner_gives_nothing_away)
{
    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN, "alice", authorization);
    update("{" LEAST ",\"owner_id\":\"alice\"}");
    ck_assert_int_eq(api.response.status, 202);
    (void)api_ask_as(&api, authorization, "PUT", api_endpoint(&api, NUMBER, ""),
                     "{" LEAST ",\"owner_id\":\"bob\"}");
    api_expect(&api, 403, "the API key is restricted to endpoints of its own owner_id");
    (void)api_ask_as(&api, authorization, "PUT", api_endpoint(&api, NUMBER, ""),
                     "{" LEAST ",\"description\":\"mine\"}");
    ck_assert_int_eq(api.response.status, 202);
    ck_assert_str_eq(api_at(&api, "data.owner_id"), "alice");
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *endpoints_change_suite(void)
{
    Suite *suite = suite_create("endpoints_change");
    TCase *tc = tcase_create("change");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, an_update_changes_what_it_names_and_keeps_the_rest);
    tcase_add_loop_test(tc, an_update_that_breaks_a_rule_changes_nothing, 0, COUNT(invalid));
    tcase_add_test(tc, an_update_with_if_match_needs_the_latest);
    tcase_add_test(tc, what_the_caller_has_is_not_sent_again);
    tcase_add_test(tc, a_deleted_endpoint_is_null_and_then_gone);
    tcase_add_test(tc, pausing_goes_there_and_back_whatever_the_body);
    tcase_add_test(tc, activating_takes_a_paused_endpoint_back_once);
    tcase_add_loop_test(tc, a_change_needs_its_scope_its_owner_and_an_endpoint, 0, COUNT(changes));
    tcase_add_test(tc, a_key_with_an_owner_gives_nothing_away);
    suite_add_tcase(suite, tc);
    return suite;
}
