/* reseal: seals anew, with the first master key, all that is sealed with another one, so
 * that the others can be taken out of the key file.
 *
 * A record is read and written in one durable step that no other change comes between,
 * dozens of them in one commit; nothing else of it changes: no revision, no history. May be
 * broken off and repeated at any time, while others use the store. The store's own record
 * comes last: until all endpoints have been gone through, no process opens the store without
 * the key that it was opened with before. Thread-safe. */
#ifndef HOOKROLL_STORE_RESEAL_H
#define HOOKROLL_STORE_RESEAL_H

#include "base/rc.h"
#include "domain/uid.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

struct reseal {
    uint64_t anew;    /* records that were sealed anew */
    uint64_t already; /* that were sealed with the first key before */
    uint64_t failed;  /* that cannot be opened, and stay as they are */
};

/* Who is told meanwhile; within no transaction, so they may use the store. */
struct reseal_watch {
    /* Of each record that cannot be opened, and why: RC_CORRUPT, RC_KEY. Of an endpoint whose
     * record does not tell its uid only the beginning is known, and the rest zero. */
    void (*failed)(enum rc rc, const struct uid *project, const struct uid *endpoint, void *arg);
    /* Asked between looking at some records and sealing them: false ends it. NULL: always true. */
    bool (*go_on)(void *arg);
    void *arg;
};

/* reseal_run: goes through the whole store. RC_OK also when there were records that cannot be
 * opened. Any other result ends it early; what *out counts until then is done: RC_GONE when it
 * was told to end, RC_CORRUPT or RC_KEY of the store's own record, RC_FULL, RC_UNAVAILABLE,
 * RC_NO_MEMORY, RC_SYSTEM. The cause is logged. */
RC_CHECK enum rc reseal_run(struct store *store, const struct reseal_watch *watch,
                            struct reseal *out);

/* reseal_is_by_first: whether the store, as it was opened, seals with what is the first key of the
 * file now: no other has been put before it meanwhile. RC_KEY as of store_open. */
RC_CHECK enum rc reseal_is_by_first(const struct store *store, const char *master_key, bool *out);

#endif
