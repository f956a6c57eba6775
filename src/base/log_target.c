/* log_target: standard error, syslog(3) and systemd's journal. */
#include "base/log_target.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION /* it would always be this file */
#include <systemd/sd-journal.h>

static enum log_to target = LOG_TO_STDERR;

static const int priorities[] = {
    [LOG_LEVEL_ERROR] = LOG_ERR,
    [LOG_LEVEL_WARN] = LOG_WARNING,
    [LOG_LEVEL_INFO] = LOG_INFO,
    [LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

/* Both libraries drop lines without a word when nobody takes them. */
static bool is_taken(enum log_to to)
{
    const char *socket = to == LOG_TO_SYSLOG ? "/dev/log" : "/run/systemd/journal/socket";

    if (to == LOG_TO_STDERR || access(socket, W_OK) == 0)
        return true;
    log_warn("the log stays on standard error: %s: %s", socket, strerror(errno));
    return false;
}

void log_open(enum log_to to)
{
    if (!is_taken(to))
        to = LOG_TO_STDERR;
    if (to == LOG_TO_SYSLOG)
        openlog("hookroll", LOG_PID | LOG_NDELAY, LOG_DAEMON);
    target = to;
}

/* "HOOKROLL_NAME=value", with room for what a field may be. */
struct journal_field {
    char text[16 + LOG_NAME_MAX + LOG_VALUE_MAX];
};

static struct iovec journal_field(const struct log_field *field, struct journal_field *out)
{
    size_t len = 0;

    len +=
        (size_t)snprintf(out->text, sizeof out->text, "HOOKROLL_%.*s=", LOG_NAME_MAX, field->name);
    for (size_t i = 0; i < len; i++)
        if (out->text[i] >= 'a' && out->text[i] <= 'z')
            out->text[i] = (char)(out->text[i] - 'a' + 'A');
    if (field->value.len > 0 && field->value.len <= LOG_VALUE_MAX) {
        memcpy(out->text + len, field->value.data, field->value.len);
        len += field->value.len;
    }
    return (struct iovec){out->text, len};
}

static bool write_journal(int priority, const char *line, size_t len,
                          const struct log_field *fields, size_t count)
{
    struct journal_field room[LOG_FIELDS_MAX];
    struct iovec parts[3 + LOG_FIELDS_MAX];
    char message[sizeof "MESSAGE=" + LOG_LINE_MAX];
    char level[sizeof "PRIORITY=0"];
    static char identifier[] = "SYSLOG_IDENTIFIER=hookroll";
    size_t n = 3;

    parts[0] = (struct iovec){
        message, (size_t)snprintf(message, sizeof message, "MESSAGE=%.*s", (int)len, line)};
    parts[1] =
        (struct iovec){level, (size_t)snprintf(level, sizeof level, "PRIORITY=%d", priority & 7)};
    parts[2] = (struct iovec){identifier, sizeof identifier - 1};
    for (size_t i = 0; i < count; i++, n++)
        parts[n] = journal_field(&fields[i], &room[i]);
    return sd_journal_sendv(parts, (int)n) == 0;
}

static void write_stderr(const char *line, size_t len)
{
    /* A log that cannot be written has nobody to be told to. */
    while (write(STDERR_FILENO, line, len) < 0 && errno == EINTR) {
    }
}

void log_target_write(enum log_level level, const char *line, size_t len, size_t head,
                      const struct log_field *fields, size_t count)
{
    const int priority = priorities[level];
    const char *body = line + head;
    const size_t body_len = len - head - 1;

    switch (target) {
    case LOG_TO_SYSLOG:
        syslog(priority, "%.*s", (int)body_len, body);
        return;
    case LOG_TO_JOURNAL:
        if (write_journal(priority, body, body_len, fields, count))
            return;
        break;
    case LOG_TO_STDERR:
        break;
    }
    write_stderr(line, len);
}
