/* store_visits: who is visited, in which order, until when, and what a damaged record
 * does to a visit. */
#include "store/keyspace.h"
#include "store/store.h"
#include "suites.h"
#include "support/log_capture.h"
#include "support/sample.h"
#include "support/store_fixture.h"

#include <string.h>

enum {
    OTHER = 50, /* another project's number */
    LIST_MAX = 32
};

static struct store_fixture at;
static struct project other;

static void setup(void)
{
    store_fixture_make(&at);
    store_fixture_open(&at);
    other = sample_project(OTHER);
    ck_assert_int_eq(store_project_add(at.store, &other), RC_OK);
}

static void teardown(void)
{
    store_fixture_remove(&at);
}

/* What was seen; a visit goes on until there are `most`. */
struct list {
    size_t most;
    size_t count;
    struct uid uids[LIST_MAX];
    struct history entries[LIST_MAX];
};

static bool note(struct list *list, const struct uid *uid)
{
    ck_assert_uint_lt(list->count, LIST_MAX);
    list->uids[list->count++] = *uid;
    return list->count < list->most;
}

static bool note_project(const struct project *project, void *arg)
{
    ck_assert(text_is(project->name, "a project"));
    return note(arg, &project->uid);
}

static bool note_apikey(const struct apikey *key, void *arg)
{
    ck_assert(text_is(key->name, "a key"));
    return note(arg, &key->uid);
}

static bool note_endpoint(const struct endpoint *endpoint, void *arg)
{
    ck_assert_uint_ge(endpoint->secret_count, 1);
    return note(arg, &endpoint->uid);
}

static bool note_history(const struct history *history, void *arg)
{
    struct list *list = arg;

    ck_assert_uint_lt(list->count, LIST_MAX);
    list->entries[list->count] = *history;
    return note(list, &history->endpoint);
}

static void expect_list(const struct list *list, const uint32_t *numbers, size_t count)
{
    ck_assert_uint_eq(list->count, count);
    for (size_t i = 0; i < count; i++) {
        struct uid uid = sample_uid(numbers[i]);

        ck_assert_msg(uid_equal(&list->uids[i], &uid), "place %zu is not number %u", i, numbers[i]);
    }
}

static void add_endpoints(uint32_t project, const uint32_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(store_fixture_add(at.store, numbers[i], project, &at.arena), RC_OK);
}

static void add_apikeys(uint32_t project, const uint32_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct apikey key = sample_apikey(numbers[i], project);

        ck_assert_int_eq(store_apikey_add(at.store, &key), RC_OK);
    }
}

#define NUMBERS(...)                                                                               \
    (const uint32_t[]){__VA_ARGS__}, sizeof(uint32_t[]){__VA_ARGS__} / sizeof(uint32_t)

START_TEST(projects_are_visited_oldest_first)
{
    struct list list = {.most = LIST_MAX};
    const struct project more[] = {sample_project(70), sample_project(60)};

    ck_assert_int_eq(store_project_add(at.store, &more[0]), RC_OK);
    ck_assert_int_eq(store_project_add(at.store, &more[1]), RC_OK);
    add_endpoints(OTHER, NUMBERS(2));
    ck_assert_int_eq(store_projects(at.store, note_project, &list), RC_OK);
    expect_list(&list, NUMBERS(STORE_FIXTURE_PROJECT, OTHER, 60, 70));
}
END_TEST

START_TEST(a_projects_api_keys_are_visited_oldest_first)
{
    struct list list = {.most = LIST_MAX};

    add_apikeys(OTHER, NUMBERS(2, 9));
    add_apikeys(STORE_FIXTURE_PROJECT, NUMBERS(8, 3, 5));
    ck_assert_int_eq(store_apikeys(at.store, &at.project.uid, note_apikey, &list), RC_OK);
    expect_list(&list, NUMBERS(3, 5, 8));
}
END_TEST

START_TEST(a_projects_endpoints_are_visited_newest_first)
{
    struct list list = {.most = LIST_MAX};

    add_endpoints(OTHER, NUMBERS(2, 9));
    add_endpoints(STORE_FIXTURE_PROJECT, NUMBERS(4, 8, 3));
    ck_assert_int_eq(store_endpoints(at.store, &at.project.uid, note_endpoint, &list), RC_OK);
    expect_list(&list, NUMBERS(8, 4, 3));
}
END_TEST

static void roll(uint32_t number)
{
    struct endpoint out;

    ck_assert_int_eq(store_fixture_roll(at.store, STORE_FIXTURE_PROJECT, number, SAMPLE_NOW, 60,
                                        &at.arena, &out),
                     RC_OK);
}

/* Endpoints 2 and 3 of the one project by turns, endpoint 4 of the other between. */
static void make_history(void)
{
    add_endpoints(STORE_FIXTURE_PROJECT, NUMBERS(2, 3));
    roll(2);
    add_endpoints(OTHER, NUMBERS(4));
    roll(2);
    roll(3);
    roll(2);
}

START_TEST(a_projects_history_is_visited_newest_first_without_gaps)
{
    struct list list = {.most = LIST_MAX};

    make_history();
    ck_assert_int_eq(store_history(at.store, &at.project.uid, NULL, 0, note_history, &list), RC_OK);
    expect_list(&list, NUMBERS(2, 3, 2, 2, 3, 2));
    for (size_t i = 0; i < list.count; i++)
        ck_assert_uint_eq(list.entries[i].sequence, list.count - i);
}
END_TEST

START_TEST(an_endpoints_history_is_chained_newest_first)
{
    static const uint64_t sequences[] = {6, 4, 3, 1};
    const struct uid uid = sample_uid(2);
    struct list list = {.most = LIST_MAX};

    make_history();
    ck_assert_int_eq(store_history(at.store, &at.project.uid, &uid, 0, note_history, &list), RC_OK);
    expect_list(&list, NUMBERS(2, 2, 2, 2));
    for (size_t i = 0; i < list.count; i++) {
        ck_assert_uint_eq(list.entries[i].sequence, sequences[i]);
        ck_assert_uint_eq(list.entries[i].previous, i < 3 ? sequences[i + 1] : 0);
        if (i > 0)
            ck_assert(uid_equal(&list.entries[i - 1].ended, &list.entries[i].fresh));
    }
    ck_assert_int_eq(list.entries[3].action, HISTORY_CREATED);
    ck_assert(uid_is_none(&list.entries[3].ended));
}
END_TEST

START_TEST(every_project_counts_its_own_history)
{
    struct list list = {.most = LIST_MAX};

    make_history();
    ck_assert_int_eq(store_history(at.store, &other.uid, NULL, 0, note_history, &list), RC_OK);
    expect_list(&list, NUMBERS(4));
    ck_assert_uint_eq(list.entries[0].sequence, 1);
}
END_TEST

START_TEST(where_there_is_nothing_nothing_is_visited)
{
    const struct uid unknown = sample_uid(99);
    struct list list = {.most = LIST_MAX};

    add_endpoints(OTHER, NUMBERS(2));
    add_apikeys(OTHER, NUMBERS(2));
    ck_assert_int_eq(store_endpoints(at.store, &at.project.uid, note_endpoint, &list), RC_OK);
    ck_assert_int_eq(store_apikeys(at.store, &at.project.uid, note_apikey, &list), RC_OK);
    ck_assert_int_eq(store_history(at.store, &at.project.uid, NULL, 0, note_history, &list), RC_OK);
    ck_assert_int_eq(store_history(at.store, &at.project.uid, &unknown, 0, note_history, &list),
                     RC_NOT_FOUND);
    ck_assert_int_eq(store_history(at.store, &other.uid, &unknown, 0, note_history, &list),
                     RC_NOT_FOUND);
    ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(a_visit_that_is_told_to_stop_stops)
{
    const struct uid uid = sample_uid(2);
    const size_t most = (size_t)_i;
    struct list lists[5];

    for (size_t i = 0; i < 5; i++)
        lists[i] = (struct list){.most = most};
    make_history();
    add_endpoints(STORE_FIXTURE_PROJECT, NUMBERS(5, 6));
    add_apikeys(STORE_FIXTURE_PROJECT, NUMBERS(7, 8, 9, 10));
    ck_assert_int_eq(store_projects(at.store, note_project, &lists[0]), RC_OK);
    ck_assert_int_eq(store_apikeys(at.store, &at.project.uid, note_apikey, &lists[1]), RC_OK);
    ck_assert_int_eq(store_endpoints(at.store, &at.project.uid, note_endpoint, &lists[2]), RC_OK);
    ck_assert_int_eq(store_history(at.store, &at.project.uid, NULL, 0, note_history, &lists[3]),
                     RC_OK);
    ck_assert_int_eq(store_history(at.store, &at.project.uid, &uid, 0, note_history, &lists[4]),
                     RC_OK);
    for (size_t i = 0; i < 5; i++)
        ck_assert_uint_eq(lists[i].count, i == 0 && most > 2 ? 2 : most);
}
END_TEST

struct damage {
    struct keyspace_key key;
    const char *bytes;
};

static enum rc put_damage(struct kv_txn *txn, void *arg)
{
    struct damage *damage = arg;

    return kv_set(txn, (struct text){(const char *)damage->key.bytes, damage->key.len},
                  text_of(damage->bytes));
}

static void spoil(struct keyspace_key key)
{
    struct damage damage = {key, "\1damaged"};

    store_fixture_close(&at);
    ck_assert_int_eq(store_fixture_edit(&at, put_damage, &damage), RC_OK);
    store_fixture_open(&at);
}

START_TEST(a_damaged_endpoint_is_told_of_and_hides_no_other)
{
    const struct uid uid = sample_uid(4);
    struct list list = {.most = LIST_MAX};
    struct list first = {.most = 1};

    add_endpoints(STORE_FIXTURE_PROJECT, NUMBERS(3, 4, 5));
    spoil(keyspace_endpoint(&at.project.uid, &uid));
    ck_assert_int_eq(store_endpoints(at.store, &at.project.uid, note_endpoint, &first), RC_OK);
    expect_list(&first, NUMBERS(5));
    ck_assert_uint_eq(log_capture_count(), 0);
    ck_assert_int_eq(store_endpoints(at.store, &at.project.uid, note_endpoint, &list), RC_CORRUPT);
    expect_list(&list, NUMBERS(5, 3));
    ck_assert(log_capture_has("endpoint"));
}
END_TEST

static enum rc misplace_in(struct kv_txn *txn, void *arg)
{
    const uint32_t *numbers = arg;
    const struct uid uids[] = {sample_uid(numbers[0]), sample_uid(numbers[1])};
    struct keyspace_key from = keyspace_endpoint(&at.project.uid, &uids[0]);
    struct keyspace_key to = keyspace_endpoint(&at.project.uid, &uids[1]);
    char copy[4096];
    struct text record;
    enum rc rc = kv_get(txn, (struct text){(const char *)from.bytes, from.len}, &record);

    if (rc != RC_OK || record.len > sizeof copy)
        return RC_SYSTEM;
    memcpy(copy, record.data, record.len);
    return kv_set(txn, (struct text){(const char *)to.bytes, to.len},
                  (struct text){copy, record.len});
}

/* Whose record is a good one, but another's. */
START_TEST(an_endpoint_under_a_key_that_is_not_its_own_is_not_visited)
{
    struct list list = {.most = LIST_MAX};
    struct store_page page = {.from = UID_NONE};
    struct endpoint endpoint;
    struct uid uids[LIST_MAX];
    size_t count = 0;

    add_endpoints(STORE_FIXTURE_PROJECT, NUMBERS(3, 4, 5));
    store_fixture_close(&at);
    ck_assert_int_eq(store_fixture_edit(&at, misplace_in, (uint32_t[]){3, 4}), RC_OK);
    store_fixture_open(&at);
    ck_assert_int_eq(store_endpoints(at.store, &at.project.uid, note_endpoint, &list), RC_CORRUPT);
    expect_list(&list, NUMBERS(5, 3));
    ck_assert(log_capture_has("endpoint"));
    ck_assert_int_eq(store_endpoint_page(at.store, &at.project.uid, &page, uids, LIST_MAX, &count),
                     RC_OK);
    ck_assert_uint_eq(count, 3);
    ck_assert_int_eq(store_endpoint_get(at.store, &at.project.uid, &uids[1], &at.arena, &endpoint),
                     RC_CORRUPT);
}
END_TEST

START_TEST(a_damaged_project_or_key_ends_the_visit)
{
    const struct uid uid = sample_uid(4);
    struct list projects = {.most = LIST_MAX};
    struct list keys = {.most = LIST_MAX};

    add_apikeys(STORE_FIXTURE_PROJECT, NUMBERS(3, 4, 5));
    spoil(keyspace_project(&other.uid));
    spoil(keyspace_apikey(&uid));
    ck_assert_int_eq(store_projects(at.store, note_project, &projects), RC_CORRUPT);
    expect_list(&projects, NUMBERS(STORE_FIXTURE_PROJECT));
    ck_assert_int_eq(store_apikeys(at.store, &at.project.uid, note_apikey, &keys), RC_CORRUPT);
    expect_list(&keys, NUMBERS(3));
    ck_assert(log_capture_has("project"));
    ck_assert(log_capture_has("API key"));
}
END_TEST

START_TEST(a_damaged_entry_ends_the_visit)
{
    const struct uid uid = sample_uid(2);
    struct list project = {.most = LIST_MAX};
    struct list endpoint = {.most = LIST_MAX};

    make_history();
    spoil(keyspace_history(&at.project.uid, 4));
    ck_assert_int_eq(store_history(at.store, &at.project.uid, NULL, 0, note_history, &project),
                     RC_CORRUPT);
    expect_list(&project, NUMBERS(2, 3));
    ck_assert_int_eq(store_history(at.store, &at.project.uid, &uid, 0, note_history, &endpoint),
                     RC_CORRUPT);
    expect_list(&endpoint, NUMBERS(2));
    ck_assert(log_capture_has("history"));
}
END_TEST

/* Entry 4, of endpoint 2, names entry 2, of endpoint 3, as the one before it. */
static enum rc cross_chains_in(struct kv_txn *txn, void *arg)
{
    struct keyspace_key key = keyspace_history(&at.project.uid, 4);
    const struct text name = {(const char *)key.bytes, key.len};
    char copy[4096];
    struct text record;
    enum rc rc = kv_get(txn, name, &record);

    (void)arg;
    if (rc != RC_OK || record.len > sizeof copy)
        return RC_SYSTEM;
    memcpy(copy, record.data, record.len);
    ck_assert_int_eq(copy[9], 3);
    copy[9] = 2;
    return kv_set(txn, name, (struct text){copy, record.len});
}

START_TEST(an_entry_of_another_endpoint_ends_the_visit)
{
    const struct uid uid = sample_uid(2);
    struct list all = {.most = LIST_MAX};
    struct list rest = {.most = LIST_MAX};
    struct list none = {.most = LIST_MAX};

    make_history();
    store_fixture_close(&at);
    ck_assert_int_eq(store_fixture_edit(&at, cross_chains_in, NULL), RC_OK);
    store_fixture_open(&at);
    ck_assert_int_eq(store_history(at.store, &at.project.uid, &uid, 0, note_history, &all),
                     RC_CORRUPT);
    expect_list(&all, NUMBERS(2, 2));
    ck_assert(log_capture_has("history"));
    ck_assert_int_eq(store_history(at.store, &at.project.uid, &uid, 4, note_history, &rest),
                     RC_CORRUPT);
    expect_list(&rest, NUMBERS(2));
    ck_assert_int_eq(store_history(at.store, &at.project.uid, &uid, 2, note_history, &none),
                     RC_GONE);
    ck_assert_uint_eq(none.count, 0);
}
END_TEST

Suite *store_visits_suite(void)
{
    Suite *suite = suite_create("store_visits");
    TCase *tc = tcase_create("visits");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, projects_are_visited_oldest_first);
    tcase_add_test(tc, a_projects_api_keys_are_visited_oldest_first);
    tcase_add_test(tc, a_projects_endpoints_are_visited_newest_first);
    tcase_add_test(tc, a_projects_history_is_visited_newest_first_without_gaps);
    tcase_add_test(tc, an_endpoints_history_is_chained_newest_first);
    tcase_add_test(tc, every_project_counts_its_own_history);
    tcase_add_test(tc, where_there_is_nothing_nothing_is_visited);
    tcase_add_loop_test(tc, a_visit_that_is_told_to_stop_stops, 1, 5);
    tcase_add_test(tc, a_damaged_endpoint_is_told_of_and_hides_no_other);
    tcase_add_test(tc, an_endpoint_under_a_key_that_is_not_its_own_is_not_visited);
    tcase_add_test(tc, a_damaged_project_or_key_ends_the_visit);
    tcase_add_test(tc, a_damaged_entry_ends_the_visit);
    tcase_add_test(tc, an_entry_of_another_endpoint_ends_the_visit);
    suite_add_tcase(suite, tc);
    return suite;
}
