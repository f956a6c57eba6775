/* store: what remains of a deleted endpoint, edits that are no event, a project's edit,
 * and the last use of an API key. */
#include "domain/removal.h"
#include "store/keyspace.h"
#include "store/store.h"
#include "suites.h"
#include "support/sample.h"
#include "support/store_fixture.h"

#include <string.h>

enum {
    NUMBER = 2,
    KEY = 3,
    ENTRIES_MAX = 8,
    ALTERED_MAX = 4096
};

static struct store_fixture at;
static struct uid uid;

static void setup(void)
{
    store_fixture_make_with(&at, NUMBER);
    uid = sample_uid(NUMBER);
}

static void teardown(void)
{
    store_fixture_remove(&at);
}

static enum rc own(struct edit *edit, void *arg)
{
    edit->endpoint->members[ENDPOINT_OWNER_ID] = text_of(arg);
    return RC_OK;
}

static void give_owner(char *owner)
{
    struct endpoint out;

    ck_assert_int_eq(
        store_endpoint_edit(at.store, &at.project.uid, &uid, own, owner, &at.arena, &out), RC_OK);
}

static struct endpoint roll(int64_t now, int64_t grace)
{
    struct endpoint out;

    ck_assert_int_eq(
        store_fixture_roll(at.store, STORE_FIXTURE_PROJECT, NUMBER, now, grace, &at.arena, &out),
        RC_OK);
    return out;
}

static enum rc remove_at(int64_t now)
{
    struct actor by = {.now = now, .key = sample_uid(KEY), .request_id = text_of("gone")};

    return store_endpoint_delete(at.store, &at.project.uid, &uid, removal_apply, &by, &at.arena);
}

struct entries {
    size_t count;
    struct history list[ENTRIES_MAX];
};

static bool keep_entry(const struct history *history, void *arg)
{
    struct entries *entries = arg;

    ck_assert_uint_lt(entries->count, ENTRIES_MAX);
    entries->list[entries->count] = *history;
    entries->list[entries->count++].request_id = (struct text){0};
    return true;
}

static struct entries history_of(const struct uid *endpoint)
{
    struct entries entries = {.count = 0};

    ck_assert_int_eq(store_history(at.store, &at.project.uid, endpoint, 0, keep_entry, &entries),
                     RC_OK);
    return entries;
}

START_TEST(an_edit_without_event_writes_no_history)
{
    struct endpoint before = store_fixture_get(&at, NUMBER);
    struct endpoint after;

    give_owner((char[]){"alice"});
    after = store_fixture_get(&at, NUMBER);
    ck_assert(text_is(after.members[ENDPOINT_OWNER_ID], "alice"));
    ck_assert_uint_eq(after.revision, before.revision + 1);
    ck_assert_uint_eq(after.history, 1);
    ck_assert_uint_eq(history_of(&uid).count, 1);
    (void)roll(SAMPLE_NOW, 60);
    ck_assert_uint_eq(store_fixture_get(&at, NUMBER).history, 2);
}
END_TEST

static bool count_endpoint(const struct endpoint *endpoint, void *arg)
{
    int *count = arg;

    ck_assert_uint_ge(endpoint->secret_count, 1);
    ++*count;
    return true;
}

START_TEST(a_deleted_endpoint_is_gone)
{
    struct endpoint out;
    int count = 0;

    ck_assert_int_eq(remove_at(SAMPLE_NOW + 1), RC_OK);
    ck_assert_int_eq(store_endpoint_get(at.store, &at.project.uid, &uid, &at.arena, &out),
                     RC_NOT_FOUND);
    ck_assert_int_eq(
        store_fixture_roll(at.store, STORE_FIXTURE_PROJECT, NUMBER, SAMPLE_NOW, 0, &at.arena, &out),
        RC_NOT_FOUND);
    ck_assert_int_eq(remove_at(SAMPLE_NOW + 2), RC_NOT_FOUND);
    ck_assert_int_eq(store_endpoints(at.store, &at.project.uid, count_endpoint, &count), RC_OK);
    ck_assert_int_eq(count, 0);
}
END_TEST

START_TEST(a_deletion_ends_every_secret_with_an_entry_each)
{
    struct endpoint before = roll(SAMPLE_NOW, 60);
    struct entries entries;

    ck_assert_int_eq(remove_at(SAMPLE_NOW + 1000), RC_OK);
    entries = history_of(&uid);
    ck_assert_uint_eq(entries.count, 4);
    for (size_t i = 0; i < 2; i++) {
        const struct history *entry = &entries.list[1 - i];

        ck_assert_int_eq(entry->action, HISTORY_DELETED);
        ck_assert_uint_eq(entry->sequence, 3 + i);
        ck_assert_uint_eq(entry->previous, 2 + i);
        ck_assert(uid_equal(&entry->ended, &before.secrets[i].uid));
        ck_assert_int_eq(entry->ended_at, SAMPLE_NOW + 1000);
        ck_assert(uid_is_none(&entry->fresh));
    }
    ck_assert_int_eq(entries.list[3].action, HISTORY_CREATED);
}
END_TEST

/* A byte of the endpoint's record is another one: counted from the end where negative. */
static enum rc alter_in(struct kv_txn *txn, void *arg)
{
    const int *byte = arg;
    const struct keyspace_key key = keyspace_endpoint(&at.project.uid, &uid);
    const struct text place = {(const char *)key.bytes, key.len};
    struct text record;
    char altered[ALTERED_MAX];
    enum rc rc = kv_get(txn, place, &record);

    if (rc != RC_OK)
        return rc;
    ck_assert_uint_le(record.len, sizeof altered);
    memcpy(altered, record.data, record.len);
    altered[*byte < 0 ? (int)record.len + *byte : *byte] ^= 1;
    return kv_set(txn, place, (struct text){altered, record.len});
}

/* What is sealed, and the id of the key that it is sealed with. */
static const struct {
    int byte;
    enum rc rc;
} cannot_be_opened[] = {{-1, RC_CORRUPT}, {1 + UID_BYTES, RC_KEY}};

START_TEST(one_whose_secrets_cannot_be_opened_can_be_deleted)
{
    struct endpoint before = roll(SAMPLE_NOW, 60);
    struct entries entries;
    struct text owner;
    struct endpoint out;
    int byte = cannot_be_opened[_i].byte;

    give_owner((char[]){"alice"});
    store_fixture_close(&at);
    ck_assert_int_eq(store_fixture_edit(&at, alter_in, &byte), RC_OK);
    store_fixture_open(&at);
    ck_assert_int_eq(store_endpoint_get(at.store, &at.project.uid, &uid, &at.arena, &out),
                     cannot_be_opened[_i].rc);
    ck_assert_int_eq(remove_at(SAMPLE_NOW + 1000), RC_OK);
    entries = history_of(&uid);
    ck_assert_uint_eq(entries.count, 4);
    for (size_t i = 0; i < 2; i++)
        ck_assert(uid_equal(&entries.list[1 - i].ended, &before.secrets[i].uid));
    ck_assert_int_eq(store_endpoint_owner(at.store, &at.project.uid, &uid, &at.arena, &owner),
                     RC_OK);
    ck_assert(text_is(owner, "alice"));
}
END_TEST

START_TEST(one_whose_record_cannot_be_read_is_left_as_it_is)
{
    store_fixture_damage(&at, NUMBER);
    ck_assert_int_eq(remove_at(SAMPLE_NOW), RC_CORRUPT);
    ck_assert_uint_eq(history_of(NULL).count, 1);
}
END_TEST

START_TEST(secrets_that_had_ended_before_get_no_entry)
{
    (void)roll(SAMPLE_NOW, 60);
    ck_assert_int_eq(remove_at(SAMPLE_NOW + 60000), RC_OK);
    ck_assert_uint_eq(history_of(&uid).count, 3);
}
END_TEST

START_TEST(the_projects_history_goes_on_after_a_deletion)
{
    struct entries entries;

    ck_assert_int_eq(remove_at(SAMPLE_NOW), RC_OK);
    ck_assert_int_eq(store_fixture_add(at.store, 9, STORE_FIXTURE_PROJECT, &at.arena), RC_OK);
    entries = history_of(NULL);
    ck_assert_uint_eq(entries.count, 3);
    for (size_t i = 0; i < entries.count; i++)
        ck_assert_uint_eq(entries.list[i].sequence, entries.count - i);
}
END_TEST

static enum rc refuse(struct edit *edit, void *arg)
{
    (void)arg;
    edit->endpoint->secret_count = 0;
    return RC_FORBIDDEN;
}

START_TEST(a_deletion_that_is_refused_leaves_everything_as_it_was)
{
    struct endpoint before = store_fixture_get(&at, NUMBER);
    struct endpoint after;

    ck_assert_int_eq(
        store_endpoint_delete(at.store, &at.project.uid, &uid, refuse, NULL, &at.arena),
        RC_FORBIDDEN);
    after = store_fixture_get(&at, NUMBER);
    sample_same_endpoint(&before, &after);
    ck_assert_uint_eq(history_of(&uid).count, 1);
}
END_TEST

START_TEST(an_owner_is_known_before_and_after_the_deletion)
{
    const struct uid unknown = sample_uid(99);
    struct text owner = {NULL, 9};

    ck_assert_int_eq(store_endpoint_owner(at.store, &at.project.uid, &uid, &at.arena, &owner),
                     RC_OK);
    ck_assert_uint_eq(owner.len, 0);
    give_owner((char[]){"alice"});
    for (int deleted = 0; deleted < 2; deleted++) {
        ck_assert_int_eq(store_endpoint_owner(at.store, &at.project.uid, &uid, &at.arena, &owner),
                         RC_OK);
        ck_assert(text_is(owner, "alice"));
        if (deleted == 0)
            ck_assert_int_eq(remove_at(SAMPLE_NOW), RC_OK);
    }
    ck_assert_int_eq(store_endpoint_owner(at.store, &at.project.uid, &unknown, &at.arena, &owner),
                     RC_NOT_FOUND);
    ck_assert_int_eq(store_endpoint_owner(at.store, &unknown, &uid, &at.arena, &owner),
                     RC_NOT_FOUND);
}
END_TEST

static enum rc set_grace(struct project_edit *edit, void *arg)
{
    const enum rc *rc = arg;

    edit->project->default_grace = 7;
    edit->project->updated_at = SAMPLE_NOW + 1;
    return *rc;
}

START_TEST(a_projects_edit_is_stored_as_it_is_handed_out)
{
    struct project expected = at.project;
    struct project out;
    struct project after;
    enum rc rc = RC_OK;

    expected.default_grace = 7;
    expected.updated_at = SAMPLE_NOW + 1;
    ck_assert_int_eq(store_project_edit(at.store, &at.project.uid, set_grace, &rc, &at.arena, &out),
                     RC_OK);
    sample_same_project(&expected, &out);
    ck_assert_int_eq(store_project_get(at.store, &at.project.uid, &at.arena, &after), RC_OK);
    sample_same_project(&expected, &after);
}
END_TEST

START_TEST(a_projects_edit_that_is_refused_changes_nothing)
{
    struct project after;
    struct project out;
    enum rc rc = (enum rc)_i;

    ck_assert_int_eq(store_project_edit(at.store, &at.project.uid, set_grace, &rc, &at.arena, &out),
                     rc);
    ck_assert_int_eq(store_project_get(at.store, &at.project.uid, &at.arena, &after), RC_OK);
    sample_same_project(&at.project, &after);
    ck_assert_int_eq(store_project_edit(at.store, &uid, set_grace, &rc, &at.arena, &out),
                     RC_NOT_FOUND);
}
END_TEST

static bool keep_use(const struct apikey *key, void *arg)
{
    int64_t *used = arg;

    *used = key->last_used_at;
    return true;
}

static void expect_use(int64_t expected)
{
    const struct uid key = sample_uid(KEY);
    struct apikey out;
    int64_t listed = 0;

    ck_assert_int_eq(store_apikey_get(at.store, &key, &at.arena, &out), RC_OK);
    ck_assert_int_eq(out.last_used_at, expected);
    ck_assert_int_eq(store_apikeys(at.store, &at.project.uid, keep_use, &listed), RC_OK);
    ck_assert_int_eq(listed, expected);
}

START_TEST(a_keys_use_is_noted_in_steps)
{
    struct apikey key = sample_apikey(KEY, STORE_FIXTURE_PROJECT);

    ck_assert_int_eq(store_apikey_add(at.store, &key), RC_OK);
    expect_use(APIKEY_NO_USE);
    ck_assert_int_eq(store_apikey_use(at.store, &key.uid, SAMPLE_NOW), RC_OK);
    expect_use(SAMPLE_NOW);
    ck_assert_int_eq(store_apikey_use(at.store, &key.uid, SAMPLE_NOW + APIKEY_USE_STEP - 1), RC_OK);
    expect_use(SAMPLE_NOW);
    ck_assert_int_eq(store_apikey_use(at.store, &key.uid, SAMPLE_NOW + APIKEY_USE_STEP), RC_OK);
    expect_use(SAMPLE_NOW + APIKEY_USE_STEP);
}
END_TEST

/* Requests that come at the same time have all read the use before. */
START_TEST(a_keys_use_is_noted_once_by_those_who_come_at_once)
{
    const struct apikey key = sample_apikey(KEY, STORE_FIXTURE_PROJECT);

    ck_assert_int_eq(store_apikey_add(at.store, &key), RC_OK);
    ck_assert_int_eq(store_apikey_use(at.store, &key.uid, SAMPLE_NOW), RC_OK);
    ck_assert_int_eq(store_apikey_use(at.store, &key.uid, SAMPLE_NOW - 1), RC_OK);
    expect_use(SAMPLE_NOW);
    ck_assert_int_eq(store_apikey_use(at.store, &key.uid, SAMPLE_NOW + 1), RC_OK);
    expect_use(SAMPLE_NOW);
}
END_TEST

START_TEST(a_keys_use_a_step_ahead_was_of_a_wrong_clock)
{
    struct apikey key = sample_apikey(KEY, STORE_FIXTURE_PROJECT);

    ck_assert_int_eq(store_apikey_add(at.store, &key), RC_OK);
    ck_assert_int_eq(store_apikey_use(at.store, &key.uid, SAMPLE_NOW + APIKEY_USE_STEP), RC_OK);
    ck_assert_int_eq(store_apikey_use(at.store, &key.uid, SAMPLE_NOW + 1), RC_OK);
    expect_use(SAMPLE_NOW + APIKEY_USE_STEP);
    ck_assert_int_eq(store_apikey_use(at.store, &key.uid, SAMPLE_NOW), RC_OK);
    expect_use(SAMPLE_NOW);
}
END_TEST

START_TEST(revoking_a_key_keeps_its_last_use)
{
    struct apikey key = sample_apikey(KEY, STORE_FIXTURE_PROJECT);
    struct apikey out;

    ck_assert_int_eq(store_apikey_add(at.store, &key), RC_OK);
    ck_assert_int_eq(store_apikey_use(at.store, &key.uid, SAMPLE_NOW), RC_OK);
    ck_assert_int_eq(store_apikey_revoke(at.store, &key.uid, SAMPLE_NOW + 1), RC_OK);
    key.last_used_at = SAMPLE_NOW;
    key.revoked_at = SAMPLE_NOW + 1;
    ck_assert_int_eq(store_apikey_get(at.store, &key.uid, &at.arena, &out), RC_OK);
    sample_same_apikey(&key, &out);
}
END_TEST

Suite *store_deletion_suite(void)
{
    Suite *suite = suite_create("store_deletion");
    TCase *tc = tcase_create("deletion");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, an_edit_without_event_writes_no_history);
    tcase_add_test(tc, a_deleted_endpoint_is_gone);
    tcase_add_test(tc, a_deletion_ends_every_secret_with_an_entry_each);
    tcase_add_loop_test(tc, one_whose_secrets_cannot_be_opened_can_be_deleted, 0,
                        sizeof cannot_be_opened / sizeof cannot_be_opened[0]);
    tcase_add_test(tc, one_whose_record_cannot_be_read_is_left_as_it_is);
    tcase_add_test(tc, secrets_that_had_ended_before_get_no_entry);
    tcase_add_test(tc, the_projects_history_goes_on_after_a_deletion);
    tcase_add_test(tc, a_deletion_that_is_refused_leaves_everything_as_it_was);
    tcase_add_test(tc, an_owner_is_known_before_and_after_the_deletion);
    tcase_add_test(tc, a_projects_edit_is_stored_as_it_is_handed_out);
    tcase_add_loop_test(tc, a_projects_edit_that_is_refused_changes_nothing, RC_OK + 1,
                        RC_SYSTEM + 1);
    tcase_add_test(tc, a_keys_use_is_noted_in_steps);
    tcase_add_test(tc, a_keys_use_is_noted_once_by_those_who_come_at_once);
    tcase_add_test(tc, a_keys_use_a_step_ahead_was_of_a_wrong_clock);
    tcase_add_test(tc, revoking_a_key_keeps_its_last_use);
    suite_add_tcase(suite, tc);
    return suite;
}
