/* project_json: the exact JSON of a project, and what is read of one. */
#include "api/project_json.h"
#include "suites.h"
#include "support/json_fixture.h"
#include "support/sample.h"

#include <stdio.h>

static struct json_fixture at;

static void setup(void)
{
    json_fixture_make(&at);
}

static void teardown(void)
{
    json_fixture_remove(&at);
}

START_TEST(a_project_has_its_settings)
{
    struct project project = sample_project(1);
    char expected[512];

    project.name = text_of("sh\"op");
    project.updated_at = SAMPLE_NOW + 1;
    project.signature_header = text_of("X-Hook");
    project.versions.list[project.versions.count++] =
        (struct project_version){PROJECT_SHA512, PROJECT_BASE64};
    project_json_write(&at.json, &project);
    (void)snprintf(expected, sizeof expected,
                   "{\"uid\":\"%.*s\",\"name\":\"sh\\\"op\",\"default_grace\":86400,"
                   "\"max_grace\":31536000,\"max_signing_secrets\":10,"
                   "\"signature\":{\"header\":\"X-Hook\",\"versions\":[{\"hash\":\"SHA256\","
                   "\"encoding\":\"hex\"},{\"hash\":\"SHA512\",\"encoding\":\"base64\"}]},"
                   "\"created_at\":\"2026-11-23T19:08:05.123Z\","
                   "\"updated_at\":\"2026-11-23T19:08:05.124Z\"}",
                   TEXT_ARG(sample_uid_text(1)));
    ck_assert(text_is(buf_text(&at.buf), expected));
}
END_TEST

static void read_project(const char *body, struct project *project)
{
    project_json_read(json_fixture_read(&at, body), project, &at.faults);
}

START_TEST(a_projects_settings_are_read)
{
    struct project project = sample_project(1);

    read_project("{\"name\":\"shop\",\"default_grace\":1,\"max_grace\":2,"
                 "\"max_signing_secrets\":3,\"signature\":{\"header\":\"X-Hook\",\"versions\":["
                 "{\"hash\":\"SHA512\",\"encoding\":\"base64\"},{}]},\"unknown\":1}",
                 &project);
    ck_assert_uint_eq(at.faults.count, 0);
    ck_assert(text_is(project.name, "shop"));
    ck_assert_int_eq(project.default_grace, 1);
    ck_assert_int_eq(project.max_grace, 2);
    ck_assert_int_eq(project.max_signing_secrets, 3);
    ck_assert(text_is(project.signature_header, "X-Hook"));
    ck_assert_uint_eq(project.versions.count, 2);
    ck_assert_int_eq(project.versions.list[0].hash, PROJECT_SHA512);
    ck_assert_int_eq(project.versions.list[0].encoding, PROJECT_BASE64);
    ck_assert_int_eq(project.versions.list[1].hash, PROJECT_SHA256);
    ck_assert_int_eq(project.versions.list[1].encoding, PROJECT_HEX);
}
END_TEST

static const char *const keeping[] = {
    "{}",
    "{\"name\":null,\"max_grace\":null,\"signature\":null}",
    "{\"signature\":{}}",
    "{\"signature\":{\"header\":null,\"versions\":null}}",
};

START_TEST(settings_that_are_absent_or_null_keep_their_value)
{
    const struct project before = sample_project(1);
    struct project project = before;

    read_project(keeping[_i], &project);
    ck_assert_uint_eq(at.faults.count, 0);
    sample_same_project(&before, &project);
}
END_TEST

static const struct {
    const char *body;
    const char *member;
} wrong_settings[] = {
    {"{\"name\":1}", "name"},
    {"{\"default_grace\":\"1\"}", "default_grace"},
    {"{\"max_grace\":1.5}", "max_grace"},
    {"{\"max_signing_secrets\":[]}", "max_signing_secrets"},
    {"{\"signature\":[]}", "signature"},
    {"{\"signature\":{\"header\":1}}", "signature.header"},
    {"{\"signature\":{\"versions\":{}}}", "signature.versions"},
    {"{\"signature\":{\"versions\":[1]}}", "signature.versions[0]"},
    {"{\"signature\":{\"versions\":[{},null]}}", "signature.versions[1]"},
    {"{\"signature\":{\"versions\":[{\"hash\":1}]}}", "signature.versions[0].hash"},
    {"{\"signature\":{\"versions\":[{\"hash\":\"MD5\"}]}}", "signature.versions[0].hash"},
    {"{\"signature\":{\"versions\":[{},{\"hash\":\"sha256\"}]}}", "signature.versions[1].hash"},
    {"{\"signature\":{\"versions\":[{},{},{\"encoding\":\"HEX\"}]}}",
     "signature.versions[2].encoding"},
};

START_TEST(a_setting_that_cannot_be_is_a_fault)
{
    struct project project = sample_project(1);

    read_project(wrong_settings[_i].body, &project);
    ck_assert_uint_eq(at.faults.count, 1);
    ck_assert_str_eq(at.faults.list[0].member, wrong_settings[_i].member);
}
END_TEST

START_TEST(each_version_that_cannot_be_is_named)
{
    struct project project = sample_project(1);

    read_project(
        "{\"signature\":{\"versions\":[{\"hash\":\"x\"},{},{\"hash\":\"x\",\"encoding\":7}]}}",
        &project);
    ck_assert_uint_eq(at.faults.count, 3);
    ck_assert_str_eq(at.faults.list[0].message,
                     "signature.versions[0].hash must be SHA256 or SHA512");
    ck_assert(faults_name(&at.faults, "signature.versions[2].hash"));
    ck_assert(faults_name(&at.faults, "signature.versions[2].encoding"));
}
END_TEST

START_TEST(too_many_or_no_versions_are_the_domains_to_refuse)
{
    struct project project = sample_project(1);

    read_project(_i == 0 ? "{\"signature\":{\"versions\":[]}}"
                         : "{\"signature\":{\"versions\":[{},{},{},{},{},{},{},{},{},{}]}}",
                 &project);
    ck_assert_uint_eq(at.faults.count, 0);
    ck_assert_int_eq(project_check(&project, &at.faults), RC_INVALID);
    ck_assert(faults_name(&at.faults, "signature.versions"));
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *project_json_suite(void)
{
    Suite *suite = suite_create("project_json");
    TCase *tc = tcase_create("project_json");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_project_has_its_settings);
    tcase_add_test(tc, a_projects_settings_are_read);
    tcase_add_loop_test(tc, settings_that_are_absent_or_null_keep_their_value, 0, COUNT(keeping));
    tcase_add_loop_test(tc, a_setting_that_cannot_be_is_a_fault, 0, COUNT(wrong_settings));
    tcase_add_test(tc, each_version_that_cannot_be_is_named);
    tcase_add_loop_test(tc, too_many_or_no_versions_are_the_domains_to_refuse, 0, 2);
    suite_add_tcase(suite, tc);
    return suite;
}
