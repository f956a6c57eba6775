/* hmac: nettle's contexts, wiped behind each use. */
#include "base/hmac.h"

#include "base/crypto.h"

#include <nettle/base16.h>
#include <nettle/base64.h>
#include <nettle/hmac.h>

_Static_assert(HMAC_MAX == SHA512_DIGEST_SIZE, "the longest digest");

static const uint8_t *bytes_of(struct text t)
{
    return (const uint8_t *)t.data;
}

static size_t with_sha256(struct text key, const struct text *parts, size_t count, uint8_t *out)
{
    struct hmac_sha256_ctx ctx;

    hmac_sha256_set_key(&ctx, key.len, bytes_of(key));
    for (size_t i = 0; i < count; i++)
        hmac_sha256_update(&ctx, parts[i].len, bytes_of(parts[i]));
    hmac_sha256_digest(&ctx, SHA256_DIGEST_SIZE, out);
    crypto_wipe(&ctx, sizeof ctx);
    return SHA256_DIGEST_SIZE;
}

static size_t with_sha512(struct text key, const struct text *parts, size_t count, uint8_t *out)
{
    struct hmac_sha512_ctx ctx;

    hmac_sha512_set_key(&ctx, key.len, bytes_of(key));
    for (size_t i = 0; i < count; i++)
        hmac_sha512_update(&ctx, parts[i].len, bytes_of(parts[i]));
    hmac_sha512_digest(&ctx, SHA512_DIGEST_SIZE, out);
    crypto_wipe(&ctx, sizeof ctx);
    return SHA512_DIGEST_SIZE;
}

size_t hmac(enum hmac_sha sha, struct text key, const struct text *parts, size_t count,
            uint8_t out[HMAC_MAX])
{
    return sha == HMAC_SHA512 ? with_sha512(key, parts, count, out)
                              : with_sha256(key, parts, count, out);
}

/* By tables of one or two cache lines. That tells at most who runs beside us of a signature, which
 * is no secret once it is sent; libsodium's encoders, which tell nothing, are slow. */
void hmac_hex(const uint8_t *digest, size_t len, char out[HMAC_TEXT_SIZE])
{
    base16_encode_update(out, len, digest);
    out[BASE16_ENCODE_LENGTH(len)] = '\0';
}

void hmac_base64(const uint8_t *digest, size_t len, char out[HMAC_TEXT_SIZE])
{
    base64_encode_raw(out, len, digest);
    out[BASE64_ENCODE_RAW_LENGTH(len)] = '\0';
}
