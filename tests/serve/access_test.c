/* access: what a line tells of a request, which requests get one, and that each is counted. */
#include "serve/access.h"

#include "store/metrics.h"
#include "suites.h"
#include "support/api_fixture.h"
#include "support/log_capture.h"
#include "support/sample.h"

#include <stdio.h>
#include <string.h>

enum {
    NUMBER = 2
};

static struct api_fixture api;

static void setup(void)
{
    api_fixture_make_with(&api, NUMBER);
    log_capture_begin();
}

static void teardown(void)
{
    access_set(ACCESS_LOG_ALL);
    api_fixture_remove(&api);
}

static void note(void)
{
    access_note(&api.request, api.response.status, &api.outcome, 1234999);
}

static void expect_line(const char *line)
{
    ck_assert_msg(log_capture_has(line), "not logged: %s", line);
    ck_assert_uint_eq(log_capture_count(), 1);
}

static const char *uid_text(uint32_t n)
{
    static char room[4][UID_SIZE];
    static size_t next;
    struct uid uid = sample_uid(n);
    char *out = room[next++ % 4];

    uid_format(&uid, out);
    return out;
}

START_TEST(a_request_is_told_with_its_key_route_status_and_time)
{
    char line[512];

    ck_assert_int_eq(api_ask(&api, "GET", api_endpoint(&api, NUMBER, ""), NULL), RC_OK);
    note();
    (void)snprintf(line, sizeof line,
                   "event=request id=request-1 key=%s method=GET "
                   "route=/v1/projects/{project}/endpoints/{endpoint} status=200 result=ok us=1234 "
                   "project=%s endpoint=%s\n",
                   uid_text(900), uid_text(STORE_FIXTURE_PROJECT), uid_text(NUMBER));
    expect_line(line);
}
END_TEST

START_TEST(a_roll_is_told_with_the_secret_that_it_made)
{
    char line[64];

    ck_assert_int_eq(
        api_ask(&api, "PUT", api_endpoint(&api, NUMBER, "/expire_secret"), "{\"expiration\":5}"),
        RC_OK);
    note();
    (void)snprintf(line, sizeof line, " secret=%s\n", api_at(&api, "data.secrets.1.uid"));
    expect_line(line);
    ck_assert(!log_capture_has(api_at(&api, "data.secrets.1.value")));
}
END_TEST

START_TEST(an_endpoint_that_is_made_is_told)
{
    char path[128];
    char line[160];

    (void)snprintf(path, sizeof path, "/v1/projects/%s/endpoints", uid_text(STORE_FIXTURE_PROJECT));
    ck_assert_int_eq(api_ask(&api, "POST", path, "{\"name\":\"n\",\"url\":\"https://a.example/\"}"),
                     RC_OK);
    note();
    (void)snprintf(line, sizeof line, " endpoint=%s", api_at(&api, "data.uid"));
    ck_assert(log_capture_has(line));
    (void)snprintf(line, sizeof line, " secret=%s\n", api_at(&api, "data.secrets.0.uid"));
    expect_line(line);
}
END_TEST

START_TEST(an_api_key_that_is_made_is_told_without_its_token)
{
    char path[128];
    char line[64];

    (void)snprintf(path, sizeof path, "/v1/projects/%s/api-keys", uid_text(STORE_FIXTURE_PROJECT));
    ck_assert_int_eq(api_ask(&api, "POST", path, "{}"), RC_OK);
    note();
    (void)snprintf(line, sizeof line, " api_key=%s\n", api_at(&api, "data.uid"));
    expect_line(line);
    ck_assert(!log_capture_has("hrk_"));
}
END_TEST

START_TEST(a_key_that_is_not_good_is_not_told)
{
    char wrong[API_AUTHORIZATION_SIZE];

    memcpy(wrong, api.admin, sizeof wrong);
    wrong[sizeof wrong - 3] = wrong[sizeof wrong - 3] == 'A' ? 'E' : 'A';
    ck_assert_int_eq(api_ask_as(&api, wrong, "GET", api_endpoint(&api, NUMBER, ""), NULL),
                     RC_DENIED);
    note();
    expect_line(" key=- method=GET ");
    ck_assert(log_capture_has(" status=401 result=denied "));
    ck_assert(!log_capture_has(uid_text(900)));
}
END_TEST

START_TEST(a_path_that_met_no_route_is_not_told)
{
    char path[128];

    (void)snprintf(path, sizeof path, "/v1/projects/%s/hrk_a_key_in_the_path",
                   uid_text(STORE_FIXTURE_PROJECT));
    ck_assert_int_eq(api_ask(&api, "GET", path, NULL), RC_NOT_FOUND);
    note();
    expect_line("key=- method=GET route=- status=404 result=not_found us=1234\n");
}
END_TEST

START_TEST(a_method_and_a_request_id_cannot_forge_a_line)
{
    api.request.id = text_of("x level=error \"q\" a=b\\");
    (void)api_ask(&api, "GET\nlevel=error a very long method", "/healthz", NULL);
    note();
    expect_line("id=\"x level=error \\\"q\\\" a=b\\\\\" ");
    ck_assert(log_capture_has(" method=\"GET\\x0alevel=error \" "));
}
END_TEST

static const struct {
    enum access_log which;
    const char *method;
    bool told;
} choices[] = {
    {ACCESS_LOG_ALL, "GET", true},        {ACCESS_LOG_ALL, "PUT", true},
    {ACCESS_LOG_CHANGES, "GET", false},   {ACCESS_LOG_CHANGES, "HEAD", false},
    {ACCESS_LOG_CHANGES, "PUT", true},    {ACCESS_LOG_CHANGES, "POST", true},
    {ACCESS_LOG_CHANGES, "DELETE", true}, {ACCESS_LOG_CHANGES, "get", true},
    {ACCESS_LOG_NONE, "PUT", false},      {ACCESS_LOG_NONE, "GET", false},
};

START_TEST(the_setting_says_which_requests_are_told)
{
    access_set(choices[_i].which);
    (void)api_ask(&api, choices[_i].method, "/healthz", NULL);
    note();
    ck_assert_uint_eq(log_capture_count(), choices[_i].told ? 1 : 0);
}
END_TEST

START_TEST(a_request_that_is_not_told_is_counted)
{
    struct metrics_histogram before;
    struct metrics_histogram after;
    const size_t bucket = 5; /* up to 2.5 ms */

    access_set(ACCESS_LOG_NONE);
    ck_assert_int_eq(api_ask(&api, "GET", "/healthz", NULL), RC_OK);
    metrics_request_times(api.outcome.route, &before);
    note();
    metrics_request_times(api.outcome.route, &after);
    ck_assert_uint_eq(after.buckets[bucket], before.buckets[bucket] + 1);
    ck_assert_uint_eq(after.sum, before.sum + 1234999);
}
END_TEST

Suite *access_suite(void)
{
    Suite *suite = suite_create("access");
    TCase *tc = tcase_create("access");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_request_is_told_with_its_key_route_status_and_time);
    tcase_add_test(tc, a_roll_is_told_with_the_secret_that_it_made);
    tcase_add_test(tc, an_endpoint_that_is_made_is_told);
    tcase_add_test(tc, an_api_key_that_is_made_is_told_without_its_token);
    tcase_add_test(tc, a_key_that_is_not_good_is_not_told);
    tcase_add_test(tc, a_path_that_met_no_route_is_not_told);
    tcase_add_test(tc, a_method_and_a_request_id_cannot_forge_a_line);
    tcase_add_loop_test(tc, the_setting_says_which_requests_are_told, 0,
                        (int)(sizeof choices / sizeof choices[0]));
    tcase_add_test(tc, a_request_that_is_not_told_is_counted);
    suite_add_tcase(suite, tc);
    return suite;
}
