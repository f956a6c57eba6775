/* secret: one signing secret and when it can sign. Pure and thread-safe.
 *
 * A secret's state is never stored: it can sign while now < expires_at, and
 * whoever signs or shows it asks the clock. */
#ifndef HOOKROLL_DOMAIN_SECRET_H
#define HOOKROLL_DOMAIN_SECRET_H

#include "base/rc.h"
#include "base/text.h"
#include "domain/faults.h"
#include "domain/uid.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SECRET_VALUE_MAX = 256,    /* bytes of a supplied secret */
    SECRET_ENTROPY_BYTES = 24, /* of a generated one: divisible by 3, so no padding */
    SECRET_GENERATED_SIZE = 6 + 32 + 1
};

/* expires_at of the current secret: no end is set. */
#define SECRET_NO_END INT64_MAX

struct secret {
    struct uid uid;
    struct text value;  /* borrowed from the arena of its endpoint */
    int64_t created_at; /* ms */
    int64_t updated_at; /* ms */
    int64_t expires_at; /* ms, or SECRET_NO_END */
};

/* Random bytes for one new secret, drawn before any lock is taken. Wipe after use. */
struct secret_fresh {
    uint8_t uid[UID_ENTROPY_BYTES];
    uint8_t value[SECRET_ENTROPY_BYTES];
};

/* secret_can_sign: until the last millisecond before expires_at. */
bool secret_can_sign(const struct secret *secret, int64_t now);

/* secret_generate: "whsec_" + base64 (Standard Webhooks); wipe it after use. */
void secret_generate(const uint8_t entropy[SECRET_ENTROPY_BYTES], char out[SECRET_GENERATED_SIZE]);

/* secret_check: RC_INVALID and a fault on "secret" unless `value` may be one:
 * 1 to SECRET_VALUE_MAX bytes of UTF-8 without control characters. */
RC_CHECK enum rc secret_check(struct text value, struct faults *faults);

#endif
