/* metrics: what falls into which cell, and what the store counts by itself. */
#include "store/metrics.h"
#include "suites.h"
#include "support/log_capture.h"
#include "support/sample.h"
#include "support/store_fixture.h"

enum {
    ROUTE = 3,
    NUMBER = 2 /* of an endpoint */
};

static struct store_fixture at;

static void setup(void)
{
    store_fixture_make(&at);
    store_fixture_open(&at);
    metrics_open(at.directory, text_of("routes"));
}

static void teardown(void)
{
    metrics_close();
    store_fixture_remove(&at);
}

static size_t index_of(int status)
{
    size_t i = 0;

    while (metrics_status(i) != status) {
        ck_assert_int_ge(metrics_status(i), 0);
        i++;
    }
    return i;
}

static uint64_t total(const struct metrics_histogram *histogram)
{
    uint64_t n = 0;

    for (size_t i = 0; i <= histogram->count; i++)
        n += histogram->buckets[i];
    return n;
}

START_TEST(a_request_is_counted_by_route_and_status)
{
    metrics_request(ROUTE, 200, 1);
    metrics_request(ROUTE, 200, 1);
    metrics_request(ROUTE, 507, 1);
    metrics_request(ROUTE + 1, 200, 1);
    ck_assert_uint_eq(metrics_requests(ROUTE, index_of(200)), 2);
    ck_assert_uint_eq(metrics_requests(ROUTE, index_of(507)), 1);
    ck_assert_uint_eq(metrics_requests(ROUTE + 1, index_of(200)), 1);
    ck_assert_uint_eq(metrics_requests(ROUTE, index_of(404)), 0);
}
END_TEST

START_TEST(statuses_that_nobody_expects_share_a_cell)
{
    metrics_request(ROUTE, 418, 1);
    metrics_request(ROUTE, 0, 1);
    ck_assert_uint_eq(metrics_requests(ROUTE, index_of(0)), 2);
}
END_TEST

START_TEST(routes_past_the_last_row_are_no_route)
{
    metrics_request(METRICS_ROUTES, 404, 1);
    metrics_request(SIZE_MAX, 404, 1);
    ck_assert_uint_eq(metrics_requests(METRICS_NO_ROUTE, index_of(404)), 2);
}
END_TEST

START_TEST(a_bound_belongs_to_its_bucket)
{
    struct metrics_histogram times;
    uint64_t sum = 0;

    for (size_t i = 0; i < METRICS_TIMES; i++) {
        metrics_request(ROUTE, 200, metrics_times[i]);
        metrics_request(ROUTE, 200, metrics_times[i] + 1);
        sum += 2 * (uint64_t)metrics_times[i] + 1;
    }
    metrics_request_times(ROUTE, &times);
    ck_assert_uint_eq(times.count, METRICS_TIMES);
    ck_assert_uint_eq(times.buckets[0], 1);
    for (size_t i = 1; i < METRICS_TIMES; i++)
        ck_assert_uint_eq(times.buckets[i], 2);
    ck_assert_uint_eq(times.buckets[METRICS_TIMES], 1);
    ck_assert_uint_eq(times.sum, sum);
}
END_TEST

START_TEST(bounds_ascend)
{
    for (size_t i = 1; i < METRICS_TIMES; i++)
        ck_assert_int_gt(metrics_times[i], metrics_times[i - 1]);
    for (size_t i = 1; i < METRICS_SIZES; i++)
        ck_assert_int_gt(metrics_sizes[i], metrics_sizes[i - 1]);
}
END_TEST

START_TEST(a_roll_is_counted_by_what_became_of_it)
{
    metrics_roll(RC_OK);
    metrics_roll(RC_CONFLICT);
    metrics_roll(RC_CONFLICT);
    metrics_roll(RC_SYSTEM);
    ck_assert_uint_eq(metrics_rolls(RC_OK), 1);
    ck_assert_uint_eq(metrics_rolls(RC_CONFLICT), 2);
    ck_assert_uint_eq(metrics_rolls(RC_SYSTEM), 1);
    ck_assert_uint_eq(metrics_rolls(RC_INVALID), 0);
}
END_TEST

START_TEST(no_cell_is_another_ones)
{
    struct metrics_histogram histogram;

    metrics_request(METRICS_NO_ROUTE, 200, INT64_MAX);
    metrics_roll(RC_SYSTEM);
    metrics_commit(INT64_MAX, SIZE_MAX / 2);
    metrics_gauge_set((enum metrics_gauge)0, 77);
    metrics_request_times(METRICS_NO_ROUTE, &histogram);
    ck_assert_uint_eq(histogram.buckets[METRICS_TIMES], 1);
    ck_assert_uint_eq(histogram.sum, INT64_MAX);
    ck_assert_uint_eq(total(&histogram), 1);
    ck_assert_uint_eq(metrics_rolls(RC_OK), 0);
    ck_assert_uint_eq(metrics_rolls(RC_SYSTEM), 1);
    metrics_commit_times(&histogram);
    ck_assert_uint_eq(total(&histogram), 1);
    ck_assert_uint_eq(histogram.sum, INT64_MAX);
    metrics_commit_sizes(&histogram);
    ck_assert_uint_eq(total(&histogram), 1);
    ck_assert_uint_eq(histogram.buckets[METRICS_SIZES], 1);
    ck_assert_uint_eq(metrics_gauge((enum metrics_gauge)0), 77);
}
END_TEST

START_TEST(a_gauge_is_swapped_by_one_of_two)
{
    metrics_gauge_set(METRICS_CENSUS_DUE, 5);
    ck_assert(metrics_gauge_swap(METRICS_CENSUS_DUE, 5, 6));
    ck_assert(!metrics_gauge_swap(METRICS_CENSUS_DUE, 5, 7));
    ck_assert_uint_eq(metrics_gauge(METRICS_CENSUS_DUE), 6);
}
END_TEST

START_TEST(counts_last_until_rows_mean_something_else)
{
    metrics_roll(RC_OK);
    metrics_open(at.directory, text_of("routes"));
    ck_assert_uint_eq(metrics_rolls(RC_OK), 1);
    metrics_open(at.directory, text_of("other routes"));
    ck_assert_uint_eq(metrics_rolls(RC_OK), 0);
}
END_TEST

START_TEST(without_a_file_a_process_counts_for_itself)
{
    char nowhere[TEMP_PATH_SIZE];
    uint64_t before;

    metrics_roll(RC_OK);
    metrics_open(temp_dir_path(&at.temp, "nowhere", nowhere), text_of("routes"));
    ck_assert(log_capture_has("metrics count what this process does"));
    before = metrics_rolls(RC_OK);
    metrics_roll(RC_OK);
    ck_assert_uint_eq(metrics_rolls(RC_OK), before + 1);
    metrics_open(at.directory, text_of("routes"));
    ck_assert_uint_eq(metrics_rolls(RC_OK), 1);
}
END_TEST

START_TEST(a_commit_is_counted_with_its_time_and_size)
{
    struct metrics_histogram times;
    struct metrics_histogram sizes;

    ck_assert_int_eq(store_fixture_add(at.store, NUMBER, STORE_FIXTURE_PROJECT, &at.arena), RC_OK);
    metrics_commit_times(&times);
    metrics_commit_sizes(&sizes);
    ck_assert_uint_eq(total(&times), 1);
    ck_assert_uint_gt(times.sum, 0);
    ck_assert_uint_eq(sizes.buckets[0], 1);
    ck_assert_uint_eq(sizes.sum, 1);
}
END_TEST

START_TEST(what_changes_nothing_is_no_commit)
{
    const struct uid nobody = sample_uid(99);
    struct metrics_histogram times;

    ck_assert_int_eq(store_apikey_revoke(at.store, &nobody, SAMPLE_NOW), RC_NOT_FOUND);
    ck_assert_int_eq(store_ready(at.store), RC_OK);
    ck_assert_int_eq(store_check(at.store), RC_OK);
    metrics_commit_times(&times);
    ck_assert_uint_eq(total(&times), 0);
}
END_TEST

START_TEST(the_store_tells_how_full_it_is)
{
    struct store_figures before;
    struct store_figures after;

    ck_assert_int_eq(store_figures(at.store, &before), RC_OK);
    ck_assert_uint_ge(before.map_bytes, before.used_bytes);
    ck_assert_uint_gt(before.used_bytes, 0);
    ck_assert_uint_eq(before.readers, 0);
    ck_assert_uint_eq(before.readers_max, 1024);
    for (uint32_t i = 0; i < 50; i++)
        ck_assert_int_eq(store_fixture_add(at.store, NUMBER + i, STORE_FIXTURE_PROJECT, &at.arena),
                         RC_OK);
    ck_assert_int_eq(store_figures(at.store, &after), RC_OK);
    ck_assert_uint_gt(after.used_bytes, before.used_bytes);
}
END_TEST

/* No writer waits here, whom a view within a view would block. */
static bool count_readers(const struct project *project, void *arg)
{
    struct store_figures *figures = arg;

    (void)project;
    ck_assert_int_eq(store_figures(at.store, figures), RC_OK);
    return true;
}

START_TEST(a_view_that_is_open_is_a_reader)
{
    struct store_figures figures = {0};

    ck_assert_int_eq(store_projects(at.store, count_readers, &figures), RC_OK);
    ck_assert_uint_eq(figures.readers, 1);
}
END_TEST

Suite *metrics_suite(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tc = tcase_create("metrics");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_request_is_counted_by_route_and_status);
    tcase_add_test(tc, statuses_that_nobody_expects_share_a_cell);
    tcase_add_test(tc, routes_past_the_last_row_are_no_route);
    tcase_add_test(tc, a_bound_belongs_to_its_bucket);
    tcase_add_test(tc, bounds_ascend);
    tcase_add_test(tc, a_roll_is_counted_by_what_became_of_it);
    tcase_add_test(tc, no_cell_is_another_ones);
    tcase_add_test(tc, a_gauge_is_swapped_by_one_of_two);
    tcase_add_test(tc, counts_last_until_rows_mean_something_else);
    tcase_add_test(tc, without_a_file_a_process_counts_for_itself);
    tcase_add_test(tc, a_commit_is_counted_with_its_time_and_size);
    tcase_add_test(tc, what_changes_nothing_is_no_commit);
    tcase_add_test(tc, the_store_tells_how_full_it_is);
    tcase_add_test(tc, a_view_that_is_open_is_a_reader);
    suite_add_tcase(suite, tc);
    return suite;
}
