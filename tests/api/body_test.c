/* body: every way in which a body cannot be had, its status and its words, in order. */
#include "api/body.h"
#include "api/json_read.h"
#include "suites.h"
#include "support/json_at.h"

static struct request request;
static struct response response;
static struct call call;
static struct json_object *object;

static void setup(void)
{
    object = NULL;
    request = (struct request){.body = text_of("{\"a\":1}"), .body_max = 1234};
    response_init(&response);
    call = (struct call){.request = &request, .response = &response};
}

static void teardown(void)
{
    json_read_free(object);
    response_free(&response);
}

static void expect_refusal(enum rc rc, int status, const char *message)
{
    ck_assert_int_eq(body_json(&call, &object), rc);
    ck_assert_ptr_null(object);
    ck_assert_int_eq(response.status, status);
    ck_assert_str_eq(json_at(buf_text(&response.body), "status"), "false");
    ck_assert_str_eq(json_at(buf_text(&response.body), "message"), message);
    ck_assert_str_eq(json_at(buf_text(&response.body), "#"), "2");
}

static const char *const json_types[] = {
    "",
    "application/json",
    "Application/JSON",
    "application/json;charset=utf-8",
    "application/json ; charset=\"utf-8\"",
    " application/json\t",
    "application/json;",
};

START_TEST(a_body_of_json_is_had)
{
    request.content_type = text_of(json_types[_i]);
    ck_assert_int_eq(body_json(&call, &object), RC_OK);
    ck_assert_int_eq(json_read_integer(object, "a"), 1);
    ck_assert_int_eq(response.status, 0);
    ck_assert_uint_eq(response.body.len, 0);
}
END_TEST

START_TEST(a_content_type_may_be_absent)
{
    request.content_type = (struct text){NULL, 0};
    ck_assert_int_eq(body_json(&call, &object), RC_OK);
}
END_TEST

static const char *const other_types[] = {
    "text/plain",
    "application/jsonx",
    "application/jso",
    "application/json5",
    "application",
    "application/x-www-form-urlencoded",
    "text/json",
    "application/json/",
    ";",
    "; application/json",
    " ",
    "application/json, text/plain",
    "application /json",
    "multipart/form-data; boundary=application/json",
};

START_TEST(another_content_type_is_refused)
{
    request.content_type = text_of(other_types[_i]);
    expect_refusal(RC_MEDIA_TYPE, 415, "Content-Type must be application/json");
}
END_TEST

START_TEST(an_empty_body_is_refused)
{
    request.body = (struct text){NULL, 0};
    expect_refusal(RC_INVALID, 400, "body must not be empty");
    request.body = text_of(" \n");
    call.faults.count = 0;
    expect_refusal(RC_INVALID, 400, "body must not be empty");
}
END_TEST

START_TEST(badly_formed_json_is_refused)
{
    request.body = text_of("{\"a\":1,}");
    expect_refusal(RC_INVALID, 400, "body contains badly-formed JSON (at character 8)");
}
END_TEST

START_TEST(json_that_is_no_object_is_refused)
{
    request.body = text_of("null");
    expect_refusal(RC_INVALID, 400, "body contains incorrect JSON type");
}
END_TEST

static const struct {
    enum request_body state;
    enum rc rc;
    int status;
    const char *message;
} states[] = {
    {REQUEST_BODY_BAD_LENGTH, RC_INVALID, 400, "Content-Length must be a number of bytes"},
    {REQUEST_BODY_CUT, RC_INVALID, 400, "body is shorter than its Content-Length"},
    {REQUEST_BODY_TOO_LARGE, RC_TOO_LARGE, 413, "body must be at most 1234 bytes"},
};

START_TEST(a_body_that_did_not_come_whole_is_refused_before_anything_else)
{
    request.body = (struct text){NULL, 0};
    request.body_state = states[_i].state;
    request.content_type = text_of("text/plain");
    expect_refusal(states[_i].rc, states[_i].status, states[_i].message);
}
END_TEST

START_TEST(a_body_of_too_many_values_is_too_large)
{
    static char body[200000];
    char *at = body;

    at = stpcpy(at, "{\"y\":[0");
    for (int i = 0; i < 65533; i++)
        at = stpcpy(at, ",0");
    (void)stpcpy(at, "]}");
    request.body = text_of(body);
    expect_refusal(RC_TOO_LARGE, 413,
                   "body must have at most 65536 values, names of members counted too");
}
END_TEST

START_TEST(the_content_type_is_looked_at_before_the_body)
{
    request.body = (struct text){NULL, 0};
    request.content_type = text_of("text/plain");
    expect_refusal(RC_MEDIA_TYPE, 415, "Content-Type must be application/json");
}
END_TEST

START_TEST(a_wrong_type_names_its_member)
{
    struct faults faults = {0};

    body_wrong_type(&faults, "authentication.basic_auth");
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].member, "authentication.basic_auth");
    ck_assert_str_eq(faults.list[0].message, "body contains incorrect JSON type for field "
                                             "\"authentication.basic_auth\"");
}
END_TEST

START_TEST(an_empty_body_may_stand_for_an_empty_object)
{
    request.body = (struct text){NULL, 0};
    request.content_type = text_of("text/plain");
    ck_assert_int_eq(body_json_or_empty(&call, &object), RC_OK);
    ck_assert_int_eq(json_read_kind(object, "a"), JSON_KIND_ABSENT);
    ck_assert_int_eq(response.status, 0);
}
END_TEST

START_TEST(any_other_body_is_read_as_always)
{
    ck_assert_int_eq(body_json_or_empty(&call, &object), RC_OK);
    ck_assert_int_eq(json_read_integer(object, "a"), 1);
    json_read_free(object);
    object = NULL;
    request.body = text_of(" ");
    ck_assert_int_eq(body_json_or_empty(&call, &object), RC_INVALID);
    request.body = text_of("{");
    ck_assert_int_eq(body_json_or_empty(&call, &object), RC_INVALID);
    request.body = (struct text){NULL, 0};
    request.body_state = REQUEST_BODY_TOO_LARGE;
    ck_assert_int_eq(body_json_or_empty(&call, &object), RC_TOO_LARGE);
    request.body_state = REQUEST_BODY_CUT;
    ck_assert_int_eq(body_json_or_empty(&call, &object), RC_INVALID);
    ck_assert_ptr_null(object);
}
END_TEST

START_TEST(optional_members_are_read_or_left_alone)
{
    struct faults faults = {0};
    struct text text = text_of("before");
    int64_t number = 42;

    request.body = text_of("{\"t\":\"\",\"i\":-3,\"n\":null,\"f\":1.5,\"b\":true}");
    ck_assert_int_eq(body_json(&call, &object), RC_OK);
    body_text(object, "n", "n", &text, &faults);
    body_text(object, "missing", "missing", &text, &faults);
    ck_assert(text_is(text, "before"));
    body_text(object, "t", "t", &text, &faults);
    ck_assert_uint_eq(text.len, 0);
    body_integer(object, "n", &number, &faults);
    body_integer(object, "missing", &number, &faults);
    ck_assert_int_eq(number, 42);
    body_integer(object, "i", &number, &faults);
    ck_assert_int_eq(number, -3);
    ck_assert_uint_eq(faults.count, 0);
    body_integer(object, "f", &number, &faults);
    body_integer(object, "t", &number, &faults);
    body_text(object, "b", "path.to.b", &text, &faults);
    ck_assert_int_eq(number, -3);
    ck_assert_uint_eq(text.len, 0);
    ck_assert_uint_eq(faults.count, 3);
    ck_assert_str_eq(faults.list[2].member, "path.to.b");
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *body_suite(void)
{
    Suite *suite = suite_create("body");
    TCase *tc = tcase_create("body");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, a_body_of_json_is_had, 0, COUNT(json_types));
    tcase_add_test(tc, a_content_type_may_be_absent);
    tcase_add_loop_test(tc, another_content_type_is_refused, 0, COUNT(other_types));
    tcase_add_test(tc, an_empty_body_is_refused);
    tcase_add_test(tc, badly_formed_json_is_refused);
    tcase_add_test(tc, json_that_is_no_object_is_refused);
    tcase_add_loop_test(tc, a_body_that_did_not_come_whole_is_refused_before_anything_else, 0,
                        COUNT(states));
    tcase_add_test(tc, a_body_of_too_many_values_is_too_large);
    tcase_add_test(tc, the_content_type_is_looked_at_before_the_body);
    tcase_add_test(tc, an_empty_body_may_stand_for_an_empty_object);
    tcase_add_test(tc, any_other_body_is_read_as_always);
    tcase_add_test(tc, optional_members_are_read_or_left_alone);
    tcase_add_test(tc, a_wrong_type_names_its_member);
    suite_add_tcase(suite, tc);
    return suite;
}
