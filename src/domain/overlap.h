/* overlap: which endpoints are on their way from one secret to the next, and which of them have
 * not been seen to arrive. Pure and thread-safe. */
#ifndef HOOKROLL_DOMAIN_OVERLAP_H
#define HOOKROLL_DOMAIN_OVERLAP_H

#include "domain/secret.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What endpoints are looked for by their secrets: those of which all that is set holds. */
struct overlap {
    bool in_grace;   /* a secret is in grace at `now` */
    bool unverified; /* no delivery that the current secret signed has verified yet */
    int64_t now;     /* ms */
};

/* overlap_matches: whether an endpoint with these secrets, whose values do not matter, is one. */
bool overlap_matches(const struct overlap *wanted, const struct secret *secrets, size_t count);

#endif
