/* record: whatever is cut, altered, too long, out of bounds or of a later version is
 * refused, and no bytes at all make decoding crash. */
#include "base/pack.h"
#include "store/record.h"
#include "suites.h"
#include "support/rings.h"
#include "support/sample.h"

#include <stdlib.h>
#include <string.h>

enum {
    ENDPOINT_KEY_AT = 1 + UID_BYTES, /* in an endpoint's record */
    STATUS_AT = ENDPOINT_KEY_AT + KEYRING_ID_BYTES,
    SETTINGS_AT = STATUS_AT + 2 + 3 * 4 + 4 * 8
};

enum kind {
    STORE,
    PROJECT,
    APIKEY,
    ENDPOINT,
    HISTORY,
    KINDS
};

static struct keyring *ring;
static struct buf buf;
static struct arena arena;
static struct endpoint endpoint;
static struct history event;
static char run[1 << 17];

static void setup(void)
{
    ring = rings_open((const unsigned[]){1}, 1);
    buf_init(&buf, RECORD_MAX);
    arena_init(&arena, 4 * RECORD_MAX);
    memset(run, 'x', sizeof run);
    sample_endpoint(2, 1, &arena, &endpoint, &event);
    event.sequence = 10;
    event.previous = 9;
}

static void teardown(void)
{
    keyring_close(ring);
    buf_free(&buf);
    arena_free(&arena);
}

static void encode(enum kind kind)
{
    const struct project project = sample_project(1);
    const struct apikey key = sample_apikey(2, 1);

    buf_reset(&buf);
    if (kind == STORE)
        record_store_encode(&buf, ring, SAMPLE_NOW);
    else if (kind == PROJECT)
        record_project_encode(&buf, &project);
    else if (kind == APIKEY)
        record_apikey_encode(&buf, &key);
    else if (kind == ENDPOINT)
        record_endpoint_encode(&buf, ring, &endpoint);
    else
        record_history_encode(&buf, &event);
    ck_assert_int_eq(buf_status(&buf), RC_OK);
}

static enum rc decode_bytes(enum kind kind, struct text record)
{
    struct record_store own;
    struct project project;
    struct apikey key;
    struct endpoint out;
    struct history history;

    if (kind == STORE)
        return record_store_decode(record, ring, &own);
    if (kind == PROJECT)
        return record_project_decode(record, &endpoint.project, &arena, &project);
    if (kind == APIKEY)
        return record_apikey_decode(record, &endpoint.uid, &arena, &key);
    if (kind == ENDPOINT)
        return record_endpoint_decode(record, ring, &endpoint.project, &arena, &out);
    return record_history_decode(record, &event.project, event.sequence, &arena, &history);
}

static enum rc decode(enum kind kind)
{
    return decode_bytes(kind, buf_text(&buf));
}

START_TEST(a_whole_record_is_taken)
{
    encode((enum kind)_i);
    ck_assert_int_eq(decode((enum kind)_i), RC_OK);
}
END_TEST

START_TEST(another_version_is_refused)
{
    static const uint8_t versions[] = {0, 1, 2, 3, 0x7F, 0x81, 0xFF};
    uint8_t own;

    encode((enum kind)_i);
    own = (uint8_t)buf.data[0];
    for (size_t i = 0; i < sizeof versions; i++) {
        if (versions[i] == own)
            continue;
        buf.data[0] = (char)versions[i];
        ck_assert_int_eq(decode((enum kind)_i), RC_CORRUPT);
    }
}
END_TEST

START_TEST(a_record_cut_short_is_refused)
{
    sample_fill(&endpoint);
    encode((enum kind)_i);
    for (size_t len = 0; len < buf.len; len++) {
        char *exact = malloc(len + 1);

        ck_assert_ptr_nonnull(exact);
        memcpy(exact + 1, buf.data, len);
        ck_assert_int_eq(decode_bytes((enum kind)_i, (struct text){exact + 1, len}), RC_CORRUPT);
        free(exact);
        arena_reset(&arena);
    }
    ck_assert_int_eq(decode_bytes((enum kind)_i, (struct text){0}), RC_CORRUPT);
}
END_TEST

START_TEST(bytes_behind_a_record_are_refused)
{
    encode((enum kind)_i);
    buf_put_byte(&buf, '\0');
    ck_assert_int_eq(decode((enum kind)_i), RC_CORRUPT);
}
END_TEST

/* What may come of a record that was altered: words of the contract, and a struct whose
 * every byte can be read. */
static void expect_sane(enum rc rc, const struct endpoint *out)
{
    unsigned sum = 0;

    if (rc != RC_OK) {
        ck_assert(rc == RC_CORRUPT || rc == RC_KEY);
        return;
    }
    ck_assert_int_ge(out->status, ENDPOINT_ACTIVE);
    ck_assert_int_le(out->status, ENDPOINT_PAUSED);
    ck_assert_uint_le(out->secret_count, ENDPOINT_SECRETS_MAX);
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++) {
        ck_assert_uint_le(out->members[i].len, endpoint_members[i].max);
        for (size_t j = 0; j < out->members[i].len; j++)
            sum += (unsigned char)out->members[i].data[j];
    }
    for (size_t i = 0; i < out->secret_count; i++) {
        ck_assert_uint_le(out->secrets[i].value.len, SECRET_VALUE_MAX);
        for (size_t j = 0; j < out->secrets[i].value.len; j++)
            sum += (unsigned char)out->secrets[i].value.data[j];
    }
    ck_assert_uint_gt(sum, 0);
}

START_TEST(no_flipped_bits_of_an_endpoint_make_decoding_crash)
{
    const int mask = _i < 8 ? 1 << _i : 0xFF;
    struct endpoint out;

    sample_fill(&endpoint);
    encode(ENDPOINT);
    for (size_t i = 0; i < buf.len; i++) {
        enum rc rc;

        buf.data[i] = (char)(buf.data[i] ^ mask);
        rc = record_endpoint_decode(buf_text(&buf), ring, &endpoint.project, &arena, &out);
        expect_sane(rc, &out);
        buf.data[i] = (char)(buf.data[i] ^ mask);
        arena_reset(&arena);
    }
}
END_TEST

START_TEST(no_flipped_byte_of_a_record_makes_decoding_crash)
{
    encode((enum kind)_i);
    for (size_t i = 0; i < buf.len; i++) {
        enum rc rc;

        buf.data[i] = (char)~buf.data[i];
        rc = decode((enum kind)_i);
        ck_assert(rc == RC_OK || rc == RC_CORRUPT || rc == RC_KEY);
        buf.data[i] = (char)~buf.data[i];
    }
    ck_assert_int_eq(decode((enum kind)_i), RC_OK);
}
END_TEST

START_TEST(a_members_length_is_bounded)
{
    endpoint.members[_i] = (struct text){run, endpoint_members[_i].max};
    encode(ENDPOINT);
    ck_assert_int_eq(decode(ENDPOINT), RC_OK);
    endpoint.members[_i].len++;
    encode(ENDPOINT);
    ck_assert_int_eq(decode(ENDPOINT), RC_CORRUPT);
}
END_TEST

START_TEST(a_secrets_length_is_bounded)
{
    endpoint.secrets[0].value = (struct text){run, SECRET_VALUE_MAX};
    encode(ENDPOINT);
    ck_assert_int_eq(decode(ENDPOINT), RC_OK);
    endpoint.secrets[0].value.len++;
    encode(ENDPOINT);
    ck_assert_int_eq(decode(ENDPOINT), RC_CORRUPT);
}
END_TEST

START_TEST(more_secrets_than_there_is_room_for_are_refused)
{
    const size_t one = UID_BYTES + 4 * 8 + 1 + 4 + CRYPTO_SEAL_OVERHEAD + SIGNING_KEY_HMAC_SIZE - 1;
    size_t count_at;
    char last[256];

    for (size_t i = 1; i < ENDPOINT_SECRETS_MAX; i++)
        endpoint.secrets[i] = endpoint.secrets[0];
    endpoint.secret_count = ENDPOINT_SECRETS_MAX;
    encode(ENDPOINT);
    count_at = buf.len - ENDPOINT_SECRETS_MAX * one - 1;
    ck_assert_int_eq(buf.data[count_at], ENDPOINT_SECRETS_MAX);
    ck_assert_int_eq(decode(ENDPOINT), RC_OK);
    memcpy(last, buf.data + buf.len - one, one);
    buf_put(&buf, last, one);
    buf.data[count_at]++;
    ck_assert_int_eq(decode(ENDPOINT), RC_CORRUPT);
}
END_TEST

/* A record whose members are `numbers`, each "x", and which has no secret. */
static enum rc decode_members(const uint8_t *numbers, size_t count)
{
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        endpoint.members[i] = (struct text){0};
    endpoint.secret_count = 0;
    encode(ENDPOINT);
    buf.len -= 2;
    pack_u8(&buf, (uint8_t)count);
    for (size_t i = 0; i < count; i++) {
        pack_u8(&buf, numbers[i]);
        pack_text(&buf, text_of("x"));
    }
    pack_u8(&buf, 0);
    return decode(ENDPOINT);
}

START_TEST(an_unknown_member_is_refused)
{
    ck_assert_int_eq(decode_members((const uint8_t[]){ENDPOINT_NAME}, 1), RC_OK);
    ck_assert_int_eq(decode_members((const uint8_t[]){ENDPOINT_MEMBERS}, 1), RC_CORRUPT);
    ck_assert_int_eq(decode_members((const uint8_t[]){0xFF}, 1), RC_CORRUPT);
}
END_TEST

START_TEST(a_member_that_comes_twice_is_refused)
{
    ck_assert_int_eq(decode_members((const uint8_t[]){ENDPOINT_NAME, ENDPOINT_URL}, 2), RC_OK);
    ck_assert_int_eq(decode_members((const uint8_t[]){ENDPOINT_NAME, ENDPOINT_NAME}, 2),
                     RC_CORRUPT);
}
END_TEST

START_TEST(a_member_that_is_stored_open_but_must_be_sealed_is_refused)
{
    ck_assert_int_eq(decode_members((const uint8_t[]){ENDPOINT_BASIC_PASSWORD}, 1), RC_CORRUPT);
}
END_TEST

START_TEST(an_unknown_status_is_refused)
{
    for (unsigned status = 0; status < 0x100; status++) {
        bool known = status >= ENDPOINT_ACTIVE && status <= ENDPOINT_PAUSED;

        encode(ENDPOINT);
        buf.data[STATUS_AT] = (char)status;
        ck_assert_int_eq(decode(ENDPOINT), known ? RC_OK : RC_CORRUPT);
    }
}
END_TEST

/* Each with how far its known values reach, from 1. */
START_TEST(unknown_settings_of_signatures_are_refused)
{
    static const unsigned most[] = {SIGNATURE_CURRENT_FIRST, SIGNATURE_CONVOY | SIGNATURE_STANDARD,
                                    SIGNING_KEY_ED25519};

    for (unsigned value = 0; value < 0x100; value++) {
        encode(ENDPOINT);
        buf.data[SETTINGS_AT + _i] = (char)value;
        ck_assert_int_eq(decode(ENDPOINT), value >= 1 && value <= most[_i] ? RC_OK : RC_CORRUPT);
    }
}
END_TEST

START_TEST(a_secret_of_an_unknown_type_is_refused)
{
    encode(ENDPOINT);
    buf.data[buf.len - 4 - CRYPTO_SEAL_OVERHEAD - (SIGNING_KEY_HMAC_SIZE - 1) - 9] = 3;
    ck_assert_int_eq(decode(ENDPOINT), RC_CORRUPT);
}
END_TEST

START_TEST(an_unknown_action_is_refused)
{
    for (unsigned action = 0; action < 0x100; action++) {
        bool known = action >= HISTORY_CREATED && action <= HISTORY_PROJECT_UPDATED;

        encode(HISTORY);
        buf.data[1] = (char)action;
        ck_assert_int_eq(decode(HISTORY), known ? RC_OK : RC_CORRUPT);
    }
}
END_TEST

START_TEST(an_entry_before_it_that_is_not_before_it_is_refused)
{
    for (event.previous = 8; event.previous <= 11; event.previous++) {
        encode(HISTORY);
        ck_assert_int_eq(decode(HISTORY), event.previous < event.sequence ? RC_OK : RC_CORRUPT);
    }
}
END_TEST

START_TEST(the_texts_of_an_entry_are_bounded)
{
    event.request_id = (struct text){run, HISTORY_REQUEST_ID_MAX};
    encode(HISTORY);
    ck_assert_int_eq(decode(HISTORY), RC_OK);
    event.request_id.len++;
    encode(HISTORY);
    ck_assert_int_eq(decode(HISTORY), RC_CORRUPT);
    event.request_id.len = 0;
    event.reason = (struct text){run, HISTORY_REASON_MAX};
    encode(HISTORY);
    ck_assert_int_eq(decode(HISTORY), RC_OK);
    event.reason.len++;
    encode(HISTORY);
    ck_assert_int_eq(decode(HISTORY), RC_CORRUPT);
}
END_TEST

static enum rc decode_apikey(size_t name, size_t owner)
{
    struct apikey key = sample_apikey(2, 1);

    key.name = (struct text){run, name};
    key.owner_id = (struct text){run, owner};
    buf_reset(&buf);
    record_apikey_encode(&buf, &key);
    return decode(APIKEY);
}

START_TEST(an_api_keys_texts_are_bounded)
{
    ck_assert_int_eq(decode_apikey(APIKEY_NAME_MAX, APIKEY_OWNER_MAX), RC_OK);
    ck_assert_int_eq(decode_apikey(APIKEY_NAME_MAX + 1, 0), RC_CORRUPT);
    ck_assert_int_eq(decode_apikey(0, APIKEY_OWNER_MAX + 1), RC_CORRUPT);
}
END_TEST

static enum rc decode_project(size_t name, int64_t default_grace, int64_t max_grace)
{
    struct project project = sample_project(1);

    project.name = (struct text){run, name};
    project.default_grace = default_grace;
    project.max_grace = max_grace;
    buf_reset(&buf);
    record_project_encode(&buf, &project);
    return decode(PROJECT);
}

START_TEST(a_projects_settings_are_bounded)
{
    ck_assert_int_eq(decode_project(PROJECT_NAME_MAX, 0, PROJECT_GRACE_CEILING), RC_OK);
    ck_assert_int_eq(decode_project(PROJECT_NAME_MAX + 1, 0, 0), RC_CORRUPT);
    ck_assert_int_eq(decode_project(1, 0, PROJECT_GRACE_CEILING + 1), RC_CORRUPT);
    ck_assert_int_eq(decode_project(1, 0, -1), RC_CORRUPT);
    ck_assert_int_eq(decode_project(1, -1, 10), RC_CORRUPT);
    ck_assert_int_eq(decode_project(1, 10, 10), RC_OK);
    ck_assert_int_eq(decode_project(1, 11, 10), RC_CORRUPT);
    ck_assert_int_eq(decode_project(1, INT64_MAX, INT64_MAX), RC_CORRUPT);
}
END_TEST

START_TEST(a_full_arena_is_said)
{
    encode((enum kind)_i);
    arena_free(&arena);
    arena_init(&arena, 1);
    ck_assert_int_eq(decode((enum kind)_i), RC_NO_MEMORY);
}
END_TEST

START_TEST(a_key_that_is_not_in_the_ring_is_said)
{
    encode((enum kind)_i);
    buf.data[(enum kind)_i == STORE ? 9 : ENDPOINT_KEY_AT] ^= 1;
    ck_assert_int_eq(decode((enum kind)_i), RC_KEY);
}
END_TEST

Suite *record_refusal_suite(void)
{
    Suite *suite = suite_create("record_refusal");
    TCase *tc = tcase_create("refusal");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_whole_record_is_taken, 0, KINDS);
    tcase_add_loop_test(tc, another_version_is_refused, 0, KINDS);
    tcase_add_loop_test(tc, a_record_cut_short_is_refused, 0, KINDS);
    tcase_add_loop_test(tc, bytes_behind_a_record_are_refused, 0, KINDS);
    tcase_add_loop_test(tc, no_flipped_bits_of_an_endpoint_make_decoding_crash, 0, 9);
    tcase_add_loop_test(tc, no_flipped_byte_of_a_record_makes_decoding_crash, 0, KINDS);
    tcase_add_loop_test(tc, unknown_settings_of_signatures_are_refused, 0, 3);
    tcase_add_test(tc, a_secret_of_an_unknown_type_is_refused);
    tcase_add_loop_test(tc, a_members_length_is_bounded, 0, ENDPOINT_MEMBERS);
    tcase_add_test(tc, a_secrets_length_is_bounded);
    tcase_add_test(tc, more_secrets_than_there_is_room_for_are_refused);
    tcase_add_test(tc, an_unknown_member_is_refused);
    tcase_add_test(tc, a_member_that_comes_twice_is_refused);
    tcase_add_test(tc, a_member_that_is_stored_open_but_must_be_sealed_is_refused);
    tcase_add_test(tc, an_unknown_status_is_refused);
    tcase_add_test(tc, an_unknown_action_is_refused);
    tcase_add_test(tc, an_entry_before_it_that_is_not_before_it_is_refused);
    tcase_add_test(tc, the_texts_of_an_entry_are_bounded);
    tcase_add_test(tc, an_api_keys_texts_are_bounded);
    tcase_add_test(tc, a_projects_settings_are_bounded);
    tcase_add_loop_test(tc, a_full_arena_is_said, PROJECT, KINDS);
    tcase_add_loop_test(tc, a_key_that_is_not_in_the_ring_is_said, STORE, STORE + 1);
    tcase_add_loop_test(tc, a_key_that_is_not_in_the_ring_is_said, ENDPOINT, ENDPOINT + 1);
    suite_add_tcase(suite, tc);
    return suite;
}
