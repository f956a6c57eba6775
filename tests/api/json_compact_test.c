/* json_compact: nothing but insignificant blanks goes; what is not JSON is refused. */
#include "api/json_compact.h"
#include "suites.h"

static struct arena arena;

static void setup(void)
{
    arena_init(&arena, 1 << 16);
}

static void teardown(void)
{
    arena_free(&arena);
}

static const struct {
    const char *in;
    const char *out;
} rows[] = {
    {"{}", "{}"},
    {" { } ", "{}"},
    {"\t[ 1 ,\r\n2 ]\n", "[1,2]"},
    {"{\"b\": 1, \"a\": 2}", "{\"b\":1,\"a\":2}"},
    {"\" a \\\" b \"", "\" a \\\" b \""},
    {"[\"\\\\\", \" \"]", "[\"\\\\\",\" \"]"},
    {"{\" \" : \" : \"}", "{\" \":\" : \"}"},
    {"[1.0, -0, 1E+2, 0.10, 12345678901234567890123]",
     "[1.0,-0,1E+2,0.10,12345678901234567890123]"},
    {"[\"<&>\", \"\\u003c\", \"\\u0000\"]", "[\"<&>\",\"\\u003c\",\"\\u0000\"]"},
    {" null ", "null"},
    {"\xE2\x80\xA8", NULL},
    {"\"\xE2\x80\xA8 \xC3\xA9\"", "\"\xE2\x80\xA8 \xC3\xA9\""},
    {"", NULL},
    {" ", NULL},
    {"{", NULL},
    {"{} {}", NULL},
    {"1 2", NULL},
    {"{\"a\":1,\"a\":2}", NULL},
    {"\"\\\"", NULL},
    {"\"a", NULL},
    {"\"\xFF\"", NULL},
    {"[1 , ]", NULL},
    {"tr ue", NULL},
    {"1 .5", NULL},
};

START_TEST(each_is_compacted_or_refused)
{
    struct text out = {NULL, 0};

    if (rows[_i].out == NULL) {
        ck_assert_int_eq(json_compact(text_of(rows[_i].in), &arena, &out), RC_INVALID);
        ck_assert_ptr_null(out.data);
        return;
    }
    ck_assert_int_eq(json_compact(text_of(rows[_i].in), &arena, &out), RC_OK);
    ck_assert_uint_eq(out.len, text_of(rows[_i].out).len);
    ck_assert(text_is(out, rows[_i].out));
}
END_TEST

START_TEST(without_room_it_says_so)
{
    struct arena none;
    struct text out;

    arena_init(&none, 1);
    ck_assert_int_eq(json_compact(text_of("[1, 2]"), &none, &out), RC_NO_MEMORY);
    arena_free(&none);
}
END_TEST

Suite *json_compact_suite(void)
{
    Suite *suite = suite_create("json_compact");
    TCase *tc = tcase_create("compact");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, each_is_compacted_or_refused, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(tc, without_room_it_says_so);
    suite_add_tcase(suite, tc);
    return suite;
}
