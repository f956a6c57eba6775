/* moment: the one includer of time.h; and RFC 3339 without the C library's zones. */
#include "base/moment.h"

#include <stdio.h>
#include <time.h>

int64_t moment_now(void)
{
    struct timespec ts;

    /* Cannot fail: the clock exists on every Linux and the pointer is good. */
    (void)clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void moment_format(int64_t moment, char out[MOMENT_SIZE])
{
    int64_t clamped = moment < 0 ? 0 : moment > MOMENT_MAX ? MOMENT_MAX : moment;
    time_t seconds = (time_t)(clamped / 1000);
    struct tm tm;
    size_t len;

    (void)gmtime_r(&seconds, &tm);
    len = strftime(out, MOMENT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(out + len, MOMENT_SIZE - len, ".%03dZ", (int)(clamped % 1000));
}
