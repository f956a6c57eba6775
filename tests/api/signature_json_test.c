/* signature_json: an endpoint's settings of signatures over the API: set, kept, refused,
 * and what they do to what is signed and shown. */
#include "suites.h"
#include "support/api_fixture.h"

#include <stdio.h>
#include <string.h>

enum {
    NUMBER = 2
};

static struct api_fixture api;

static void setup(void)
{
    api_fixture_make_with(&api, NUMBER);
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

/* An update with this value of "signature". */
static void update(const char *signature)
{
    char body[256];

    (void)snprintf(body, sizeof body,
                   "{\"name\":\"n\",\"url\":\"https://e.example\",\"signature\":%s}", signature);
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, ""), body);
}

static void roll(const char *body)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER, "/expire_secret"), body);
    ck_assert_int_eq(api.response.status, 200);
}

static void sign(void)
{
    (void)api_ask(&api, "POST", api_endpoint(&api, NUMBER, "/sign"), "{\"payload\":\"x\"}");
    api_expect(&api, 200, "payload signed successfully");
}

START_TEST(what_is_not_given_keeps_its_setting)
{
    update("{\"order\":\"current_first\"}");
    ck_assert_int_eq(api.response.status, 202);
    update("{\"formats\":[\"standard\",\"standard\"]}");
    update("{\"key_type\":\"ed25519\"}");
    update("{}");
    update("null");
    ck_assert_int_eq(api.response.status, 202);
    ck_assert_str_eq(api_at(&api, "data.signature.order"), "current_first");
    ck_assert_str_eq(api_at(&api, "data.signature.formats.#"), "1");
    ck_assert_str_eq(api_at(&api, "data.signature.formats.0"), "standard");
    ck_assert_str_eq(api_at(&api, "data.signature.key_type"), "ed25519");
    ck_assert_str_eq(api_at(&api, "data.secrets.0.public_key"), "(absent)");
}
END_TEST

START_TEST(what_is_wrong_is_named)
{
    static const struct {
        const char *signature;
        const char *message;
    } cases[] = {
        {"1", "body contains incorrect JSON type for field \"signature\""},
        {"{\"order\":1}", "body contains incorrect JSON type for field \"signature.order\""},
        {"{\"order\":\"first\"}", "signature.order must be oldest_first or current_first"},
        {"{\"key_type\":\"rsa\"}", "signature.key_type must be hmac or ed25519"},
        {"{\"formats\":\"convoy\"}",
         "body contains incorrect JSON type for field \"signature.formats\""},
        {"{\"formats\":[1]}", "signature.formats must hold convoy, standard or both"},
        {"{\"formats\":[\"stripe\"]}", "signature.formats must hold convoy, standard or both"},
        {"{\"formats\":[]}", "signature.formats must hold convoy, standard or both"},
        {"{\"formats\":[\"convoy\"],\"key_type\":\"ed25519\"}",
         "signature.formats must hold standard: convoy has no place for ed25519"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        update(cases[i].signature);
        api_expect(&api, 400, cases[i].message);
        ck_assert_str_eq(api_at(&api, "data.errors.#"), "1");
    }
}
END_TEST

START_TEST(only_the_formats_that_are_on_are_signed)
{
    update("{\"formats\":[\"convoy\"]}");
    sign();
    ck_assert_str_ne(api_at(&api, "data.headers.X-Convoy-Signature"), "(absent)");
    ck_assert_str_eq(api_at(&api, "data.headers.webhook-signature"), "(absent)");
    ck_assert_str_eq(api_at(&api, "data.headers.webhook-id"), "(absent)");
    update("{\"formats\":[\"standard\"]}");
    sign();
    ck_assert_str_eq(api_at(&api, "data.headers.X-Convoy-Signature"), "(absent)");
    ck_assert_str_ne(api_at(&api, "data.headers.webhook-signature"), "(absent)");
}
END_TEST

START_TEST(the_current_secret_signs_first_where_that_is_set)
{
    char current[UID_SIZE];

    roll("{\"expiration\":60}");
    (void)snprintf(current, sizeof current, "%s", api_at(&api, "data.secrets.1.uid"));
    sign();
    ck_assert_str_eq(api_at(&api, "data.secrets.1"), current);
    update("{\"order\":\"current_first\"}");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.uid"), current);
    sign();
    ck_assert_str_eq(api_at(&api, "data.secrets.0"), current);
    (void)api_ask(&api, "GET", api_endpoint(&api, NUMBER, "/signing_secrets"), NULL);
    ck_assert_str_eq(api_at(&api, "data.secrets.0.uid"), current);
    ck_assert_str_eq(api_at(&api, "data.signature.order"), "current_first");
    ck_assert_str_eq(api_at(&api, "data.signature.header"), "X-Convoy-Signature");
}
END_TEST

START_TEST(an_endpoint_moves_to_ed25519_with_an_overlap)
{
    update("{\"key_type\":\"ed25519\"}");
    roll("{\"expiration\":60}");
    ck_assert_str_ne(api_at(&api, "data.warning"), "(absent)");
    ck_assert_int_eq(strncmp(api_at(&api, "data.secrets.1.value"), "whsk_", 5), 0);
    ck_assert_int_eq(strncmp(api_at(&api, "data.secrets.1.public_key"), "whpk_", 5), 0);
    ck_assert_str_eq(api_at(&api, "data.secrets.0.public_key"), "(absent)");
    sign();
    ck_assert_ptr_nonnull(strstr(api_at(&api, "data.headers.webhook-signature"), " v1a,"));
    ck_assert_str_ne(api_at(&api, "data.headers.X-Convoy-Signature"), "(absent)");
    (void)api_ask(&api, "GET", api_endpoint(&api, NUMBER, "/signing_secrets"), NULL);
    ck_assert_str_eq(api_at(&api, "data.secrets.0.type"), "hmac");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.type"), "ed25519");
    api.request.now += 60000;
    sign();
    ck_assert_int_eq(strncmp(api_at(&api, "data.headers.webhook-signature"), "v1a,", 4), 0);
    ck_assert_str_eq(api_at(&api, "data.headers.X-Convoy-Signature"), "(absent)");
}
END_TEST

Suite *signature_json_suite(void)
{
    Suite *suite = suite_create("signature_json");
    TCase *tc = tcase_create("settings");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, what_is_not_given_keeps_its_setting);
    tcase_add_test(tc, what_is_wrong_is_named);
    tcase_add_test(tc, only_the_formats_that_are_on_are_signed);
    tcase_add_test(tc, the_current_secret_signs_first_where_that_is_set);
    tcase_add_test(tc, an_endpoint_moves_to_ed25519_with_an_overlap);
    suite_add_tcase(suite, tc);
    return suite;
}
