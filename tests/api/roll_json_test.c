/* roll_json: what a roll's body asks for, absent, null and "" alike, and faults for
 * members of the wrong type. */
#include "api/json_read.h"
#include "api/roll_json.h"
#include "suites.h"

#include <stdio.h>

static struct json_object *object;
static struct roll_request request;
static struct faults faults;

static void setup(void)
{
    object = NULL;
    faults.count = 0;
    request = (struct roll_request){true, 99, text_of("left over"), text_of("left over")};
}

static void teardown(void)
{
    json_read_free(object);
}

static void read_body(const char *body)
{
    ck_assert_int_eq(json_read_object(text_of(body), &object, &faults), RC_OK);
    roll_json_read(object, &request, &faults);
}

START_TEST(every_member_is_read)
{
    read_body("{\"expiration\":3600,\"secret\":\"a \\u20ac\",\"reason\":\"leaked\"}");
    ck_assert_uint_eq(faults.count, 0);
    ck_assert(request.has_grace);
    ck_assert_int_eq(request.grace, 3600);
    ck_assert(text_is(request.secret, "a \xE2\x82\xAC"));
    ck_assert(text_is(request.reason, "leaked"));
}
END_TEST

static const char *const nothing[] = {
    "{}",
    "{\"expiration\":null}",
    "{\"secret\":null}",
    "{\"secret\":\"\"}",
    "{\"expiration\":null,\"secret\":null,\"reason\":null}",
    "{\"reason\":\"\"}",
    "{\"Expiration\":1,\"SECRET\":\"x\",\"expires\":2}",
    "{\"data\":{\"expiration\":1,\"secret\":\"x\"},\"more\":[1,{\"expiration\":2}]}",
};

START_TEST(absent_null_and_empty_ask_for_nothing)
{
    read_body(nothing[_i]);
    ck_assert_uint_eq(faults.count, 0);
    ck_assert(!request.has_grace);
    ck_assert_uint_eq(request.secret.len, 0);
    ck_assert_uint_eq(request.reason.len, 0);
}
END_TEST

static const struct {
    const char *number;
    int64_t grace;
} integers[] = {
    {"0", 0},
    {"-0", 0},
    {"-1", -1},
    {"31536000", 31536000},
    {"9223372036854775807", INT64_MAX},
    {"9223372036854775808", INT64_MAX},
    {"99999999999999999999999", INT64_MAX},
    {"-99999999999999999999999", INT64_MIN},
};

START_TEST(an_integer_is_taken_as_it_is)
{
    char body[80];

    (void)snprintf(body, sizeof body, "{\"expiration\":%s}", integers[_i].number);
    read_body(body);
    ck_assert_uint_eq(faults.count, 0);
    ck_assert(request.has_grace);
    ck_assert_int_eq(request.grace, integers[_i].grace);
}
END_TEST

static const char *const fractions[] = {"0.0",  "1.0",  "0.5",   "3600.5", "1e3",
                                        "1E-3", "-0.0", "1e400", "-1e400", "3.6e3"};

START_TEST(a_number_that_is_no_integer_is_in_no_projects_range)
{
    struct project project;
    char body[80];

    (void)snprintf(body, sizeof body, "{\"expiration\":%s}", fractions[_i]);
    read_body(body);
    project_init(&project, UID_NONE, text_of("p"), 0);
    project.max_grace = PROJECT_GRACE_CEILING;
    ck_assert(request.has_grace);
    ck_assert_int_eq(roll_check(&project, &request, &faults), RC_INVALID);
    ck_assert(faults_name(&faults, "expiration"));
}
END_TEST

static const char *const types[] = {"true", "false", "\"3600\"", "\"\"", "[]", "[1]", "{}"};

START_TEST(an_expiration_of_another_type_is_a_fault)
{
    char body[80];

    (void)snprintf(body, sizeof body, "{\"expiration\":%s}", types[_i]);
    read_body(body);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].member, "expiration");
    ck_assert_str_eq(faults.list[0].message,
                     "body contains incorrect JSON type for field \"expiration\"");
}
END_TEST

static const char *const not_strings[] = {"true", "0", "1.5", "[]", "[\"x\"]", "{}"};

START_TEST(a_secret_of_another_type_is_a_fault)
{
    char body[80];

    (void)snprintf(body, sizeof body, "{\"secret\":%s}", not_strings[_i]);
    read_body(body);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].member, "secret");
    ck_assert_str_eq(faults.list[0].message,
                     "body contains incorrect JSON type for field \"secret\"");
}
END_TEST

START_TEST(every_fault_is_named)
{
    read_body("{\"expiration\":\"1\",\"secret\":1,\"reason\":[\"x\"]}");
    ck_assert_uint_eq(faults.count, 3);
    ck_assert(faults_name(&faults, "reason"));
    ck_assert(faults_name(&faults, "expiration"));
    ck_assert(faults_name(&faults, "secret"));
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *roll_json_suite(void)
{
    Suite *suite = suite_create("roll_json");
    TCase *tc = tcase_create("roll_json");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, every_member_is_read);
    tcase_add_loop_test(tc, absent_null_and_empty_ask_for_nothing, 0, COUNT(nothing));
    tcase_add_loop_test(tc, an_integer_is_taken_as_it_is, 0, COUNT(integers));
    tcase_add_loop_test(tc, a_number_that_is_no_integer_is_in_no_projects_range, 0,
                        COUNT(fractions));
    tcase_add_loop_test(tc, an_expiration_of_another_type_is_a_fault, 0, COUNT(types));
    tcase_add_loop_test(tc, a_secret_of_another_type_is_a_fault, 0, COUNT(not_strings));
    tcase_add_test(tc, every_fault_is_named);
    suite_add_tcase(suite, tc);
    return suite;
}
