/* store: opening it, with which key and by how many, and its projects and API keys. */
#include "store/keyspace.h"
#include "store/store.h"
#include "suites.h"
#include "support/helper.h"
#include "support/log_capture.h"
#include "support/rings.h"
#include "support/sample.h"
#include "support/store_fixture.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct store_fixture at;

static void setup(void)
{
    store_fixture_make(&at);
}

static void setup_open(void)
{
    store_fixture_make(&at);
    store_fixture_open(&at);
}

static void teardown(void)
{
    store_fixture_remove(&at);
}

static enum rc try_open(void)
{
    struct store *store = NULL;
    enum rc rc = store_open(&at.options, &store);

    ck_assert((rc == RC_OK) == (store != NULL));
    store_close(store);
    return rc;
}

static void expect_project(const struct project *expected)
{
    struct project out;

    ck_assert_int_eq(store_project_get(at.store, &expected->uid, &at.arena, &out), RC_OK);
    sample_same_project(expected, &out);
}

START_TEST(without_a_store_nothing_is_found)
{
    char missing[TEMP_PATH_SIZE];

    at.options.directory = temp_dir_path(&at.temp, "missing", missing);
    ck_assert_int_eq(try_open(), RC_NOT_FOUND);
    ck_assert_int_eq(mkdir(missing, 0700), 0);
    ck_assert_int_eq(try_open(), RC_NOT_FOUND);
}
END_TEST

START_TEST(a_store_that_was_never_initialised_is_not_found)
{
    char empty[TEMP_PATH_SIZE];
    struct kv *kv = NULL;

    at.options.directory = temp_dir_path(&at.temp, "empty", empty);
    ck_assert_int_eq(mkdir(empty, 0700), 0);
    ck_assert_int_eq(kv_open(empty, KV_CREATE, 0, &kv), RC_OK);
    kv_close(kv);
    ck_assert_int_eq(try_open(), RC_NOT_FOUND);
    ck_assert(log_capture_has(empty));
}
END_TEST

START_TEST(a_wrong_master_key_is_refused)
{
    rings_write(at.master_key, (const unsigned[]){7, 8}, 2);
    ck_assert_int_eq(try_open(), RC_KEY);
    ck_assert(log_capture_has(at.directory));
}
END_TEST

START_TEST(a_missing_master_key_is_refused)
{
    ck_assert_int_eq(unlink(at.master_key), 0);
    ck_assert_int_eq(try_open(), RC_KEY);
    ck_assert(log_capture_has(at.master_key));
}
END_TEST

START_TEST(a_probe_says_of_store_and_key_what_is_wrong)
{
    ck_assert_int_eq(store_probe(&at.options), RC_OK);
    ck_assert_uint_eq(log_capture_count(), 0);
    ck_assert_int_eq(chmod(at.master_key, 0640), 0);
    ck_assert_int_eq(store_probe(&at.options), RC_KEY);
    ck_assert(log_capture_has("0600"));
    at.options.directory = at.temp.path;
    ck_assert_int_eq(store_probe(&at.options), RC_NOT_FOUND);
    ck_assert_uint_eq(log_capture_count(), 3);
}
END_TEST

START_TEST(a_damaged_first_record_is_refused)
{
    ck_assert(store_fixture_spoil(&at));
    ck_assert_int_eq(try_open(), RC_CORRUPT);
    ck_assert(log_capture_has(at.directory));
}
END_TEST

static enum rc raise_version(struct kv_txn *txn, void *arg)
{
    struct keyspace_key key = keyspace_store();
    const struct text name = {(const char *)key.bytes, key.len};
    struct text record;
    char copy[256];
    enum rc rc = kv_get(txn, name, &record);

    (void)arg;
    if (rc != RC_OK || record.len > sizeof copy)
        return RC_SYSTEM;
    memcpy(copy, record.data, record.len);
    copy[0]++;
    return kv_set(txn, name, (struct text){copy, record.len});
}

START_TEST(a_store_of_a_later_version_is_refused)
{
    ck_assert_int_eq(store_fixture_edit(&at, raise_version, NULL), RC_OK);
    ck_assert_int_eq(try_open(), RC_CORRUPT);
}
END_TEST

/* A new key before the store's first one, as when keys are changed. */
static void prepend_key(unsigned n)
{
    char file[2 * RINGS_LINE];
    size_t len = temp_dir_read(at.master_key, file + RINGS_LINE, RINGS_LINE);

    ck_assert_uint_eq(len, RINGS_LINE);
    rings_line(n, file);
    temp_dir_write(at.master_key, 0600, file, sizeof file);
}

START_TEST(a_second_key_opens_what_was_sealed_with_it)
{
    struct uid uid = sample_uid(2);
    struct endpoint out;

    store_fixture_open(&at);
    ck_assert_int_eq(store_fixture_add(at.store, 2, STORE_FIXTURE_PROJECT, &at.arena), RC_OK);
    store_fixture_close(&at);
    prepend_key(7);
    store_fixture_open(&at);
    ck_assert_int_eq(store_endpoint_get(at.store, &at.project.uid, &uid, &at.arena, &out), RC_OK);
}
END_TEST

/* Adds endpoint 3, sealed with a key that is lost then. */
static void lose_a_key(void)
{
    char first[RINGS_LINE];

    ck_assert_uint_eq(temp_dir_read(at.master_key, first, sizeof first), RINGS_LINE);
    prepend_key(7);
    store_fixture_open(&at);
    ck_assert_int_eq(store_fixture_add(at.store, 3, STORE_FIXTURE_PROJECT, &at.arena), RC_OK);
    store_fixture_close(&at);
    temp_dir_write(at.master_key, 0600, first, sizeof first);
    store_fixture_open(&at);
}

START_TEST(what_was_sealed_with_a_key_that_is_gone_is_said)
{
    struct uid older = sample_uid(2);
    struct uid younger = sample_uid(3);
    struct endpoint out;

    lose_a_key();
    ck_assert_int_eq(store_endpoint_get(at.store, &at.project.uid, &younger, &at.arena, &out),
                     RC_KEY);
    ck_assert(log_capture_has("endpoint"));
    ck_assert_int_eq(store_fixture_add(at.store, 2, STORE_FIXTURE_PROJECT, &at.arena), RC_OK);
    ck_assert_int_eq(store_endpoint_get(at.store, &at.project.uid, &older, &at.arena, &out), RC_OK);
}
END_TEST

static bool count_entry(const struct history *history, void *arg)
{
    int *count = arg;

    ck_assert_int_eq(history->action, HISTORY_CREATED);
    ++*count;
    return true;
}

START_TEST(the_history_of_what_cannot_be_opened_is_read)
{
    const struct uid uid = sample_uid(3);
    int count = 0;

    lose_a_key();
    ck_assert_int_eq(store_history(at.store, &at.project.uid, &uid, 0, count_entry, &count), RC_OK);
    ck_assert_int_eq(count, 1);
}
END_TEST

static bool add_and_read_in_helper(void *arg)
{
    const struct project mine = sample_project(20);
    struct store *store = NULL;
    struct project out;
    bool done;

    (void)arg;
    done = store_open(&at.options, &store) == RC_OK &&
           store_project_get(store, &at.project.uid, &at.arena, &out) == RC_OK &&
           store_project_add(store, &mine) == RC_OK;
    store_close(store);
    return done;
}

START_TEST(two_processes_may_have_it_open)
{
    const struct project theirs = sample_project(20);
    const struct project mine = sample_project(21);
    struct helper helper;

    helper_start(&helper, add_and_read_in_helper, NULL);
    store_fixture_open(&at);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
    expect_project(&theirs);
    ck_assert_int_eq(store_project_add(at.store, &mine), RC_OK);
    expect_project(&mine);
}
END_TEST

START_TEST(a_check_tells_whether_it_can_be_read)
{
    struct helper helper;

    helper_start(&helper, store_fixture_spoil, &at);
    store_fixture_open(&at);
    ck_assert_int_eq(store_check(at.store), RC_OK);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
    ck_assert_int_eq(store_check(at.store), RC_CORRUPT);
}
END_TEST

START_TEST(closing_nothing_is_let_pass)
{
    store_close(NULL);
    ck_assert_int_eq(try_open(), RC_OK);
}
END_TEST

START_TEST(a_project_is_added_once)
{
    struct project project = sample_project(2);

    project.default_grace = 7;
    ck_assert_int_eq(store_project_add(at.store, &project), RC_OK);
    project.default_grace = 8;
    ck_assert_int_eq(store_project_add(at.store, &project), RC_EXISTS);
    project.default_grace = 7;
    expect_project(&project);
}
END_TEST

START_TEST(an_unknown_project_is_not_found)
{
    const struct uid uid = sample_uid(99);
    struct project out;

    ck_assert_int_eq(store_project_get(at.store, &uid, &at.arena, &out), RC_NOT_FOUND);
    ck_assert_int_eq(store_project_get(at.store, &UID_NONE, &at.arena, &out), RC_NOT_FOUND);
}
END_TEST

static void expect_apikey(const struct apikey *expected)
{
    struct apikey out;

    ck_assert_int_eq(store_apikey_get(at.store, &expected->uid, &at.arena, &out), RC_OK);
    sample_same_apikey(expected, &out);
}

START_TEST(an_api_key_is_added_once)
{
    struct apikey key = sample_apikey(2, STORE_FIXTURE_PROJECT);

    ck_assert_int_eq(store_apikey_add(at.store, &key), RC_OK);
    expect_apikey(&key);
    key.scopes = SCOPE_SIGN;
    ck_assert_int_eq(store_apikey_add(at.store, &key), RC_EXISTS);
    key.scopes = SCOPE_PROJECT_ADMIN;
    expect_apikey(&key);
}
END_TEST

START_TEST(an_api_key_needs_its_project)
{
    struct apikey key = sample_apikey(2, 99);
    struct apikey out;

    ck_assert_int_eq(store_apikey_add(at.store, &key), RC_NOT_FOUND);
    ck_assert_int_eq(store_apikey_get(at.store, &key.uid, &at.arena, &out), RC_NOT_FOUND);
}
END_TEST

START_TEST(a_revoked_key_stays_revoked_since_then)
{
    struct apikey key = sample_apikey(2, STORE_FIXTURE_PROJECT);

    key.owner_id = text_of("owner");
    ck_assert_int_eq(store_apikey_add(at.store, &key), RC_OK);
    ck_assert_int_eq(store_apikey_revoke(at.store, &key.uid, SAMPLE_NOW + 5), RC_OK);
    key.revoked_at = SAMPLE_NOW + 5;
    expect_apikey(&key);
    ck_assert_int_eq(store_apikey_revoke(at.store, &key.uid, SAMPLE_NOW + 9), RC_OK);
    ck_assert_int_eq(store_apikey_revoke(at.store, &key.uid, SAMPLE_NOW + 1), RC_OK);
    expect_apikey(&key);
}
END_TEST

START_TEST(an_unknown_key_cannot_be_revoked)
{
    const struct uid uid = sample_uid(99);
    struct apikey out;

    ck_assert_int_eq(store_apikey_revoke(at.store, &uid, SAMPLE_NOW), RC_NOT_FOUND);
    ck_assert_int_eq(store_apikey_get(at.store, &uid, &at.arena, &out), RC_NOT_FOUND);
}
END_TEST

START_TEST(a_full_arena_is_said)
{
    const struct apikey key = sample_apikey(2, STORE_FIXTURE_PROJECT);
    struct project project;
    struct apikey out;
    struct arena tiny;

    ck_assert_int_eq(store_apikey_add(at.store, &key), RC_OK);
    arena_init(&tiny, 1);
    ck_assert_int_eq(store_project_get(at.store, &at.project.uid, &tiny, &project), RC_NO_MEMORY);
    ck_assert_int_eq(store_apikey_get(at.store, &key.uid, &tiny, &out), RC_NO_MEMORY);
    arena_free(&tiny);
}
END_TEST

Suite *store_suite(void)
{
    Suite *suite = suite_create("store");
    TCase *closed = tcase_create("closed");
    TCase *open = tcase_create("open");

    tcase_add_checked_fixture(closed, setup, teardown);
    tcase_set_timeout(closed, 60);
    tcase_add_test(closed, without_a_store_nothing_is_found);
    tcase_add_test(closed, a_store_that_was_never_initialised_is_not_found);
    tcase_add_test(closed, a_wrong_master_key_is_refused);
    tcase_add_test(closed, a_missing_master_key_is_refused);
    tcase_add_test(closed, a_probe_says_of_store_and_key_what_is_wrong);
    tcase_add_test(closed, a_damaged_first_record_is_refused);
    tcase_add_test(closed, a_store_of_a_later_version_is_refused);
    tcase_add_test(closed, a_second_key_opens_what_was_sealed_with_it);
    tcase_add_test(closed, what_was_sealed_with_a_key_that_is_gone_is_said);
    tcase_add_test(closed, the_history_of_what_cannot_be_opened_is_read);
    tcase_add_test(closed, two_processes_may_have_it_open);
    tcase_add_test(closed, a_check_tells_whether_it_can_be_read);
    tcase_add_test(closed, closing_nothing_is_let_pass);
    suite_add_tcase(suite, closed);
    tcase_add_checked_fixture(open, setup_open, teardown);
    tcase_set_timeout(open, 60);
    tcase_add_test(open, a_project_is_added_once);
    tcase_add_test(open, an_unknown_project_is_not_found);
    tcase_add_test(open, an_api_key_is_added_once);
    tcase_add_test(open, an_api_key_needs_its_project);
    tcase_add_test(open, a_revoked_key_stays_revoked_since_then);
    tcase_add_test(open, an_unknown_key_cannot_be_revoked);
    tcase_add_test(open, a_full_arena_is_said);
    suite_add_tcase(suite, open);
    return suite;
}
