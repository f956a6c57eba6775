/* hookroll-sign: the known answers through the public functions, both directions through
 * a roll, and every result that a wrong call or a wrong delivery has. */
#include "hookroll-sign.h"
#include "suites.h"

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
#define FOREIGN /* its public half is not its seed's */                                            \
    "whsk_6Xb/dCcHpPea21PS1N9VY/"                                                                  \
    "NZW723CEc77N4rJCubMbfAKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
#define V1A                                                                                        \
    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
#define CONVOY_BODY "{\"b\":{},\"e\":\"123\",\"a\":1}"
#define LAST        INT64_C(253402300799) /* the end of the year 9999 */
#define CONVOY_NOW  INT64_C(1257894000)

static const char *const both[] = {WHSEC, WHSK};
static const char *const convoy_keys[] = {"older-expired-secret", "expired-secret", "new-secret"};
static const char convoy[] =
    "t=1257894000,v1=5b255b0b867c5540679bad7dfa11be73ffd4ee248647646fb325ccbe19167439,"
    "v1=9942b27103f8f5f5ce4cd3751524dbb7087a596487c784655a33f528cd4d7400,"
    "v1=d5589c4f5e51d74e6116c8d5db2704d76cdf88521e2cdd749d2d5091e3d6183c";
static char out[HOOKROLL_CONVOY_SIZE(3)];

static struct hookroll_keys keys_of(const char *const *list, size_t count)
{
    return (struct hookroll_keys){list, count};
}

static struct hookroll_body body_of(const char *body)
{
    return (struct hookroll_body){body, strlen(body)};
}

static const struct hookroll_body nothing = {NULL, 0};
static const struct hookroll_body impossible = {NULL, 1};
static const struct hookroll_clock at_once = {NOW, HOOKROLL_TOLERANCE_DEFAULT};
static const struct hookroll_standard delivered = {ID, SECONDS, V1};

static enum hookroll_result sign_one(const char *key)
{
    return hookroll_sign_standard(keys_of(&key, 1), ID, NOW, body_of(BODY), out, sizeof out);
}

static enum hookroll_result verify_one(const char *key, const char *timestamp,
                                       const char *signature)
{
    return hookroll_verify_standard(keys_of(&key, 1),
                                    (struct hookroll_standard){ID, timestamp, signature},
                                    body_of(BODY), at_once, NULL);
}

START_TEST(the_known_answers_are_signed)
{
    ck_assert_int_eq(sign_one(WHSEC), HOOKROLL_OK);
    ck_assert_str_eq(out, V1);
    ck_assert_int_eq(sign_one(WHSK), HOOKROLL_OK);
    ck_assert_str_eq(out, V1A);
    ck_assert_int_eq(
        hookroll_sign_standard(keys_of(both, 2), ID, NOW, body_of(BODY), out, sizeof out),
        HOOKROLL_OK);
    ck_assert_str_eq(out, V1 " " V1A);
    ck_assert_int_eq(hookroll_sign_convoy(NULL, keys_of(convoy_keys, 3), CONVOY_NOW,
                                          body_of(CONVOY_BODY), out, sizeof out),
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
        hookroll_verify_standard(keys_of(keys, 2), delivered, body_of(BODY), at_once, &key),
        HOOKROLL_OK);
    ck_assert_uint_eq(key, 1);
    ck_assert_int_eq(hookroll_verify_convoy(NULL, keys_of(&convoy_keys[1], 1), convoy,
                                            body_of(CONVOY_BODY),
                                            (struct hookroll_clock){CONVOY_NOW, 0}, &key),
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
    ck_assert_int_eq(
        hookroll_verify_convoy(NULL, keys_of(convoy_keys, 3), NULL, nothing, at_once, NULL),
        HOOKROLL_MISSING);
    ck_assert_int_eq(
        hookroll_verify_convoy(NULL, keys_of(convoy_keys, 3), "x", nothing, at_once, NULL),
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
    static const char *const never[] = {"", NULL};
    const char *const public_key = WHPK;
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
    ck_assert_int_eq(
        hookroll_sign_convoy(NULL, keys_of(&public_key, 1), NOW, nothing, out, sizeof out),
        HOOKROLL_INVALID_KEY);
    ck_assert_int_eq(
        hookroll_sign_convoy(NULL, keys_of(&both[1], 1), NOW, nothing, out, sizeof out),
        HOOKROLL_INVALID_KEY);
    ck_assert_int_eq(
        hookroll_verify_convoy(NULL, keys_of(&both[1], 1), convoy, nothing, at_once, NULL),
        HOOKROLL_INVALID_KEY);
}
END_TEST

/* As the API takes them for secrets: what only begins like a key of ed25519 is text. */
START_TEST(what_is_no_ed25519_key_is_text)
{
    static const char *const texts[] = {"whsk_",  "whsk_x",    "whsk_AAAA", "whpk_",
                                        "whpk_x", "whpk_AAAA", FOREIGN};
    const char *one = texts[_i];
    char signature[sizeof V1];

    ck_assert_int_eq(sign_one(one), HOOKROLL_OK);
    ck_assert_int_eq(strncmp(out, "v1,", 3), 0);
    memcpy(signature, out, sizeof signature);
    ck_assert_int_eq(verify_one(one, SECONDS, signature), HOOKROLL_OK);
    ck_assert_int_eq(hookroll_sign_convoy(NULL, keys_of(&one, 1), NOW, nothing, out, sizeof out),
                     HOOKROLL_OK);
    ck_assert_int_eq(hookroll_verify_convoy(NULL, keys_of(&one, 1), out, nothing, at_once, NULL),
                     HOOKROLL_OK);
    ck_assert_int_eq(verify_one(WHSEC, SECONDS, signature), HOOKROLL_MISMATCH);
}
END_TEST

START_TEST(the_count_of_keys_is_bounded)
{
    const char *keys[HOOKROLL_KEYS_MAX + 1];
    static char wide[HOOKROLL_STANDARD_SIZE(HOOKROLL_KEYS_MAX)];

    for (size_t i = 0; i <= HOOKROLL_KEYS_MAX; i++)
        keys[i] = WHSK;
    ck_assert_int_eq(hookroll_sign_standard(keys_of(keys, HOOKROLL_KEYS_MAX), ID, NOW, nothing,
                                            wide, sizeof wide),
                     HOOKROLL_OK);
    ck_assert_int_eq(hookroll_sign_standard(keys_of(keys, HOOKROLL_KEYS_MAX + 1), ID, NOW, nothing,
                                            wide, sizeof wide),
                     HOOKROLL_INVALID_KEY);
    ck_assert_int_eq(hookroll_sign_standard(keys_of(keys, 0), ID, NOW, nothing, wide, sizeof wide),
                     HOOKROLL_INVALID_KEY);
    ck_assert_int_eq(hookroll_sign_standard(keys_of(NULL, 1), ID, NOW, nothing, wide, sizeof wide),
                     HOOKROLL_INVALID_KEY);
}
END_TEST

START_TEST(the_room_that_is_said_to_be_enough_is)
{
    static char wide[HOOKROLL_CONVOY_SIZE(HOOKROLL_KEYS_MAX)];
    struct hookroll_version versions[HOOKROLL_VERSIONS_MAX];
    const struct hookroll_convoy form = {versions, HOOKROLL_VERSIONS_MAX};
    const char *keys[HOOKROLL_KEYS_MAX];

    for (size_t i = 0; i < HOOKROLL_KEYS_MAX; i++)
        keys[i] = "a";
    for (size_t i = 0; i < HOOKROLL_VERSIONS_MAX; i++)
        versions[i] = (struct hookroll_version){HOOKROLL_SHA512, HOOKROLL_HEX};
    ck_assert_int_eq(hookroll_sign_convoy(&form, keys_of(keys, HOOKROLL_KEYS_MAX), LAST, nothing,
                                          wide, sizeof wide),
                     HOOKROLL_OK);
    ck_assert_int_eq(hookroll_verify_convoy(&form, keys_of(keys, 1), wide, nothing,
                                            (struct hookroll_clock){LAST, 0}, NULL),
                     HOOKROLL_OK);
    ck_assert_int_eq(hookroll_sign_standard(keys_of(both, 1), ID, NOW, nothing, out, sizeof V1 - 1),
                     HOOKROLL_NO_ROOM);
    ck_assert_int_eq(hookroll_sign_standard(keys_of(both, 1), ID, NOW, nothing, out, sizeof V1),
                     HOOKROLL_OK);
    ck_assert_int_eq(hookroll_sign_standard(keys_of(both, 1), ID, NOW, nothing, NULL, 0),
                     HOOKROLL_NO_ROOM);
}
END_TEST

static enum hookroll_result sign_as(const struct hookroll_version *versions, size_t count)
{
    const struct hookroll_convoy form = {versions, count};

    return hookroll_sign_convoy(&form, keys_of(convoy_keys, 1), NOW, nothing, out, sizeof out);
}

START_TEST(arguments_of_signing_are_bounded)
{
    const struct hookroll_version whole = {HOOKROLL_SHA256, HOOKROLL_HEX};
    const struct hookroll_version no_hash = {(enum hookroll_hash)3, HOOKROLL_HEX};
    const struct hookroll_version no_encoding = {HOOKROLL_SHA256, (enum hookroll_encoding)0};
    const struct hookroll_keys keys = keys_of(both, 1);

    ck_assert_int_eq(hookroll_sign_standard(keys, "a.b", NOW, nothing, out, sizeof out),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(hookroll_sign_standard(keys, NULL, NOW, nothing, out, sizeof out),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(hookroll_sign_standard(keys, ID, -1, nothing, out, sizeof out),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(hookroll_sign_standard(keys, ID, NOW, impossible, out, sizeof out),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(hookroll_sign_convoy(NULL, keys, LAST + 1, nothing, out, sizeof out),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(sign_as(&whole, 1), HOOKROLL_OK);
    ck_assert_int_eq(sign_as(&whole, 0), HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(sign_as(&whole, HOOKROLL_VERSIONS_MAX + 1), HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(sign_as(NULL, 1), HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(sign_as(&no_hash, 1), HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(sign_as(&no_encoding, 1), HOOKROLL_INVALID_ARGUMENT);
}
END_TEST

START_TEST(arguments_of_verifying_are_bounded)
{
    static const struct hookroll_clock clocks[] = {
        {-1, 0}, {LAST + 1, 0}, {NOW, -1}, {NOW, 31536001}};
    const struct hookroll_keys keys = keys_of(convoy_keys, 1);
    const struct hookroll_convoy no_form = {NULL, 0};

    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        ck_assert_int_eq(hookroll_verify_standard(keys, delivered, nothing, clocks[i], NULL),
                         HOOKROLL_INVALID_ARGUMENT);
        ck_assert_int_eq(hookroll_verify_convoy(NULL, keys, convoy, nothing, clocks[i], NULL),
                         HOOKROLL_INVALID_ARGUMENT);
    }
    ck_assert_int_eq(hookroll_verify_standard(keys, delivered, impossible, at_once, NULL),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(hookroll_verify_convoy(NULL, keys, convoy, impossible, at_once, NULL),
                     HOOKROLL_INVALID_ARGUMENT);
    ck_assert_int_eq(hookroll_verify_convoy(&no_form, keys, convoy, nothing, at_once, NULL),
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
    tcase_add_loop_test(tc, what_is_no_ed25519_key_is_text, 0, 7);
    tcase_add_test(tc, the_count_of_keys_is_bounded);
    tcase_add_test(tc, the_room_that_is_said_to_be_enough_is);
    tcase_add_test(tc, arguments_of_signing_are_bounded);
    tcase_add_test(tc, arguments_of_verifying_are_bounded);
    tcase_add_test(tc, every_result_has_a_text);
    suite_add_tcase(suite, tc);
    return suite;
}
