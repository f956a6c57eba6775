/* history: actions keep the numbers they are stored under, and their names; what a
 * reason may be. */
#include "domain/history.h"
#include "suites.h"

#include <stdbool.h>
#include <string.h>

START_TEST(an_action_keeps_its_number)
{
    ck_assert_int_eq(HISTORY_CREATED, 1);
    ck_assert_int_eq(HISTORY_ROLLED, 2);
    ck_assert_int_eq(HISTORY_REVOKED, 3);
    ck_assert_int_eq(HISTORY_DELETED, 4);
    ck_assert_int_eq(HISTORY_UPDATED, 5);
    ck_assert_int_eq(HISTORY_PROJECT_UPDATED, 6);
}
END_TEST

START_TEST(an_action_has_its_name)
{
    ck_assert_str_eq(history_action_name(HISTORY_CREATED), "created");
    ck_assert_str_eq(history_action_name(HISTORY_ROLLED), "rolled");
    ck_assert_str_eq(history_action_name(HISTORY_REVOKED), "revoked");
    ck_assert_str_eq(history_action_name(HISTORY_DELETED), "deleted");
    ck_assert_str_eq(history_action_name(HISTORY_UPDATED), "updated");
    ck_assert_str_eq(history_action_name(HISTORY_PROJECT_UPDATED), "project_updated");
}
END_TEST

START_TEST(a_number_that_is_no_action_is_still_named)
{
    const int no_actions[] = {-1, 0, HISTORY_PROJECT_UPDATED + 1};

    for (size_t i = 0; i < sizeof no_actions / sizeof no_actions[0]; i++) {
        const char *name = history_action_name((enum history_action)no_actions[i]);

        ck_assert_ptr_nonnull(name);
        for (int j = HISTORY_CREATED; j <= HISTORY_PROJECT_UPDATED; j++)
            ck_assert_str_ne(name, history_action_name((enum history_action)j));
    }
}
END_TEST

static void expect_reason(struct text reason, bool good)
{
    struct faults faults = {0};

    ck_assert_int_eq(history_check_reason(reason, &faults), good ? RC_OK : RC_INVALID);
    ck_assert_uint_eq(faults.count, good ? 0 : 1);
    if (!good)
        ck_assert_str_eq(faults.list[0].member, "reason");
}

/* `count` times the character, then `rest`. */
static struct text repeated(const char *character, size_t count, const char *rest)
{
    static char text[4 * 600];
    size_t len = strlen(character);

    for (size_t i = 0; i < count; i++)
        memcpy(text + i * len, character, len);
    memcpy(text + count * len, rest, strlen(rest));
    return (struct text){text, count * len + strlen(rest)};
}

static const struct {
    const char *id;
    bool good;
} request_ids[] = {
    {"x", true},       {"!~", true},           {"", false},      {"a b", false},
    {"a\x7F", false},  {"caf\xC3\xA9", false}, {"hrk_", false},  {"see hrk_0", false},
    {"whsec_", false}, {"x-whsk_", false},     {"whpk_x", true}, {"hrk-whsec-whsk", true},
};

START_TEST(a_request_id_is_printable_and_holds_no_key_or_secret)
{
    ck_assert_int_eq(history_is_request_id(text_of(request_ids[_i].id)), request_ids[_i].good);
}
END_TEST

START_TEST(a_request_id_has_1_to_128_characters)
{
    char id[129];

    memset(id, 'i', sizeof id);
    ck_assert(history_is_request_id((struct text){id, 1}));
    ck_assert(history_is_request_id((struct text){id, 128}));
    ck_assert(!history_is_request_id((struct text){id, 129}));
    ck_assert(!history_is_request_id((struct text){NULL, 0}));
}
END_TEST

START_TEST(a_reason_has_at_most_500_characters)
{
    static const char *const characters[] = {"r", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x94\x91"};

    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
        expect_reason(repeated(characters[i], 499, ""), true);
        expect_reason(repeated(characters[i], 500, ""), true);
        expect_reason(repeated(characters[i], 501, ""), false);
        expect_reason(repeated(characters[i], 500, "r"), false);
    }
}
END_TEST

START_TEST(a_reason_may_be_missing)
{
    expect_reason((struct text){NULL, 0}, true);
    expect_reason(text_of(""), true);
}
END_TEST

START_TEST(a_reason_is_utf8_without_controls)
{
    static const char *const bad[] = {"a\nb", "\t", "\x7f", "\xC2\x85", "\xFF", "\xE2\x82"};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_reason(text_of(bad[i]), false);
    expect_reason((struct text){"a\0", 2}, false);
    expect_reason(text_of("leaked in a \"log\" \xE2\x80\x93 rotated"), true);
}
END_TEST

START_TEST(a_fault_never_holds_the_reason)
{
    struct faults faults = {0};

    ck_assert_int_eq(history_check_reason(text_of("sentinel\n"), &faults), RC_INVALID);
    ck_assert_ptr_null(strstr(faults.list[0].message, "sentinel"));
}
END_TEST

Suite *history_suite(void)
{
    Suite *suite = suite_create("history");
    TCase *tc = tcase_create("history");

    tcase_add_test(tc, an_action_keeps_its_number);
    tcase_add_test(tc, an_action_has_its_name);
    tcase_add_test(tc, a_number_that_is_no_action_is_still_named);
    tcase_add_loop_test(tc, a_request_id_is_printable_and_holds_no_key_or_secret, 0,
                        (int)(sizeof request_ids / sizeof request_ids[0]));
    tcase_add_test(tc, a_request_id_has_1_to_128_characters);
    tcase_add_test(tc, a_reason_has_at_most_500_characters);
    tcase_add_test(tc, a_reason_may_be_missing);
    tcase_add_test(tc, a_reason_is_utf8_without_controls);
    tcase_add_test(tc, a_fault_never_holds_the_reason);
    suite_add_tcase(suite, tc);
    return suite;
}
