/* edit: what a pure change of an endpoint, or of a project, works on.
 *
 * The store reads the endpoint and its project, hands them over, and writes what
 * comes back, all within one transaction; the edit decides, without I/O, clock
 * or randomness. When the transaction has to be done again (a full map), the
 * edit is called again upon what was read anew, so it keeps no result of an
 * earlier call. */
#ifndef HOOKROLL_DOMAIN_EDIT_H
#define HOOKROLL_DOMAIN_EDIT_H

#include "base/arena.h"
#include "base/rc.h"
#include "domain/endpoint.h"
#include "domain/history.h"
#include "domain/project.h"

/* Lent for one call. */
struct edit {
    const struct project *project;
    struct endpoint *endpoint; /* to be changed in place */
    struct history *event;     /* to be filled, all but what the store gives; left at
                                  zero when nothing happened that senders or the
                                  keepers of secrets have to learn of */
    struct arena *arena;       /* what the endpoint borrows from; outlives the call */
};

/* Any result but RC_OK leaves the store as it was and is handed to the caller. */
typedef enum rc edit_fn(struct edit *edit, void *arg);

/* The same of a project. The event stays at zero unless senders have to learn of it. */
struct project_edit {
    struct project *project; /* to be changed in place */
    struct history *event;
};

typedef enum rc project_edit_fn(struct project_edit *edit, void *arg);

#endif
