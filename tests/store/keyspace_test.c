/* keyspace: the exact bytes of every key, the order they sort in, and what is read
 * back out of them. */
#include "store/keyspace.h"
#include "suites.h"
#include "support/sample.h"

#include <string.h>

static const struct uid low = {{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A,
                                0x0B, 0x0C, 0x0D, 0x0E, 0x0F}};
static const struct uid high = {{0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA,
                                 0xFB, 0xFC, 0xFD, 0xFE, 0xFF}};

static void expect_key(struct keyspace_key key, const char *bytes, size_t len)
{
    ck_assert_uint_eq(key.len, len);
    ck_assert_uint_le(key.len, KEYSPACE_MAX);
    ck_assert_mem_eq(key.bytes, bytes, len);
}

#define LOW  "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F"
#define HIGH "\xF0\xF1\xF2\xF3\xF4\xF5\xF6\xF7\xF8\xF9\xFA\xFB\xFC\xFD\xFE\xFF"

#define LOW_TAG  "\x0B\x0C\x0D\x0E\x0F"
#define HIGH_TAG "\xFB\xFC\xFD\xFE\xFF"

#define HIGH_HEAD "\xF0\xF1\xF2\xF3\xF4\xF5\xF6\xF7\xF8\xF9"

START_TEST(keys_are_a_letter_and_what_they_belong_to)
{
    expect_key(keyspace_store(), "M", 1);
    expect_key(keyspace_project(&low), "P" LOW, 17);
    expect_key(keyspace_apikey(&high), "K" HIGH, 17);
    expect_key(keyspace_use(&low), "L" LOW, 17);
    expect_key(keyspace_endpoint(&low, &high), "e" LOW_TAG HIGH_HEAD, 16);
    expect_key(keyspace_tombstone(&high, &low), "D" HIGH_TAG LOW, 22);
    expect_key(keyspace_history(&high, UINT64_C(0x0102030405060708)),
               "H" HIGH_TAG "\1\2\3\4\5\6\7\x08", 14);
}
END_TEST

START_TEST(keys_of_one_project_share_their_first_bytes)
{
    struct keyspace_key a = keyspace_endpoint(&low, &low);
    struct keyspace_key b = keyspace_endpoint(&low, &high);
    struct keyspace_key c = keyspace_history(&low, 0);
    struct keyspace_key d = keyspace_history(&low, UINT64_MAX);

    ck_assert_mem_eq(a.bytes, b.bytes, KEYSPACE_PROJECT_PREFIX);
    ck_assert_mem_eq(c.bytes, d.bytes, KEYSPACE_PROJECT_PREFIX);
    ck_assert_mem_ne(a.bytes, c.bytes, KEYSPACE_PROJECT_PREFIX);
    ck_assert_mem_ne(a.bytes, keyspace_endpoint(&high, &low).bytes, KEYSPACE_PROJECT_PREFIX);
}
END_TEST

START_TEST(projects_share_a_tag_when_their_last_bytes_are_the_same)
{
    ck_assert(keyspace_same_tag(&low, &low));
    ck_assert(!keyspace_same_tag(&low, &high));
    for (size_t i = 0; i < UID_BYTES; i++) {
        struct uid other = low;

        other.bytes[i] ^= 1;
        ck_assert_int_eq(keyspace_same_tag(&low, &other), i < UID_BYTES - KEYSPACE_TAG_BYTES);
    }
}
END_TEST

static const uint64_t sequences[] = {0,
                                     1,
                                     2,
                                     0xFF,
                                     0x100,
                                     0xFFFF,
                                     0x10000,
                                     0xFFFFFFFF,
                                     0x100000000,
                                     INT64_MAX,
                                     UINT64_C(0x8000000000000000),
                                     UINT64_MAX - 1,
                                     UINT64_MAX};

enum {
    SEQUENCES = sizeof sequences / sizeof sequences[0]
};

START_TEST(history_sorts_by_its_sequence)
{
    for (size_t i = 1; i < SEQUENCES; i++) {
        struct keyspace_key before = keyspace_history(&low, sequences[i - 1]);
        struct keyspace_key after = keyspace_history(&low, sequences[i]);

        ck_assert_uint_eq(before.len, after.len);
        ck_assert_int_lt(memcmp(before.bytes, after.bytes, after.len), 0);
    }
}
END_TEST

START_TEST(endpoints_sort_by_their_age)
{
    struct uid older = sample_uid(7);
    struct uid younger = sample_uid(8);
    struct keyspace_key before = keyspace_endpoint(&low, &older);
    struct keyspace_key after = keyspace_endpoint(&low, &younger);

    ck_assert_int_lt(memcmp(before.bytes, after.bytes, after.len), 0);
}
END_TEST

/* LMDB fills the pages of what is added in order at its very end, and leaves others half empty. */
START_TEST(endpoints_sort_behind_all_else)
{
    const struct keyspace_key others[] = {
        keyspace_store(),    keyspace_project(&high),          keyspace_apikey(&high),
        keyspace_use(&high), keyspace_tombstone(&high, &high), keyspace_history(&high, UINT64_MAX)};
    struct keyspace_key first = keyspace_endpoint(&UID_NONE, &UID_NONE);

    ck_assert_int_eq(first.bytes[0], *KEYSPACE_ENDPOINTS);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_int_lt(others[i].bytes[0], *KEYSPACE_ENDPOINTS);
}
END_TEST

START_TEST(a_sequence_is_read_back)
{
    for (size_t i = 0; i < SEQUENCES; i++) {
        struct keyspace_key key = keyspace_history(&high, sequences[i]);

        ck_assert_uint_eq(keyspace_sequence(key.bytes, key.len), sequences[i]);
    }
}
END_TEST

START_TEST(only_a_history_key_has_a_sequence)
{
    struct keyspace_key key = keyspace_history(&low, 42);

    for (size_t len = 0; len < key.len; len++)
        ck_assert_uint_eq(keyspace_sequence(key.bytes, len), 0);
    ck_assert_uint_eq(keyspace_sequence(key.bytes, key.len + 1), 0);
    key.bytes[0] = 'e';
    ck_assert_uint_eq(keyspace_sequence(key.bytes, key.len), 0);
    key = keyspace_endpoint(&low, &high);
    ck_assert_uint_eq(keyspace_sequence(key.bytes, key.len), 0);
    ck_assert_uint_eq(keyspace_sequence(NULL, 0), 0);
}
END_TEST

START_TEST(the_last_uid_is_read_back)
{
    struct keyspace_key project = keyspace_project(&low);
    struct keyspace_key apikey = keyspace_apikey(&high);
    struct uid uid = keyspace_tail(project.bytes, project.len);

    ck_assert(uid_equal(&uid, &low));
    uid = keyspace_tail(apikey.bytes, apikey.len);
    ck_assert(uid_equal(&uid, &high));
}
END_TEST

START_TEST(what_an_endpoints_key_has_of_its_uid_is_read_back)
{
    const struct uid head = {{0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9}};
    struct keyspace_key key = keyspace_endpoint(&low, &high);
    struct uid uid = keyspace_head(key.bytes, key.len);

    ck_assert(uid_equal(&uid, &head));
}
END_TEST

START_TEST(only_an_endpoints_key_has_the_head_of_a_uid)
{
    struct keyspace_key key = keyspace_endpoint(&low, &high);
    struct uid uid;

    for (size_t len = 0; len < key.len; len++) {
        uid = keyspace_head(key.bytes, len);
        ck_assert(uid_is_none(&uid));
    }
    uid = keyspace_head(key.bytes, key.len + 1);
    ck_assert(uid_is_none(&uid));
    key.bytes[0] = 'H';
    uid = keyspace_head(key.bytes, key.len);
    ck_assert(uid_is_none(&uid));
    uid = keyspace_head(NULL, 0);
    ck_assert(uid_is_none(&uid));
}
END_TEST

START_TEST(a_short_key_has_no_last_uid)
{
    struct keyspace_key key = keyspace_project(&high);
    struct uid uid;

    for (size_t len = 0; len <= UID_BYTES; len++) {
        uid = keyspace_tail(key.bytes, len);
        ck_assert(uid_is_none(&uid));
    }
    uid = keyspace_tail(NULL, 0);
    ck_assert(uid_is_none(&uid));
}
END_TEST

Suite *keyspace_suite(void)
{
    Suite *suite = suite_create("keyspace");
    TCase *tc = tcase_create("keyspace");

    tcase_add_test(tc, keys_are_a_letter_and_what_they_belong_to);
    tcase_add_test(tc, keys_of_one_project_share_their_first_bytes);
    tcase_add_test(tc, projects_share_a_tag_when_their_last_bytes_are_the_same);
    tcase_add_test(tc, history_sorts_by_its_sequence);
    tcase_add_test(tc, endpoints_sort_by_their_age);
    tcase_add_test(tc, endpoints_sort_behind_all_else);
    tcase_add_test(tc, a_sequence_is_read_back);
    tcase_add_test(tc, only_a_history_key_has_a_sequence);
    tcase_add_test(tc, the_last_uid_is_read_back);
    tcase_add_test(tc, what_an_endpoints_key_has_of_its_uid_is_read_back);
    tcase_add_test(tc, only_an_endpoints_key_has_the_head_of_a_uid);
    tcase_add_test(tc, a_short_key_has_no_last_uid);
    suite_add_tcase(suite, tc);
    return suite;
}
