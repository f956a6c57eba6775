/* uid: known ULIDs both ways, and refusal of every other spelling. */
#include "domain/uid.h"
#include "suites.h"

#include <string.h>

#define SPEC "01ARZ3NDEKTSV4RRFFQ69G5FAV"

static const struct {
    struct uid uid;
    const char *text;
} known[] = {
    {{{0x01, 0x56, 0x3E, 0x3A, 0xB5, 0xD3, 0xD6, 0x76, 0x4C, 0x61, 0xEF, 0xB9, 0x93, 0x02, 0xBD,
       0x5B}},
     SPEC},
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}, "00000000000000000000000001"},
    {{{0, 0, 0, 0, 0, 1}}, "00000000010000000000000000"},
    {{{0x80}}, "40000000000000000000000000"},
    {{{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
       0xFF}},
     "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"},
};

START_TEST(a_known_uid_is_written_and_read)
{
    char out[UID_SIZE];
    struct uid read = UID_NONE;

    uid_format(&known[_i].uid, out);
    ck_assert_str_eq(out, known[_i].text);
    ck_assert(uid_parse(text_of(known[_i].text), &read));
    ck_assert_mem_eq(read.bytes, known[_i].uid.bytes, UID_BYTES);
}
END_TEST

START_TEST(a_uid_is_made_of_moment_and_entropy)
{
    static const uint8_t entropy[UID_ENTROPY_BYTES] = {0x00, 0x11, 0x22, 0x33, 0x44,
                                                       0x55, 0x66, 0x77, 0x88, 0x99};
    static const uint8_t ones[UID_ENTROPY_BYTES] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                                    0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    struct uid uid = uid_make(INT64_C(1795460885123), entropy);
    char out[UID_SIZE];

    uid_format(&uid, out);
    ck_assert_str_eq(out, "01M84WXTM3008J4CT4ANK7F24S");
    uid = uid_make((INT64_C(1) << 48) - 1, ones);
    uid_format(&uid, out);
    ck_assert_str_eq(out, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    uid = uid_make(0, ones);
    uid_format(&uid, out);
    ck_assert_str_eq(out, "0000000000ZZZZZZZZZZZZZZZZ");
}
END_TEST

START_TEST(every_bit_makes_the_round_trip)
{
    for (unsigned bit = 0; bit < 8 * UID_BYTES; bit++) {
        struct uid uid = UID_NONE;
        struct uid read = UID_NONE;
        char out[UID_SIZE];

        uid.bytes[bit / 8] = (uint8_t)(0x80u >> bit % 8);
        uid_format(&uid, out);
        ck_assert_uint_eq(strlen(out), UID_SIZE - 1);
        ck_assert(uid_parse(text_of(out), &read));
        ck_assert(uid_equal(&uid, &read));
    }
}
END_TEST

START_TEST(uids_sort_by_time_in_both_forms)
{
    static const int64_t moments[] = {
        0, 1, 255, 256, INT64_C(1469918176385), INT64_C(1469918176386), (INT64_C(1) << 48) - 1};
    const uint8_t low[UID_ENTROPY_BYTES] = {0};
    const uint8_t high[UID_ENTROPY_BYTES] = {0xFF};

    for (size_t i = 1; i < sizeof moments / sizeof moments[0]; i++) {
        struct uid before = uid_make(moments[i - 1], high);
        struct uid after = uid_make(moments[i], low);
        char a[UID_SIZE];
        char b[UID_SIZE];

        uid_format(&before, a);
        uid_format(&after, b);
        ck_assert_int_lt(memcmp(before.bytes, after.bytes, UID_BYTES), 0);
        ck_assert_str_lt(a, b);
    }
}
END_TEST

static void refuse(struct text t)
{
    struct uid out;
    uint8_t before[UID_BYTES];

    memset(before, 0xA5, sizeof before);
    memcpy(out.bytes, before, sizeof before);
    ck_assert_msg(!uid_parse(t, &out), "\"%.*s\" was read", TEXT_ARG(t));
    ck_assert_mem_eq(out.bytes, before, sizeof before);
}

START_TEST(any_other_length_is_refused)
{
    static const char longer[] = SPEC "0";

    for (size_t len = 0; len < sizeof longer; len++)
        if (len != UID_SIZE - 1)
            refuse((struct text){longer, len});
    refuse((struct text){NULL, 0});
    refuse((struct text){SPEC, sizeof SPEC});
}
END_TEST

START_TEST(exactly_the_alphabet_is_read_at_every_place)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    for (size_t at = 0; at < UID_SIZE - 1; at++)
        for (int c = 0; c < 256; c++) {
            char text[] = SPEC;
            const bool good = c != 0 && strchr(alphabet, c) != NULL && (at > 0 || c <= '7');
            struct uid uid;

            text[at] = (char)c;
            if (uid_parse((struct text){text, UID_SIZE - 1}, &uid) != good)
                ck_abort_msg("byte %d at %zu", c, at);
        }
}
END_TEST

START_TEST(lower_case_and_look_alikes_are_refused)
{
    refuse(text_of("01arz3ndektsv4rrffq69g5fav"));
    refuse(text_of("01ARZ3NDEKTSV4RRFFQ69G5FAv"));
    refuse(text_of("01IRZ3NDEKTSV4RRFFQ69G5FAV"));
    refuse(text_of("01LRZ3NDEKTSV4RRFFQ69G5FAV"));
    refuse(text_of("O1ARZ3NDEKTSV4RRFFQ69G5FAV"));
    refuse(text_of("01URZ3NDEKTSV4RRFFQ69G5FAV"));
    refuse(text_of("01ARZ3NDEK-SV4RRFFQ69G5FAV"));
    refuse(text_of(" 1ARZ3NDEKTSV4RRFFQ69G5FAV"));
    refuse((struct text){"01ARZ3NDEKTSV4RRFFQ69G5FA\0", 26});
    refuse((struct text){"\0"
                         "1ARZ3NDEKTSV4RRFFQ69G5FAV",
                         26});
}
END_TEST

START_TEST(what_128_bits_cannot_hold_is_refused)
{
    refuse(text_of("8ZZZZZZZZZZZZZZZZZZZZZZZZZ"));
    refuse(text_of("80000000000000000000000000"));
    refuse(text_of("ZZZZZZZZZZZZZZZZZZZZZZZZZZ"));
}
END_TEST

START_TEST(nobody_s_uid_is_written_but_not_read)
{
    struct uid none = UID_NONE;
    char out[UID_SIZE];

    uid_format(&none, out);
    ck_assert_str_eq(out, "00000000000000000000000000");
    refuse(text_of(out));
}
END_TEST

START_TEST(uids_are_equal_when_every_byte_is)
{
    for (unsigned i = 0; i < UID_BYTES; i++) {
        struct uid a = known[0].uid;
        struct uid b = known[0].uid;
        struct uid c = UID_NONE;

        ck_assert(uid_equal(&a, &b));
        ck_assert(uid_is_none(&c));
        b.bytes[i] ^= 1;
        c.bytes[i] = 1;
        ck_assert(!uid_equal(&a, &b));
        ck_assert(!uid_is_none(&c));
    }
}
END_TEST

Suite *uid_suite(void)
{
    Suite *suite = suite_create("uid");
    TCase *tc = tcase_create("uid");

    tcase_add_loop_test(tc, a_known_uid_is_written_and_read, 0,
                        (int)(sizeof known / sizeof known[0]));
    tcase_add_test(tc, a_uid_is_made_of_moment_and_entropy);
    tcase_add_test(tc, every_bit_makes_the_round_trip);
    tcase_add_test(tc, uids_sort_by_time_in_both_forms);
    tcase_add_test(tc, any_other_length_is_refused);
    tcase_add_test(tc, exactly_the_alphabet_is_read_at_every_place);
    tcase_add_test(tc, lower_case_and_look_alikes_are_refused);
    tcase_add_test(tc, what_128_bits_cannot_hold_is_refused);
    tcase_add_test(tc, nobody_s_uid_is_written_but_not_read);
    tcase_add_test(tc, uids_are_equal_when_every_byte_is);
    suite_add_tcase(suite, tc);
    return suite;
}
