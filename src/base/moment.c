/* moment: the one includer of time.h; and RFC 3339 without the C library's zones. */
#include "base/moment.h"

#include <time.h>

int64_t moment_now(void)
{
    struct timespec ts;

    /* Cannot fail: the clock exists on every Linux and the pointer is good. */
    (void)clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* strftime and printf would take longer than all else in an answer's times. */
static char *put_digits(char *at, int count, int64_t value)
{
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + count;
}

int64_t moment_elapsed(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void moment_format(int64_t moment, char out[MOMENT_SIZE])
{
    int64_t clamped = moment < 0 ? 0 : moment > MOMENT_MAX ? MOMENT_MAX : moment;
    time_t seconds = (time_t)(clamped / 1000);
    struct tm tm;
    char *at = out;

    (void)gmtime_r(&seconds, &tm);
    at = put_digits(at, 4, tm.tm_year + 1900);
    *at++ = '-';
    at = put_digits(at, 2, tm.tm_mon + 1);
    *at++ = '-';
    at = put_digits(at, 2, tm.tm_mday);
    *at++ = 'T';
    at = put_digits(at, 2, tm.tm_hour);
    *at++ = ':';
    at = put_digits(at, 2, tm.tm_min);
    *at++ = ':';
    at = put_digits(at, 2, tm.tm_sec);
    *at++ = '.';
    at = put_digits(at, 3, clamped % 1000);
    *at++ = 'Z';
    *at = '\0';
}
