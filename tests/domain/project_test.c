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
    ck_assert(text_is(project.signature_header, "X-Convoy-Signature"));
    ck_assert_uint_eq(project.versions.count, 1);
    ck_assert_int_eq(project.versions.list[0].hash, PROJECT_SHA256);
    ck_assert_int_eq(project.versions.list[0].encoding, PROJECT_HEX);
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

START_TEST(a_signature_header_is_a_header_s_name)
{
    static const char *const bad[] = {"",    "X Signature", "X:",    "X\n",     "X-\xC3\xA9",
                                      "(X)", "X,Y",         "\"X\"", "X-Sig/1", "X\x7f"};
    static char name[PROJECT_HEADER_MAX + 1];

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        project.signature_header = text_of(bad[i]);
        expect_fault("signature.header");
    }
    project.signature_header = (struct text){NULL, 0};
    expect_fault("signature.header");
    project.signature_header = (struct text){"X\0", 2};
    expect_fault("signature.header");
    memset(name, 'x', sizeof name);
    project.signature_header = (struct text){name, 1};
    expect_ok();
    project.signature_header = (struct text){name, PROJECT_HEADER_MAX};
    expect_ok();
    project.signature_header = (struct text){name, PROJECT_HEADER_MAX + 1};
    expect_fault("signature.header");
}
END_TEST

START_TEST(a_signature_header_has_no_other_meaning)
{
    static const char *const taken[] = {"webhook-id",
                                        "Webhook-Timestamp",
                                        "WEBHOOK-SIGNATURE",
                                        "Content-Type",
                                        "content-length",
                                        "Host",
                                        "Connection",
                                        "Transfer-Encoding",
                                        "Authorization",
                                        "content-encoding",
                                        "TE",
                                        "Trailer",
                                        "Upgrade",
                                        "Expect",
                                        "Hookroll-Tolerance",
                                        "hookroll-compact",
                                        "X-Request-ID",
                                        "Date",
                                        "Cookie",
                                        "If-Match"};
    static const char *const freely[] = {"webhook-i", "webhook-ids", "X-Host",
                                         "Webhook-Signature-2"};

    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        project.signature_header = text_of(taken[i]);
        expect_fault("signature.header");
    }
    for (size_t i = 0; i < sizeof freely / sizeof freely[0]; i++) {
        project.signature_header = text_of(freely[i]);
        expect_ok();
    }
}
END_TEST

START_TEST(there_are_1_to_4_signature_versions)
{
    for (size_t i = 0; i < PROJECT_VERSIONS_MAX; i++)
        project.versions.list[i] = (struct project_version){PROJECT_SHA512, PROJECT_BASE64};
    project.versions.count = 0;
    expect_fault("signature.versions");
    project.versions.count = 1;
    expect_ok();
    project.versions.count = 4;
    expect_ok();
    project.versions.count = 5;
    expect_fault("signature.versions");
    project.versions.count = SIZE_MAX;
    expect_fault("signature.versions");
}
END_TEST

START_TEST(hashes_and_encodings_keep_their_numbers_and_names)
{
    ck_assert_int_eq(PROJECT_SHA256, 1);
    ck_assert_int_eq(PROJECT_SHA512, 2);
    ck_assert_int_eq(PROJECT_HEX, 1);
    ck_assert_int_eq(PROJECT_BASE64, 2);
    ck_assert_str_eq(project_hash_name(PROJECT_SHA256), "SHA256");
    ck_assert_str_eq(project_hash_name(PROJECT_SHA512), "SHA512");
    ck_assert_str_eq(project_encoding_name(PROJECT_HEX), "hex");
    ck_assert_str_eq(project_encoding_name(PROJECT_BASE64), "base64");
}
END_TEST

START_TEST(hashes_and_encodings_are_found_by_name)
{
    enum project_hash hash = PROJECT_SHA256;
    enum project_encoding encoding = PROJECT_HEX;

    ck_assert(project_hash_named(text_of("SHA512"), &hash));
    ck_assert_int_eq(hash, PROJECT_SHA512);
    ck_assert(project_hash_named(text_of("SHA256"), &hash));
    ck_assert_int_eq(hash, PROJECT_SHA256);
    ck_assert(project_encoding_named(text_of("base64"), &encoding));
    ck_assert_int_eq(encoding, PROJECT_BASE64);
    ck_assert(project_encoding_named(text_of("hex"), &encoding));
    ck_assert_int_eq(encoding, PROJECT_HEX);
}
END_TEST

START_TEST(no_other_name_is_found)
{
    static const char *const names[] = {"",    "sha256", "SHA-256",   "SHA25", "SHA2566", "MD5",
                                        "HEX", "Base64", "base64url", "he",    "unknown", " hex"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        enum project_hash hash;
        enum project_encoding encoding;

        ck_assert_msg(!project_hash_named(text_of(names[i]), &hash), "\"%s\"", names[i]);
        ck_assert_msg(!project_encoding_named(text_of(names[i]), &encoding), "\"%s\"", names[i]);
    }
}
END_TEST

START_TEST(every_setting_out_of_bounds_is_named_at_once)
{
    static const char *const members[] = {"name",
                                          "max_grace",
                                          "default_grace",
                                          "max_signing_secrets",
                                          "signature.header",
                                          "signature.versions"};
    struct faults faults = {0};

    project.name = text_of("");
    project.max_grace = -1;
    project.default_grace = -1;
    project.max_signing_secrets = 0;
    project.signature_header = text_of("");
    project.versions.count = 0;
    ck_assert_int_eq(project_check(&project, &faults), RC_INVALID);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        ck_assert_msg(faults_name(&faults, members[i]), "%s is not named", members[i]);
    ck_assert_uint_eq(faults.count, 6);
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
    tcase_add_test(tc, a_signature_header_is_a_header_s_name);
    tcase_add_test(tc, a_signature_header_has_no_other_meaning);
    tcase_add_test(tc, there_are_1_to_4_signature_versions);
    tcase_add_test(tc, hashes_and_encodings_keep_their_numbers_and_names);
    tcase_add_test(tc, hashes_and_encodings_are_found_by_name);
    tcase_add_test(tc, no_other_name_is_found);
    tcase_add_test(tc, every_setting_out_of_bounds_is_named_at_once);
    tcase_add_test(tc, a_fault_never_holds_the_value);
    suite_add_tcase(suite, tc);
    return suite;
}
