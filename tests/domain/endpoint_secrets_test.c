/* endpoint: how a secret is appended, which one is current, which can sign, and which are
 * dropped. */
#include "domain/endpoint.h"
#include "suites.h"
#include "support/endpoint_fixture.h"
#include "support/sample.h"

#include <string.h>

enum {
    CEILING = 65536
};

static struct endpoint endpoint;
static struct arena arena;
static const struct secret_fresh fresh = {{1, 2, 3}, {4, 5, 6}};

static void setup(void)
{
    endpoint_fixture_make(&endpoint);
    arena_init(&arena, CEILING);
}

static void teardown(void)
{
    arena_free(&arena);
}

START_TEST(a_secret_is_generated_when_none_is_supplied)
{
    char generated[SECRET_GENERATED_SIZE];
    struct uid uid = uid_make(SAMPLE_NOW, fresh.uid);

    secret_generate(fresh.value, SIGNING_KEY_HMAC, generated);
    for (size_t i = 0; i < 2; i++) {
        const struct secret *secret = &endpoint.secrets[i];

        ck_assert_int_eq(endpoint_add_secret(&endpoint,
                                             i == 0 ? (struct text){NULL, 0} : text_of(""), &fresh,
                                             SAMPLE_NOW, &arena),
                         RC_OK);
        ck_assert_uint_eq(endpoint.secret_count, i + 1);
        ck_assert(text_is(secret->value, generated));
        ck_assert(uid_equal(&secret->uid, &uid));
        ck_assert_int_eq(secret->created_at, SAMPLE_NOW);
        ck_assert_int_eq(secret->updated_at, SAMPLE_NOW);
        ck_assert_int_eq(secret->expires_at, SECRET_NO_END);
    }
}
END_TEST

START_TEST(a_supplied_secret_is_copied_to_the_arena)
{
    char supplied[] = "supplied";

    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of(supplied), &fresh, SAMPLE_NOW, &arena),
                     RC_OK);
    memset(supplied, 'x', sizeof supplied);
    ck_assert_uint_eq(endpoint.secret_count, 1);
    ck_assert(text_is(endpoint.secrets[0].value, "supplied"));
    ck_assert_uint_gt(arena.used, 0);
}
END_TEST

START_TEST(a_secret_is_appended_behind_the_others)
{
    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("a"), &fresh, SAMPLE_NOW, &arena),
                     RC_OK);
    endpoint.secrets[0].expires_at = SAMPLE_NOW + 5;
    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("b"), &fresh, SAMPLE_NOW + 1, &arena),
                     RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 2);
    ck_assert(text_is(endpoint.secrets[0].value, "a"));
    ck_assert_int_eq(endpoint.secrets[0].expires_at, SAMPLE_NOW + 5);
    ck_assert(text_is(endpoint.secrets[1].value, "b"));
    ck_assert_int_eq(endpoint.secrets[1].created_at, SAMPLE_NOW + 1);
}
END_TEST

START_TEST(there_is_room_for_64_secrets)
{
    for (size_t i = 0; i < 64; i++)
        ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("s"), &fresh, SAMPLE_NOW, &arena),
                         RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 64);
    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("s"), &fresh, SAMPLE_NOW, &arena),
                     RC_CONFLICT);
    ck_assert_uint_eq(endpoint.secret_count, 64);
}
END_TEST

START_TEST(without_memory_no_secret_is_added)
{
    arena_init(&arena, 0);
    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("s"), &fresh, SAMPLE_NOW, &arena),
                     RC_NO_MEMORY);
    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of(""), &fresh, SAMPLE_NOW, &arena),
                     RC_NO_MEMORY);
    ck_assert_uint_eq(endpoint.secret_count, 0);
}
END_TEST

/* Secrets with these ends, in this order. */
static void give_ends(const int64_t *ends, size_t count)
{
    endpoint.secret_count = 0;
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("s"), &fresh, SAMPLE_NOW, &arena),
                         RC_OK);
        endpoint.secrets[i].created_at = (int64_t)i;
        endpoint.secrets[i].expires_at = ends[i];
    }
}

START_TEST(the_current_secret_is_the_last_which_alone_has_no_end)
{
    static const struct {
        int64_t ends[3];
        size_t count;
        bool good;
    } rows[] = {
        {{0}, 0, false},
        {{SECRET_NO_END}, 1, true},
        {{SAMPLE_NOW}, 1, false},
        {{SECRET_NO_END - 1}, 1, false},
        {{SAMPLE_NOW, SECRET_NO_END}, 2, true},
        {{SECRET_NO_END, SECRET_NO_END}, 2, false},
        {{SECRET_NO_END, SAMPLE_NOW}, 2, false},
        {{SAMPLE_NOW, SAMPLE_NOW}, 2, false},
        {{SAMPLE_NOW, INT64_MIN, SECRET_NO_END}, 3, true},
        {{SAMPLE_NOW, SECRET_NO_END, SECRET_NO_END}, 3, false},
        {{SECRET_NO_END, SAMPLE_NOW, SECRET_NO_END}, 3, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        give_ends(rows[i].ends, rows[i].count);
        if (rows[i].good)
            ck_assert_ptr_eq(endpoint_current(&endpoint), &endpoint.secrets[rows[i].count - 1]);
        else
            ck_assert_ptr_null(endpoint_current(&endpoint));
    }
}
END_TEST

START_TEST(secrets_are_dropped_when_they_have_ended)
{
    static const int64_t ends[] = {SAMPLE_NOW + 1, SAMPLE_NOW,        INT64_MIN,
                                   SAMPLE_NOW - 1, SAMPLE_NOW + 1000, SECRET_NO_END};

    give_ends(ends, 6);
    endpoint_drop_ended(&endpoint, SAMPLE_NOW - 2);
    ck_assert_uint_eq(endpoint.secret_count, 5);
    endpoint_drop_ended(&endpoint, SAMPLE_NOW);
    ck_assert_uint_eq(endpoint.secret_count, 3);
    ck_assert_int_eq(endpoint.secrets[0].expires_at, SAMPLE_NOW + 1);
    ck_assert_int_eq(endpoint.secrets[0].created_at, 0);
    ck_assert_int_eq(endpoint.secrets[1].expires_at, SAMPLE_NOW + 1000);
    ck_assert_int_eq(endpoint.secrets[1].created_at, 4);
    ck_assert_int_eq(endpoint.secrets[2].expires_at, SECRET_NO_END);
    ck_assert_int_eq(endpoint.secrets[2].created_at, 5);
    endpoint_drop_ended(&endpoint, INT64_MAX - 1);
    ck_assert_uint_eq(endpoint.secret_count, 1);
    ck_assert_int_eq(endpoint.secrets[0].expires_at, SECRET_NO_END);
}
END_TEST

START_TEST(nothing_is_dropped_from_no_secrets)
{
    endpoint_drop_ended(&endpoint, SAMPLE_NOW);
    ck_assert_uint_eq(endpoint.secret_count, 0);
    ck_assert_uint_eq(endpoint_signing(&endpoint, SAMPLE_NOW), 0);
}
END_TEST

START_TEST(only_secrets_that_can_sign_are_counted)
{
    static const int64_t ends[] = {SAMPLE_NOW - 1, SAMPLE_NOW, SAMPLE_NOW + 1, SECRET_NO_END};

    give_ends(ends, 4);
    ck_assert_uint_eq(endpoint_signing(&endpoint, SAMPLE_NOW - 2), 4);
    ck_assert_uint_eq(endpoint_signing(&endpoint, SAMPLE_NOW - 1), 3);
    ck_assert_uint_eq(endpoint_signing(&endpoint, SAMPLE_NOW), 2);
    ck_assert_uint_eq(endpoint_signing(&endpoint, SAMPLE_NOW + 1), 1);
    ck_assert_uint_eq(endpoint.secret_count, 4);
}
END_TEST

Suite *endpoint_secrets_suite(void)
{
    Suite *suite = suite_create("endpoint_secrets");
    TCase *append = tcase_create("append");
    TCase *end = tcase_create("end");

    tcase_add_checked_fixture(append, setup, teardown);
    tcase_add_test(append, a_secret_is_generated_when_none_is_supplied);
    tcase_add_test(append, a_supplied_secret_is_copied_to_the_arena);
    tcase_add_test(append, a_secret_is_appended_behind_the_others);
    tcase_add_test(append, there_is_room_for_64_secrets);
    tcase_add_test(append, without_memory_no_secret_is_added);
    suite_add_tcase(suite, append);

    tcase_add_checked_fixture(end, setup, teardown);
    tcase_add_test(end, the_current_secret_is_the_last_which_alone_has_no_end);
    tcase_add_test(end, secrets_are_dropped_when_they_have_ended);
    tcase_add_test(end, nothing_is_dropped_from_no_secrets);
    tcase_add_test(end, only_secrets_that_can_sign_are_counted);
    suite_add_tcase(suite, end);
    return suite;
}
