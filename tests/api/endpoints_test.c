/* endpoints: creating and fetching them, by whom, with what is stored and shown, and
 * every failing member named. */
#include "api/endpoints.h"
#include "suites.h"
#include "support/api_fixture.h"
#include "support/log_capture.h"
#include "support/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINIMAL "\"name\":\"orders\",\"url\":\"https://example.com/hook\""

enum {
    KEY = 3,
    OTHER_PROJECT = 50
};

static struct api_fixture api;
static char authorization[API_AUTHORIZATION_SIZE];
static char endpoints[API_PATH_SIZE];

static void setup(void)
{
    char project[UID_SIZE];

    api_fixture_make(&api);
    api_fixture_open(&api);
    uid_format(&api.at.project.uid, project);
    (void)snprintf(endpoints, sizeof endpoints, "/v1/projects/%s/endpoints", project);
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

static void create(const char *body)
{
    (void)api_ask(&api, "POST", endpoints, body);
}

/* Asks for the endpoint that the answer before told of. */
static void get_as(const char *with)
{
    char path[2 * API_PATH_SIZE];

    (void)snprintf(path, sizeof path, "%s/%s", endpoints, api_at(&api, "data.uid"));
    (void)api_ask_as(&api, with, "GET", path, NULL);
}

static bool count_one(const struct endpoint *endpoint, void *arg)
{
    int *count = arg;

    ck_assert_uint_gt(endpoint->secret_count, 0);
    ++*count;
    return true;
}

static int stored_endpoints(void)
{
    int count = 0;

    ck_assert_int_eq(store_endpoints(api.at.store, &api.at.project.uid, count_one, &count), RC_OK);
    return count;
}

START_TEST(a_name_and_a_url_make_an_endpoint)
{
    create("{" MINIMAL "}");
    api_expect(&api, 201, "Endpoint created successfully");
    ck_assert_str_eq(api_at(&api, "data.name"), "orders");
    ck_assert_str_eq(api_at(&api, "data.url"), "https://example.com/hook");
    ck_assert_str_eq(api_at(&api, "data.status"), "active");
    ck_assert_str_eq(api_at(&api, "data.advanced_signatures"), "true");
    ck_assert_str_eq(api_at(&api, "data.content_type"), "application/json");
    ck_assert_str_eq(api_at(&api, "data.http_timeout"), "10");
    ck_assert_str_eq(api_at(&api, "data.created_at"), "2026-11-23T19:08:05.123Z");
    ck_assert_str_eq(api_at(&api, "data.deleted_at"), "null");
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "1");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.expires_at"), "null");
    ck_assert_int_eq(stored_endpoints(), 1);
}
END_TEST

START_TEST(a_secret_that_is_not_given_is_generated)
{
    static const char *const bodies[] = {"{" MINIMAL "}", "{" MINIMAL ",\"secret\":\"\"}",
                                         "{" MINIMAL ",\"secret\":null}"};
    char before[64] = "";

    for (size_t i = 0; i < 3; i++) {
        const char *value;

        create(bodies[i]);
        ck_assert_int_eq(api.response.status, 201);
        value = api_at(&api, "data.secrets.0.value");
        ck_assert_int_eq(strncmp(value, "whsec_", 6), 0);
        ck_assert_uint_eq(strlen(value), SIGNING_KEY_HMAC_SIZE - 1);
        ck_assert_str_ne(value, before);
        (void)snprintf(before, sizeof before, "%.60s", value);
    }
}
END_TEST

START_TEST(what_was_created_is_fetched)
{
    char *created;

    create("{" MINIMAL ",\"secret\":\"given\",\"owner_id\":\"alice\",\"description\":\"a \\u20ac\","
           "\"support_email\":\"a@example.com\",\"slack_webhook_url\":\"https://slack.example\","
           "\"http_timeout\":30,\"rate_limit\":5,\"rate_limit_duration\":60,"
           "\"advanced_signatures\":false,"
           "\"content_type\":\"application/x-www-form-urlencoded\",\"authentication\":{"
           "\"type\":\"api_key\",\"api_key\":{\"header_name\":\"X-Key\",\"header_value\":\"v\"}}}");
    ck_assert_int_eq(api.response.status, 201);
    created = strdup(api_at(&api, "data"));
    ck_assert_ptr_nonnull(created);
    ck_assert_str_eq(api_at(&api, "data.secrets.0.value"), "given");
    get_as(api.admin);
    api_expect(&api, 200, "Endpoint fetched successfully");
    ck_assert_str_eq(api_at(&api, "data"), created);
    free(created);
}
END_TEST

START_TEST(a_key_without_secrets_read_sees_masks)
{
    create("{" MINIMAL ",\"secret\":\"given\",\"authentication\":{\"type\":\"basic_auth\","
           "\"basic_auth\":{\"username\":\"u\",\"password\":\"p\"},\"api_key\":{"
           "\"header_name\":\"X-Key\",\"header_value\":\"hidden\"}}}");
    ck_assert_int_eq(api.response.status, 201);
    ck_assert_str_eq(api_at(&api, "data.authentication.basic_auth.password"), "[REDACTED]");
    ck_assert_str_eq(api_at(&api, "data.authentication.api_key.header_value"), "hidden");
    api_scoped(&api, KEY, SCOPE_ENDPOINTS_READ, "", authorization);
    get_as(authorization);
    ck_assert_int_eq(api.response.status, 200);
    ck_assert_str_eq(api_at(&api, "data.secrets.0.value"), "[REDACTED]");
    ck_assert_str_eq(api_at(&api, "data.authentication.basic_auth.username"), "u");
    ck_assert_str_eq(api_at(&api, "data.authentication.basic_auth.password"), "[REDACTED]");
    ck_assert_str_eq(api_at(&api, "data.authentication.api_key.header_value"), "[REDACTED]");
}
END_TEST

START_TEST(whoever_creates_sees_the_first_secret)
{
    api_scoped(&api, KEY, SCOPE_ENDPOINTS_WRITE, "", authorization);
    (void)api_ask_as(&api, authorization, "POST", endpoints,
                     "{" MINIMAL ",\"secret\":\"given\",\"authentication\":{\"type\":\"api_key\","
                     "\"api_key\":{\"header_name\":\"X-Key\",\"header_value\":\"hidden\"}}}");
    ck_assert_int_eq(api.response.status, 201);
    ck_assert_str_eq(api_at(&api, "data.secrets.0.value"), "given");
    ck_assert_str_eq(api_at(&api, "data.authentication.api_key.header_value"), "[REDACTED]");
}
END_TEST

START_TEST(creating_needs_its_scope)
{
    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN & ~(uint32_t)SCOPE_ENDPOINTS_WRITE, "",
               authorization);
    (void)api_ask_as(&api, authorization, "POST", endpoints, "{" MINIMAL "}");
    api_expect(&api, 403, "the API key lacks the scope endpoints:write");
    ck_assert_int_eq(stored_endpoints(), 0);
}
END_TEST

START_TEST(a_key_with_an_owner_creates_for_that_owner_only)
{
    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN, "alice", authorization);
    (void)api_ask_as(&api, authorization, "POST", endpoints, "{" MINIMAL ",\"owner_id\":\"bob\"}");
    api_expect(&api, 403, "the API key is restricted to endpoints of its own owner_id");
    ck_assert_int_eq(stored_endpoints(), 0);
    (void)api_ask_as(&api, authorization, "POST", endpoints,
                     "{" MINIMAL ",\"owner_id\":\"alice\"}");
    ck_assert_int_eq(api.response.status, 201);
    (void)api_ask_as(&api, authorization, "POST", endpoints, "{" MINIMAL "}");
    ck_assert_int_eq(api.response.status, 201);
    ck_assert_str_eq(api_at(&api, "data.owner_id"), "alice");
    (void)api_ask_as(&api, authorization, "POST", endpoints, "{" MINIMAL ",\"owner_id\":\"\"}");
    ck_assert_int_eq(api.response.status, 403);
    ck_assert_int_eq(stored_endpoints(), 2);
}
END_TEST

START_TEST(a_key_with_an_owner_fetches_that_owners_only)
{
    create("{" MINIMAL ",\"owner_id\":\"bob\"}");
    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN, "alice", authorization);
    get_as(authorization);
    api_expect(&api, 403, "the API key is restricted to endpoints of its own owner_id");
    ck_assert_str_eq(api_at(&api, "data"), "(absent)");
    create("{" MINIMAL ",\"owner_id\":\"alice\"}");
    get_as(authorization);
    ck_assert_int_eq(api.response.status, 200);
}
END_TEST

static const struct {
    const char *body;
    const char *field;
    const char *message;
} invalid[] = {
    {"{\"name\":\"n\"}", "url", "please provide a url for your endpoint"},
    {"{\"url\":\"https://e.example\"}", "name", "please provide your endpoint name"},
    {"{\"name\":\"n\",\"url\":\"ftp://e.example\"}", "url",
     "url must be http or https with a host"},
    {"{" MINIMAL ",\"support_email\":\"nobody\"}", "support_email", "please provide a valid email"},
    {"{" MINIMAL ",\"secret\":\"a\\u0007\"}", "secret",
     "secret must be 1 to 256 bytes of UTF-8 without control characters"},
    {"{" MINIMAL ",\"secret\":\"\\u0000\"}", "secret",
     "secret must be 1 to 256 bytes of UTF-8 without control characters"},
    {"{" MINIMAL ",\"secret\":5}", "secret",
     "body contains incorrect JSON type for field \"secret\""},
    {"{" MINIMAL ",\"name\\u0020\":1,\"content_type\":\"text/plain\"}", "content_type",
     "content_type must be application/json or application/x-www-form-urlencoded"},
    {"{" MINIMAL ",\"mtls_client_cert\":{\"client_cert\":\"c\"}}", "mtls_client_cert.client_key",
     "mtls_client_cert.client_key is required"},
    {"{" MINIMAL ",\"mtls_client_cert\":{\"client_key\":\"k\"}}", "mtls_client_cert.client_cert",
     "mtls_client_cert.client_cert is required"},
};

START_TEST(an_endpoint_that_breaks_a_rule_is_refused_with_its_member)
{
    create(invalid[_i].body);
    api_expect(&api, 400, invalid[_i].message);
    ck_assert_str_eq(api_at(&api, "data.errors.#"), "1");
    ck_assert_str_eq(api_at(&api, "data.errors.0.field"), invalid[_i].field);
    ck_assert_str_eq(api_at(&api, "data.errors.0.message"), invalid[_i].message);
    ck_assert_int_eq(stored_endpoints(), 0);
}
END_TEST

START_TEST(every_failing_member_is_named)
{
    create("{\"support_email\":\"x\",\"rate_limit\":-1,\"http_timeout\":\"1\",\"secret\":\"\\n\"}");
    ck_assert_int_eq(api.response.status, 400);
    ck_assert_str_eq(api_at(&api, "data.errors.#"), "6");
    ck_assert_ptr_nonnull(strstr(api_at(&api, "message"), "please provide a valid email"));
    ck_assert_ptr_nonnull(strstr(api_at(&api, "message"), "field \"http_timeout\""));
    ck_assert_ptr_nonnull(strstr(api_at(&api, "message"), "please provide your endpoint name"));
}
END_TEST

static const char *const wrong_types[] = {
    "{\"name\":1,\"url\":2}", "{\"name\":[],\"url\":{},\"secret\":3}", "{\"name\":null}", "{}"};

START_TEST(every_failing_member_is_named_once)
{
    bool with_secret = strstr(wrong_types[_i], "secret") != NULL;

    create(wrong_types[_i]);
    ck_assert_int_eq(api.response.status, 400);
    ck_assert_str_eq(api_at(&api, "data.errors.#"), with_secret ? "3" : "2");
}
END_TEST

START_TEST(a_refusal_never_repeats_the_secret)
{
    create("{" MINIMAL ",\"secret\":\"do-not-tell\\u0001\"}");
    ck_assert_int_eq(api.response.status, 400);
    ck_assert_ptr_null(memmem(api.response.body.data, api.response.body.len, "do-not-tell", 11));
    ck_assert(!log_capture_has("do-not-tell"));
}
END_TEST

START_TEST(a_body_that_cannot_be_read_creates_nothing)
{
    create("{" MINIMAL ",}");
    api_expect(&api, 400, "body contains badly-formed JSON (at character 51)");
    create(NULL);
    api_expect(&api, 400, "body must not be empty");
    create("[]");
    api_expect(&api, 400, "body contains incorrect JSON type");
    api.request.content_type = text_of("text/plain");
    create("{" MINIMAL "}");
    ck_assert_int_eq(api.response.status, 415);
    ck_assert_int_eq(stored_endpoints(), 0);
}
END_TEST

static const char *const unknown[] = {"01ARZ3NDEKTSV4RRFFQ69G5FAV", "x",
                                      "00000000000000000000000000", "{endpoint}", ".."};

START_TEST(an_unknown_endpoint_is_not_found)
{
    char path[2 * API_PATH_SIZE];

    (void)snprintf(path, sizeof path, "%s/%s", endpoints, unknown[_i]);
    ck_assert_int_eq(api_ask(&api, "GET", path, NULL), RC_NOT_FOUND);
    api_expect(&api, 404, "Resource not found");
    ck_assert_str_eq(api_at(&api, "data"), "(absent)");
}
END_TEST

START_TEST(another_projects_endpoint_is_not_found)
{
    const struct project other = sample_project(OTHER_PROJECT);

    ck_assert_int_eq(store_project_add(api.at.store, &other), RC_OK);
    ck_assert_int_eq(store_fixture_add(api.at.store, 2, OTHER_PROJECT, &api.arena), RC_OK);
    (void)api_ask(&api, "GET", api_endpoint(&api, 2, ""), NULL);
    api_expect(&api, 404, "Resource not found");
}
END_TEST

static bool keep_history(const struct history *history, void *arg)
{
    struct history *out = arg;

    ck_assert(text_is(history->request_id, "request-1"));
    *out = *history;
    return true;
}

START_TEST(a_creation_is_in_the_history)
{
    struct history history = {0};
    char uid[UID_SIZE];

    create("{" MINIMAL "}");
    ck_assert_int_eq(
        store_history(api.at.store, &api.at.project.uid, NULL, 0, keep_history, &history), RC_OK);
    ck_assert_uint_eq(history.sequence, 1);
    ck_assert_int_eq(history.action, HISTORY_CREATED);
    ck_assert_int_eq(history.at, SAMPLE_NOW);
    ck_assert(!uid_is_none(&history.key));
    uid_format(&history.fresh, uid);
    ck_assert_str_eq(api_at(&api, "data.secrets.0.uid"), uid);
    uid_format(&history.endpoint, uid);
    ck_assert_str_eq(api_at(&api, "data.uid"), uid);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *endpoints_suite(void)
{
    Suite *suite = suite_create("endpoints");
    TCase *tc = tcase_create("endpoints");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_name_and_a_url_make_an_endpoint);
    tcase_add_test(tc, a_secret_that_is_not_given_is_generated);
    tcase_add_test(tc, what_was_created_is_fetched);
    tcase_add_test(tc, a_key_without_secrets_read_sees_masks);
    tcase_add_test(tc, whoever_creates_sees_the_first_secret);
    tcase_add_test(tc, creating_needs_its_scope);
    tcase_add_test(tc, a_key_with_an_owner_creates_for_that_owner_only);
    tcase_add_test(tc, a_key_with_an_owner_fetches_that_owners_only);
    tcase_add_loop_test(tc, an_endpoint_that_breaks_a_rule_is_refused_with_its_member, 0,
                        COUNT(invalid));
    tcase_add_test(tc, every_failing_member_is_named);
    tcase_add_loop_test(tc, every_failing_member_is_named_once, 0, 4);
    tcase_add_test(tc, a_refusal_never_repeats_the_secret);
    tcase_add_test(tc, a_body_that_cannot_be_read_creates_nothing);
    tcase_add_loop_test(tc, an_unknown_endpoint_is_not_found, 0, COUNT(unknown));
    tcase_add_test(tc, another_projects_endpoint_is_not_found);
    tcase_add_test(tc, a_creation_is_in_the_history);
    suite_add_tcase(suite, tc);
    return suite;
}
