/* signing_key: prefixes and encodings of keys. */
#include "domain/signing_key.h"

#include <string.h>

static bool decode(struct text value, const char *prefix, uint8_t *out, size_t size, size_t *len)
{
    size_t skip = strlen(prefix);

    return value.len > skip && memcmp(value.data, prefix, skip) == 0 &&
           crypto_base64_decode(CRYPTO_BASE64, value.data + skip, value.len - skip, out, size, len);
}

struct text signing_key_hmac(struct text value, uint8_t room[SIGNING_KEY_DECODED_MAX])
{
    size_t len = 0;

    if (decode(value, "whsec_", room, SIGNING_KEY_DECODED_MAX, &len) &&
        len >= SIGNING_KEY_DECODED_MIN)
        return (struct text){(const char *)room, len};
    return value;
}

bool signing_key_private(struct text value, uint8_t out[CRYPTO_ED25519_PRIVATE_BYTES])
{
    uint8_t expected[CRYPTO_ED25519_PRIVATE_BYTES];
    size_t len = 0;
    bool good = decode(value, "whsk_", out, CRYPTO_ED25519_PRIVATE_BYTES, &len) &&
                len == CRYPTO_ED25519_PRIVATE_BYTES;

    if (good) {
        /* Signing with a public key that is not the seed's gives the seed away. */
        crypto_ed25519_key(out, expected);
        good = crypto_equal(out, len, expected, sizeof expected);
        crypto_wipe(expected, sizeof expected);
    }
    if (!good)
        crypto_wipe(out, CRYPTO_ED25519_PRIVATE_BYTES);
    return good;
}
