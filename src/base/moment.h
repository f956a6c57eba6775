/* moment: a point in time, in milliseconds since 1970-01-01T00:00:00Z (Unix time).
 *
 * moment_now is the only reader of that clock in the program, and a request calls
 * it once; how long something takes is read from another that nobody sets. The
 * rest is arithmetic: pure and thread-safe. */
#ifndef HOOKROLL_BASE_MOMENT_H
#define HOOKROLL_BASE_MOMENT_H

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

/* moment_format: RFC 3339, UTC, always with milliseconds. A moment outside
 * 0..MOMENT_MAX is written as the nearer of the two. */
void moment_format(int64_t moment, char out[MOMENT_SIZE]);

#endif
