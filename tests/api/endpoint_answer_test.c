/* endpoint_answer: the tag of what was shown, when it changes, and the comparisons of
 * If-Match and If-None-Match (RFC 9110, section 13.1). */
#include "api/endpoint_answer.h"
#include "suites.h"
#include "support/json_at.h"
#include "support/sample.h"

#include <stdio.h>
#include <string.h>

#define TAG "\"7-2-v\""

static struct arena arena;
static struct endpoint endpoint;
static struct endpoint_json_view view;

static void setup(void)
{
    struct history event;

    arena_init(&arena, 4096);
    sample_endpoint(2, 1, &arena, &endpoint, &event);
    endpoint.revision = 7;
    view = (struct endpoint_json_view){.now = SAMPLE_NOW};
}

static void teardown(void)
{
    arena_free(&arena);
}

static void tag_of(char out[ENDPOINT_ETAG_SIZE])
{
    endpoint_answer_etag(&endpoint, &view, out);
}

START_TEST(a_tag_is_a_quoted_string_without_commas)
{
    char tag[ENDPOINT_ETAG_SIZE];
    size_t len;

    endpoint.revision = UINT64_MAX;
    tag_of(tag);
    len = strlen(tag);
    ck_assert_uint_gt(len, 2);
    ck_assert_int_eq(tag[0], '"');
    ck_assert_int_eq(tag[len - 1], '"');
    ck_assert_uint_eq(strcspn(tag + 1, "\","), len - 2);
}
END_TEST

START_TEST(a_tag_changes_with_all_that_is_shown)
{
    const struct secret_fresh fresh = sample_fresh(9);
    char tags[4][ENDPOINT_ETAG_SIZE];

    endpoint.secrets[0].expires_at = SAMPLE_NOW + 1000;
    ck_assert_int_eq(endpoint_add_secret(&endpoint, (struct text){0}, &fresh, SAMPLE_NOW, &arena),
                     RC_OK);
    tag_of(tags[0]);
    view.now = SAMPLE_NOW + 1000;
    tag_of(tags[1]);
    view.secrets = true;
    tag_of(tags[2]);
    endpoint.revision++;
    tag_of(tags[3]);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(tags[i], tags[j]);
    view = (struct endpoint_json_view){.now = SAMPLE_NOW + 999};
    endpoint.revision--;
    tag_of(tags[1]);
    ck_assert_str_eq(tags[0], tags[1]);
}
END_TEST

/* As after a restore, when another change comes to the same revision. */
START_TEST(a_tag_changes_with_the_moment_of_the_write)
{
    char before[ENDPOINT_ETAG_SIZE];
    char after[ENDPOINT_ETAG_SIZE];

    tag_of(before);
    endpoint.updated_at++;
    tag_of(after);
    ck_assert_str_ne(before, after);
}
END_TEST

START_TEST(an_answer_carries_its_tag_and_the_endpoint)
{
    struct response response;
    struct call call = {.response = &response};
    char tag[ENDPOINT_ETAG_SIZE];
    char line[ENDPOINT_ETAG_SIZE + 16];

    response_init(&response);
    endpoint_answer(&call, 202, "done", &endpoint, &view);
    tag_of(tag);
    (void)snprintf(line, sizeof line, "ETag: %s\r\n", tag);
    ck_assert(text_is(buf_text(&response.headers), line));
    ck_assert_int_eq(response.status, 202);
    ck_assert_str_eq(json_at(buf_text(&response.body), "message"), "done");
    ck_assert_str_eq(json_at(buf_text(&response.body), "data.name"), "an endpoint");
    ck_assert_str_eq(json_at(buf_text(&response.body), "data.secrets.0.value"), "[REDACTED]");
    response_free(&response);
}
END_TEST

static const struct {
    const char *field;
    bool match;
    bool none_match;
} fields[] = {
    {"", true, false},
    {"*", true, true},
    {TAG, true, true},
    {" " TAG "\t", true, true},
    {"\"x\", " TAG, true, true},
    {TAG ",\"x\"", true, true},
    {"\"x\" ,\t" TAG " , \"y\"", true, true},
    {"W/" TAG, false, true},
    {"\"x\",W/" TAG, false, true},
    {"\"7-2-r\"", false, false},
    {"\"7-2-v", false, false},
    {"7-2-v", false, false},
    {"\"7-2-v\"x", false, false},
    {"w/" TAG, false, false},
    {"\"x\"", false, false},
    {",", false, false},
    {", ,", false, false},
};

START_TEST(a_tag_is_found_in_what_the_caller_lists)
{
    const struct text field = text_of(fields[_i].field);

    ck_assert_int_eq(endpoint_answer_match(field, TAG), fields[_i].match);
    ck_assert_int_eq(endpoint_answer_none_match(field, TAG), fields[_i].none_match);
}
END_TEST

START_TEST(an_absent_field_asks_for_nothing)
{
    ck_assert(endpoint_answer_match((struct text){NULL, 0}, TAG));
    ck_assert(!endpoint_answer_none_match((struct text){NULL, 0}, TAG));
}
END_TEST

Suite *endpoint_answer_suite(void)
{
    Suite *suite = suite_create("endpoint_answer");
    TCase *tc = tcase_create("endpoint_answer");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_tag_is_a_quoted_string_without_commas);
    tcase_add_test(tc, a_tag_changes_with_all_that_is_shown);
    tcase_add_test(tc, a_tag_changes_with_the_moment_of_the_write);
    tcase_add_test(tc, an_answer_carries_its_tag_and_the_endpoint);
    tcase_add_loop_test(tc, a_tag_is_found_in_what_the_caller_lists, 0,
                        sizeof fields / sizeof fields[0]);
    tcase_add_test(tc, an_absent_field_asks_for_nothing);
    suite_add_tcase(suite, tc);
    return suite;
}
