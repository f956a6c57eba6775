/* signature_settings: names in both directions, what fits together, and which secrets an
 * endpoint with them may have. */
#include "domain/signature_settings.h"

#include "domain/create.h"
#include "domain/delivery.h"
#include "domain/roll.h"
#include "suites.h"
#include "support/sample.h"

#include <string.h>

#define PRIVATE                                                                                    \
    "whsk_6Xb/dCcHpPea21PS1N9VY/"                                                                  \
    "NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
#define FOREIGN /* its public half is not its seed's */                                            \
    "whsk_6Xb/dCcHpPea21PS1N9VY/"                                                                  \
    "NZW723CEc77N4rJCubMbfAKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
#define PUBLIC "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="

static struct arena arena;
static struct endpoint endpoint;
static struct project project;
static struct roll roll;
static struct faults faults;

static void setup(void)
{
    struct history event;

    arena_init(&arena, 1 << 16);
    project = sample_project(1);
    sample_endpoint(2, 1, &arena, &endpoint, &event);
    faults.count = 0;
}

static void teardown(void)
{
    arena_free(&arena);
}

static enum rc apply(const char *secret, int64_t now)
{
    struct history event = {0};
    struct edit edit = {&project, &endpoint, &event, &arena};

    roll = (struct roll){.request = {true, 60, text_of(secret), {NULL, 0}},
                         .fresh = sample_fresh((uint32_t)(now - SAMPLE_NOW)),
                         .by.now = now};
    return roll_apply(&edit, &roll);
}

START_TEST(every_name_stands_for_its_setting)
{
    enum signature_order order;
    enum signature_format format;
    enum signing_key_type type;

    ck_assert(signature_order_named(text_of("current_first"), &order));
    ck_assert_int_eq(order, SIGNATURE_CURRENT_FIRST);
    ck_assert(signature_order_named(text_of("oldest_first"), &order));
    ck_assert_int_eq(order, SIGNATURE_OLDEST_FIRST);
    ck_assert(signature_format_named(text_of("convoy"), &format));
    ck_assert_int_eq(format, SIGNATURE_CONVOY);
    ck_assert(signature_format_named(text_of("standard"), &format));
    ck_assert_int_eq(format, SIGNATURE_STANDARD);
    ck_assert(signing_key_type_named(text_of("hmac"), &type));
    ck_assert_int_eq(type, SIGNING_KEY_HMAC);
    ck_assert(signing_key_type_named(text_of("ed25519"), &type));
    ck_assert_int_eq(type, SIGNING_KEY_ED25519);
}
END_TEST

START_TEST(no_other_name_stands_for_one)
{
    static const char *const names[] = {"", "Convoy", "hmac ", "first", "ed25519x", "current"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        enum signature_order order;
        enum signature_format format;
        enum signing_key_type type;

        ck_assert(!signature_order_named(text_of(names[i]), &order));
        ck_assert(!signature_format_named(text_of(names[i]), &format));
        ck_assert(!signing_key_type_named(text_of(names[i]), &type));
    }
}
END_TEST

START_TEST(settings_with_which_nothing_could_be_signed_are_refused)
{
    static const struct {
        struct signature_settings settings;
        enum rc rc;
    } rows[] = {
        {{SIGNATURE_OLDEST_FIRST, 0, SIGNING_KEY_HMAC}, RC_INVALID},
        {{SIGNATURE_OLDEST_FIRST, SIGNATURE_CONVOY, SIGNING_KEY_ED25519}, RC_INVALID},
        {{SIGNATURE_OLDEST_FIRST, SIGNATURE_CONVOY, SIGNING_KEY_HMAC}, RC_OK},
        {{SIGNATURE_OLDEST_FIRST, SIGNATURE_STANDARD, SIGNING_KEY_ED25519}, RC_OK},
        {{SIGNATURE_OLDEST_FIRST, SIGNATURE_CONVOY | SIGNATURE_STANDARD, SIGNING_KEY_ED25519},
         RC_OK},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        faults.count = 0;
        ck_assert_int_eq(signature_settings_check(&rows[i].settings, &faults), rows[i].rc);
        ck_assert_uint_eq(faults.count, rows[i].rc == RC_OK ? 0 : 1);
        ck_assert(rows[i].rc == RC_OK || faults_name(&faults, "signature.formats"));
    }
}
END_TEST

START_TEST(the_type_of_key_counts_from_the_next_roll_on)
{
    char public_key[SIGNING_KEY_PUBLIC_SIZE];

    endpoint.signature.key_type = SIGNING_KEY_ED25519;
    ck_assert_int_eq(apply("", SAMPLE_NOW), RC_OK);
    ck_assert_int_eq(endpoint.secrets[0].type, SIGNING_KEY_HMAC);
    ck_assert_int_eq(endpoint.secrets[1].type, SIGNING_KEY_ED25519);
    ck_assert_int_eq(secret_check(endpoint.secrets[1].value, &faults), RC_OK);
    ck_assert(signing_key_write_public(endpoint.secrets[1].value, public_key));
    ck_assert_int_eq(strncmp(public_key, "whpk_", 5), 0);
    ck_assert_uint_eq(strlen(public_key), SIGNING_KEY_PUBLIC_SIZE - 1);
    endpoint.signature.key_type = SIGNING_KEY_HMAC;
    ck_assert_int_eq(apply("", SAMPLE_NOW + 1), RC_OK);
    ck_assert_int_eq(endpoint.secrets[2].type, SIGNING_KEY_HMAC);
}
END_TEST

START_TEST(a_supplied_key_is_of_the_endpoint_s_type)
{
    static const char *const wrong[] = {"secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsk_",
                                        PUBLIC};

    ck_assert_int_eq(apply(PRIVATE, SAMPLE_NOW), RC_INVALID);
    ck_assert_str_eq(roll.faults.list[0].message,
                     "secret is an ed25519 private key: set signature.key_type to ed25519 first");
    ck_assert_int_eq(apply(PUBLIC, SAMPLE_NOW), RC_INVALID);
    ck_assert_str_eq(roll.faults.list[0].message,
                     "secret must not be an ed25519 public key: everybody may know it");
    endpoint.signature.key_type = SIGNING_KEY_ED25519;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_int_eq(apply(wrong[i], SAMPLE_NOW), RC_INVALID);
        ck_assert_str_eq(roll.faults.list[0].message,
                         "secret must be an ed25519 private key: whsk_ and base64 of its seed and "
                         "its public key");
    }
    ck_assert_uint_eq(endpoint.secret_count, 1);
    ck_assert_int_eq(apply(PRIVATE, SAMPLE_NOW), RC_OK);
    ck_assert(text_is(endpoint.secrets[1].value, PRIVATE));
}
END_TEST

/* As libhookroll-sign takes them for keys: what only begins like one of ed25519 is text. */
START_TEST(what_is_no_ed25519_key_is_text)
{
    static const char *const texts[] = {"whsk_",  "whsk_x",    "whsk_AAAA", "whpk_",
                                        "whpk_x", "whpk_AAAA", FOREIGN};
    uint8_t room[SIGNING_KEY_DECODED_MAX];

    ck_assert_int_eq(apply(texts[_i], SAMPLE_NOW), RC_OK);
    ck_assert_int_eq(endpoint.secrets[1].type, SIGNING_KEY_HMAC);
    ck_assert(text_is(signing_key_hmac(endpoint.secrets[1].value, room), texts[_i]));
}
END_TEST

START_TEST(a_first_secret_is_of_the_endpoint_s_type)
{
    struct create create = {.secret = text_of("secret"), .fresh = sample_fresh(3)};
    struct endpoint fresh = endpoint;
    struct history event;

    fresh.secret_count = 0;
    fresh.signature.key_type = SIGNING_KEY_ED25519;
    ck_assert_int_eq(create_apply(&create, &fresh, &event, &arena), RC_INVALID);
    ck_assert_uint_eq(create.faults.count, 1);
    ck_assert_str_eq(create.faults.list[0].member, "secret");
    create.faults.count = 0;
    create.secret = text_of(PRIVATE);
    ck_assert_int_eq(create_apply(&create, &fresh, &event, &arena), RC_OK);
    ck_assert_int_eq(fresh.secrets[0].type, SIGNING_KEY_ED25519);
}
END_TEST

START_TEST(the_standard_form_stays_while_an_ed25519_secret_can_sign)
{
    endpoint.signature.key_type = SIGNING_KEY_ED25519;
    ck_assert_int_eq(apply("", SAMPLE_NOW), RC_OK);
    endpoint.signature.key_type = SIGNING_KEY_HMAC;
    endpoint.signature.formats = SIGNATURE_CONVOY;
    ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
    ck_assert_str_eq(faults.list[0].message,
                     "signature.formats must hold standard while an ed25519 secret can sign");
    ck_assert_int_eq(apply("", SAMPLE_NOW), RC_OK);
    faults.count = 0;
    endpoint.updated_at = SAMPLE_NOW + 59999;
    ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_INVALID);
    faults.count = 0;
    endpoint.updated_at = SAMPLE_NOW + 60000;
    ck_assert_int_eq(endpoint_check(&endpoint, &faults), RC_OK);
}
END_TEST

START_TEST(moving_to_ed25519_warns_where_the_convoy_form_is_in_use)
{
    endpoint.signature.key_type = SIGNING_KEY_ED25519;
    ck_assert_int_eq(apply("", SAMPLE_NOW), RC_OK);
    ck_assert_ptr_nonnull(strstr(delivery_warning(&endpoint), "ed25519"));
    ck_assert_int_eq(apply("", SAMPLE_NOW + 1), RC_OK);
    ck_assert_ptr_null(delivery_warning(&endpoint));
    endpoint.signature.formats = SIGNATURE_STANDARD;
    endpoint.advanced_signatures = false;
    ck_assert_ptr_null(delivery_warning(&endpoint));
}
END_TEST

START_TEST(the_order_is_the_endpoint_s)
{
    const struct secret *out[ENDPOINT_SECRETS_MAX];

    ck_assert_int_eq(apply("second", SAMPLE_NOW), RC_OK);
    ck_assert_int_eq(apply("third", SAMPLE_NOW + 1000), RC_OK);
    ck_assert_uint_eq(delivery_order(&endpoint, SAMPLE_NOW + 59999, out), 3);
    ck_assert_ptr_eq(out[0], &endpoint.secrets[0]);
    ck_assert_ptr_eq(out[2], &endpoint.secrets[2]);
    endpoint.signature.order = SIGNATURE_CURRENT_FIRST;
    ck_assert_uint_eq(delivery_order(&endpoint, SAMPLE_NOW + 60000, out), 2);
    ck_assert_ptr_eq(out[0], &endpoint.secrets[2]);
    ck_assert_ptr_eq(out[1], &endpoint.secrets[1]);
}
END_TEST

Suite *signature_settings_suite(void)
{
    Suite *suite = suite_create("signature_settings");
    TCase *tc = tcase_create("settings");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, every_name_stands_for_its_setting);
    tcase_add_test(tc, no_other_name_stands_for_one);
    tcase_add_test(tc, settings_with_which_nothing_could_be_signed_are_refused);
    tcase_add_test(tc, the_type_of_key_counts_from_the_next_roll_on);
    tcase_add_test(tc, a_supplied_key_is_of_the_endpoint_s_type);
    tcase_add_loop_test(tc, what_is_no_ed25519_key_is_text, 0, 7);
    tcase_add_test(tc, a_first_secret_is_of_the_endpoint_s_type);
    tcase_add_test(tc, the_standard_form_stays_while_an_ed25519_secret_can_sign);
    tcase_add_test(tc, moving_to_ed25519_warns_where_the_convoy_form_is_in_use);
    tcase_add_test(tc, the_order_is_the_endpoint_s);
    suite_add_tcase(suite, tc);
    return suite;
}
