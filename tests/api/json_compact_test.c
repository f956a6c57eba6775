/* json_compact: nothing but insignificant blanks goes; what is not JSON is refused. */
#include "api/json_compact.h"
#include "api/json_read.h"
#include "suites.h"
#include "support/address_space.h"
#include "support/helper.h"

#include <stdbool.h>
#include <string.h>

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
    {"{\"a\": 1, \"a\": 2}", "{\"a\":1,\"a\":2}"},
    {"{\"a\": [{}, [], {\"b\": []}], \"c\": {\"d\": null}}",
     "{\"a\":[{},[],{\"b\":[]}],\"c\":{\"d\":null}}"},
    {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
     "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"},
    {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", NULL},
    {"{\"\\u0000\":1}", NULL},
    {"[1}", NULL},
    {"{\"a\":1]", NULL},
    {"[{\"a\":1,\"b\"}]", NULL},
    {"[\"a\":1]", NULL},
    {"{\"a\":1,2}", NULL},
    {"{\"a\":[1],}", NULL},
    {"[{},", NULL},
    {"[1.]", NULL},
    {"[01]", NULL},
    {"[\"\\x\"]", NULL},
    {"\"a\\", NULL},
    {"\"\xED\xA0\x80\"", NULL},
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

/* All texts of up to five of these words; what json_read has in its place is right. */
START_TEST(words_may_stand_where_json_has_them)
{
    static const char *const words[] = {"{", "}", "[", "]", ":", ",", "\"a\"", "1"};

    for (unsigned n = 0; n < 8 * 8 * 8 * 8 * 8; n++) {
        struct json_object *object = NULL;
        struct faults faults = {0};
        char json[32] = "";
        struct text out;
        bool good;

        /* Fewer of them: the rest is blank. */
        for (unsigned rest = n; rest > 0; rest /= 8)
            (void)strcat(strcat(json, words[rest % 8]), " ");
        good = json_read_object(text_of(json), &object, &faults) == RC_OK ||
               strcmp(faults.list[0].message, "body contains incorrect JSON type") == 0;
        ck_assert_msg((json_compact(text_of(json), &arena, &out) == RC_OK) == good, "%s", json);
        json_read_free(object);
        arena_reset(&arena);
    }
}
END_TEST

#ifndef SANITIZED
/* As a tree of json-c's objects it would take 300 MiB. */
static bool compact_without_address_space(void *arg)
{
    static char json[1 << 20];
    struct text out;

    (void)arg;
    memset(json, ' ', sizeof json);
    json[0] = '[';
    for (size_t i = 1; i < sizeof json - 6; i += 3)
        memcpy(json + i, "{},", 3);
    memcpy(json + sizeof json - 3, "0 ]", 3);
    arena_free(&arena);
    arena_init(&arena, sizeof json);
    return address_space_limit() &&
           json_compact((struct text){json, sizeof json}, &arena, &out) == RC_OK;
}

START_TEST(however_many_values_there_are_they_take_no_memory)
{
    struct helper helper;

    helper_start(&helper, compact_without_address_space, NULL);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
}
END_TEST
#endif

Suite *json_compact_suite(void)
{
    Suite *suite = suite_create("json_compact");
    TCase *tc = tcase_create("compact");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, each_is_compacted_or_refused, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(tc, without_room_it_says_so);
    tcase_add_test(tc, words_may_stand_where_json_has_them);
#ifndef SANITIZED
    tcase_add_test(tc, however_many_values_there_are_they_take_no_memory);
#endif
    suite_add_tcase(suite, tc);
    return suite;
}
