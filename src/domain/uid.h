/* uid: identifiers of projects, keys, endpoints and secrets: ULIDs
 * (https://github.com/ulid/spec), 48 bits of milliseconds and 80 random bits.
 *
 * Written as 26 characters of upper-case Crockford base 32; no other spelling is
 * read, so one thing has one name. Pure and thread-safe. */
#ifndef HOOKROLL_DOMAIN_UID_H
#define HOOKROLL_DOMAIN_UID_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    UID_BYTES = 16,
    UID_ENTROPY_BYTES = 10,
    UID_SIZE = 27 /* as a C string */
};

struct uid {
    uint8_t bytes[UID_BYTES]; /* sorts by time */
};

/* The uid that is nobody's: all bytes zero. */
#define UID_NONE ((struct uid){{0}})

/* uid_make: from a moment (ms, not before 1970) and random bytes. */
struct uid uid_make(int64_t now, const uint8_t entropy[UID_ENTROPY_BYTES]);

/* uid_parse: false, and *out alone, unless `t` is exactly one uid other than UID_NONE. */
bool uid_parse(struct text t, struct uid *out);

void uid_format(const struct uid *uid, char out[UID_SIZE]);

bool uid_equal(const struct uid *a, const struct uid *b);
bool uid_is_none(const struct uid *uid);

#endif
