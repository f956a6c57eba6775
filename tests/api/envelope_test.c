/* envelope: the status of every result, and the exact text of every kind of answer. */
#include "api/envelope.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

static struct response response;

static void setup(void)
{
    response_init(&response);
}

static void teardown(void)
{
    response_free(&response);
}

static void expect(int status, const char *body)
{
    ck_assert_int_eq(response.status, status);
    ck_assert_int_eq(buf_status(&response.body), RC_OK);
    ck_assert_uint_eq(response.body.len, strlen(body));
    ck_assert_mem_eq(response.body.data, body, strlen(body));
}

static const int statuses[] = {
    [RC_OK] = 200,          [RC_INVALID] = 400,      [RC_UNAUTHENTICATED] = 401,
    [RC_DENIED] = 401,      [RC_FORBIDDEN] = 403,    [RC_NOT_FOUND] = 404,
    [RC_GONE] = 404,        [RC_PRECONDITION] = 412, [RC_METHOD] = 405,
    [RC_CONFLICT] = 409,    [RC_EXISTS] = 503,       [RC_TOO_LARGE] = 413,
    [RC_MEDIA_TYPE] = 415,  [RC_NO_MEMORY] = 503,    [RC_FULL] = 507,
    [RC_UNAVAILABLE] = 503, [RC_KEY] = 500,          [RC_CORRUPT] = 500,
    [RC_SYSTEM] = 500,
};

START_TEST(every_result_has_its_status)
{
    ck_assert_int_eq(envelope_status((enum rc)_i), statuses[_i]);
}
END_TEST

START_TEST(an_answer_with_data_is_an_envelope_around_it)
{
    struct json_write json = envelope_begin(&response, 201, "made");

    json_write_begin_object(&json);
    json_write_key(&json, "a");
    json_write_integer(&json, 1);
    json_write_end_object(&json);
    envelope_end(&json);
    expect(201, "{\"status\":true,\"message\":\"made\",\"data\":{\"a\":1}}");
}
END_TEST

START_TEST(data_may_be_null)
{
    struct json_write json = envelope_begin(&response, 200, "gone");

    json_write_null(&json);
    envelope_end(&json);
    expect(200, "{\"status\":true,\"message\":\"gone\",\"data\":null}");
}
END_TEST

START_TEST(a_refusal_with_data_says_false)
{
    struct json_write json = envelope_begin(&response, 409, "no");

    json_write_begin_array(&json);
    json_write_end_array(&json);
    envelope_end(&json);
    expect(409, "{\"status\":false,\"message\":\"no\",\"data\":[]}");
}
END_TEST

START_TEST(an_error_is_an_envelope_without_data)
{
    ck_assert_int_eq(envelope_error(&response, RC_FORBIDDEN, "not you"), RC_FORBIDDEN);
    expect(403, "{\"status\":false,\"message\":\"not you\"}");
    ck_assert_int_eq(envelope_error(&response, RC_OK, "ok"), RC_OK);
    expect(200, "{\"status\":true,\"message\":\"ok\"}");
}
END_TEST

START_TEST(a_later_answer_replaces_the_one_before)
{
    (void)envelope_error(&response, RC_FORBIDDEN, "a long message that is to be replaced");
    (void)envelope_error(&response, RC_INVALID, "short");
    expect(400, "{\"status\":false,\"message\":\"short\"}");
}
END_TEST

START_TEST(a_failed_answer_is_replaced_by_one_that_is_not)
{
    buf_free(&response.body);
    buf_init(&response.body, 64);
    (void)envelope_error(&response, RC_INVALID,
                         "a message that is longer than all of the room there is for it");
    ck_assert_int_eq(buf_status(&response.body), RC_NO_MEMORY);
    (void)envelope_error(&response, RC_INVALID, "short");
    expect(400, "{\"status\":false,\"message\":\"short\"}");
}
END_TEST

static const struct {
    enum rc rc;
    const char *body;
} unworded[] = {
    {RC_NOT_FOUND, "{\"status\":false,\"message\":\"Resource not found\"}"},
    {RC_PRECONDITION, "{\"status\":false,\"message\":\"the endpoint has changed since\"}"},
    {RC_EXISTS, "{\"status\":false,\"message\":\"the id that was drawn is taken, try again\"}"},
    {RC_NO_MEMORY, "{\"status\":false,\"message\":\"the service is busy, try again\"}"},
    {RC_UNAVAILABLE, "{\"status\":false,\"message\":\"the service is busy, try again\"}"},
    {RC_FULL, "{\"status\":false,\"message\":\"the store is full, nothing was changed\"}"},
    {RC_KEY, "{\"status\":false,\"message\":\"internal error\"}"},
    {RC_CORRUPT, "{\"status\":false,\"message\":\"internal error\"}"},
    {RC_SYSTEM, "{\"status\":false,\"message\":\"internal error\"}"},
};

START_TEST(a_failure_tells_no_more_than_it_must)
{
    ck_assert_int_eq(envelope_error(&response, unworded[_i].rc, NULL), unworded[_i].rc);
    expect(envelope_status(unworded[_i].rc), unworded[_i].body);
}
END_TEST

START_TEST(faults_are_named_one_by_one)
{
    struct faults faults = {0};

    faults_add(&faults, "url", "please provide a url");
    faults_add(&faults, "a.b", "%s is \"wrong\"", "a.b");
    ck_assert_int_eq(envelope_faults(&response, &faults), RC_INVALID);
    expect(400, "{\"status\":false,\"message\":\"please provide a url, a.b is \\\"wrong\\\"\","
                "\"data\":{\"errors\":[{\"field\":\"url\",\"message\":\"please provide a url\"},"
                "{\"field\":\"a.b\",\"message\":\"a.b is \\\"wrong\\\"\"}]}}");
}
END_TEST

START_TEST(a_fault_of_the_whole_body_names_no_member)
{
    struct faults faults = {0};

    faults_add(&faults, "", "body must not be empty");
    ck_assert_int_eq(envelope_faults(&response, &faults), RC_INVALID);
    expect(400, "{\"status\":false,\"message\":\"body must not be empty\"}");
}
END_TEST

START_TEST(as_many_faults_as_there_can_be_are_answered)
{
    struct faults faults = {0};
    char member[32];
    size_t found = 0;

    for (int i = 0; i < FAULTS_MAX; i++) {
        (void)snprintf(member, sizeof member, "member%d", i);
        faults_add(&faults, member, "%0*d", FAULTS_MESSAGE_SIZE - 1, i);
    }
    ck_assert_int_eq(envelope_faults(&response, &faults), RC_INVALID);
    ck_assert_int_eq(response.status, 400);
    ck_assert_int_eq(buf_status(&response.body), RC_OK);
    for (size_t i = 0; i + 12 < response.body.len; i++)
        if (memcmp(response.body.data + i, "{\"field\":\"me", 12) == 0)
            found++;
    ck_assert_uint_eq(found, FAULTS_MAX);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *envelope_suite(void)
{
    Suite *suite = suite_create("envelope");
    TCase *tc = tcase_create("envelope");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, every_result_has_its_status, 0, COUNT(statuses));
    tcase_add_test(tc, an_answer_with_data_is_an_envelope_around_it);
    tcase_add_test(tc, data_may_be_null);
    tcase_add_test(tc, a_refusal_with_data_says_false);
    tcase_add_test(tc, an_error_is_an_envelope_without_data);
    tcase_add_test(tc, a_later_answer_replaces_the_one_before);
    tcase_add_test(tc, a_failed_answer_is_replaced_by_one_that_is_not);
    tcase_add_loop_test(tc, a_failure_tells_no_more_than_it_must, 0, COUNT(unworded));
    tcase_add_test(tc, faults_are_named_one_by_one);
    tcase_add_test(tc, a_fault_of_the_whole_body_names_no_member);
    tcase_add_test(tc, as_many_faults_as_there_can_be_are_answered);
    suite_add_tcase(suite, tc);
    return suite;
}
