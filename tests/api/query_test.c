/* query: parameters found by their whole name, decoded, bounded, named when bad. */
#include "api/query.h"
#include "suites.h"

static struct arena arena;
static struct faults faults;

static void setup(void)
{
    arena_init(&arena, 65536);
    faults.count = 0;
}

static void teardown(void)
{
    arena_free(&arena);
}

static const struct {
    const char *query;
    const char *value; /* NULL: there is none */
} found[] = {
    {"", NULL},
    {"q", ""},
    {"q&q=a", ""},
    {"x&qq", NULL},
    {"q=", ""},
    {"q=a", "a"},
    {"aq=b", NULL},
    {"qq=b", NULL},
    {"x=1&q=a&y=2", "a"},
    {"q=a&q=b", "a"},
    {"&&q=a&", "a"},
    {"q=a+b", "a b"},
    {"q=a%20b", "a b"},
    {"q=%C3%BC", "\xC3\xBC"},
    {"q=%c3%bc", "\xC3\xBC"},
    {"q=a=b", "a=b"},
    {"q=%26%3D", "&="},
    {"q=%2B", "+"},
};

START_TEST(a_parameter_is_found_and_decoded)
{
    struct text value;

    ck_assert_int_eq(query_text(text_of(found[_i].query), "q", &arena, &value, &faults), RC_OK);
    if (found[_i].value == NULL)
        ck_assert(value.data == NULL && value.len == 0);
    else
        ck_assert(text_is(value, found[_i].value));
    ck_assert_uint_eq(faults.count, 0);
}
END_TEST

static const char *const broken[] = {"q=%", "q=%4", "q=%4g", "q=%g4", "q=%FF", "q=%C3", "q=a%"};

START_TEST(what_cannot_be_decoded_is_named)
{
    struct text value;

    ck_assert_int_eq(query_text(text_of(broken[_i]), "q", &arena, &value, &faults), RC_INVALID);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].member, "q");
}
END_TEST

START_TEST(without_memory_nothing_is_made_up)
{
    struct text value;

    arena.ceiling = 0;
    ck_assert_int_eq(query_text(text_of("q=a"), "q", &arena, &value, &faults), RC_NO_MEMORY);
}
END_TEST

static const struct {
    const char *query;
    enum rc rc;
    int64_t value;
} numbers[] = {
    {"", RC_OK, 7},          {"n", RC_OK, 7},
    {"n=", RC_OK, 7},        {"n=1", RC_OK, 1},
    {"n=10", RC_OK, 10},     {"n=0", RC_INVALID, 7},
    {"n=11", RC_INVALID, 7}, {"n=1.0", RC_INVALID, 7},
    {"n=+1", RC_INVALID, 7}, {"n=99999999999999999999", RC_INVALID, 7},
};

START_TEST(an_integer_keeps_within_its_bounds)
{
    int64_t value = 7;

    ck_assert_int_eq(query_integer(text_of(numbers[_i].query), "n", 1, 10, &value, &faults),
                     numbers[_i].rc);
    ck_assert_int_eq(value, numbers[_i].value);
    ck_assert_uint_eq(faults.count, numbers[_i].rc == RC_OK ? 0 : 1);
}
END_TEST

static const struct {
    const char *query;
    bool value;
    size_t faults;
} flags[] = {
    {"", false, 0},        {"ff=true", false, 0}, {"f=true", true, 0},   {"x=1&f=true&y", true, 0},
    {"f", false, 1},       {"f=", false, 1},      {"f=false", false, 1}, {"f=True", false, 1},
    {"f=true+", false, 1}, {"f=1", false, 1},
};

START_TEST(a_flag_is_true_or_not_there)
{
    ck_assert(query_flag(text_of(flags[_i].query), "f", &faults) == flags[_i].value);
    ck_assert_uint_eq(faults.count, flags[_i].faults);
    if (faults.count > 0)
        ck_assert_str_eq(faults.list[0].member, "f");
}
END_TEST

Suite *query_suite(void)
{
    Suite *suite = suite_create("query");
    TCase *tc = tcase_create("query");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, a_parameter_is_found_and_decoded, 0,
                        (int)(sizeof found / sizeof found[0]));
    tcase_add_loop_test(tc, what_cannot_be_decoded_is_named, 0,
                        (int)(sizeof broken / sizeof broken[0]));
    tcase_add_test(tc, without_memory_nothing_is_made_up);
    tcase_add_loop_test(tc, an_integer_keeps_within_its_bounds, 0,
                        (int)(sizeof numbers / sizeof numbers[0]));
    tcase_add_loop_test(tc, a_flag_is_true_or_not_there, 0, (int)(sizeof flags / sizeof flags[0]));
    suite_add_tcase(suite, tc);
    return suite;
}
