/* removal: the rules of deleting an endpoint: all its secrets end with it. Pure. */
#ifndef HOOKROLL_DOMAIN_REMOVAL_H
#define HOOKROLL_DOMAIN_REMOVAL_H

#include "base/rc.h"
#include "domain/edit.h"

/* removal_apply: an edit_fn for store_endpoint_delete; `by` is the struct actor. Leaves on the
 * endpoint the secrets that end now; the event is the pattern of each one's history entry. RC_OK.
 */
RC_CHECK enum rc removal_apply(struct edit *edit, void *by);

#endif
