/* log: formats and writes a line; decides nothing about what is logged. */
#include "base/log.h"

#include "base/moment.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

enum {
    MESSAGE_BYTES = 900,
    LINE_BYTES = 64 + 4 * MESSAGE_BYTES
};

static _Atomic int highest = LOG_LEVEL_INFO;
static log_sink *diverted;

void log_set_level(enum log_level level)
{
    atomic_store(&highest, (int)level);
}

void log_divert(log_sink *fn)
{
    diverted = fn;
}

/* The second byte of U+0080 to U+009F, after C2. */
static bool is_c1(char c)
{
    return (unsigned char)c >= 0x80 && (unsigned char)c < 0xA0;
}

/* Appends `message`, quoted for logfmt, at `line + at`; returns the new end. */
static size_t quote(char *line, size_t at, const char *message)
{
    static const char hex[] = "0123456789abcdef";

    line[at++] = '"';
    for (const char *p = message; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;

        if (c == '"' || c == '\\') {
            line[at++] = '\\';
            line[at++] = (char)c;
        } else if (c < 0x20 || c == 0x7F || (c == 0xC2 && is_c1(p[1])) ||
                   (p > message && is_c1(p[0]) && (unsigned char)p[-1] == 0xC2)) {
            line[at++] = '\\';
            line[at++] = 'x';
            line[at++] = hex[c >> 4];
            line[at++] = hex[c & 15];
        } else {
            line[at++] = (char)c;
        }
    }
    line[at++] = '"';
    return at;
}

__attribute__((format(printf, 3, 0))) static void emit(enum log_level level, const char *name,
                                                       const char *format, va_list args)
{
    char message[MESSAGE_BYTES + 1];
    char line[LINE_BYTES];
    char now[MOMENT_SIZE];
    int saved = errno;
    size_t len;

    if ((int)level > atomic_load(&highest))
        return;
    (void)vsnprintf(message, sizeof message, format, args);
    if (diverted != NULL) {
        diverted(level, message);
        return;
    }
    moment_format(moment_now(), now);
    len = (size_t)snprintf(line, sizeof line, "time=%s level=%s msg=", now, name);
    len = quote(line, len, message);
    line[len++] = '\n';
    /* A log that cannot be written has nobody to be told to. */
    while (write(STDERR_FILENO, line, len) < 0 && errno == EINTR) {
    }
    errno = saved;
}

#define LOG_BODY(level, name)                                                                      \
    va_list args;                                                                                  \
    va_start(args, format);                                                                        \
    emit(level, name, format, args);                                                               \
    va_end(args)

void log_error(const char *format, ...)
{
    LOG_BODY(LOG_LEVEL_ERROR, "error");
}

void log_warn(const char *format, ...)
{
    LOG_BODY(LOG_LEVEL_WARN, "warn");
}

void log_info(const char *format, ...)
{
    LOG_BODY(LOG_LEVEL_INFO, "info");
}

void log_debug(const char *format, ...)
{
    LOG_BODY(LOG_LEVEL_DEBUG, "debug");
}
