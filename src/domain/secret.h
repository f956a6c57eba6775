/* secret: one signing secret and when it can sign. Pure and thread-safe.
 *
 * A secret's state is never stored: it can sign while now < expires_at, and
 * whoever signs or shows it asks the clock. */
#ifndef HOOKROLL_DOMAIN_SECRET_H
#define HOOKROLL_DOMAIN_SECRET_H

#include "base/rc.h"
#include "base/text.h"
#include "domain/faults.h"
#include "domain/signing_key.h"
#include "domain/uid.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SECRET_VALUE_MAX = 256,                           /* bytes of a supplied secret */
    SECRET_ENTROPY_BYTES = CRYPTO_ED25519_SEED_BYTES, /* enough for a key of any type */
    SECRET_GENERATED_SIZE = SIGNING_KEY_PRIVATE_SIZE  /* of the longest type */
};

/* Stands for a value that may not be seen, and is none. */
#define SECRET_MASKED "[REDACTED]"

/* expires_at of the current secret: no end is set. */
#define SECRET_NO_END INT64_MAX

/* verified_at of a secret by which no signature was shown to verify. */
#define SECRET_NOT_VERIFIED INT64_MAX

#define SECRET_VERIFIED_STEP INT64_C(60000) /* ms: how exactly verified_at is kept */

struct secret {
    struct uid uid;
    struct text value;  /* borrowed from the arena of its endpoint */
    int64_t created_at; /* ms */
    int64_t updated_at; /* ms */
    int64_t expires_at; /* ms, or SECRET_NO_END */
    enum signing_key_type type;
    int64_t verified_at; /* ms: when a signature by it last verified, or SECRET_NOT_VERIFIED */
};

/* Random bytes for one new secret, drawn before any lock is taken. Wipe after use. */
struct secret_fresh {
    uint8_t uid[UID_ENTROPY_BYTES];
    uint8_t value[SECRET_ENTROPY_BYTES];
};

/* secret_can_sign: until the last millisecond before expires_at. */
bool secret_can_sign(const struct secret *secret, int64_t now);

/* secret_in_grace: an end is set, and until then it can sign. */
bool secret_in_grace(const struct secret *secret, int64_t now);

/* secret_state_name: "current", "ending" or "ended", as of `now`. */
const char *secret_state_name(const struct secret *secret, int64_t now);

/* secret_verified_is_fresh: verified_at lies within SECRET_VERIFIED_STEP of `now`: a little after
 * it when another request was first, further only by a clock that was wrong. */
bool secret_verified_is_fresh(const struct secret *secret, int64_t now);

/* secret_generate: a key of this type as Standard Webhooks writes it; wipe it after use. */
void secret_generate(const uint8_t entropy[SECRET_ENTROPY_BYTES], enum signing_key_type type,
                     char out[SECRET_GENERATED_SIZE]);

/* secret_check: RC_INVALID and a fault on "secret" unless `value` may be one:
 * 1 to SECRET_VALUE_MAX bytes of UTF-8 without control characters, and not SECRET_MASKED. */
RC_CHECK enum rc secret_check(struct text value, struct faults *faults);

/* secret_check_type: the same unless it may be one of an endpoint with keys of this
 * type. What is a private key to every receiver must not become an HMAC key here, nor may
 * one become it that everybody may know. */
RC_CHECK enum rc secret_check_type(struct text value, enum signing_key_type type,
                                   struct faults *faults);

#endif
