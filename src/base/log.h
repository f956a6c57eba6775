/* log: what the operator must know, one logfmt line each.
 *
 * A line is one write, so lines of threads and processes do not mix. Never
 * pass anything secret: no value, key or body. errno stays as it is. Thread-safe after log_open. */
#ifndef HOOKROLL_BASE_LOG_H
#define HOOKROLL_BASE_LOG_H

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

enum log_level {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARN,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG
};

enum log_to {
    LOG_TO_STDERR,
    LOG_TO_SYSLOG, /* syslog(3), facility daemon */
    LOG_TO_JOURNAL /* systemd's; lines that it does not take go to standard error */
};

enum {
    LOG_FIELDS_MAX = 16,
    LOG_NAME_MAX = 16,   /* bytes of a field's name */
    LOG_VALUE_MAX = 160, /* bytes of a field's value */
    LOG_LINE_MAX = 64 + LOG_FIELDS_MAX * (LOG_NAME_MAX + 4 + 4 * LOG_VALUE_MAX)
};

/* log_open: where lines go from here on; before it, and where nobody listens there, which is
 * logged, to standard error. Before threads start. */
void log_open(enum log_to to);

/* log_set_level: lines above `level` are dropped. */
void log_set_level(enum log_level level);

/* log_divert: messages go to `fn`, unquoted, instead of where log_open says, and of events
 * all fields; NULL undoes it. Before threads start. */
typedef void log_sink(enum log_level level, const char *message);
void log_divert(log_sink *fn);

/* Writes `time=... level=... msg="..."`. The message is made as by printf, cut
 * at 900 bytes; control characters and quotes in it are escaped. */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

struct log_field {
    const char *name;  /* lower case */
    struct text value; /* empty: written as "-" */
};

/* log_event: writes `time=... level=info NAME=VALUE ...` of something that was at the
 * moment `at`. Values are quoted and escaped where logfmt needs it, and cut at
 * LOG_VALUE_MAX bytes; at most LOG_FIELDS_MAX of them. Allocates nothing. */
void log_event(int64_t at, const struct log_field *fields, size_t count);

#endif
