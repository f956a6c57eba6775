/* overlap: which endpoints are on their way from one secret to the next, which of them have not
 * been seen to arrive, and which have yet to set out. Pure and thread-safe. */
#ifndef HOOKROLL_DOMAIN_OVERLAP_H
#define HOOKROLL_DOMAIN_OVERLAP_H

#include "domain/secret.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What endpoints are looked for by their secrets: those of which all that is set holds. */
struct overlap {
    bool in_grace;          /* a secret is in grace at `now` */
    bool unverified;        /* no delivery that the current secret signed has verified yet */
    bool older;             /* the current secret is, than created_before (roll_older_is) */
    int64_t created_before; /* ms */
    int64_t now;            /* ms */
};

/* overlap_is_wanted: whether any is set, so that there are endpoints that do not match. */
bool overlap_is_wanted(const struct overlap *wanted);

/* overlap_matches: whether an endpoint with these secrets, whose values do not matter, is one. */
bool overlap_matches(const struct overlap *wanted, const struct secret *secrets, size_t count);

#endif
