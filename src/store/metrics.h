/* metrics: what is counted, in cells that all processes on one store share.
 *
 * Until metrics_open, and where the store's directory has no room for them, the cells are
 * the process's own. Counting takes no lock, allocates nothing and cannot fail. All
 * functions are thread-safe but metrics_open and metrics_close. Nothing that is secret, and
 * no uid, is counted by. */
#ifndef HOOKROLL_STORE_METRICS_H
#define HOOKROLL_STORE_METRICS_H

#include "base/rc.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    METRICS_ROUTES = 64,                   /* rows of requests */
    METRICS_NO_ROUTE = METRICS_ROUTES - 1, /* the row of those that met no route */
    METRICS_STATUSES = 17,
    METRICS_TIMES = 15, /* bounds of the histograms of times */
    METRICS_SIZES = 9   /* bounds of the histogram of batch sizes */
};

/* Upper bounds, themselves included, of what a bucket counts: ns, and writes. */
extern const int64_t metrics_times[METRICS_TIMES];
extern const int64_t metrics_sizes[METRICS_SIZES];

/* What a census found, and who may take the next; moments are ms. */
enum metrics_gauge {
    METRICS_CENSUS_AT,      /* 0: none has been taken */
    METRICS_CENSUS_DUE,     /* when the next may be taken */
    METRICS_ENDPOINTS,      /* that can be read */
    METRICS_DAMAGED,        /* those that cannot */
    METRICS_CURRENT,        /* current secrets */
    METRICS_IN_GRACE,       /* secrets that have an end and can sign */
    METRICS_OLDEST_CURRENT, /* when the oldest current secret was made; 0: there is none */
    METRICS_GAUGES          /* how many */
};

/* metrics_open: counts in the file `metrics` of the directory from here on; `routes` is a
 * text that differs when a row of requests means something else. A file with other rows
 * begins anew. When it cannot be had that is logged, and counts are the process's own. */
void metrics_open(const char *directory, struct text routes);
void metrics_close(void);

/* metrics_request: one was answered with this HTTP status, `ns` after it had been read. */
void metrics_request(size_t route, int status, int64_t ns);

/* metrics_roll: a roll was asked for, and this became of it. */
void metrics_roll(enum rc rc);

/* metrics_commit: a commit of so many writes is on the disk after so many ns. */
void metrics_commit(int64_t ns, size_t writes);

/* --- reading --- */

struct metrics_histogram {
    const int64_t *bounds; /* `count` of them */
    size_t count;
    uint64_t buckets[METRICS_TIMES + 1]; /* each by itself; the last has what is above */
    uint64_t sum;                        /* of what was counted, ns or writes */
};

/* metrics_status: the i-th HTTP status that is counted by itself; 0, all others together;
 * -1 past them. */
int metrics_status(size_t i);

/* metrics_requests: of a row, with the i-th status. */
uint64_t metrics_requests(size_t route, size_t i);
void metrics_request_times(size_t route, struct metrics_histogram *out);

uint64_t metrics_rolls(enum rc rc);
void metrics_commit_times(struct metrics_histogram *out);
void metrics_commit_sizes(struct metrics_histogram *out);

/* --- gauges --- */

uint64_t metrics_gauge(enum metrics_gauge gauge);
void metrics_gauge_set(enum metrics_gauge gauge, uint64_t value);

/* metrics_gauge_swap: sets it if it is still what was expected. */
bool metrics_gauge_swap(enum metrics_gauge gauge, uint64_t expected, uint64_t value);

#endif
