/* json_read: how much a document may hold, and what that takes of memory. */
#include "api/json_read.h"
#include "base/buf.h"
#include "suites.h"
#include "support/address_space.h"
#include "support/helper.h"

#include <malloc.h>
#include <stdbool.h>
#include <string.h>

#define MANY "body must have at most 65536 values, names of members counted too"

enum {
    WORDS_MAX = 65536,
    MEMORY_MAX = WORDS_MAX * 1024 /* bytes beside the text */
};

static struct json_object *object;
static struct faults faults;
static struct buf made;

static void setup(void)
{
    object = NULL;
    faults.count = 0;
    buf_init(&made, 8 << 20);
}

static void teardown(void)
{
    json_read_free(object);
    buf_free(&made);
}

/* An object whose one member is a list, "words" values and names in all; of `each` there are
 * `per` to an element. */
static struct text make_list(const char *each, int per, int words)
{
    buf_reset(&made);
    buf_put_string(&made, "{\"y\":[");
    for (int left = words - 3; left > 0; left -= per) {
        buf_put_string(&made, left >= per ? each : "0");
        buf_put_string(&made, left > per ? "," : "]}");
    }
    ck_assert_int_eq(buf_status(&made), RC_OK);
    return buf_text(&made);
}

/* The same with members. */
static struct text make_members(const char *each, int words)
{
    buf_reset(&made);
    buf_put_string(&made, "{\"y\":{");
    for (int i = 0; i < (words - 3) / 2; i++)
        buf_printf(&made, "%s\"%x\":%s", i > 0 ? "," : "", (unsigned)i, each);
    buf_put_string(&made, "}}");
    ck_assert_int_eq(buf_status(&made), RC_OK);
    return buf_text(&made);
}

static const char *const values[] = {"{}", "[]", "0", "-1.5", "\"\"", "null", "true"};

START_TEST(so_many_values_are_the_most)
{
    ck_assert_int_eq(json_read_object(make_list(values[_i], 1, WORDS_MAX), &object, &faults),
                     RC_OK);
    json_read_free(object);
    object = NULL;
    ck_assert_int_eq(json_read_object(make_list(values[_i], 1, WORDS_MAX + 1), &object, &faults),
                     RC_TOO_LARGE);
    ck_assert_ptr_null(object);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].member, "");
    ck_assert_str_eq(faults.list[0].message, MANY);
}
END_TEST

START_TEST(names_of_members_count)
{
    ck_assert_int_eq(json_read_object(make_members("0", WORDS_MAX), &object, &faults), RC_OK);
    json_read_free(object);
    object = NULL;
    ck_assert_int_eq(json_read_object(make_members("0", WORDS_MAX + 2), &object, &faults),
                     RC_TOO_LARGE);
}
END_TEST

/* What would be found to be no JSON only behind them all. */
START_TEST(what_is_no_json_may_not_hold_more)
{
    struct text body = make_list("{}", 1, WORDS_MAX + 1);

    ck_assert_int_eq(json_read_object((struct text){body.data, body.len - 2}, &object, &faults),
                     RC_TOO_LARGE);
    (void)make_list("{}", 1, WORDS_MAX + 1);
    for (int i = 0; i < WORDS_MAX; i++)
        buf_put_byte(&made, ':');
    ck_assert_int_eq(json_read_object(buf_text(&made), &object, &faults), RC_TOO_LARGE);
}
END_TEST

START_TEST(a_long_text_is_one_value)
{
    buf_put_string(&made, "{\"payload\":\"");
    for (int i = 0; i < 6 << 20; i += 4)
        buf_put_string(&made, "[{, ");
    buf_put_string(&made, "\"}");
    ck_assert_int_eq(json_read_object(buf_text(&made), &object, &faults), RC_OK);
    ck_assert_uint_eq(json_read_text(object, "payload").len, 6 << 20);
}
END_TEST

#ifndef SANITIZED
static size_t in_use(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void expect_bounded(struct text body, const char *of)
{
    size_t before = in_use();
    size_t taken;

    ck_assert_int_eq(json_read_object(body, &object, &faults), RC_OK);
    taken = in_use() - before;
    ck_assert_msg(taken <= MEMORY_MAX, "%s: %zu bytes", of, taken);
    json_read_free(object);
    object = NULL;
}

START_TEST(the_most_values_take_no_more_memory_than_is_meant_for_them)
{
    expect_bounded(make_list(values[_i], 1, WORDS_MAX), values[_i]);
    expect_bounded(make_members(values[_i], WORDS_MAX), values[_i]);
    expect_bounded(make_list("{\"a\":{}}", 3, WORDS_MAX), "an object in an object");
    expect_bounded(make_list("[[]]", 2, WORDS_MAX), "a list in a list");
}
END_TEST
#endif

#ifndef SANITIZED
static bool is_refused_for_memory(void *body)
{
    return address_space_limit() &&
           json_read_object(*(struct text *)body, &object, &faults) == RC_NO_MEMORY &&
           object == NULL && faults.count == 0;
}

static void expect_no_memory(struct text body)
{
    struct helper helper;

    helper_start(&helper, is_refused_for_memory, &body);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
}

/* One text that there is room for once, but not twice. */
static struct text make_long(const char *before, const char *behind)
{
    buf_reset(&made);
    buf_put_string(&made, before);
    memset(buf_room(&made, 2 << 20), 'a', 2 << 20);
    buf_put_string(&made, behind);
    return buf_text(&made);
}

START_TEST(where_memory_is_short_no_body_is_called_malformed)
{
    expect_no_memory(make_list("{}", 1, WORDS_MAX));
    expect_no_memory(make_list("\"\"", 1, WORDS_MAX));
    expect_no_memory(make_members("0", WORDS_MAX));
    expect_no_memory(make_long("{\"a\":\"", "\"}"));
    expect_no_memory(make_long("{\"", "\":0}"));
}
END_TEST
#endif

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *json_read_bounds_suite(void)
{
    Suite *suite = suite_create("json_read_bounds");
    TCase *tc = tcase_create("bounds");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, so_many_values_are_the_most, 0, COUNT(values));
    tcase_add_test(tc, names_of_members_count);
    tcase_add_test(tc, what_is_no_json_may_not_hold_more);
    tcase_add_test(tc, a_long_text_is_one_value);
#ifndef SANITIZED
    tcase_add_loop_test(tc, the_most_values_take_no_more_memory_than_is_meant_for_them, 0,
                        COUNT(values));
    tcase_add_test(tc, where_memory_is_short_no_body_is_called_malformed);
#endif
    suite_add_tcase(suite, tc);
    return suite;
}
