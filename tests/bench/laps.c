/* laps: a growing array of durations, sorted at the end. */
#include "laps.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const double second = 1e9;
static const double millisecond = 1e6;

static int64_t now(void)
{
    struct timespec at;

    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

void laps_begin(struct laps *laps, double seconds)
{
    *laps = (struct laps){.begun = now()};
    laps->last = laps->begun;
    laps->until = laps->begun + (int64_t)(seconds * second);
}

bool laps_next(struct laps *laps)
{
    int64_t at = now();

    if (laps->count == laps->room) {
        size_t room = laps->room > 0 ? 2 * laps->room : 4096;
        int64_t *took = realloc(laps->took, room * sizeof *took);

        if (took == NULL)
            return false;
        laps->took = took;
        laps->room = room;
    }
    laps->took[laps->count++] = at - laps->last;
    laps->last = at;
    return at < laps->until;
}

static int by_length(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

void laps_print(struct laps *laps)
{
    double seconds = (double)(laps->last - laps->begun) / second;

    if (laps->count > 0) {
        qsort(laps->took, laps->count, sizeof *laps->took, by_length);
        (void)printf("{\"rate\":%.1f,\"p50\":%.4f,\"p99\":%.4f}\n", (double)laps->count / seconds,
                     (double)laps->took[laps->count / 2] / millisecond,
                     (double)laps->took[laps->count * 99 / 100] / millisecond);
    }
    free(laps->took);
}
