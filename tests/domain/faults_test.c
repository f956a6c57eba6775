/* faults: named, bounded, cut at their size. */
#include "domain/faults.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

START_TEST(an_entry_has_its_member_and_message)
{
    struct faults faults = {0};

    faults_add(&faults, "outer.inner", "%s must be from %d to %d", "it", 1, 3);
    faults_add(&faults, "", "the body as a whole");
    ck_assert_uint_eq(faults.count, 2);
    ck_assert_str_eq(faults.list[0].member, "outer.inner");
    ck_assert_str_eq(faults.list[0].message, "it must be from 1 to 3");
    ck_assert_str_eq(faults.list[1].member, "");
    ck_assert_str_eq(faults.list[1].message, "the body as a whole");
}
END_TEST

START_TEST(a_member_is_found_by_its_whole_name)
{
    struct faults faults = {0};

    ck_assert(!faults_name(&faults, "url"));
    ck_assert(!faults_name(&faults, ""));
    faults_add(&faults, "url", "wrong");
    faults_add(&faults, "authentication.oauth2.url", "wrong");
    ck_assert(faults_name(&faults, "url"));
    ck_assert(faults_name(&faults, "authentication.oauth2.url"));
    ck_assert(!faults_name(&faults, "ur"));
    ck_assert(!faults_name(&faults, "urls"));
    ck_assert(!faults_name(&faults, "authentication.oauth2"));
    ck_assert(!faults_name(&faults, ""));
    faults_add(&faults, "", "wrong");
    ck_assert(faults_name(&faults, ""));
}
END_TEST

START_TEST(a_member_is_told_of_once)
{
    struct faults faults = {0};

    faults_add(&faults, "name", "of the wrong type");
    faults_add(&faults, "url", "absent");
    faults_add(&faults, "name", "absent");
    ck_assert_uint_eq(faults.count, 2);
    ck_assert_str_eq(faults.list[0].message, "of the wrong type");
    ck_assert_str_eq(faults.list[1].member, "url");
}
END_TEST

START_TEST(a_message_is_cut_at_its_size)
{
    for (int len = FAULTS_MESSAGE_SIZE - 2; len <= FAULTS_MESSAGE_SIZE; len++) {
        struct faults faults = {0};
        const size_t kept = len < FAULTS_MESSAGE_SIZE ? (size_t)len : FAULTS_MESSAGE_SIZE - 1;

        faults_add(&faults, "member", "%0*d", len, 1);
        ck_assert_uint_eq(strlen(faults.list[0].message), kept);
        ck_assert_str_eq(faults.list[0].member, "member");
        ck_assert_str_eq(faults.list[1].member, "");
    }
}
END_TEST

START_TEST(a_member_s_name_may_fill_its_room)
{
    struct faults faults = {0};
    char name[FAULTS_MEMBER_SIZE];

    memset(name, 'm', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    faults_add(&faults, name, "wrong");
    ck_assert_str_eq(faults.list[0].member, name);
    ck_assert(faults_name(&faults, name));
}
END_TEST

START_TEST(entries_past_the_last_are_dropped)
{
    struct faults faults = {0};
    char member[32];

    for (int i = 0; i < FAULTS_MAX; i++) {
        (void)snprintf(member, sizeof member, "member%d", i);
        faults_add(&faults, member, "%d", i);
        ck_assert(faults_name(&faults, member));
    }
    ck_assert_uint_eq(faults.count, FAULTS_MAX);
    faults_add(&faults, "dropped", "wrong");
    ck_assert_uint_eq(faults.count, FAULTS_MAX);
    ck_assert(!faults_name(&faults, "dropped"));
    ck_assert_str_eq(faults.list[0].member, "member0");
    ck_assert_str_eq(faults.list[FAULTS_MAX - 1].member, member);
}
END_TEST

Suite *faults_suite(void)
{
    Suite *suite = suite_create("faults");
    TCase *tc = tcase_create("faults");

    tcase_add_test(tc, an_entry_has_its_member_and_message);
    tcase_add_test(tc, a_member_is_found_by_its_whole_name);
    tcase_add_test(tc, a_member_is_told_of_once);
    tcase_add_test(tc, a_message_is_cut_at_its_size);
    tcase_add_test(tc, a_member_s_name_may_fill_its_room);
    tcase_add_test(tc, entries_past_the_last_are_dropped);
    suite_add_tcase(suite, tc);
    return suite;
}
