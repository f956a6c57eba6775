/* roll_older: rolling only what is older than a moment, so that whoever rolls many endpoints may
 * begin again, or meet others who do the same, and each is rolled once. Pure. */
#ifndef HOOKROLL_DOMAIN_ROLL_OLDER_H
#define HOOKROLL_DOMAIN_ROLL_OLDER_H

#include "base/rc.h"
#include "base/text.h"
#include "domain/edit.h"
#include "domain/faults.h"
#include "domain/roll.h"

#include <stdbool.h>
#include <stdint.h>

struct roll_older {
    struct roll roll;
    int64_t created_before; /* ms, not after roll.by.now: else what was rolled would be again */
    struct text owner_id;   /* only endpoints of this one; absent: of all */
};

/* roll_older_read: `created_before` from `given`, RFC 3339 and not after `now`; `now` when it is
 * absent. Otherwise a fault on `name`, which is what its sender calls it. */
void roll_older_read(struct roll_older *older, struct text given, int64_t now, const char *name,
                     struct faults *faults);

/* roll_older_read_owner: `owner_id` likewise. An empty one is a fault: it comes of a variable that
 * is not set, and nobody wants a whole project rolled by that. */
void roll_older_read_owner(struct roll_older *older, struct text given, const char *name,
                           struct faults *faults);

/* roll_older_is: whether a current secret was created before `created_before`, all in ms. One that
 * is dated more than ROLL_MEETING ahead of `now` is taken for old: the clock was wrong. */
bool roll_older_is(const struct secret *current, int64_t created_before, int64_t now);

/* roll_older_apply: an edit_fn; `older` is a struct roll_older. As roll_apply where the current
 * secret is older; else RC_PRECONDITION. RC_FORBIDDEN when the endpoint is not the owner's. */
RC_CHECK enum rc roll_older_apply(struct edit *edit, void *older);

/* roll_older_refusal: whether `rc`, of an edit with this roll, is this one endpoint's alone, so
 * that others can be rolled; then why, in a sentence. */
bool roll_older_refusal(enum rc rc, const struct roll *roll, char out[ROLL_REFUSAL_SIZE]);

#endif
