/* verify: the known answers are accepted, and everything that is altered, cut, too much,
 * too old or of another version is refused for its own reason. */
#include "domain/verify.h"

#include "base/buf.h"
#include "domain/sign.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

#define PAYLOAD  "{\"test\": 2432232314}"
#define ID       "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define SECONDS  "1614265330"
#define WHSEC    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define V1_VALUE "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define V1A_VALUE                                                                                  \
    "hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
#define WHPK "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
#define WHSK                                                                                       \
    "whsk_6Xb/dCcHpPea21PS1N9VY/"                                                                  \
    "NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="

#define CONVOY_BODY "{\"b\":{},\"e\":\"123\",\"a\":1}"
#define OLDER       "5b255b0b867c5540679bad7dfa11be73ffd4ee248647646fb325ccbe19167439"
#define NEWER       "d5589c4f5e51d74e6116c8d5db2704d76cdf88521e2cdd749d2d5091e3d6183c"

static const struct project_versions sha256_hex = {1, {{PROJECT_SHA256, PROJECT_HEX}}};
static const struct verify_clock at_once = {1614265330, VERIFY_TOLERANCE};
static struct verify_outcome out;
static size_t hashable; /* bytes */

static void setup(void)
{
    ck_assert_int_eq(crypto_init(), RC_OK);
    hashable = SIZE_MAX;
}

static struct signing_key key(enum signing_key_type type, const char *value)
{
    return (struct signing_key){type, text_of(value)};
}

static enum verify_result standard(const char *id, const char *timestamp, const char *signature,
                                   const char *body)
{
    const struct signing_keys keys = {3,
                                      {key(SIGNING_KEY_HMAC, "another"),
                                       key(SIGNING_KEY_HMAC, WHSEC),
                                       key(SIGNING_KEY_ED25519, WHPK)}};
    const struct verify_standard headers = {text_of(id), text_of(timestamp), text_of(signature)};

    ck_assert_int_eq(verify_standard(&headers, text_of(body), &keys, &at_once, &hashable, &out),
                     RC_OK);
    return out.result;
}

static enum verify_result convoy(const char *header, const char *body, int64_t now)
{
    const struct signing_keys keys = {3,
                                      {key(SIGNING_KEY_HMAC, "older-expired-secret"),
                                       key(SIGNING_KEY_ED25519, WHSK),
                                       key(SIGNING_KEY_HMAC, "new-secret")}};
    const struct verify_clock clock = {now, 300};

    verify_convoy(text_of(header), text_of(body), &sha256_hex, &keys, &clock, &out);
    return out.result;
}

START_TEST(the_known_answers_verify)
{
    ck_assert_int_eq(standard(ID, SECONDS, "v1," V1_VALUE, PAYLOAD), VERIFY_OK);
    ck_assert_uint_eq(out.key, 1);
    ck_assert_int_eq(out.timestamp, 1614265330);
    ck_assert_int_eq(standard(ID, SECONDS, "v1a," V1A_VALUE, PAYLOAD), VERIFY_OK);
    ck_assert_uint_eq(out.key, 2);
    ck_assert_int_eq(convoy("t=1257894000,v1=" OLDER, CONVOY_BODY, 1257894000), VERIFY_OK);
    ck_assert_uint_eq(out.key, 0);
    ck_assert_uint_eq(out.version, 1);
}
END_TEST

START_TEST(of_several_matches_the_last_key_is_told)
{
    ck_assert_int_eq(standard(ID, SECONDS, "v1a," V1A_VALUE " v1," V1_VALUE, PAYLOAD), VERIFY_OK);
    ck_assert_uint_eq(out.key, 2);
    ck_assert_int_eq(convoy("t=1257894000,v1=" NEWER ",v1=" OLDER ",v7=x", CONVOY_BODY, 1257894000),
                     VERIFY_OK);
    ck_assert_uint_eq(out.key, 2);
}
END_TEST

START_TEST(a_private_key_verifies_like_its_public_half)
{
    const struct signing_keys whole = {1, {key(SIGNING_KEY_ED25519, WHSK)}};
    const struct signing_keys none = {1, {key(SIGNING_KEY_ED25519, "whpk_AAAA")}};
    const struct verify_standard headers = {text_of(ID), text_of(SECONDS),
                                            text_of("v1a," V1A_VALUE)};

    ck_assert_int_eq(verify_standard(&headers, text_of(PAYLOAD), &whole, &at_once, &hashable, &out),
                     RC_OK);
    ck_assert_int_eq(out.result, VERIFY_OK);
    ck_assert_int_eq(verify_standard(&headers, text_of(PAYLOAD), &none, &at_once, &hashable, &out),
                     RC_OK);
    ck_assert_int_eq(out.result, VERIFY_MISMATCH);
}
END_TEST

START_TEST(standard_headers_are_refused_for_their_own_reason)
{
    static const struct {
        const char *id, *timestamp, *signature, *body;
        enum verify_result result;
    } rows[] = {
        {"", SECONDS, "v1," V1_VALUE, PAYLOAD, VERIFY_MISSING},
        {ID, "", "v1," V1_VALUE, PAYLOAD, VERIFY_MISSING},
        {ID, SECONDS, "", PAYLOAD, VERIFY_MISSING},
        {"a.b", SECONDS, "v1," V1_VALUE, PAYLOAD, VERIFY_MALFORMED},
        {ID, "Infinity", "v1," V1_VALUE, PAYLOAD, VERIFY_MALFORMED},
        {ID, "-1614265330", "v1," V1_VALUE, PAYLOAD, VERIFY_MALFORMED},
        {ID, "01614265330", "v1," V1_VALUE, PAYLOAD, VERIFY_MALFORMED},
        {ID, "1614265330.0", "v1," V1_VALUE, PAYLOAD, VERIFY_MALFORMED},
        {ID, " 1614265330", "v1," V1_VALUE, PAYLOAD, VERIFY_MALFORMED},
        {ID, "0x6037B732", "v1," V1_VALUE, PAYLOAD, VERIFY_MALFORMED},
        {ID, "253402300800", "v1," V1_VALUE, PAYLOAD, VERIFY_MALFORMED},
        {ID, "99999999999999999999", "v1," V1_VALUE, PAYLOAD, VERIFY_MALFORMED},
        {ID, SECONDS, V1_VALUE, PAYLOAD, VERIFY_MALFORMED},
        {ID, SECONDS, "v1,", PAYLOAD, VERIFY_MALFORMED},
        {ID, SECONDS, ",x", PAYLOAD, VERIFY_MALFORMED},
        {ID, SECONDS, "v1," V1_VALUE " ", PAYLOAD, VERIFY_MALFORMED},
        {ID, SECONDS, "v1," V1_VALUE "  v1,x", PAYLOAD, VERIFY_MALFORMED},
        {ID, SECONDS, "v2," V1_VALUE, PAYLOAD, VERIFY_UNKNOWN_VERSION},
        {ID, SECONDS, "V1," V1_VALUE, PAYLOAD, VERIFY_UNKNOWN_VERSION},
        {ID, SECONDS, "v1a," V1_VALUE, PAYLOAD, VERIFY_MISMATCH},
        {ID, SECONDS, "v1," V1A_VALUE, PAYLOAD, VERIFY_MISMATCH},
        {"msg_other", SECONDS, "v1," V1_VALUE, PAYLOAD, VERIFY_MISMATCH},
        {ID, "1614265331", "v1," V1_VALUE, PAYLOAD, VERIFY_MISMATCH},
        {ID, SECONDS, "v1," V1_VALUE, PAYLOAD " ", VERIFY_MISMATCH},
        {ID, SECONDS, "v1a," V1A_VALUE, "", VERIFY_MISMATCH},
        {ID, "1614265029", "v1," V1_VALUE, PAYLOAD, VERIFY_TOO_OLD},
        {ID, "1614265631", "v1," V1_VALUE, PAYLOAD, VERIFY_TOO_NEW},
        {ID, "0", "v1," V1_VALUE, PAYLOAD, VERIFY_TOO_OLD},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_int_eq(standard(rows[i].id, rows[i].timestamp, rows[i].signature, rows[i].body),
                         rows[i].result);
    }
}
END_TEST

START_TEST(a_convoy_header_is_refused_for_its_own_reason)
{
    static const struct {
        const char *header;
        enum verify_result result;
    } rows[] = {
        {"", VERIFY_MISSING},
        {NEWER, VERIFY_MALFORMED},
        {"v1=" NEWER, VERIFY_MALFORMED},
        {"t=1257894000", VERIFY_MALFORMED},
        {"t=1257894000,", VERIFY_MALFORMED},
        {"t=1257894000,v1=" NEWER ",", VERIFY_MALFORMED},
        {"t=1257894000,,v1=" NEWER, VERIFY_MALFORMED},
        {"t=1257894000,v1=", VERIFY_MALFORMED},
        {"t=,v1=" NEWER, VERIFY_MALFORMED},
        {"t=Infinity,v1=" NEWER, VERIFY_MALFORMED},
        {"t=1257894000,t=1257894000,v1=" NEWER, VERIFY_MALFORMED},
        {"t=1257894000,v2=" NEWER, VERIFY_UNKNOWN_VERSION},
        {"t=1257894000,v0=" NEWER, VERIFY_UNKNOWN_VERSION},
        {"t=1257894000,v11=" NEWER, VERIFY_UNKNOWN_VERSION},
        {"t=1257894000,V1=" NEWER, VERIFY_UNKNOWN_VERSION},
        {"t=1257894001,v1=" NEWER, VERIFY_MISMATCH},
        {"t=1257893700,v1=" NEWER, VERIFY_MISMATCH},
        {"t=1257893699,v1=" NEWER, VERIFY_TOO_OLD},
        {"t=1257894300,v1=" NEWER, VERIFY_MISMATCH},
        {"t=1257894301,v1=" NEWER, VERIFY_TOO_NEW},
        {"v1=" NEWER ",t=1257894000", VERIFY_OK},
        {"t=1257894000,v9=x,v1=" NEWER, VERIFY_OK},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_int_eq(convoy(rows[i].header, CONVOY_BODY, 1257894000), rows[i].result);
    ck_assert_int_eq(convoy("t=1257894000,v1=" NEWER, CONVOY_BODY "\n", 1257894000),
                     VERIFY_MISMATCH);
}
END_TEST

/* Wherever the first wrong character stands, it is found. */
START_TEST(every_character_of_a_signature_counts)
{
    char header[] = "t=1257894000,v1=" NEWER;

    for (size_t i = strlen("t=1257894000,v1="); header[i] != '\0'; i++) {
        char was = header[i];

        header[i] = was == '0' ? '1' : '0';
        ck_assert_int_eq(convoy(header, CONVOY_BODY, 1257894000), VERIFY_MISMATCH);
        header[i] = was;
    }
    header[strlen(header) - 1] = '\0';
    ck_assert_int_eq(convoy(header, CONVOY_BODY, 1257894000), VERIFY_MISMATCH);
}
END_TEST

/* `count` times a signature of `version`, then the good one. */
static const char *many(const char *start, const char *wrong, const char *good, int count)
{
    static char header[64 * 1024];
    int len = snprintf(header, sizeof header, "%s", start);

    for (int i = 0; i < count; i++)
        len += snprintf(header + len, sizeof header - (size_t)len, "%s", wrong);
    (void)snprintf(header + len, sizeof header - (size_t)len, "%s", good);
    return header;
}

START_TEST(there_is_a_bound_on_signatures_of_any_version)
{
    ck_assert_int_eq(convoy(many("t=1257894000", ",v1=x", ",v1=" NEWER, VERIFY_CONVOY_MAX - 1),
                            CONVOY_BODY, 1257894000),
                     VERIFY_OK);
    ck_assert_int_eq(convoy(many("t=1257894000", ",v9=x", ",v1=" NEWER, VERIFY_CONVOY_MAX),
                            CONVOY_BODY, 1257894000),
                     VERIFY_TOO_MANY_SIGNATURES);
    ck_assert_int_eq(
        standard(ID, SECONDS, many("", "v9,x ", "v1," V1_VALUE, VERIFY_STANDARD_MAX - 1), PAYLOAD),
        VERIFY_OK);
    ck_assert_int_eq(
        standard(ID, SECONDS, many("", "v1,x ", "v1," V1_VALUE, VERIFY_STANDARD_MAX), PAYLOAD),
        VERIFY_TOO_MANY_SIGNATURES);
    ck_assert_int_eq(convoy(many("t=1257894000", ",v1=x", "", 1000), CONVOY_BODY, 1257894000),
                     VERIFY_TOO_MANY_SIGNATURES);
}
END_TEST

#define HASHED (sizeof ID "." SECONDS "." PAYLOAD - 1) /* bytes, once */

/* Signatures that are of the form, by nobody. */
static char by_nobody[] =
    "v1a,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAA== ";

/* With keys one and three of ed25519 the known one, two another one, four of HMAC. */
static enum verify_result bounded(size_t bytes, const char *signature)
{
    static char another[SIGNING_KEY_PRIVATE_SIZE];
    const struct verify_standard headers = {text_of(ID), text_of(SECONDS), text_of(signature)};
    struct signing_keys keys = {4,
                                {key(SIGNING_KEY_ED25519, WHPK), key(SIGNING_KEY_ED25519, another),
                                 key(SIGNING_KEY_ED25519, WHSK), key(SIGNING_KEY_HMAC, "text")}};

    signing_key_write_private((const uint8_t[CRYPTO_ED25519_SEED_BYTES]){7}, another);
    keys.list[1].value = text_of(another);
    hashable = bytes;
    ck_assert_int_eq(verify_standard(&headers, text_of(PAYLOAD), &keys, &at_once, &hashable, &out),
                     RC_OK);
    return out.result;
}

START_TEST(what_is_hashed_for_ed25519_is_bounded)
{
    const char *two = many("", by_nobody, "v1a,x v1," V1_VALUE, 2);

    ck_assert_int_eq(bounded(6 * HASHED, two), VERIFY_MISMATCH);
    ck_assert_uint_eq(hashable, 0);
    ck_assert_int_eq(bounded(6 * HASHED - 1, two), VERIFY_TOO_MANY_SIGNATURES);
    ck_assert_int_eq(bounded(0, "v1," V1_VALUE), VERIFY_MISMATCH);
}
END_TEST

START_TEST(the_last_signature_by_the_last_key_is_hashed_for_alone)
{
    ck_assert_int_eq(bounded(HASHED, many("", by_nobody, "v1a," V1A_VALUE, 63)), VERIFY_OK);
    ck_assert_uint_eq(out.key, 2);
    ck_assert_uint_eq(hashable, 0);
    ck_assert_int_eq(bounded(HASHED - 1, "v1a," V1A_VALUE), VERIFY_TOO_MANY_SIGNATURES);
}
END_TEST

START_TEST(the_bare_form_is_the_last_version_and_has_no_age)
{
    struct project_versions versions = {
        2, {{PROJECT_SHA256, PROJECT_BASE64}, {PROJECT_SHA512, PROJECT_HEX}}};
    const struct signing_keys secret = {1, {key(SIGNING_KEY_HMAC, "secret")}};
    static const char known[] =
        "c5dcfeda3f5a3154145234b2d0a533fc2b230f88da0fac0724619fd5cdde673ad6c474dfd5c02367768bd3b3"
        "bd3595cc860e606a37e2f9362e054d5aa14d7cc4";

    verify_convoy_bare(text_of(known), text_of(CONVOY_BODY), &versions, &secret, &out);
    ck_assert_int_eq(out.result, VERIFY_OK);
    ck_assert_uint_eq(out.version, 2);
    ck_assert(!out.timestamped);
    versions.count = 1;
    verify_convoy_bare(text_of(known), text_of(CONVOY_BODY), &versions, &secret, &out);
    ck_assert_int_eq(out.result, VERIFY_MISMATCH);
    versions.count = 2;
    verify_convoy_bare(text_of("t=1257894000,v1=" NEWER), text_of(CONVOY_BODY), &versions, &secret,
                       &out);
    ck_assert_int_eq(out.result, VERIFY_MISMATCH);
    verify_convoy_bare(text_of(""), text_of(CONVOY_BODY), &versions, &secret, &out);
    ck_assert_int_eq(out.result, VERIFY_MISSING);
}
END_TEST

START_TEST(every_version_of_the_project_verifies)
{
    struct project_versions versions = {
        2, {{PROJECT_SHA512, PROJECT_HEX}, {PROJECT_SHA256, PROJECT_BASE64}}};
    const struct signing_keys secret = {1, {key(SIGNING_KEY_HMAC, "new-secret")}};
    const struct verify_clock clock = {1257894000, 0};

    verify_convoy(text_of("t=1257894000,v2=1VicT15R105hFsjV2ycE12zfiFIeLN10nS1QkePWGDw="),
                  text_of(CONVOY_BODY), &versions, &secret, &clock, &out);
    ck_assert_int_eq(out.result, VERIFY_OK);
    ck_assert_uint_eq(out.version, 2);
}
END_TEST

START_TEST(every_result_has_a_name_of_its_own)
{
    for (int i = VERIFY_OK; i <= VERIFY_SECRET_ENDED; i++)
        for (int j = VERIFY_OK; j < i; j++)
            ck_assert_str_ne(verify_result_name((enum verify_result)i),
                             verify_result_name((enum verify_result)j));
}
END_TEST

Suite *verify_suite(void)
{
    Suite *suite = suite_create("verify");
    TCase *tc = tcase_create("headers");

    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_test(tc, the_known_answers_verify);
    tcase_add_test(tc, of_several_matches_the_last_key_is_told);
    tcase_add_test(tc, a_private_key_verifies_like_its_public_half);
    tcase_add_test(tc, standard_headers_are_refused_for_their_own_reason);
    tcase_add_test(tc, a_convoy_header_is_refused_for_its_own_reason);
    tcase_add_test(tc, every_character_of_a_signature_counts);
    tcase_add_test(tc, there_is_a_bound_on_signatures_of_any_version);
    tcase_add_test(tc, what_is_hashed_for_ed25519_is_bounded);
    tcase_add_test(tc, the_last_signature_by_the_last_key_is_hashed_for_alone);
    tcase_add_test(tc, the_bare_form_is_the_last_version_and_has_no_age);
    tcase_add_test(tc, every_version_of_the_project_verifies);
    tcase_add_test(tc, every_result_has_a_name_of_its_own);
    suite_add_tcase(suite, tc);
    return suite;
}
