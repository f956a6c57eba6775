/* hmac: the answers of RFC 4231, and that parts make no difference. */
#include "base/hmac.h"

#include "suites.h"

#define KEY_20  "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
#define AA_16   "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa"
#define KEY_131 AA_16 AA_16 AA_16 AA_16 AA_16 AA_16 AA_16 AA_16 "\xaa\xaa\xaa"

static const struct {
    const char *key;
    const char *data;
    const char *sha256;
    const char *sha512;
} known[] = {
    {KEY_20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
     "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
     "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
    {"Jefe", "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
     "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
    {KEY_131, "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
     "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
     "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
    {"", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
     "b936cee86c9f87aa5d3c6f2e84cb5a4239a5fe50480a6ec66b70ab5b1f4ac673"
     "0c6c515421b327ec1d69402e53dfb49ad7381eb067b338fd7b0cb22247225d47"},
};

static void expect(enum hmac_sha sha, const char *key, const struct text *parts, size_t count,
                   const char *hex)
{
    uint8_t out[HMAC_MAX];
    char text[2 * HMAC_MAX + 1];
    size_t len = hmac(sha, text_of(key), parts, count, out);

    hmac_hex(out, len, text);
    ck_assert_str_eq(text, hex);
}

START_TEST(the_known_answers)
{
    const struct text whole = text_of(known[_i].data);

    expect(HMAC_SHA256, known[_i].key, &whole, 1, known[_i].sha256);
    expect(HMAC_SHA512, known[_i].key, &whole, 1, known[_i].sha512);
}
END_TEST

START_TEST(parts_are_one_message)
{
    const struct text whole = text_of(known[_i].data);

    for (size_t i = 0; i <= whole.len; i++) {
        const struct text parts[] = {{whole.data, i}, {NULL, 0}, {whole.data + i, whole.len - i}};

        expect(HMAC_SHA256, known[_i].key, parts, 3, known[_i].sha256);
        expect(HMAC_SHA512, known[_i].key, parts, 3, known[_i].sha512);
    }
}
END_TEST

Suite *hmac_suite(void)
{
    Suite *suite = suite_create("hmac");
    TCase *tc = tcase_create("digests");

    tcase_add_loop_test(tc, the_known_answers, 0, sizeof known / sizeof known[0]);
    tcase_add_loop_test(tc, parts_are_one_message, 0, sizeof known / sizeof known[0]);
    suite_add_tcase(suite, tc);
    return suite;
}
