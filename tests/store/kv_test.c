/* kv: opening, the promises of transactions, order and bounds of a scan, and a map
 * that grows by itself; on real files. */
#include "store/kv.h"
#include "suites.h"
#include "support/kv_fixture.h"
#include "support/log_capture.h"
#include "support/not_run.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct kv_fixture at;

static void setup(void)
{
    kv_fixture_make(&at);
}

static void setup_open(void)
{
    setup();
    ck_assert_int_eq(kv_open(at.temp.path, KV_CREATE, 0, &at.kv), RC_OK);
}

static void teardown(void)
{
    kv_fixture_remove(&at);
}

/* A pair to put, or one that was found. */
struct pair {
    struct text key;
    struct text value;
    char found[64];
};

static enum rc set_in(struct kv_txn *txn, void *arg)
{
    struct pair *pair = arg;

    return kv_set(txn, pair->key, pair->value);
}

static enum rc add_in(struct kv_txn *txn, void *arg)
{
    struct pair *pair = arg;

    return kv_add(txn, pair->key, pair->value);
}

static enum rc get_in(struct kv_txn *txn, void *arg)
{
    struct pair *pair = arg;
    enum rc rc = kv_get(txn, pair->key, &pair->value);

    if (rc == RC_OK && !text_copy(pair->value, pair->found, sizeof pair->found))
        rc = RC_TOO_LARGE;
    pair->value = (struct text){0};
    return rc;
}

static enum rc write_pair(kv_fn *fn, const char *key, const char *value)
{
    struct pair pair = {.key = text_of(key), .value = text_of(value)};

    return kv_write(at.kv, fn, &pair);
}

static void expect_value(const char *key, const char *value)
{
    struct pair pair = {.key = text_of(key)};

    ck_assert_int_eq(kv_read(at.kv, get_in, &pair), value != NULL ? RC_OK : RC_NOT_FOUND);
    ck_assert_str_eq(pair.found, value != NULL ? value : "");
}

static void reopen(size_t map_size)
{
    kv_close(at.kv);
    at.kv = NULL;
    ck_assert_int_eq(kv_open(at.temp.path, KV_MUST_EXIST, map_size, &at.kv), RC_OK);
}

START_TEST(without_a_store_there_is_nothing_to_open)
{
    char path[TEMP_PATH_SIZE];

    ck_assert_int_eq(kv_open(at.temp.path, KV_MUST_EXIST, 0, &at.kv), RC_NOT_FOUND);
    ck_assert(log_capture_has(at.temp.path));
    ck_assert_int_ne(access(temp_dir_path(&at.temp, "data.mdb", path), F_OK), 0);
    ck_assert_int_ne(access(temp_dir_path(&at.temp, "lock.mdb", path), F_OK), 0);
}
END_TEST

START_TEST(a_probe_finds_a_store_without_opening_it)
{
    char path[TEMP_PATH_SIZE];

    ck_assert_int_eq(kv_probe(at.temp.path), RC_NOT_FOUND);
    ck_assert(log_capture_has(at.temp.path));
    temp_dir_write(temp_dir_path(&at.temp, "data.mdb", path), 0600, "x", 1);
    ck_assert_int_eq(kv_probe(at.temp.path), RC_OK);
    ck_assert_int_eq(kv_probe(path), RC_NOT_FOUND);
    ck_assert_int_ne(access(temp_dir_path(&at.temp, "lock.mdb", path), F_OK), 0);
}
END_TEST

START_TEST(a_probe_says_why_a_store_cannot_be_reached)
{
    static char path[8192];

    memset(path, 'p', sizeof path - 1);
    ck_assert_int_eq(kv_probe(path), RC_SYSTEM);
    ck_assert_uint_eq(log_capture_count(), 1);
}
END_TEST

START_TEST(a_directory_that_is_missing_is_not_made)
{
    char path[TEMP_PATH_SIZE];

    (void)temp_dir_path(&at.temp, "missing", path);
    ck_assert_int_eq(kv_open(path, KV_MUST_EXIST, 0, &at.kv), RC_NOT_FOUND);
    ck_assert_int_eq(kv_open(path, KV_CREATE, 0, &at.kv), RC_SYSTEM);
    ck_assert(log_capture_has(path));
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(a_file_is_no_directory_of_a_store)
{
    char path[TEMP_PATH_SIZE];

    temp_dir_write(temp_dir_path(&at.temp, "file", path), 0600, "x", 1);
    ck_assert_int_eq(kv_open(path, KV_MUST_EXIST, 0, &at.kv), RC_NOT_FOUND);
    ck_assert_int_eq(kv_open(path, KV_CREATE, 0, &at.kv), RC_SYSTEM);
}
END_TEST

START_TEST(foreign_bytes_are_not_taken_for_a_store)
{
    static const char junk[65536] = "this is no store";
    char path[TEMP_PATH_SIZE];

    temp_dir_write(temp_dir_path(&at.temp, "data.mdb", path), 0600, junk, sizeof junk);
    ck_assert_int_eq(kv_open(at.temp.path, KV_MUST_EXIST, 0, &at.kv), RC_CORRUPT);
    ck_assert(log_capture_has(at.temp.path));
}
END_TEST

/* Else the responder could not open what the administrator was the first to use, after a restore.
 */
START_TEST(what_the_administrator_makes_is_the_directorys_owners)
{
    static const char *const names[] = {"data.mdb", "lock.mdb"};
    const uid_t owner = 12345;
    const gid_t group = 54321;

    if (geteuid() != 0) {
        not_run("kv: what the administrator makes", "only root can give a file away");
        return;
    }
    ck_assert_int_eq(chown(at.temp.path, owner, group), 0);
    ck_assert_int_eq(kv_open(at.temp.path, KV_CREATE, 0, &at.kv), RC_OK);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[TEMP_PATH_SIZE];
        struct stat st;

        ck_assert_int_eq(stat(temp_dir_path(&at.temp, names[i], path), &st), 0);
        ck_assert_uint_eq(st.st_uid, owner);
        ck_assert_uint_eq(st.st_gid, group);
    }
}
END_TEST

START_TEST(its_files_are_its_owners_alone)
{
    mode_t before = umask(0);
    char path[TEMP_PATH_SIZE];
    enum rc rc = kv_open(at.temp.path, KV_CREATE, 0, &at.kv);

    (void)umask(before);
    ck_assert_int_eq(rc, RC_OK);
    ck_assert_uint_eq(temp_dir_mode(temp_dir_path(&at.temp, "data.mdb", path)), 0600);
    ck_assert_uint_eq(temp_dir_mode(temp_dir_path(&at.temp, "lock.mdb", path)), 0600);
}
END_TEST

START_TEST(what_was_written_is_there_after_opening_again)
{
    ck_assert_int_eq(write_pair(set_in, "key", "value"), RC_OK);
    reopen(0);
    expect_value("key", "value");
    kv_close(at.kv);
    at.kv = NULL;
    ck_assert_int_eq(kv_open(at.temp.path, KV_CREATE, 0, &at.kv), RC_OK);
    expect_value("key", "value");
}
END_TEST

START_TEST(closing_nothing_is_let_pass)
{
    kv_close(NULL);
    expect_value("key", NULL);
}
END_TEST

START_TEST(add_leaves_what_is_there)
{
    ck_assert_int_eq(write_pair(add_in, "key", "first"), RC_OK);
    ck_assert_int_eq(write_pair(add_in, "key", "second"), RC_EXISTS);
    expect_value("key", "first");
}
END_TEST

START_TEST(set_adds_and_replaces)
{
    ck_assert_int_eq(write_pair(set_in, "key", "first"), RC_OK);
    expect_value("key", "first");
    ck_assert_int_eq(write_pair(set_in, "key", "the second one"), RC_OK);
    expect_value("key", "the second one");
    expect_value("ke", NULL);
    expect_value("key ", NULL);
}
END_TEST

START_TEST(an_empty_value_is_a_value)
{
    ck_assert_int_eq(write_pair(set_in, "key", ""), RC_OK);
    expect_value("key", "");
}
END_TEST

static enum rc delete_in(struct kv_txn *txn, void *arg)
{
    const struct pair *pair = arg;

    return kv_delete(txn, pair->key);
}

START_TEST(delete_takes_one_key_away)
{
    ck_assert_int_eq(write_pair(set_in, "key", "value"), RC_OK);
    ck_assert_int_eq(write_pair(set_in, "key2", "value2"), RC_OK);
    ck_assert_int_eq(write_pair(delete_in, "key", ""), RC_OK);
    expect_value("key", NULL);
    expect_value("key2", "value2");
    ck_assert_int_eq(write_pair(delete_in, "key", ""), RC_NOT_FOUND);
    ck_assert_int_eq(write_pair(add_in, "key", "again"), RC_OK);
    expect_value("key", "again");
}
END_TEST

static enum rc delete_and_fail(struct kv_txn *txn, void *arg)
{
    ck_assert_int_eq(delete_in(txn, arg), RC_OK);
    return RC_CONFLICT;
}

START_TEST(a_deletion_that_is_undone_has_not_happened)
{
    ck_assert_int_eq(write_pair(set_in, "key", "value"), RC_OK);
    ck_assert_int_eq(write_pair(delete_and_fail, "key", ""), RC_CONFLICT);
    expect_value("key", "value");
}
END_TEST

static enum rc put_and_fail(struct kv_txn *txn, void *arg)
{
    const enum rc *rc = arg;

    ck_assert_int_eq(kv_set(txn, text_of("kept"), text_of("changed")), RC_OK);
    ck_assert_int_eq(kv_add(txn, text_of("added"), text_of("x")), RC_OK);
    return *rc;
}

START_TEST(any_result_but_ok_undoes_the_write)
{
    enum rc rc = (enum rc)_i;

    ck_assert_int_eq(write_pair(set_in, "kept", "as it was"), RC_OK);
    ck_assert_int_eq(kv_write(at.kv, put_and_fail, &rc), rc);
    expect_value("kept", "as it was");
    expect_value("added", NULL);
}
END_TEST

static enum rc result_in(struct kv_txn *txn, void *arg)
{
    (void)txn;
    return *(const enum rc *)arg;
}

START_TEST(a_reads_result_is_its_functions)
{
    enum rc rc = (enum rc)_i;

    ck_assert_int_eq(kv_read(at.kv, result_in, &rc), rc);
}
END_TEST

static enum rc see_own(struct kv_txn *txn, void *arg)
{
    struct text value;

    (void)arg;
    if (kv_set(txn, text_of("key"), text_of("new")) != RC_OK ||
        kv_get(txn, text_of("key"), &value) != RC_OK)
        return RC_SYSTEM;
    return text_is(value, "new") ? RC_OK : RC_CORRUPT;
}

START_TEST(a_write_sees_what_it_has_put)
{
    ck_assert_int_eq(write_pair(set_in, "key", "old"), RC_OK);
    ck_assert_int_eq(kv_write(at.kv, see_own, NULL), RC_OK);
}
END_TEST

enum {
    ROUNDS = 100,
    READERS = 4
};

/* The same number under two keys. */
static enum rc put_both(struct kv_txn *txn, void *arg)
{
    const struct text number = {arg, 1};
    enum rc rc = kv_set(txn, text_of("one"), number);

    return rc == RC_OK ? kv_set(txn, text_of("two"), number) : rc;
}

static enum rc see_both(struct kv_txn *txn, void *arg)
{
    struct text one;
    struct text two;

    (void)arg;
    if (kv_get(txn, text_of("one"), &one) != RC_OK || kv_get(txn, text_of("two"), &two) != RC_OK)
        return RC_NOT_FOUND;
    return text_equal(one, two) ? RC_OK : RC_CORRUPT;
}

static void *read_often(void *arg)
{
    enum rc *rc = arg;

    for (int i = 0; i < ROUNDS && *rc == RC_OK; i++)
        *rc = kv_read(at.kv, see_both, NULL);
    return NULL;
}

START_TEST(no_reader_sees_half_of_a_write)
{
    pthread_t threads[READERS];
    enum rc results[READERS] = {RC_OK};
    char number = 0;

    ck_assert_int_eq(kv_write(at.kv, put_both, &number), RC_OK);
    for (int i = 0; i < READERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_often, &results[i]), 0);
    while (number++ < ROUNDS)
        ck_assert_int_eq(kv_write(at.kv, put_both, &number), RC_OK);
    for (int i = 0; i < READERS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_int_eq(results[i], RC_OK);
    }
}
END_TEST

START_TEST(being_ready_writes_nothing)
{
    struct pair pair = {.key = text_of("a"), .value = text_of("1")};
    char file[TEMP_PATH_SIZE];
    static char before[65536];
    static char after[65536];
    size_t len;

    ck_assert_int_eq(kv_write(at.kv, set_in, &pair), RC_OK);
    len = temp_dir_read(temp_dir_path(&at.temp, "data.mdb", file), before, sizeof before);
    ck_assert_int_eq(kv_ready(at.kv), RC_OK);
    ck_assert_int_eq(kv_ready(at.kv), RC_OK);
    ck_assert_uint_eq(temp_dir_read(file, after, sizeof after), len);
    ck_assert_int_eq(memcmp(before, after, len), 0);
    ck_assert_int_eq(kv_write(at.kv, set_in, &pair), RC_OK);
    ck_assert_uint_gt(len, 0);
}
END_TEST

Suite *kv_suite(void)
{
    Suite *suite = suite_create("kv");
    TCase *opening = tcase_create("opening");
    TCase *open = tcase_create("open");

    tcase_add_checked_fixture(opening, setup, teardown);
    tcase_add_test(opening, without_a_store_there_is_nothing_to_open);
    tcase_add_test(opening, a_probe_finds_a_store_without_opening_it);
    tcase_add_test(opening, a_probe_says_why_a_store_cannot_be_reached);
    tcase_add_test(opening, a_directory_that_is_missing_is_not_made);
    tcase_add_test(opening, a_file_is_no_directory_of_a_store);
    tcase_add_test(opening, foreign_bytes_are_not_taken_for_a_store);
    tcase_add_test(opening, its_files_are_its_owners_alone);
    tcase_add_test(opening, what_the_administrator_makes_is_the_directorys_owners);
    suite_add_tcase(suite, opening);
    tcase_add_checked_fixture(open, setup_open, teardown);
    tcase_set_timeout(open, 60);
    tcase_add_test(open, what_was_written_is_there_after_opening_again);
    tcase_add_test(open, closing_nothing_is_let_pass);
    tcase_add_test(open, add_leaves_what_is_there);
    tcase_add_test(open, set_adds_and_replaces);
    tcase_add_test(open, an_empty_value_is_a_value);
    tcase_add_test(open, delete_takes_one_key_away);
    tcase_add_test(open, a_deletion_that_is_undone_has_not_happened);
    tcase_add_loop_test(open, any_result_but_ok_undoes_the_write, RC_OK + 1, RC_SYSTEM + 1);
    tcase_add_loop_test(open, a_reads_result_is_its_functions, RC_OK, RC_SYSTEM + 1);
    tcase_add_test(open, a_write_sees_what_it_has_put);
    tcase_add_test(open, no_reader_sees_half_of_a_write);
    tcase_add_test(open, being_ready_writes_nothing);
    suite_add_tcase(suite, open);
    return suite;
}
