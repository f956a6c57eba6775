/* log: formats and writes a line; decides nothing about what is logged. */
#include "base/log.h"

#include "base/log_target.h"
#include "base/moment.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    MESSAGE_BYTES = 900
};

_Static_assert(LOG_LINE_MAX >= 64 + 4 * MESSAGE_BYTES, "a line has room for a message, escaped");

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

/* Appends `value`, quoted for logfmt, at `line + at`; returns the new end. */
static size_t quote(char *line, size_t at, struct text value)
{
    static const char hex[] = "0123456789abcdef";
    size_t i = 0;

    line[at++] = '"';
    while (i < value.len) {
        size_t control = text_control_len(text_from(value, i));

        if (control == 0) {
            if (value.data[i] == '"' || value.data[i] == '\\')
                line[at++] = '\\';
            line[at++] = value.data[i++];
        }
        for (; control > 0; control--, i++) {
            unsigned char c = (unsigned char)value.data[i];

            line[at++] = '\\';
            line[at++] = 'x';
            line[at++] = hex[c >> 4];
            line[at++] = hex[c & 15];
        }
    }
    line[at++] = '"';
    return at;
}

/* What logfmt takes without quotes. */
static bool is_bare(struct text value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] <= ' ' || value.data[i] >= 0x7F || value.data[i] == '"' ||
            value.data[i] == '=' || value.data[i] == '\\')
            return false;
    return true;
}

static size_t put(char *line, size_t at, struct text value)
{
    if (value.len > LOG_VALUE_MAX)
        value.len = LOG_VALUE_MAX;
    if (value.len == 0)
        value = text_of("-");
    if (!is_bare(value))
        return quote(line, at, value);
    memcpy(line + at, value.data, value.len);
    return at + value.len;
}

/* Time and level; returns where they end. */
static size_t begin(char line[LOG_LINE_MAX], int64_t at, const char *name)
{
    char moment[MOMENT_SIZE];

    moment_format(at, moment);
    return (size_t)snprintf(line, LOG_LINE_MAX, "time=%s level=%s ", moment, name);
}

__attribute__((format(printf, 3, 0))) static void emit(enum log_level level, const char *name,
                                                       const char *format, va_list args)
{
    char message[MESSAGE_BYTES + 1];
    char line[LOG_LINE_MAX];
    size_t head;
    size_t len;

    if ((int)level > atomic_load(&highest))
        return;
    (void)vsnprintf(message, sizeof message, format, args);
    if (diverted != NULL) {
        diverted(level, message);
        return;
    }
    head = begin(line, moment_now(), name);
    len = head + (size_t)snprintf(line + head, sizeof line - head, "msg=");
    len = quote(line, len, text_of(message));
    line[len++] = '\n';
    log_target_write(level, line, len, head, NULL, 0);
}

static void emit_event(int64_t at, const struct log_field *fields, size_t count)
{
    char line[LOG_LINE_MAX];
    size_t head;
    size_t len;

    if ((int)LOG_LEVEL_INFO > atomic_load(&highest))
        return;
    head = begin(line, at, "info");
    len = head;
    for (size_t i = 0; i < count && i < LOG_FIELDS_MAX; i++) {
        size_t name = strnlen(fields[i].name, LOG_NAME_MAX);

        if (i > 0)
            line[len++] = ' ';
        memcpy(line + len, fields[i].name, name);
        line[len + name] = '=';
        len = put(line, len + name + 1, fields[i].value);
    }
    if (diverted != NULL) {
        line[len] = '\0';
        diverted(LOG_LEVEL_INFO, line + head);
        return;
    }
    line[len++] = '\n';
    log_target_write(LOG_LEVEL_INFO, line, len, head, fields, count);
}

void log_event(int64_t at, const struct log_field *fields, size_t count)
{
    int saved = errno;

    emit_event(at, fields, count);
    errno = saved;
}

#define LOG_BODY(level, name)                                                                      \
    int saved = errno;                                                                             \
    va_list args;                                                                                  \
    va_start(args, format);                                                                        \
    emit(level, name, format, args);                                                               \
    va_end(args);                                                                                  \
    errno = saved

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
