/* text: parts of a run: found whatever their case, split off and trimmed away, never
 * looked for behind it. */
#include "base/text.h"
#include "suites.h"

/* Lower and upper case of Latin, Greek, Cyrillic and beyond 16 bits. */
static const struct {
    const char *text;
    const char *part;
    bool found;
} parts[] = {
    {"", "", true},
    {"orders", "", true},
    {"", "o", false},
    {"orders", "orders", true},
    {"orders", "ord", true},
    {"orders", "der", true},
    {"orders", "ers", true},
    {"orders", "orders ", false},
    {"orders", "xrders", false},
    {"orders", "odr", false},
    {"ORDERS", "rde", true},
    {"orders", "RDE", true},
    {"oOoOder", "ooder", true},
    {"aab", "ab", true},
    {"[", "{", false},
    {"@", "`", false},
    {"caf\xC3\xA9", "\xC3\x89", true},
    {"caf\xC3\x89", "F\xC3\xA9", true},
    {"cafe", "\xC3\xA9", false},
    {"\xCE\xA3\xCE\xAF\xCF\x83\xCF\x85\xCF\x86\xCE\xBF\xCF\x82", "\xCF\x83\xCE\xAF", true},
    {"\xD0\x97\xD0\xB0\xD0\xBA\xD0\xB0\xD0\xB7", "\xD0\xB7\xD0\x90\xD0\x9A", true},
    {"\xF0\x90\x90\x80", "\xF0\x90\x90\xA8", true},
    {"\xF0\x9F\x94\x91", "\xF0\x9F\x94\x92", false},
    {"a\xE2\x82\xAC"
     "b",
     "\xE2\x82\xAC"
     "B",
     true},
};

START_TEST(a_part_is_found_whatever_its_case)
{
    ck_assert_int_eq(text_contains(text_of(parts[_i].text), text_of(parts[_i].part)),
                     parts[_i].found);
}
END_TEST

START_TEST(absent_text_is_in_every_other)
{
    const struct text absent = {NULL, 0};

    ck_assert(text_contains(text_of("orders"), absent));
    ck_assert(text_contains(absent, absent));
    ck_assert(text_contains(absent, text_of("")));
    ck_assert(!text_contains(absent, text_of("o")));
}
END_TEST

START_TEST(a_part_is_not_found_behind_the_run)
{
    ck_assert(!text_contains((struct text){"orders", 3}, text_of("der")));
    ck_assert(text_contains(text_of("orders"), (struct text){"derx", 3}));
    ck_assert(text_contains((struct text){"a\0b", 3}, (struct text){"\0B", 2}));
    ck_assert(!text_contains((struct text){"a\0b", 3}, (struct text){"\0c", 2}));
}
END_TEST

START_TEST(a_run_is_split_at_its_first_stop)
{
    struct text t = text_of("a=b=c");
    struct text name = text_up_to(t, '=');

    ck_assert(text_is(name, "a"));
    ck_assert(text_is(text_after(t, name.len), "b=c"));
    ck_assert(text_is(text_up_to(text_of("abc"), '='), "abc"));
    ck_assert_uint_eq(text_up_to(text_of("=abc"), '=').len, 0);
    ck_assert_uint_eq(text_up_to((struct text){NULL, 0}, '=').len, 0);
    ck_assert(text_is(text_up_to((struct text){"ab=", 2}, '='), "ab"));
    ck_assert(text_is(text_up_to((struct text){"a\0b", 3}, '\0'), "a"));
}
END_TEST

START_TEST(behind_the_last_byte_is_nothing)
{
    ck_assert(text_is(text_after(text_of("abc"), 0), "bc"));
    ck_assert(text_is(text_after(text_of("abc"), 1), "c"));
    ck_assert_uint_eq(text_after(text_of("abc"), 2).len, 0);
    ck_assert_uint_eq(text_after(text_of("abc"), 3).len, 0);
    ck_assert_uint_eq(text_after(text_of("abc"), SIZE_MAX).len, 0);
    ck_assert_uint_eq(text_after((struct text){NULL, 0}, 0).len, 0);
    ck_assert(text_is(text_from(text_of("abc"), 0), "abc"));
    ck_assert(text_is(text_from(text_of("abc"), 2), "c"));
    ck_assert_uint_eq(text_from(text_of("abc"), 3).len, 0);
    ck_assert_uint_eq(text_from(text_of("abc"), SIZE_MAX).len, 0);
}
END_TEST

START_TEST(trimming_takes_spaces_and_tabs_at_both_ends)
{
    ck_assert(text_is(text_trim(text_of(" \t a b\t c \t")), "a b\t c"));
    ck_assert(text_is(text_trim(text_of("abc")), "abc"));
    ck_assert(text_is(text_trim(text_of("\na\r")), "\na\r"));
    ck_assert_uint_eq(text_trim(text_of(" \t ")).len, 0);
    ck_assert_uint_eq(text_trim(text_of("")).len, 0);
    ck_assert_uint_eq(text_trim((struct text){NULL, 0}).len, 0);
    ck_assert(text_is(text_trim((struct text){" ab ", 3}), "ab"));
}
END_TEST

Suite *text_parts_suite(void)
{
    Suite *suite = suite_create("text_parts");
    TCase *tc = tcase_create("text_parts");

    tcase_add_loop_test(tc, a_part_is_found_whatever_its_case, 0, sizeof parts / sizeof parts[0]);
    tcase_add_test(tc, absent_text_is_in_every_other);
    tcase_add_test(tc, a_part_is_not_found_behind_the_run);
    tcase_add_test(tc, a_run_is_split_at_its_first_stop);
    tcase_add_test(tc, behind_the_last_byte_is_nothing);
    tcase_add_test(tc, trimming_takes_spaces_and_tabs_at_both_ends);
    suite_add_tcase(suite, tc);
    return suite;
}
