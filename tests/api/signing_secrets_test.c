/* signing_secrets: what senders are given, for how long, and who is given it. */
#include "api/signing_secrets.h"
#include "suites.h"
#include "support/api_fixture.h"

enum {
    NUMBER = 2,
    KEY = 3
};

static struct api_fixture api;

static void roll(const char *body)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, "/expire_secret"), body);
    ck_assert_int_eq(api.response.status, 200);
}

static void fetch(void)
{
    (void)api_ask(&api, "GET", api_endpoint(&api, NUMBER, "/signing_secrets"), NULL);
}

static void setup(void)
{
    api_fixture_make_with(&api, NUMBER);
    roll("{\"expiration\":0,\"secret\":\"first\"}");
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

START_TEST(secrets_are_given_until_they_end)
{
    fetch();
    api_expect(&api, 200, "Signing secrets fetched successfully");
    ck_assert_str_eq(api_at(&api, "data.status"), "active");
    ck_assert_str_eq(api_at(&api, "data.signature.header"), "X-Convoy-Signature");
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "1");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.value"), "first");
    ck_assert_str_eq(api_at(&api, "data.next_expires_at"), "null");
    roll("{\"expiration\":30,\"secret\":\"second\"}");
    api.request.now += 29999;
    fetch();
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "2");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.value"), "second");
    api.request.now += 1;
    fetch();
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "1");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.value"), "second");
}
END_TEST

START_TEST(max_age_never_reaches_past_the_next_end)
{
    static const struct {
        int64_t at; /* ms before the end */
        int64_t max_age;
    } cases[] = {{120000, 60}, {60000, 60}, {59999, 59}, {1000, 1}, {999, 0}, {1, 0}, {0, 60}};
    int64_t end;

    fetch();
    ck_assert_int_eq(api.response.max_age, 60);
    roll("{\"expiration\":3600}");
    end = api.request.now + 3600000;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        api.request.now = end - cases[i].at;
        fetch();
        ck_assert_int_eq(api.response.status, 200);
        ck_assert_int_eq(api.response.max_age, cases[i].max_age);
    }
}
END_TEST

START_TEST(what_is_refused_is_not_to_be_kept)
{
    (void)api_ask(&api, "GET", api_endpoint(&api, NUMBER + 1, "/signing_secrets"), NULL);
    api_expect(&api, 404, "endpoint not found");
    ck_assert_int_eq(api.response.max_age, RESPONSE_NO_STORE);
}
END_TEST

START_TEST(values_need_their_scope_and_owner)
{
    char authorization[API_AUTHORIZATION_SIZE];

    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN & ~(uint32_t)SCOPE_SECRETS_READ, "", authorization);
    (void)api_ask_as(&api, authorization, "GET", api_endpoint(&api, NUMBER, "/signing_secrets"),
                     NULL);
    api_expect(&api, 403, "the API key lacks the scope secrets:read");
    api_scoped(&api, KEY + 1, SCOPE_SECRETS_READ, "alice", authorization);
    (void)api_ask_as(&api, authorization, "GET", api_endpoint(&api, NUMBER, "/signing_secrets"),
                     NULL);
    api_expect(&api, 403, "the API key is restricted to endpoints of its own owner_id");
}
END_TEST

Suite *signing_secrets_suite(void)
{
    Suite *suite = suite_create("signing_secrets");
    TCase *giving = tcase_create("giving");

    tcase_add_checked_fixture(giving, setup, teardown);
    tcase_add_test(giving, secrets_are_given_until_they_end);
    tcase_add_test(giving, max_age_never_reaches_past_the_next_end);
    tcase_add_test(giving, what_is_refused_is_not_to_be_kept);
    tcase_add_test(giving, values_need_their_scope_and_owner);
    suite_add_tcase(suite, giving);
    return suite;
}
