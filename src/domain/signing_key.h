/* signing_key: what the text of a secret means to who signs with it.
 *
 * Standard Webhooks (https://www.standardwebhooks.com): "whsec_" + base64 of 24 to
 * 64 bytes is an HMAC key, "whsk_" an ed25519 private key. Pure and thread-safe. */
#ifndef HOOKROLL_DOMAIN_SIGNING_KEY_H
#define HOOKROLL_DOMAIN_SIGNING_KEY_H

#include "base/crypto.h"
#include "base/rc.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stored as these numbers, which therefore never change. */
enum signing_key_type {
    SIGNING_KEY_HMAC = 1,
    SIGNING_KEY_ED25519 = 2 /* the private half */
};

enum {
    SIGNING_KEYS_MAX = 64,        /* of one delivery */
    SIGNING_KEY_DECODED_MIN = 24, /* bytes that a "whsec_" stands for */
    SIGNING_KEY_DECODED_MAX = 64,
    SIGNING_KEY_HMAC_BYTES = 24, /* of a new one: divisible by 3, so no padding */
    SIGNING_KEY_HMAC_SIZE = 6 + CRYPTO_BASE64_SIZE(SIGNING_KEY_HMAC_BYTES),
    SIGNING_KEY_PRIVATE_SIZE = 5 + CRYPTO_BASE64_SIZE(CRYPTO_ED25519_PRIVATE_BYTES),
    SIGNING_KEY_PUBLIC_SIZE = 5 + CRYPTO_BASE64_SIZE(CRYPTO_ED25519_PUBLIC_BYTES)
};

/* What is written where a key is: of ed25519 one half or the other, and all else is text. */
enum signing_key_form {
    SIGNING_KEY_TEXT, /* an HMAC key */
    SIGNING_KEY_PRIVATE,
    SIGNING_KEY_PUBLIC
};

struct signing_key {
    enum signing_key_type type;
    struct text value; /* as written; borrowed */
};

/* Those that sign one delivery, or may have signed it. */
struct signing_keys {
    size_t count;
    struct signing_key list[SIGNING_KEYS_MAX];
};

/* signing_key_write_hmac: "whsec_" and the bytes; signing_key_write_private: "whsk_",
 * the seed and its public key. Wipe `out` after use. */
void signing_key_write_hmac(const uint8_t bytes[SIGNING_KEY_HMAC_BYTES],
                            char out[SIGNING_KEY_HMAC_SIZE]);
void signing_key_write_private(const uint8_t seed[CRYPTO_ED25519_SEED_BYTES],
                               char out[SIGNING_KEY_PRIVATE_SIZE]);

/* signing_key_hmac: the HMAC key of Standard Webhooks: decoded into `room`, which the
 * caller wipes, or of a text in another form its bytes as written. Borrowed from either. */
struct text signing_key_hmac(struct text value, uint8_t room[SIGNING_KEY_DECODED_MAX]);

/* signing_key_is_misformed: it begins as an HMAC key of Standard Webhooks is written, and is none,
 * so that its bytes as written are the key. */
bool signing_key_is_misformed(struct text value);

/* signing_key_private: false unless it is "whsk_" + base64 of a seed and the public key
 * that belongs to it. Wipe `out` after use. */
RC_CHECK bool signing_key_private(struct text value, uint8_t out[CRYPTO_ED25519_PRIVATE_BYTES]);

/* signing_key_is_in: something in `t` begins as an HMAC key or a private key is written. */
bool signing_key_is_in(struct text t);

/* signing_key_public: the public half of a key as written, private or public ("whpk_" +
 * base64 of 32 bytes); false when it is neither. */
RC_CHECK bool signing_key_public(struct text value, uint8_t out[CRYPTO_ED25519_PUBLIC_BYTES]);

/* signing_key_form: by these two. What only begins like a key of ed25519 is text. */
enum signing_key_form signing_key_form(struct text value);

/* signing_key_write_public: "whpk_" and the public half of a private key as written;
 * false, and "", when that is none. */
bool signing_key_write_public(struct text value, char out[SIGNING_KEY_PUBLIC_SIZE]);

/* "hmac", "ed25519"; signing_key_type_named is the reverse. */
const char *signing_key_type_name(enum signing_key_type type);
RC_CHECK bool signing_key_type_named(struct text name, enum signing_key_type *out);

#endif
