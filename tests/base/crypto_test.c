/* crypto: known answers of other implementations, refusal of whatever was altered,
 * and base64 that accepts one spelling only. */
#include "base/crypto.h"
#include "suites.h"
#include "support/fatal.h"

#include <stdint.h>
#include <string.h>

START_TEST(starting_twice_is_allowed)
{
    ck_assert_int_eq(crypto_init(), RC_OK);
    ck_assert_int_eq(crypto_init(), RC_OK);
}
END_TEST

typedef void random_fn(void *out, size_t len);

static random_fn *const randoms[] = {crypto_random, crypto_random_id};

enum {
    RANDOMS = sizeof randoms / sizeof randoms[0],
    RANDOM_BYTES = 32,
    DRAWS = 64 /* in which a byte that is written has more than one value */
};

/* Neither the bytes around them nor one of them is left. */
static void expect_filled(random_fn *random, size_t len)
{
    uint8_t first[512];
    uint8_t drawn[512];
    bool written[512] = {false};

    memset(first, 0xA5, sizeof first);
    random(first + 1, len);
    for (int i = 0; i < DRAWS; i++) {
        memset(drawn, 0xA5, sizeof drawn);
        random(drawn + 1, len);
        ck_assert_uint_eq(drawn[0], 0xA5);
        ck_assert_uint_eq(drawn[len + 1], 0xA5);
        for (size_t j = 1; j <= len; j++)
            written[j] = written[j] || drawn[j] != first[j];
    }
    for (size_t j = 1; j <= len; j++)
        if (!written[j])
            ck_abort_msg("byte %zu of %zu is not random", j - 1, len);
}

START_TEST(random_bytes_fill_exactly_what_was_asked_for)
{
    expect_filled(randoms[_i], 0);
    expect_filled(randoms[_i], 1);
    expect_filled(randoms[_i], RANDOM_BYTES);
    /* More than crypto_random_id draws at a time. */
    expect_filled(randoms[_i], 500);
}
END_TEST

/* Also behind the end of what crypto_random_id draws at a time. */
START_TEST(random_bytes_are_not_given_twice)
{
    uint8_t drawn[DRAWS][RANDOM_BYTES];

    for (size_t i = 0; i < DRAWS; i++) {
        randoms[_i](drawn[i], RANDOM_BYTES);
        for (size_t j = 0; j < i; j++)
            ck_assert_mem_ne(drawn[i], drawn[j], RANDOM_BYTES);
    }
}
END_TEST

START_TEST(wiping_zeroes_exactly_the_given_bytes)
{
    uint8_t bytes[6] = {1, 2, 3, 4, 5, 6};
    const uint8_t wiped[6] = {1, 0, 0, 0, 0, 6};

    crypto_wipe(NULL, 0);
    crypto_wipe(bytes, 0);
    crypto_wipe(bytes + 1, 4);
    ck_assert_mem_eq(bytes, wiped, sizeof wiped);
}
END_TEST

START_TEST(only_the_same_bytes_of_the_same_length_are_equal)
{
    ck_assert(crypto_equal("abc", 3, "abc", 3));
    ck_assert(!crypto_equal("abc", 3, "abd", 3));
    ck_assert(!crypto_equal("abc", 3, "bbc", 3));
    ck_assert(!crypto_equal("abc", 3, "abc", 2));
    ck_assert(!crypto_equal("abc", 2, "abc", 3));
    ck_assert(crypto_equal("a\0c", 3, "a\0c", 3));
    ck_assert(!crypto_equal("a\0c", 3, "a\0d", 3));
    ck_assert(crypto_equal("x", 0, "y", 0));
    ck_assert(crypto_equal(NULL, 0, NULL, 0));
    ck_assert(!crypto_equal(NULL, 0, "a", 1));
}
END_TEST

START_TEST(the_digest_is_blake2b_256)
{
    static const struct {
        const char *in;
        uint8_t digest[CRYPTO_DIGEST_BYTES];
    } known[] = {
        {"", {0x0e, 0x57, 0x51, 0xc0, 0x26, 0xe5, 0x43, 0xb2, 0xe8, 0xab, 0x2e,
              0xb0, 0x60, 0x99, 0xda, 0xa1, 0xd1, 0xe5, 0xdf, 0x47, 0x77, 0x8f,
              0x77, 0x87, 0xfa, 0xab, 0x45, 0xcd, 0xf1, 0x2f, 0xe3, 0xa8}},
        {"abc", {0xbd, 0xdd, 0x81, 0x3c, 0x63, 0x42, 0x39, 0x72, 0x31, 0x71, 0xef,
                 0x3f, 0xee, 0x98, 0x57, 0x9b, 0x94, 0x96, 0x4e, 0x3b, 0xb1, 0xcb,
                 0x3e, 0x42, 0x72, 0x62, 0xc8, 0xc0, 0x68, 0xd5, 0x23, 0x19}},
        {"hookroll", {0x29, 0xa4, 0x19, 0x44, 0x2c, 0x22, 0xd0, 0xb9, 0x3e, 0x4c, 0xc2,
                      0xf9, 0xc4, 0x4a, 0xcb, 0x4c, 0x8d, 0xa2, 0x30, 0x9b, 0x31, 0xae,
                      0xc0, 0x6e, 0x4a, 0x90, 0xf0, 0x8a, 0x38, 0x6c, 0x75, 0xfa}},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint8_t digest[CRYPTO_DIGEST_BYTES];

        crypto_digest(digest, known[i].in, strlen(known[i].in));
        ck_assert_mem_eq(digest, known[i].digest, sizeof digest);
    }
}
END_TEST

static const uint8_t key[CRYPTO_KEY_BYTES] = {
    0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f,
    0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f};

/* draft-irtf-cfrg-xchacha-03, appendix A.3.1. */
START_TEST(the_draft_s_example_is_opened)
{
    static const char plain[] = "Ladies and Gentlemen of the class of '99: If I could offer you "
                                "only one tip for the future, sunscreen would be it.";
    static const uint8_t ad[] = {0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1,
                                 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7};
    static const uint8_t sealed[] = {
        0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d,
        0x4e, 0x4f, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0xbd, 0x6d, 0x17, 0x9d,
        0x3e, 0x83, 0xd4, 0x3b, 0x95, 0x76, 0x57, 0x94, 0x93, 0xc0, 0xe9, 0x39, 0x57, 0x2a,
        0x17, 0x00, 0x25, 0x2b, 0xfa, 0xcc, 0xbe, 0xd2, 0x90, 0x2c, 0x21, 0x39, 0x6c, 0xbb,
        0x73, 0x1c, 0x7f, 0x1b, 0x0b, 0x4a, 0xa6, 0x44, 0x0b, 0xf3, 0xa8, 0x2f, 0x4e, 0xda,
        0x7e, 0x39, 0xae, 0x64, 0xc6, 0x70, 0x8c, 0x54, 0xc2, 0x16, 0xcb, 0x96, 0xb7, 0x2e,
        0x12, 0x13, 0xb4, 0x52, 0x2f, 0x8c, 0x9b, 0xa4, 0x0d, 0xb5, 0xd9, 0x45, 0xb1, 0x1b,
        0x69, 0xb9, 0x82, 0xc1, 0xbb, 0x9e, 0x3f, 0x3f, 0xac, 0x2b, 0xc3, 0x69, 0x48, 0x8f,
        0x76, 0xb2, 0x38, 0x35, 0x65, 0xd3, 0xff, 0xf9, 0x21, 0xf9, 0x66, 0x4c, 0x97, 0x63,
        0x7d, 0xa9, 0x76, 0x88, 0x12, 0xf6, 0x15, 0xc6, 0x8b, 0x13, 0xb5, 0x2e, 0xc0, 0x87,
        0x59, 0x24, 0xc1, 0xc7, 0x98, 0x79, 0x47, 0xde, 0xaf, 0xd8, 0x78, 0x0a, 0xcf, 0x49};
    uint8_t out[sizeof plain - 1];

    ck_assert_uint_eq(sizeof sealed, sizeof out + CRYPTO_SEAL_OVERHEAD);
    ck_assert(crypto_open(key, ad, sizeof ad, sealed, sizeof sealed, out));
    ck_assert_mem_eq(out, plain, sizeof out);
}
END_TEST

enum {
    PLAIN_BYTES = 21,
    SEALED_BYTES = PLAIN_BYTES + CRYPTO_SEAL_OVERHEAD
};

static const char plain_text[] = "a secret and its rest";
static const char ad_text[] = "where it belongs";

static void seal(uint8_t sealed[SEALED_BYTES])
{
    crypto_seal(key, ad_text, strlen(ad_text), plain_text, PLAIN_BYTES, sealed);
}

START_TEST(what_is_sealed_can_be_opened)
{
    uint8_t sealed[SEALED_BYTES];
    uint8_t out[PLAIN_BYTES];

    seal(sealed);
    ck_assert(crypto_open(key, ad_text, strlen(ad_text), sealed, sizeof sealed, out));
    ck_assert_mem_eq(out, plain_text, PLAIN_BYTES);
}
END_TEST

START_TEST(sealing_writes_no_more_than_it_says)
{
    uint8_t sealed[SEALED_BYTES + 2];

    memset(sealed, 0xA5, sizeof sealed);
    seal(sealed + 1);
    ck_assert_uint_eq(sealed[0], 0xA5);
    ck_assert_uint_eq(sealed[SEALED_BYTES + 1], 0xA5);
}
END_TEST

START_TEST(nothing_can_be_sealed_and_opened)
{
    uint8_t sealed[CRYPTO_SEAL_OVERHEAD];
    uint8_t out[1] = {0xA5};

    crypto_seal(key, NULL, 0, NULL, 0, sealed);
    ck_assert(crypto_open(key, NULL, 0, sealed, sizeof sealed, out));
    ck_assert_uint_eq(out[0], 0xA5);
    sealed[CRYPTO_SEAL_OVERHEAD - 1] ^= 1;
    ck_assert(!crypto_open(key, NULL, 0, sealed, sizeof sealed, out));
}
END_TEST

START_TEST(every_sealing_has_its_own_nonce)
{
    uint8_t a[SEALED_BYTES] = {0};
    uint8_t b[SEALED_BYTES] = {0};

    seal(a);
    seal(b);
    ck_assert_mem_ne(a, b, 24);
    ck_assert_mem_ne(a + 24, b + 24, PLAIN_BYTES);
}
END_TEST

START_TEST(any_altered_bit_of_nonce_cipher_or_tag_is_refused)
{
    uint8_t sealed[SEALED_BYTES];
    uint8_t out[PLAIN_BYTES];

    seal(sealed);
    for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
        bool opened;

        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        opened = crypto_open(key, ad_text, strlen(ad_text), sealed, sizeof sealed, out);
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (opened)
            ck_abort_msg("opened in spite of bit %zu", bit);
    }
    ck_assert(crypto_open(key, ad_text, strlen(ad_text), sealed, sizeof sealed, out));
}
END_TEST

START_TEST(any_altered_bit_of_the_key_is_refused)
{
    uint8_t sealed[SEALED_BYTES];
    uint8_t out[PLAIN_BYTES];
    uint8_t other[CRYPTO_KEY_BYTES];

    seal(sealed);
    for (size_t bit = 0; bit < 8 * sizeof other; bit++) {
        memcpy(other, key, sizeof other);
        other[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (crypto_open(other, ad_text, strlen(ad_text), sealed, sizeof sealed, out))
            ck_abort_msg("opened in spite of bit %zu", bit);
    }
}
END_TEST

START_TEST(any_other_ad_is_refused)
{
    uint8_t sealed[SEALED_BYTES];
    uint8_t out[PLAIN_BYTES];

    seal(sealed);
    ck_assert(!crypto_open(key, NULL, 0, sealed, sizeof sealed, out));
    ck_assert(!crypto_open(key, "Where it belongs", 16, sealed, sizeof sealed, out));
    ck_assert(!crypto_open(key, ad_text, strlen(ad_text) - 1, sealed, sizeof sealed, out));
    ck_assert(!crypto_open(key, ad_text, strlen(ad_text) + 1, sealed, sizeof sealed, out));
}
END_TEST

START_TEST(a_shortened_or_lengthened_seal_is_refused)
{
    uint8_t sealed[SEALED_BYTES + 1];
    uint8_t out[PLAIN_BYTES + 1];

    sealed[SEALED_BYTES] = 0;
    seal(sealed);
    for (size_t len = 0; len < SEALED_BYTES; len++)
        if (crypto_open(key, ad_text, strlen(ad_text), sealed, len, out))
            ck_abort_msg("opened at %zu bytes", len);
    ck_assert(!crypto_open(key, ad_text, strlen(ad_text), sealed, SEALED_BYTES + 1, out));
    ck_assert(crypto_open(key, ad_text, strlen(ad_text), sealed, SEALED_BYTES, out));
}
END_TEST

START_TEST(guarded_memory_is_zeroed_and_writable)
{
    uint8_t *p = crypto_guarded_new(1000);

    ck_assert_ptr_nonnull(p);
    for (size_t i = 0; i < 1000; i++)
        if (p[i] != 0)
            ck_abort_msg("byte %zu is not zero", i);
    memset(p, 1, 1000);
    crypto_guarded_free(p);
    crypto_guarded_free(NULL);
}
END_TEST

START_TEST(guarded_memory_ends_at_a_guard_page)
{
    uint8_t *p = crypto_guarded_new(100);

    ck_assert_ptr_nonnull(p);
    ck_assert(!fatal_write(p + 99));
    ck_assert(fatal_write(p + 100));
    crypto_guarded_free(p);
}
END_TEST

START_TEST(freed_guarded_memory_is_gone)
{
    uint8_t *p = crypto_guarded_new(100);
    volatile uint8_t *at = p;

    ck_assert_ptr_nonnull(p);
    crypto_guarded_free(p);
    ck_assert(fatal_write(at));
}
END_TEST

static const struct {
    const char *in;
    size_t len;
    const char *padded;
    const char *url;
} encodings[] = {
    /* RFC 4648, section 10. */
    {"", 0, "", ""},
    {"f", 1, "Zg==", "Zg"},
    {"fo", 2, "Zm8=", "Zm8"},
    {"foo", 3, "Zm9v", "Zm9v"},
    {"foob", 4, "Zm9vYg==", "Zm9vYg"},
    {"fooba", 5, "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", 6, "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xff\xbf", 3, "+/+/", "-_-_"},
    {"\0\0", 2, "AAA=", "AAA"},
};

START_TEST(base64_of_known_bytes)
{
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        char out[CRYPTO_BASE64_SIZE(6)];
        uint8_t back[6];
        size_t len = 99;

        ck_assert_uint_ge(CRYPTO_BASE64_SIZE(encodings[i].len), strlen(encodings[i].padded) + 1);
        crypto_base64_encode(CRYPTO_BASE64, encodings[i].in, encodings[i].len, out,
                             CRYPTO_BASE64_SIZE(encodings[i].len));
        ck_assert_str_eq(out, encodings[i].padded);
        ck_assert(crypto_base64_decode(CRYPTO_BASE64, out, strlen(out), back, sizeof back, &len));
        ck_assert_uint_eq(len, encodings[i].len);
        ck_assert_int_eq(memcmp(back, encodings[i].in, len), 0);

        crypto_base64_encode(CRYPTO_BASE64_URL, encodings[i].in, encodings[i].len, out,
                             CRYPTO_BASE64_SIZE(encodings[i].len));
        ck_assert_str_eq(out, encodings[i].url);
        len = 99;
        ck_assert(
            crypto_base64_decode(CRYPTO_BASE64_URL, out, strlen(out), back, sizeof back, &len));
        ck_assert_uint_eq(len, encodings[i].len);
        ck_assert_int_eq(memcmp(back, encodings[i].in, len), 0);
    }
}
END_TEST

START_TEST(base64_takes_no_second_spelling)
{
    static const struct {
        enum crypto_base64 form;
        const char *in;
        size_t len;
    } refused[] = {
        {CRYPTO_BASE64, "Zg", 2},         {CRYPTO_BASE64, "Zg=", 3},
        {CRYPTO_BASE64, "Zg===", 5},      {CRYPTO_BASE64, "Zm9v=", 5},
        {CRYPTO_BASE64, "=", 1},          {CRYPTO_BASE64, "====", 4},
        {CRYPTO_BASE64, "Z", 1},          {CRYPTO_BASE64, "Z===", 4},
        {CRYPTO_BASE64, "Zh==", 4},       {CRYPTO_BASE64, "Zm9=", 4},
        {CRYPTO_BASE64, "Zm9v\n", 5},     {CRYPTO_BASE64, " Zm9v", 5},
        {CRYPTO_BASE64, "Zm 9v", 5},      {CRYPTO_BASE64, "Zm9v\0", 5},
        {CRYPTO_BASE64, "-_-_", 4},       {CRYPTO_BASE64, "Zg==Zg==", 8},
        {CRYPTO_BASE64, "Zm9\x80", 4},    {CRYPTO_BASE64, "Zm9*", 4},
        {CRYPTO_BASE64_URL, "Zg==", 4},   {CRYPTO_BASE64_URL, "Zm8=", 4},
        {CRYPTO_BASE64_URL, "Z", 1},      {CRYPTO_BASE64_URL, "Zh", 2},
        {CRYPTO_BASE64_URL, "Zm9", 3},    {CRYPTO_BASE64_URL, "+/+/", 4},
        {CRYPTO_BASE64_URL, "Zm9v\n", 5}, {CRYPTO_BASE64_URL, "Zm9v\0", 5},
        {CRYPTO_BASE64_URL, "Zm9v=", 5},
    };

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        uint8_t out[16];
        size_t len;

        ck_assert_msg(!crypto_base64_decode(refused[i].form, refused[i].in, refused[i].len, out,
                                            sizeof out, &len),
                      "row %zu was read: %s", i, refused[i].in);
    }
}
END_TEST

START_TEST(base64_takes_only_the_bytes_of_its_alphabet)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    for (int c = 0; c < 256; c++) {
        const bool common = c != 0 && strchr(alphabet, c) != NULL;
        const char in[4] = {'A', (char)c, 'A', 'A'};
        uint8_t out[3];
        size_t len;

        if (crypto_base64_decode(CRYPTO_BASE64, in, 4, out, sizeof out, &len) !=
            (common || c == '+' || c == '/'))
            ck_abort_msg("padded form and byte %d", c);
        if (crypto_base64_decode(CRYPTO_BASE64_URL, in, 4, out, sizeof out, &len) !=
            (common || c == '-' || c == '_'))
            ck_abort_msg("url form and byte %d", c);
    }
}
END_TEST

START_TEST(base64_writes_no_more_than_there_is_room_for)
{
    uint8_t out[7];
    size_t len;

    memset(out, 0xA5, sizeof out);
    ck_assert(!crypto_base64_decode(CRYPTO_BASE64, "Zm9vYmFy", 8, out, 5, &len));
    ck_assert_uint_eq(out[5], 0xA5);
    ck_assert(crypto_base64_decode(CRYPTO_BASE64, "Zm9vYmFy", 8, out, 6, &len));
    ck_assert_uint_eq(len, 6);
    ck_assert_uint_eq(out[6], 0xA5);
    ck_assert(crypto_base64_decode(CRYPTO_BASE64, "Zm9vYmFy", 8, out, 7, &len));
    ck_assert_uint_eq(len, 6);
    ck_assert(!crypto_base64_decode(CRYPTO_BASE64, "Zg==", 4, out, 0, &len));
    ck_assert(crypto_base64_decode(CRYPTO_BASE64, "", 0, out, 0, &len));
    ck_assert_uint_eq(len, 0);
}
END_TEST

Suite *crypto_suite(void)
{
    Suite *suite = suite_create("crypto");
    TCase *tc = tcase_create("crypto");

    tcase_add_test(tc, starting_twice_is_allowed);
    tcase_add_loop_test(tc, random_bytes_fill_exactly_what_was_asked_for, 0, RANDOMS);
    tcase_add_loop_test(tc, random_bytes_are_not_given_twice, 0, RANDOMS);
    tcase_add_test(tc, wiping_zeroes_exactly_the_given_bytes);
    tcase_add_test(tc, only_the_same_bytes_of_the_same_length_are_equal);
    tcase_add_test(tc, the_digest_is_blake2b_256);
    tcase_add_test(tc, the_draft_s_example_is_opened);
    tcase_add_test(tc, what_is_sealed_can_be_opened);
    tcase_add_test(tc, sealing_writes_no_more_than_it_says);
    tcase_add_test(tc, nothing_can_be_sealed_and_opened);
    tcase_add_test(tc, every_sealing_has_its_own_nonce);
    tcase_add_test(tc, any_altered_bit_of_nonce_cipher_or_tag_is_refused);
    tcase_add_test(tc, any_altered_bit_of_the_key_is_refused);
    tcase_add_test(tc, any_other_ad_is_refused);
    tcase_add_test(tc, a_shortened_or_lengthened_seal_is_refused);
    tcase_add_test(tc, guarded_memory_is_zeroed_and_writable);
    tcase_add_test(tc, guarded_memory_ends_at_a_guard_page);
    tcase_add_test(tc, freed_guarded_memory_is_gone);
    tcase_add_test(tc, base64_of_known_bytes);
    tcase_add_test(tc, base64_takes_no_second_spelling);
    tcase_add_test(tc, base64_takes_only_the_bytes_of_its_alphabet);
    tcase_add_test(tc, base64_writes_no_more_than_there_is_room_for);
    suite_add_tcase(suite, tc);
    return suite;
}
