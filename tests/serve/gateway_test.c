/* gateway: when a request happens, of which the body may take long to come, and what it is told
 * of a body that never comes to its end. */
#include "base/moment.h"
#include "serve/access.h"
#include "serve/gateway.h"
#include "suites.h"

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

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *gateway_suite(void)
{
    Suite *suite = suite_create("gateway");
    TCase *tc = tcase_create("gateway");

    tcase_add_test(tc, a_request_happens_when_all_of_it_has_come);
    tcase_add_loop_test(tc, a_body_that_breaks_off_is_cut_whatever_its_length_was_to_be, 0,
                        COUNT(lengths));
    suite_add_tcase(suite, tc);
    return suite;
}
