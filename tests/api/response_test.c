/* response: header lines as they are sent, and answers that leave nothing behind. */
#include "api/response.h"
#include "suites.h"

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

START_TEST(a_new_response_has_no_answer)
{
    ck_assert_int_eq(response.status, 0);
    ck_assert_uint_eq(response.headers.len, 0);
    ck_assert_uint_eq(response.body.len, 0);
    ck_assert_int_eq(buf_status(&response.headers), RC_OK);
    ck_assert_int_eq(buf_status(&response.body), RC_OK);
}
END_TEST

START_TEST(headers_are_lines_in_order)
{
    response_header(&response, "Allow", "GET, HEAD");
    response_header(&response, "Retry-After", "7");
    ck_assert(text_is(buf_text(&response.headers), "Allow: GET, HEAD\r\nRetry-After: 7\r\n"));
}
END_TEST

START_TEST(headers_have_a_bound)
{
    char value[1024];

    memset(value, 'v', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    for (int i = 0; i < 8; i++)
        response_header(&response, "Name", value);
    ck_assert_int_eq(buf_status(&response.headers), RC_NO_MEMORY);
}
END_TEST

START_TEST(reset_wipes_the_answer_and_forgets_a_failure)
{
    const char *body;

    response.status = 200;
    response_header(&response, "Name", "value");
    buf_put_string(&response.body, "secret");
    buf_put(&response.headers, NULL, 0);
    body = response.body.data;
    (void)buf_room(&response.headers, SIZE_MAX / 2);
    ck_assert_int_eq(buf_status(&response.headers), RC_NO_MEMORY);
    response_reset(&response);
    ck_assert_int_eq(response.status, 0);
    ck_assert_uint_eq(response.headers.len, 0);
    ck_assert_uint_eq(response.body.len, 0);
    ck_assert_int_eq(buf_status(&response.headers), RC_OK);
    ck_assert_ptr_eq(response.body.data, body);
    ck_assert_mem_eq(body, "\0\0\0\0\0\0", 6);
}
END_TEST

START_TEST(a_body_is_extended_for_one_answer)
{
    size_t ceiling = response.body.ceiling;

    response_extend(&response, 5);
    ck_assert_ptr_nonnull(buf_room(&response.body, ceiling + 5));
    ck_assert_ptr_null(buf_room(&response.body, 1));
    response_reset(&response);
    ck_assert_ptr_nonnull(buf_room(&response.body, ceiling));
    ck_assert_ptr_null(buf_room(&response.body, 1));
}
END_TEST

START_TEST(a_freed_response_can_be_initialised_again)
{
    response.status = 404;
    response_header(&response, "Name", "value");
    buf_put_string(&response.body, "body");
    response_free(&response);
    response_init(&response);
    ck_assert_int_eq(response.status, 0);
    response_header(&response, "Name", "again");
    ck_assert(text_is(buf_text(&response.headers), "Name: again\r\n"));
}
END_TEST

Suite *response_suite(void)
{
    Suite *suite = suite_create("response");
    TCase *tc = tcase_create("response");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_new_response_has_no_answer);
    tcase_add_test(tc, headers_are_lines_in_order);
    tcase_add_test(tc, headers_have_a_bound);
    tcase_add_test(tc, reset_wipes_the_answer_and_forgets_a_failure);
    tcase_add_test(tc, a_body_is_extended_for_one_answer);
    tcase_add_test(tc, a_freed_response_can_be_initialised_again);
    suite_add_tcase(suite, tc);
    return suite;
}
