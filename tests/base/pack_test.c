/* pack: the stored bytes of every kind of value, their way back, and refusal of
 * whatever is cut short, left over or too long. */
#include "base/pack.h"
#include "suites.h"

#include <string.h>

static struct buf buf;

static void setup(void)
{
    buf_init(&buf, 4096);
}

static void teardown(void)
{
    buf_free(&buf);
}

static void expect_bytes(const char *bytes, size_t len)
{
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    ck_assert_uint_eq(buf.len, len);
    ck_assert_mem_eq(buf.data, bytes, len);
}

START_TEST(integers_are_big_endian)
{
    pack_u8(&buf, 0xAB);
    pack_u32(&buf, 0x03040506);
    pack_u64(&buf, UINT64_C(0x0708090A0B0C0D0E));
    pack_i64(&buf, -2);
    expect_bytes("\xAB\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E"
                 "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE",
                 21);
}
END_TEST

START_TEST(text_is_a_length_and_its_bytes)
{
    pack_text(&buf, (struct text){"a\0b", 3});
    pack_text(&buf, (struct text){NULL, 0});
    expect_bytes("\0\0\0\3a\0b\0\0\0\0", 11);
}
END_TEST

START_TEST(integers_come_back_at_their_edges)
{
    static const uint64_t values[] = {
        0,         1,      0x7F,    0x80,       0xFF,       0x100,     0x7FFF,
        0x8000,    0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, INT64_MAX, (uint64_t)INT64_MAX + 1,
        UINT64_MAX};

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct unpack in;

        buf_reset(&buf);
        pack_u8(&buf, (uint8_t)values[i]);
        pack_u32(&buf, (uint32_t)values[i]);
        pack_u64(&buf, values[i]);
        pack_i64(&buf, (int64_t)values[i]);
        unpack_init(&in, buf.data, buf.len);
        ck_assert_uint_eq(unpack_u8(&in), (uint8_t)values[i]);
        ck_assert_uint_eq(unpack_u32(&in), (uint32_t)values[i]);
        ck_assert_uint_eq(unpack_u64(&in), values[i]);
        ck_assert_int_eq(unpack_i64(&in), (int64_t)values[i]);
        ck_assert_int_eq(unpack_status(&in), RC_OK);
    }
}
END_TEST

START_TEST(text_and_bytes_come_back)
{
    struct unpack in;
    struct text t;
    char bytes[3];

    pack_text(&buf, text_of("first"));
    pack_text(&buf, text_of(""));
    buf_put(&buf, "raw", 3);
    pack_text(&buf, text_of("last"));
    unpack_init(&in, buf.data, buf.len);
    t = unpack_text(&in, 5);
    ck_assert(text_is(t, "first"));
    ck_assert_ptr_eq(t.data, buf.data + 4);
    ck_assert_uint_eq(unpack_text(&in, 0).len, 0);
    unpack_bytes(&in, bytes, sizeof bytes);
    ck_assert_mem_eq(bytes, "raw", 3);
    ck_assert(text_is(unpack_text(&in, 100), "last"));
    ck_assert_int_eq(unpack_status(&in), RC_OK);
}
END_TEST

static void pack_everything(void)
{
    pack_u8(&buf, 1);
    pack_u32(&buf, 2);
    pack_u64(&buf, 3);
    pack_i64(&buf, -4);
    buf_put(&buf, "five", 4);
    pack_text(&buf, text_of("sixth"));
}

struct everything {
    uint8_t one;
    uint32_t two;
    uint64_t three;
    int64_t four;
    char five[4];
    struct text six;
};

static struct everything unpack_everything(struct unpack *in)
{
    struct everything e;

    e.one = unpack_u8(in);
    e.two = unpack_u32(in);
    e.three = unpack_u64(in);
    e.four = unpack_i64(in);
    memset(e.five, '#', sizeof e.five);
    unpack_bytes(in, e.five, sizeof e.five);
    e.six = unpack_text(in, 5);
    return e;
}

START_TEST(a_record_is_refused_at_every_shorter_length)
{
    static const size_t ends[] = {1, 5, 13, 21, 25, 34};

    pack_everything();
    ck_assert_uint_eq(buf.len, ends[5]);
    for (size_t len = 0; len <= buf.len; len++) {
        struct unpack in;
        struct everything e;

        unpack_init(&in, buf.data, len);
        e = unpack_everything(&in);
        ck_assert_int_eq(unpack_status(&in), len == buf.len ? RC_OK : RC_CORRUPT);
        ck_assert_uint_eq(e.one, len >= ends[0] ? 1 : 0);
        ck_assert_uint_eq(e.two, len >= ends[1] ? 2 : 0);
        ck_assert_uint_eq(e.three, len >= ends[2] ? 3 : 0);
        ck_assert_int_eq(e.four, len >= ends[3] ? -4 : 0);
        ck_assert_mem_eq(e.five, len >= ends[4] ? "five" : "\0\0\0\0", 4);
        ck_assert(text_is(e.six, len >= ends[5] ? "sixth" : ""));
        if (len < ends[5])
            ck_assert_ptr_null(e.six.data);
    }
}
END_TEST

START_TEST(after_a_failed_read_every_read_gives_nothing)
{
    struct unpack in;
    char bytes[2] = {'#', '#'};

    pack_u32(&buf, UINT32_MAX);
    unpack_init(&in, buf.data, buf.len);
    ck_assert_uint_eq(unpack_u64(&in), 0);
    ck_assert_uint_eq(unpack_u8(&in), 0);
    ck_assert_uint_eq(unpack_u32(&in), 0);
    ck_assert_int_eq(unpack_i64(&in), 0);
    unpack_bytes(&in, bytes, sizeof bytes);
    ck_assert_mem_eq(bytes, "\0\0", 2);
    ck_assert_ptr_null(unpack_text(&in, 100).data);
    ck_assert_int_eq(unpack_status(&in), RC_CORRUPT);
}
END_TEST

START_TEST(bytes_left_over_are_corrupt)
{
    struct unpack in;

    pack_everything();
    pack_u8(&buf, 0);
    unpack_init(&in, buf.data, buf.len);
    (void)unpack_everything(&in);
    ck_assert_int_eq(unpack_status(&in), RC_CORRUPT);
    ck_assert_uint_eq(unpack_u8(&in), 0);
    ck_assert_int_eq(unpack_status(&in), RC_OK);
}
END_TEST

START_TEST(text_longer_than_allowed_is_corrupt)
{
    for (size_t max = 4; max <= 6; max++) {
        struct unpack in;
        struct text t;

        buf_reset(&buf);
        pack_text(&buf, text_of("12345"));
        unpack_init(&in, buf.data, buf.len);
        t = unpack_text(&in, max);
        ck_assert(text_is(t, max >= 5 ? "12345" : ""));
        ck_assert_int_eq(unpack_status(&in), max >= 5 ? RC_OK : RC_CORRUPT);
    }
}
END_TEST

START_TEST(a_length_beyond_the_input_is_corrupt)
{
    static const char *const inputs[] = {"\xFF\xFF\xFF\xFFx", "\x80\0\0\0x", "\0\0\0\2x"};

    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        struct unpack in;

        unpack_init(&in, inputs[i], 5);
        ck_assert_ptr_null(unpack_text(&in, SIZE_MAX).data);
        ck_assert_int_eq(unpack_status(&in), RC_CORRUPT);
    }
}
END_TEST

START_TEST(no_input_is_whole_until_it_is_read)
{
    struct unpack in;

    unpack_init(&in, NULL, 0);
    ck_assert_int_eq(unpack_status(&in), RC_OK);
    ck_assert_uint_eq(unpack_u8(&in), 0);
    ck_assert_int_eq(unpack_status(&in), RC_CORRUPT);
}
END_TEST

START_TEST(a_failed_buffer_stays_failed_through_packing)
{
    buf_init(&buf, 6);
    pack_u32(&buf, 1);
    pack_u32(&buf, 2);
    pack_u8(&buf, 3);
    pack_text(&buf, text_of(""));
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
    ck_assert_uint_eq(buf.len, 4);
}
END_TEST

START_TEST(text_past_the_ceiling_fails_the_buffer)
{
    buf_init(&buf, 8);
    pack_text(&buf, text_of("1234"));
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    buf_reset(&buf);
    pack_text(&buf, text_of("12345"));
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
}
END_TEST

START_TEST(text_whose_length_needs_more_than_32_bits_fails_the_buffer)
{
    /* So that it is the length that does not fit, not the text. */
    buf_init(&buf, SIZE_MAX);
    pack_text(&buf, (struct text){"x", (size_t)UINT32_MAX + 1});
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
    ck_assert_uint_eq(buf.len, 0);
}
END_TEST

Suite *pack_suite(void)
{
    Suite *suite = suite_create("pack");
    TCase *tc = tcase_create("pack");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, integers_are_big_endian);
    tcase_add_test(tc, text_is_a_length_and_its_bytes);
    tcase_add_test(tc, integers_come_back_at_their_edges);
    tcase_add_test(tc, text_and_bytes_come_back);
    tcase_add_test(tc, a_record_is_refused_at_every_shorter_length);
    tcase_add_test(tc, after_a_failed_read_every_read_gives_nothing);
    tcase_add_test(tc, bytes_left_over_are_corrupt);
    tcase_add_test(tc, text_longer_than_allowed_is_corrupt);
    tcase_add_test(tc, a_length_beyond_the_input_is_corrupt);
    tcase_add_test(tc, no_input_is_whole_until_it_is_read);
    tcase_add_test(tc, a_failed_buffer_stays_failed_through_packing);
    tcase_add_test(tc, text_past_the_ceiling_fails_the_buffer);
    tcase_add_test(tc, text_whose_length_needs_more_than_32_bits_fails_the_buffer);
    suite_add_tcase(suite, tc);
    return suite;
}
