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
#include <stdint.h>

enum signing_key_type {
    SIGNING_KEY_HMAC,
    SIGNING_KEY_ED25519 /* the private half */
};

enum {
    SIGNING_KEY_DECODED_MIN = 24, /* bytes that a "whsec_" stands for */
    SIGNING_KEY_DECODED_MAX = 64
};

struct signing_key {
    enum signing_key_type type;
    struct text value; /* as written; borrowed */
};

/* signing_key_hmac: the HMAC key of Standard Webhooks: decoded into `room`, which the
 * caller wipes, or of a text in another form its bytes as written. Borrowed from either. */
struct text signing_key_hmac(struct text value, uint8_t room[SIGNING_KEY_DECODED_MAX]);

/* signing_key_private: false unless it is "whsk_" + base64 of a seed and the public key
 * that belongs to it. Wipe `out` after use. */
RC_CHECK bool signing_key_private(struct text value, uint8_t out[CRYPTO_ED25519_PRIVATE_BYTES]);

#endif
