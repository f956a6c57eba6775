/* kv_scan: every scan of a small map against what its order and bounds promise,
 * found by looking at each key in turn. */
#include "store/kv.h"
#include "suites.h"
#include "support/kv_fixture.h"

#include <string.h>

#define KEY(bytes)                                                                                 \
    {                                                                                              \
        bytes, sizeof bytes - 1                                                                    \
    }

/* In the order of their bytes. */
static const struct text keys[] = {
    KEY("A"),       KEY("A\xFF"),     KEY("B"),          KEY("B\0"),
    KEY("B\0\xFF"), KEY("Ba"),        KEY("Bab"),        KEY("Bb"),
    KEY("B\xFE"),   KEY("B\xFE\xFF"), KEY("B\xFF"),      KEY("B\xFF\0"),
    KEY("B\xFFm"),  KEY("B\xFF\xFF"), KEY("B\xFF\xFF~"), KEY("B\xFF\xFF\xFF"),
    KEY("C"),       KEY("Ca"),        KEY("E1"),         KEY("E12"),
    KEY("E2"),      KEY("\xFE\xFFz"),
};
static const struct text absent[] = {
    KEY("A\x01"),
    KEY("B\x01"),
    KEY("BaB"),
    KEY("Bz"),
    KEY("B\xFE\xFE"),
    KEY("B\xFF\xFE"),
    KEY("B\xFF\xFF\x7F"),
    KEY("B\xFF\xFF\xFF\xFF"),
    KEY("D"),
    KEY("D\xFF"),
    KEY("E"),
    KEY("E10"),
    KEY("E1\xFF"),
    KEY("E3"),
    KEY("Z"),
    KEY("\xFE"),
};

enum {
    KEYS = sizeof keys / sizeof keys[0],
    ABSENT = sizeof absent / sizeof absent[0]
};

static struct kv_fixture at;

static enum rc fill(struct kv_txn *txn, void *arg)
{
    enum rc rc = RC_OK;

    (void)arg;
    for (size_t i = 0; i < KEYS && rc == RC_OK; i++)
        rc = kv_add(txn, keys[KEYS - 1 - i], keys[KEYS - 1 - i]);
    return rc;
}

static void setup(void)
{
    kv_fixture_make(&at);
    ck_assert_int_eq(kv_open(at.temp.path, KV_CREATE, 0, &at.kv), RC_OK);
}

static void setup_filled(void)
{
    setup();
    ck_assert_int_eq(kv_write(at.kv, fill, NULL), RC_OK);
}

static void teardown(void)
{
    kv_fixture_remove(&at);
}

struct scan {
    struct text prefix;
    struct text from;
    enum kv_direction direction;
    size_t most; /* visits before it is told to stop */
    size_t visits;
    size_t seen[KEYS]; /* indices into keys */
};

static bool note(struct text key, struct text value, void *arg)
{
    struct scan *scan = arg;

    ck_assert(text_equal(key, value));
    ck_assert_uint_lt(scan->visits, KEYS);
    for (size_t i = 0; i < KEYS; i++)
        if (text_equal(keys[i], key))
            scan->seen[scan->visits] = i;
    return ++scan->visits < scan->most;
}

static enum rc scan_in(struct kv_txn *txn, void *arg)
{
    struct scan *scan = arg;

    return kv_scan(txn, scan->prefix, scan->from, scan->direction, note, scan);
}

static int order(struct text a, struct text b)
{
    int diff = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

    return diff != 0 ? diff : (a.len > b.len) - (a.len < b.len);
}

static bool begins_with(struct text t, struct text prefix)
{
    return t.len >= prefix.len && memcmp(t.data, prefix.data, prefix.len) == 0;
}

static void expect_scan(struct text prefix, struct text from, enum kv_direction direction)
{
    struct scan scan = {.prefix = prefix, .from = from, .direction = direction, .most = KEYS + 1};
    size_t visits = 0;

    ck_assert_int_eq(kv_read(at.kv, scan_in, &scan), RC_OK);
    for (size_t n = 0; n < KEYS; n++) {
        const size_t i = direction == KV_FORWARDS ? n : KEYS - 1 - n;
        const int side = from.len > 0 ? order(keys[i], from) : 0;

        if (!begins_with(keys[i], prefix) || (direction == KV_FORWARDS ? side < 0 : side > 0))
            continue;
        ck_assert_uint_lt(visits, scan.visits);
        ck_assert_uint_eq(scan.seen[visits], i);
        visits++;
    }
    ck_assert_uint_eq(scan.visits, visits);
}

static void expect_scans_from(struct text prefix, enum kv_direction direction)
{
    expect_scan(prefix, (struct text){0}, direction);
    for (size_t i = 0; i < KEYS; i++)
        if (begins_with(keys[i], prefix))
            expect_scan(prefix, keys[i], direction);
    for (size_t i = 0; i < ABSENT; i++)
        if (begins_with(absent[i], prefix))
            expect_scan(prefix, absent[i], direction);
}

START_TEST(a_scan_visits_its_prefix_in_order_from_where_it_is_told)
{
    for (size_t i = 0; i < KEYS; i++)
        expect_scans_from(keys[i], (enum kv_direction)_i);
    for (size_t i = 0; i < ABSENT; i++)
        expect_scans_from(absent[i], (enum kv_direction)_i);
}
END_TEST

START_TEST(an_empty_map_has_nothing_to_visit)
{
    struct scan scan = {.prefix = text_of("B"), .direction = (enum kv_direction)_i, .most = 1};

    ck_assert_int_eq(kv_read(at.kv, scan_in, &scan), RC_OK);
    ck_assert_uint_eq(scan.visits, 0);
    scan.from = text_of("Ba");
    ck_assert_int_eq(kv_read(at.kv, scan_in, &scan), RC_OK);
    ck_assert_uint_eq(scan.visits, 0);
}
END_TEST

START_TEST(a_visit_that_is_told_to_stop_stops)
{
    struct scan scan = {.prefix = text_of("B"), .direction = (enum kv_direction)_i};

    for (scan.most = 1; scan.most <= 14; scan.most++) {
        scan.visits = 0;
        ck_assert_int_eq(kv_read(at.kv, scan_in, &scan), RC_OK);
        ck_assert_uint_eq(scan.visits, scan.most);
    }
}
END_TEST

static enum rc put_and_scan(struct kv_txn *txn, void *arg)
{
    enum rc rc = fill(txn, NULL);

    return rc == RC_OK ? scan_in(txn, arg) : rc;
}

START_TEST(a_scan_sees_what_its_own_write_has_put)
{
    struct scan scan = {.prefix = text_of("E1"), .direction = (enum kv_direction)_i, .most = 9};

    ck_assert_int_eq(kv_write(at.kv, put_and_scan, &scan), RC_OK);
    ck_assert_uint_eq(scan.visits, 2);
}
END_TEST

Suite *kv_scan_suite(void)
{
    Suite *suite = suite_create("kv_scan");
    TCase *empty = tcase_create("empty");
    TCase *filled = tcase_create("filled");

    tcase_add_checked_fixture(empty, setup, teardown);
    tcase_add_loop_test(empty, an_empty_map_has_nothing_to_visit, KV_FORWARDS, KV_BACKWARDS + 1);
    tcase_add_loop_test(empty, a_scan_sees_what_its_own_write_has_put, KV_FORWARDS,
                        KV_BACKWARDS + 1);
    suite_add_tcase(suite, empty);
    tcase_add_checked_fixture(filled, setup_filled, teardown);
    tcase_add_loop_test(filled, a_scan_visits_its_prefix_in_order_from_where_it_is_told,
                        KV_FORWARDS, KV_BACKWARDS + 1);
    tcase_add_loop_test(filled, a_visit_that_is_told_to_stop_stops, KV_FORWARDS, KV_BACKWARDS + 1);
    suite_add_tcase(suite, filled);
    return suite;
}
