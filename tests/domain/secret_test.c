/* secret: until when it can sign, what a generated one looks like, what may be supplied. */
#include "domain/secret.h"
#include "suites.h"

#include <string.h>

START_TEST(a_secret_signs_until_the_last_millisecond)
{
    const struct secret secret = {.expires_at = INT64_C(1795460885123)};

    ck_assert(secret_can_sign(&secret, 0));
    ck_assert(secret_can_sign(&secret, secret.expires_at - 1000));
    ck_assert(secret_can_sign(&secret, secret.expires_at - 1));
    ck_assert(!secret_can_sign(&secret, secret.expires_at));
    ck_assert(!secret_can_sign(&secret, secret.expires_at + 1));
    ck_assert(!secret_can_sign(&secret, secret.expires_at + 1000));
    ck_assert(!secret_can_sign(&secret, INT64_MAX));
}
END_TEST

START_TEST(a_secret_without_end_always_signs)
{
    const struct secret secret = {.created_at = 1000, .expires_at = SECRET_NO_END};

    ck_assert(secret_can_sign(&secret, 0));
    ck_assert(secret_can_sign(&secret, 999));
    ck_assert(secret_can_sign(&secret, INT64_C(253402300799999)));
    ck_assert(secret_can_sign(&secret, INT64_MAX - 1));
}
END_TEST

START_TEST(a_secret_is_in_grace_from_its_roll_to_its_end)
{
    const struct secret ending = {.expires_at = 1000};
    const struct secret current = {.expires_at = SECRET_NO_END};

    ck_assert(secret_in_grace(&ending, 999));
    ck_assert_str_eq(secret_state_name(&ending, 999), "ending");
    ck_assert(!secret_in_grace(&ending, 1000));
    ck_assert_str_eq(secret_state_name(&ending, 1000), "ended");
    ck_assert(!secret_in_grace(&current, 999));
    ck_assert_str_eq(secret_state_name(&current, 999), "current");
}
END_TEST

START_TEST(a_generated_secret_is_a_prefix_and_base64)
{
    static const uint8_t counted[SECRET_ENTROPY_BYTES] = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23};
    uint8_t plus_and_slash[SECRET_ENTROPY_BYTES];
    char out[SECRET_GENERATED_SIZE];

    secret_generate(counted, SIGNING_KEY_HMAC, out);
    ck_assert_str_eq(out, "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX");
    for (size_t i = 0; i < sizeof plus_and_slash; i++)
        plus_and_slash[i] = i % 2 == 0 ? 0xFB : 0xFF;
    secret_generate(plus_and_slash, SIGNING_KEY_HMAC, out);
    ck_assert_str_eq(out, "whsec_+//7//v/+//7//v/+//7//v/+//7//v/");
}
END_TEST

START_TEST(a_generated_secret_may_be_one)
{
    const uint8_t entropy[SECRET_ENTROPY_BYTES] = {0};
    struct faults faults = {0};
    char out[SECRET_GENERATED_SIZE];

    secret_generate(entropy, SIGNING_KEY_HMAC, out);
    ck_assert_uint_eq(strlen(out), SIGNING_KEY_HMAC_SIZE - 1);
    ck_assert_int_eq(secret_check(text_of(out), &faults), RC_OK);
    ck_assert_uint_eq(faults.count, 0);
}
END_TEST

static void expect_fault(struct text value)
{
    struct faults faults = {0};

    ck_assert_int_eq(secret_check(value, &faults), RC_INVALID);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].member, "secret");
}

START_TEST(a_secret_has_1_to_256_bytes)
{
    static char value[SECRET_VALUE_MAX + 1];
    struct faults faults = {0};

    memset(value, 's', sizeof value);
    expect_fault((struct text){NULL, 0});
    expect_fault((struct text){value, 0});
    ck_assert_int_eq(secret_check((struct text){value, 1}, &faults), RC_OK);
    ck_assert_int_eq(secret_check((struct text){value, SECRET_VALUE_MAX - 1}, &faults), RC_OK);
    ck_assert_int_eq(secret_check((struct text){value, SECRET_VALUE_MAX}, &faults), RC_OK);
    expect_fault((struct text){value, SECRET_VALUE_MAX + 1});
    ck_assert_uint_eq(faults.count, 0);
}
END_TEST

START_TEST(the_size_of_a_secret_is_in_bytes)
{
    static char value[SECRET_VALUE_MAX + 2];
    struct faults faults = {0};

    for (size_t i = 0; i < sizeof value; i += 2) {
        value[i] = '\xC3';
        value[i + 1] = '\xA9';
    }
    ck_assert_int_eq(secret_check((struct text){value, SECRET_VALUE_MAX}, &faults), RC_OK);
    expect_fault((struct text){value, SECRET_VALUE_MAX + 2});
}
END_TEST

START_TEST(a_secret_is_utf8_without_controls)
{
    static const char *const bad[] = {"\n",   "a\tb",  "a\x1f",        "\x7f", "\xC2\x80",
                                      "\x80", "a\xC3", "\xED\xA0\x80", "\xFF", "a\r\nb"};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_fault(text_of(bad[i]));
    expect_fault((struct text){"a\0b", 3});
    expect_fault((struct text){"ab\0", 3});
}
END_TEST

/* As a client sends it that has read a masked endpoint. Everybody knows it. */
START_TEST(what_stands_for_a_secret_is_none)
{
    struct faults faults = {0};

    expect_fault(text_of("[REDACTED]"));
    ck_assert_int_eq(secret_check(text_of("[REDACTED] "), &faults), RC_OK);
    ck_assert_int_eq(secret_check(text_of("[redacted]"), &faults), RC_OK);
}
END_TEST

START_TEST(a_fault_never_holds_the_secret)
{
    struct faults faults = {0};

    ck_assert_int_eq(secret_check(text_of("sentinel\n"), &faults), RC_INVALID);
    ck_assert_ptr_null(strstr(faults.list[0].message, "sentinel"));
}
END_TEST

Suite *secret_suite(void)
{
    Suite *suite = suite_create("secret");
    TCase *tc = tcase_create("secret");

    tcase_add_test(tc, a_secret_signs_until_the_last_millisecond);
    tcase_add_test(tc, a_secret_without_end_always_signs);
    tcase_add_test(tc, a_secret_is_in_grace_from_its_roll_to_its_end);
    tcase_add_test(tc, a_generated_secret_is_a_prefix_and_base64);
    tcase_add_test(tc, a_generated_secret_may_be_one);
    tcase_add_test(tc, a_secret_has_1_to_256_bytes);
    tcase_add_test(tc, the_size_of_a_secret_is_in_bytes);
    tcase_add_test(tc, a_secret_is_utf8_without_controls);
    tcase_add_test(tc, what_stands_for_a_secret_is_none);
    tcase_add_test(tc, a_fault_never_holds_the_secret);
    suite_add_tcase(suite, tc);
    return suite;
}
