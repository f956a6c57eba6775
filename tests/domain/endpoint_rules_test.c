/* endpoint: what is required, how large a member may be, which words, characters and numbers
 * are good; and every member that breaks a rule is named, once, without its value. (URLs and
 * addresses: endpoint_addresses_test.c; authentication: endpoint_authentication_test.c.) */
#include "domain/endpoint.h"
#include "suites.h"
#include "support/endpoint_fixture.h"

#include <string.h>

static struct endpoint endpoint;
static char filler[ENDPOINT_FIXTURE_LARGEST + 2];

static void setup(void)
{
    endpoint_fixture_make(&endpoint);
}

/* Among the members that break a rule. */
static void expect_named(int member)
{
    struct faults faults = {0};

    ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
    ck_assert_msg(faults_name(&faults, endpoint_members[member].path), "%s is not named",
                  endpoint_members[member].path);
}

/* A good value of `len` bytes; false for members that take only certain words. */
static bool fill_member(enum endpoint_member member, size_t len)
{
    static const char url[] = "https://h/";
    const char *front = "";
    const char *back = "";

    if (member == ENDPOINT_CONTENT_TYPE || member == ENDPOINT_AUTH_TYPE ||
        member == ENDPOINT_OAUTH2_AUTHENTICATION_TYPE || member == ENDPOINT_OAUTH2_EXPIRY_TIME_UNIT)
        return false;
    if (member == ENDPOINT_URL || member == ENDPOINT_SLACK_WEBHOOK_URL ||
        member == ENDPOINT_OAUTH2_URL)
        front = url;
    if (member == ENDPOINT_SUPPORT_EMAIL)
        back = "@h";
    memset(filler, 'a', sizeof filler);
    memcpy(filler, front, strlen(front));
    memcpy(filler + len - strlen(back), back, strlen(back));
    endpoint.members[member] = (struct text){filler, len};
    return true;
}

START_TEST(a_member_may_have_its_largest_size)
{
    endpoint_fixture_fill_groups(&endpoint);
    if (fill_member((enum endpoint_member)_i, endpoint_members[_i].max - 1))
        endpoint_fixture_expect_ok(&endpoint);
    if (fill_member((enum endpoint_member)_i, endpoint_members[_i].max))
        endpoint_fixture_expect_ok(&endpoint);
}
END_TEST

START_TEST(a_member_one_byte_larger_is_named)
{
    endpoint_fixture_fill_groups(&endpoint);
    if (!fill_member((enum endpoint_member)_i, endpoint_members[_i].max + 1)) {
        memset(filler, 'a', sizeof filler);
        endpoint.members[_i] = (struct text){filler, endpoint_members[_i].max + 1};
    }
    expect_named(_i);
}
END_TEST

START_TEST(a_member_that_is_not_utf8_is_named)
{
    endpoint_fixture_fill_groups(&endpoint);
    endpoint.members[_i] = text_of("\xC3\x28");
    expect_named(_i);
}
END_TEST

START_TEST(a_name_and_a_url_are_enough)
{
    endpoint_fixture_expect_ok(&endpoint);
}
END_TEST

START_TEST(name_and_url_are_required)
{
    static const char *const members[] = {"name", "url", NULL};

    endpoint.members[ENDPOINT_NAME] = text_of("");
    endpoint_fixture_expect_fault(&endpoint, "name");
    endpoint.members[ENDPOINT_NAME] = text_of("n");
    endpoint.members[ENDPOINT_URL] = text_of("");
    endpoint_fixture_expect_fault(&endpoint, "url");
    endpoint.members[ENDPOINT_NAME] = text_of(NULL);
    endpoint.members[ENDPOINT_URL] = text_of(NULL);
    endpoint_fixture_expect_faults(&endpoint, members);
}
END_TEST

START_TEST(a_content_type_is_one_of_two)
{
    static const char *const refused[] = {"",
                                          "application/xml",
                                          "application/JSON",
                                          "application/json; charset=utf-8",
                                          "application/jso",
                                          " application/json"};

    endpoint.members[ENDPOINT_CONTENT_TYPE] = text_of("application/x-www-form-urlencoded");
    endpoint_fixture_expect_ok(&endpoint);
    endpoint.members[ENDPOINT_CONTENT_TYPE] = text_of("application/json");
    endpoint_fixture_expect_ok(&endpoint);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        endpoint.members[ENDPOINT_CONTENT_TYPE] = text_of(refused[i]);
        endpoint_fixture_expect_fault(&endpoint, "content_type");
    }
}
END_TEST

START_TEST(an_owner_has_no_control_characters)
{
    endpoint.members[ENDPOINT_OWNER_ID] = text_of("owner 1");
    endpoint_fixture_expect_ok(&endpoint);
    endpoint.members[ENDPOINT_OWNER_ID] = text_of("owner\n1");
    endpoint_fixture_expect_fault(&endpoint, "owner_id");
    endpoint.members[ENDPOINT_OWNER_ID] = (struct text){"owner\0", 6};
    endpoint_fixture_expect_fault(&endpoint, "owner_id");
    endpoint.members[ENDPOINT_OWNER_ID] = text_of("\xC2\x9F");
    endpoint_fixture_expect_fault(&endpoint, "owner_id");
}
END_TEST

static void expect_bounds(int64_t *value, int64_t low, int64_t high, const char *member)
{
    const struct {
        int64_t value;
        bool good;
    } rows[] = {
        {INT64_MIN, false}, {low - 1, false}, {low, true},       {low + 1, true},
        {high - 1, true},   {high, true},     {high + 1, false}, {INT64_MAX, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        *value = rows[i].value;
        if (rows[i].good)
            endpoint_fixture_expect_ok(&endpoint);
        else
            endpoint_fixture_expect_fault(&endpoint, member);
    }
    *value = low;
}

START_TEST(numbers_have_bounds)
{
    expect_bounds(&endpoint.http_timeout, 1, 3600, "http_timeout");
    expect_bounds(&endpoint.rate_limit, 0, INT32_MAX, "rate_limit");
    expect_bounds(&endpoint.rate_limit_duration, 0, INT32_MAX, "rate_limit_duration");
}
END_TEST

START_TEST(all_failing_members_are_named_at_once)
{
    static const char *const members[] = {
        "name",
        "url",
        "owner_id",
        "support_email",
        "slack_webhook_url",
        "content_type",
        "http_timeout",
        "rate_limit",
        "rate_limit_duration",
        "authentication.api_key.header_name",
        "authentication.api_key.header_value",
        "authentication.basic_auth.username",
        "authentication.basic_auth.password",
        "authentication.oauth2.authentication_type",
        "authentication.oauth2.expiry_time_unit",
        "authentication.oauth2.url",
        "mtls_client_cert.client_key",
        NULL,
    };

    endpoint.members[ENDPOINT_NAME] = text_of("");
    endpoint.members[ENDPOINT_URL] = text_of("ftp://h");
    endpoint.members[ENDPOINT_OWNER_ID] = text_of("\n");
    endpoint.members[ENDPOINT_SUPPORT_EMAIL] = text_of("a");
    endpoint.members[ENDPOINT_SLACK_WEBHOOK_URL] = text_of("h");
    endpoint.members[ENDPOINT_CONTENT_TYPE] = text_of("text/plain");
    endpoint.http_timeout = -1;
    endpoint.rate_limit = -1;
    endpoint.rate_limit_duration = -1;
    endpoint.members[ENDPOINT_AUTH_TYPE] = text_of("basic_auth");
    endpoint.members[ENDPOINT_API_KEY_HEADER_NAME] = text_of("X Key");
    endpoint.members[ENDPOINT_API_KEY_HEADER_VALUE] = text_of("\n");
    endpoint.members[ENDPOINT_OAUTH2_AUTHENTICATION_TYPE] = text_of("none");
    endpoint.members[ENDPOINT_OAUTH2_EXPIRY_TIME_UNIT] = text_of("days");
    endpoint.members[ENDPOINT_OAUTH2_URL] = text_of("h");
    endpoint.members[ENDPOINT_CLIENT_CERT] = text_of("certificate");
    endpoint_fixture_expect_faults(&endpoint, members);
}
END_TEST

/* Every text member too large, those with a rule breaking that one too, and the numbers. */
static void spoil_everything(void)
{
    memset(filler, '\n', sizeof filler);
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        endpoint.members[i] = (struct text){filler, endpoint_members[i].max + 1};
    endpoint.http_timeout = -1;
    endpoint.rate_limit = -1;
    endpoint.rate_limit_duration = -1;
}

START_TEST(even_when_every_member_fails_every_one_is_named)
{
    struct faults faults = {0};

    spoil_everything();
    ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
    ck_assert(faults_name(&faults, "http_timeout"));
    ck_assert(faults_name(&faults, "rate_limit"));
    ck_assert(faults_name(&faults, "rate_limit_duration"));
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        ck_assert_msg(faults_name(&faults, endpoint_members[i].path), "%s is not named",
                      endpoint_members[i].path);
}
END_TEST

START_TEST(no_member_is_named_twice)
{
    struct faults faults = {0};

    spoil_everything();
    ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
    for (size_t i = 0; i < faults.count; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(faults.list[i].member, faults.list[j].member);
}
END_TEST

START_TEST(no_fault_holds_a_value)
{
    struct faults faults = {0};

    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        endpoint.members[i] = text_of("sentinel\n\xFF");
    ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
    ck_assert_uint_ge(faults.count, ENDPOINT_MEMBERS);
    for (size_t i = 0; i < faults.count; i++) {
        ck_assert_ptr_null(strstr(faults.list[i].message, "sentinel"));
        ck_assert_ptr_null(strstr(faults.list[i].member, "sentinel"));
        ck_assert_str_ne(faults.list[i].message, "");
    }
}
END_TEST

Suite *endpoint_rules_suite(void)
{
    Suite *suite = suite_create("endpoint_rules");
    TCase *size = tcase_create("size");
    TCase *value = tcase_create("value");
    TCase *faults = tcase_create("faults");

    tcase_add_checked_fixture(size, setup, NULL);
    tcase_add_loop_test(size, a_member_may_have_its_largest_size, 0, ENDPOINT_MEMBERS);
    tcase_add_loop_test(size, a_member_one_byte_larger_is_named, 0, ENDPOINT_MEMBERS);
    tcase_add_loop_test(size, a_member_that_is_not_utf8_is_named, 0, ENDPOINT_MEMBERS);
    suite_add_tcase(suite, size);

    tcase_add_checked_fixture(value, setup, NULL);
    tcase_add_test(value, a_name_and_a_url_are_enough);
    tcase_add_test(value, name_and_url_are_required);
    tcase_add_test(value, a_content_type_is_one_of_two);
    tcase_add_test(value, an_owner_has_no_control_characters);
    tcase_add_test(value, numbers_have_bounds);
    suite_add_tcase(suite, value);

    tcase_add_checked_fixture(faults, setup, NULL);
    tcase_add_test(faults, all_failing_members_are_named_at_once);
    tcase_add_test(faults, even_when_every_member_fails_every_one_is_named);
    tcase_add_test(faults, no_member_is_named_twice);
    tcase_add_test(faults, no_fault_holds_a_value);
    suite_add_tcase(suite, faults);
    return suite;
}
