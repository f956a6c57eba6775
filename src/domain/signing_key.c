/* signing_key: prefixes and encodings of keys. */
#include "domain/signing_key.h"

#include <stdio.h>
#include <string.h>

static const char hmac_prefix[] = "whsec_";
static const char private_prefix[] = "whsk_";
static const char public_prefix[] = "whpk_";

static void encode(const char *prefix, const uint8_t *bytes, size_t len, char *out, size_t size)
{
    size_t at = strlen(prefix);

    (void)snprintf(out, size, "%s", prefix);
    crypto_base64_encode(CRYPTO_BASE64, bytes, len, out + at, size - at);
}

static bool decode(struct text value, const char *prefix, uint8_t *out, size_t size, size_t *len)
{
    size_t skip = strlen(prefix);

    return text_begins(value, prefix) &&
           crypto_base64_decode(CRYPTO_BASE64, value.data + skip, value.len - skip, out, size, len);
}

void signing_key_write_hmac(const uint8_t bytes[SIGNING_KEY_HMAC_BYTES],
                            char out[SIGNING_KEY_HMAC_SIZE])
{
    encode(hmac_prefix, bytes, SIGNING_KEY_HMAC_BYTES, out, SIGNING_KEY_HMAC_SIZE);
}

void signing_key_write_private(const uint8_t seed[CRYPTO_ED25519_SEED_BYTES],
                               char out[SIGNING_KEY_PRIVATE_SIZE])
{
    uint8_t key[CRYPTO_ED25519_PRIVATE_BYTES];

    crypto_ed25519_key(seed, key);
    encode(private_prefix, key, sizeof key, out, SIGNING_KEY_PRIVATE_SIZE);
    crypto_wipe(key, sizeof key);
}

struct text signing_key_hmac(struct text value, uint8_t room[SIGNING_KEY_DECODED_MAX])
{
    size_t len = 0;

    if (decode(value, hmac_prefix, room, SIGNING_KEY_DECODED_MAX, &len) &&
        len >= SIGNING_KEY_DECODED_MIN)
        return (struct text){(const char *)room, len};
    return value;
}

bool signing_key_is_misformed(struct text value)
{
    uint8_t room[SIGNING_KEY_DECODED_MAX];
    bool as_written = signing_key_hmac(value, room).data == value.data;

    crypto_wipe(room, sizeof room);
    return as_written && text_begins(value, hmac_prefix);
}

bool signing_key_private(struct text value, uint8_t out[CRYPTO_ED25519_PRIVATE_BYTES])
{
    uint8_t expected[CRYPTO_ED25519_PRIVATE_BYTES];
    size_t len = 0;
    bool good = decode(value, private_prefix, out, CRYPTO_ED25519_PRIVATE_BYTES, &len) &&
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

bool signing_key_is_in(struct text t)
{
    return memmem(t.data, t.len, hmac_prefix, strlen(hmac_prefix)) != NULL ||
           memmem(t.data, t.len, private_prefix, strlen(private_prefix)) != NULL;
}

static bool public_of_private(struct text value, uint8_t out[CRYPTO_ED25519_PUBLIC_BYTES])
{
    uint8_t key[CRYPTO_ED25519_PRIVATE_BYTES];
    bool good = signing_key_private(value, key);

    memcpy(out, key + CRYPTO_ED25519_SEED_BYTES, CRYPTO_ED25519_PUBLIC_BYTES);
    crypto_wipe(key, sizeof key);
    return good;
}

bool signing_key_public(struct text value, uint8_t out[CRYPTO_ED25519_PUBLIC_BYTES])
{
    size_t len = 0;

    if (decode(value, public_prefix, out, CRYPTO_ED25519_PUBLIC_BYTES, &len))
        return len == CRYPTO_ED25519_PUBLIC_BYTES;
    return public_of_private(value, out);
}

enum signing_key_form signing_key_form(struct text value)
{
    uint8_t key[CRYPTO_ED25519_PRIVATE_BYTES];
    bool is_private = signing_key_private(value, key);

    crypto_wipe(key, sizeof key);
    if (is_private)
        return SIGNING_KEY_PRIVATE;
    return signing_key_public(value, key) ? SIGNING_KEY_PUBLIC : SIGNING_KEY_TEXT;
}

bool signing_key_write_public(struct text value, char out[SIGNING_KEY_PUBLIC_SIZE])
{
    uint8_t key[CRYPTO_ED25519_PUBLIC_BYTES];
    bool good = public_of_private(value, key);

    out[0] = '\0';
    if (good)
        encode(public_prefix, key, sizeof key, out, SIGNING_KEY_PUBLIC_SIZE);
    return good;
}

const char *signing_key_type_name(enum signing_key_type type)
{
    return type == SIGNING_KEY_ED25519 ? "ed25519" : "hmac";
}

bool signing_key_type_named(struct text name, enum signing_key_type *out)
{
    *out = text_is(name, "ed25519") ? SIGNING_KEY_ED25519 : SIGNING_KEY_HMAC;
    return text_is(name, signing_key_type_name(*out));
}
