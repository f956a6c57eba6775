/* json_write: the exact text of every kind of value, of nesting and commas, and of what
 * must be escaped. */
#include "api/json_read.h"
#include "api/json_write.h"
#include "base/moment.h"
#include "suites.h"

#include <string.h>

static struct buf buf;
static struct json_write json;

static void setup(void)
{
    buf_init(&buf, 1 << 16);
    json = json_write_to(&buf);
}

static void teardown(void)
{
    buf_free(&buf);
}

static void expect(const char *text)
{
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    ck_assert_uint_eq(buf.len, strlen(text));
    ck_assert_mem_eq(buf.data, text, buf.len);
}

START_TEST(an_object_has_commas_between_its_members)
{
    json_write_begin_object(&json);
    json_write_key(&json, "a");
    json_write_integer(&json, 1);
    json_write_key(&json, "b");
    json_write_string(&json, "two");
    json_write_key(&json, "c");
    json_write_null(&json);
    json_write_key(&json, "d");
    json_write_boolean(&json, true);
    json_write_end_object(&json);
    expect("{\"a\":1,\"b\":\"two\",\"c\":null,\"d\":true}");
}
END_TEST

START_TEST(an_array_has_commas_between_its_values)
{
    json_write_begin_array(&json);
    json_write_boolean(&json, false);
    json_write_integer(&json, -7);
    json_write_string(&json, "");
    json_write_null(&json);
    json_write_moment(&json, 0);
    json_write_end_array(&json);
    expect("[false,-7,\"\",null,\"1970-01-01T00:00:00.000Z\"]");
}
END_TEST

START_TEST(what_is_empty_is_written_empty)
{
    json_write_begin_array(&json);
    json_write_begin_object(&json);
    json_write_end_object(&json);
    json_write_begin_array(&json);
    json_write_end_array(&json);
    json_write_begin_object(&json);
    json_write_end_object(&json);
    json_write_end_array(&json);
    expect("[{},[],{}]");
}
END_TEST

START_TEST(what_is_nested_keeps_its_commas)
{
    json_write_begin_object(&json);
    json_write_key(&json, "a");
    json_write_begin_array(&json);
    json_write_integer(&json, 1);
    json_write_begin_object(&json);
    json_write_key(&json, "b");
    json_write_begin_array(&json);
    json_write_end_array(&json);
    json_write_key(&json, "c");
    json_write_integer(&json, 2);
    json_write_end_object(&json);
    json_write_integer(&json, 3);
    json_write_end_array(&json);
    json_write_key(&json, "d");
    json_write_begin_object(&json);
    json_write_end_object(&json);
    json_write_key(&json, "e");
    json_write_null(&json);
    json_write_end_object(&json);
    expect("{\"a\":[1,{\"b\":[],\"c\":2},3],\"d\":{},\"e\":null}");
}
END_TEST

START_TEST(integers_are_written_whole)
{
    json_write_begin_array(&json);
    json_write_integer(&json, 0);
    json_write_integer(&json, INT64_MAX);
    json_write_integer(&json, INT64_MIN);
    json_write_end_array(&json);
    expect("[0,9223372036854775807,-9223372036854775808]");
}
END_TEST

START_TEST(moments_are_rfc_3339_and_no_moment_is_null)
{
    json_write_begin_array(&json);
    json_write_moment(&json, INT64_C(1795460885123));
    json_write_moment(&json, INT64_MAX);
    json_write_moment(&json, MOMENT_MAX);
    json_write_end_array(&json);
    expect("[\"2026-11-23T19:08:05.123Z\",null,\"9999-12-31T23:59:59.999Z\"]");
}
END_TEST

START_TEST(quotes_backslashes_and_control_characters_are_escaped)
{
    json_write_text(&json, (struct text){"\"\\/\0\x01\n\r\t\x1F \x7F", 11});
    expect("\"\\\"\\\\/\\u0000\\u0001\\n\\r\\t\\u001f \x7F\"");
}
END_TEST

START_TEST(escapes_stand_at_both_ends_and_side_by_side)
{
    json_write_text(&json, text_of("\"\"ab\\\\c\"\""));
    expect("\"\\\"\\\"ab\\\\\\\\c\\\"\\\"\"");
}
END_TEST

START_TEST(text_beyond_ascii_is_left_alone)
{
    json_write_string(&json, "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x94\x91 </script> \xE2\x80\xA8");
    expect("\"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x94\x91 </script> \xE2\x80\xA8\"");
}
END_TEST

START_TEST(absent_text_is_empty)
{
    json_write_begin_array(&json);
    json_write_text(&json, (struct text){NULL, 0});
    json_write_string(&json, NULL);
    json_write_end_array(&json);
    expect("[\"\",\"\"]");
}
END_TEST

START_TEST(every_ascii_character_is_read_back)
{
    struct json_object *object = NULL;
    struct faults faults = {0};
    char all[128];

    for (int i = 0; i < 128; i++)
        all[i] = (char)i;
    json_write_begin_object(&json);
    json_write_key(&json, "all");
    json_write_text(&json, (struct text){all, sizeof all});
    json_write_end_object(&json);
    ck_assert_int_eq(json_read_object(buf_text(&buf), &object, &faults), RC_OK);
    ck_assert(text_equal(json_read_text(object, "all"), (struct text){all, sizeof all}));
    json_read_free(object);
}
END_TEST

START_TEST(the_buffers_failure_is_the_writers)
{
    static const char whole[] = "{\"a\":[1,\"b\\n\",null]}";

    for (size_t ceiling = 0; ceiling <= sizeof whole; ceiling++) {
        buf_free(&buf);
        buf_init(&buf, ceiling);
        json = json_write_to(&buf);
        json_write_begin_object(&json);
        json_write_key(&json, "a");
        json_write_begin_array(&json);
        json_write_integer(&json, 1);
        json_write_string(&json, "b\n");
        json_write_null(&json);
        json_write_end_array(&json);
        json_write_end_object(&json);
        ck_assert_int_eq(buf_status(&buf), ceiling < sizeof whole - 1 ? RC_NO_MEMORY : RC_OK);
    }
    expect(whole);
}
END_TEST

Suite *json_write_suite(void)
{
    Suite *suite = suite_create("json_write");
    TCase *tc = tcase_create("json_write");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, an_object_has_commas_between_its_members);
    tcase_add_test(tc, an_array_has_commas_between_its_values);
    tcase_add_test(tc, what_is_empty_is_written_empty);
    tcase_add_test(tc, what_is_nested_keeps_its_commas);
    tcase_add_test(tc, integers_are_written_whole);
    tcase_add_test(tc, moments_are_rfc_3339_and_no_moment_is_null);
    tcase_add_test(tc, quotes_backslashes_and_control_characters_are_escaped);
    tcase_add_test(tc, escapes_stand_at_both_ends_and_side_by_side);
    tcase_add_test(tc, text_beyond_ascii_is_left_alone);
    tcase_add_test(tc, absent_text_is_empty);
    tcase_add_test(tc, every_ascii_character_is_read_back);
    tcase_add_test(tc, the_buffers_failure_is_the_writers);
    suite_add_tcase(suite, tc);
    return suite;
}
