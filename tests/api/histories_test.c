/* histories: an endpoint's is read page by page, newest first. Of the project's changes, a poller
 * that goes on with the cursor that it was given learns of all that touches signing, once and in
 * order, and of nothing else. */
#include "suites.h"
#include "support/api_fixture.h"
#include "support/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NUMBER = 2,
    KEY = 3
};

static struct api_fixture api;
static char authorization[API_AUTHORIZATION_SIZE];
static char cursor[32];

static const char *project_path(const char *behind)
{
    static char path[API_PATH_SIZE];
    char uid[UID_SIZE];

    uid_format(&api.at.project.uid, uid);
    (void)snprintf(path, sizeof path, "/v1/projects/%s%s", uid, behind);
    return path;
}

static void ask(const char *query)
{
    api.request.query = text_of(query);
    (void)api_ask(&api, "GET", project_path("/changes"), NULL);
    api.request.query = (struct text){NULL, 0};
}

static void keep_cursor(void)
{
    (void)snprintf(cursor, sizeof cursor, "%s", api_at(&api, "data.pagination.next_page_cursor"));
}

/* What has happened since the last call, which is to be this. */
static void expect(const char *count, const char *action)
{
    char query[64];

    (void)snprintf(query, sizeof query, "next_page_cursor=%s", cursor);
    ask(query);
    api_expect(&api, 200, "Changes fetched successfully");
    ck_assert_str_eq(api_at(&api, "data.content.#"), count);
    ck_assert_str_eq(api_at(&api, "data.content.0.action"), action);
    ck_assert_str_eq(api_at(&api, "data.pagination.has_next_page"), "false");
    keep_cursor();
}

static void change(const char *method, const char *behind, const char *body, int status)
{
    (void)api_ask(&api, method, api_endpoint(&api, NUMBER, behind), body);
    ck_assert_int_eq(api.response.status, status);
}

static void setup(void)
{
    api_fixture_make_with(&api, NUMBER);
    ask("");
    keep_cursor();
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

START_TEST(without_a_cursor_it_begins_now)
{
    ask("");
    api_expect(&api, 200, "Changes fetched successfully");
    ck_assert_str_eq(api_at(&api, "data.content.#"), "0");
    ck_assert_str_eq(api_at(&api, "data.pagination.next_page_cursor"), "2");
    ck_assert_str_eq(api_at(&api, "data.pagination.per_page"), "100");
    expect("0", "(absent)");
    ck_assert_str_eq(cursor, "2");
}
END_TEST

#define BODY "{\"name\":\"n\",\"url\":\"https://e.example\""

START_TEST(every_change_of_signing_is_told_once)
{
    char secret[UID_SIZE];
    char behind[API_PATH_SIZE / 2];

    change("PUT", "/expire_secret", "{\"expiration\":60}", 200);
    (void)snprintf(secret, sizeof secret, "%.26s", api_at(&api, "data.secrets.0.uid"));
    expect("1", "rolled");
    ck_assert_str_eq(api_at(&api, "data.content.0.ended_secret"), secret);
    (void)snprintf(behind, sizeof behind, "/secrets/%s/revoke", secret);
    change("POST", behind, "", 200);
    expect("1", "revoked");
    change("PUT", "/pause", NULL, 202);
    expect("1", "updated");
    ck_assert_str_eq(api_at(&api, "data.content.0.request_id"), "request-1");
    ck_assert_str_ne(api_at(&api, "data.content.0.key_id"), "null");
    ck_assert_str_ne(api_at(&api, "data.content.0.endpoint_id"), "null");
    ck_assert_str_eq(api_at(&api, "data.content.0.new_secret"), "null");
    change("POST", "/activate", NULL, 202);
    expect("1", "updated");
    change("PUT", "", BODY ",\"advanced_signatures\":false}", 202);
    expect("1", "updated");
    change("PUT", "", BODY ",\"signature\":{\"order\":\"current_first\"}}", 202);
    expect("1", "updated");
    change("PUT", "", BODY ",\"signature\":{\"formats\":[\"standard\"]}}", 202);
    expect("1", "updated");
    change("DELETE", "", NULL, 200);
    expect("1", "deleted");
}
END_TEST

START_TEST(what_does_not_touch_signing_is_not_told)
{
    change("PUT", "", BODY ",\"http_timeout\":3,\"signature\":{\"key_type\":\"ed25519\"}}", 202);
    change("PUT", "", BODY ",\"advanced_signatures\":true}", 202);
    change("PUT", "", "{\"name\":\"\"}", 400);
    (void)api_ask(&api, "PUT", project_path(""), "{\"default_grace\":7,\"name\":\"other\"}");
    ck_assert_int_eq(api.response.status, 202);
    (void)api_ask(&api, "PUT", project_path(""), "{\"signature\":{\"header\":\"\"}}");
    ck_assert_int_eq(api.response.status, 400);
    expect("0", "(absent)");
}
END_TEST

START_TEST(how_the_project_signs_is_told_without_an_endpoint)
{
    static const char *const bodies[] = {
        "{\"signature\":{\"header\":\"X-Other\"}}",
        "{\"signature\":{\"versions\":[{\"hash\":\"SHA512\"}]}}",
        "{\"signature\":{\"versions\":[{\"hash\":\"SHA512\",\"encoding\":\"base64\"}]}}",
        "{\"signature\":{\"versions\":[{},{}]}}",
    };

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        (void)api_ask(&api, "PUT", project_path(""), bodies[i]);
        ck_assert_int_eq(api.response.status, 202);
        expect("1", "project_updated");
        ck_assert_str_eq(api_at(&api, "data.content.0.endpoint_id"), "null");
    }
}
END_TEST

START_TEST(pages_follow_one_another_oldest_first)
{
    for (int i = 0; i < 5; i++)
        change("PUT", "/pause", NULL, 202);
    ask("next_page_cursor=1&perPage=4");
    ck_assert_str_eq(api_at(&api, "data.content.#"), "4");
    ck_assert_str_eq(api_at(&api, "data.content.0.sequence"), "1");
    ck_assert_str_eq(api_at(&api, "data.content.3.sequence"), "4");
    ck_assert_str_eq(api_at(&api, "data.pagination.has_next_page"), "true");
    ck_assert_str_eq(api_at(&api, "data.pagination.next_page_cursor"), "5");
    ask("next_page_cursor=5&perPage=2");
    ck_assert_str_eq(api_at(&api, "data.content.#"), "2");
    ck_assert_str_eq(api_at(&api, "data.pagination.has_next_page"), "false");
    ck_assert_str_eq(api_at(&api, "data.pagination.next_page_cursor"), "7");
}
END_TEST

START_TEST(what_is_wrong_is_named)
{
    static const struct {
        const char *query;
        const char *message;
    } rows[] = {
        {"perPage=0", "perPage must be an integer from 1 to 1000"},
        {"perPage=1001", "perPage must be an integer from 1 to 1000"},
        {"next_page_cursor=0", "next_page_cursor must be an integer from 1 to 9223372036854775807"},
        {"next_page_cursor=3", "next_page_cursor must be one that this feed gave"},
        {"next_page_cursor=9223372036854775807",
         "next_page_cursor must be one that this feed gave"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ask(rows[i].query);
        api_expect(&api, 400, rows[i].message);
    }
}
END_TEST

START_TEST(it_needs_its_scope_and_is_not_for_one_owner)
{
    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN & ~(uint32_t)SCOPE_HISTORY_READ, "", authorization);
    (void)api_ask_as(&api, authorization, "GET", project_path("/changes"), NULL);
    api_expect(&api, 403, "the API key lacks the scope history:read");
    api_scoped(&api, KEY + 1, SCOPE_PROJECT_ADMIN, "alice", authorization);
    (void)api_ask_as(&api, authorization, "GET", project_path("/changes"), NULL);
    api_expect(&api, 403, "the API key is restricted to endpoints of its own owner_id");
}
END_TEST

START_TEST(another_project_has_a_feed_of_its_own)
{
    struct project other = sample_project(KEY);

    ck_assert_int_eq(store_project_add(api.at.store, &other), RC_OK);
    ck_assert_int_eq(store_fixture_add(api.at.store, NUMBER + 5, KEY, &api.arena), RC_OK);
    expect("0", "(absent)");
}
END_TEST

static void history(const char *query)
{
    api.request.query = text_of(query);
    (void)api_ask(&api, "GET", api_endpoint(&api, NUMBER, "/history"), NULL);
}

START_TEST(a_history_is_newest_first)
{
    change("PUT", "/expire_secret", "{}", 200);
    change("PUT", "/expire_secret", "{}", 200);
    history("");
    api_expect(&api, 200, "Endpoint history fetched successfully");
    ck_assert_str_eq(api_at(&api, "data.content.#"), "3");
    ck_assert_str_eq(api_at(&api, "data.content.0.sequence"), "3");
    ck_assert_str_eq(api_at(&api, "data.content.0.action"), "rolled");
    ck_assert_str_eq(api_at(&api, "data.content.0.request_id"), "request-1");
    ck_assert_str_eq(api_at(&api, "data.content.2.action"), "created");
    ck_assert_str_eq(api_at(&api, "data.pagination"),
                     "{\"per_page\":20,\"has_next_page\":false,\"next_page_cursor\":\"\"}");
}
END_TEST

START_TEST(a_history_is_read_page_by_page)
{
    char query[64] = "perPage=2";
    int seen = 0;

    for (int i = 0; i < 4; i++)
        change("PUT", "/expire_secret", "{}", 200);
    for (int pages = 1; pages <= 3; pages++) {
        history(query);
        seen += (int)strtol(api_at(&api, "data.content.#"), NULL, 10);
        ck_assert_str_eq(api_at(&api, "data.pagination.has_next_page"),
                         pages < 3 ? "true" : "false");
        (void)snprintf(query, sizeof query, "next_page_cursor=%.20s&perPage=2",
                       api_at(&api, "data.pagination.next_page_cursor"));
    }
    ck_assert_int_eq(seen, 5);
}
END_TEST

static const struct {
    const char *query;
    const char *field;
} bad_queries[] = {
    {"perPage=0", "perPage"},
    {"perPage=1001", "perPage"},
    {"perPage=x", "perPage"},
    {"next_page_cursor=0", "next_page_cursor"},
    {"next_page_cursor=-1", "next_page_cursor"},
    {"next_page_cursor=99", "next_page_cursor"},
    {"next_page_cursor=18446744073709551616", "next_page_cursor"},
    {"next_page_cursor=%GG", "next_page_cursor"},
};

START_TEST(a_query_that_cannot_be_names_its_parameter)
{
    history(bad_queries[_i].query);
    ck_assert_int_eq(api.response.status, 400);
    ck_assert_str_eq(api_at(&api, "data.errors.#"), "1");
    ck_assert_str_eq(api_at(&api, "data.errors.0.field"), bad_queries[_i].field);
}
END_TEST

START_TEST(a_deleted_endpoints_history_can_be_read_by_its_owner)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, ""),
                  "{\"name\":\"n\",\"url\":\"https://e.example\",\"owner_id\":\"alice\"}");
    (void)api_ask(&api, "DELETE", api_endpoint(&api, NUMBER, ""), NULL);
    ck_assert_int_eq(api.response.status, 200);
    for (uint32_t i = 0; i < 2; i++) {
        api_scoped(&api, KEY + i, SCOPE_HISTORY_READ, i == 0 ? "alice" : "bob", authorization);
        (void)api_ask_as(&api, authorization, "GET", api_endpoint(&api, NUMBER, "/history"), NULL);
        ck_assert_int_eq(api.response.status, i == 0 ? 200 : 403);
        if (i == 0)
            ck_assert_str_eq(api_at(&api, "data.content.0.action"), "deleted");
    }
}
END_TEST

START_TEST(a_history_needs_its_scope_and_an_endpoint)
{
    api_scoped(&api, KEY, SCOPE_PROJECT_ADMIN & ~(uint32_t)SCOPE_HISTORY_READ, "", authorization);
    (void)api_ask_as(&api, authorization, "GET", api_endpoint(&api, NUMBER, "/history"), NULL);
    api_expect(&api, 403, "the API key lacks the scope history:read");
    (void)api_ask(&api, "GET", api_endpoint(&api, 99, "/history"), NULL);
    api_expect(&api, 404, "Resource not found");
}
END_TEST

Suite *histories_suite(void)
{
    Suite *suite = suite_create("histories");
    TCase *tc = tcase_create("feed");
    TCase *of_endpoint = tcase_create("of an endpoint");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, without_a_cursor_it_begins_now);
    tcase_add_test(tc, every_change_of_signing_is_told_once);
    tcase_add_test(tc, what_does_not_touch_signing_is_not_told);
    tcase_add_test(tc, how_the_project_signs_is_told_without_an_endpoint);
    tcase_add_test(tc, pages_follow_one_another_oldest_first);
    tcase_add_test(tc, what_is_wrong_is_named);
    tcase_add_test(tc, it_needs_its_scope_and_is_not_for_one_owner);
    tcase_add_test(tc, another_project_has_a_feed_of_its_own);
    suite_add_tcase(suite, tc);
    tcase_add_checked_fixture(of_endpoint, setup, teardown);
    tcase_set_timeout(of_endpoint, 60);
    tcase_add_test(of_endpoint, a_history_is_newest_first);
    tcase_add_test(of_endpoint, a_history_is_read_page_by_page);
    tcase_add_loop_test(of_endpoint, a_query_that_cannot_be_names_its_parameter, 0,
                        sizeof bad_queries / sizeof bad_queries[0]);
    tcase_add_test(of_endpoint, a_deleted_endpoints_history_can_be_read_by_its_owner);
    tcase_add_test(of_endpoint, a_history_needs_its_scope_and_an_endpoint);
    suite_add_tcase(suite, of_endpoint);
    return suite;
}
