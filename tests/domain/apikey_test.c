/* apikey: one spelling of a token, a key that is good until its last millisecond,
 * and scopes by name. */
#include "domain/apikey.h"
#include "suites.h"

#include <string.h>

#define TOKEN "hrk_01ARYZ6S41000G40R40M30E209_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define NOW   INT64_C(1795460885123)

static const uint8_t entropy[UID_ENTROPY_BYTES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
static const uint8_t secret[APIKEY_SECRET_BYTES] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                                    11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                                    22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

static size_t unknown; /* which of the scopes that are parsed is none */

static struct uid key_uid(void)
{
    return uid_make(INT64_C(1469918176385), entropy);
}

static struct apikey good_key(void)
{
    struct apikey key = {.uid = key_uid(),
                         .scopes = SCOPE_SIGN,
                         .name = text_of("a key"),
                         .created_at = NOW,
                         .expires_at = APIKEY_NO_END,
                         .revoked_at = APIKEY_NO_END};

    apikey_set_secret(&key, secret);
    return key;
}

START_TEST(a_token_is_prefix_uid_and_base64url)
{
    struct uid uid = key_uid();
    char token[APIKEY_TOKEN_SIZE];

    apikey_token(&uid, secret, token);
    ck_assert_str_eq(token, TOKEN);
    ck_assert_uint_eq(strlen(token), APIKEY_TOKEN_SIZE - 1);
}
END_TEST

START_TEST(a_token_is_read_back)
{
    struct uid expected = key_uid();
    struct uid uid;
    uint8_t read[APIKEY_SECRET_BYTES];

    ck_assert(apikey_parse(text_of(TOKEN), &uid, read));
    ck_assert(uid_equal(&uid, &expected));
    ck_assert_mem_eq(read, secret, sizeof read);
}
END_TEST

START_TEST(any_32_bytes_make_a_token_that_is_read_back)
{
    struct uid uid = key_uid();

    for (unsigned i = 0; i < 256; i++) {
        char token[APIKEY_TOKEN_SIZE];
        uint8_t bytes[APIKEY_SECRET_BYTES];
        uint8_t read[APIKEY_SECRET_BYTES];
        struct uid read_uid;

        for (unsigned j = 0; j < sizeof bytes; j++)
            bytes[j] = (uint8_t)(i + j * 37);
        apikey_token(&uid, bytes, token);
        ck_assert(apikey_parse(text_of(token), &read_uid, read));
        ck_assert_mem_eq(read, bytes, sizeof read);
    }
}
END_TEST

START_TEST(a_token_has_exactly_its_length)
{
    static const char longer[] = TOKEN "A";
    struct uid uid;
    uint8_t read[APIKEY_SECRET_BYTES];

    for (size_t len = 0; len < sizeof longer; len++)
        ck_assert_int_eq(apikey_parse((struct text){longer, len}, &uid, read),
                         len == APIKEY_TOKEN_SIZE - 1);
    ck_assert(!apikey_parse((struct text){NULL, 0}, &uid, read));
}
END_TEST

START_TEST(a_token_has_one_spelling)
{
    static const struct {
        size_t at;
        char instead;
    } changes[] = {
        {0, 'H'},  {1, 'R'},   {2, 'K'},   {3, '-'},   {3, ':'},     {4, '8'},
        {4, 'Z'},  {6, 'a'},   {6, 'I'},   {6, 'L'},   {6, 'O'},     {6, 'U'},
        {29, ' '}, {29, '\0'}, {30, '-'},  {30, 'A'},  {30, '\0'},   {31, '+'},
        {31, '/'}, {31, '='},  {31, '\0'}, {40, ' '},  {40, '.'},    {73, '='},
        {73, '9'}, {73, '-'},  {73, '\n'}, {73, '\0'}, {73, '\x80'},
    };

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char token[] = TOKEN;
        struct uid uid;
        uint8_t read[APIKEY_SECRET_BYTES];

        token[changes[i].at] = changes[i].instead;
        ck_assert_msg(!apikey_parse((struct text){token, sizeof token - 1}, &uid, read),
                      "row %zu was read", i);
    }
}
END_TEST

START_TEST(a_byte_beyond_ascii_stands_for_no_digit)
{
    struct uid uid = key_uid();
    uint8_t ones[APIKEY_SECRET_BYTES];
    char token[APIKEY_TOKEN_SIZE];

    memset(ones, 0xFF, sizeof ones);
    apikey_token(&uid, ones, token);
    ck_assert_int_eq(token[31], '_');
    for (int c = 0x80; c < 0x100; c++) {
        uint8_t read[APIKEY_SECRET_BYTES];

        token[31] = (char)c;
        ck_assert_msg(!apikey_parse(text_of(token), &uid, read), "0x%02x was read", (unsigned)c);
    }
}
END_TEST

START_TEST(a_token_of_nobody_is_refused)
{
    struct uid uid = UID_NONE;
    char token[APIKEY_TOKEN_SIZE];
    uint8_t read[APIKEY_SECRET_BYTES];

    apikey_token(&uid, secret, token);
    ck_assert(!apikey_parse(text_of(token), &uid, read));
}
END_TEST

START_TEST(a_key_is_good_with_its_secret)
{
    struct apikey key = good_key();

    ck_assert(apikey_verify(&key, secret, NOW));
    ck_assert(apikey_verify(&key, secret, INT64_MAX - 1));
}
END_TEST

START_TEST(a_key_keeps_only_the_digest_of_its_secret)
{
    struct apikey key = {.expires_at = APIKEY_NO_END, .revoked_at = APIKEY_NO_END};
    uint8_t digest[CRYPTO_DIGEST_BYTES];

    ck_assert(!apikey_verify(&key, secret, NOW));
    apikey_set_secret(&key, secret);
    crypto_digest(digest, secret, sizeof secret);
    ck_assert_mem_eq(key.digest, digest, sizeof digest);
    ck_assert(apikey_verify(&key, secret, NOW));
}
END_TEST

START_TEST(any_other_secret_is_refused)
{
    struct apikey key = good_key();

    for (size_t bit = 0; bit < 8 * sizeof secret; bit++) {
        uint8_t other[APIKEY_SECRET_BYTES];

        memcpy(other, secret, sizeof other);
        other[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (apikey_verify(&key, other, NOW))
            ck_abort_msg("bit %zu does not matter", bit);
    }
}
END_TEST

START_TEST(the_digest_itself_is_no_secret)
{
    struct apikey key = good_key();

    ck_assert(!apikey_verify(&key, key.digest, NOW));
}
END_TEST

START_TEST(a_key_expires_at_its_millisecond)
{
    struct apikey key = good_key();

    key.expires_at = NOW;
    ck_assert(apikey_verify(&key, secret, NOW - 1));
    ck_assert(!apikey_verify(&key, secret, NOW));
    ck_assert(!apikey_verify(&key, secret, NOW + 1));
}
END_TEST

/* It may have been revoked by a clock that was ahead. */
START_TEST(a_revoked_key_is_good_at_no_moment)
{
    struct apikey key = good_key();

    ck_assert(!apikey_is_revoked(&key));
    key.revoked_at = NOW;
    ck_assert(apikey_is_revoked(&key));
    ck_assert(!apikey_verify(&key, secret, NOW - 1));
    ck_assert(!apikey_verify(&key, secret, NOW));
    ck_assert(!apikey_verify(&key, secret, NOW + 1));
}
END_TEST

START_TEST(a_key_within_bounds_has_no_fault)
{
    struct apikey key = good_key();
    struct faults faults = {0};

    ck_assert_int_eq(apikey_check(&key, &faults), RC_OK);
    key.name = text_of("");
    key.owner_id = (struct text){NULL, 0};
    key.scopes = SCOPE_PROJECT_ADMIN;
    key.expires_at = key.created_at + 1;
    ck_assert_int_eq(apikey_check(&key, &faults), RC_OK);
    ck_assert_uint_eq(faults.count, 0);
}
END_TEST

static void expect_fault(const struct apikey *key, const char *member)
{
    struct faults faults = {0};

    ck_assert_int_eq(apikey_check(key, &faults), RC_INVALID);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].member, member);
}

START_TEST(name_and_owner_have_a_longest_length)
{
    static char filler[APIKEY_NAME_MAX + 1];
    struct faults faults = {0};
    struct apikey key = good_key();

    memset(filler, 'n', sizeof filler);
    key.name = (struct text){filler, APIKEY_NAME_MAX};
    key.owner_id = (struct text){filler, APIKEY_OWNER_MAX};
    ck_assert_int_eq(apikey_check(&key, &faults), RC_OK);
    key.name.len++;
    expect_fault(&key, "name");
    key.name.len--;
    key.owner_id.len++;
    expect_fault(&key, "owner_id");
}
END_TEST

START_TEST(an_owner_that_is_given_is_not_empty)
{
    struct apikey key = good_key();

    key.owner_id = text_of("");
    expect_fault(&key, "owner_id");
}
END_TEST

START_TEST(name_and_owner_are_utf8_without_controls)
{
    static const char *const bad[] = {"a\nb", "\x7f", "\xC2\x85", "\xFF", "\xE2\x82"};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct apikey key = good_key();

        key.name = text_of(bad[i]);
        expect_fault(&key, "name");
        key = good_key();
        key.owner_id = text_of(bad[i]);
        expect_fault(&key, "owner_id");
    }
}
END_TEST

START_TEST(a_key_has_a_known_scope_and_no_other)
{
    struct apikey key = good_key();

    key.scopes = 0;
    expect_fault(&key, "scopes");
    key.scopes = SCOPE_PROJECT_ADMIN + 1;
    expect_fault(&key, "scopes");
    key.scopes = SCOPE_SIGN | UINT32_C(1) << 31;
    expect_fault(&key, "scopes");
}
END_TEST

START_TEST(a_key_cannot_have_expired_when_made)
{
    struct apikey key = good_key();

    key.expires_at = key.created_at;
    expect_fault(&key, "expires_at");
    key.expires_at = key.created_at - 1;
    expect_fault(&key, "expires_at");
    key.expires_at = INT64_MIN;
    expect_fault(&key, "expires_at");
}
END_TEST

START_TEST(all_faults_of_a_key_are_named_at_once)
{
    struct apikey key = good_key();
    struct faults faults = {0};

    key.name = text_of("\xFF");
    key.owner_id = text_of("\n");
    key.scopes = 0;
    key.expires_at = 0;
    ck_assert_int_eq(apikey_check(&key, &faults), RC_INVALID);
    ck_assert_uint_eq(faults.count, 4);
    ck_assert(faults_name(&faults, "name"));
    ck_assert(faults_name(&faults, "owner_id"));
    ck_assert(faults_name(&faults, "scopes"));
    ck_assert(faults_name(&faults, "expires_at"));
}
END_TEST

static const struct {
    enum scope scope;
    uint32_t bits;
    const char *name;
} scopes[] = {
    {SCOPE_ENDPOINTS_READ, 0x01, "endpoints:read"},
    {SCOPE_ENDPOINTS_WRITE, 0x02, "endpoints:write"},
    {SCOPE_SECRETS_ROLL, 0x04, "secrets:roll"},
    {SCOPE_SECRETS_READ, 0x08, "secrets:read"},
    {SCOPE_KEYS_WRITE, 0x10, "keys:write"},
    {SCOPE_PROJECT_WRITE, 0x20, "project:write"},
    {SCOPE_HISTORY_READ, 0x40, "history:read"},
    {SCOPE_SIGN, 0x80, "sign"},
    {SCOPE_PROJECT_ADMIN, 0xFF, "project_admin"},
};

enum {
    SCOPES = sizeof scopes / sizeof scopes[0]
};

START_TEST(a_scope_keeps_its_bit_and_name)
{
    uint32_t parsed = 0;
    char formatted[APIKEY_SCOPES_SIZE];

    ck_assert_uint_eq((uint32_t)scopes[_i].scope, scopes[_i].bits);
    ck_assert_str_eq(apikey_scope_name(scopes[_i].scope), scopes[_i].name);
    ck_assert(apikey_scopes_parse(text_of(scopes[_i].name), &parsed, &unknown));
    ck_assert_uint_eq(parsed, scopes[_i].bits);
    apikey_scopes_format(scopes[_i].bits, formatted);
    ck_assert_str_eq(formatted, scopes[_i].name);
}
END_TEST

START_TEST(scopes_are_separated_by_commas_or_spaces)
{
    static const char *const spellings[] = {"sign,secrets:roll", "sign secrets:roll",
                                            "secrets:roll, sign", "sign,sign secrets:roll"};

    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        uint32_t parsed = 0;

        ck_assert(apikey_scopes_parse(text_of(spellings[i]), &parsed, &unknown));
        ck_assert_uint_eq(parsed, SCOPE_SIGN | SCOPE_SECRETS_ROLL);
    }
}
END_TEST

START_TEST(the_bundle_is_all_scopes)
{
    uint32_t parsed = 0;

    ck_assert(apikey_scopes_parse(text_of("sign,project_admin"), &parsed, &unknown));
    ck_assert_uint_eq(parsed, SCOPE_PROJECT_ADMIN);
    ck_assert(apikey_scopes_parse(text_of("endpoints:read endpoints:write secrets:roll "
                                          "secrets:read keys:write project:write history:read "
                                          "sign"),
                                  &parsed, &unknown));
    ck_assert_uint_eq(parsed, SCOPE_PROJECT_ADMIN);
}
END_TEST

START_TEST(unknown_scopes_and_none_at_all_are_refused)
{
    static const char *const refused[] = {"",
                                          " ",
                                          ",",
                                          ", ,",
                                          "signs",
                                          "sig",
                                          "SIGN",
                                          "sign;secrets:roll",
                                          "sign\tsecrets:roll",
                                          "sign,unknown",
                                          "unknown,sign",
                                          "endpoints",
                                          "endpoints:",
                                          "*"};
    uint32_t parsed;

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        ck_assert_msg(!apikey_scopes_parse(text_of(refused[i]), &parsed, &unknown),
                      "\"%s\" was read", refused[i]);
    ck_assert(!apikey_scopes_parse((struct text){NULL, 0}, &parsed, &unknown));
    ck_assert(!apikey_scopes_parse((struct text){"sign\0", 5}, &parsed, &unknown));
}
END_TEST

static const struct {
    const char *names;
    size_t unknown;
} first_unknown[] = {
    {"", 0}, {" , ", 0}, {"x", 0}, {"sign,x", 1}, {", sign  x,y", 1}, {"sign,secrets:roll,SIGN", 2},
};

START_TEST(the_first_unknown_scope_is_told)
{
    uint32_t parsed = 0;

    unknown = 99;
    ck_assert(!apikey_scopes_parse(text_of(first_unknown[_i].names), &parsed, &unknown));
    ck_assert_uint_eq(unknown, first_unknown[_i].unknown);
}
END_TEST

START_TEST(a_fault_of_a_scope_says_which_there_are)
{
    struct faults faults = {0};

    apikey_scope_fault("scopes", "scopes[7]", &faults);
    ck_assert_str_eq(faults.list[0].member, "scopes");
    ck_assert_str_eq(faults.list[0].message,
                     "scopes[7] must be one of project_admin, endpoints:read, endpoints:write, "
                     "secrets:roll, secrets:read, keys:write, project:write, history:read, sign");
}
END_TEST

START_TEST(every_set_of_scopes_is_written_and_read_back)
{
    char formatted[APIKEY_SCOPES_SIZE];

    for (uint32_t set = 1; set <= SCOPE_PROJECT_ADMIN; set++) {
        uint32_t parsed = 0;

        memset(formatted, '#', sizeof formatted);
        apikey_scopes_format(set, formatted);
        ck_assert_ptr_nonnull(memchr(formatted, '\0', sizeof formatted));
        ck_assert(apikey_scopes_parse(text_of(formatted), &parsed, &unknown));
        ck_assert_uint_eq(parsed, set);
    }
    apikey_scopes_format(SCOPE_SIGN | SCOPE_ENDPOINTS_READ, formatted);
    ck_assert_str_eq(formatted, "endpoints:read,sign");
    apikey_scopes_format(0, formatted);
    ck_assert_str_eq(formatted, "");
}
END_TEST

Suite *apikey_suite(void)
{
    Suite *suite = suite_create("apikey");
    TCase *tc = tcase_create("apikey");

    tcase_add_test(tc, a_token_is_prefix_uid_and_base64url);
    tcase_add_test(tc, a_token_is_read_back);
    tcase_add_test(tc, any_32_bytes_make_a_token_that_is_read_back);
    tcase_add_test(tc, a_token_has_exactly_its_length);
    tcase_add_test(tc, a_token_has_one_spelling);
    tcase_add_test(tc, a_byte_beyond_ascii_stands_for_no_digit);
    tcase_add_test(tc, a_token_of_nobody_is_refused);
    tcase_add_test(tc, a_key_is_good_with_its_secret);
    tcase_add_test(tc, a_key_keeps_only_the_digest_of_its_secret);
    tcase_add_test(tc, any_other_secret_is_refused);
    tcase_add_test(tc, the_digest_itself_is_no_secret);
    tcase_add_test(tc, a_key_expires_at_its_millisecond);
    tcase_add_test(tc, a_revoked_key_is_good_at_no_moment);
    tcase_add_test(tc, a_key_within_bounds_has_no_fault);
    tcase_add_test(tc, name_and_owner_have_a_longest_length);
    tcase_add_test(tc, an_owner_that_is_given_is_not_empty);
    tcase_add_test(tc, name_and_owner_are_utf8_without_controls);
    tcase_add_test(tc, a_key_has_a_known_scope_and_no_other);
    tcase_add_test(tc, a_key_cannot_have_expired_when_made);
    tcase_add_test(tc, all_faults_of_a_key_are_named_at_once);
    tcase_add_loop_test(tc, a_scope_keeps_its_bit_and_name, 0, SCOPES);
    tcase_add_test(tc, scopes_are_separated_by_commas_or_spaces);
    tcase_add_test(tc, the_bundle_is_all_scopes);
    tcase_add_test(tc, unknown_scopes_and_none_at_all_are_refused);
    tcase_add_loop_test(tc, the_first_unknown_scope_is_told, 0,
                        (int)(sizeof first_unknown / sizeof first_unknown[0]));
    tcase_add_test(tc, a_fault_of_a_scope_says_which_there_are);
    tcase_add_test(tc, every_set_of_scopes_is_written_and_read_back);
    suite_add_tcase(suite, tc);
    return suite;
}
