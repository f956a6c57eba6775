/* secret: what a secret may look like and how long it counts. */
#include "domain/secret.h"

bool secret_can_sign(const struct secret *secret, int64_t now)
{
    return now < secret->expires_at;
}

bool secret_in_grace(const struct secret *secret, int64_t now)
{
    return secret->expires_at != SECRET_NO_END && secret_can_sign(secret, now);
}

const char *secret_state_name(const struct secret *secret, int64_t now)
{
    if (!secret_can_sign(secret, now))
        return "ended";
    return secret_in_grace(secret, now) ? "ending" : "current";
}

bool secret_verified_is_fresh(const struct secret *secret, int64_t now)
{
    return secret->verified_at > now - SECRET_VERIFIED_STEP &&
           secret->verified_at < now + SECRET_VERIFIED_STEP;
}

void secret_generate(const uint8_t entropy[SECRET_ENTROPY_BYTES], enum signing_key_type type,
                     char out[SECRET_GENERATED_SIZE])
{
    if (type == SIGNING_KEY_ED25519)
        signing_key_write_private(entropy, out);
    else
        signing_key_write_hmac(entropy, out);
}

enum rc secret_check(struct text value, struct faults *faults)
{
    if (text_is(value, SECRET_MASKED)) {
        faults_add(faults, "secret",
                   "secret must be the value itself, not what stands for it where it is hidden");
        return RC_INVALID;
    }
    if (value.len >= 1 && value.len <= SECRET_VALUE_MAX && text_is_utf8(value) &&
        !text_has_control(value))
        return RC_OK;
    faults_add(faults, "secret", "secret must be 1 to %d bytes of UTF-8 without control characters",
               SECRET_VALUE_MAX);
    return RC_INVALID;
}

enum rc secret_check_type(struct text value, enum signing_key_type type, struct faults *faults)
{
    enum signing_key_form form = signing_key_form(value);

    if (form == (type == SIGNING_KEY_ED25519 ? SIGNING_KEY_PRIVATE : SIGNING_KEY_TEXT))
        return RC_OK;
    if (type == SIGNING_KEY_ED25519)
        faults_add(faults, "secret",
                   "secret must be an ed25519 private key: whsk_ and base64 of its seed and its "
                   "public key");
    else if (form == SIGNING_KEY_PRIVATE)
        faults_add(faults, "secret",
                   "secret is an ed25519 private key: set signature.key_type to ed25519 first");
    else
        faults_add(faults, "secret",
                   "secret must not be an ed25519 public key: everybody may know it");
    return RC_INVALID;
}
