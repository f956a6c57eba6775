/* loop: libfcgi's own loop, a thread for each connection, that reads each request to its end and
 * answers the bytes of a file. */
#ifndef HOOKROLL_BENCH_LOOP_H
#define HOOKROLL_BENCH_LOOP_H

#include <stdbool.h>

/* What is done before each answer, by the thread that answers; false ends the program. */
typedef bool loop_before(void);

/* loop: serves on the socket until SIGTERM; `before` may be NULL. The program's status. */
int loop(const char *socket, long threads, const char *answer, loop_before *before);

#endif
