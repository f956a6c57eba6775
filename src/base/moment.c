/* moment: the one includer of time.h, who alone waits for a time; and RFC 3339 without the C
 * library's zones. */
#include "base/moment.h"

#include <string.h>
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

/* By hand: strftime and printf would be most of what an answer's times cost. */
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

/* Days of a year without a leap day that lie before each month, and before the next year. */
static const int16_t month_begins[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

static bool has_leap_day(int64_t year)
{
    return days_before(year + 1) - days_before(year) == 366;
}

/* "YYYY-MM-DD". gmtime_r would take a lock that all threads share. */
static char *put_date(char *at, int64_t days)
{
    int64_t year = 1970 + days / 366; /* too early rather than too late */
    int64_t day;
    int64_t begins;
    int month = 11;
    bool leaps;

    while (days_before(year + 1) <= days)
        year++;
    day = days - days_before(year);
    leaps = has_leap_day(year);
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

static bool take(struct text *t, const char *one_of)
{
    if (t->len == 0 || *t->data == '\0' || strchr(one_of, *t->data) == NULL)
        return false;
    *t = (struct text){t->data + 1, t->len - 1};
    return true;
}

/* A number of exactly so many digits. */
static bool take_digits(struct text *t, int count, int64_t *out)
{
    *out = 0;
    for (; count > 0; count--) {
        if (t->len == 0)
            return false;
        *out = *out * 10 + (*t->data - '0');
        if (!take(t, "0123456789"))
            return false;
    }
    return true;
}

static bool take_date(struct text *t, int64_t *days)
{
    int64_t year;
    int64_t month;
    int64_t day;
    int64_t length;
    bool leaps;

    if (!take_digits(t, 4, &year) || !take(t, "-") || !take_digits(t, 2, &month) || !take(t, "-") ||
        !take_digits(t, 2, &day) || month < 1 || month > 12)
        return false;
    leaps = has_leap_day(year);
    length = month_begins[month] - month_begins[month - 1] + (leaps && month == 2 ? 1 : 0);
    *days = days_before(year) + month_begins[month - 1] + (leaps && month > 2 ? 1 : 0) + day - 1;
    return day >= 1 && day <= length;
}

/* "HH:MM", in minutes. */
static bool take_minutes(struct text *t, int64_t *minutes)
{
    int64_t hour;
    int64_t minute;

    if (!take_digits(t, 2, &hour) || !take(t, ":") || !take_digits(t, 2, &minute))
        return false;
    *minutes = hour * 60 + minute;
    return hour < 24 && minute < 60;
}

/* Seconds with a fraction, if there is one, in ms. A leap second is the one that follows it. */
static bool take_seconds(struct text *t, int64_t *ms)
{
    int64_t digit;

    if (!take(t, ":") || !take_digits(t, 2, ms) || *ms > 60)
        return false;
    *ms *= SECOND;
    if (!take(t, "."))
        return true;
    if (!take_digits(t, 1, &digit))
        return false;
    *ms += digit * (SECOND / 10);
    for (int64_t unit = SECOND / 100; take_digits(t, 1, &digit); unit /= 10)
        *ms += digit * unit;
    return true;
}

/* How far local time is ahead of UTC, in minutes. */
static bool take_offset(struct text *t, int64_t *minutes)
{
    bool behind = t->len > 0 && *t->data == '-';

    *minutes = 0;
    if (take(t, "Zz"))
        return true;
    if (!take(t, "+-") || !take_minutes(t, minutes))
        return false;
    *minutes = behind ? -*minutes : *minutes;
    return true;
}

bool moment_parse(struct text t, int64_t *out)
{
    int64_t days;
    int64_t minutes;
    int64_t ms;
    int64_t offset;
    int64_t moment;

    if (!take_date(&t, &days) || !take(&t, "Tt") || !take_minutes(&t, &minutes) ||
        !take_seconds(&t, &ms) || !take_offset(&t, &offset) || t.len > 0)
        return false;
    moment = days * DAY + (minutes - offset) * MINUTE + ms;
    if (moment < 0 || moment > MOMENT_MAX)
        return false;
    *out = moment;
    return true;
}
