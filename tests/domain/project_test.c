/* project: factory settings, and every bound one below, at and above it. */
#include "domain/project.h"
#include "suites.h"

#include <string.h>

static struct project project;

static void setup(void)
{
    const uint8_t entropy[UID_ENTROPY_BYTES] = {1};

    project_init(&project, uid_make(5, entropy), text_of("a project"), 1234);
}

static void expect_ok(void)
{
    struct faults faults = {0};

    ck_assert_int_eq(project_check(&project, &faults), RC_OK);
    ck_assert_uint_eq(faults.count, 0);
}

static void expect_fault(const char *member)
{
    struct faults faults = {0};

    ck_assert_int_eq(project_check(&project, &faults), RC_INVALID);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].member, member);
}

START_TEST(a_new_project_has_factory_settings)
{
    const uint8_t entropy[UID_ENTROPY_BYTES] = {1};
    struct uid uid = uid_make(5, entropy);

    ck_assert(uid_equal(&project.uid, &uid));
    ck_assert(text_is(project.name, "a project"));
    ck_assert_int_eq(project.created_at, 1234);
    ck_assert_int_eq(project.updated_at, 1234);
    ck_assert_int_eq(project.default_grace, 24 * 60 * 60);
    ck_assert_int_eq(project.max_grace, 365 * 24 * 60 * 60);
    ck_assert_int_eq(project.max_signing_secrets, 10);
    expect_ok();
}
END_TEST

START_TEST(a_name_has_1_to_256_bytes)
{
    static char name[PROJECT_NAME_MAX + 1];

    memset(name, 'n', sizeof name);
    project.name = (struct text){name, 0};
    expect_fault("name");
    project.name = (struct text){NULL, 0};
    expect_fault("name");
    project.name = (struct text){name, 1};
    expect_ok();
    project.name = (struct text){name, PROJECT_NAME_MAX};
    expect_ok();
    project.name = (struct text){name, PROJECT_NAME_MAX + 1};
    expect_fault("name");
}
END_TEST

START_TEST(a_name_is_utf8_without_controls)
{
    static const char *const bad[] = {"a\nb", "\x1b", "\x7f", "\xC2\x80", "\xFF", "\xC3"};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        project.name = text_of(bad[i]);
        expect_fault("name");
    }
    project.name = (struct text){"a\0b", 3};
    expect_fault("name");
    project.name = text_of("caf\xC3\xA9");
    expect_ok();
}
END_TEST

START_TEST(max_grace_is_from_zero_to_ten_years)
{
    static const struct {
        int64_t max_grace;
        bool good;
    } rows[] = {{INT64_MIN, false}, {-1, false},       {0, true},          {1, true},
                {315359999, true},  {315360000, true}, {315360001, false}, {INT64_MAX, false}};

    project.default_grace = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct faults faults = {0};

        project.max_grace = rows[i].max_grace;
        ck_assert_int_eq(project_check(&project, &faults), rows[i].good ? RC_OK : RC_INVALID);
        ck_assert_int_eq(faults_name(&faults, "max_grace"), !rows[i].good);
    }
}
END_TEST

START_TEST(default_grace_is_from_zero_to_max_grace)
{
    project.max_grace = 100;
    project.default_grace = 0;
    expect_ok();
    project.default_grace = 99;
    expect_ok();
    project.default_grace = 100;
    expect_ok();
    project.default_grace = 101;
    expect_fault("default_grace");
    project.default_grace = -1;
    expect_fault("default_grace");
    project.default_grace = INT64_MIN;
    expect_fault("default_grace");
    project.default_grace = INT64_MAX;
    expect_fault("default_grace");
}
END_TEST

START_TEST(max_signing_secrets_is_from_1_to_64)
{
    project.max_signing_secrets = 0;
    expect_fault("max_signing_secrets");
    project.max_signing_secrets = 1;
    expect_ok();
    project.max_signing_secrets = 2;
    expect_ok();
    project.max_signing_secrets = 64;
    expect_ok();
    project.max_signing_secrets = 65;
    expect_fault("max_signing_secrets");
    project.max_signing_secrets = INT64_MIN;
    expect_fault("max_signing_secrets");
    project.max_signing_secrets = INT64_MAX;
    expect_fault("max_signing_secrets");
}
END_TEST

START_TEST(every_setting_out_of_bounds_is_named_at_once)
{
    static const char *const members[] = {"name", "max_grace", "default_grace",
                                          "max_signing_secrets"};
    struct faults faults = {0};

    project.name = text_of("");
    project.max_grace = -1;
    project.default_grace = -1;
    project.max_signing_secrets = 0;
    ck_assert_int_eq(project_check(&project, &faults), RC_INVALID);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        ck_assert_msg(faults_name(&faults, members[i]), "%s is not named", members[i]);
    ck_assert_uint_eq(faults.count, 4);
}
END_TEST

START_TEST(a_fault_never_holds_the_value)
{
    struct faults faults = {0};

    project.name = text_of("sentinel\n");
    ck_assert_int_eq(project_check(&project, &faults), RC_INVALID);
    ck_assert_ptr_null(strstr(faults.list[0].message, "sentinel"));
}
END_TEST

Suite *project_suite(void)
{
    Suite *suite = suite_create("project");
    TCase *tc = tcase_create("project");

    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, a_new_project_has_factory_settings);
    tcase_add_test(tc, a_name_has_1_to_256_bytes);
    tcase_add_test(tc, a_name_is_utf8_without_controls);
    tcase_add_test(tc, max_grace_is_from_zero_to_ten_years);
    tcase_add_test(tc, default_grace_is_from_zero_to_max_grace);
    tcase_add_test(tc, max_signing_secrets_is_from_1_to_64);
    tcase_add_test(tc, every_setting_out_of_bounds_is_named_at_once);
    tcase_add_test(tc, a_fault_never_holds_the_value);
    suite_add_tcase(suite, tc);
    return suite;
}
