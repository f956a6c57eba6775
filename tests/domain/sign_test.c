/* sign: the known answers of both forms, and which key signs in which. */
#include "domain/sign.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

enum {
    OUT_MAX = 4096
};

#define ED25519                                                                                    \
    "whsk_6Xb/dCcHpPea21PS1N9VY/"                                                                  \
    "NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="

/* The public half is another key's. */
#define FOREIGN                                                                                    \
    "whsk_6Xb/dCcHpPea21PS1N9VY/"                                                                  \
    "NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvw=="

static const struct project_versions sha256_hex = {1, {{PROJECT_SHA256, PROJECT_HEX}}};
static const struct project_version sha512_hex = {PROJECT_SHA512, PROJECT_HEX};
static struct buf out;

static void set_up(void)
{
    ck_assert_int_eq(crypto_init(), RC_OK);
    buf_init(&out, OUT_MAX);
}

static void tear_down(void)
{
    buf_free(&out);
}

static struct signing_key hmac_key(const char *value)
{
    return (struct signing_key){SIGNING_KEY_HMAC, text_of(value)};
}

static struct signing_key ed25519(const char *value)
{
    return (struct signing_key){SIGNING_KEY_ED25519, text_of(value)};
}

static struct sign_message convoy_message(void)
{
    return (struct sign_message){.timestamp = 1257894000,
                                 .body = text_of("{\"b\":{},\"e\":\"123\",\"a\":1}")};
}

static struct sign_message standard_message(void)
{
    return (struct sign_message){.id = text_of("msg_p5jXN8AQM9LWM0D4loKWxJek"),
                                 .timestamp = 1614265330,
                                 .body = text_of("{\"test\": 2432232314}")};
}

static void expect(const char *expected)
{
    ck_assert_int_eq(buf_status(&out), RC_OK);
    ck_assert_uint_eq(out.len, strlen(expected));
    ck_assert(out.len == 0 || memcmp(out.data, expected, out.len) == 0);
}

START_TEST(every_secret_signs_in_the_advanced_convoy_form)
{
    const struct signing_keys keys = {
        3, {hmac_key("older-expired-secret"), hmac_key("expired-secret"), hmac_key("new-secret")}};
    const struct sign_message message = convoy_message();

    sign_convoy(&out, &sha256_hex, &keys, &message);
    expect("t=1257894000,"
           "v1=5b255b0b867c5540679bad7dfa11be73ffd4ee248647646fb325ccbe19167439,"
           "v1=9942b27103f8f5f5ce4cd3751524dbb7087a596487c784655a33f528cd4d7400,"
           "v1=d5589c4f5e51d74e6116c8d5db2704d76cdf88521e2cdd749d2d5091e3d6183c");
}
END_TEST

START_TEST(the_bare_convoy_form_signs_the_body_alone)
{
    const struct signing_key key = hmac_key("secret");
    const struct sign_message message = convoy_message();

    sign_convoy_bare(&out, &sha512_hex, &key, &message);
    expect("c5dcfeda3f5a3154145234b2d0a533fc2b230f88da0fac0724619fd5cdde673a"
           "d6c474dfd5c02367768bd3b3bd3595cc860e606a37e2f9362e054d5aa14d7cc4");
}
END_TEST

START_TEST(versions_stand_one_behind_the_other_each_with_all_secrets)
{
    static const struct project_versions versions = {
        2, {{PROJECT_SHA256, PROJECT_HEX}, {PROJECT_SHA256, PROJECT_BASE64}}};
    const struct signing_keys keys = {2, {hmac_key("expired-secret"), hmac_key("new-secret")}};
    const struct sign_message message = convoy_message();

    sign_convoy(&out, &versions, &keys, &message);
    expect("t=1257894000,"
           "v1=9942b27103f8f5f5ce4cd3751524dbb7087a596487c784655a33f528cd4d7400,"
           "v1=d5589c4f5e51d74e6116c8d5db2704d76cdf88521e2cdd749d2d5091e3d6183c,"
           "v2=mUKycQP49fXOTNN1FSTbtwh6WWSHx4RlWjP1KM1NdAA=,"
           "v2=1VicT15R105hFsjV2ycE12zfiFIeLN10nS1QkePWGDw=");
}
END_TEST

START_TEST(a_whsec_secret_is_decoded_for_the_standard_form)
{
    const struct signing_keys keys = {1, {hmac_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")}};
    const struct sign_message message = standard_message();

    sign_standard(&out, &keys, &message);
    expect("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}
END_TEST

START_TEST(an_ed25519_key_signs_in_the_standard_form)
{
    const struct signing_keys keys = {1, {ed25519(ED25519)}};
    const struct sign_message message = standard_message();

    sign_standard(&out, &keys, &message);
    expect("v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+"
           "m7TBAg==");
}
END_TEST

START_TEST(keys_of_both_types_stand_side_by_side)
{
    const struct signing_keys keys = {
        2, {hmac_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), ed25519(ED25519)}};
    const struct sign_message message = standard_message();

    sign_standard(&out, &keys, &message);
    expect("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= "
           "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+"
           "m7TBAg==");
}
END_TEST

START_TEST(an_ed25519_key_has_no_place_in_the_convoy_form)
{
    struct signing_keys keys = {1, {ed25519(ED25519), hmac_key("new-secret")}};
    const struct sign_message message = convoy_message();

    sign_convoy_bare(&out, &sha256_hex.list[0], &keys.list[0], &message);
    sign_convoy(&out, &sha256_hex, &keys, &message);
    expect("");
    keys.count = 2;
    sign_convoy(&out, &sha256_hex, &keys, &message);
    expect("t=1257894000,"
           "v1=d5589c4f5e51d74e6116c8d5db2704d76cdf88521e2cdd749d2d5091e3d6183c");
}
END_TEST

START_TEST(a_private_key_that_is_none_signs_nothing)
{
    static const char *const none[] = {
        "whsk_", "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=", "secret", FOREIGN};
    const struct sign_message message = standard_message();

    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        const struct signing_keys keys = {1, {ed25519(none[i])}};

        buf_reset(&out);
        sign_standard(&out, &keys, &message);
        ck_assert_int_eq(buf_status(&out), RC_NO_MEMORY);
    }
}
END_TEST

START_TEST(whsec_is_decoded_from_24_to_64_bytes_only)
{
    static const struct {
        size_t bytes;
        bool decoded;
    } cases[] = {{23, false}, {24, true}, {64, true}, {65, false}};
    uint8_t room[SIGNING_KEY_DECODED_MAX];
    uint8_t bytes[65] = {7};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char value[6 + CRYPTO_BASE64_SIZE(sizeof bytes)] = "whsec_";
        struct text key;

        crypto_base64_encode(CRYPTO_BASE64, bytes, cases[i].bytes, value + 6, sizeof value - 6);
        key = signing_key_hmac(text_of(value), room);
        ck_assert_int_eq(key.data == (const char *)room, cases[i].decoded);
        ck_assert_uint_eq(key.len, cases[i].decoded ? cases[i].bytes : strlen(value));
    }
    ck_assert_uint_eq(signing_key_hmac(text_of("whsec_not base64"), room).len, 16);
}
END_TEST

START_TEST(an_id_has_no_dot_no_space_and_a_bound)
{
    char longest[SIGN_ID_MAX + 2];

    memset(longest, 'a', sizeof longest);
    ck_assert(sign_id_is_good((struct text){longest, SIGN_ID_MAX}));
    ck_assert(!sign_id_is_good((struct text){longest, SIGN_ID_MAX + 1}));
    ck_assert(sign_id_is_good(text_of("!~")));
    ck_assert(!sign_id_is_good(text_of("")));
    ck_assert(!sign_id_is_good(text_of("a.b")));
    ck_assert(!sign_id_is_good(text_of("a b")));
    ck_assert(!sign_id_is_good(text_of("a\nb")));
    ck_assert(!sign_id_is_good(text_of("\xC3\xA9")));
}
END_TEST

START_TEST(the_longest_id_and_timestamp_are_signed_whole)
{
    char id[SIGN_ID_MAX];
    char other[SIGN_ID_MAX];
    const struct signing_keys keys = {1, {hmac_key("secret")}};
    struct sign_message message = {{id, sizeof id}, SIGN_TIMESTAMP_MAX, text_of("")};
    char *first;

    memset(id, 'a', sizeof id);
    memcpy(other, id, sizeof id);
    other[SIGN_ID_MAX - 1] = 'b';
    sign_standard(&out, &keys, &message);
    first = strndup(out.data, out.len);
    ck_assert_ptr_nonnull(first);
    message.id.data = other;
    buf_reset(&out);
    sign_standard(&out, &keys, &message);
    ck_assert_uint_eq(out.len, strlen(first));
    ck_assert_int_ne(memcmp(out.data, first, out.len), 0);
    message.timestamp--;
    message.id.data = id;
    buf_reset(&out);
    sign_standard(&out, &keys, &message);
    ck_assert_int_ne(memcmp(out.data, first, out.len), 0);
    free(first);
}
END_TEST

Suite *sign_suite(void)
{
    Suite *suite = suite_create("sign");
    TCase *forms = tcase_create("forms");

    tcase_add_checked_fixture(forms, set_up, tear_down);
    tcase_add_test(forms, every_secret_signs_in_the_advanced_convoy_form);
    tcase_add_test(forms, the_bare_convoy_form_signs_the_body_alone);
    tcase_add_test(forms, versions_stand_one_behind_the_other_each_with_all_secrets);
    tcase_add_test(forms, a_whsec_secret_is_decoded_for_the_standard_form);
    tcase_add_test(forms, an_ed25519_key_signs_in_the_standard_form);
    tcase_add_test(forms, keys_of_both_types_stand_side_by_side);
    tcase_add_test(forms, an_ed25519_key_has_no_place_in_the_convoy_form);
    tcase_add_test(forms, a_private_key_that_is_none_signs_nothing);
    tcase_add_test(forms, whsec_is_decoded_from_24_to_64_bytes_only);
    tcase_add_test(forms, an_id_has_no_dot_no_space_and_a_bound);
    tcase_add_test(forms, the_longest_id_and_timestamp_are_signed_whole);
    suite_add_tcase(suite, forms);
    return suite;
}
