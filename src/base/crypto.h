/* crypto: the one door to libsodium.
 *
 * Call crypto_init once before anything else; every other function is
 * thread-safe. Nothing here keeps a pointer. */
#ifndef HOOKROLL_BASE_CRYPTO_H
#define HOOKROLL_BASE_CRYPTO_H

#include "base/rc.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CRYPTO_KEY_BYTES = 32,          /* a sealing key */
    CRYPTO_DIGEST_BYTES = 32,       /* a BLAKE2b-256 digest */
    CRYPTO_SEAL_OVERHEAD = 24 + 16, /* nonce before, authentication tag behind */
    CRYPTO_ED25519_SEED_BYTES = 32,
    CRYPTO_ED25519_PUBLIC_BYTES = 32,
    CRYPTO_ED25519_PRIVATE_BYTES = 64, /* the seed, and behind it the public key */
    CRYPTO_ED25519_SIGNATURE_BYTES = 64
};

/* crypto_init: RC_SYSTEM when the library cannot be started. May be called again. */
RC_CHECK enum rc crypto_init(void);

/* crypto_random: fills with unpredictable bytes; cannot fail once initialised. */
void crypto_random(void *out, size_t len);

/* crypto_random_id: the same for what is no secret, as ids are: drawn from the system many at a
 * time, so that a process that forks would repeat them. */
void crypto_random_id(void *out, size_t len);

/* crypto_wipe: overwrites in a way that the compiler keeps. `p` may be NULL when len is 0. */
void crypto_wipe(void *p, size_t len);

/* crypto_equal: constant time in the contents; lengths are public. */
bool crypto_equal(const void *a, size_t a_len, const void *b, size_t b_len);

/* crypto_digest: BLAKE2b-256 (RFC 7693) without a key. */
void crypto_digest(uint8_t out[CRYPTO_DIGEST_BYTES], const void *in, size_t len);

/* crypto_seal: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) under a fresh
 * random nonce. Writes len + CRYPTO_SEAL_OVERHEAD bytes to `out`: nonce,
 * ciphertext, tag. `ad` is authenticated and must be given again to open. */
void crypto_seal(const uint8_t key[CRYPTO_KEY_BYTES], const void *ad, size_t ad_len, const void *in,
                 size_t len, uint8_t *out);

/* crypto_open: the reverse; writes len - CRYPTO_SEAL_OVERHEAD bytes to `out`.
 * False when it was not sealed with this key and this `ad`, or was altered. */
RC_CHECK bool crypto_open(const uint8_t key[CRYPTO_KEY_BYTES], const void *ad, size_t ad_len,
                          const uint8_t *in, size_t len, uint8_t *out);

/* Ed25519 (RFC 8032). crypto_ed25519_key: the private key of a seed. */
void crypto_ed25519_key(const uint8_t seed[CRYPTO_ED25519_SEED_BYTES],
                        uint8_t out[CRYPTO_ED25519_PRIVATE_BYTES]);
void crypto_ed25519_sign(const uint8_t key[CRYPTO_ED25519_PRIVATE_BYTES], struct text message,
                         uint8_t out[CRYPTO_ED25519_SIGNATURE_BYTES]);

/* crypto_ed25519_verify: strict, as libsodium: no small-order keys, one form of S. */
RC_CHECK bool crypto_ed25519_verify(const uint8_t key[CRYPTO_ED25519_PUBLIC_BYTES],
                                    struct text message,
                                    const uint8_t signature[CRYPTO_ED25519_SIGNATURE_BYTES]);

/* crypto_guarded_new: zeroed memory between guard pages, locked where the
 * system lets it be, wiped by crypto_guarded_free (NULL is let pass). NULL when
 * there is none. */
void *crypto_guarded_new(size_t len);
void crypto_guarded_free(void *p);

enum crypto_base64 {
    CRYPTO_BASE64,    /* RFC 4648 section 4, padded */
    CRYPTO_BASE64_URL /* RFC 4648 section 5, without padding */
};

/* Room for `len` bytes encoded in either form, terminator included. */
#define CRYPTO_BASE64_SIZE(len) ((((len) + 2) / 3) * 4 + 1)

/* crypto_base64_encode: writes a C string; `size` is at least CRYPTO_BASE64_SIZE(len). */
void crypto_base64_encode(enum crypto_base64 form, const void *in, size_t len, char *out,
                          size_t size);

/* crypto_base64_decode: strict; false on any other character, wrong padding or
 * more than `size` bytes. *len is what was written. */
RC_CHECK bool crypto_base64_decode(enum crypto_base64 form, const char *in, size_t in_len,
                                   void *out, size_t size, size_t *len);

#endif
