/* revoke: the rules of ending a secret in grace before its time. Pure.
 *
 * The current secret cannot be revoked: nothing would be left to sign with. It
 * is rolled with a grace of 0. */
#ifndef HOOKROLL_DOMAIN_REVOKE_H
#define HOOKROLL_DOMAIN_REVOKE_H

#include "base/rc.h"
#include "base/text.h"
#include "domain/edit.h"
#include "domain/history.h"
#include "domain/uid.h"

struct revoke {
    struct uid secret;
    struct text reason; /* for the history, checked, may be empty. Borrowed. */
    struct actor by;
};

/* revoke_apply: an edit_fn; `revoke` is a struct revoke. RC_GONE when there is no
 * such secret that can sign (it has ended, or never was), RC_CONFLICT when it is
 * the current one, RC_CORRUPT. */
RC_CHECK enum rc revoke_apply(struct edit *edit, void *revoke);

#endif
