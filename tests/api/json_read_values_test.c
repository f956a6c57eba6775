/* json_read: what members and elements of a document give back. */
#include "api/json_read.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

static struct json_object *object;

static void setup(void)
{
    object = NULL;
}

static void teardown(void)
{
    json_read_free(object);
}

static void read_string(const char *body)
{
    struct faults faults = {0};

    json_read_free(object);
    object = NULL;
    ck_assert_int_eq(json_read_object(text_of(body), &object, &faults), RC_OK);
}

START_TEST(members_have_their_kinds)
{
    read_string("{\"t\":true,\"f\":false,\"n\":null,\"i\":1,\"z\":-0,\"d\":1.0,\"e\":1e2,"
                "\"s\":\"\",\"o\":{},\"a\":[]}");
    ck_assert_int_eq(json_read_kind(object, "t"), JSON_KIND_BOOLEAN);
    ck_assert_int_eq(json_read_kind(object, "f"), JSON_KIND_BOOLEAN);
    ck_assert_int_eq(json_read_kind(object, "n"), JSON_KIND_ABSENT);
    ck_assert_int_eq(json_read_kind(object, "missing"), JSON_KIND_ABSENT);
    ck_assert_int_eq(json_read_kind(object, "T"), JSON_KIND_ABSENT);
    ck_assert_int_eq(json_read_kind(object, "i"), JSON_KIND_INTEGER);
    ck_assert_int_eq(json_read_kind(object, "z"), JSON_KIND_INTEGER);
    ck_assert_int_eq(json_read_kind(object, "d"), JSON_KIND_NUMBER);
    ck_assert_int_eq(json_read_kind(object, "e"), JSON_KIND_NUMBER);
    ck_assert_int_eq(json_read_kind(object, "s"), JSON_KIND_STRING);
    ck_assert_int_eq(json_read_kind(object, "o"), JSON_KIND_OBJECT);
    ck_assert_int_eq(json_read_kind(object, "a"), JSON_KIND_ARRAY);
}
END_TEST

START_TEST(members_have_their_values)
{
    const struct json_object *inner;

    read_string("{\"t\":true,\"f\":false,\"s\":\"a\\u0000\\ud83d\\ude00\xC3\xA9\",\"e\":\"\","
                "\"o\":{\"i\":7}}");
    ck_assert(json_read_boolean(object, "t"));
    ck_assert(!json_read_boolean(object, "f"));
    ck_assert(
        text_equal(json_read_text(object, "s"), (struct text){"a\0\xF0\x9F\x98\x80\xC3\xA9", 8}));
    ck_assert_uint_eq(json_read_text(object, "e").len, 0);
    inner = json_read_member(object, "o");
    ck_assert_ptr_nonnull(inner);
    ck_assert_int_eq(json_read_integer(inner, "i"), 7);
}
END_TEST

static const struct {
    const char *text;
    int64_t value;
} integers[] = {
    {"0", 0},
    {"-1", -1},
    {"3600", 3600},
    {"9223372036854775807", INT64_MAX},
    {"-9223372036854775808", INT64_MIN},
    {"9223372036854775808", INT64_MAX},
    {"18446744073709551615", INT64_MAX},
    {"18446744073709551616", INT64_MAX},
    {"99999999999999999999999999999999", INT64_MAX},
    {"-9223372036854775809", INT64_MIN},
    {"-18446744073709551617", INT64_MIN},
    {"-99999999999999999999999999999999", INT64_MIN},
};

START_TEST(integers_beyond_64_bits_give_the_nearest)
{
    char body[100];

    (void)snprintf(body, sizeof body, "{\"i\":%s}", integers[_i].text);
    read_string(body);
    ck_assert_int_eq(json_read_kind(object, "i"), JSON_KIND_INTEGER);
    ck_assert_int_eq(json_read_integer(object, "i"), integers[_i].value);
}
END_TEST

static enum json_kind item_kind(size_t i)
{
    return json_read_item_kind(object, "a", i);
}

START_TEST(elements_have_their_kinds)
{
    read_string("{\"a\":[true,null,1,1.5,\"s\",{},[]]}");
    ck_assert_uint_eq(json_read_count(object, "a"), 7);
    ck_assert_int_eq(item_kind(0), JSON_KIND_BOOLEAN);
    ck_assert_int_eq(item_kind(1), JSON_KIND_ABSENT);
    ck_assert_int_eq(item_kind(2), JSON_KIND_INTEGER);
    ck_assert_int_eq(item_kind(3), JSON_KIND_NUMBER);
    ck_assert_int_eq(item_kind(4), JSON_KIND_STRING);
    ck_assert_int_eq(item_kind(5), JSON_KIND_OBJECT);
    ck_assert_int_eq(item_kind(6), JSON_KIND_ARRAY);
    ck_assert_int_eq(item_kind(7), JSON_KIND_ABSENT);
}
END_TEST

START_TEST(elements_have_their_values)
{
    read_string("{\"a\":[\"\",\"a\\u0000b\",{\"i\":7,\"n\":[{\"i\":8}]}],\"e\":[]}");
    ck_assert_uint_eq(json_read_count(object, "e"), 0);
    ck_assert_uint_eq(json_read_item_text(object, "a", 0).len, 0);
    ck_assert(text_equal(json_read_item_text(object, "a", 1), (struct text){"a\0b", 3}));
    ck_assert_int_eq(json_read_integer(json_read_item(object, "a", 2), "i"), 7);
    ck_assert_int_eq(json_read_integer(json_read_item(json_read_item(object, "a", 2), "n", 0), "i"),
                     8);
}
END_TEST

Suite *json_read_values_suite(void)
{
    Suite *suite = suite_create("json_read_values");
    TCase *tc = tcase_create("values");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, members_have_their_kinds);
    tcase_add_test(tc, members_have_their_values);
    tcase_add_loop_test(tc, integers_beyond_64_bits_give_the_nearest, 0,
                        sizeof integers / sizeof integers[0]);
    tcase_add_test(tc, elements_have_their_kinds);
    tcase_add_test(tc, elements_have_their_values);
    suite_add_tcase(suite, tc);
    return suite;
}
