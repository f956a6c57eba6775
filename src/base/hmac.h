/* hmac: keyed digests (RFC 2104); the one door to nettle. Thread-safe; keeps no pointer. */
#ifndef HOOKROLL_BASE_HMAC_H
#define HOOKROLL_BASE_HMAC_H

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

enum {
    HMAC_MAX = 64 /* bytes of the longest */
};

enum hmac_sha {
    HMAC_SHA256,
    HMAC_SHA512
};

/* hmac: of the parts, one behind the other, under any key; returns how many bytes it wrote
 * to `out`. Nothing of the key stays behind. */
size_t hmac(enum hmac_sha sha, struct text key, const struct text *parts, size_t count,
            uint8_t out[HMAC_MAX]);

/* hmac_hex, hmac_base64: a digest of `len` bytes as a C string: lower case; RFC 4648, section
 * 4, with padding. */
enum {
    HMAC_TEXT_SIZE = 2 * HMAC_MAX + 1
};
void hmac_hex(const uint8_t *digest, size_t len, char out[HMAC_TEXT_SIZE]);
void hmac_base64(const uint8_t *digest, size_t len, char out[HMAC_TEXT_SIZE]);

#endif
