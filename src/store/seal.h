/* seal: encrypts one value for the one place where it is stored.
 *
 * The place (what it is, and of which project, endpoint and secret or member) is
 * authenticated with it, so that a sealed value copied to another row or member
 * does not open. Thread-safe. */
#ifndef HOOKROLL_STORE_SEAL_H
#define HOOKROLL_STORE_SEAL_H

#include "base/arena.h"
#include "base/pack.h"
#include "base/rc.h"
#include "base/text.h"
#include "domain/uid.h"
#include "store/keyring.h"

/* Authenticated as these numbers, which therefore never change. */
enum seal_kind {
    SEAL_SECRET = 1, /* a signing secret; part is its uid */
    SEAL_MEMBER = 2, /* a member of an endpoint; its number is in part's last byte */
    SEAL_CHECK = 3   /* the store's proof of its master key; no part */
};

struct seal_place {
    enum seal_kind kind;
    struct uid project;
    struct uid endpoint;
    struct uid part;
};

/* seal_pack: appends the sealed form of `plain`, with its length. */
void seal_pack(struct buf *buf, const struct keyring_key *key, const struct seal_place *place,
               struct text plain);

/* seal_unpack: reads it back into `arena`. RC_CORRUPT when it is not whole,
 * longer than `max` bytes, of another place or another key; RC_NO_MEMORY. */
RC_CHECK enum rc seal_unpack(struct unpack *in, const struct keyring_key *key,
                             const struct seal_place *place, size_t max, struct arena *arena,
                             struct text *out);

#endif
