/* auth: which credentials are read, that bad keys all look alike, until when a key is
 * good, for which project, scope and owner. */
#include "api/auth.h"
#include "api/router.h"
#include "suites.h"
#include "support/api_fixture.h"
#include "support/file_limit.h"
#include "support/log_capture.h"
#include "support/sample.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

enum {
    ENDPOINT_NUMBER = 2,
    KEY = 3,
    OTHER_PROJECT = 50
};

static struct api_fixture api;
static char authorization[API_AUTHORIZATION_SIZE];
static char token[APIKEY_TOKEN_SIZE];

static void setup(void)
{
    api_fixture_make_with(&api, ENDPOINT_NUMBER);
    memcpy(token, api.admin + strlen("Bearer "), sizeof token);
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

static void ask_as(const char *with)
{
    (void)api_ask_as(&api, with, "GET", api_endpoint(&api, ENDPOINT_NUMBER, ""), NULL);
}

static void expect_unauthenticated(void)
{
    api_expect(&api, 401, "Authentication required");
    ck_assert_str_eq(api_at(&api, "data"), "(absent)");
    ck_assert(api_header(&api, "WWW-Authenticate: Bearer realm=\"hookroll\""));
}

static void expect_denied(void)
{
    api_expect(&api, 401, "authorization failed");
    ck_assert_str_eq(api_at(&api, "data"), "(absent)");
    ck_assert(
        api_header(&api, "WWW-Authenticate: Bearer realm=\"hookroll\", error=\"invalid_token\""));
}

START_TEST(a_good_key_is_let_in)
{
    ask_as(api.admin);
    api_expect(&api, 200, "Endpoint fetched successfully");
}
END_TEST

/* Around the administrator's token, where it is sent at all. */
static const struct {
    const char *before;
    bool sent;
    const char *after;
} unreadable[] = {
    {"", false, ""},         {" ", false, ""},
    {"Bearer", false, ""},   {"Bearer ", false, ""},
    {"Bearer  ", false, ""}, {"Basic aG9vazpyb2xs", false, ""},
    {"", true, ""},          {"bearer ", true, ""},
    {"BEARER ", true, ""},   {" Bearer ", true, ""},
    {"Bearer", true, ""},    {"Bearer\t", true, ""},
    {"Bearer ", true, " "},  {"Bearer  ", true, ""},
    {"Bearer ", true, " x"}, {"Bearer x, Bearer ", true, ""},
    {"Bearer ", true, ",x"}, {"Token ", true, ""},
    {"Bearer ", true, "\n"}, {"Bearer ", true, "\x7F"},
};

START_TEST(a_credential_that_is_not_bearer_and_one_key_is_none)
{
    char sent[256];

    (void)snprintf(sent, sizeof sent, "%s%s%s", unreadable[_i].before,
                   unreadable[_i].sent ? token : "", unreadable[_i].after);
    ask_as(sent);
    expect_unauthenticated();
}
END_TEST

START_TEST(no_credential_is_none)
{
    ask_as(NULL);
    expect_unauthenticated();
}
END_TEST

START_TEST(a_credential_with_a_nul_byte_is_none)
{
    ask_as(api.admin);
    ck_assert_int_eq(api.response.status, 200);
    api.request.authorization = (struct text){api.admin, sizeof api.admin};
    response_reset(&api.response);
    router_answer(&api.service, &api.request, &api.response, &api.arena, &api.outcome);
    expect_unauthenticated();
}
END_TEST

START_TEST(a_token_that_is_none_is_denied)
{
    char sent[256];

    ask_as("Bearer x");
    expect_denied();
    ask_as("Bearer hrk_");
    expect_denied();
    (void)snprintf(sent, sizeof sent, "Bearer %sA", token);
    ask_as(sent);
    expect_denied();
    (void)snprintf(sent, sizeof sent, "Bearer %.*s", (int)strlen(token) - 1, token);
    ask_as(sent);
    expect_denied();
}
END_TEST

START_TEST(a_token_altered_anywhere_is_denied)
{
    for (size_t i = strlen("Bearer "); i < strlen(api.admin); i++) {
        char sent[API_AUTHORIZATION_SIZE];

        memcpy(sent, api.admin, sizeof sent);
        sent[i] = sent[i] == '7' ? '6' : '7';
        ask_as(sent);
        expect_denied();
    }
}
END_TEST

static void keep_answer(char out[1024])
{
    (void)snprintf(out, 1024, "%d %.*s %.*s", api.response.status,
                   TEXT_ARG(buf_text(&api.response.headers)),
                   TEXT_ARG(buf_text(&api.response.body)));
}

START_TEST(unknown_wrong_expired_and_revoked_keys_look_alike)
{
    struct apikey keys[4];
    char answers[4][1024];

    for (uint32_t i = 0; i < 4; i++) {
        keys[i] = sample_apikey(KEY + i, STORE_FIXTURE_PROJECT);
        if (i == 1)
            keys[i].digest[0] ^= 1;
        if (i == 2)
            keys[i].expires_at = SAMPLE_NOW;
        if (i == 3)
            keys[i].revoked_at = SAMPLE_NOW;
        api_key(&api, KEY + i, &keys[i], authorization);
        if (i == 0)
            authorization[strlen("Bearer hrk_") + 25] = 'Z';
        ask_as(authorization);
        expect_denied();
        keep_answer(answers[i]);
        ck_assert_str_eq(answers[i], answers[0]);
    }
}
END_TEST

START_TEST(a_key_is_good_until_its_last_millisecond)
{
    struct apikey key = sample_apikey(KEY, STORE_FIXTURE_PROJECT);

    key.expires_at = SAMPLE_NOW + 5000;
    api_key(&api, KEY, &key, authorization);
    for (int64_t now = SAMPLE_NOW + 4999; now <= SAMPLE_NOW + 5001; now++) {
        api.request.now = now;
        ask_as(authorization);
        ck_assert_int_eq(api.response.status, now < SAMPLE_NOW + 5000 ? 200 : 401);
    }
}
END_TEST

START_TEST(a_key_that_was_revoked_is_denied_at_once)
{
    struct uid uid = sample_uid(KEY);

    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN, "", authorization);
    ask_as(authorization);
    ck_assert_int_eq(api.response.status, 200);
    ck_assert_int_eq(store_apikey_revoke(api.at.store, &uid, SAMPLE_NOW), RC_OK);
    ask_as(authorization);
    expect_denied();
}
END_TEST

START_TEST(another_project_is_not_found)
{
    const struct project other = sample_project(OTHER_PROJECT);
    struct apikey key = sample_apikey(KEY, OTHER_PROJECT);

    ck_assert_int_eq(store_project_add(api.at.store, &other), RC_OK);
    api_key(&api, KEY, &key, authorization);
    ask_as(authorization);
    api_expect(&api, 404, "project not found");
    ck_assert_str_eq(api_at(&api, "data"), "(absent)");
}
END_TEST

static const char *const projects[] = {
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "x",
    "00000000000000000000000000",
    "{project}",
    "01arz3ndektsv4rrffq69g5fav",
    "01ARZ3NDEKTSV4RRFFQ69G5FAVX",
    "..",
};

START_TEST(an_unknown_project_is_not_found_once_the_key_is_good)
{
    char path[API_PATH_SIZE];

    (void)snprintf(path, sizeof path, "/v1/projects/%s/endpoints/x", projects[_i]);
    (void)api_ask(&api, "GET", path, NULL);
    api_expect(&api, 404, "project not found");
    (void)api_ask_as(&api, "Bearer x", "GET", path, NULL);
    expect_denied();
    (void)api_ask_as(&api, NULL, "GET", path, NULL);
    expect_unauthenticated();
}
END_TEST

static const struct {
    enum scope scope;
    const char *method;
    const char *behind;
    const char *body;
    const char *message;
} routes[] = {
    {SCOPE_ENDPOINTS_READ, "GET", "", NULL, "the API key lacks the scope endpoints:read"},
    {SCOPE_SECRETS_ROLL, "PUT", "/expire_secret", "{}", "the API key lacks the scope secrets:roll"},
};

START_TEST(a_route_needs_its_scope_and_no_other)
{
    const char *path = api_endpoint(&api, ENDPOINT_NUMBER, routes[_i].behind);
    const uint32_t all = SCOPE_PROJECT_ADMIN;

    api_scoped(&api, KEY, all & ~(uint32_t)routes[_i].scope, "", authorization);
    (void)api_ask_as(&api, authorization, routes[_i].method, path, routes[_i].body);
    api_expect(&api, 403, routes[_i].message);
    ck_assert_str_eq(api_at(&api, "data"), "(absent)");
    api_scoped(&api, KEY + 1, (uint32_t)routes[_i].scope, "", authorization);
    (void)api_ask_as(&api, authorization, routes[_i].method, path, routes[_i].body);
    ck_assert_int_eq(api.response.status, 200);
}
END_TEST

START_TEST(a_scope_is_had_with_all_its_bits)
{
    struct call call = {.key = {.scopes = SCOPE_SIGN | SCOPE_KEYS_WRITE}};

    ck_assert(auth_has(&call, SCOPE_SIGN));
    ck_assert(auth_has(&call, SCOPE_KEYS_WRITE));
    ck_assert(auth_has(&call, SCOPE_NONE));
    ck_assert(!auth_has(&call, SCOPE_SECRETS_READ));
    ck_assert(!auth_has(&call, SCOPE_PROJECT_ADMIN));
    call.key.scopes = SCOPE_PROJECT_ADMIN;
    ck_assert(auth_has(&call, SCOPE_PROJECT_ADMIN));
    ck_assert(auth_has(&call, SCOPE_SECRETS_READ));
}
END_TEST

START_TEST(who_may_read_secrets_is_shown_them)
{
    const struct request request = {.now = SAMPLE_NOW};
    struct call call = {.request = &request, .key = {.scopes = SCOPE_ENDPOINTS_READ}};

    ck_assert(!auth_view(&call).secrets);
    call.key.scopes |= SCOPE_SECRETS_READ;
    ck_assert(auth_view(&call).secrets);
    ck_assert_int_eq(auth_view(&call).now, SAMPLE_NOW);
}
END_TEST

START_TEST(a_key_with_an_owner_acts_on_that_owners_things)
{
    struct call call = {.key = {.owner_id = text_of("alice")}};

    ck_assert(auth_owns(&call, text_of("alice")));
    ck_assert(!auth_owns(&call, text_of("alic")));
    ck_assert(!auth_owns(&call, text_of("alice2")));
    ck_assert(!auth_owns(&call, text_of("Alice")));
    ck_assert(!auth_owns(&call, (struct text){0}));
    call.key.owner_id = (struct text){0};
    ck_assert(auth_owns(&call, text_of("alice")));
    ck_assert(auth_owns(&call, (struct text){0}));
}
END_TEST

static enum rc count_and_give(struct edit *edit, void *arg)
{
    int *calls = arg;

    ck_assert_ptr_nonnull(edit->endpoint);
    ++*calls;
    return RC_CONFLICT;
}

START_TEST(an_edit_of_another_owners_thing_does_not_happen)
{
    const struct request request = {.now = SAMPLE_NOW};
    struct call call = {.request = &request, .key = {.owner_id = text_of("alice")}};
    struct endpoint endpoint = {.status = ENDPOINT_ACTIVE};
    struct edit edit = {.endpoint = &endpoint};
    int calls = 0;
    struct auth_edit guarded = {&call, count_and_give, &calls};

    endpoint.members[ENDPOINT_OWNER_ID] = text_of("bob");
    ck_assert_int_eq(auth_edit(&edit, &guarded), RC_FORBIDDEN);
    ck_assert_int_eq(calls, 0);
    endpoint.members[ENDPOINT_OWNER_ID] = text_of("alice");
    ck_assert_int_eq(auth_edit(&edit, &guarded), RC_CONFLICT);
    ck_assert_int_eq(calls, 1);
}
END_TEST

START_TEST(an_edit_of_what_has_changed_since_does_not_happen)
{
    struct request request = {.now = SAMPLE_NOW, .if_match = text_of("\"2-0-0-r\"")};
    struct call call = {.request = &request, .key = {.owner_id = text_of("alice")}};
    struct endpoint endpoint = {.status = ENDPOINT_ACTIVE, .revision = 3};
    struct edit edit = {.endpoint = &endpoint};
    int calls = 0;
    struct auth_edit guarded = {&call, count_and_give, &calls};

    endpoint.members[ENDPOINT_OWNER_ID] = text_of("bob");
    ck_assert_int_eq(auth_edit(&edit, &guarded), RC_FORBIDDEN);
    endpoint.members[ENDPOINT_OWNER_ID] = text_of("alice");
    ck_assert_int_eq(auth_edit(&edit, &guarded), RC_PRECONDITION);
    ck_assert_int_eq(calls, 0);
    endpoint.revision = 2;
    ck_assert_int_eq(auth_edit(&edit, &guarded), RC_CONFLICT);
    ck_assert_int_eq(calls, 1);
    call.key.scopes = SCOPE_SECRETS_READ;
    ck_assert_int_eq(auth_edit(&edit, &guarded), RC_PRECONDITION);
    ck_assert_int_eq(calls, 1);
}
END_TEST

static enum rc give_away(struct edit *edit, void *arg)
{
    edit->endpoint->members[ENDPOINT_OWNER_ID] = text_of(arg);
    return RC_OK;
}

START_TEST(an_edit_that_gives_a_thing_to_another_owner_does_not_happen)
{
    const struct request request = {.now = SAMPLE_NOW};
    struct call call = {.request = &request, .key = {.owner_id = text_of("alice")}};
    struct endpoint endpoint = {.status = ENDPOINT_ACTIVE};
    struct edit edit = {.endpoint = &endpoint};
    char bob[] = "bob";
    char alice[] = "alice";
    struct auth_edit guarded = {&call, give_away, bob};

    endpoint.members[ENDPOINT_OWNER_ID] = text_of("alice");
    ck_assert_int_eq(auth_edit(&edit, &guarded), RC_FORBIDDEN);
    endpoint.members[ENDPOINT_OWNER_ID] = text_of("alice");
    guarded.arg = alice;
    ck_assert_int_eq(auth_edit(&edit, &guarded), RC_OK);
}
END_TEST

static int64_t last_use(void)
{
    const struct uid uid = sample_uid(KEY);
    struct apikey key;

    ck_assert_int_eq(store_apikey_get(api.at.store, &uid, &api.at.arena, &key), RC_OK);
    return key.last_used_at;
}

START_TEST(the_use_of_a_good_key_is_noted)
{
    struct apikey key = sample_apikey(KEY, STORE_FIXTURE_PROJECT);

    key.expires_at = SAMPLE_NOW + 5000;
    api_key(&api, KEY, &key, authorization);
    api.request.now = SAMPLE_NOW + 5000;
    ask_as(authorization);
    expect_denied();
    ck_assert_int_eq(last_use(), APIKEY_NO_USE);
    api.request.now = SAMPLE_NOW + 4999;
    ask_as(authorization);
    ck_assert_int_eq(api.response.status, 200);
    ck_assert_int_eq(last_use(), SAMPLE_NOW + 4999);
}
END_TEST

/* Who writes, until it is let go on. */
struct writer {
    sem_t writes;
    sem_t go_on;
    enum rc rc;
};

static enum rc write_on(struct edit *edit, void *arg)
{
    struct writer *writer = arg;

    (void)edit;
    (void)sem_post(&writer->writes);
    while (sem_wait(&writer->go_on) != 0)
        continue;
    return RC_CONFLICT;
}

static void *write_long(void *arg)
{
    const struct uid uid = sample_uid(ENDPOINT_NUMBER);
    struct endpoint out;
    struct arena arena;

    arena_init(&arena, 1024 * 1024);
    ((struct writer *)arg)->rc =
        store_endpoint_edit(api.at.store, &api.at.project.uid, &uid, write_on, arg, &arena, &out);
    arena_free(&arena);
    return NULL;
}

/* It would be late, and tell of secrets that have ended meanwhile. */
START_TEST(an_answer_does_not_wait_until_the_use_can_be_noted)
{
    struct writer writer;
    pthread_t thread;

    api_scoped(&api, KEY, SCOPE_ENDPOINTS_READ, "", authorization);
    ck_assert_int_eq(sem_init(&writer.writes, 0, 0), 0);
    ck_assert_int_eq(sem_init(&writer.go_on, 0, 0), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, write_long, &writer), 0);
    while (sem_wait(&writer.writes) != 0)
        continue;
    (void)api_answer_as(&api, authorization, "GET", api_endpoint(&api, ENDPOINT_NUMBER, ""), NULL);
    api_expect(&api, 200, "Endpoint fetched successfully");
    (void)sem_post(&writer.go_on);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(writer.rc, RC_CONFLICT);
    ck_assert_int_eq(last_use(), APIKEY_NO_USE);
    router_afterwards(&api.service, &api.outcome);
    ck_assert_int_eq(last_use(), SAMPLE_NOW);
}
END_TEST

START_TEST(a_use_that_cannot_be_noted_is_let_in_all_the_same)
{
    api_scoped(&api, KEY, SCOPE_ENDPOINTS_READ, "", authorization);
    ck_assert(file_limit(0));
    ask_as(authorization);
    ck_assert(file_limit_lift());
    api_expect(&api, 200, "Endpoint fetched successfully");
    ck_assert(log_capture_has("the use of an API key could not be noted"));
    ck_assert_int_eq(last_use(), APIKEY_NO_USE);
    ask_as(authorization);
    ck_assert_int_eq(last_use(), SAMPLE_NOW);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *auth_suite(void)
{
    Suite *suite = suite_create("auth");
    TCase *tc = tcase_create("auth");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_good_key_is_let_in);
    tcase_add_loop_test(tc, a_credential_that_is_not_bearer_and_one_key_is_none, 0,
                        COUNT(unreadable));
    tcase_add_test(tc, no_credential_is_none);
    tcase_add_test(tc, a_credential_with_a_nul_byte_is_none);
    tcase_add_test(tc, a_token_that_is_none_is_denied);
    tcase_add_test(tc, a_token_altered_anywhere_is_denied);
    tcase_add_test(tc, unknown_wrong_expired_and_revoked_keys_look_alike);
    tcase_add_test(tc, a_key_is_good_until_its_last_millisecond);
    tcase_add_test(tc, a_key_that_was_revoked_is_denied_at_once);
    tcase_add_test(tc, another_project_is_not_found);
    tcase_add_loop_test(tc, an_unknown_project_is_not_found_once_the_key_is_good, 0,
                        COUNT(projects));
    tcase_add_loop_test(tc, a_route_needs_its_scope_and_no_other, 0, COUNT(routes));
    tcase_add_test(tc, a_scope_is_had_with_all_its_bits);
    tcase_add_test(tc, who_may_read_secrets_is_shown_them);
    tcase_add_test(tc, a_key_with_an_owner_acts_on_that_owners_things);
    tcase_add_test(tc, an_edit_of_another_owners_thing_does_not_happen);
    tcase_add_test(tc, an_edit_of_what_has_changed_since_does_not_happen);
    tcase_add_test(tc, an_edit_that_gives_a_thing_to_another_owner_does_not_happen);
    tcase_add_test(tc, the_use_of_a_good_key_is_noted);
    tcase_add_test(tc, an_answer_does_not_wait_until_the_use_can_be_noted);
    tcase_add_test(tc, a_use_that_cannot_be_noted_is_let_in_all_the_same);
    suite_add_tcase(suite, tc);
    return suite;
}
