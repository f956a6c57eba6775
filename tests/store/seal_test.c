/* seal: what is sealed for one place opens there, whole, and nowhere else. */
#include "store/seal.h"
#include "suites.h"
#include "support/sample.h"

#include <string.h>

static const struct keyring_key key = {{1}, {2, 3, 4}};
static const struct keyring_key other_key = {{1}, {2, 3, 5}};

static struct seal_place place;
static struct buf buf;
static struct arena arena;

static void setup(void)
{
    place = (struct seal_place){SEAL_SECRET, sample_uid(1), sample_uid(2), sample_uid(3)};
    buf_init(&buf, 1 << 16);
    arena_init(&arena, 1 << 16);
}

static void teardown(void)
{
    buf_free(&buf);
    arena_free(&arena);
}

static enum rc open_at(const struct keyring_key *with, const struct seal_place *at, size_t max,
                       struct text *out)
{
    struct unpack in;
    enum rc rc;

    unpack_init(&in, buf.data, buf.len);
    rc = seal_unpack(&in, with, at, max, &arena, out);
    return rc == RC_OK ? unpack_status(&in) : rc;
}

START_TEST(a_sealed_value_opens_in_its_place)
{
    const struct text plain = {"v\0lue", 5};
    struct text out = {0};

    seal_pack(&buf, &key, &place, plain);
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    ck_assert_uint_eq(buf.len, 4 + CRYPTO_SEAL_OVERHEAD + plain.len);
    ck_assert_int_eq(open_at(&key, &place, plain.len, &out), RC_OK);
    ck_assert(text_equal(out, plain));
}
END_TEST

START_TEST(the_value_itself_cannot_be_seen)
{
    const struct text plain = text_of("a value to be hidden");

    seal_pack(&buf, &key, &place, plain);
    for (size_t i = 0; i + 4 <= plain.len; i++)
        ck_assert_ptr_null(memmem(buf.data, buf.len, plain.data + i, 4));
}
END_TEST

START_TEST(the_same_value_is_sealed_differently_each_time)
{
    char first[CRYPTO_SEAL_OVERHEAD + 9];

    seal_pack(&buf, &key, &place, text_of("value"));
    memcpy(first, buf.data, sizeof first);
    buf_reset(&buf);
    seal_pack(&buf, &key, &place, text_of("value"));
    ck_assert_uint_eq(buf.len, sizeof first);
    ck_assert_mem_ne(buf.data + 4, first + 4, CRYPTO_SEAL_OVERHEAD);
}
END_TEST

START_TEST(an_empty_value_can_be_sealed)
{
    struct text out = {NULL, 7};

    seal_pack(&buf, &key, &place, (struct text){NULL, 0});
    ck_assert_int_eq(open_at(&key, &place, 0, &out), RC_OK);
    ck_assert_uint_eq(out.len, 0);
}
END_TEST

START_TEST(another_place_does_not_open_it)
{
    const struct seal_place places[] = {
        {SEAL_MEMBER, place.project, place.endpoint, place.part},
        {SEAL_CHECK, place.project, place.endpoint, place.part},
        {SEAL_SECRET, sample_uid(9), place.endpoint, place.part},
        {SEAL_SECRET, place.project, sample_uid(9), place.part},
        {SEAL_SECRET, place.project, place.endpoint, sample_uid(9)},
        {SEAL_SECRET, place.endpoint, place.project, place.part},
        {SEAL_SECRET, place.project, place.part, place.endpoint},
    };
    struct text out;

    seal_pack(&buf, &key, &place, text_of("value"));
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        ck_assert_int_eq(open_at(&key, &places[i], 100, &out), RC_CORRUPT);
    ck_assert_int_eq(open_at(&key, &place, 100, &out), RC_OK);
}
END_TEST

START_TEST(another_key_does_not_open_it)
{
    struct text out;

    seal_pack(&buf, &key, &place, text_of("value"));
    ck_assert_int_eq(open_at(&other_key, &place, 100, &out), RC_CORRUPT);
}
END_TEST

START_TEST(a_value_longer_than_allowed_does_not_open)
{
    struct text out;

    seal_pack(&buf, &key, &place, text_of("12345"));
    ck_assert_int_eq(open_at(&key, &place, 4, &out), RC_CORRUPT);
    ck_assert_int_eq(open_at(&key, &place, 5, &out), RC_OK);
}
END_TEST

START_TEST(no_altered_byte_is_let_pass)
{
    struct text out;

    seal_pack(&buf, &key, &place, text_of("value"));
    for (size_t i = 0; i < buf.len; i++) {
        for (unsigned bit = 1; bit < 0x100; bit <<= 1) {
            buf.data[i] = (char)(buf.data[i] ^ (int)bit);
            ck_assert_int_eq(open_at(&key, &place, 100, &out), RC_CORRUPT);
            buf.data[i] = (char)(buf.data[i] ^ (int)bit);
        }
    }
}
END_TEST

START_TEST(a_value_cut_short_does_not_open)
{
    const size_t whole = CRYPTO_SEAL_OVERHEAD + 9;
    struct text out;

    seal_pack(&buf, &key, &place, text_of("value"));
    ck_assert_uint_eq(buf.len, whole);
    for (buf.len = 0; buf.len < whole; buf.len++)
        ck_assert_int_eq(open_at(&key, &place, 100, &out), RC_CORRUPT);
}
END_TEST

START_TEST(a_length_below_the_overhead_does_not_open)
{
    static const char zeros[CRYPTO_SEAL_OVERHEAD] = "";
    struct text out;

    for (size_t len = 0; len < CRYPTO_SEAL_OVERHEAD; len++) {
        buf_reset(&buf);
        pack_text(&buf, (struct text){zeros, len});
        ck_assert_int_eq(open_at(&key, &place, 100, &out), RC_CORRUPT);
    }
}
END_TEST

START_TEST(a_full_arena_is_said)
{
    struct text out;

    seal_pack(&buf, &key, &place, text_of("value"));
    arena_init(&arena, 0);
    ck_assert_int_eq(open_at(&key, &place, 100, &out), RC_NO_MEMORY);
}
END_TEST

START_TEST(a_full_buffer_is_remembered)
{
    buf_init(&buf, CRYPTO_SEAL_OVERHEAD);
    seal_pack(&buf, &key, &place, text_of("value"));
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
}
END_TEST

Suite *seal_suite(void)
{
    Suite *suite = suite_create("seal");
    TCase *tc = tcase_create("seal");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_sealed_value_opens_in_its_place);
    tcase_add_test(tc, the_value_itself_cannot_be_seen);
    tcase_add_test(tc, the_same_value_is_sealed_differently_each_time);
    tcase_add_test(tc, an_empty_value_can_be_sealed);
    tcase_add_test(tc, another_place_does_not_open_it);
    tcase_add_test(tc, another_key_does_not_open_it);
    tcase_add_test(tc, a_value_longer_than_allowed_does_not_open);
    tcase_add_test(tc, no_altered_byte_is_let_pass);
    tcase_add_test(tc, a_value_cut_short_does_not_open);
    tcase_add_test(tc, a_length_below_the_overhead_does_not_open);
    tcase_add_test(tc, a_full_arena_is_said);
    tcase_add_test(tc, a_full_buffer_is_remembered);
    suite_add_tcase(suite, tc);
    return suite;
}
