/* hookroll-sign: the known answers through the public functions, both directions through
 * a roll, and every result that a wrong call or a wrong delivery has. */
#include "hookroll-sign.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

#define BODY    "{\"test\": 2432232314}"
#define ID      "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define SECONDS "1614265330"
#define NOW     INT64_C(1614265330)
#define WHSEC   "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define V1      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define WHPK    "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
#define WHSK                                                                                       \
    "whsk_6Xb/dCcHpPea21PS1N9VY/"                                                                  \
    "NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
#define V1A                                                                                        \
    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
#define CONVOY_BODY "{\"b\":{},\"e\":\"123\",\"a\":1}"
#define CONVOY_NOW  INT64_C(1257894000)

static const char *const both[] = {WHSEC, WHSK};
static const char *const convoy_keys[] = {"older-expired-secret", "expired-secret", "new-secret"};
static const char convoy[] =
    "t=1257894000,v1=5b255b0b867c5540679bad7dfa11be73ffd4ee248647646fb325ccbe19167439,"
    "v1=9942b27103f8f5f5ce4cd3751524dbb7087a596487c784655a33f528cd4d7400,"
    "v1=d5589c4f5e51d74e6116c8d5db2704d76cdf88521e2cdd749d2d5091e3d6183c";
static char out[HOOKROLL_CONVOY_SIZE(3)];

static enum hookroll_result sign_one(const char *key)
{
    return hookroll_sign_standard(&key, 1, ID, NOW, BODY, strlen(BODY), out, sizeof out);
}

static enum hookroll_result verify_one(const char *key, const char *timestamp,
                                       const char *signature)
{
    return hookroll_verify_standard(&key, 1, ID, timestamp, signature, BODY, strlen(BODY), NOW,
                                    HOOKROLL_TOLERANCE_DEFAULT, NULL);
}

START_TEST(the_known_answers_are_signed)
{
    ck_assert_int_eq(sign_one(WHSEC), HOOKROLL_OK);
    ck_assert_str_eq(out, V1);
    ck_assert_int_eq(sign_one(WHSK), HOOKROLL_OK);
    ck_assert_str_eq(out, V1A);
    ck_assert_int_eq(hookroll_sign_standard(both, 2, ID, NOW, BODY, strlen(BODY), out, sizeof out),
                     HOOKROLL_OK);
    ck_assert_str_eq(out, V1 " " V1A);
    ck_assert_int_eq(hookroll_sign_convoy(NULL, 0, convoy_keys, 3, CONVOY_NOW, CONVOY_BODY,
                                          strlen(CONVOY_BODY), out, sizeof out),
                     HOOKROLL_OK);
    ck_assert_str_eq(out, convoy);
}
END_TEST

START_TEST(receivers_with_either_key_accept)
{
    const char *const keys[] = {"another", WHSEC};
    size_t key = 7;

    ck_assert_int_eq(verify_one(WHSEC, SECONDS, V1 " " V1A), HOOKROLL_OK);
    ck_assert_int_eq(verify_one(WHPK, SECONDS, V1 " " V1A), HOOKROLL_OK);
    ck_assert_int_eq(verify_one(WHSK, SECONDS, V1A), HOOKROLL_OK);
    ck_assert_int_eq(
        hookroll_verify_standard(keys, 2, ID, SECONDS, V1, BODY, strlen(BODY), NOW, 0, &key),
        HOOKROLL_OK);
    ck_assert_uint_eq(key, 1);
    ck_assert_int_eq(hookroll_verify_convoy(NULL, 0, &convoy_keys[1], 1, convoy, CONVOY_BODY,
                                            strlen(CONVOY_BODY), CONVOY_NOW, 300, &key),
                     HOOKROLL_OK);
    ck_assert_uint_eq(key, 0);
}
END_TEST

START_TEST(deliveries_are_refused_for_their_own_reason)
{
    static const struct {
        const char *timestamp, *signature;
        enum hookroll_result result;
        const char *text;
    } rows[] = {
        {NULL, V1, HOOKROLL_MISSING, "missing"},
        {SECONDS, NULL, HOOKROLL_MISSING, "missing"},
        {"Infinity", V1, HOOKROLL_MALFORMED, "malformed"},
        {SECONDS, "v2,x", HOOKROLL_UNKNOWN_VERSION, "unknown_version"},
        {"1614265029", V1, HOOKROLL_TOO_OLD, "too_old"},
        {"1614265631", V1, HOOKROLL_TOO_NEW, "too_new"},
        {SECONDS, "v1,x", HOOKROLL_MISMATCH, "mismatch"},
        {SECONDS, V1A, HOOKROLL_MISMATCH, "mismatch"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_int_eq(verify_one(WHSEC, rows[i].timestamp, rows[i].signature), rows[i].result);
        ck_assert_str_eq(hookroll_result_text(rows[i].result), rows[i].text);
    }
    ck_assert_int_eq(hookroll_verify_convoy(NULL, 0, convoy_keys, 3, NULL, "", 0, NOW, 300, NULL),
                     HOOKROLL_MISSING);
    ck_assert_int_eq(hookroll_verify_convoy(NULL, 0, convoy_keys, 3, "x", "", 0, NOW, 300, NULL),
                     HOOKROLL_MALFORMED);
}
END_TEST

START_TEST(more_signatures_than_may_be_are_refused)
{
    char header[65 * 5 + 1] = "";

    for (size_t i = 0; i < 65; i++)
        memcpy(header + i * 5, "v1,x ", 6);
    header[65 * 5 - 1] = '\0';
    ck_assert_int_eq(verify_one(WHSEC, SECONDS, header), HOOKROLL_TOO_MANY_SIGNATURES);
    ck_assert_str_eq(hookroll_result_text(HOOKROLL_TOO_MANY_SIGNATURES), "too_many_signatures");
}
END_TEST

START_TEST(what_is_no_key_is_refused)
{
    static const char *const never[] = {"", "whsk_", "whsk_AAAA", "whpk_", "whpk_AAAA", NULL};
    char long_one[258];

    memset(long_one, 'k', sizeof long_one - 1);
    long_one[257] = '\0';
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        ck_assert_int_eq(sign_one(never[i]), HOOKROLL_INVALID_KEY);
        ck_assert_int_eq(verify_one(never[i], SECONDS, V1), HOOKROLL_INVALID_KEY);
    }
    ck_assert_int_eq(sign_one(long_one), HOOKROLL_INVALID_KEY);
    ck_assert_int_eq(sign_one(long_one + 1), HOOKROLL_OK);
    ck_assert_int_eq(sign_one(WHPK), HOOKROLL_INVALID_KEY);
    ck_assert_int_eq(hookroll_sign_convoy(NULL, 0, &both[1], 1, NOW, "", 0, out, sizeof out),
                     HOOKROLL_INVALID_KEY);
    ck_assert_int_eq(hookroll_verify_convoy(NULL, 0, &both[1], 1, convoy, "", 0, NOW, 0, NULL),
                     HOOKROLL_INVALID_KEY);
}
END_TEST

START_TEST(the_count_of_keys_is_bounded)
{
    const char *keys[HOOKROLL_KEYS_MAX + 1];
    static char wide[HOOKROLL_STANDARD_SIZE(HOOKROLL_KEYS_MAX)];

    for (size_t i = 0; i <= HOOKROLL_KEYS_MAX; i++)
        keys[i] = WHSK;
    ck_assert_int_eq(
        hookroll_sign_standard(keys, HOOKROLL_KEYS_MAX, ID, NOW, "", 0, wide, sizeof wide),
        HOOKROLL_OK);
    ck_assert_int_eq(
        hookroll_sign_standard(keys, HOOKROLL_KEYS_MAX + 1, ID, NOW, "", 0, wide, sizeof wide),
        HOOKROLL_INVALID_KEY);
    ck_assert_int_eq(hookroll_sign_standard(keys, 0, ID, NOW, "", 0, wide, sizeof wide),
                     HOOKROLL_INVALID_KEY);
    ck_assert_int_eq(hookroll_sign_standard(NULL, 1, ID, NOW, "", 0, wide, sizeof wide),
                     HOOKROLL_INVALID_KEY);
}
END_TEST

START_TEST(the_room_that_is_said_to_be_enough_is)
{
    static char wide[HOOKROLL_CONVOY_SIZE(HOOKROLL_KEYS_MAX)];
    struct hookroll_version versions[HOOKROLL_VERSIONS_MAX];
    const char *keys[HOOKROLL_KEYS_MAX];

    for (size_t i = 0; i < HOOKROLL_KEYS_MAX; i++)
        keys[i] = "a";
    for (size_t i = 0; i < HOOKROLL_VERSIONS_MAX; i++)
        versions[i] = (struct hookroll_version){HOOKROLL_SHA512, HOOKROLL_HEX};
    ck_assert_int_eq(hookroll_sign_convoy(versions, HOOKROLL_VERSIONS_MAX, keys, HOOKROLL_KEYS_MAX,
                                          INT64_C(253402300799), "", 0, wide, sizeof wide),
                     HOOKROLL_OK);
    ck_assert_int_eq(hookroll_verify_convoy(versions, HOOKROLL_VERSIONS_MAX, keys, 1, wide, "", 0,
                                            INT64_C(253402300799), 0, NULL),
                     HOOKROLL_OK);
    ck_assert_int_eq(hookroll_sign_standard(both, 1, ID, NOW, "", 0, out, sizeof V1 - 1),
                     HOOKROLL_NO_ROOM);
    ck_assert_int_eq(hookroll_sign_standard(both, 1, ID, NOW, "", 0, out, sizeof V1), HOOKROLL_OK);
    ck_assert_int_eq(hookroll_sign_standard(both, 1, ID, NOW, "", 0, NULL, 0), HOOKROLL_NO_ROOM);
}
END_TEST

static enum hookroll_result sign_with(const struct hookroll_version *versions, size_t count)
{
    return hookroll_sign_convoy(versions, count, convoy_keys, 1, NOW, "", 0, out, sizeof out);
}

START_TEST(arguments_out_of_bounds_are_refused)
{
    const struct hookroll_version good = {HOOKROLL_SHA256, HOOKROLL_HEX};
    const struct hookroll_version no_hash = {(enum hookroll_hash)3, HOOKROLL_HEX};
    const struct hookroll_version no_encoding = {HOOKROLL_SHA256, (enum hookroll_encoding)0};

    ck_assert_int_eq(hookroll_sign_standard(both, 1, "a.b", NOW, "", 0, out, sizeof out),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(hookroll_sign_standard(both, 1, NULL, NOW, "", 0, out, sizeof out),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(hookroll_sign_standard(both, 1, ID, -1, "", 0, out, sizeof out),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(hookroll_sign_standard(both, 1, ID, NOW, NULL, 1, out, sizeof out),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(hookroll_sign_convoy(NULL, 0, convoy_keys, 1, INT64_C(253402300800), "", 0,
                                          out, sizeof out),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(sign_with(&good, 0), HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(sign_with(&good, HOOKROLL_VERSIONS_MAX + 1), HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(sign_with(&no_hash, 1), HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(sign_with(&no_encoding, 1), HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(
        hookroll_verify_convoy(&no_hash, 1, convoy_keys, 1, convoy, "", 0, NOW, 0, NULL),
        HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(hookroll_verify_convoy(NULL, 0, convoy_keys, 1, convoy, "", 0, NOW, -1, NULL),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(hookroll_verify_standard(both, 1, ID, SECONDS, V1, "", 0, -1, 0, NULL),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(hookroll_verify_standard(both, 1, ID, SECONDS, V1, NULL, 1, NOW, 0, NULL),
                     HOOKROLL_INVALID_ARGUMENT);
}
END_TEST

START_TEST(every_result_has_a_text)
{
    ck_assert_str_eq(hookroll_result_text(HOOKROLL_OK), "verified");
    ck_assert_str_eq(hookroll_result_text(HOOKROLL_INVALID_KEY), "invalid_key");
    ck_assert_str_eq(hookroll_result_text(HOOKROLL_INVALID_ARGUMENT), "invalid_argument");
    ck_assert_str_eq(hookroll_result_text(HOOKROLL_NO_ROOM), "no_room");
    ck_assert_str_eq(hookroll_result_text(HOOKROLL_NO_MEMORY), "no_memory");
    ck_assert_str_eq(hookroll_result_text((enum hookroll_result)8), "unknown");
    ck_assert_str_eq(hookroll_result_text((enum hookroll_result)99), "unknown");
}
END_TEST

Suite *hookroll_sign_suite(void)
{
    Suite *suite = suite_create("hookroll_sign");
    TCase *tc = tcase_create("library");

    tcase_add_test(tc, the_known_answers_are_signed);
    tcase_add_test(tc, receivers_with_either_key_accept);
    tcase_add_test(tc, deliveries_are_refused_for_their_own_reason);
    tcase_add_test(tc, more_signatures_than_may_be_are_refused);
    tcase_add_test(tc, what_is_no_key_is_refused);
    tcase_add_test(tc, the_count_of_keys_is_bounded);
    tcase_add_test(tc, the_room_that_is_said_to_be_enough_is);
    tcase_add_test(tc, arguments_out_of_bounds_are_refused);
    tcase_add_test(tc, every_result_has_a_text);
    suite_add_tcase(suite, tc);
    return suite;
}
