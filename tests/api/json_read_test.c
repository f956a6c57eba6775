/* json_read: which texts are taken, which are refused and with which words, and what
 * members give back. */
#include "api/json_read.h"
#include "base/buf.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAD    "body contains badly-formed JSON"
#define BAD_AT BAD " (at character "
#define AT(n)  BAD_AT #n ")"
#define TWICE  "a member is given twice"
#define LEVELS ": more than 32 levels"
#define TYPE   "body contains incorrect JSON type"
#define EMPTY  "body must not be empty"
#define T(text)                                                                                    \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }

static struct json_object *object;
static struct faults faults;
static struct buf made; /* a body that is put together */

static void setup(void)
{
    object = NULL;
    faults.count = 0;
    buf_init(&made, 1 << 16);
}

static void teardown(void)
{
    json_read_free(object);
    buf_free(&made);
}

static void read_good(struct text body)
{
    enum rc rc;

    json_read_free(object);
    object = NULL;
    faults.count = 0;
    rc = json_read_object(body, &object, &faults);
    ck_assert_msg(rc == RC_OK, "%.*s: %s", TEXT_ARG(body), faults.list[0].message);
    ck_assert_ptr_nonnull(object);
    ck_assert_uint_eq(faults.count, 0);
}

static void read_string(const char *body)
{
    read_good(text_of(body));
}

static const char *refusal(struct text body)
{
    faults.count = 0;
    ck_assert_int_eq(json_read_object(body, &object, &faults), RC_INVALID);
    ck_assert_ptr_null(object);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].member, "");
    return faults.list[0].message;
}

static const struct text good[] = {
    T("{}"),
    T(" \t\r\n{ \t\r\n} \t\r\n"),
    T("{\"a\":1}"),
    T("{\"\":1}"),
    T("{\"a\":null,\"b\":true,\"c\":false,\"d\":[],\"e\":{},\"f\":\"\"}"),
    T("{\"a\":0,\"b\":-0,\"c\":0.5,\"d\":-0.5,\"e\":1e5,\"f\":1E+5,\"g\":1.25e-5,\"h\":10}"),
    T("{\"a\":[1,[2,[3]],{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]}}]}"),
    T("{ \"a\" : [ 1 , 2 ] , \"b\" : { \"c\" : 1 } }"),
    T("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\"}"),
    T("{\"a\":\"\\ud83d\\ude00\",\"b\":\"\\uD800\\uDC00\",\"c\":\"\\uDBFF\\uDFFF\"}"),
    T("{\"a\":\"\\u0000\",\"b\":1}"),
    T("{\"a\":\"\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\"}"),
    T("{\"a\":\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\",\"\xE2\x82\xAC\":1}"),
    T("{\"a\":1,\"A\":2,\"a \":3,\"\\u0061a\":4}"),
    T("{\"a\":123456789012345678901234567890,\"b\":1e999,\"c\":0.00000000000000000000001}"),
    T("{\"a\":\"{[,:\\\"}]'/*//\"}"),
};

START_TEST(an_object_of_rfc_8259_is_taken)
{
    read_good(good[_i]);
}
END_TEST

static const struct {
    struct text body;
    const char *message;
} bad[] = {
    {T(""), EMPTY},
    {T(" "), EMPTY},
    {T(" \t\r\n\n"), EMPTY},
    {T("null"), TYPE},
    {T("true"), TYPE},
    {T("false"), TYPE},
    {T("0"), TYPE},
    {T("-1.5e3 "), TYPE},
    {T("\"text\""), TYPE},
    {T("\"{}\""), TYPE},
    {T("[]"), TYPE},
    {T("[{}]"), TYPE},
    {T("{\"a\":1,}"), AT(8)},
    {T("{,}"), AT(2)},
    {T("{\"a\":1,,\"b\":2}"), AT(8)},
    {T("{\"a\":[1,]}"), AT(9)},
    {T("{\"a\":[,]}"), AT(7)},
    {T("{\"a\":,}"), AT(6)},
    {T("{\"a\"}"), AT(5)},
    {T("{\"a\" \"b\":1}"), AT(6)},
    {T("{\"a\":1 \"b\":2}"), AT(8)},
    {T("{\"a\":1:2}"), AT(7)},
    {T("{\"a\":[1 2]}"), AT(9)},
    {T("{\"a\":[\"b\":1]}"), AT(10)},
    {T("{:1}"), AT(2)},
    {T("{1:2}"), AT(2)},
    {T("{null:1}"), AT(2)},
    {T("{{}:1}"), AT(2)},
    {T("{a:1}"), AT(2)},
    {T("{'a':1}"), AT(2)},
    {T("{\"a\":'b'}"), AT(6)},
    {T("{\"a\":NaN}"), AT(6)},
    {T("{\"a\":nan}"), AT(6)},
    {T("{\"a\":Infinity}"), AT(6)},
    {T("{\"a\":True}"), AT(6)},
    {T("{\"a\":NULL}"), AT(6)},
    {T("{\"a\":undefined}"), AT(6)},
    {T("{\"a\":nullx}"), AT(10)},
    {T("{\"a\":truefalse}"), AT(10)},
    {T("{\"a\":01}"), AT(7)},
    {T("{\"a\":00}"), AT(7)},
    {T("{\"a\":-01}"), AT(8)},
    {T("{\"a\":+1}"), AT(6)},
    {T("{\"a\":.5}"), AT(6)},
    {T("{\"a\":1.}"), AT(8)},
    {T("{\"a\":1.e5}"), AT(8)},
    {T("{\"a\":1e}"), AT(8)},
    {T("{\"a\":1e+}"), AT(9)},
    {T("{\"a\":-}"), AT(7)},
    {T("{\"a\":0x10}"), AT(7)},
    {T("{\"a\":1-2}"), AT(7)},
    {T("{\"a\":1.2.3}"), AT(9)},
    {T("{/**/}"), AT(2)},
    {T("{}//"), AT(3)},
    {T("#\n{}"), AT(1)},
    {T("\xEF\xBB\xBF{}"), AT(1)},
    {T("\f{}"), AT(1)},
    {T("{}\xC2\xA0"), AT(3)},
    {T("{}}"), AT(3)},
    {T("{} {}"), AT(4)},
    {T("{},"), AT(3)},
    {T("{}x"), AT(3)},
    {T("null null"), AT(6)},
    {T("1 x"), AT(3)},
    {T("{]"), AT(2)},
    {T("{\"a\":[}"), AT(7)},
    {T("{\"a\":[1}"), AT(8)},
    {T("{\"a\":1]"), AT(7)},
    {T("}"), AT(1)},
    {T("]"), AT(1)},
    {T("{}\0"), AT(3)},
    {T("\0{}"), AT(1)},
    {T("{\0}"), AT(2)},
    {T("{\"a\":\0}"), AT(6)},
    {T("{\"a\":\"b\0c\"}"), AT(8)},
    {T("{\"a\0\":1}"), AT(4)},
    {T("{\"a\":\"b\nc\"}"), AT(8)},
    {T("{\"a\":\"\x1F\"}"), AT(7)},
    {T("{\"a\":\"\x80\"}"), AT(7)},
    {T("{\"a\":\"\xFF\"}"), AT(7)},
    {T("{\"\xFF\":1}"), AT(3)},
    {T("{\"\xC3\xA9\":\"\xE2\x82\xAC\xF0\x9F\x98\x80\",}"), AT(11)},
    {T("{\"\xC3\xA9\":\xE2\x82\xAC}"), AT(6)},
    {T("{\"\xC3\xA9\":\"\xFF\"}"), AT(7)},
    {T("{\"\xC3\xA9\":1}}"), AT(8)},
};

START_TEST(any_other_text_is_refused_with_its_place)
{
    const char *message = refusal(bad[_i].body);

    ck_assert_msg(strcmp(message, bad[_i].message) == 0, "%.*s: \"%s\", expected \"%s\"",
                  TEXT_ARG(bad[_i].body), message, bad[_i].message);
}
END_TEST

/* Refused as badly formed; at which of its bytes is not the contract's to say. */
static const struct text malformed[] = {
    T("1."),
    T("-"),
    T("1e"),
    T("1e-"),
    T("tru"),
    T("nul"),
    T("\"text"),
    T("{\"a\":\"\\x\"}"),
    T("{\"a\":\"\\'\"}"),
    T("{\"a\":\"\\U0041\"}"),
    T("{\"a\":\"\\u12\"}"),
    T("{\"a\":\"\\u12g4\"}"),
    T("{\"a\":\"\\ud800\"}"),
    T("{\"a\":\"\\udbff x\"}"),
    T("{\"a\":\"\\udc00\"}"),
    T("{\"a\":\"\\udfff\\ud800\"}"),
    T("{\"a\":\"\\ud800\\ud800\"}"),
    T("{\"a\":\"\\ud800\\n\"}"),
    T("{\"a\":\"\\ud800\\u0041\"}"),
    T("{\"\\ud800\":1}"),
    T("{\"a\\u0000b\":1}"),
    T("{\"\\u0000\":1}"),
    T("{\"a\":{\"b\\u0000\" :1}}"),
    T("{\"a\":1,\"a\\u0000\":2}"),
    T("{\"a\":\"\xC3\"}"),
    T("{\"a\":\"\xC3\xC3\xA9\"}"),
    T("{\"a\":\"\xE2\x82\"}"),
    T("{\"a\":\"\xF0\x9F\x98\"}"),
    T("{\"a\":\"\xC0\x80\"}"),
    T("{\"a\":\"\xC1\xBF\"}"),
    T("{\"a\":\"\xE0\x80\x80\"}"),
    T("{\"a\":\"\xE0\x9F\xBF\"}"),
    T("{\"a\":\"\xF0\x80\x80\x80\"}"),
    T("{\"a\":\"\xF0\x8F\xBF\xBF\"}"),
    T("{\"a\":\"\xED\xA0\x80\"}"),
    T("{\"a\":\"\xED\xBF\xBF\"}"),
    T("{\"a\":\"\xED\xA0\x80\xED\xB0\x80\"}"),
    T("{\"a\":\"\xF4\x90\x80\x80\"}"),
    T("{\"a\":\"\xF5\x80\x80\x80\"}"),
    T("{\"a\":\"\xF8\x88\x80\x80\x80\"}"),
    T("{\"\xC0\xAF\":1}"),
    T("{\"\xED\xA0\x80\":1}"),
};

START_TEST(a_malformed_word_is_refused)
{
    const char *message = refusal(malformed[_i]);

    ck_assert_msg(strncmp(message, BAD, strlen(BAD)) == 0 && strstr(message, TWICE) == NULL,
                  "\"%s\"", message);
}
END_TEST

/* The place is that of the second one's name. */
static const struct {
    struct text body;
    const char *message;
} twice[] = {
    {T("{\"a\":1,\"a\":1}"), AT(8) ": the member \"a\" is given twice"},
    {T("{\"a\":1,\"b\":2,\"a\":3}"), AT(14) ": the member \"a\" is given twice"},
    {T("{\"a\":1,\"b\":2,\"b\":3,\"a\":4}"), AT(14) ": the member \"b\" is given twice"},
    {T("{\"a\":1,\"\\u0061\":2}"), AT(8) ": the member \"a\" is given twice"},
    {T("{\"\":1,\"\":2}"), AT(7) ": the member \"\" is given twice"},
    {T("{\"\\u00e9\":1,\"\xC3\xA9\":2}"), AT(13) ": " TWICE},
    {T("{\"\xC3\xA9\":1,\"\xC3\xA9\":2}"), AT(8) ": " TWICE},
    {T("{\"a\":null, \"a\" : null}"), AT(12) ": the member \"a\" is given twice"},
    {T("{\"a\":{\"b\":1,\"b\":2}}"), AT(13) ": the member \"b\" is given twice"},
    {T("{\"a\":[[{\"b\":1},{\"b\":1,\"c\":2,\"b\":3}]]}"),
     AT(29) ": the member \"b\" is given twice"},
    {T("{\"a\":{\"b\":1},\"a\":2}"), AT(14) ": the member \"a\" is given twice"},
    {T("{\"a\":{},\"a\":{\"a\":1}}"), AT(9) ": the member \"a\" is given twice"},
    {T("{\"a\":{\"a\":1},\"b\":[{\"a\":2}],\"b\":3}"), AT(28) ": the member \"b\" is given twice"},
    {T("{\"a\":\"a\",\"a\":[]}"), AT(10) ": the member \"a\" is given twice"},
    {T("{\"\\n\":1,\"\\n\":2}"), AT(9) ": " TWICE},
    {T("{\"whsec_A\":1,\"whsec_A\":2}"), AT(14) ": " TWICE},
    {T("{\"oauth2_x\":1,\"oauth2_x\":2}"), AT(15) ": the member \"oauth2_x\" is given twice"},
    {T("{\"\\u009b\":1,\"\\u009b\":2}"), AT(13) ": " TWICE},
};

START_TEST(a_member_given_twice_is_named)
{
    ck_assert_str_eq(refusal(twice[_i].body), twice[_i].message);
}
END_TEST

START_TEST(a_long_name_given_twice_is_not_told)
{
    for (int len = 24; len <= 25; len++) {
        const char *message;

        buf_reset(&made);
        buf_printf(&made, "{\"%0*d\":1,\"%0*d\":2}", len, 7, len, 7);
        message = refusal(buf_text(&made));
        ck_assert_int_eq(strncmp(message, BAD_AT, strlen(BAD_AT)), 0);
        ck_assert_int_eq(strstr(message, "07\" is given twice") != NULL, len == 24);
        ck_assert_int_eq(strstr(message, ": " TWICE) != NULL, len == 25);
    }
}
END_TEST

START_TEST(a_member_given_twice_among_many_is_found)
{
    for (int i = 0; i < 2000; i++)
        buf_printf(&made, "%c\"m%d\":{\"a\":%d}", i == 0 ? '{' : ',', i, i);
    buf_put_string(&made, ",\"m7\":0}");
    ck_assert_ptr_nonnull(strstr(refusal(buf_text(&made)), ": the member \"m7\" is given twice"));
}
END_TEST

/* `levels` objects (or below the first one arrays), one in the other. */
static struct text nest(struct buf *to, int levels, bool arrays, const char *inmost)
{
    buf_reset(to);
    for (int i = 0; i < levels; i++)
        buf_put_string(to, arrays && i > 0 ? "[" : "{\"a\":");
    buf_put_string(to, inmost);
    for (int i = levels; i > 0; i--)
        buf_put_string(to, arrays && i > 1 ? "]" : "}");
    ck_assert_int_eq(buf_status(to), RC_OK);
    return buf_text(to);
}

START_TEST(thirty_two_levels_are_the_most)
{
    static const char *const inmost[] = {"1", "null", "\"\\\"[[{\""};

    for (int arrays = 0; arrays < 2; arrays++)
        for (size_t i = 0; i < 3; i++) {
            read_good(nest(&made, 32, arrays, inmost[i]));
            json_read_free(object);
            object = NULL;
            ck_assert_ptr_nonnull(strstr(refusal(nest(&made, 33, arrays, inmost[i])), LEVELS));
        }
    (void)refusal(nest(&made, 1000, true, ""));
}
END_TEST

START_TEST(the_place_of_one_level_too_many_is_its_bracket)
{
    ck_assert_str_eq(refusal(nest(&made, 33, true, "1")), AT(37) LEVELS);
}
END_TEST

START_TEST(levels_side_by_side_do_not_add_up)
{
    buf_put_string(&made, "{\"a\":[");
    for (int i = 0; i < 100; i++)
        buf_put_string(&made, "[{\"b\":[]}],");
    buf_put_string(&made, "1]}");
    read_good(buf_text(&made));
}
END_TEST

START_TEST(a_document_cut_anywhere_is_refused)
{
    static const char whole[] = "{\"expiration\": -12.5e+3, \"s\": \"\\ud83d\\ude00 \xE2\x82\xAC "
                                "\\n\", \"t\": [true, false, null, {\"u\": {}}]}";

    read_string(whole);
    json_read_free(object);
    object = NULL;
    for (size_t len = 1; len < sizeof whole - 1; len++) {
        char *exact = malloc(len);
        const char *message;
        unsigned at = 1;

        ck_assert_ptr_nonnull(exact);
        memcpy(exact, whole, len);
        message = refusal((struct text){exact, len});
        ck_assert_msg(strcmp(message, BAD) == 0 || sscanf(message, BAD_AT "%u)", &at) == 1,
                      "%zu: %s", len, message);
        ck_assert_uint_ge(at, 1);
        ck_assert_uint_le(at, len + 1);
        free(exact);
    }
}
END_TEST

START_TEST(releasing_nothing_is_let_pass)
{
    json_read_free(NULL);
    read_string("{}");
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *json_read_suite(void)
{
    Suite *suite = suite_create("json_read");
    TCase *tc = tcase_create("json_read");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, an_object_of_rfc_8259_is_taken, 0, COUNT(good));
    tcase_add_loop_test(tc, any_other_text_is_refused_with_its_place, 0, COUNT(bad));
    tcase_add_loop_test(tc, a_malformed_word_is_refused, 0, COUNT(malformed));
    tcase_add_loop_test(tc, a_member_given_twice_is_named, 0, COUNT(twice));
    tcase_add_test(tc, a_long_name_given_twice_is_not_told);
    tcase_add_test(tc, a_member_given_twice_among_many_is_found);
    tcase_add_test(tc, thirty_two_levels_are_the_most);
    tcase_add_test(tc, the_place_of_one_level_too_many_is_its_bracket);
    tcase_add_test(tc, levels_side_by_side_do_not_add_up);
    tcase_add_test(tc, a_document_cut_anywhere_is_refused);
    tcase_add_test(tc, releasing_nothing_is_let_pass);
    suite_add_tcase(suite, tc);
    return suite;
}
