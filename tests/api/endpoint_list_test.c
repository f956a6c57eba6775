/* endpoint_list: endpoints that cannot be read hide no others, and what to ask for where so many
 * are too large an answer. (Pages, cursors and filters, over the wire: endpoints_list.test.mjs.) */
#include "api/endpoint_list.h"
#include "suites.h"
#include "support/api_fixture.h"
#include "support/sample.h"

#include <stdio.h>

enum {
    FIRST = 10, /* number of the oldest endpoint */
    COUNT_ALL = 5,
    ROOM = 1024 /* bytes of an answer: for one endpoint, not for all */
};

static struct api_fixture api;

static void setup(void)
{
    api_fixture_make(&api);
    api_fixture_open(&api);
    for (uint32_t i = 0; i < COUNT_ALL; i++)
        ck_assert_int_eq(
            store_fixture_add(api.at.store, FIRST + i, STORE_FIXTURE_PROJECT, &api.arena), RC_OK);
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

static void list(const char *of, const char *query)
{
    char project[UID_SIZE];
    char path[API_PATH_SIZE];

    uid_format(&api.at.project.uid, project);
    (void)snprintf(path, sizeof path, "/v1/projects/%s/%s", project, of);
    api.request.query = text_of(query);
    (void)api_ask(&api, "GET", path, NULL);
}

static void list_well(const char *of, const char *query)
{
    list(of, query);
    ck_assert_int_eq(api.response.status, 200);
}

static void expect_uid(const char *at, uint32_t n)
{
    const struct uid uid = sample_uid(n);
    char expected[UID_SIZE];

    uid_format(&uid, expected);
    ck_assert_str_eq(api_at(&api, at), expected);
}

static const char *const lists[] = {"endpoints", "secrets"};

START_TEST(those_that_cannot_be_read_are_told_of_behind_the_others)
{
    store_fixture_damage(&api.at, FIRST + 1);
    store_fixture_damage(&api.at, FIRST + 4);
    list_well(lists[_i], "");
    ck_assert_str_eq(api_at(&api, "data.content.#"), "3");
    expect_uid("data.content.0.uid", FIRST + 3);
    expect_uid("data.content.2.uid", FIRST);
    ck_assert_str_eq(api_at(&api, "data.unreadable.#"), "2");
}
END_TEST

START_TEST(pages_go_on_behind_one_that_cannot_be_read)
{
    static const char *const rows[] = {"2", "1", "1"};
    char query[128] = "perPage=2";

    store_fixture_damage(&api.at, FIRST + 2);
    for (size_t page = 0; page < sizeof rows / sizeof rows[0]; page++) {
        list_well("endpoints", query);
        ck_assert_str_eq(api_at(&api, "data.content.#"), rows[page]);
        ck_assert_str_eq(api_at(&api, "data.pagination.has_next_page"),
                         page < 2 ? "true" : "false");
        (void)snprintf(query, sizeof query, "perPage=2&next_page_cursor=%.26s",
                       api_at(&api, "data.pagination.next_page_cursor"));
    }
}
END_TEST

/* Rows come in the same order then, and are looked at from the other end. */
START_TEST(those_towards_newer_are_told_of_too)
{
    store_fixture_damage(&api.at, FIRST + 1);
    list_well("endpoints", "direction=prev&perPage=3");
    ck_assert_str_eq(api_at(&api, "data.content.#"), "2");
    expect_uid("data.content.0.uid", FIRST + 2);
    expect_uid("data.content.1.uid", FIRST);
    ck_assert_str_eq(api_at(&api, "data.unreadable.#"), "1");
}
END_TEST

START_TEST(where_all_can_be_read_nothing_is_told)
{
    list_well(lists[_i], "");
    ck_assert_str_eq(api_at(&api, "data.content.#"), "5");
    ck_assert_str_eq(api_at(&api, "data.unreadable"), "(absent)");
}
END_TEST

START_TEST(a_filter_passes_over_what_it_would_have_to_read)
{
    store_fixture_damage(&api.at, FIRST + 2);
    list_well("endpoints", "q=e");
    ck_assert_str_eq(api_at(&api, "data.content.#"), "4");
    ck_assert_str_eq(api_at(&api, "data.unreadable"), "(absent)");
}
END_TEST

START_TEST(a_page_too_large_for_an_answer_is_to_be_asked_for_in_smaller_ones)
{
    api.response.body.ceiling = ROOM;
    list(lists[_i], "");
    api_expect(&api, 400,
               "perPage must be smaller: so many of these endpoints are too large an answer");
    ck_assert_str_eq(api_at(&api, "data.errors.#"), "1");
    ck_assert_str_eq(api_at(&api, "data.errors.0.field"), "perPage");
    list_well(lists[_i], "perPage=1");
    ck_assert_str_eq(api_at(&api, "data.content.#"), "1");
}
END_TEST

Suite *endpoint_list_suite(void)
{
    Suite *suite = suite_create("endpoint_list");
    TCase *tc = tcase_create("pages");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, those_that_cannot_be_read_are_told_of_behind_the_others, 0,
                        (int)(sizeof lists / sizeof lists[0]));
    tcase_add_test(tc, pages_go_on_behind_one_that_cannot_be_read);
    tcase_add_test(tc, those_towards_newer_are_told_of_too);
    tcase_add_loop_test(tc, where_all_can_be_read_nothing_is_told, 0,
                        (int)(sizeof lists / sizeof lists[0]));
    tcase_add_test(tc, a_filter_passes_over_what_it_would_have_to_read);
    tcase_add_loop_test(tc, a_page_too_large_for_an_answer_is_to_be_asked_for_in_smaller_ones, 0,
                        (int)(sizeof lists / sizeof lists[0]));
    suite_add_tcase(suite, tc);
    return suite;
}
