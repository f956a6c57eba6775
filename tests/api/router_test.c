/* router: which paths and methods are known, whatever bytes they hold, and that there
 * is an answer in any case. */
#include "api/router.h"
#include "base/crypto.h"
#include "store/keyspace.h"
#include "suites.h"
#include "support/api_fixture.h"
#include "support/sample.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum {
    NUMBER = 2
};

static struct api_fixture api;
static char endpoint[API_PATH_SIZE];
static char roll[API_PATH_SIZE];

static void setup(void)
{
    api_fixture_make_with(&api, NUMBER);
    memcpy(endpoint, api_endpoint(&api, NUMBER, ""), sizeof endpoint);
    memcpy(roll, api_endpoint(&api, NUMBER, "/expire_secret"), sizeof roll);
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

static void ask_bytes(const char *method, struct text path)
{
    api.request.method = text_of(method);
    api.request.path = path;
    api.request.authorization = text_of(api.admin);
    api.request.body = text_of("{}");
    response_reset(&api.response);
    arena_reset(&api.arena);
    router_answer(&api.service, &api.request, &api.response, &api.arena, &api.outcome);
}

static void expect_unknown(void)
{
    api_expect(&api, 404, "Resource not found");
    ck_assert_str_eq(api_at(&api, "data"), "(absent)");
}

static const char *const unknown[] = {
    "",
    "/",
    "//",
    "/v1",
    "/v1/",
    "v1/projects",
    "healthz",
    "/healthz/",
    "//healthz",
    "/healthz/x",
    "/health",
    "/healthzz",
    "/HEALTHZ",
    "/v1/projects/",
    "/v1/projects//endpoints",
    "/v1/projects/x/endpoints/",
    "/v1/projects/x/endpoints//expire_secret",
    "/v1/projects//endpoints/x/expire_secret",
    "/v1//projects/x/endpoints/x/expire_secret",
    "//v1/projects/x/endpoints/x/expire_secret",
    "/v1/projects/x/endpoints/x/expire_secret/",
    "/v1/projects/x/endpoints/x/expire_secret//",
    "/v1/projects/x/endpoints/x/expire_secret/x",
    "/v1/projects/x/endpoints/x/expire_secre",
    "/v1/projects/x/endpoints/x/expire_secrets",
    "/v1/projects/x/endpoints/x/Expire_secret",
    "/v1/projects/x/endpoints/x/y/expire_secret",
    "/v2/projects/x/endpoints/x/expire_secret",
    "/api/v1/projects/x/endpoints/x/expire_secret",
    "/v1/projects/x/endpoint/x/expire_secret",
    "/v1/projects/x/endpoints/x/expire_secret?x=y",
    "/v1/projects/x/endpoints/x/expire%5fsecret",
};

START_TEST(an_unknown_path_is_not_found_with_any_method)
{
    static const char *const methods[] = {"GET", "PUT", "POST", "DELETE", "HEAD", "", "BREW"};

    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        ask_bytes(methods[i], text_of(unknown[_i]));
        expect_unknown();
    }
}
END_TEST

START_TEST(an_unknown_path_needs_no_key)
{
    (void)api_ask_as(&api, NULL, "GET", unknown[_i], NULL);
    expect_unknown();
}
END_TEST

START_TEST(a_trailing_slash_names_nothing)
{
    char path[API_PATH_SIZE + 1];

    (void)snprintf(path, sizeof path, "%s/", roll);
    (void)api_ask(&api, "PUT", path, "{}");
    expect_unknown();
    (void)snprintf(path, sizeof path, "%s/", endpoint);
    (void)api_ask(&api, "GET", path, NULL);
    expect_unknown();
}
END_TEST

/* The path of the roll with other bytes in place of its endpoint's or project's uid. */
static struct text with_segment(char room[2048], bool project, const char *bytes, size_t len)
{
    char *at = strstr(roll, project ? "projects/" : "endpoints/");
    size_t before;

    ck_assert_ptr_nonnull(at);
    before = (size_t)(at - roll) + (project ? 9 : 10);
    memcpy(room, roll, before);
    memcpy(room + before, bytes, len);
    (void)snprintf(room + before + len, 1024, "%s", roll + before + UID_SIZE - 1);
    return (struct text){room, before + len + strlen(roll + before + UID_SIZE - 1)};
}

static const struct {
    const char *bytes;
    size_t len;
} segments[] = {
    {"\x80", 1},
    {"\xFF\xFE\xFD", 3},
    {"caf\xC3\xA9", 5},
    {"\0", 1},
    {"01ARZ3NDEK\0SV4RRFFQ69G5FAV", 26},
    {"01ARZ3NDEKTSV4RRFFQ69G5FA\xB6", 26},
    {"01ARZ3NDEKTSV4RRFFQ69G5FAV\0", 27},
    {"81ARZ3NDEKTSV4RRFFQ69G5FAV", 26},
    {"%2F", 3},
    {".", 1},
    {"..", 2},
    {" ", 1},
    {"\\", 1},
    {"{endpoint}", 10},
};

START_TEST(a_segment_that_is_no_uid_names_nothing)
{
    char room[2048];

    ask_bytes("PUT", with_segment(room, false, segments[_i].bytes, segments[_i].len));
    api_expect(&api, 404, "endpoint not found");
    ask_bytes("PUT", with_segment(room, true, segments[_i].bytes, segments[_i].len));
    api_expect(&api, 404, "project not found");
}
END_TEST

START_TEST(a_segment_of_300_characters_names_nothing)
{
    char room[2048];
    char id[300];

    memset(id, 'A', sizeof id);
    ask_bytes("PUT", with_segment(room, false, id, sizeof id));
    api_expect(&api, 404, "endpoint not found");
    ask_bytes("PUT", with_segment(room, true, id, sizeof id));
    api_expect(&api, 404, "project not found");
}
END_TEST

START_TEST(any_byte_within_a_fixed_segment_makes_the_path_unknown)
{
    const size_t len = strlen(roll);

    for (unsigned byte = 0; byte < 0x100; byte++) {
        char path[API_PATH_SIZE];

        memcpy(path, roll, sizeof path);
        if ((char)byte == path[len - 1])
            continue;
        path[len - 1] = (char)byte;
        ask_bytes("PUT", (struct text){path, len});
        ck_assert_int_eq(api.response.status, 404);
    }
}
END_TEST

START_TEST(a_nul_byte_behind_a_path_makes_it_unknown)
{
    ask_bytes("PUT", (struct text){roll, strlen(roll) + 1});
    expect_unknown();
    ask_bytes("GET", (struct text){"/healthz", sizeof "/healthz"});
    expect_unknown();
}
END_TEST

static const char *const methods[] = {"GET",     "POST",  "PATCH",   "DELETE", "HEAD",
                                      "OPTIONS", "put",   "",        " PUT",   "PUT ",
                                      "PUTT",    "TRACE", "CONNECT", "PU",     "\xFFPUT"};

START_TEST(another_method_on_the_roll_is_not_allowed)
{
    (void)api_ask_as(&api, _i % 2 == 0 ? api.admin : NULL, methods[_i], roll, "{}");
    ck_assert_int_eq(api.response.status, 405);
    ck_assert_str_eq(api_at(&api, "status"), "false");
    ck_assert_str_ne(api_at(&api, "message"), "");
    ck_assert_str_eq(api_at(&api, "data"), "(absent)");
    ck_assert(api_header(&api, "Allow: PUT"));
}
END_TEST

START_TEST(another_method_on_health_is_not_allowed)
{
    ck_assert_int_eq(api_ask_as(&api, NULL, "POST", "/healthz", "{}"), RC_METHOD);
    ck_assert_int_eq(api.response.status, 405);
    ck_assert(api_header(&api, "Allow: GET, HEAD"));
}
END_TEST

START_TEST(head_is_answered_as_get_is)
{
    static const char *const paths[] = {"/healthz", endpoint};
    char got[8192];
    size_t len;

    for (size_t i = 0; i < 2; i++) {
        (void)api_ask(&api, "GET", paths[i], NULL);
        ck_assert_int_eq(api.response.status, 200);
        len = api.response.body.len;
        ck_assert_uint_lt(len, sizeof got);
        memcpy(got, api.response.body.data, len);
        ck_assert_int_eq(api_ask(&api, "HEAD", paths[i], NULL), RC_OK);
        ck_assert_int_eq(api.response.status, 200);
        ck_assert(text_equal(buf_text(&api.response.body), (struct text){got, len}));
    }
    (void)api_ask_as(&api, NULL, "HEAD", endpoint, NULL);
    ck_assert_int_eq(api.response.status, 401);
}
END_TEST

/* A path of this pattern, within the one project. */
static void fill(const char *pattern, char out[API_PATH_SIZE])
{
    const struct uid uid = sample_uid(NUMBER);
    struct buf path;

    buf_init_in(&path, out, API_PATH_SIZE, API_PATH_SIZE);
    for (const char *at = pattern; *at != '\0'; at++) {
        char id[UID_SIZE];

        if (*at != '{') {
            buf_put_byte(&path, *at);
            continue;
        }
        uid_format(strncmp(at, "{project}", 9) == 0 ? &api.at.project.uid : &uid, id);
        buf_put_string(&path, id);
        at = strchr(at, '}');
    }
    buf_put_byte(&path, '\0');
    ck_assert_int_eq(buf_status(&path), RC_OK);
}

START_TEST(a_request_that_broke_off_does_nothing_on_any_route)
{
    char path[API_PATH_SIZE];
    const char *method;
    const char *pattern;
    size_t count = 0;

    api.service.scrape.set = true;
    crypto_digest(api.service.scrape.digest, api.admin + 7, strlen(api.admin + 7));
    api.request.body_state = REQUEST_BODY_CUT;
    for (; router_route(count, &method, &pattern); count++) {
        fill(pattern, path);
        (void)api_ask(&api, method, path, NULL);
        api_expect(&api, 400, "body is shorter than its Content-Length");
        ck_assert_int_eq(api.outcome.rc, RC_INVALID);
    }
    ck_assert_uint_gt(count, 20);
    api.request.body_state = REQUEST_BODY_WHOLE;
    ck_assert_int_eq(api_ask(&api, "GET", endpoint, NULL), RC_OK);
    ck_assert_str_eq(api_at(&api, "data.status"), "active");
}
END_TEST

START_TEST(who_may_ask_is_looked_at_before_whether_the_request_broke_off)
{
    api.request.body_state = REQUEST_BODY_CUT;
    ck_assert_int_eq(api_ask_as(&api, NULL, "DELETE", endpoint, NULL), RC_UNAUTHENTICATED);
    ck_assert_int_eq(api.response.status, 401);
}
END_TEST

static enum rc spoil_in(struct kv_txn *txn, void *arg)
{
    const struct keyspace_key *key = arg;

    return kv_set(txn, (struct text){(const char *)key->bytes, key->len}, text_of("\x02later"));
}

static void spoil(struct keyspace_key key)
{
    store_fixture_close(&api.at);
    ck_assert_int_eq(store_fixture_edit(&api.at, spoil_in, &key), RC_OK);
    store_fixture_open(&api.at);
}

static void expect_internal_error(const char *method, const char *path)
{
    ck_assert_int_eq(api_ask(&api, method, path, "{}"), RC_CORRUPT);
    ck_assert_int_eq(api.response.status, 500);
    ck_assert(
        text_is(buf_text(&api.response.body), "{\"status\":false,\"message\":\"internal error\"}"));
}

START_TEST(a_damaged_record_is_an_internal_error)
{
    const struct uid uid = sample_uid(NUMBER);

    spoil(keyspace_endpoint(&api.at.project.uid, &uid));
    expect_internal_error("GET", endpoint);
    expect_internal_error("PUT", roll);
    spoil(keyspace_project(&api.at.project.uid));
    expect_internal_error("GET", endpoint);
    expect_internal_error("PUT", roll);
}
END_TEST

START_TEST(without_memory_the_service_is_busy)
{
    struct arena tiny;

    arena_init(&tiny, 16);
    (void)api_ask(&api, "GET", endpoint, NULL);
    response_reset(&api.response);
    router_answer(&api.service, &api.request, &api.response, &tiny, &api.outcome);
    ck_assert_int_eq(api.outcome.rc, RC_NO_MEMORY);
    api_expect(&api, 503, "the service is busy, try again");
    arena_free(&tiny);
}
END_TEST

START_TEST(an_answer_that_does_not_fit_is_replaced_by_one_that_does)
{
    (void)api_ask(&api, "GET", endpoint, NULL);
    response_free(&api.response);
    response_init(&api.response);
    buf_init(&api.response.body, 100);
    router_answer(&api.service, &api.request, &api.response, &api.arena, &api.outcome);
    ck_assert_int_eq(api.outcome.rc, RC_NO_MEMORY);
    api_expect(&api, 503, "the service is busy, try again");
    ck_assert_uint_eq(api.response.headers.len, 0);
}
END_TEST

enum {
    THREADS = 4,
    ROUNDS = 50
};

static void *ask_often(void *arg)
{
    int *wrong = arg;
    struct response response;
    struct outcome outcome;
    struct arena arena;

    response_init(&response);
    arena_init(&arena, 1 << 20);
    for (int i = 0; i < ROUNDS; i++) {
        response_reset(&response);
        arena_reset(&arena);
        router_answer(&api.service, &api.request, &response, &arena, &outcome);
        if (outcome.rc != RC_OK || response.status != 200)
            ++*wrong;
    }
    arena_free(&arena);
    response_free(&response);
    return NULL;
}

START_TEST(threads_with_their_own_response_and_arena_are_answered)
{
    pthread_t threads[THREADS];
    int wrong[THREADS] = {0};

    (void)api_ask(&api, "GET", endpoint, NULL);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_often, &wrong[i]), 0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(wrong[i], 0);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *router_suite(void)
{
    Suite *suite = suite_create("router");
    TCase *tc = tcase_create("router");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, an_unknown_path_is_not_found_with_any_method, 0, COUNT(unknown));
    tcase_add_loop_test(tc, an_unknown_path_needs_no_key, 0, COUNT(unknown));
    tcase_add_test(tc, a_trailing_slash_names_nothing);
    tcase_add_loop_test(tc, a_segment_that_is_no_uid_names_nothing, 0, COUNT(segments));
    tcase_add_test(tc, a_segment_of_300_characters_names_nothing);
    tcase_add_test(tc, any_byte_within_a_fixed_segment_makes_the_path_unknown);
    tcase_add_test(tc, a_nul_byte_behind_a_path_makes_it_unknown);
    tcase_add_loop_test(tc, another_method_on_the_roll_is_not_allowed, 0, COUNT(methods));
    tcase_add_test(tc, another_method_on_health_is_not_allowed);
    tcase_add_test(tc, head_is_answered_as_get_is);
    tcase_add_test(tc, a_request_that_broke_off_does_nothing_on_any_route);
    tcase_add_test(tc, who_may_ask_is_looked_at_before_whether_the_request_broke_off);
    tcase_add_test(tc, a_damaged_record_is_an_internal_error);
    tcase_add_test(tc, without_memory_the_service_is_busy);
    tcase_add_test(tc, an_answer_that_does_not_fit_is_replaced_by_one_that_does);
    tcase_add_test(tc, threads_with_their_own_response_and_arena_are_answered);
    suite_add_tcase(suite, tc);
    return suite;
}
