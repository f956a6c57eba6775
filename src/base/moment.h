/* moment: a point in time, in milliseconds since 1970-01-01T00:00:00Z (Unix time).
 *
 * moment_now is the only reader of that clock in the program, and a request calls
 * it once; how long something takes is read from another that nobody sets. The
 * rest is arithmetic: pure and thread-safe. Waits are by the second clock alone: the
 * first may be set back at any time. */
#ifndef HOOKROLL_BASE_MOMENT_H
#define HOOKROLL_BASE_MOMENT_H

#include "base/text.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* "2026-11-23T19:08:05.123Z" and its terminator. */
enum {
    MOMENT_SIZE = 25
};

/* The last moment that RFC 3339's four-digit year can write. */
#define MOMENT_MAX INT64_C(253402300799999)

/* moment_now: the wall clock (CLOCK_REALTIME). */
int64_t moment_now(void);

/* moment_elapsed: ns of a clock that only goes forwards (CLOCK_MONOTONIC); for differences. */
int64_t moment_elapsed(void);

/* moment_condition_init: for moment_wait; 0, or an error of pthreads. pthread_cond_destroy ends it.
 * moment_wait: as pthread_cond_wait, until `until` (of moment_elapsed) at the latest: ETIMEDOUT
 * then, else 0. */
int moment_condition_init(pthread_cond_t *condition);
int moment_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until);

/* moment_format: RFC 3339, UTC, always with milliseconds. A moment outside
 * 0..MOMENT_MAX is written as the nearer of the two. */
void moment_format(int64_t moment, char out[MOMENT_SIZE]);

/* moment_parse: RFC 3339, of any offset; digits behind the milliseconds are dropped. False, and
 * *out alone, when it is not, or lies outside 0..MOMENT_MAX. */
bool moment_parse(struct text t, int64_t *out);

#endif
