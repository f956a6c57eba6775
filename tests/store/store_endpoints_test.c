/* store_endpoints: adding and editing endpoints, each change one step with its history
 * entry, and nothing at all of a change that is refused. */
#include "store/keyspace.h"
#include "store/store.h"
#include "suites.h"
#include "support/log_capture.h"
#include "support/sample.h"
#include "support/store_fixture.h"

#include <string.h>

enum {
    NUMBER = 2 /* of the endpoint that most tests use */
};

static struct store_fixture at;
static struct uid uid;

static void setup(void)
{
    store_fixture_make(&at);
    store_fixture_open(&at);
    uid = sample_uid(NUMBER);
}

static void setup_endpoint(void)
{
    store_fixture_make_with(&at, NUMBER);
    uid = sample_uid(NUMBER);
}

static void teardown(void)
{
    store_fixture_remove(&at);
}

/* The newest entry, and how many there are. */
struct newest {
    struct history history;
    size_t count;
};

static bool keep_newest(const struct history *history, void *arg)
{
    struct newest *newest = arg;

    if (newest->count++ == 0)
        newest->history = *history;
    newest->history.request_id = (struct text){0};
    return true;
}

static struct newest newest_entry(void)
{
    struct newest newest = {.count = 0};

    ck_assert_int_eq(store_history(at.store, &at.project.uid, &uid, 0, keep_newest, &newest),
                     RC_OK);
    return newest;
}

START_TEST(an_added_endpoint_is_found_with_its_first_entry)
{
    struct endpoint endpoint;
    struct endpoint found;
    struct history event;
    struct newest newest;

    sample_endpoint(NUMBER, STORE_FIXTURE_PROJECT, &at.arena, &endpoint, &event);
    event.sequence = 77;
    event.previous = 76;
    ck_assert_int_eq(store_endpoint_add(at.store, &endpoint, &event), RC_OK);
    found = store_fixture_get(&at, NUMBER);
    ck_assert_uint_eq(found.history, 1);
    ck_assert_uint_eq(found.revision, 1);
    sample_same_endpoint(&endpoint, &found);
    newest = newest_entry();
    ck_assert_uint_eq(newest.count, 1);
    event.sequence = 1;
    event.previous = 0;
    event.request_id = (struct text){0};
    sample_same_history(&event, &newest.history);
}
END_TEST

START_TEST(an_endpoint_is_added_once)
{
    struct endpoint before = store_fixture_get(&at, NUMBER);
    struct endpoint other = before;
    struct history event = {.action = HISTORY_CREATED};
    struct endpoint after;

    other.members[ENDPOINT_NAME] = text_of("another");
    ck_assert_int_eq(store_endpoint_add(at.store, &other, &event), RC_EXISTS);
    after = store_fixture_get(&at, NUMBER);
    sample_same_endpoint(&before, &after);
    ck_assert_uint_eq(newest_entry().count, 1);
}
END_TEST

START_TEST(an_endpoint_needs_its_project)
{
    const struct uid project = sample_uid(99);
    struct endpoint out;

    ck_assert_int_eq(store_fixture_add(at.store, NUMBER, 99, &at.arena), RC_NOT_FOUND);
    ck_assert_int_eq(store_endpoint_get(at.store, &project, &uid, &at.arena, &out), RC_NOT_FOUND);
}
END_TEST

START_TEST(an_endpoint_is_found_in_its_own_project_only)
{
    const struct project other = sample_project(99);
    const struct uid unknown = sample_uid(98);
    struct endpoint out;

    ck_assert_int_eq(store_project_add(at.store, &other), RC_OK);
    ck_assert_int_eq(store_endpoint_get(at.store, &other.uid, &uid, &at.arena, &out), RC_NOT_FOUND);
    ck_assert_int_eq(store_endpoint_get(at.store, &at.project.uid, &unknown, &at.arena, &out),
                     RC_NOT_FOUND);
    ck_assert_int_eq(store_endpoint_get(at.store, &UID_NONE, &UID_NONE, &at.arena, &out),
                     RC_NOT_FOUND);
}
END_TEST

START_TEST(the_same_uid_in_two_projects_is_two_endpoints)
{
    const struct project other = sample_project(99);
    struct endpoint out;

    ck_assert_int_eq(store_project_add(at.store, &other), RC_OK);
    ck_assert_int_eq(store_fixture_add(at.store, NUMBER, 99, &at.arena), RC_OK);
    ck_assert_int_eq(store_endpoint_get(at.store, &other.uid, &uid, &at.arena, &out), RC_OK);
    ck_assert_uint_eq(out.history, 1);
    ck_assert_uint_eq(store_fixture_get(&at, NUMBER).history, 1);
}
END_TEST

/* An edit that changes much and then gives a result. */
struct attempt {
    enum rc result;
    int calls;
};

static enum rc change_much(struct edit *edit, void *arg)
{
    struct attempt *attempt = arg;

    attempt->calls++;
    ck_assert(uid_equal(&edit->project->uid, &at.project.uid));
    edit->endpoint->members[ENDPOINT_NAME] = text_of("changed");
    edit->endpoint->members[ENDPOINT_OAUTH2_CLIENT_SECRET] = text_of("hidden");
    edit->endpoint->status = ENDPOINT_PAUSED;
    edit->endpoint->rate_limit = 12;
    edit->endpoint->secrets[0].expires_at = SAMPLE_NOW + 60000;
    edit->endpoint->updated_at = SAMPLE_NOW + 1;
    *edit->event = (struct history){.sequence = 50,
                                    .previous = 60,
                                    .at = SAMPLE_NOW + 1,
                                    .action = HISTORY_ROLLED,
                                    .project = edit->endpoint->project,
                                    .endpoint = edit->endpoint->uid,
                                    .key = sample_uid(5),
                                    .ended = edit->endpoint->secrets[0].uid,
                                    .ended_at = SAMPLE_NOW + 60000,
                                    .fresh = sample_uid(6)};
    return attempt->result;
}

static enum rc edit_with(const struct uid *project, const struct uid *endpoint,
                         struct attempt *attempt, struct endpoint *out)
{
    return store_endpoint_edit(at.store, project, endpoint, change_much, attempt, &at.arena, out);
}

START_TEST(an_edit_is_stored_as_it_is_handed_out)
{
    struct endpoint expected = store_fixture_get(&at, NUMBER);
    struct attempt attempt = {RC_OK, 0};
    struct endpoint out;
    struct endpoint after;

    ck_assert_int_eq(edit_with(&at.project.uid, &uid, &attempt, &out), RC_OK);
    ck_assert_int_eq(attempt.calls, 1);
    after = store_fixture_get(&at, NUMBER);
    sample_same_endpoint(&out, &after);
    expected.members[ENDPOINT_NAME] = text_of("changed");
    expected.members[ENDPOINT_OAUTH2_CLIENT_SECRET] = text_of("hidden");
    expected.status = ENDPOINT_PAUSED;
    expected.rate_limit = 12;
    expected.secrets[0].expires_at = SAMPLE_NOW + 60000;
    expected.updated_at = SAMPLE_NOW + 1;
    expected.history = 2;
    expected.revision = 2;
    sample_same_endpoint(&expected, &after);
}
END_TEST

START_TEST(an_edits_entry_follows_the_one_before)
{
    struct attempt attempt = {RC_OK, 0};
    struct endpoint out;
    struct newest newest;

    ck_assert_int_eq(edit_with(&at.project.uid, &uid, &attempt, &out), RC_OK);
    newest = newest_entry();
    ck_assert_uint_eq(newest.count, 2);
    ck_assert_uint_eq(newest.history.sequence, 2);
    ck_assert_uint_eq(newest.history.previous, 1);
    ck_assert_int_eq(newest.history.action, HISTORY_ROLLED);
    ck_assert(uid_equal(&newest.history.endpoint, &uid));
    ck_assert(uid_equal(&newest.history.ended, &out.secrets[0].uid));
    ck_assert_int_eq(newest.history.ended_at, SAMPLE_NOW + 60000);
}
END_TEST

START_TEST(an_edit_that_is_refused_leaves_everything_as_it_was)
{
    struct endpoint before = store_fixture_get(&at, NUMBER);
    struct attempt attempt = {(enum rc)_i, 0};
    struct endpoint after;
    struct endpoint out;

    ck_assert_int_eq(edit_with(&at.project.uid, &uid, &attempt, &out), (enum rc)_i);
    ck_assert_int_eq(attempt.calls, 1);
    after = store_fixture_get(&at, NUMBER);
    sample_same_endpoint(&before, &after);
    ck_assert_uint_eq(newest_entry().count, 1);
    ck_assert_uint_eq(newest_entry().history.sequence, 1);
}
END_TEST

START_TEST(what_is_not_there_is_not_edited)
{
    const struct uid unknown = sample_uid(98);
    struct attempt attempt = {RC_OK, 0};
    struct endpoint out;

    ck_assert_int_eq(edit_with(&at.project.uid, &unknown, &attempt, &out), RC_NOT_FOUND);
    ck_assert_int_eq(edit_with(&unknown, &uid, &attempt, &out), RC_NOT_FOUND);
    ck_assert_int_eq(edit_with(&UID_NONE, &UID_NONE, &attempt, &out), RC_NOT_FOUND);
    ck_assert_int_eq(attempt.calls, 0);
}
END_TEST

START_TEST(a_full_arena_leaves_everything_as_it_was)
{
    struct endpoint before = store_fixture_get(&at, NUMBER);
    struct endpoint after;
    struct endpoint out;
    struct arena tiny;
    size_t ceiling = 0;
    enum rc rc;

    do {
        arena_init(&tiny, ceiling);
        rc = store_fixture_roll(at.store, STORE_FIXTURE_PROJECT, NUMBER, SAMPLE_NOW + 1, 60, &tiny,
                                &out);
        arena_free(&tiny);
        ceiling += 16;
        if (rc != RC_OK) {
            ck_assert_int_eq(rc, RC_NO_MEMORY);
            after = store_fixture_get(&at, NUMBER);
            sample_same_endpoint(&before, &after);
        }
    } while (rc != RC_OK && ceiling < 4096);
    ck_assert_int_eq(rc, RC_OK);
    ck_assert_uint_eq(store_fixture_get(&at, NUMBER).secret_count, 2);
    ck_assert_uint_eq(newest_entry().count, 2);
}
END_TEST

struct copying {
    struct uid from;
    struct uid to;
    char bytes[8192];
};

static enum rc copy_record(struct kv_txn *txn, void *arg)
{
    struct copying *copying = arg;
    struct keyspace_key from = keyspace_endpoint(&at.project.uid, &copying->from);
    struct keyspace_key to = keyspace_endpoint(&at.project.uid, &copying->to);
    struct text record;
    enum rc rc = kv_get(txn, (struct text){(const char *)from.bytes, from.len}, &record);

    if (rc != RC_OK || record.len > sizeof copying->bytes)
        return RC_SYSTEM;
    memcpy(copying->bytes, record.data, record.len);
    return kv_set(txn, (struct text){(const char *)to.bytes, to.len},
                  (struct text){copying->bytes, record.len});
}

START_TEST(a_row_copied_over_another_endpoints_row_does_not_open)
{
    struct copying copying = {.from = uid, .to = sample_uid(3)};
    struct endpoint out;

    ck_assert_int_eq(store_fixture_add(at.store, 3, STORE_FIXTURE_PROJECT, &at.arena), RC_OK);
    store_fixture_close(&at);
    ck_assert_int_eq(store_fixture_edit(&at, copy_record, &copying), RC_OK);
    store_fixture_open(&at);
    ck_assert_int_eq(store_endpoint_get(at.store, &at.project.uid, &copying.to, &at.arena, &out),
                     RC_CORRUPT);
    ck_assert(log_capture_has("endpoint"));
    ck_assert_int_eq(
        store_fixture_roll(at.store, STORE_FIXTURE_PROJECT, 3, SAMPLE_NOW, 0, &at.arena, &out),
        RC_CORRUPT);
    ck_assert_uint_eq(store_fixture_get(&at, NUMBER).secret_count, 1);
}
END_TEST

START_TEST(no_secret_is_ever_logged)
{
    struct endpoint endpoint = store_fixture_get(&at, NUMBER);
    char value[SECRET_GENERATED_SIZE];
    struct endpoint out;

    ck_assert(text_copy(endpoint.secrets[0].value, value, sizeof value));
    ck_assert_int_eq(store_fixture_roll(at.store, STORE_FIXTURE_PROJECT, NUMBER, SAMPLE_NOW, 60,
                                        &at.arena, &out),
                     RC_OK);
    store_fixture_close(&at);
    ck_assert(store_fixture_spoil(&at));
    ck_assert_int_eq(store_open(&at.options, &at.store), RC_CORRUPT);
    ck_assert_uint_gt(log_capture_count(), 0);
    ck_assert(!log_capture_has(value));
    ck_assert(!log_capture_has("whsec_"));
}
END_TEST

Suite *store_endpoints_suite(void)
{
    Suite *suite = suite_create("store_endpoints");
    TCase *empty = tcase_create("empty");
    TCase *one = tcase_create("one endpoint");

    tcase_add_checked_fixture(empty, setup, teardown);
    tcase_set_timeout(empty, 60);
    tcase_add_test(empty, an_added_endpoint_is_found_with_its_first_entry);
    tcase_add_test(empty, an_endpoint_needs_its_project);
    suite_add_tcase(suite, empty);
    tcase_add_checked_fixture(one, setup_endpoint, teardown);
    tcase_set_timeout(one, 60);
    tcase_add_test(one, an_endpoint_is_added_once);
    tcase_add_test(one, an_endpoint_is_found_in_its_own_project_only);
    tcase_add_test(one, the_same_uid_in_two_projects_is_two_endpoints);
    tcase_add_test(one, an_edit_is_stored_as_it_is_handed_out);
    tcase_add_test(one, an_edits_entry_follows_the_one_before);
    tcase_add_loop_test(one, an_edit_that_is_refused_leaves_everything_as_it_was, RC_OK + 1,
                        RC_SYSTEM + 1);
    tcase_add_test(one, what_is_not_there_is_not_edited);
    tcase_add_test(one, a_full_arena_leaves_everything_as_it_was);
    tcase_add_test(one, a_row_copied_over_another_endpoints_row_does_not_open);
    tcase_add_test(one, no_secret_is_ever_logged);
    suite_add_tcase(suite, one);
    return suite;
}
