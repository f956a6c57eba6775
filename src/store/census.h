/* census: what can only be known by going through all endpoints: their number, secrets in
 * grace, the age of current ones. Taken now and then, by one process at a time, and left
 * among the metrics for all.
 *
 * Only times are read; nothing is unsealed. About a thousand records share a view, so no
 * census keeps the store from using its pages again. */
#ifndef HOOKROLL_STORE_CENSUS_H
#define HOOKROLL_STORE_CENSUS_H

#include "base/rc.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

#define CENSUS_INTERVAL INT64_C(60000)   /* ms that lie at least between two */
#define CENSUS_LEASE    INT64_C(60000)   /* ms after which one that was broken off is forgotten */
#define CENSUS_LONGEST  INT64_C(3600000) /* ms that lie at most between two */

enum {
    CENSUS_SHARE = 20 /* at most one part in so many of the time is spent on it */
};

struct census {
    uint64_t endpoints;     /* that can be read */
    uint64_t damaged;       /* that cannot */
    uint64_t current;       /* current secrets */
    uint64_t in_grace;      /* secrets that have an end and can sign */
    int64_t oldest_current; /* ms: when the oldest current secret was made; 0: there is none */
};

/* Asked between two views: false ends the census without a result. NULL: always true. */
typedef bool census_go_on(void *arg);

/* census_take: counts, as of `now`. RC_GONE when it was told to end; RC_UNAVAILABLE,
 * RC_SYSTEM. */
RC_CHECK enum rc census_take(struct store *store, int64_t now, census_go_on *go_on, void *arg,
                             struct census *out);

/* census_run: takes one if it is due by the metrics, and by nobody else's hand, and leaves
 * the result and the time of the next there. RC_UNAVAILABLE when it is not; else as
 * census_take. */
RC_CHECK enum rc census_run(struct store *store, census_go_on *go_on, void *arg);

/* census_wait: ms from `now` until it is worth trying to run one. */
int64_t census_wait(int64_t now);

#endif
