/* history_json: the exact JSON of an entry of the history. */
#include "api/history_json.h"
#include "suites.h"
#include "support/json_at.h"
#include "support/json_fixture.h"
#include "support/sample.h"

static struct json_fixture at;

static void setup(void)
{
    json_fixture_make(&at);
}

static void teardown(void)
{
    json_fixture_remove(&at);
}

START_TEST(a_roll_says_what_ended_and_what_is_new)
{
    const struct history history = {.sequence = 12,
                                    .previous = 7,
                                    .at = SAMPLE_NOW,
                                    .action = HISTORY_ROLLED,
                                    .project = sample_uid(1),
                                    .endpoint = sample_uid(2),
                                    .key = sample_uid(3),
                                    .request_id = text_of("request-1"),
                                    .ended = sample_uid(4),
                                    .ended_at = SAMPLE_NOW + 60000,
                                    .fresh = sample_uid(5),
                                    .reason = text_of("it \"leaked\"")};

    history_json_write(&at.json, &history);
    ck_assert_str_eq(json_at(buf_text(&at.buf), "#"), "10");
    ck_assert_str_eq(json_at(buf_text(&at.buf), "reason"), "it \"leaked\"");
    ck_assert_str_eq(json_at(buf_text(&at.buf), "sequence"), "12");
    ck_assert_str_eq(json_at(buf_text(&at.buf), "at"), "2026-11-23T19:08:05.123Z");
    ck_assert_str_eq(json_at(buf_text(&at.buf), "action"), "rolled");
    ck_assert(text_is(sample_uid_text(2), json_at(buf_text(&at.buf), "endpoint_id")));
    ck_assert(text_is(sample_uid_text(3), json_at(buf_text(&at.buf), "key_id")));
    ck_assert_str_eq(json_at(buf_text(&at.buf), "request_id"), "request-1");
    ck_assert(text_is(sample_uid_text(4), json_at(buf_text(&at.buf), "ended_secret")));
    ck_assert_str_eq(json_at(buf_text(&at.buf), "ended_at"), "2026-11-23T19:09:05.123Z");
    ck_assert(text_is(sample_uid_text(5), json_at(buf_text(&at.buf), "new_secret")));
}
END_TEST

START_TEST(a_creation_ended_nothing_and_the_operators_tool_has_no_key)
{
    const struct history history = {.sequence = 1,
                                    .at = SAMPLE_NOW,
                                    .action = HISTORY_CREATED,
                                    .endpoint = sample_uid(2),
                                    .fresh = sample_uid(5)};

    history_json_write(&at.json, &history);
    ck_assert_str_eq(json_at(buf_text(&at.buf), "action"), "created");
    ck_assert_str_eq(json_at(buf_text(&at.buf), "key_id"), "null");
    ck_assert_str_eq(json_at(buf_text(&at.buf), "request_id"), "");
    ck_assert_str_eq(json_at(buf_text(&at.buf), "ended_secret"), "null");
    ck_assert_str_eq(json_at(buf_text(&at.buf), "ended_at"), "null");
}
END_TEST

Suite *history_json_suite(void)
{
    Suite *suite = suite_create("history_json");
    TCase *tc = tcase_create("history_json");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_roll_says_what_ended_and_what_is_new);
    tcase_add_test(tc, a_creation_ended_nothing_and_the_operators_tool_has_no_key);
    suite_add_tcase(suite, tc);
    return suite;
}
