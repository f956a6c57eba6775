/* create: the rules of making an endpoint. Pure. */
#ifndef HOOKROLL_DOMAIN_CREATE_H
#define HOOKROLL_DOMAIN_CREATE_H

#include "base/arena.h"
#include "base/rc.h"
#include "base/text.h"
#include "domain/endpoint.h"
#include "domain/faults.h"
#include "domain/history.h"
#include "domain/secret.h"

struct create {
    struct text secret; /* the first one; empty or absent: generate it. Borrowed. */
    struct secret_fresh fresh;
    struct actor by;

    struct faults faults; /* in and out: what is found wrong is added */
};

/* create_apply: completes `endpoint`, made by endpoint_init and given its
 * members, with its first secret, and fills the history entry of its creation.
 * RC_INVALID with a fault for every member that breaks a rule, or when faults
 * were there already; RC_NO_MEMORY. */
RC_CHECK enum rc create_apply(struct create *create, struct endpoint *endpoint,
                              struct history *event, struct arena *arena);

#endif
