/* crypto: the one includer of sodium.h. Decides which primitive does what; what
 * is sealed, hashed or compared is decided by the callers. */
#include "base/crypto.h"

#include "base/fiber.h"

#include <sodium.h>
#include <string.h>

_Static_assert(CRYPTO_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key size");
_Static_assert(CRYPTO_SEAL_OVERHEAD == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
                                           crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "nonce and tag size");

_Static_assert(CRYPTO_ED25519_SEED_BYTES == crypto_sign_ed25519_SEEDBYTES &&
                   CRYPTO_ED25519_PUBLIC_BYTES == crypto_sign_ed25519_PUBLICKEYBYTES &&
                   CRYPTO_ED25519_PRIVATE_BYTES == crypto_sign_ed25519_SECRETKEYBYTES &&
                   CRYPTO_ED25519_SIGNATURE_BYTES == crypto_sign_ed25519_BYTES,
               "Ed25519 sizes");

enum {
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
};

enum rc crypto_init(void)
{
    return sodium_init() < 0 ? RC_SYSTEM : RC_OK;
}

void crypto_random(void *out, size_t len)
{
    randombytes_buf(out, len);
}

FIBER_NOINLINE void crypto_random_id(void *out, size_t len)
{
    static _Thread_local uint8_t pool[320];
    static _Thread_local size_t left;

    if (len > sizeof pool) {
        randombytes_buf(out, len);
        return;
    }
    if (left < len) {
        randombytes_buf(pool, sizeof pool);
        left = sizeof pool;
    }
    left -= len;
    memcpy(out, pool + left, len);
}

void crypto_wipe(void *p, size_t len)
{
    if (len > 0)
        sodium_memzero(p, len);
}

bool crypto_equal(const void *a, size_t a_len, const void *b, size_t b_len)
{
    return a_len == b_len && sodium_memcmp(a, b, a_len) == 0;
}

void crypto_digest(uint8_t out[CRYPTO_DIGEST_BYTES], const void *in, size_t len)
{
    /* Fails only for sizes out of range, and ours is a constant within it. */
    (void)crypto_generichash(out, CRYPTO_DIGEST_BYTES, in, len, NULL, 0);
}

void crypto_seal(const uint8_t key[CRYPTO_KEY_BYTES], const void *ad, size_t ad_len, const void *in,
                 size_t len, uint8_t *out)
{
    randombytes_buf(out, NONCE_BYTES);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE_BYTES, NULL, in, len, ad, ad_len,
                                                     NULL, out, key);
}

bool crypto_open(const uint8_t key[CRYPTO_KEY_BYTES], const void *ad, size_t ad_len,
                 const uint8_t *in, size_t len, uint8_t *out)
{
    if (len < CRYPTO_SEAL_OVERHEAD)
        return false;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + NONCE_BYTES,
                                                      len - NONCE_BYTES, ad, ad_len, in, key) == 0;
}

void crypto_ed25519_key(const uint8_t seed[CRYPTO_ED25519_SEED_BYTES],
                        uint8_t out[CRYPTO_ED25519_PRIVATE_BYTES])
{
    uint8_t public[CRYPTO_ED25519_PUBLIC_BYTES];

    /* Writes the public key twice: here, and into the private key. */
    (void)crypto_sign_ed25519_seed_keypair(public, out, seed);
}

void crypto_ed25519_sign(const uint8_t key[CRYPTO_ED25519_PRIVATE_BYTES], struct text message,
                         uint8_t out[CRYPTO_ED25519_SIGNATURE_BYTES])
{
    (void)crypto_sign_ed25519_detached(out, NULL, (const uint8_t *)message.data, message.len, key);
}

bool crypto_ed25519_verify(const uint8_t key[CRYPTO_ED25519_PUBLIC_BYTES], struct text message,
                           const uint8_t signature[CRYPTO_ED25519_SIGNATURE_BYTES])
{
    return crypto_sign_ed25519_verify_detached(signature, (const uint8_t *)message.data,
                                               message.len, key) == 0;
}

void *crypto_guarded_new(size_t len)
{
    void *p = sodium_malloc(len);

    if (p != NULL)
        sodium_memzero(p, len);
    return p;
}

void crypto_guarded_free(void *p)
{
    sodium_free(p);
}

static int variant(enum crypto_base64 form)
{
    return form == CRYPTO_BASE64 ? sodium_base64_VARIANT_ORIGINAL
                                 : sodium_base64_VARIANT_URLSAFE_NO_PADDING;
}

void crypto_base64_encode(enum crypto_base64 form, const void *in, size_t len, char *out,
                          size_t size)
{
    (void)sodium_bin2base64(out, size, in, len, variant(form));
}

bool crypto_base64_decode(enum crypto_base64 form, const char *in, size_t in_len, void *out,
                          size_t size, size_t *len)
{
    const char *end = NULL;

    /* libsodium takes bytes above ASCII for letters of the alphabet. */
    for (size_t i = 0; i < in_len; i++)
        if ((unsigned char)in[i] > 0x7F)
            return false;
    return sodium_base642bin(out, size, in, in_len, NULL, len, &end, variant(form)) == 0 &&
           end == in + in_len;
}
