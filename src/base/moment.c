/* moment: the one includer of time.h, who alone waits for a time; and RFC 3339 without the C
 * library's zones. */
#include "base/moment.h"

#include <stdbool.h>
#include <time.h>

enum { /* ms */
    SECOND = 1000,
    MINUTE = 60 * SECOND,
    HOUR = 60 * MINUTE,
    DAY = 24 * HOUR
};

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

int moment_condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attr;
    int err = pthread_condattr_init(&attr);

    if (err != 0)
        return err;
    err = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    if (err == 0)
        err = pthread_cond_init(condition, &attr);
    (void)pthread_condattr_destroy(&attr);
    return err;
}

int moment_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t until)
{
    const struct timespec at = {.tv_sec = until / 1000000000, .tv_nsec = until % 1000000000};

    return pthread_cond_timedwait(condition, lock, &at);
}

/* From 1970-01-01 to the first of January of the year, in the Gregorian calendar: 477 of the years
 * before 1970 had a leap day. */
static int64_t days_before(int64_t year)
{
    int64_t last = year - 1;

    return 365 * (year - 1970) + last / 4 - last / 100 + last / 400 - 477;
}

/* "YYYY-MM-DD". gmtime_r would take a lock that all threads share. */
static char *put_date(char *at, int64_t days)
{
    static const int16_t month_begins[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t year = 1970 + days / 366; /* too early rather than too late */
    int64_t day;
    int64_t begins;
    int month = 11;
    bool leaps;

    while (days_before(year + 1) <= days)
        year++;
    day = days - days_before(year);
    leaps = days_before(year + 1) - days_before(year) == 366;
    while ((begins = month_begins[month] + (leaps && month > 1 ? 1 : 0)) > day)
        month--;
    at = put_digits(at, 4, year);
    *at++ = '-';
    at = put_digits(at, 2, month + 1);
    *at++ = '-';
    return put_digits(at, 2, day - begins + 1);
}

void moment_format(int64_t moment, char out[MOMENT_SIZE])
{
    int64_t clamped = moment < 0 ? 0 : moment > MOMENT_MAX ? MOMENT_MAX : moment;
    int64_t in_day = clamped % DAY;
    char *at = put_date(out, clamped / DAY);

    *at++ = 'T';
    at = put_digits(at, 2, in_day / HOUR);
    *at++ = ':';
    at = put_digits(at, 2, in_day / MINUTE % 60);
    *at++ = ':';
    at = put_digits(at, 2, in_day / SECOND % 60);
    *at++ = '.';
    at = put_digits(at, 3, in_day % SECOND);
    *at++ = 'Z';
    *at = '\0';
}
