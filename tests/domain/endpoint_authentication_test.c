/* endpoint: how deliveries are authenticated: which members a type asks for, and what may
 * stand in them. */
#include "domain/endpoint.h"
#include "suites.h"
#include "support/endpoint_fixture.h"

#include <string.h>

static struct endpoint endpoint;

static void setup(void)
{
    endpoint_fixture_make(&endpoint);
}

START_TEST(any_authentication_member_asks_for_a_type)
{
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++) {
        struct faults faults = {0};

        if (i == ENDPOINT_AUTH_TYPE ||
            !endpoint_fixture_stands_within(endpoint_members[i].group, ENDPOINT_AUTHENTICATION))
            continue;
        endpoint_fixture_make(&endpoint);
        endpoint.members[i] = text_of("x");
        ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
        ck_assert_msg(faults_name(&faults, "authentication.type"), "not with %s",
                      endpoint_members[i].path);
    }
}
END_TEST

START_TEST(an_authentication_type_is_one_of_three)
{
    static const char *const refused[] = {"API_KEY", "apikey", "basic", "oauth", "none", "oauth2 "};

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        endpoint.members[ENDPOINT_AUTH_TYPE] = text_of(refused[i]);
        endpoint_fixture_expect_fault(&endpoint, "authentication.type");
    }
}
END_TEST

/* A type and the two members that it asks for. */
static const struct {
    const char *type;
    enum endpoint_member first;
    enum endpoint_member second;
} types[] = {
    {"api_key", ENDPOINT_API_KEY_HEADER_NAME, ENDPOINT_API_KEY_HEADER_VALUE},
    {"basic_auth", ENDPOINT_BASIC_USERNAME, ENDPOINT_BASIC_PASSWORD},
    {"oauth2", ENDPOINT_OAUTH2_URL, ENDPOINT_OAUTH2_CLIENT_ID},
};

START_TEST(an_authentication_type_asks_for_its_members)
{
    const char *first = endpoint_members[types[_i].first].path;
    const char *second = endpoint_members[types[_i].second].path;
    const char *const both[] = {first, second, NULL};

    endpoint.members[ENDPOINT_AUTH_TYPE] = text_of(types[_i].type);
    endpoint_fixture_expect_faults(&endpoint, both);
    endpoint.members[types[_i].first] = text_of("https://h");
    if (types[_i].first == ENDPOINT_API_KEY_HEADER_NAME)
        endpoint.members[types[_i].first] = text_of("X-Key");
    endpoint_fixture_expect_fault(&endpoint, second);
    endpoint.members[types[_i].second] = text_of("x");
    endpoint_fixture_expect_ok(&endpoint);
    endpoint.members[types[_i].first] = text_of("");
    endpoint_fixture_expect_fault(&endpoint, first);
}
END_TEST

START_TEST(a_header_name_is_a_token)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                   "!#$%&'*+-.^_`|~";

    endpoint.members[ENDPOINT_AUTH_TYPE] = text_of("api_key");
    endpoint.members[ENDPOINT_API_KEY_HEADER_VALUE] = text_of("value");
    for (int c = 0; c < 0x80; c++) {
        const char name[] = {'X', (char)c, 'Y'};

        endpoint.members[ENDPOINT_API_KEY_HEADER_NAME] = (struct text){name, sizeof name};
        if (c != 0 && strchr(alphabet, c) != NULL)
            endpoint_fixture_expect_ok(&endpoint);
        else
            endpoint_fixture_expect_fault(&endpoint, "authentication.api_key.header_name");
    }
    endpoint.members[ENDPOINT_API_KEY_HEADER_NAME] = text_of("X-\xC3\xA9");
    endpoint_fixture_expect_fault(&endpoint, "authentication.api_key.header_name");
}
END_TEST

START_TEST(a_header_value_has_no_control_characters)
{
    endpoint.members[ENDPOINT_AUTH_TYPE] = text_of("api_key");
    endpoint.members[ENDPOINT_API_KEY_HEADER_NAME] = text_of("X-Key");
    endpoint.members[ENDPOINT_API_KEY_HEADER_VALUE] = text_of("Bearer a b \xC3\xA9");
    endpoint_fixture_expect_ok(&endpoint);
    endpoint.members[ENDPOINT_API_KEY_HEADER_VALUE] = text_of("a\r\nHost: x");
    endpoint_fixture_expect_fault(&endpoint, "authentication.api_key.header_value");
    endpoint.members[ENDPOINT_API_KEY_HEADER_VALUE] = (struct text){"a\0", 2};
    endpoint_fixture_expect_fault(&endpoint, "authentication.api_key.header_value");
}
END_TEST

START_TEST(an_oauth2_method_is_one_of_two)
{
    endpoint_fixture_fill_groups(&endpoint);
    endpoint.members[ENDPOINT_OAUTH2_AUTHENTICATION_TYPE] = text_of("shared_secret");
    endpoint_fixture_expect_ok(&endpoint);
    endpoint.members[ENDPOINT_OAUTH2_AUTHENTICATION_TYPE] = text_of("client_assertion");
    endpoint_fixture_expect_ok(&endpoint);
    endpoint.members[ENDPOINT_OAUTH2_AUTHENTICATION_TYPE] = text_of("Shared_Secret");
    endpoint_fixture_expect_fault(&endpoint, "authentication.oauth2.authentication_type");
    endpoint.members[ENDPOINT_OAUTH2_AUTHENTICATION_TYPE] = text_of("none");
    endpoint_fixture_expect_fault(&endpoint, "authentication.oauth2.authentication_type");
}
END_TEST

START_TEST(an_oauth2_unit_is_one_of_four)
{
    static const char *const accepted[] = {"seconds", "milliseconds", "minutes", "hours"};
    static const char *const refused[] = {"second", "days", "Hours", "s", " seconds"};

    endpoint_fixture_fill_groups(&endpoint);
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        endpoint.members[ENDPOINT_OAUTH2_EXPIRY_TIME_UNIT] = text_of(accepted[i]);
        endpoint_fixture_expect_ok(&endpoint);
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        endpoint.members[ENDPOINT_OAUTH2_EXPIRY_TIME_UNIT] = text_of(refused[i]);
        endpoint_fixture_expect_fault(&endpoint, "authentication.oauth2.expiry_time_unit");
    }
}
END_TEST

START_TEST(a_client_certificate_comes_with_its_key)
{
    endpoint.members[ENDPOINT_CLIENT_CERT] = text_of("certificate");
    endpoint_fixture_expect_fault(&endpoint, "mtls_client_cert.client_key");
    endpoint.members[ENDPOINT_CLIENT_KEY] = text_of("key");
    endpoint_fixture_expect_ok(&endpoint);
    endpoint.members[ENDPOINT_CLIENT_CERT] = text_of("");
    endpoint_fixture_expect_fault(&endpoint, "mtls_client_cert.client_cert");
    endpoint.members[ENDPOINT_CLIENT_KEY] = text_of("");
    endpoint_fixture_expect_ok(&endpoint);
}
END_TEST

Suite *endpoint_authentication_suite(void)
{
    Suite *suite = suite_create("endpoint_authentication");
    TCase *type = tcase_create("type");
    TCase *header = tcase_create("header");
    TCase *oauth2 = tcase_create("oauth2");
    TCase *certificate = tcase_create("certificate");

    tcase_add_checked_fixture(type, setup, NULL);
    tcase_add_test(type, any_authentication_member_asks_for_a_type);
    tcase_add_test(type, an_authentication_type_is_one_of_three);
    tcase_add_loop_test(type, an_authentication_type_asks_for_its_members, 0,
                        (int)(sizeof types / sizeof types[0]));
    suite_add_tcase(suite, type);

    tcase_add_checked_fixture(header, setup, NULL);
    tcase_add_test(header, a_header_name_is_a_token);
    tcase_add_test(header, a_header_value_has_no_control_characters);
    suite_add_tcase(suite, header);

    tcase_add_checked_fixture(oauth2, setup, NULL);
    tcase_add_test(oauth2, an_oauth2_method_is_one_of_two);
    tcase_add_test(oauth2, an_oauth2_unit_is_one_of_four);
    suite_add_tcase(suite, oauth2);

    tcase_add_checked_fixture(certificate, setup, NULL);
    tcase_add_test(certificate, a_client_certificate_comes_with_its_key);
    suite_add_tcase(suite, certificate);
    return suite;
}
