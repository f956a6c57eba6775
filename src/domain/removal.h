/* removal: the rules of deleting an endpoint: all its secrets end with it. Pure. */
#ifndef HOOKROLL_DOMAIN_REMOVAL_H
#define HOOKROLL_DOMAIN_REMOVAL_H

#include "base/rc.h"
#include "base/text.h"
#include "domain/edit.h"
#include "domain/uid.h"

#include <stdint.h>

struct removal {
    int64_t now;            /* ms */
    struct uid key;         /* that asks, UID_NONE for the operator's tool */
    struct text request_id; /* borrowed */
};

/* removal_apply: an edit_fn for store_endpoint_delete; `removal` is a struct
 * removal. Leaves on the endpoint the secrets that end now; the event is the
 * pattern of each one's history entry. RC_OK. */
RC_CHECK enum rc removal_apply(struct edit *edit, void *removal);

#endif
