/* log_capture: log lines kept for a look instead of written. Thread-safe between
 * begin and end. */
#ifndef HOOKROLL_TESTS_SUPPORT_LOG_CAPTURE_H
#define HOOKROLL_TESTS_SUPPORT_LOG_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

/* log_capture_begin: nothing has been logged yet. */
void log_capture_begin(void);

/* log_capture_end: lines are written again. */
void log_capture_end(void);

/* log_capture_has: whether `part` stands in one of the lines. */
bool log_capture_has(const char *part);

/* log_capture_await: the same, once it is so; false when it is not within 20 s. */
bool log_capture_await(const char *part);

size_t log_capture_count(void);

#endif
