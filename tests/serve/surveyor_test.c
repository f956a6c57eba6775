/* surveyor: a census is taken without being asked for, and one under way is given up. */
#include "serve/surveyor.h"

#include "base/log.h"
#include "base/moment.h"
#include "store/census.h"
#include "store/metrics.h"
#include "suites.h"
#include "support/log_capture.h"
#include "support/store_fixture.h"
#include "support/tasks.h"

enum {
    NUMBER = 2
};

static struct store_fixture at;
static struct surveyor *surveyor;

static void setup(void)
{
    store_fixture_make(&at);
    store_fixture_open(&at);
    metrics_open(at.directory, text_of("routes"));
    log_set_level(LOG_LEVEL_DEBUG);
    surveyor = NULL;
}

static void teardown(void)
{
    surveyor_stop(surveyor);
    log_set_level(LOG_LEVEL_INFO);
    metrics_close();
    store_fixture_remove(&at);
}

START_TEST(a_census_that_is_due_is_taken_at_once)
{
    ck_assert_int_eq(store_fixture_add(at.store, NUMBER, STORE_FIXTURE_PROJECT, &at.arena), RC_OK);
    ck_assert_int_eq(surveyor_start(at.store, &surveyor), RC_OK);
    ck_assert(log_capture_await("all endpoints were gone through"));
    ck_assert_uint_eq(metrics_gauge(METRICS_ENDPOINTS), 1);
    ck_assert_int_gt(census_wait(moment_now()), 0);
}
END_TEST

START_TEST(a_census_is_taken_when_its_time_comes)
{
    const uint64_t due = (uint64_t)(moment_now() + 200);

    metrics_gauge_set(METRICS_CENSUS_DUE, due);
    ck_assert_int_eq(surveyor_start(at.store, &surveyor), RC_OK);
    ck_assert(log_capture_await("all endpoints were gone through"));
    ck_assert_uint_ge(metrics_gauge(METRICS_CENSUS_AT), due);
}
END_TEST

START_TEST(who_waits_for_the_next_census_stops_at_once)
{
    const size_t others = tasks_sleeping(TASKS_LOCK);

    metrics_gauge_set(METRICS_CENSUS_DUE, (uint64_t)(moment_now() + CENSUS_LONGEST - 1000));
    ck_assert_int_eq(surveyor_start(at.store, &surveyor), RC_OK);
    ck_assert(tasks_await_sleeping(others + 1, TASKS_LOCK));
    surveyor_stop(surveyor);
    surveyor = NULL;
    ck_assert_uint_eq(metrics_gauge(METRICS_CENSUS_AT), 0);
}
END_TEST

Suite *surveyor_suite(void)
{
    Suite *suite = suite_create("surveyor");
    TCase *tc = tcase_create("surveyor");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 50);
    tcase_add_test(tc, a_census_that_is_due_is_taken_at_once);
    tcase_add_test(tc, a_census_is_taken_when_its_time_comes);
    tcase_add_test(tc, who_waits_for_the_next_census_stops_at_once);
    suite_add_tcase(suite, tc);
    return suite;
}
