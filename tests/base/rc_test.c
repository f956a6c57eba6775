/* rc: every code has a short word of its own. */
#include "base/rc.h"
#include "suites.h"

static const char *const names[] = {
    "ok",          "invalid",   "unauthenticated", "denied",    "forbidden",
    "not_found",   "gone",      "precondition",    "method",    "conflict",
    "exists",      "too_large", "media_type",      "no_memory", "full",
    "unavailable", "key",       "corrupt",         "system",
};

enum {
    CODES = sizeof names / sizeof names[0]
};

START_TEST(every_code_has_its_word)
{
    ck_assert_int_eq(CODES, RC_SYSTEM + 1);
    for (int i = 0; i < CODES; i++)
        ck_assert_str_eq(rc_name((enum rc)i), names[i]);
}
END_TEST

START_TEST(a_number_that_is_no_code_is_still_named)
{
    const int no_code = RC_SYSTEM + 1;

    ck_assert_ptr_nonnull(rc_name((enum rc)no_code));
    for (int i = 0; i <= RC_SYSTEM; i++)
        ck_assert_str_ne(rc_name((enum rc)no_code), rc_name((enum rc)i));
}
END_TEST

Suite *rc_suite(void)
{
    Suite *suite = suite_create("rc");
    TCase *tc = tcase_create("rc");

    tcase_add_test(tc, every_code_has_its_word);
    tcase_add_test(tc, a_number_that_is_no_code_is_still_named);
    suite_add_tcase(suite, tc);
    return suite;
}
