/* exposition: the text of a scrape line by line, and who may have it. */
#include "api/exposition.h"
#include "api/router.h"
#include "store/census.h"
#include "store/metrics.h"
#include "suites.h"
#include "support/api_fixture.h"
#include "support/log_capture.h"
#include "support/sample.h"

#include <stdio.h>
#include <string.h>

#define TOKEN         "a-token-of-a-monitor"
#define AUTHORIZATION "Bearer " TOKEN

enum {
    NUMBER = 2
};

static struct api_fixture api;
static struct buf text;

static void setup(void)
{
    api_fixture_make(&api);
    api_fixture_open(&api);
    exposition_open(api.at.directory);
    api.service.scrape.set = true;
    crypto_digest(api.service.scrape.digest, TOKEN, strlen(TOKEN));
    buf_init(&text, 1 << 20);
}

static void teardown(void)
{
    buf_free(&text);
    metrics_close();
    api_fixture_remove(&api);
}

static void scrape(void)
{
    buf_reset(&text);
    exposition_write(&text, api.at.store);
    ck_assert_int_eq(buf_status(&text), RC_OK);
    buf_put_byte(&text, '\0');
}

static bool has(const char *line)
{
    char whole[512];

    (void)snprintf(whole, sizeof whole, "\n%s\n", line);
    return strstr(text.data, whole) != NULL;
}

static void expect(const char *line)
{
    ck_assert_msg(has(line), "no line %s in\n%s", line, text.data);
}

static size_t route_of(const char *wanted_method, const char *wanted)
{
    const char *method;
    const char *pattern;
    size_t i = 0;

    while (router_route(i, &method, &pattern) &&
           (strcmp(pattern, wanted) != 0 || strcmp(method, wanted_method) != 0))
        i++;
    return i;
}

START_TEST(requests_are_told_by_route_method_and_status)
{
    metrics_request(route_of("GET", "/healthz"), 200, 1);
    metrics_request(route_of("GET", "/healthz"), 200, 1);
    metrics_request(route_of("GET", "/healthz"), 503, 1);
    metrics_request(route_of("GET", "/healthz"), 599, 1);
    metrics_request(METRICS_NO_ROUTE, 404, 1);
    scrape();
    expect("# TYPE hookroll_requests_total counter");
    expect("hookroll_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"} 2");
    expect("hookroll_requests_total{route=\"/healthz\",method=\"GET\",status=\"503\"} 1");
    expect("hookroll_requests_total{route=\"/healthz\",method=\"GET\",status=\"other\"} 1");
    expect("hookroll_requests_total{route=\"none\",method=\"any\",status=\"404\"} 1");
    ck_assert_ptr_null(strstr(text.data, "/readyz"));
}
END_TEST

#define TIMES "hookroll_request_duration_seconds"
#define READY "route=\"/readyz\",method=\"GET\""

START_TEST(buckets_are_cumulative_and_in_seconds)
{
    metrics_request(route_of("GET", "/readyz"), 200, 50000);
    metrics_request(route_of("GET", "/readyz"), 200, 50001);
    metrics_request(route_of("GET", "/readyz"), 200, INT64_C(2000000000));
    metrics_request(route_of("GET", "/readyz"), 200, INT64_C(6000000000));
    scrape();
    expect("# TYPE " TIMES " histogram");
    expect(TIMES "_bucket{" READY ",le=\"0.00005\"} 1");
    expect(TIMES "_bucket{" READY ",le=\"0.0001\"} 2");
    expect(TIMES "_bucket{" READY ",le=\"0.0025\"} 2");
    expect(TIMES "_bucket{" READY ",le=\"1\"} 2");
    expect(TIMES "_bucket{" READY ",le=\"5\"} 3");
    expect(TIMES "_bucket{" READY ",le=\"+Inf\"} 4");
    expect(TIMES "_sum{" READY "} 8.000100001");
    expect(TIMES "_count{" READY "} 4");
}
END_TEST

START_TEST(rolls_and_refusals_are_told_those_that_never_were_too)
{
    scrape();
    expect("hookroll_rolls_total 0");
    expect("hookroll_rolls_refused_total{reason=\"conflict\"} 0");
    metrics_roll(RC_OK);
    metrics_roll(RC_CONFLICT);
    scrape();
    expect("hookroll_rolls_total 1");
    expect("hookroll_rolls_refused_total{reason=\"conflict\"} 1");
    expect("hookroll_rolls_refused_total{reason=\"invalid\"} 0");
    ck_assert_ptr_null(strstr(text.data, "reason=\"ok\""));
}
END_TEST

START_TEST(commits_are_told_with_their_sizes)
{
    metrics_commit(1000000, 1);
    metrics_commit(1000001, 300);
    scrape();
    expect("hookroll_commit_duration_seconds_bucket{le=\"0.001\"} 1");
    expect("hookroll_commit_duration_seconds_bucket{le=\"0.0025\"} 2");
    expect("hookroll_commit_duration_seconds_sum 0.002000001");
    expect("hookroll_commit_duration_seconds_count 2");
    expect("hookroll_commit_batch_size_bucket{le=\"1\"} 1");
    expect("hookroll_commit_batch_size_bucket{le=\"256\"} 1");
    expect("hookroll_commit_batch_size_bucket{le=\"+Inf\"} 2");
    expect("hookroll_commit_batch_size_sum 301");
}
END_TEST

START_TEST(the_store_and_the_version_are_told)
{
    scrape();
    buf_reset(&text);
    buf_put_byte(&text, '\n');
    exposition_write(&text, api.at.store);
    buf_put_byte(&text, '\0');
    expect("# HELP hookroll_build_info The version that answers.");
    expect("hookroll_build_info{version=\"" HOOKROLL_VERSION "\"} 1");
    expect("hookroll_map_bytes 16777216");
    expect("hookroll_readers 0");
    expect("hookroll_readers_max 1024");
    ck_assert_ptr_nonnull(strstr(text.data, "\nhookroll_map_used_bytes "));
}
END_TEST

START_TEST(a_census_is_told_once_there_was_one)
{
    scrape();
    ck_assert_ptr_null(strstr(text.data, "census"));
    ck_assert_ptr_null(strstr(text.data, "hookroll_endpoints"));
    ck_assert_int_eq(census_run(api.at.store, NULL, NULL), RC_OK);
    scrape();
    expect("hookroll_endpoints 0");
    expect("hookroll_endpoints_damaged 0");
    expect("hookroll_secrets_in_grace 0");
    ck_assert_ptr_nonnull(strstr(text.data, "\nhookroll_census_timestamp_seconds "));
    ck_assert_ptr_null(strstr(text.data, "oldest"));
    metrics_gauge_set(METRICS_IN_GRACE, 3);
    metrics_gauge_set(METRICS_OLDEST_CURRENT, SAMPLE_NOW);
    scrape();
    expect("hookroll_secrets_in_grace 3");
    expect("hookroll_oldest_current_secret_timestamp_seconds 1795460885.123");
}
END_TEST

START_TEST(a_monitor_with_the_token_is_answered_in_prometheus_text)
{
    ck_assert_int_eq(api_ask_as(&api, AUTHORIZATION, "GET", "/metrics", NULL), RC_OK);
    ck_assert_int_eq(api.response.status, 200);
    ck_assert_str_eq(api.response.content_type, "text/plain; version=0.0.4; charset=utf-8");
    buf_put_text(&text, buf_text(&api.response.body));
    buf_put_byte(&text, '\0');
    ck_assert_ptr_nonnull(strstr(text.data, "\nhookroll_rolls_total 0\n"));
    ck_assert_int_eq(api_ask_as(&api, AUTHORIZATION, "GET", "/healthz", NULL), RC_OK);
    ck_assert_str_eq(api.response.content_type, "application/json");
}
END_TEST

static void expect_denied(const char *authorization, const char *message)
{
    (void)api_ask_as(&api, authorization, "GET", "/metrics", NULL);
    api_expect(&api, 401, message);
    ck_assert_ptr_null(memmem(api.response.body.data, api.response.body.len, "hookroll_", 9));
}

START_TEST(nobody_else_is_an_administrator_of_a_project_neither)
{
    expect_denied(NULL, "Authentication required");
    ck_assert(api_header(&api, "WWW-Authenticate: Bearer realm=\"hookroll\""));
    expect_denied(TOKEN, "Authentication required");
    expect_denied(api.admin, "authorization failed");
    ck_assert(
        api_header(&api, "WWW-Authenticate: Bearer realm=\"hookroll\", error=\"invalid_token\""));
    expect_denied(AUTHORIZATION "x", "authorization failed");
    expect_denied("Bearer a-token-of-a-monito", "authorization failed");
    ck_assert(!log_capture_has(TOKEN));
}
END_TEST

START_TEST(the_token_opens_nothing_else)
{
    (void)api_ask_as(&api, AUTHORIZATION, "GET", api_endpoint(&api, NUMBER, ""), NULL);
    api_expect(&api, 401, "authorization failed");
}
END_TEST

static const char *const methods[] = {"GET", "HEAD", "POST", "DELETE"};

START_TEST(without_a_token_the_path_is_unknown)
{
    api.service.scrape.set = false;
    (void)api_ask_as(&api, AUTHORIZATION, methods[_i], "/metrics", NULL);
    api_expect(&api, 404, "Resource not found");
    ck_assert_uint_eq(api.response.headers.len, 0);
    ck_assert_uint_eq(api.outcome.route, METRICS_NO_ROUTE);
}
END_TEST

START_TEST(other_methods_are_refused_where_there_is_a_token)
{
    ck_assert_int_eq(api_ask_as(&api, AUTHORIZATION, "POST", "/metrics", NULL), RC_METHOD);
    ck_assert(api_header(&api, "Allow: GET, HEAD"));
}
END_TEST

static void ask_roll(const char *authorization, const char *body)
{
    (void)api_ask_as(&api, authorization, "PUT", api_endpoint(&api, NUMBER, "/expire_secret"),
                     body);
}

START_TEST(every_roll_that_is_asked_for_is_counted_by_its_outcome)
{
    ck_assert_int_eq(store_fixture_add(api.at.store, NUMBER, STORE_FIXTURE_PROJECT, &api.arena),
                     RC_OK);
    ask_roll(api.admin, "{\"expiration\":60}");
    ask_roll(api.admin, "{\"expiration\":-1}");
    ask_roll(api.admin, "{");
    ask_roll(NULL, "{}");
    (void)api_ask(&api, "PUT", api_endpoint(&api, NUMBER + 1, "/expire_secret"), "{}");
    (void)api_ask(&api, "POST", api_endpoint(&api, NUMBER, "/expire_secret"), "{}");
    ck_assert_uint_eq(metrics_rolls(RC_OK), 1);
    ck_assert_uint_eq(metrics_rolls(RC_INVALID), 2);
    ck_assert_uint_eq(metrics_rolls(RC_UNAUTHENTICATED), 1);
    ck_assert_uint_eq(metrics_rolls(RC_NOT_FOUND), 1);
    ck_assert_uint_eq(metrics_rolls(RC_METHOD), 0);
}
END_TEST

Suite *exposition_suite(void)
{
    Suite *suite = suite_create("exposition");
    TCase *tc = tcase_create("exposition");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, requests_are_told_by_route_method_and_status);
    tcase_add_test(tc, buckets_are_cumulative_and_in_seconds);
    tcase_add_test(tc, rolls_and_refusals_are_told_those_that_never_were_too);
    tcase_add_test(tc, commits_are_told_with_their_sizes);
    tcase_add_test(tc, the_store_and_the_version_are_told);
    tcase_add_test(tc, a_census_is_told_once_there_was_one);
    tcase_add_test(tc, a_monitor_with_the_token_is_answered_in_prometheus_text);
    tcase_add_test(tc, nobody_else_is_an_administrator_of_a_project_neither);
    tcase_add_test(tc, the_token_opens_nothing_else);
    tcase_add_loop_test(tc, without_a_token_the_path_is_unknown, 0,
                        (int)(sizeof methods / sizeof methods[0]));
    tcase_add_test(tc, other_methods_are_refused_where_there_is_a_token);
    tcase_add_test(tc, every_roll_that_is_asked_for_is_counted_by_its_outcome);
    suite_add_tcase(suite, tc);
    return suite;
}
