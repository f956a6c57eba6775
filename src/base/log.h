/* log: what the operator must know, one logfmt line each, on standard error.
 *
 * A line is one write(2), so lines of threads and processes do not mix. Never
 * pass anything secret: no value, key or body. Thread-safe after log_level. */
#ifndef HOOKROLL_BASE_LOG_H
#define HOOKROLL_BASE_LOG_H

enum log_level {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARN,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG
};

/* log_set_level: lines above `level` are dropped. Before threads start. */
void log_set_level(enum log_level level);

/* log_divert: messages go to `fn`, unquoted, instead of to standard error; NULL
 * undoes it. Before threads start. */
typedef void log_sink(enum log_level level, const char *message);
void log_divert(log_sink *fn);

/* Writes `time=... level=... msg="..."`. The message is made as by printf, cut
 * at 900 bytes; control characters and quotes in it are escaped. */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
