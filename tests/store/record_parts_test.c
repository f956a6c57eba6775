/* record: a project's signature settings, what is left of a deleted endpoint, a key's
 * last use, and the look at an endpoint's open members without any key. */
#include "base/pack.h"
#include "store/record.h"
#include "suites.h"
#include "support/rings.h"
#include "support/sample.h"

#include <stdlib.h>
#include <string.h>

static struct keyring *ring;
static struct buf buf;
static struct arena arena;
static char run[4096];

static void setup(void)
{
    ring = rings_open((const unsigned[]){1}, 1);
    buf_init(&buf, RECORD_MAX);
    arena_init(&arena, RECORD_MAX);
    memset(run, 'x', sizeof run);
}

static void teardown(void)
{
    keyring_close(ring);
    buf_free(&buf);
    arena_free(&arena);
}

static enum rc decode_project(void)
{
    const struct uid uid = sample_uid(1);
    struct project out;

    return record_project_decode(buf_text(&buf), &uid, &arena, &out);
}

/* The record of a project whose signature has one version, of these two bytes. */
static void encode_version(uint8_t hash, uint8_t encoding)
{
    const struct project project = sample_project(1);

    buf_reset(&buf);
    record_project_encode(&buf, &project);
    buf.len -= 2;
    pack_u8(&buf, hash);
    pack_u8(&buf, encoding);
}

START_TEST(an_unknown_hash_or_encoding_is_refused)
{
    for (unsigned value = 0; value < 0x100; value++) {
        encode_version((uint8_t)value, PROJECT_HEX);
        ck_assert_int_eq(decode_project(),
                         value == PROJECT_SHA256 || value == PROJECT_SHA512 ? RC_OK : RC_CORRUPT);
        encode_version(PROJECT_SHA256, (uint8_t)value);
        ck_assert_int_eq(decode_project(),
                         value == PROJECT_HEX || value == PROJECT_BASE64 ? RC_OK : RC_CORRUPT);
    }
}
END_TEST

START_TEST(more_versions_than_there_is_room_for_are_refused)
{
    encode_version(PROJECT_SHA256, PROJECT_HEX);
    buf.len -= 3;
    pack_u8(&buf, PROJECT_VERSIONS_MAX + 1);
    for (int i = 0; i <= PROJECT_VERSIONS_MAX; i++) {
        pack_u8(&buf, PROJECT_SHA256);
        pack_u8(&buf, PROJECT_HEX);
    }
    ck_assert_int_eq(decode_project(), RC_CORRUPT);
}
END_TEST

START_TEST(a_signature_header_is_bounded)
{
    struct project project = sample_project(1);

    project.signature_header = (struct text){run, PROJECT_HEADER_MAX};
    record_project_encode(&buf, &project);
    ck_assert_int_eq(decode_project(), RC_OK);
    project.signature_header.len++;
    buf_reset(&buf);
    record_project_encode(&buf, &project);
    ck_assert_int_eq(decode_project(), RC_CORRUPT);
}
END_TEST

static enum rc tombstone_again(size_t owner, struct record_tombstone *out)
{
    const struct record_tombstone in = {{run, owner}, UINT64_MAX};

    buf_reset(&buf);
    record_tombstone_encode(&buf, &in);
    return record_tombstone_decode(buf_text(&buf), &arena, out);
}

START_TEST(what_is_left_of_an_endpoint_comes_back)
{
    const size_t most = endpoint_members[ENDPOINT_OWNER_ID].max;
    struct record_tombstone out;

    ck_assert_int_eq(tombstone_again(0, &out), RC_OK);
    ck_assert_uint_eq(out.owner_id.len, 0);
    ck_assert_int_eq(tombstone_again(most, &out), RC_OK);
    ck_assert(text_equal(out.owner_id, (struct text){run, most}));
    ck_assert_uint_eq(out.history, UINT64_MAX);
    ck_assert_int_eq(tombstone_again(most + 1, &out), RC_CORRUPT);
}
END_TEST

START_TEST(a_damaged_tombstone_is_refused)
{
    struct record_tombstone out;
    size_t whole;

    ck_assert_int_eq(tombstone_again(5, &out), RC_OK);
    whole = buf.len;
    for (buf.len = 0; buf.len < whole; buf.len++)
        ck_assert_int_eq(record_tombstone_decode(buf_text(&buf), &arena, &out), RC_CORRUPT);
    buf_put_byte(&buf, 'x');
    ck_assert_int_eq(record_tombstone_decode(buf_text(&buf), &arena, &out), RC_CORRUPT);
    buf.len = whole;
    buf.data[0]++;
    ck_assert_int_eq(record_tombstone_decode(buf_text(&buf), &arena, &out), RC_CORRUPT);
}
END_TEST

START_TEST(a_last_use_comes_back_whole_or_not_at_all)
{
    int64_t used_at = 0;

    record_use_encode(&buf, SAMPLE_NOW);
    ck_assert_int_eq(record_use_decode(buf_text(&buf), &used_at), RC_OK);
    ck_assert_int_eq(used_at, SAMPLE_NOW);
    buf_put_byte(&buf, 'x');
    ck_assert_int_eq(record_use_decode(buf_text(&buf), &used_at), RC_CORRUPT);
    for (buf.len = 0; buf.len < 9; buf.len++)
        ck_assert_int_eq(record_use_decode(buf_text(&buf), &used_at), RC_CORRUPT);
    buf.data[0]++;
    ck_assert_int_eq(record_use_decode(buf_text(&buf), &used_at), RC_CORRUPT);
}
END_TEST

static void encode_filled(void)
{
    struct endpoint endpoint;
    struct history event;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    sample_fill(&endpoint);
    record_endpoint_encode(&buf, ring, &endpoint);
}

START_TEST(a_look_shows_the_open_members_and_no_other)
{
    struct text members[ENDPOINT_MEMBERS] = {{NULL, 0}};

    encode_filled();
    ck_assert_int_eq(record_endpoint_peek(buf_text(&buf), members), RC_OK);
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++) {
        if (endpoint_members[i].shown != ENDPOINT_SHOWN) {
            ck_assert_uint_eq(members[i].len, 0);
            continue;
        }
        ck_assert(text_is(members[i], endpoint_members[i].path));
        ck_assert(members[i].data > buf.data && members[i].data < buf.data + buf.len);
    }
}
END_TEST

START_TEST(a_look_at_an_endpoint_of_few_members_leaves_the_others)
{
    struct text members[ENDPOINT_MEMBERS] = {{NULL, 0}};
    struct endpoint endpoint;
    struct history event;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    record_endpoint_encode(&buf, ring, &endpoint);
    ck_assert_int_eq(record_endpoint_peek(buf_text(&buf), members), RC_OK);
    ck_assert(text_is(members[ENDPOINT_NAME], "an endpoint"));
    ck_assert_uint_eq(members[ENDPOINT_OWNER_ID].len, 0);
}
END_TEST

START_TEST(no_altered_or_cut_record_makes_a_look_crash)
{
    struct text members[ENDPOINT_MEMBERS];
    unsigned sum = 0;

    encode_filled();
    for (size_t i = 0; i < buf.len; i++) {
        char *exact = malloc(i + 1);

        memset(members, 0, sizeof members);
        buf.data[i] = (char)~buf.data[i];
        if (record_endpoint_peek(buf_text(&buf), members) == RC_OK)
            for (size_t m = 0; m < ENDPOINT_MEMBERS; m++)
                for (size_t j = 0; j < members[m].len; j++)
                    sum += (unsigned char)members[m].data[j];
        buf.data[i] = (char)~buf.data[i];
        ck_assert_ptr_nonnull(exact);
        memcpy(exact + 1, buf.data, i);
        (void)!record_endpoint_peek((struct text){exact + 1, i}, members);
        free(exact);
    }
    ck_assert_uint_gt(sum, 0);
}
END_TEST

START_TEST(a_look_refuses_another_version_and_a_record_without_its_members)
{
    struct text members[ENDPOINT_MEMBERS] = {{NULL, 0}};

    encode_filled();
    buf.len = 20;
    ck_assert_int_eq(record_endpoint_peek(buf_text(&buf), members), RC_CORRUPT);
    buf_reset(&buf);
    encode_filled();
    buf.data[0]++;
    ck_assert_int_eq(record_endpoint_peek(buf_text(&buf), members), RC_CORRUPT);
}
END_TEST

START_TEST(a_look_tells_where_the_history_ends)
{
    struct endpoint endpoint;
    struct history event;
    uint64_t sequence = 0;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    endpoint.history = UINT64_C(0x0102030405060708);
    record_endpoint_encode(&buf, ring, &endpoint);
    ck_assert_int_eq(record_endpoint_history(buf_text(&buf), &sequence), RC_OK);
    ck_assert_uint_eq(sequence, endpoint.history);
    buf.len = 60;
    ck_assert_int_eq(record_endpoint_history(buf_text(&buf), &sequence), RC_CORRUPT);
    buf.data[0]++;
    ck_assert_int_eq(record_endpoint_history(buf_text(&buf), &sequence), RC_CORRUPT);
}
END_TEST

START_TEST(a_look_tells_all_of_secrets_but_their_values)
{
    struct secret secrets[ENDPOINT_SECRETS_MAX];
    struct endpoint endpoint;
    struct history event;
    size_t count = 0;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    sample_fill(&endpoint);
    endpoint.secrets[1] = endpoint.secrets[0];
    endpoint.secrets[0].created_at = 11;
    endpoint.secrets[0].expires_at = 12;
    endpoint.secrets[0].verified_at = 13;
    endpoint.secrets[0].type = SIGNING_KEY_ED25519;
    endpoint.secrets[1].created_at = 21;
    memset(secrets, 0xFF, sizeof secrets);
    endpoint.secret_count = 2;
    record_endpoint_encode(&buf, ring, &endpoint);
    ck_assert_int_eq(record_endpoint_secrets(buf_text(&buf), secrets, &count), RC_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(secrets[0].created_at, 11);
    ck_assert_int_eq(secrets[0].expires_at, 12);
    ck_assert_int_eq(secrets[0].verified_at, 13);
    ck_assert_int_eq(secrets[0].type, SIGNING_KEY_ED25519);
    ck_assert_int_eq(secrets[1].created_at, 21);
    ck_assert_int_eq(secrets[1].expires_at, SECRET_NO_END);
    ck_assert_int_eq(secrets[1].verified_at, SECRET_NOT_VERIFIED);
    for (size_t i = 0; i < count; i++) {
        ck_assert(uid_equal(&secrets[i].uid, &endpoint.secrets[i].uid));
        ck_assert(secrets[i].value.data == NULL && secrets[i].value.len == 0);
    }
}
END_TEST

START_TEST(a_look_at_secrets_refuses_a_record_that_is_cut_or_goes_on)
{
    struct secret secrets[ENDPOINT_SECRETS_MAX];
    size_t count;

    encode_filled();
    for (size_t len = 0; len < buf.len; len++) {
        char *exact = malloc(len + 1);

        ck_assert_ptr_nonnull(exact);
        memcpy(exact, buf.data, len);
        ck_assert_int_eq(record_endpoint_secrets((struct text){exact, len}, secrets, &count),
                         RC_CORRUPT);
        free(exact);
    }
    buf_put_byte(&buf, 'x');
    ck_assert_int_eq(record_endpoint_secrets(buf_text(&buf), secrets, &count), RC_CORRUPT);
}
END_TEST

START_TEST(a_look_at_secrets_refuses_more_secrets_than_there_can_be)
{
    struct secret secrets[ENDPOINT_SECRETS_MAX];
    struct endpoint endpoint;
    struct history event;
    size_t count = 0;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    endpoint.secret_count = 0;
    record_endpoint_encode(&buf, ring, &endpoint);
    ck_assert_int_eq(record_endpoint_secrets(buf_text(&buf), secrets, &count), RC_OK);
    buf.data[buf.len - 1] = (char)(ENDPOINT_SECRETS_MAX + 1);
    ck_assert_int_eq(record_endpoint_secrets(buf_text(&buf), secrets, &count), RC_CORRUPT);
}
END_TEST

Suite *record_parts_suite(void)
{
    Suite *suite = suite_create("record_parts");
    TCase *tc = tcase_create("parts");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, an_unknown_hash_or_encoding_is_refused);
    tcase_add_test(tc, more_versions_than_there_is_room_for_are_refused);
    tcase_add_test(tc, a_signature_header_is_bounded);
    tcase_add_test(tc, what_is_left_of_an_endpoint_comes_back);
    tcase_add_test(tc, a_damaged_tombstone_is_refused);
    tcase_add_test(tc, a_last_use_comes_back_whole_or_not_at_all);
    tcase_add_test(tc, a_look_shows_the_open_members_and_no_other);
    tcase_add_test(tc, a_look_at_an_endpoint_of_few_members_leaves_the_others);
    tcase_add_test(tc, no_altered_or_cut_record_makes_a_look_crash);
    tcase_add_test(tc, a_look_refuses_another_version_and_a_record_without_its_members);
    tcase_add_test(tc, a_look_tells_where_the_history_ends);
    tcase_add_test(tc, a_look_tells_all_of_secrets_but_their_values);
    tcase_add_test(tc, a_look_at_secrets_refuses_a_record_that_is_cut_or_goes_on);
    tcase_add_test(tc, a_look_at_secrets_refuses_more_secrets_than_there_can_be);
    suite_add_tcase(suite, tc);
    return suite;
}
