/* secret: what a secret may look like and how long it counts. */
#include "domain/secret.h"

#include "base/crypto.h"

#include <string.h>

static const char prefix[] = "whsec_";

bool secret_can_sign(const struct secret *secret, int64_t now)
{
    return now < secret->expires_at;
}

void secret_generate(const uint8_t entropy[SECRET_ENTROPY_BYTES], char out[SECRET_GENERATED_SIZE])
{
    const size_t at = sizeof prefix - 1;

    memcpy(out, prefix, at);
    crypto_base64_encode(CRYPTO_BASE64, entropy, SECRET_ENTROPY_BYTES, out + at,
                         SECRET_GENERATED_SIZE - at);
}

enum rc secret_check(struct text value, struct faults *faults)
{
    if (value.len >= 1 && value.len <= SECRET_VALUE_MAX && text_is_utf8(value) &&
        !text_has_control(value))
        return RC_OK;
    faults_add(faults, "secret", "secret must be 1 to %d bytes of UTF-8 without control characters",
               SECRET_VALUE_MAX);
    return RC_INVALID;
}
