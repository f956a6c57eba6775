/* endpoints_roll: every row of the contract's table, the ranges of what is asked for,
 * the crowd of secrets, and a grace that is kept to the second without any job. */
#include "api/endpoints.h"
#include "suites.h"
#include "support/api_fixture.h"
#include "support/sample.h"

#include <stdio.h>
#include <string.h>

enum {
    NUMBER = 2, /* of the endpoint */
    KEY = 3
};

#define DONE  "endpoint secret expired successfully"
#define RANGE "expiration must be an integer from 0 to 31536000 (seconds)"
#define VALUE "secret must be 1 to 256 bytes of UTF-8 without control characters"
#define TYPE  "body contains incorrect JSON type"

static struct api_fixture api;
static char authorization[API_AUTHORIZATION_SIZE];

static void setup(void)
{
    api_fixture_make_with(&api, NUMBER);
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

static enum rc roll(const char *body)
{
    return api_ask(&api, "PUT", api_endpoint(&api, NUMBER, "/expire_secret"), body);
}

static void get_at(int64_t now)
{
    api.request.now = now;
    (void)api_ask(&api, "GET", api_endpoint(&api, NUMBER, ""), NULL);
    ck_assert_int_eq(api.response.status, 200);
}

static uint64_t history_count(void)
{
    return store_fixture_get(&api.at, NUMBER).history;
}

START_TEST(a_roll_gives_the_old_secret_an_end_and_appends_a_new_one)
{
    ck_assert_int_eq(roll("{\"expiration\":3600,\"secret\":\"new one\"}"), RC_OK);
    api_expect(&api, 200, DONE);
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "2");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.expires_at"), "2026-11-23T20:08:05.123Z");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.expires_at"), "null");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.value"), "new one");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.created_at"), "2026-11-23T19:08:05.123Z");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.deleted_at"), "null");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.#"), "6");
    ck_assert_str_eq(api_at(&api, "data.warning"), "(absent)");
    ck_assert_uint_eq(history_count(), 2);
}
END_TEST

static const char *const defaults[] = {
    "{}",
    "{\"expiration\":null,\"secret\":null}",
    "{\"secret\":\"\"}",
    "{\"expirations\":0,\"Expiration\":1,\"later\":{\"expiration\":0}}",
};

START_TEST(a_roll_that_asks_for_nothing_gets_a_day_and_a_generated_secret)
{
    ck_assert_int_eq(roll(defaults[_i]), RC_OK);
    api_expect(&api, 200, DONE);
    ck_assert_str_eq(api_at(&api, "data.secrets.0.expires_at"), "2026-11-24T19:08:05.123Z");
    ck_assert_int_eq(strncmp(api_at(&api, "data.secrets.1.value"), "whsec_", 6), 0);
    ck_assert_uint_eq(strlen(api_at(&api, "data.secrets.1.value")), SIGNING_KEY_HMAC_SIZE - 1);
}
END_TEST

START_TEST(the_grace_is_kept_to_the_second_without_any_job)
{
    const int64_t end = SAMPLE_NOW + 3600 * INT64_C(1000);

    ck_assert_int_eq(roll("{\"expiration\":3600,\"secret\":\"new\"}"), RC_OK);
    get_at(end - 1000);
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "2");
    get_at(end - 1);
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "2");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.value"), "new");
    get_at(end);
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "1");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.value"), "new");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.expires_at"), "null");
    get_at(end + 1000);
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "1");
    get_at(end - 1000);
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "2");
}
END_TEST

START_TEST(an_expiration_of_zero_ends_the_old_secret_now)
{
    ck_assert_int_eq(roll("{\"expiration\":0,\"secret\":\"new\"}"), RC_OK);
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "1");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.value"), "new");
    get_at(SAMPLE_NOW);
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "1");
}
END_TEST

START_TEST(secrets_in_grace_are_left_alone)
{
    ck_assert_int_eq(roll("{\"expiration\":3600,\"secret\":\"second\"}"), RC_OK);
    api.request.now += 1000;
    ck_assert_int_eq(roll("{\"expiration\":60,\"secret\":\"third\"}"), RC_OK);
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "3");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.expires_at"), "2026-11-23T20:08:05.123Z");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.updated_at"), "2026-11-23T19:08:05.123Z");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.value"), "second");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.expires_at"), "2026-11-23T19:09:06.123Z");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.updated_at"), "2026-11-23T19:08:06.123Z");
    ck_assert_str_eq(api_at(&api, "data.secrets.2.value"), "third");
    get_at(SAMPLE_NOW + 61000);
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "2");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.value"), "third");
}
END_TEST

static const struct {
    const char *body;
    const char *field; /* NULL: no member is named */
    const char *message;
} invalid[] = {
    {NULL, NULL, "body must not be empty"},
    {" ", NULL, "body must not be empty"},
    {"{\"expiration\":3600", NULL, "body contains badly-formed JSON"},
    {"{\"expiration\":3600}}", NULL, "body contains badly-formed JSON (at character 20)"},
    {"{\"expiration\":1,\"expiration\":2}", NULL,
     "body contains badly-formed JSON (at character 17): the member \"expiration\" is given twice"},
    {"null", NULL, TYPE},
    {"[]", NULL, TYPE},
    {"\"{}\"", NULL, TYPE},
    {"3600", NULL, TYPE},
    {"{\"expiration\":\"3600\"}", "expiration", TYPE " for field \"expiration\""},
    {"{\"expiration\":true}", "expiration", TYPE " for field \"expiration\""},
    {"{\"expiration\":[0]}", "expiration", TYPE " for field \"expiration\""},
    {"{\"secret\":1}", "secret", TYPE " for field \"secret\""},
    {"{\"secret\":{}}", "secret", TYPE " for field \"secret\""},
    {"{\"expiration\":-1}", "expiration", RANGE},
    {"{\"expiration\":31536001}", "expiration", RANGE},
    {"{\"expiration\":3600.5}", "expiration", RANGE},
    {"{\"expiration\":0.0}", "expiration", RANGE},
    {"{\"expiration\":1e3}", "expiration", RANGE},
    {"{\"expiration\":1e400}", "expiration", RANGE},
    {"{\"expiration\":9223372036854775807}", "expiration", RANGE},
    {"{\"expiration\":9223372036854775808}", "expiration", RANGE},
    {"{\"expiration\":18446744073709551617}", "expiration", RANGE},
    {"{\"expiration\":-9223372036854775809}", "expiration", RANGE},
    {"{\"secret\":\"\\u0000\"}", "secret", VALUE},
    {"{\"secret\":\"a\\nb\"}", "secret", VALUE},
    {"{\"secret\":\"\\u0085\"}", "secret", VALUE},
    {"{\"secret\":\"\x7F\"}", "secret", VALUE},
};

START_TEST(what_cannot_be_asked_for_changes_nothing)
{
    ck_assert_int_eq(roll(invalid[_i].body), RC_INVALID);
    api_expect(&api, 400, invalid[_i].message);
    ck_assert_str_eq(api_at(&api, "data.errors.0.field"),
                     invalid[_i].field != NULL ? invalid[_i].field : "(absent)");
    ck_assert_uint_eq(history_count(), 1);
    get_at(SAMPLE_NOW);
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "1");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.expires_at"), "null");
}
END_TEST

START_TEST(the_longest_grace_is_the_projects)
{
    ck_assert_int_eq(roll("{\"expiration\":31536000}"), RC_OK);
    ck_assert_str_eq(api_at(&api, "data.secrets.0.expires_at"), "2027-11-23T19:08:05.123Z");
}
END_TEST

START_TEST(every_fault_is_named)
{
    ck_assert_int_eq(roll("{\"expiration\":-1,\"secret\":\"\\t\"}"), RC_INVALID);
    ck_assert_int_eq(api.response.status, 400);
    ck_assert_str_eq(api_at(&api, "message"), RANGE ", " VALUE);
    ck_assert_str_eq(api_at(&api, "data.errors.#"), "2");
}
END_TEST

static enum rc roll_to(const char *value, size_t len, int expiration)
{
    char body[1024];

    (void)snprintf(body, sizeof body, "{\"expiration\":%d,\"secret\":\"%.*s\"}", expiration,
                   (int)len, value);
    return roll(body);
}

START_TEST(a_secret_is_one_to_256_bytes_taken_as_sent)
{
    char value[300];

    memset(value, 's', sizeof value);
    ck_assert_int_eq(roll_to(value, 257, 0), RC_INVALID);
    api_expect(&api, 400, VALUE);
    ck_assert_int_eq(roll_to(value, 256, 0), RC_OK);
    ck_assert_uint_eq(strlen(api_at(&api, "data.secrets.0.value")), 256);
    ck_assert_int_eq(roll_to("x", 1, 0), RC_OK);
    ck_assert_int_eq(roll_to(" \xC3\xA9 ", 4, 0), RC_OK);
    ck_assert_str_eq(api_at(&api, "data.secrets.0.value"), " \xC3\xA9 ");
}
END_TEST

START_TEST(a_secret_that_can_still_sign_is_refused)
{
    static const char refusal[] = "secret must not be one that this endpoint still signs with";

    ck_assert_int_eq(roll_to("first", 5, 60), RC_OK);
    ck_assert_int_eq(roll_to("first", 5, 60), RC_INVALID);
    api_expect(&api, 400, refusal);
    ck_assert_str_eq(api_at(&api, "data.errors.0.field"), "secret");
    ck_assert_int_eq(roll_to("second", 6, 60), RC_OK);
    api.request.now += 59999;
    ck_assert_int_eq(roll_to("first", 5, 60), RC_INVALID);
    api.request.now += 1;
    ck_assert_int_eq(roll_to("first", 5, 60), RC_OK);
}
END_TEST

START_TEST(as_many_secrets_as_the_project_allows_and_no_more)
{
    for (int i = 1; i < PROJECT_SIGNING_SECRETS; i++) {
        ck_assert_int_eq(roll("{\"expiration\":3600}"), RC_OK);
        api.request.now += 10;
    }
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "10");
    ck_assert_int_eq(roll("{\"expiration\":3600}"), RC_CONFLICT);
    api_expect(&api, 409,
               "the project allows 10 signing secrets at a time: the next one ends at "
               "2026-11-23T20:08:05.123Z");
    ck_assert_str_eq(api_at(&api, "data.max_signing_secrets"), "10");
    ck_assert_str_eq(api_at(&api, "data.next_expires_at"), "2026-11-23T20:08:05.123Z");
    ck_assert(api_header(&api, "Retry-After: 3600"));
    ck_assert_uint_eq(history_count(), 10);
    ck_assert_int_eq(roll("{\"expiration\":0}"), RC_OK);
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "10");
    api.request.now = SAMPLE_NOW + 3600 * 1000 - 1;
    ck_assert_int_eq(roll("{\"expiration\":3600}"), RC_CONFLICT);
    ck_assert(api_header(&api, "Retry-After: 1"));
    api.request.now++;
    ck_assert_int_eq(roll("{\"expiration\":3600}"), RC_OK);
}
END_TEST

START_TEST(a_key_that_may_only_roll_sees_the_new_secret_only)
{
    api_scoped(&api, KEY, SCOPE_SECRETS_ROLL, "", authorization);
    (void)api_ask_as(&api, authorization, "PUT", api_endpoint(&api, NUMBER, "/expire_secret"),
                     "{\"secret\":\"mine\"}");
    api_expect(&api, 200, DONE);
    ck_assert_str_eq(api_at(&api, "data.secrets.0.value"), "[REDACTED]");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.value"), "mine");
    roll("{\"secret\":\"admins\"}");
    ck_assert_int_eq(strncmp(api_at(&api, "data.secrets.0.value"), "whsec_", 6), 0);
    ck_assert_str_eq(api_at(&api, "data.secrets.1.value"), "mine");
}
END_TEST

START_TEST(another_owners_endpoint_is_not_rolled)
{
    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN, "alice", authorization);
    (void)api_ask_as(&api, authorization, "PUT", api_endpoint(&api, NUMBER, "/expire_secret"),
                     "{}");
    api_expect(&api, 403, "the API key is restricted to endpoints of its own owner_id");
    ck_assert_uint_eq(history_count(), 1);
}
END_TEST

START_TEST(an_unknown_endpoint_is_not_rolled)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, 99, "/expire_secret"), "{}");
    api_expect(&api, 404, "endpoint not found");
    ck_assert_str_eq(api_at(&api, "data"), "(absent)");
}
END_TEST

START_TEST(checks_come_in_the_contracts_order)
{
    const char *path = api_endpoint(&api, 99, "/expire_secret");

    api_scoped(&api, KEY, SCOPE_SIGN, "", authorization);
    (void)api_ask_as(&api, "Bearer x", "PUT", path, "{");
    ck_assert_int_eq(api.response.status, 401);
    (void)api_ask_as(&api, authorization, "PUT", path, "{");
    ck_assert_int_eq(api.response.status, 403);
    (void)api_ask(&api, "PUT", path, "{");
    ck_assert_int_eq(api.response.status, 400);
    (void)api_ask(&api, "PUT", path, "{\"expiration\":-1}");
    ck_assert_int_eq(api.response.status, 400);
    (void)api_ask(&api, "PUT", path, "{}");
    ck_assert_int_eq(api.response.status, 404);
}
END_TEST

START_TEST(a_body_that_did_not_come_whole_rolls_nothing)
{
    api.request.body_state = REQUEST_BODY_TOO_LARGE;
    ck_assert_int_eq(roll(NULL), RC_TOO_LARGE);
    api_expect(&api, 413, "body must be at most 4096 bytes");
    api.request.body_state = REQUEST_BODY_CUT;
    ck_assert_int_eq(roll(NULL), RC_INVALID);
    api.request.body_state = REQUEST_BODY_BAD_LENGTH;
    ck_assert_int_eq(roll(NULL), RC_INVALID);
    ck_assert_int_eq(api.response.status, 400);
    api.request.body_state = REQUEST_BODY_WHOLE;
    api.request.content_type = text_of("application/x-www-form-urlencoded");
    ck_assert_int_eq(roll("{}"), RC_MEDIA_TYPE);
    api_expect(&api, 415, "Content-Type must be application/json");
    ck_assert_uint_eq(history_count(), 1);
}
END_TEST

START_TEST(without_advanced_signatures_a_roll_warns)
{
    char path[2 * API_PATH_SIZE];

    (void)snprintf(path, sizeof path, "%.*s",
                   (int)(strstr(api_endpoint(&api, NUMBER, ""), "/endpoints") - api.path) + 10,
                   api.path);
    (void)api_ask(&api, "POST", path,
                  "{\"name\":\"n\",\"url\":\"https://e.example\",\"advanced_signatures\":false}");
    (void)snprintf(path + strlen(path), sizeof path - strlen(path), "/%s/expire_secret",
                   api_at(&api, "data.uid"));
    (void)api_ask(&api, "PUT", path, "{\"expiration\":60}");
    api_expect(&api, 200, DONE);
    ck_assert_ptr_nonnull(strstr(api_at(&api, "data.warning"), "advanced_signatures"));
}
END_TEST

static bool keep_newest(const struct history *history, void *arg)
{
    struct history *out = arg;

    ck_assert(text_is(history->request_id, "request-1"));
    *out = *history;
    return false;
}

START_TEST(a_roll_is_in_the_history_with_who_asked)
{
    struct uid uid = sample_uid(NUMBER);
    struct uid key = sample_uid(KEY);
    struct history history = {0};
    char fresh[UID_SIZE];

    api_scoped(&api, KEY, SCOPE_SECRETS_ROLL, "", authorization);
    (void)api_ask_as(&api, authorization, "PUT", api_endpoint(&api, NUMBER, "/expire_secret"),
                     "{\"expiration\":60}");
    ck_assert_int_eq(
        store_history(api.at.store, &api.at.project.uid, &uid, 0, keep_newest, &history), RC_OK);
    ck_assert_int_eq(history.action, HISTORY_ROLLED);
    ck_assert(uid_equal(&history.key, &key));
    ck_assert_int_eq(history.at, SAMPLE_NOW);
    ck_assert_int_eq(history.ended_at, SAMPLE_NOW + 60000);
    uid_format(&history.fresh, fresh);
    ck_assert_str_eq(api_at(&api, "data.secrets.1.uid"), fresh);
    uid_format(&history.ended, fresh);
    ck_assert_str_eq(api_at(&api, "data.secrets.0.uid"), fresh);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *endpoints_roll_suite(void)
{
    Suite *suite = suite_create("endpoints_roll");
    TCase *tc = tcase_create("roll");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_roll_gives_the_old_secret_an_end_and_appends_a_new_one);
    tcase_add_loop_test(tc, a_roll_that_asks_for_nothing_gets_a_day_and_a_generated_secret, 0,
                        COUNT(defaults));
    tcase_add_test(tc, the_grace_is_kept_to_the_second_without_any_job);
    tcase_add_test(tc, an_expiration_of_zero_ends_the_old_secret_now);
    tcase_add_test(tc, secrets_in_grace_are_left_alone);
    tcase_add_loop_test(tc, what_cannot_be_asked_for_changes_nothing, 0, COUNT(invalid));
    tcase_add_test(tc, the_longest_grace_is_the_projects);
    tcase_add_test(tc, every_fault_is_named);
    tcase_add_test(tc, a_secret_is_one_to_256_bytes_taken_as_sent);
    tcase_add_test(tc, a_secret_that_can_still_sign_is_refused);
    tcase_add_test(tc, as_many_secrets_as_the_project_allows_and_no_more);
    tcase_add_test(tc, a_key_that_may_only_roll_sees_the_new_secret_only);
    tcase_add_test(tc, another_owners_endpoint_is_not_rolled);
    tcase_add_test(tc, an_unknown_endpoint_is_not_rolled);
    tcase_add_test(tc, checks_come_in_the_contracts_order);
    tcase_add_test(tc, a_body_that_did_not_come_whole_rolls_nothing);
    tcase_add_test(tc, without_advanced_signatures_a_roll_warns);
    tcase_add_test(tc, a_roll_is_in_the_history_with_who_asked);
    suite_add_tcase(suite, tc);
    return suite;
}
