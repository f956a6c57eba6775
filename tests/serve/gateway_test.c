/* gateway: when a request happens, of which the body may take long to come, what it is told of a
 * body that never comes to its end, and that every status has its phrase and its count. */
#include "api/envelope.h"
#include "base/moment.h"
#include "serve/access.h"
#include "serve/gateway.h"
#include "store/metrics.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

static int64_t came; /* ms: when the body's end did */

/* Nothing more than the end, at a later millisecond than the caller began. */
static int read_late(void *stream, char *out, int size)
{
    const int64_t began = moment_now();

    (void)stream;
    (void)out;
    (void)size;
    while (came <= began)
        came = moment_now();
    return 0;
}

static void write_nowhere(void *stream, const char *bytes, size_t len)
{
    (void)stream;
    (void)bytes;
    (void)len;
}

static void note_now(const struct request *request, struct response *response,
                     struct outcome *outcome, void *arg)
{
    int64_t *now = arg;

    *now = request->now;
    response->status = 200;
    *outcome = (struct outcome){.rc = RC_OK};
}

START_TEST(a_request_happens_when_all_of_it_has_come)
{
    static char method[] = "REQUEST_METHOD=PUT";
    char *const variables[] = {method, NULL};
    const struct gateway_peer peer = {variables, NULL, read_late, write_nowhere};
    struct gateway gateway;
    int64_t now = 0;

    access_set(ACCESS_LOG_NONE);
    came = 0;
    gateway_init(&gateway);
    ck_assert(gateway_serve(&gateway, &peer, note_now, &now));
    ck_assert_int_gt(came, 0);
    ck_assert_int_ge(now, came);
    gateway_free(&gateway);
    access_set(ACCESS_LOG_ALL);
}
END_TEST

static char lengths[][32] = {"CONTENT_LENGTH=", "CONTENT_LENGTH=3", "CONTENT_LENGTH=1000000",
                             "CONTENT_LENGTH=x", "NONE="};

static int break_off(void *stream, char *out, int size)
{
    (void)stream;
    (void)out;
    (void)size;
    return -1;
}

static void note_state(const struct request *request, struct response *response,
                       struct outcome *outcome, void *arg)
{
    enum request_body *state = arg;

    *state = request->body_state;
    ck_assert_uint_eq(request->body.len, 0);
    response->status = 400;
    *outcome = (struct outcome){.rc = RC_INVALID};
}

START_TEST(a_body_that_breaks_off_is_cut_whatever_its_length_was_to_be)
{
    char *const variables[] = {lengths[_i], NULL};
    const struct gateway_peer peer = {variables, NULL, break_off, write_nowhere};
    enum request_body state = REQUEST_BODY_WHOLE;
    struct gateway gateway;

    access_set(ACCESS_LOG_NONE);
    gateway_init(&gateway);
    gateway_bound(&gateway, 10);
    (void)gateway_serve(&gateway, &peer, note_state, &state);
    ck_assert_int_eq(state, REQUEST_BODY_CUT);
    gateway_free(&gateway);
    access_set(ACCESS_LOG_ALL);
}
END_TEST

static char sent[1024];

static int read_nothing(void *stream, char *out, int size)
{
    (void)stream;
    (void)out;
    (void)size;
    return 0;
}

static void keep(void *stream, const char *bytes, size_t len)
{
    size_t room = sizeof sent - 1 - strlen(sent);

    (void)stream;
    (void)strncat(sent, bytes, len < room ? len : room);
}

static void give_status(const struct request *request, struct response *response,
                        struct outcome *outcome, void *arg)
{
    const int *status = arg;

    (void)request;
    response->status = *status;
    *outcome = (struct outcome){.rc = RC_OK, .route = METRICS_NO_ROUTE};
}

/* How many were answered with it, alone. */
static uint64_t counted(int status)
{
    size_t i = 0;

    while (metrics_status(i) != status) {
        ck_assert_msg(metrics_status(i) > 0, "%d is not counted by itself", status);
        i++;
    }
    return metrics_requests(METRICS_NO_ROUTE, i);
}

static void expect_phrase_and_count(int status)
{
    char *const variables[] = {NULL};
    const struct gateway_peer peer = {variables, NULL, read_nothing, keep};
    const uint64_t before = counted(status);
    struct gateway gateway;
    char line[32];

    access_set(ACCESS_LOG_NONE);
    sent[0] = '\0';
    gateway_init(&gateway);
    ck_assert(gateway_serve(&gateway, &peer, give_status, &status));
    gateway_free(&gateway);
    access_set(ACCESS_LOG_ALL);
    ck_assert_uint_eq(counted(status), before + 1);
    (void)snprintf(line, sizeof line, "Status: %d ", status);
    ck_assert_int_eq(strncmp(sent, line, strlen(line)), 0);
    ck_assert_msg(strncmp(sent + strlen(line), "Status\r\n", 8) != 0, "%d has no phrase", status);
}

START_TEST(the_status_of_every_result_has_its_phrase_and_its_count)
{
    expect_phrase_and_count(envelope_status((enum rc)_i));
}
END_TEST

/* Those of answers that are no result's too. */
START_TEST(every_status_that_is_counted_has_its_phrase)
{
    for (size_t i = 0; metrics_status(i) > 0; i++)
        expect_phrase_and_count(metrics_status(i));
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *gateway_suite(void)
{
    Suite *suite = suite_create("gateway");
    TCase *tc = tcase_create("gateway");

    tcase_add_test(tc, a_request_happens_when_all_of_it_has_come);
    tcase_add_loop_test(tc, a_body_that_breaks_off_is_cut_whatever_its_length_was_to_be, 0,
                        COUNT(lengths));
    tcase_add_loop_test(tc, the_status_of_every_result_has_its_phrase_and_its_count, 0,
                        RC_SYSTEM + 1);
    tcase_add_test(tc, every_status_that_is_counted_has_its_phrase);
    suite_add_tcase(suite, tc);
    return suite;
}
