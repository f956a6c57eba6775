/* history: actions keep the numbers they are stored under, and their names. */
#include "domain/history.h"
#include "suites.h"

START_TEST(an_action_keeps_its_number)
{
    ck_assert_int_eq(HISTORY_CREATED, 1);
    ck_assert_int_eq(HISTORY_ROLLED, 2);
}
END_TEST

START_TEST(an_action_has_its_name)
{
    ck_assert_str_eq(history_action_name(HISTORY_CREATED), "created");
    ck_assert_str_eq(history_action_name(HISTORY_ROLLED), "rolled");
}
END_TEST

START_TEST(a_number_that_is_no_action_is_still_named)
{
    for (int i = 0; i < 5; i++) {
        const char *name = history_action_name((enum history_action)i);

        ck_assert_ptr_nonnull(name);
        if (i != HISTORY_CREATED)
            ck_assert_str_ne(name, "created");
        if (i != HISTORY_ROLLED)
            ck_assert_str_ne(name, "rolled");
    }
}
END_TEST

Suite *history_suite(void)
{
    Suite *suite = suite_create("history");
    TCase *tc = tcase_create("history");

    tcase_add_test(tc, an_action_keeps_its_number);
    tcase_add_test(tc, an_action_has_its_name);
    tcase_add_test(tc, a_number_that_is_no_action_is_still_named);
    suite_add_tcase(suite, tc);
    return suite;
}
