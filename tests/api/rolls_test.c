/* rolls: revoking a secret in grace, and the reasons that are given. (Rolling itself:
 * endpoints_roll_test.c.) */
#include "api/rolls.h"
#include "suites.h"
#include "support/api_fixture.h"

#include <stdio.h>
#include <string.h>

enum {
    NUMBER = 2,
    KEY = 3
};

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

static void roll(const char *body)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, "/expire_secret"), body);
    ck_assert_int_eq(api.response.status, 200);
}

static void revoke_as(const char *with, const char *secret, const char *body)
{
    char behind[API_PATH_SIZE / 2];

    (void)snprintf(behind, sizeof behind, "/secrets/%.60s/revoke", secret);
    (void)api_ask_as(&api, with, "POST", api_endpoint(&api, NUMBER, behind), body);
}

static void history(const char *query)
{
    api.request.query = text_of(query);
    (void)api_ask(&api, "GET", api_endpoint(&api, NUMBER, "/history"), NULL);
}

/* The uid of a secret in the answer before. */
static const char *secret_uid(const char *path)
{
    static char uid[UID_SIZE];

    (void)snprintf(uid, sizeof uid, "%.26s", api_at(&api, path));
    return uid;
}

START_TEST(a_secret_in_grace_is_ended_at_once)
{
    const char *uid;

    roll("{\"expiration\":3600}");
    uid = secret_uid("data.secrets.0.uid");
    api.request.now += 1000;
    revoke_as(api.admin, uid, "{\"reason\":\"it leaked\"}");
    api_expect(&api, 200, "endpoint secret revoked successfully");
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "1");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.expires_at"), "null");
    history("");
    ck_assert_str_eq(api_at(&api, "data.content.0.action"), "revoked");
    ck_assert_str_eq(api_at(&api, "data.content.0.ended_secret"), uid);
    ck_assert_str_eq(api_at(&api, "data.content.0.ended_at"), "2026-11-23T19:08:06.123Z");
    ck_assert_str_eq(api_at(&api, "data.content.0.new_secret"), "null");
    ck_assert_str_eq(api_at(&api, "data.content.0.reason"), "it leaked");
}
END_TEST

START_TEST(the_current_secret_cannot_be_revoked)
{
    roll("{\"expiration\":3600}");
    revoke_as(api.admin, secret_uid("data.secrets.1.uid"), NULL);
    api_expect(&api, 409, "the current secret cannot be revoked: roll it with an expiration of 0");
}
END_TEST

START_TEST(a_secret_that_cannot_sign_is_not_found)
{
    const char *uid;

    roll("{\"expiration\":60}");
    uid = secret_uid("data.secrets.0.uid");
    revoke_as(api.admin, "01ARZ3NDEKTSV4RRFFQ69G5FAV", NULL);
    api_expect(&api, 404, "secret not found");
    revoke_as(api.admin, "x", NULL);
    api_expect(&api, 404, "secret not found");
    api.request.now += 60000;
    revoke_as(api.admin, uid, NULL);
    api_expect(&api, 404, "secret not found");
}
END_TEST

START_TEST(revoking_needs_its_scope_and_owner)
{
    roll("{\"expiration\":3600}");
    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN & ~(uint32_t)SCOPE_SECRETS_ROLL, "", authorization);
    revoke_as(authorization, "x", NULL);
    api_expect(&api, 403, "the API key lacks the scope secrets:roll");
    api_scoped(&api, KEY + 1, SCOPE_PROJECT_ADMIN, "alice", authorization);
    revoke_as(authorization, "x", NULL);
    api_expect(&api, 403, "the API key is restricted to endpoints of its own owner_id");
}
END_TEST

#define REASON "reason must be at most 500 characters of UTF-8 without control characters"

START_TEST(a_reason_has_at_most_500_characters)
{
    char reason[501 * 3 + 1] = "";
    char body[sizeof reason + 32];
    const char *uid;

    for (int i = 0; i < 501; i++)
        memcpy(reason + (size_t)i * 3, "\xE2\x82\xAC", 4);
    roll("{\"expiration\":3600,\"reason\":\"why\"}");
    uid = secret_uid("data.secrets.0.uid");
    (void)snprintf(body, sizeof body, "{\"reason\":\"%s\"}", reason);
    revoke_as(api.admin, uid, body);
    api_expect(&api, 400, REASON);
    revoke_as(api.admin, uid, "{\"reason\":\"a\\nb\"}");
    api_expect(&api, 400, REASON);
    revoke_as(api.admin, uid, "{\"reason\":1}");
    api_expect(&api, 400, "body contains incorrect JSON type for field \"reason\"");
    (void)snprintf(body, sizeof body, "{\"reason\":\"%s\"}", reason + 3);
    revoke_as(api.admin, uid, body);
    ck_assert_int_eq(api.response.status, 200);
    history("");
    ck_assert_str_eq(api_at(&api, "data.content.0.reason"), reason + 3);
    ck_assert_str_eq(api_at(&api, "data.content.1.reason"), "why");
}
END_TEST

Suite *rolls_suite(void)
{
    Suite *suite = suite_create("rolls");
    TCase *tc = tcase_create("rolls");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_secret_in_grace_is_ended_at_once);
    tcase_add_test(tc, the_current_secret_cannot_be_revoked);
    tcase_add_test(tc, a_secret_that_cannot_sign_is_not_found);
    tcase_add_test(tc, revoking_needs_its_scope_and_owner);
    tcase_add_test(tc, a_reason_has_at_most_500_characters);
    suite_add_tcase(suite, tc);
    return suite;
}
