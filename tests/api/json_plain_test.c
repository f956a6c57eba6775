/* json_plain: every byte at every place of a text, and what is behind the first that is not plain.
 */
#include "api/json_plain.h"
#include "suites.h"

#include <string.h>

enum {
    LEN_MAX = 19 /* more than two looks at eight bytes, and some */
};

static bool is_plain(int c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

START_TEST(a_byte_is_plain_or_not_wherever_it_stands)
{
    const int c = _i;

    for (size_t len = 1; len <= LEN_MAX; len++)
        for (size_t at = 0; at < len; at++) {
            char text[LEN_MAX];

            memset(text, 'x', sizeof text);
            text[at] = (char)c;
            ck_assert_uint_eq(json_plain_len((struct text){text, len}), is_plain(c) ? len : at);
        }
}
END_TEST

/* The sum that looks for one byte carries into the next: the first counts all the same. */
START_TEST(the_first_of_several_counts)
{
    static const char all[] = {0, 0x1F, '"', '\\'};

    for (size_t i = 0; i < sizeof all; i++)
        for (size_t k = 0; k < sizeof all; k++) {
            char text[] = "abcdefghijklmnop";

            text[10] = all[i];
            text[11] = all[k];
            ck_assert_uint_eq(json_plain_len((struct text){text, 16}), 10);
            ck_assert_uint_eq(json_plain_len((struct text){text, 10}), 10);
        }
}
END_TEST

START_TEST(an_empty_text_has_none)
{
    ck_assert_uint_eq(json_plain_len((struct text){NULL, 0}), 0);
}
END_TEST

Suite *json_plain_suite(void)
{
    Suite *suite = suite_create("json_plain");
    TCase *tc = tcase_create("json_plain");

    tcase_add_loop_test(tc, a_byte_is_plain_or_not_wherever_it_stands, 0, 256);
    tcase_add_test(tc, the_first_of_several_counts);
    tcase_add_test(tc, an_empty_text_has_none);
    suite_add_tcase(suite, tc);
    return suite;
}
