/* laps: how long each repetition of something takes, over and over for some seconds. */
#ifndef HOOKROLL_BENCH_LAPS_H
#define HOOKROLL_BENCH_LAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct laps {
    int64_t *took; /* ns, of each */
    size_t count;
    size_t room;
    int64_t begun; /* ns */
    int64_t last;
    int64_t until;
};

/* laps_begin: the first repetition begins now. */
void laps_begin(struct laps *laps, double seconds);

/* laps_next: one has ended. False when the time is up, or without memory. */
bool laps_next(struct laps *laps);

/* laps_print: {"rate": a second, "p50": ms, "p99": ms} on standard output; releases. */
void laps_print(struct laps *laps);

#endif
