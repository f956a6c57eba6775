/* record: every struct comes back as it was stored, what must be sealed is, and a
 * record opens only in its own row and with a key of the ring. */
#include "store/record.h"
#include "suites.h"
#include "support/rings.h"
#include "support/sample.h"

#include <string.h>

static struct keyring *ring;
static struct buf buf;
static struct arena arena;

static void setup(void)
{
    ring = rings_open((const unsigned[]){1}, 1);
    buf_init(&buf, RECORD_MAX);
    arena_init(&arena, 4 * RECORD_MAX);
}

static void teardown(void)
{
    keyring_close(ring);
    buf_free(&buf);
    arena_free(&arena);
}

static char *run_of(char c, size_t len)
{
    char *run = arena_alloc(&arena, len);

    ck_assert_ptr_nonnull(run);
    memset(run, c, len);
    return run;
}

static struct text text_run(char c, size_t len)
{
    return (struct text){run_of(c, len), len};
}

static enum rc decode_endpoint(const struct endpoint *row, struct endpoint *out)
{
    return record_endpoint_decode(buf_text(&buf), ring, &row->project, &arena, out);
}

static void expect_endpoint(const struct endpoint *endpoint)
{
    struct endpoint out;

    buf_reset(&buf);
    record_endpoint_encode(&buf, ring, endpoint);
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    ck_assert_int_eq(decode_endpoint(endpoint, &out), RC_OK);
    sample_same_endpoint(endpoint, &out);
}

START_TEST(a_project_comes_back)
{
    struct project project = sample_project(1);
    struct project out;

    project.updated_at = SAMPLE_NOW + 1;
    project.default_grace = 0;
    project.max_grace = PROJECT_GRACE_CEILING;
    project.max_signing_secrets = PROJECT_SIGNING_SECRETS_MAX;
    project.name = text_run('p', PROJECT_NAME_MAX);
    project.signature_header = text_run('h', PROJECT_HEADER_MAX);
    for (size_t i = 0; i < PROJECT_VERSIONS_MAX; i++)
        project.versions.list[i] = (struct project_version){
            i % 2 == 0 ? PROJECT_SHA512 : PROJECT_SHA256, i < 2 ? PROJECT_BASE64 : PROJECT_HEX};
    project.versions.count = PROJECT_VERSIONS_MAX;
    record_project_encode(&buf, &project);
    ck_assert_int_eq(record_project_decode(buf_text(&buf), &project.uid, &arena, &out), RC_OK);
    sample_same_project(&project, &out);
}
END_TEST

START_TEST(an_api_key_comes_back)
{
    struct apikey key = sample_apikey(2, 1);
    struct apikey out;

    key.name = text_run('n', APIKEY_NAME_MAX);
    key.owner_id = text_run('o', APIKEY_OWNER_MAX);
    key.expires_at = SAMPLE_NOW + 1;
    key.revoked_at = SAMPLE_NOW + 2;
    record_apikey_encode(&buf, &key);
    ck_assert_int_eq(record_apikey_decode(buf_text(&buf), &key.uid, &arena, &out), RC_OK);
    sample_same_apikey(&key, &out);
}
END_TEST

START_TEST(an_api_key_without_texts_or_ends_comes_back)
{
    struct apikey key = sample_apikey(2, 1);
    struct apikey out;

    key.name = (struct text){0};
    record_apikey_encode(&buf, &key);
    ck_assert_int_eq(record_apikey_decode(buf_text(&buf), &key.uid, &arena, &out), RC_OK);
    sample_same_apikey(&key, &out);
}
END_TEST

START_TEST(a_history_entry_comes_back)
{
    struct history history = {.sequence = UINT64_MAX,
                              .previous = UINT64_MAX - 1,
                              .at = SAMPLE_NOW,
                              .action = (enum history_action)_i,
                              .project = sample_uid(1),
                              .endpoint = sample_uid(2),
                              .key = sample_uid(3),
                              .request_id = text_run('r', HISTORY_REQUEST_ID_MAX),
                              .ended = sample_uid(4),
                              .ended_at = SAMPLE_NOW + 5,
                              .fresh = sample_uid(6),
                              .reason = text_run('w', HISTORY_REASON_MAX)};
    struct history out;

    record_history_encode(&buf, &history);
    ck_assert_int_eq(
        record_history_decode(buf_text(&buf), &history.project, history.sequence, &arena, &out),
        RC_OK);
    sample_same_history(&history, &out);
}
END_TEST

START_TEST(an_endpoint_comes_back)
{
    struct endpoint endpoint;
    struct history event;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    expect_endpoint(&endpoint);
    sample_fill(&endpoint);
    endpoint.status = ENDPOINT_PAUSED;
    endpoint.advanced_signatures = false;
    endpoint.http_timeout = ENDPOINT_HTTP_TIMEOUT_MAX;
    endpoint.rate_limit = ENDPOINT_RATE_MAX;
    endpoint.rate_limit_duration = ENDPOINT_RATE_MAX;
    endpoint.updated_at = INT64_MAX;
    endpoint.history = UINT64_MAX;
    endpoint.revision = UINT64_MAX - 1;
    expect_endpoint(&endpoint);
}
END_TEST

START_TEST(an_endpoint_with_every_secret_comes_back)
{
    struct endpoint endpoint;
    struct history event;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    for (uint32_t i = 0; i < ENDPOINT_SECRETS_MAX; i++)
        endpoint.secrets[i] =
            (struct secret){.uid = sample_uid(100 + i),
                            .value = text_run('s', SECRET_VALUE_MAX),
                            .created_at = i,
                            .updated_at = SAMPLE_NOW + i,
                            .expires_at = SAMPLE_NOW * 2 + i,
                            .type = i % 2 == 0 ? SIGNING_KEY_HMAC : SIGNING_KEY_ED25519,
                            .verified_at = SAMPLE_NOW + 1000 * (int64_t)i};
    endpoint.signature = (struct signature_settings){SIGNATURE_CURRENT_FIRST, SIGNATURE_STANDARD,
                                                     SIGNING_KEY_ED25519};
    endpoint.secret_count = ENDPOINT_SECRETS_MAX;
    expect_endpoint(&endpoint);
    endpoint.secret_count = 0;
    expect_endpoint(&endpoint);
}
END_TEST

START_TEST(an_endpoint_with_its_longest_members_comes_back)
{
    struct endpoint endpoint;
    struct history event;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        endpoint.members[i] = text_run('m', endpoint_members[i].max);
    for (uint32_t i = 1; i < ENDPOINT_SECRETS_MAX; i++) {
        endpoint.secrets[i] = endpoint.secrets[0];
        endpoint.secrets[i].value = text_run('s', SECRET_VALUE_MAX);
    }
    endpoint.secret_count = ENDPOINT_SECRETS_MAX;
    expect_endpoint(&endpoint);
    ck_assert_uint_lt(buf.len, RECORD_MAX / 2);
}
END_TEST

START_TEST(a_members_bytes_do_not_matter)
{
    struct endpoint endpoint;
    struct history event;
    char bytes[256];

    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    sample_endpoint(2, 1, &arena, &endpoint, &event);
    endpoint.members[ENDPOINT_DESCRIPTION] = (struct text){bytes, sizeof bytes};
    endpoint.members[ENDPOINT_CLIENT_KEY] = (struct text){bytes, sizeof bytes};
    endpoint.secrets[0].value = (struct text){bytes, sizeof bytes};
    expect_endpoint(&endpoint);
}
END_TEST

static bool in_record(struct text t)
{
    return memmem(buf.data, buf.len, t.data, t.len) != NULL;
}

START_TEST(all_that_is_not_shown_is_sealed)
{
    struct endpoint endpoint;
    struct history event;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    for (int i = 0; i < ENDPOINT_MEMBERS; i++)
        endpoint.members[i] = text_run((char)('0' + i), 16);
    record_endpoint_encode(&buf, ring, &endpoint);
    for (int i = 0; i < ENDPOINT_MEMBERS; i++)
        ck_assert_msg(in_record(endpoint.members[i]) ==
                          (endpoint_members[i].shown == ENDPOINT_SHOWN),
                      "%s", endpoint_members[i].path);
    ck_assert(!in_record(endpoint.secrets[0].value));
    ck_assert(!in_record((struct text){endpoint.secrets[0].value.data + 6, 8}));
}
END_TEST

START_TEST(a_record_of_another_project_or_uid_does_not_open)
{
    const struct uid other = sample_uid(3);
    struct endpoint endpoint;
    struct endpoint row;
    struct endpoint out;
    struct history event;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    record_endpoint_encode(&buf, ring, &endpoint);
    row = endpoint;
    row.project = other;
    ck_assert_int_eq(decode_endpoint(&row, &out), RC_CORRUPT);
    ck_assert_int_eq(decode_endpoint(&endpoint, &out), RC_OK);
    memcpy(buf.data + 1, other.bytes, UID_BYTES);
    ck_assert_int_eq(decode_endpoint(&endpoint, &out), RC_CORRUPT);
}
END_TEST

static void exchange(const void *a, const void *b, size_t len)
{
    char *at = memmem(buf.data, buf.len, a, len);
    char *bt = memmem(buf.data, buf.len, b, len);

    ck_assert_ptr_nonnull(at);
    ck_assert_ptr_nonnull(bt);
    for (size_t i = 0; i < len; i++) {
        char c = at[i];

        at[i] = bt[i];
        bt[i] = c;
    }
}

START_TEST(a_secret_under_another_secrets_name_does_not_open)
{
    const struct secret_fresh fresh = sample_fresh(9);
    struct endpoint endpoint;
    struct endpoint out;
    struct history event;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    ck_assert_int_eq(
        endpoint_add_secret(&endpoint, (struct text){0}, &fresh, SAMPLE_NOW + 1, &arena), RC_OK);
    record_endpoint_encode(&buf, ring, &endpoint);
    exchange(endpoint.secrets[0].uid.bytes, endpoint.secrets[1].uid.bytes, UID_BYTES);
    ck_assert_int_eq(decode_endpoint(&endpoint, &out), RC_CORRUPT);
    exchange(endpoint.secrets[0].uid.bytes, endpoint.secrets[1].uid.bytes, UID_BYTES);
    ck_assert_int_eq(decode_endpoint(&endpoint, &out), RC_OK);
}
END_TEST

static void reopen_ring(const unsigned *keys, size_t count)
{
    keyring_close(ring);
    ring = rings_open(keys, count);
}

START_TEST(an_older_key_of_the_ring_opens)
{
    struct endpoint endpoint;
    struct endpoint out;
    struct history event;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    record_endpoint_encode(&buf, ring, &endpoint);
    reopen_ring((const unsigned[]){2, 1}, 2);
    ck_assert_int_eq(decode_endpoint(&endpoint, &out), RC_OK);
    sample_same_endpoint(&endpoint, &out);
}
END_TEST

START_TEST(the_first_key_of_the_ring_seals)
{
    struct endpoint endpoint;
    struct endpoint out;
    struct history event;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    reopen_ring((const unsigned[]){2, 1}, 2);
    record_endpoint_encode(&buf, ring, &endpoint);
    reopen_ring((const unsigned[]){1}, 1);
    ck_assert_int_eq(decode_endpoint(&endpoint, &out), RC_KEY);
    reopen_ring((const unsigned[]){2}, 1);
    ck_assert_int_eq(decode_endpoint(&endpoint, &out), RC_OK);
}
END_TEST

START_TEST(the_stores_own_record_proves_its_key)
{
    struct record_store out = {0};

    record_store_encode(&buf, ring, SAMPLE_NOW);
    ck_assert_int_eq(record_store_decode(buf_text(&buf), ring, &out), RC_OK);
    ck_assert_int_eq(out.created_at, SAMPLE_NOW);
    ck_assert_ptr_eq(out.key, keyring_sealing(ring));
    reopen_ring((const unsigned[]){2}, 1);
    ck_assert_int_eq(record_store_decode(buf_text(&buf), ring, &out), RC_KEY);
    reopen_ring((const unsigned[]){2, 1}, 2);
    ck_assert_int_eq(record_store_decode(buf_text(&buf), ring, &out), RC_OK);
    ck_assert_ptr_ne(out.key, keyring_sealing(ring));
}
END_TEST

START_TEST(an_endpoints_record_tells_its_key_without_being_opened)
{
    const struct keyring_key *key = NULL;
    struct endpoint endpoint;
    struct history event;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    record_endpoint_encode(&buf, ring, &endpoint);
    ck_assert_int_eq(record_endpoint_key(buf_text(&buf), ring, &key), RC_OK);
    ck_assert_ptr_eq(key, keyring_sealing(ring));
    reopen_ring((const unsigned[]){2, 1}, 2);
    ck_assert_int_eq(record_endpoint_key(buf_text(&buf), ring, &key), RC_OK);
    ck_assert_ptr_ne(key, keyring_sealing(ring));
    reopen_ring((const unsigned[]){2}, 1);
    ck_assert_int_eq(record_endpoint_key(buf_text(&buf), ring, &key), RC_KEY);
    for (size_t len = 0; len < 1 + UID_BYTES + KEYRING_ID_BYTES; len++)
        ck_assert_int_eq(record_endpoint_key((struct text){buf.data, len}, ring, &key), RC_CORRUPT);
}
END_TEST

START_TEST(decoded_text_is_not_borrowed_from_the_record)
{
    struct endpoint endpoint;
    struct endpoint out;
    struct history event;

    sample_endpoint(2, 1, &arena, &endpoint, &event);
    sample_fill(&endpoint);
    record_endpoint_encode(&buf, ring, &endpoint);
    ck_assert_int_eq(decode_endpoint(&endpoint, &out), RC_OK);
    memset(buf.data, 'x', buf.len);
    sample_same_endpoint(&endpoint, &out);
}
END_TEST

Suite *record_suite(void)
{
    Suite *suite = suite_create("record");
    TCase *tc = tcase_create("record");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_project_comes_back);
    tcase_add_test(tc, an_api_key_comes_back);
    tcase_add_test(tc, an_api_key_without_texts_or_ends_comes_back);
    tcase_add_loop_test(tc, a_history_entry_comes_back, HISTORY_CREATED,
                        HISTORY_PROJECT_UPDATED + 1);
    tcase_add_test(tc, an_endpoint_comes_back);
    tcase_add_test(tc, an_endpoint_with_every_secret_comes_back);
    tcase_add_test(tc, an_endpoint_with_its_longest_members_comes_back);
    tcase_add_test(tc, a_members_bytes_do_not_matter);
    tcase_add_test(tc, all_that_is_not_shown_is_sealed);
    tcase_add_test(tc, a_record_of_another_project_or_uid_does_not_open);
    tcase_add_test(tc, a_secret_under_another_secrets_name_does_not_open);
    tcase_add_test(tc, an_older_key_of_the_ring_opens);
    tcase_add_test(tc, the_first_key_of_the_ring_seals);
    tcase_add_test(tc, the_stores_own_record_proves_its_key);
    tcase_add_test(tc, an_endpoints_record_tells_its_key_without_being_opened);
    tcase_add_test(tc, decoded_text_is_not_borrowed_from_the_record);
    suite_add_tcase(suite, tc);
    return suite;
}
