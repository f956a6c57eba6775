/* store: projects and endpoints whose keys would be the same are refused, and none is taken for
 * another. */
#include "domain/removal.h"
#include "store/keyspace.h"
#include "store/store.h"
#include "suites.h"
#include "support/log_capture.h"
#include "support/sample.h"
#include "support/store_fixture.h"

enum {
    NUMBER = 2 /* of the endpoint */
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

static bool count_entry(const struct history *history, void *arg)
{
    size_t *count = arg;

    (void)history;
    (*count)++;
    return true;
}

static size_t entries(void)
{
    size_t count = 0;

    ck_assert_int_eq(store_history(at.store, &at.project.uid, &uid, 0, count_entry, &count), RC_OK);
    return count;
}

static enum rc remove_it(void)
{
    struct actor by = {.now = SAMPLE_NOW, .request_id = text_of("gone")};

    return store_endpoint_delete(at.store, &at.project.uid, &uid, removal_apply, &by, &at.arena);
}

/* The keys of their endpoints could not be told apart. */
START_TEST(a_project_is_not_added_beside_one_that_ends_in_the_same_bytes)
{
    struct project like = sample_project(2);
    struct project unlike = sample_project(3);
    struct project out;

    ck_assert_int_eq(store_project_add(at.store, &unlike), RC_OK);
    like.uid = at.project.uid;
    like.uid.bytes[0]++;
    ck_assert_int_eq(store_project_add(at.store, &like), RC_EXISTS);
    like.uid = unlike.uid;
    like.uid.bytes[UID_BYTES - KEYSPACE_TAG_BYTES - 1]++;
    ck_assert_int_eq(store_project_add(at.store, &like), RC_EXISTS);
    ck_assert_int_eq(store_project_get(at.store, &like.uid, &at.arena, &out), RC_NOT_FOUND);
    like.uid.bytes[UID_BYTES - KEYSPACE_TAG_BYTES]++;
    ck_assert_int_eq(store_project_add(at.store, &like), RC_OK);
}
END_TEST

/* One that does not exist, and whose tag is that of the project. */
static struct uid of_the_same_tag(void)
{
    struct uid project = at.project.uid;

    project.bytes[0]++;
    return project;
}

static bool count_endpoint(const struct endpoint *endpoint, void *arg)
{
    size_t *count = arg;

    (void)endpoint;
    (*count)++;
    return true;
}

START_TEST(what_is_a_projects_own_is_not_taken_for_anothers)
{
    const struct uid other = of_the_same_tag();
    struct store_page page = {.from = UID_NONE};
    struct endpoint out;
    struct text owner;
    struct uid found;
    uint64_t newest;
    size_t count = 0;

    ck_assert_int_eq(store_endpoint_get(at.store, &other, &uid, &at.arena, &out), RC_NOT_FOUND);
    ck_assert_int_eq(store_endpoint_owner(at.store, &other, &uid, &at.arena, &owner), RC_NOT_FOUND);
    ck_assert_int_eq(store_endpoint_page(at.store, &other, &page, &found, 1, &count), RC_NOT_FOUND);
    ck_assert_int_eq(store_endpoints(at.store, &other, count_endpoint, &count), RC_NOT_FOUND);
    ck_assert_int_eq(store_history(at.store, &other, NULL, 0, count_entry, &count), RC_NOT_FOUND);
    ck_assert_int_eq(store_history(at.store, &other, &uid, 0, count_entry, &count), RC_NOT_FOUND);
    ck_assert_int_eq(store_changes(at.store, &other, 1, count_entry, &count, &newest),
                     RC_NOT_FOUND);
    ck_assert_int_eq(remove_it(), RC_OK);
    ck_assert_int_eq(store_endpoint_owner(at.store, &other, &uid, &at.arena, &owner), RC_NOT_FOUND);
    ck_assert_uint_eq(count, 0);
    ck_assert_uint_eq(log_capture_count(), 0);
}
END_TEST

/* One whose key in the store is that of the first. */
static struct uid of_the_same_head(void)
{
    struct uid other = uid;

    other.bytes[KEYSPACE_HEAD_BYTES]++;
    return other;
}

static enum rc add_of_the_same_head(void)
{
    struct endpoint endpoint;
    struct history event;

    sample_endpoint(NUMBER, STORE_FIXTURE_PROJECT, &at.arena, &endpoint, &event);
    endpoint.uid = event.endpoint = of_the_same_head();
    return store_endpoint_add(at.store, &endpoint, &event);
}

START_TEST(an_endpoint_is_not_added_under_the_key_of_another)
{
    struct endpoint before = store_fixture_get(&at, NUMBER);
    struct endpoint after;

    ck_assert_int_eq(add_of_the_same_head(), RC_EXISTS);
    after = store_fixture_get(&at, NUMBER);
    sample_same_endpoint(&before, &after);
    ck_assert_uint_eq(entries(), 1);
}
END_TEST

static enum rc count_edit(struct edit *edit, void *arg)
{
    size_t *count = arg;

    (void)edit;
    (*count)++;
    return RC_OK;
}

START_TEST(an_endpoint_is_not_taken_for_another_of_the_same_key)
{
    const struct uid other = of_the_same_head();
    struct endpoint before = store_fixture_get(&at, NUMBER);
    size_t count = 0;
    struct endpoint out;
    struct text owner;
    size_t edits = 0;

    ck_assert_int_eq(store_endpoint_get(at.store, &at.project.uid, &other, &at.arena, &out),
                     RC_NOT_FOUND);
    ck_assert_int_eq(store_endpoint_owner(at.store, &at.project.uid, &other, &at.arena, &owner),
                     RC_NOT_FOUND);
    ck_assert_int_eq(store_history(at.store, &at.project.uid, &other, 0, count_entry, &count),
                     RC_NOT_FOUND);
    ck_assert_int_eq(
        store_endpoint_edit(at.store, &at.project.uid, &other, count_edit, &edits, &at.arena, &out),
        RC_NOT_FOUND);
    ck_assert_int_eq(
        store_endpoint_delete(at.store, &at.project.uid, &other, count_edit, &edits, &at.arena),
        RC_NOT_FOUND);
    ck_assert_uint_eq(edits, 0);
    out = store_fixture_get(&at, NUMBER);
    sample_same_endpoint(&before, &out);
    ck_assert_uint_eq(log_capture_count(), 0);
}
END_TEST

START_TEST(a_key_is_free_once_its_endpoint_is_gone)
{
    const struct uid first = uid;
    struct endpoint endpoint;

    ck_assert_int_eq(remove_it(), RC_OK);
    ck_assert_int_eq(add_of_the_same_head(), RC_OK);
    ck_assert_uint_eq(entries(), 2);
    uid = of_the_same_head();
    ck_assert_int_eq(store_endpoint_get(at.store, &at.project.uid, &uid, &at.arena, &endpoint),
                     RC_OK);
    ck_assert(uid_equal(&endpoint.uid, &uid));
    ck_assert_uint_eq(entries(), 1);
    ck_assert_int_eq(remove_it(), RC_OK);
    ck_assert_uint_eq(entries(), 2);
    uid = first;
    ck_assert_uint_eq(entries(), 2);
}
END_TEST

START_TEST(a_uid_is_not_used_again)
{
    ck_assert_int_eq(remove_it(), RC_OK);
    ck_assert_int_eq(store_fixture_add(at.store, NUMBER, STORE_FIXTURE_PROJECT, &at.arena),
                     RC_EXISTS);
    ck_assert_uint_eq(entries(), 2);
}
END_TEST

Suite *store_keys_suite(void)
{
    Suite *suite = suite_create("store_keys");
    TCase *tc = tcase_create("keys");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_project_is_not_added_beside_one_that_ends_in_the_same_bytes);
    tcase_add_test(tc, what_is_a_projects_own_is_not_taken_for_anothers);
    tcase_add_test(tc, an_endpoint_is_not_added_under_the_key_of_another);
    tcase_add_test(tc, an_endpoint_is_not_taken_for_another_of_the_same_key);
    tcase_add_test(tc, a_key_is_free_once_its_endpoint_is_gone);
    tcase_add_test(tc, a_uid_is_not_used_again);
    suite_add_tcase(suite, tc);
    return suite;
}
