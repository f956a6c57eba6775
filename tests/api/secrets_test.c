/* secrets: the lists that show no value: states, last uses, and public keys. */
#include "suites.h"
#include "support/api_fixture.h"
#include "support/sample.h"

#include <stdio.h>
#include <string.h>

enum {
    NUMBER = 2,
    KEY = 3
};

static struct api_fixture api;

static void ask(const char *behind)
{
    (void)api_ask(&api, "GET", api_endpoint(&api, NUMBER, behind), NULL);
}

static void roll(const char *body)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, "/expire_secret"), body);
    ck_assert_int_eq(api.response.status, 200);
}

static void use_ed25519(void)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, ""),
                  "{\"name\":\"n\",\"url\":\"https://e.example\",\"signature\":{\"key_type\":"
                  "\"ed25519\"}}");
    ck_assert_int_eq(api.response.status, 202);
}

static void setup(void)
{
    api_fixture_make_with(&api, NUMBER);
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

START_TEST(states_follow_the_clock_and_no_value_is_shown)
{
    roll("{\"expiration\":60}");
    ask("/secrets");
    api_expect(&api, 200, "Secrets fetched successfully");
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "2");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.state"), "ending");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.type"), "hmac");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.last_verified_at"), "null");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.public_key"), "(absent)");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.value"), "(absent)");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.state"), "current");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.expires_at"), "null");
    api.request.now += 60000;
    ask("/secrets");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.state"), "ended");
}
END_TEST

START_TEST(public_keys_come_with_the_roll_and_go_with_their_end)
{
    char first[64];

    ask("/public_keys");
    api_expect(&api, 200, "Public keys fetched successfully");
    ck_assert_str_eq(api_at(&api, "data.public_keys.#"), "0");
    use_ed25519();
    roll("{\"expiration\":0}");
    ask("/public_keys");
    ck_assert_str_eq(api_at(&api, "data.public_keys.#"), "1");
    (void)snprintf(first, sizeof first, "%s", api_at(&api, "data.public_keys.0.public_key"));
    ck_assert_int_eq(strncmp(first, "whpk_", 5), 0);
    roll("{\"expiration\":30}");
    ask("/public_keys");
    ck_assert_str_eq(api_at(&api, "data.public_keys.#"), "2");
    ck_assert_str_eq(api_at(&api, "data.public_keys.0.public_key"), first);
    ck_assert_int_eq(api.response.max_age, 30);
    ask("/secrets");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.public_key"), first);
    api.request.now += 30000;
    ask("/public_keys");
    ck_assert_str_eq(api_at(&api, "data.public_keys.#"), "1");
    ck_assert_str_ne(api_at(&api, "data.public_keys.0.public_key"), first);
}
END_TEST

START_TEST(public_keys_that_are_still_the_same_are_not_sent_again)
{
    char tag[64];
    struct text headers;

    use_ed25519();
    ask("/public_keys");
    headers = buf_text(&api.response.headers);
    ck_assert_int_eq(sscanf(headers.data, "ETag: %63s", tag), 1);
    api.request.if_none_match = text_of(tag);
    ask("/public_keys");
    ck_assert_int_eq(api.response.status, 304);
    ck_assert_int_eq(api.response.max_age, 60);
    roll("{\"expiration\":60}");
    ask("/public_keys");
    ck_assert_int_eq(api.response.status, 200);
}
END_TEST

START_TEST(both_lists_need_their_scope_owner_and_endpoint)
{
    static const char *const lists[] = {"/secrets", "/public_keys"};
    char authorization[API_AUTHORIZATION_SIZE];
    char owned[API_AUTHORIZATION_SIZE];

    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN & ~(uint32_t)SCOPE_ENDPOINTS_READ, "", authorization);
    api_scoped(&api, KEY + 1, SCOPE_PROJECT_ADMIN, "alice", owned);
    for (size_t i = 0; i < 2; i++) {
        (void)api_ask(&api, "GET", api_endpoint(&api, NUMBER + 1, lists[i]), NULL);
        api_expect(&api, 404, "endpoint not found");
        (void)api_ask_as(&api, authorization, "GET", api_endpoint(&api, NUMBER, lists[i]), NULL);
        api_expect(&api, 403, "the API key lacks the scope endpoints:read");
        (void)api_ask_as(&api, owned, "GET", api_endpoint(&api, NUMBER, lists[i]), NULL);
        api_expect(&api, 403, "the API key is restricted to endpoints of its own owner_id");
    }
}
END_TEST

/* The project's list, narrowed as `query` says, as the holder of `authorization` sees it. */
static void ask_all_as(const char *authorization, const char *query)
{
    char project[UID_SIZE];
    char path[64];

    uid_format(&api.at.project.uid, project);
    (void)snprintf(path, sizeof path, "/v1/projects/%s/secrets", project);
    api.request.query = text_of(query);
    (void)api_ask_as(&api, authorization, "GET", path, NULL);
    api.request.query = text_of("");
}

static void expect_all(const char *query, const char *count)
{
    ask_all_as(api.admin, query);
    api_expect(&api, 200, "Secrets fetched successfully");
    ck_assert_str_eq(api_at(&api, "data.content.#"), count);
}

START_TEST(the_list_of_all_is_of_the_moment_it_is_asked_for)
{
    const struct uid rolled = sample_uid(NUMBER);
    char uid[UID_SIZE];

    ck_assert_int_eq(store_fixture_add(api.at.store, NUMBER + 1, STORE_FIXTURE_PROJECT, &api.arena),
                     RC_OK);
    roll("{\"expiration\":60}");
    expect_all("", "2");
    expect_all("unverified=true", "2");
    expect_all("in_grace=true&unverified=true", "1");
    uid_format(&rolled, uid);
    ck_assert_str_eq(api_at(&api, "data.content.0.uid"), uid);
    ck_assert_str_eq(api_at(&api, "data.content.0.secrets.0.state"), "ending");
    ck_assert_str_eq(api_at(&api, "data.content.0.secrets.1.state"), "current");
    ck_assert_str_eq(api_at(&api, "data.content.0.secrets.0.value"), "(absent)");
    api.request.now += 59999;
    expect_all("in_grace=true", "1");
    api.request.now++;
    expect_all("in_grace=true", "0");
    expect_all("unverified=true", "2");
}
END_TEST

START_TEST(what_is_wrong_with_the_list_of_all_is_named_at_once)
{
    ask_all_as(api.admin, "in_grace=no&unverified&perPage=0");
    api_expect(&api, 400,
               "in_grace must be true, or left out, unverified must be true, or left out, perPage "
               "must be an integer from 1 to 1000");
    ck_assert_str_eq(api_at(&api, "data.errors.#"), "3");
}
END_TEST

START_TEST(the_list_of_all_needs_its_scope_and_is_the_owners)
{
    char authorization[API_AUTHORIZATION_SIZE];
    char owned[API_AUTHORIZATION_SIZE];

    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN & ~(uint32_t)SCOPE_ENDPOINTS_READ, "", authorization);
    api_scoped(&api, KEY + 1, SCOPE_ENDPOINTS_READ, "alice", owned);
    ask_all_as(authorization, "");
    api_expect(&api, 403, "the API key lacks the scope endpoints:read");
    ask_all_as(owned, "");
    api_expect(&api, 200, "Secrets fetched successfully");
    ck_assert_str_eq(api_at(&api, "data.content.#"), "0");
    ask_all_as(owned, "ownerId=bob");
    api_expect(&api, 403, "the API key is restricted to endpoints of its own owner_id");
}
END_TEST

Suite *secrets_suite(void)
{
    Suite *suite = suite_create("secrets");
    TCase *tc = tcase_create("lists");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, states_follow_the_clock_and_no_value_is_shown);
    tcase_add_test(tc, public_keys_come_with_the_roll_and_go_with_their_end);
    tcase_add_test(tc, public_keys_that_are_still_the_same_are_not_sent_again);
    tcase_add_test(tc, both_lists_need_their_scope_owner_and_endpoint);
    tcase_add_test(tc, the_list_of_all_is_of_the_moment_it_is_asked_for);
    tcase_add_test(tc, what_is_wrong_with_the_list_of_all_is_named_at_once);
    tcase_add_test(tc, the_list_of_all_needs_its_scope_and_is_the_owners);
    suite_add_tcase(suite, tc);
    return suite;
}
