/* text: RFC 3629 at the edges of every range, numbers at the edges of int64, and
 * runs that hold no terminator or too many. */
#include "base/text.h"
#include "suites.h"

#include <string.h>

struct row {
    const char *data;
    size_t len;
};

#define RUN(s)                                                                                     \
    {                                                                                              \
        s, sizeof s - 1                                                                            \
    }
#define ROWS(table) ((int)(sizeof(table) / sizeof(table)[0]))

static struct text row_text(struct row row)
{
    return (struct text){row.data, row.len};
}

START_TEST(text_of_a_string_is_its_bytes)
{
    const char *s = "abc";

    ck_assert_ptr_eq(text_of(s).data, s);
    ck_assert_uint_eq(text_of(s).len, 3);
    ck_assert_uint_eq(text_of("").len, 0);
    ck_assert_ptr_null(text_of(NULL).data);
    ck_assert_uint_eq(text_of(NULL).len, 0);
}
END_TEST

START_TEST(equal_runs_have_the_same_bytes)
{
    const struct text absent = {NULL, 0};
    const struct text with_nul = {"a\0b", 3};

    ck_assert(text_equal(text_of("abc"), (struct text){"abcd", 3}));
    ck_assert(!text_equal(text_of("abc"), text_of("abd")));
    ck_assert(!text_equal(text_of("abc"), text_of("ab")));
    ck_assert(!text_equal(text_of("ab"), text_of("abc")));
    ck_assert(text_equal(with_nul, (struct text){"a\0b", 3}));
    ck_assert(!text_equal(with_nul, (struct text){"a\0c", 3}));
    ck_assert(text_equal(absent, absent));
    ck_assert(text_equal(absent, text_of("")));
    ck_assert(!text_equal(absent, text_of("a")));
    ck_assert(!text_equal(text_of("a"), absent));
}
END_TEST

START_TEST(a_run_begins_with_nothing_and_with_all_of_itself)
{
    ck_assert(text_begins(text_of("abc"), ""));
    ck_assert(text_begins(text_of("abc"), "ab"));
    ck_assert(text_begins(text_of("abc"), "abc"));
    ck_assert(!text_begins(text_of("abc"), "abcd"));
    ck_assert(!text_begins(text_of("abc"), "B"));
    ck_assert(!text_begins((struct text){"abc", 1}, "ab"));
    ck_assert(text_begins((struct text){NULL, 0}, ""));
    ck_assert(!text_begins((struct text){NULL, 0}, "a"));
}
END_TEST

START_TEST(case_may_count_or_not_but_of_ascii_letters_alone)
{
    ck_assert(text_equal_caseless(text_of("Content-Type"), text_of("cONTENT-tYPE")));
    ck_assert(text_equal_caseless((struct text){NULL, 0}, text_of("")));
    ck_assert(!text_equal_caseless(text_of("ab"), text_of("abc")));
    ck_assert(!text_equal_caseless(text_of("a["), text_of("a{")));
    ck_assert(!text_equal_caseless(text_of("a@"), text_of("a`")));
    ck_assert(!text_equal_caseless(text_of("\xC3\x84"), text_of("\xC3\xA4")));
}
END_TEST

START_TEST(a_run_is_compared_with_a_whole_string)
{
    ck_assert(text_is(text_of("abc"), "abc"));
    ck_assert(!text_is(text_of("abc"), "ab"));
    ck_assert(!text_is(text_of("ab"), "abc"));
    ck_assert(!text_is(text_of("abc"), "ABC"));
    ck_assert(!text_is((struct text){"ab\0", 3}, "ab"));
    ck_assert(text_is((struct text){NULL, 0}, ""));
}
END_TEST

static const struct row well_formed[] = {
    RUN(""),
    RUN("plain"),
    RUN("\0"),
    RUN("a\0b"),
    RUN("\x01\x1f\x7f"),
    RUN("\xC2\x80"),
    RUN("\xDF\xBF"),
    RUN("\xE0\xA0\x80"),
    RUN("\xE0\xBF\xBF"),
    RUN("\xE1\x80\x80"),
    RUN("\xEC\xBF\xBF"),
    RUN("\xED\x80\x80"),
    RUN("\xED\x9F\xBF"),
    RUN("\xEE\x80\x80"),
    RUN("\xEF\xBF\xBD"),
    RUN("\xEF\xBF\xBE"),
    RUN("\xEF\xBF\xBF"),
    RUN("\xF0\x90\x80\x80"),
    RUN("\xF0\xBF\xBF\xBF"),
    RUN("\xF1\x80\x80\x80"),
    RUN("\xF3\xBF\xBF\xBF"),
    RUN("\xF4\x80\x80\x80"),
    RUN("\xF4\x8F\xBF\xBF"),
    RUN("a\xC3\xA9z\xE2\x82\xACz\xF0\x9F\x94\x91z"),
};

START_TEST(well_formed_utf8_is_accepted)
{
    ck_assert(text_is_utf8(row_text(well_formed[_i])));
}
END_TEST

static const struct row ill_formed[] = {
    /* continuation bytes alone */
    RUN("\x80"),
    RUN("\xBF"),
    RUN("a\x80z"),
    /* overlong */
    RUN("\xC0\x80"),
    RUN("\xC0\xAF"),
    RUN("\xC1\xBF"),
    RUN("\xE0\x80\x80"),
    RUN("\xE0\x9F\xBF"),
    RUN("\xF0\x80\x80\x80"),
    RUN("\xF0\x8F\xBF\xBF"),
    /* surrogates */
    RUN("\xED\xA0\x80"),
    RUN("\xED\xAF\xBF"),
    RUN("\xED\xB0\x80"),
    RUN("\xED\xBF\xBF"),
    RUN("\xED\xA0\xBD\xED\xB4\x91"),
    /* above U+10FFFF */
    RUN("\xF4\x90\x80\x80"),
    RUN("\xF4\xBF\xBF\xBF"),
    RUN("\xF5\x80\x80\x80"),
    RUN("\xF7\xBF\xBF\xBF"),
    /* never bytes of UTF-8 */
    RUN("\xF8\x88\x80\x80\x80"),
    RUN("\xFC\x84\x80\x80\x80\x80"),
    RUN("\xFE"),
    RUN("\xFF"),
    /* truncated */
    RUN("\xC2"),
    RUN("\xE2"),
    RUN("\xE2\x82"),
    RUN("\xF0"),
    RUN("\xF0\x9F"),
    RUN("\xF0\x9F\x94"),
    RUN("ok\xF0\x9F\x94"),
    /* interrupted */
    RUN("\xC2z"),
    RUN("\xC2\xC2\x80"),
    RUN("\xE2z\xAC"),
    RUN("\xE2\x82z"),
    RUN("\xF0\x9Fz\x91"),
    RUN("\xF0\x9F\x94z"),
    RUN("\xC2\x7F"),
    RUN("\xC2\xC0"),
    RUN("\xE1\x80\x7F"),
    RUN("\xE1\x80\xC0"),
    RUN("\xF1\x80\x80\x7F"),
    RUN("\xF1\x80\x80\xC0"),
    RUN("\xE1\x7F\x80"),
    RUN("\xE1\xC0\x80"),
};

START_TEST(ill_formed_utf8_is_refused)
{
    ck_assert(!text_is_utf8(row_text(ill_formed[_i])));
}
END_TEST

START_TEST(a_sequence_is_not_completed_by_bytes_behind_the_run)
{
    ck_assert(!text_is_utf8((struct text){"\xE2\x82\xAC", 2}));
    ck_assert(!text_is_utf8((struct text){"\xF0\x9F\x94\x91", 3}));
    ck_assert(text_is_utf8((struct text){"a\x80", 1}));
}
END_TEST

START_TEST(absent_text_is_well_formed)
{
    ck_assert(text_is_utf8((struct text){NULL, 0}));
    ck_assert(!text_has_control((struct text){NULL, 0}));
}
END_TEST

/* Every code point against the definition, encoded here. */
START_TEST(exactly_the_unicode_scalar_values_are_well_formed)
{
    for (uint32_t c = 0; c < 0x200000; c++) {
        const bool scalar = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
        const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
        char s[4];
        size_t len;

        if (c < 0x80) {
            s[0] = (char)c;
            len = 1;
        } else if (c < 0x800) {
            s[0] = (char)(0xC0 | c >> 6);
            s[1] = (char)(0x80 | (c & 0x3F));
            len = 2;
        } else if (c < 0x10000) {
            s[0] = (char)(0xE0 | c >> 12);
            s[1] = (char)(0x80 | (c >> 6 & 0x3F));
            s[2] = (char)(0x80 | (c & 0x3F));
            len = 3;
        } else {
            s[0] = (char)(0xF0 | c >> 18);
            s[1] = (char)(0x80 | (c >> 12 & 0x3F));
            s[2] = (char)(0x80 | (c >> 6 & 0x3F));
            s[3] = (char)(0x80 | (c & 0x3F));
            len = 4;
        }
        if (text_is_utf8((struct text){s, len}) != scalar)
            ck_abort_msg("U+%04X", (unsigned)c);
        if (scalar && text_has_control((struct text){s, len}) != control)
            ck_abort_msg("U+%04X as a control character", (unsigned)c);
    }
}
END_TEST

START_TEST(a_control_character_is_found_wherever_it_stands)
{
    static const struct row rows[] = {
        RUN("\n"),   RUN("a\n"),       RUN("\ta"),       RUN("a\x7fz"),
        RUN("a\0z"), RUN("z\xC2\x85"), RUN("\xC2\x9Fz"), RUN("\xE2\x82\xAC\x1B")};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(text_has_control(row_text(rows[i])), "row %zu", i);
    ck_assert(!text_has_control(text_of("a plain ~ text")));
    ck_assert_uint_eq(text_control_len(text_of("\ta")), 1);
    ck_assert_uint_eq(text_control_len(text_of("\xC2\x9F\x61")), 2);
    ck_assert_uint_eq(text_control_len(text_of("a\t")), 0);
    ck_assert_uint_eq(text_control_len((struct text){"\xC2\x9F", 1}), 0);
    ck_assert_uint_eq(text_control_len((struct text){NULL, 0}), 0);
    ck_assert(!text_has_control(text_of("\xC2\xA0\xC3\x80\xE2\x82\xAC\xF0\x9F\x94\x91")));
}
END_TEST

START_TEST(the_well_formed_beginning_is_measured)
{
    for (size_t i = 0; i < sizeof well_formed / sizeof well_formed[0]; i++)
        ck_assert_uint_eq(text_utf8_len(row_text(well_formed[i])), well_formed[i].len);
    ck_assert_uint_eq(text_utf8_len((struct text){NULL, 0}), 0);
    ck_assert_uint_eq(text_utf8_len(text_of("\x80")), 0);
    ck_assert_uint_eq(text_utf8_len(text_of("ab\xC3")), 2);
    ck_assert_uint_eq(text_utf8_len(text_of("a\xC3\xA9\xE2\x82")), 3);
    ck_assert_uint_eq(text_utf8_len(text_of("a\xC3\xA9\xE2\x82z")), 3);
    ck_assert_uint_eq(text_utf8_len(text_of("a\xFFz")), 1);
    ck_assert_uint_eq(text_utf8_len((struct text){"\xF0\x9F\x94\x91", 3}), 0);
}
END_TEST

START_TEST(characters_are_counted_not_bytes)
{
    ck_assert_uint_eq(text_characters((struct text){NULL, 0}), 0);
    ck_assert_uint_eq(text_characters(text_of("abc")), 3);
    ck_assert_uint_eq(text_characters((struct text){"a\0b", 3}), 3);
    ck_assert_uint_eq(text_characters(text_of("\xC3\xA9")), 1);
    ck_assert_uint_eq(text_characters(text_of("e\xCC\x81")), 2);
    ck_assert_uint_eq(text_characters(text_of("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x94\x91z")), 5);
}
END_TEST

START_TEST(a_token_has_only_what_a_header_s_name_may_hold)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                   "!#$%&'*+-.^_`|~";

    for (int c = 0; c < 256; c++) {
        const char run[] = {'X', (char)c};

        if (text_is_token((struct text){run, 2}) != (c != 0 && strchr(alphabet, c) != NULL))
            ck_abort_msg("byte %d", c);
    }
    ck_assert(text_is_token((struct text){"X Y", 1}));
}
END_TEST

static const struct {
    const char *text;
    int64_t value;
} numbers[] = {
    {"0", 0},
    {"-0", 0},
    {"7", 7},
    {"-7", -7},
    {"0012", 12},
    {"1234567890123", INT64_C(1234567890123)},
    {"9223372036854775806", INT64_MAX - 1},
    {"9223372036854775807", INT64_MAX},
    {"-9223372036854775807", INT64_MIN + 1},
    {"-9223372036854775808", INT64_MIN},
};

START_TEST(a_decimal_integer_is_read)
{
    int64_t value = 99;

    ck_assert(text_to_int64(text_of(numbers[_i].text), &value));
    ck_assert_int_eq(value, numbers[_i].value);
}
END_TEST

static const struct row no_numbers[] = {
    RUN(""),
    RUN("-"),
    RUN("--1"),
    RUN("+1"),
    RUN(" 1"),
    RUN("1 "),
    RUN("1\0"),
    RUN("\0"),
    RUN("1.0"),
    RUN("1e3"),
    RUN("0x10"),
    RUN("1-"),
    RUN("a"),
    RUN("12a"),
    RUN("1/"),
    RUN("1:"),
    RUN("\xEF\xBC\x91"),
    RUN("9223372036854775808"),
    RUN("-9223372036854775809"),
    RUN("9223372036854775810"),
    RUN("92233720368547758070"),
    RUN("18446744073709551616"),
    RUN("99999999999999999999999999"),
    RUN("-99999999999999999999999999"),
};

START_TEST(anything_else_is_no_number)
{
    int64_t value = 99;

    ck_assert(!text_to_int64(row_text(no_numbers[_i]), &value));
    ck_assert_int_eq(value, 99);
}
END_TEST

START_TEST(a_number_ends_with_its_run)
{
    int64_t value = 99;

    ck_assert(text_to_int64((struct text){"123", 2}, &value));
    ck_assert_int_eq(value, 12);
    ck_assert(!text_to_int64((struct text){NULL, 0}, &value));
    ck_assert_int_eq(value, 12);
}
END_TEST

/* From the least to the greatest, as they are written. */
static const struct {
    int64_t value;
    const char *text;
} written[] = {
    {INT64_MIN, "-9223372036854775808"},
    {INT64_MIN + 1, "-9223372036854775807"},
    {-10, "-10"},
    {-9, "-9"},
    {-1, "-1"},
    {0, "0"},
    {1, "1"},
    {9, "9"},
    {10, "10"},
    {99, "99"},
    {100, "100"},
    {INT64_C(1234567890123), "1234567890123"},
    {INT64_MAX - 1, "9223372036854775806"},
    {INT64_MAX, "9223372036854775807"},
};

START_TEST(an_integer_is_written_in_decimal_digits)
{
    char room[TEXT_INT64_SIZE + 2];
    struct text t;
    int64_t back = 99;

    memset(room, '#', sizeof room);
    t = text_of_int64(written[_i].value, room + 1);
    ck_assert_msg(text_is(t, written[_i].text), "%.*s", TEXT_ARG(t));
    ck_assert(t.data >= room + 1 && t.data + t.len <= room + 1 + TEXT_INT64_SIZE);
    ck_assert_int_eq(room[0], '#');
    ck_assert_int_eq(room[TEXT_INT64_SIZE + 1], '#');
    ck_assert(text_to_int64(t, &back));
    ck_assert_int_eq(back, written[_i].value);
}
END_TEST

START_TEST(hex_digits_are_of_either_case_and_nothing_else_is_one)
{
    static const char lower[] = "0123456789abcdef";
    static const char upper[] = "0123456789ABCDEF";
    int digits = 0;

    for (int i = 0; i < 16; i++) {
        ck_assert_int_eq(text_hex_digit(lower[i]), i);
        ck_assert_int_eq(text_hex_digit(upper[i]), i);
    }
    for (int c = 0; c < 256; c++)
        digits += text_hex_digit((char)c) >= 0 ? 1 : 0;
    ck_assert_int_eq(digits, 22);
}
END_TEST

START_TEST(a_copy_needs_room_for_its_terminator)
{
    char to[6];

    for (size_t size = 3; size <= 5; size++) {
        memset(to, '#', sizeof to);
        ck_assert_int_eq(text_copy(text_of("abc"), to, size), size > 3);
        ck_assert_str_eq(to, size > 3 ? "abc" : "");
        ck_assert_int_eq(to[size], '#');
    }
}
END_TEST

START_TEST(a_copy_is_ended_at_the_length_of_its_run)
{
    char to[8];

    memset(to, '#', sizeof to);
    ck_assert(text_copy((struct text){"abcdef", 2}, to, sizeof to));
    ck_assert_str_eq(to, "ab");
}
END_TEST

START_TEST(text_with_a_nul_byte_is_not_copied)
{
    static const struct row rows[] = {RUN("a\0b"), RUN("\0"), RUN("ab\0")};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char to[8] = "before";

        ck_assert(!text_copy(row_text(rows[i]), to, sizeof to));
        ck_assert_str_eq(to, "");
    }
}
END_TEST

START_TEST(nothing_is_copied_as_an_empty_string)
{
    char to[1] = {'#'};

    ck_assert(text_copy((struct text){NULL, 0}, to, sizeof to));
    ck_assert_str_eq(to, "");
    to[0] = '#';
    ck_assert(!text_copy(text_of("a"), to, sizeof to));
    ck_assert_str_eq(to, "");
}
END_TEST

Suite *text_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *tc = tcase_create("text");

    tcase_add_test(tc, text_of_a_string_is_its_bytes);
    tcase_add_test(tc, equal_runs_have_the_same_bytes);
    tcase_add_test(tc, a_run_begins_with_nothing_and_with_all_of_itself);
    tcase_add_test(tc, case_may_count_or_not_but_of_ascii_letters_alone);
    tcase_add_test(tc, a_run_is_compared_with_a_whole_string);
    tcase_add_loop_test(tc, well_formed_utf8_is_accepted, 0, ROWS(well_formed));
    tcase_add_loop_test(tc, ill_formed_utf8_is_refused, 0, ROWS(ill_formed));
    tcase_add_test(tc, a_sequence_is_not_completed_by_bytes_behind_the_run);
    tcase_add_test(tc, absent_text_is_well_formed);
    tcase_add_test(tc, exactly_the_unicode_scalar_values_are_well_formed);
    tcase_add_test(tc, a_control_character_is_found_wherever_it_stands);
    tcase_add_test(tc, the_well_formed_beginning_is_measured);
    tcase_add_test(tc, characters_are_counted_not_bytes);
    tcase_add_test(tc, a_token_has_only_what_a_header_s_name_may_hold);
    tcase_add_loop_test(tc, a_decimal_integer_is_read, 0, ROWS(numbers));
    tcase_add_loop_test(tc, anything_else_is_no_number, 0, ROWS(no_numbers));
    tcase_add_test(tc, a_number_ends_with_its_run);
    tcase_add_loop_test(tc, an_integer_is_written_in_decimal_digits, 0, ROWS(written));
    tcase_add_test(tc, hex_digits_are_of_either_case_and_nothing_else_is_one);
    tcase_add_test(tc, a_copy_needs_room_for_its_terminator);
    tcase_add_test(tc, a_copy_is_ended_at_the_length_of_its_run);
    tcase_add_test(tc, text_with_a_nul_byte_is_not_copied);
    tcase_add_test(tc, nothing_is_copied_as_an_empty_string);
    suite_add_tcase(suite, tc);
    return suite;
}
