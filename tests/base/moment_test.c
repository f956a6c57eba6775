/* moment: RFC 3339 texts of known moments, and what lies outside of them. */
#include "base/moment.h"
#include "suites.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
    int64_t moment;
    const char *text;
} known[] = {
    {0, "1970-01-01T00:00:00.000Z"},
    {1, "1970-01-01T00:00:00.001Z"},
    {999, "1970-01-01T00:00:00.999Z"},
    {1000, "1970-01-01T00:00:01.000Z"},
    {86399999, "1970-01-01T23:59:59.999Z"},
    {86400000, "1970-01-02T00:00:00.000Z"},
    {INT64_C(68169599999), "1972-02-28T23:59:59.999Z"},
    {INT64_C(68169600000), "1972-02-29T00:00:00.000Z"},
    {INT64_C(946684799999), "1999-12-31T23:59:59.999Z"},
    {INT64_C(946684800000), "2000-01-01T00:00:00.000Z"},
    {INT64_C(951782400000), "2000-02-29T00:00:00.000Z"},
    {INT64_C(951868800000), "2000-03-01T00:00:00.000Z"},
    {INT64_C(1000000000010), "2001-09-09T01:46:40.010Z"},
    {INT64_C(1709210096100), "2024-02-29T12:34:56.100Z"},
    {INT64_C(1795460885123), "2026-11-23T19:08:05.123Z"},
    {INT64_C(2147483648000), "2038-01-19T03:14:08.000Z"},
    {INT64_C(4107542399999), "2100-02-28T23:59:59.999Z"},
    {INT64_C(4107542400000), "2100-03-01T00:00:00.000Z"},
    {MOMENT_MAX - 1, "9999-12-31T23:59:59.998Z"},
    {MOMENT_MAX, "9999-12-31T23:59:59.999Z"},
    {-1, "1970-01-01T00:00:00.000Z"},
    {-1000, "1970-01-01T00:00:00.000Z"},
    {INT64_MIN, "1970-01-01T00:00:00.000Z"},
    {MOMENT_MAX + 1, "9999-12-31T23:59:59.999Z"},
    {INT64_MAX, "9999-12-31T23:59:59.999Z"},
};

START_TEST(a_known_moment_is_written_as_rfc_3339)
{
    char out[MOMENT_SIZE];

    memset(out, '#', sizeof out);
    moment_format(known[_i].moment, out);
    ck_assert_mem_eq(out, known[_i].text, MOMENT_SIZE);
}
END_TEST

static const struct {
    const char *text;
    int64_t moment;
} readable[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01T00:00:00.9999999999Z", 999},
    {"2026-11-23T19:08:05Z", INT64_C(1795460885000)},
    {"2026-11-23T19:08:05.1Z", INT64_C(1795460885100)},
    {"2026-11-23t19:08:05.12z", INT64_C(1795460885120)},
    {"2026-11-23T19:08:05.123Z", INT64_C(1795460885123)},
    {"2026-11-23T19:08:05.123999+00:00", INT64_C(1795460885123)},
    {"2026-11-23T20:08:05.123+01:00", INT64_C(1795460885123)},
    {"2026-11-23T13:38:05.123-05:30", INT64_C(1795460885123)},
    {"2026-11-24T00:08:05.123+05:00", INT64_C(1795460885123)},
    {"1970-01-01T00:59:00+00:59", 0},
    {"1969-12-31T23:00:00-01:00", 0},
    {"2016-12-31T23:59:60Z", INT64_C(1483228800000)},
    {"2024-02-29T12:34:56.1Z", INT64_C(1709210096100)},
    {"9999-12-31T23:59:59.999Z", MOMENT_MAX},
};

START_TEST(what_rfc_3339_allows_is_read)
{
    int64_t moment = -1;

    ck_assert(moment_parse(text_of(readable[_i].text), &moment));
    ck_assert_int_eq(moment, readable[_i].moment);
}
END_TEST

static const char *const unreadable[] = {
    "",
    "now",
    "2026-11-23",
    "2026-11-23T19:08:05",
    "2026-11-23 19:08:05Z",
    "2026-11-23T19:08Z",
    "2026-11-23T19:08:05.Z",
    "2026-11-23T19:08:05,1Z",
    "2026-11-23T19:08:05Zx",
    "2026-11-23T19:08:05Z ",
    " 2026-11-23T19:08:05Z",
    "2026-11-23T19:08:05+1:00",
    "2026-11-23T19:08:05+0100",
    "2026-11-23T19:08:05+24:00",
    "2026-11-23T19:08:05+00:60",
    "2026-11-23T24:00:00Z",
    "2026-11-23T19:60:00Z",
    "2026-11-23T19:08:61Z",
    "2026-00-23T19:08:05Z",
    "2026-13-23T19:08:05Z",
    "2026-11-00T19:08:05Z",
    "2026-11-31T19:08:05Z",
    "2026-02-29T19:08:05Z",
    "2100-02-29T19:08:05Z",
    "2024-02-30T19:08:05Z",
    "26-11-23T19:08:05Z",
    "+2026-11-23T19:08:05Z",
    "-001-11-23T19:08:05Z",
    "1795460885",
    "0000-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999Z",
    "1970-01-01T00:59:59+01:00",
    "9999-12-31T23:59:60Z",
    "9999-12-31T23:59:59-00:01",
};

START_TEST(nothing_else_is_read)
{
    int64_t moment = -1;

    ck_assert(!moment_parse(text_of(unreadable[_i]), &moment));
    ck_assert_int_eq(moment, -1);
}
END_TEST

START_TEST(a_zero_byte_is_no_part_of_a_moment)
{
    static const char text[] = "2026-11-23T19:08:05\0Z";
    int64_t moment;

    ck_assert(!moment_parse((struct text){text, sizeof text - 1}, &moment));
    ck_assert(!moment_parse((struct text){text, sizeof text - 2}, &moment));
}
END_TEST

START_TEST(every_day_of_four_centuries_is_the_calendar_s)
{
    for (int64_t day = 0; day <= 146097; day++) {
        time_t seconds = (time_t)(day * 86400);
        char expected[MOMENT_SIZE];
        char text[MOMENT_SIZE];
        int64_t moment;
        struct tm tm;

        ck_assert_ptr_nonnull(gmtime_r(&seconds, &tm));
        ck_assert_uint_eq(strftime(expected, sizeof expected, "%Y-%m-%dT00:00:00.000Z", &tm),
                          MOMENT_SIZE - 1);
        moment_format(day * 86400000, text);
        ck_assert_str_eq(text, expected);
        ck_assert(moment_parse(text_of(expected), &moment));
        ck_assert_int_eq(moment, day * 86400000);
    }
}
END_TEST

START_TEST(the_zone_of_the_process_does_not_matter)
{
    const char *zone = getenv("TZ");
    char *before = zone != NULL ? strdup(zone) : NULL;
    char out[MOMENT_SIZE];

    ck_assert_int_eq(setenv("TZ", "XXX-13:45", 1), 0);
    tzset();
    moment_format(0, out);
    if (before != NULL)
        ck_assert_int_eq(setenv("TZ", before, 1), 0);
    else
        ck_assert_int_eq(unsetenv("TZ"), 0);
    tzset();
    free(before);
    ck_assert_str_eq(out, "1970-01-01T00:00:00.000Z");
}
END_TEST

START_TEST(now_is_the_wall_clock_in_milliseconds)
{
    struct timespec before;
    struct timespec after;
    int64_t now;

    ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &before), 0);
    now = moment_now();
    ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &after), 0);
    ck_assert_int_ge(now, (int64_t)before.tv_sec * 1000 + before.tv_nsec / 1000000);
    ck_assert_int_le(now, (int64_t)after.tv_sec * 1000 + after.tv_nsec / 1000000);
}
END_TEST

START_TEST(what_has_elapsed_is_told_in_nanoseconds)
{
    struct timespec before;
    struct timespec after;
    int64_t elapsed;

    ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC, &before), 0);
    elapsed = moment_elapsed();
    ck_assert_int_eq(clock_gettime(CLOCK_MONOTONIC, &after), 0);
    ck_assert_int_ge(elapsed, (int64_t)before.tv_sec * 1000000000 + before.tv_nsec);
    ck_assert_int_le(elapsed, (int64_t)after.tv_sec * 1000000000 + after.tv_nsec);
}
END_TEST

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* By the wall clock this time was in 1970, and the wait would end at once. */
START_TEST(a_wait_ends_when_the_clock_that_nobody_sets_has_come_so_far)
{
    const int64_t until = moment_elapsed() + 20 * 1000000;
    pthread_cond_t condition;
    int err = 0;

    ck_assert_int_eq(moment_condition_init(&condition), 0);
    ck_assert_int_eq(pthread_mutex_lock(&lock), 0);
    while (err == 0)
        err = moment_wait(&condition, &lock, until);
    ck_assert_int_eq(pthread_mutex_unlock(&lock), 0);
    ck_assert_int_eq(err, ETIMEDOUT);
    ck_assert_int_ge(moment_elapsed(), until);
    ck_assert_int_eq(pthread_cond_destroy(&condition), 0);
}
END_TEST

struct awaited {
    pthread_cond_t condition;
    bool happened;
};

static void *happen(void *arg)
{
    struct awaited *awaited = arg;

    (void)pthread_mutex_lock(&lock);
    awaited->happened = true;
    (void)pthread_cond_signal(&awaited->condition);
    (void)pthread_mutex_unlock(&lock);
    return NULL;
}

START_TEST(a_wait_ends_when_what_is_awaited_happens)
{
    struct awaited awaited = {.happened = false};
    pthread_t thread;

    ck_assert_int_eq(moment_condition_init(&awaited.condition), 0);
    ck_assert_int_eq(pthread_mutex_lock(&lock), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, happen, &awaited), 0);
    while (!awaited.happened)
        ck_assert_int_eq(moment_wait(&awaited.condition, &lock, INT64_MAX), 0);
    ck_assert_int_eq(pthread_mutex_unlock(&lock), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(pthread_cond_destroy(&awaited.condition), 0);
}
END_TEST

Suite *moment_suite(void)
{
    Suite *suite = suite_create("moment");
    TCase *tc = tcase_create("moment");

    tcase_add_loop_test(tc, a_known_moment_is_written_as_rfc_3339, 0,
                        (int)(sizeof known / sizeof known[0]));
    tcase_add_loop_test(tc, what_rfc_3339_allows_is_read, 0,
                        (int)(sizeof readable / sizeof readable[0]));
    tcase_add_loop_test(tc, nothing_else_is_read, 0,
                        (int)(sizeof unreadable / sizeof unreadable[0]));
    tcase_add_test(tc, a_zero_byte_is_no_part_of_a_moment);
    tcase_add_test(tc, every_day_of_four_centuries_is_the_calendar_s);
    tcase_add_test(tc, the_zone_of_the_process_does_not_matter);
    tcase_add_test(tc, now_is_the_wall_clock_in_milliseconds);
    tcase_add_test(tc, what_has_elapsed_is_told_in_nanoseconds);
    tcase_add_test(tc, a_wait_ends_when_the_clock_that_nobody_sets_has_come_so_far);
    tcase_add_test(tc, a_wait_ends_when_what_is_awaited_happens);
    suite_add_tcase(suite, tc);
    return suite;
}
