/* store: pages of endpoints in both directions against a list of what they must hold,
 * and histories that begin in their middle. */
#include "domain/delivery.h"
#include "domain/removal.h"
#include "store/keyspace.h"
#include "store/store.h"
#include "suites.h"
#include "support/sample.h"
#include "support/store_fixture.h"

enum {
    OTHER = 90, /* another project's number */
    FIRST = 10, /* number of the oldest endpoint */
    COUNT_ALL = 12
};

static struct store_fixture at;

/* Endpoint FIRST + i has the i-th name and belongs to the i-th owner. */
static const char *const names[COUNT_ALL] = {"orders",
                                             "Orders EU",
                                             "invoices",
                                             "ORDERS",
                                             "refunds",
                                             "\xC3\x89t\xC3\xA9",
                                             "\xC3\xA9t\xC3\xA9",
                                             "order",
                                             "x",
                                             "reorder",
                                             "orders",
                                             "y"};
static const char *const owners[COUNT_ALL] = {"alice", "bob", "alice", "", "",      "bob",
                                              "alice", "",    "alice", "", "alice", "alice2"};

static void add(uint32_t number, uint32_t project, const char *name, const char *owner)
{
    struct endpoint endpoint;
    struct history event;

    sample_endpoint(number, project, &at.arena, &endpoint, &event);
    endpoint.members[ENDPOINT_NAME] = text_of(name);
    endpoint.members[ENDPOINT_OWNER_ID] = text_of(owner);
    ck_assert_int_eq(store_endpoint_add(at.store, &endpoint, &event), RC_OK);
}

static void setup(void)
{
    const struct project other = sample_project(OTHER);

    store_fixture_make(&at);
    store_fixture_open(&at);
    ck_assert_int_eq(store_project_add(at.store, &other), RC_OK);
    add(FIRST + 3, OTHER, "orders", "alice");
    for (uint32_t i = 0; i < COUNT_ALL; i++)
        add(FIRST + i, STORE_FIXTURE_PROJECT, names[i], owners[i]);
}

static void teardown(void)
{
    store_fixture_remove(&at);
}

/* The page must hold those of `matching`, a bit an endpoint, that lie in its direction. */
static void expect_page(struct store_page page, uint32_t from, unsigned matching, size_t max)
{
    struct uid out[COUNT_ALL];
    size_t count = 99;
    size_t expected = 0;

    if (from > 0)
        page.from = sample_uid(from);
    ck_assert_int_eq(store_endpoint_page(at.store, &at.project.uid, &page, out, max, &count),
                     RC_OK);
    for (uint32_t n = 0; n < COUNT_ALL && expected < max; n++) {
        const uint32_t i = page.towards_newer ? n : COUNT_ALL - 1 - n;
        const struct uid uid = sample_uid(FIRST + i);

        if ((matching >> i & 1u) == 0 ||
            (from > 0 && (page.towards_newer ? FIRST + i < from : FIRST + i > from)))
            continue;
        ck_assert_uint_lt(expected, count);
        ck_assert(uid_equal(&out[expected], &uid));
        expected++;
    }
    ck_assert_uint_eq(count, expected);
}

static void expect_pages(struct store_page page, unsigned matching)
{
    for (int newer = 0; newer < 2; newer++) {
        page.towards_newer = newer == 1;
        for (uint32_t from = FIRST - 1; from <= FIRST + COUNT_ALL; from++)
            for (size_t max = 0; max <= COUNT_ALL; max += 3)
                expect_page(page, from, matching, max);
        expect_page(page, 0, matching, COUNT_ALL);
        expect_page(page, 0, matching, 2);
    }
}

START_TEST(a_page_holds_what_follows_its_first_in_both_directions)
{
    expect_pages((struct store_page){.towards_newer = false}, (1u << COUNT_ALL) - 1);
}
END_TEST

START_TEST(a_page_of_a_name_holds_those_that_contain_it_whatever_its_case)
{
    expect_pages((struct store_page){.name = text_of("orders")}, 0x40Bu);
    expect_pages((struct store_page){.name = text_of("ORDER")}, 0x68Bu);
    expect_pages((struct store_page){.name = text_of("\xC3\x89T")}, 0x060u);
    expect_pages((struct store_page){.name = text_of("nothing")}, 0);
}
END_TEST

START_TEST(a_page_of_an_owner_holds_that_owners_only)
{
    expect_pages((struct store_page){.owner_id = text_of("alice")}, 0x545u);
    expect_pages((struct store_page){.owner_id = text_of("bob")}, 0x022u);
    expect_pages((struct store_page){.owner_id = text_of("ali")}, 0);
    expect_pages((struct store_page){.owner_id = text_of("alice"), .name = text_of("orders")},
                 0x401u);
}
END_TEST

static void roll(uint32_t number, int64_t now)
{
    struct endpoint out;

    ck_assert_int_eq(
        store_fixture_roll(at.store, STORE_FIXTURE_PROJECT, number, now, 60, &at.arena, &out),
        RC_OK);
}

/* That a delivery signed with the current secret verified. */
static void verify(uint32_t number)
{
    const struct uid uid = sample_uid(number);
    struct endpoint out;
    struct delivery_use use = {.now = SAMPLE_NOW};

    ck_assert_int_eq(store_endpoint_get(at.store, &at.project.uid, &uid, &at.arena, &out), RC_OK);
    use.secret = endpoint_current(&out)->uid;
    ck_assert_int_eq(store_endpoint_note(at.store, &at.project.uid, &uid, delivery_note_use, &use,
                                         &at.arena, &out),
                     RC_OK);
}

static struct store_page page_at(int64_t now, bool in_grace, bool unverified)
{
    return (struct store_page){
        .overlap = {.in_grace = in_grace, .unverified = unverified, .now = now}};
}

/* Endpoints 0 to 3 are rolled, 2 to 5 verified. */
START_TEST(a_page_of_overlaps_holds_those_of_the_moment_it_is_asked_for)
{
    const int64_t end = SAMPLE_NOW + 60000;
    struct store_page page = page_at(SAMPLE_NOW, true, true);

    for (uint32_t i = 0; i < 4; i++)
        roll(FIRST + i, SAMPLE_NOW);
    for (uint32_t i = 2; i < 6; i++)
        verify(FIRST + i);
    expect_pages(page_at(SAMPLE_NOW, true, false), 0x00Fu);
    expect_pages(page_at(end - 1, true, false), 0x00Fu);
    expect_pages(page_at(end, true, false), 0);
    expect_pages(page_at(end, false, true), 0xFC3u);
    expect_pages(page, 0x003u);
    page.owner_id = text_of("alice");
    expect_pages(page, 0x001u);
    page.name = text_of("EU");
    expect_pages(page, 0);
    page.owner_id = text_of("");
    expect_pages(page, 0x002u);
}
END_TEST

START_TEST(a_page_of_old_secrets_holds_those_created_before_the_moment)
{
    const int64_t rolled = SAMPLE_NOW + 1000;
    struct store_page page = page_at(rolled, false, false);

    roll(FIRST + 2, rolled);
    page.overlap.older = true;
    page.overlap.created_before = rolled + 1;
    expect_pages(page, 0xFFFu);
    page.overlap.created_before = rolled;
    expect_pages(page, 0xFFBu);
    page.overlap.created_before = 0;
    expect_pages(page, 0);
}
END_TEST

START_TEST(a_page_of_an_unknown_project_is_not_found)
{
    const struct uid unknown = sample_uid(99);
    const struct store_page page = {.towards_newer = true};
    struct uid out[COUNT_ALL];
    size_t count = 99;

    ck_assert_int_eq(store_endpoint_page(at.store, &unknown, &page, out, COUNT_ALL, &count),
                     RC_NOT_FOUND);
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(a_damaged_endpoint_is_on_a_page_like_others)
{
    struct store_page page = {.towards_newer = true};
    const struct uid third = sample_uid(FIRST + 2);
    struct uid out[COUNT_ALL];
    struct endpoint endpoint;
    size_t count;

    store_fixture_damage(&at, FIRST + 2);
    ck_assert_int_eq(store_endpoint_page(at.store, &at.project.uid, &page, out, COUNT_ALL, &count),
                     RC_OK);
    ck_assert_uint_eq(count, COUNT_ALL);
    ck_assert_mem_eq(out[2].bytes, third.bytes, KEYSPACE_HEAD_BYTES);
    ck_assert_int_eq(store_endpoint_get(at.store, &at.project.uid, &out[2], &at.arena, &endpoint),
                     RC_CORRUPT);
    /* It is where a page can begin. */
    page.from = out[2];
    ck_assert_int_eq(store_endpoint_page(at.store, &at.project.uid, &page, out, COUNT_ALL, &count),
                     RC_OK);
    ck_assert_uint_eq(count, COUNT_ALL - 2);
}
END_TEST

START_TEST(a_damaged_endpoint_is_on_no_page_that_has_to_read_it)
{
    store_fixture_damage(&at, FIRST + 2);
    expect_page((struct store_page){.owner_id = text_of("alice")}, 0, 0x541u, COUNT_ALL);
}
END_TEST

struct sequences {
    size_t count;
    uint64_t list[COUNT_ALL + 8];
};

static bool keep_sequence(const struct history *history, void *arg)
{
    struct sequences *sequences = arg;

    ck_assert_uint_lt(sequences->count, COUNT_ALL + 8);
    sequences->list[sequences->count++] = history->sequence;
    return true;
}

static enum rc history_from(const struct uid *endpoint, uint64_t from, struct sequences *out)
{
    out->count = 0;
    return store_history(at.store, &at.project.uid, endpoint, from, keep_sequence, out);
}

START_TEST(a_projects_history_begins_where_it_is_told)
{
    struct sequences found;

    for (uint64_t from = 1; from <= COUNT_ALL; from++) {
        ck_assert_int_eq(history_from(NULL, from, &found), RC_OK);
        ck_assert_uint_eq(found.count, from);
        for (size_t i = 0; i < found.count; i++)
            ck_assert_uint_eq(found.list[i], from - i);
    }
}
END_TEST

/* Entries of the first endpoint: 1, 13, 15, 16. */
START_TEST(an_endpoints_history_begins_at_one_of_its_own_entries)
{
    static const uint64_t own[] = {16, 15, 13, 1};
    const struct uid uid = sample_uid(FIRST);
    struct sequences found;

    roll(FIRST, SAMPLE_NOW);
    roll(FIRST + 1, SAMPLE_NOW);
    roll(FIRST, SAMPLE_NOW);
    roll(FIRST, SAMPLE_NOW);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(history_from(&uid, own[i], &found), RC_OK);
        ck_assert_uint_eq(found.count, 4 - i);
        for (size_t j = 0; j < found.count; j++)
            ck_assert_uint_eq(found.list[j], own[i + j]);
    }
    ck_assert_int_eq(history_from(&uid, 2, &found), RC_GONE);
    ck_assert_int_eq(history_from(&uid, 14, &found), RC_GONE);
    ck_assert_int_eq(history_from(&uid, 17, &found), RC_GONE);
    ck_assert_int_eq(history_from(&uid, UINT64_MAX, &found), RC_GONE);
    ck_assert_uint_eq(found.count, 0);
}
END_TEST

START_TEST(a_deleted_endpoints_history_can_still_be_read)
{
    const struct uid uid = sample_uid(FIRST);
    struct actor by = {.now = SAMPLE_NOW};
    struct sequences found;

    ck_assert_int_eq(
        store_endpoint_delete(at.store, &at.project.uid, &uid, removal_apply, &by, &at.arena),
        RC_OK);
    ck_assert_int_eq(history_from(&uid, 0, &found), RC_OK);
    ck_assert_uint_eq(found.count, 2);
    ck_assert_uint_eq(found.list[0], COUNT_ALL + 1);
    ck_assert_int_eq(history_from(&uid, 1, &found), RC_OK);
    ck_assert_uint_eq(found.count, 1);
    ck_assert_int_eq(history_from(&uid, 2, &found), RC_GONE);
}
END_TEST

Suite *store_pages_suite(void)
{
    Suite *suite = suite_create("store_pages");
    TCase *tc = tcase_create("pages");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_page_holds_what_follows_its_first_in_both_directions);
    tcase_add_test(tc, a_page_of_a_name_holds_those_that_contain_it_whatever_its_case);
    tcase_add_test(tc, a_page_of_an_owner_holds_that_owners_only);
    tcase_add_test(tc, a_page_of_overlaps_holds_those_of_the_moment_it_is_asked_for);
    tcase_add_test(tc, a_page_of_old_secrets_holds_those_created_before_the_moment);
    tcase_add_test(tc, a_page_of_an_unknown_project_is_not_found);
    tcase_add_test(tc, a_damaged_endpoint_is_on_a_page_like_others);
    tcase_add_test(tc, a_damaged_endpoint_is_on_no_page_that_has_to_read_it);
    tcase_add_test(tc, a_projects_history_begins_where_it_is_told);
    tcase_add_test(tc, an_endpoints_history_begins_at_one_of_its_own_entries);
    tcase_add_test(tc, a_deleted_endpoints_history_can_still_be_read);
    suite_add_tcase(suite, tc);
    return suite;
}
