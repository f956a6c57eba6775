/* store: making it, what of it may be there before, and what is not made beside it. */
#include "store/store.h"
#include "suites.h"
#include "support/flush_watch.h"
#include "support/log_capture.h"
#include "support/rings.h"
#include "support/sample.h"
#include "support/store_fixture.h"

#include <unistd.h>

static struct store_fixture at;

static void setup(void)
{
    store_fixture_make(&at);
}

static void teardown(void)
{
    flush_watch_end();
    store_fixture_remove(&at);
}

START_TEST(a_new_stores_files_are_its_owners_alone)
{
    char path[TEMP_PATH_SIZE];

    ck_assert_uint_eq(temp_dir_mode(at.directory), 0700);
    ck_assert_uint_eq(temp_dir_mode(at.master_key), 0600);
    ck_assert_uint_eq(temp_dir_mode(temp_dir_path(&at.temp, "store/data.mdb", path)), 0600);
}
END_TEST

START_TEST(a_store_that_is_there_is_left_alone)
{
    struct project project;
    char before[64 * 1024];
    char after[sizeof before];
    size_t len = temp_dir_read(at.master_key, before, sizeof before);

    ck_assert_int_eq(store_create(&at.options, SAMPLE_NOW + 1), RC_EXISTS);
    ck_assert_uint_eq(temp_dir_read(at.master_key, after, sizeof after), len);
    ck_assert_mem_eq(before, after, len);
    store_fixture_open(&at);
    ck_assert_int_eq(store_project_get(at.store, &at.project.uid, &at.arena, &project), RC_OK);
    sample_same_project(&at.project, &project);
}
END_TEST

/* Which would not be the store's, and in the way of the one that is. */
START_TEST(a_store_whose_key_is_missing_gets_no_other)
{
    struct store *store = NULL;

    ck_assert_int_eq(unlink(at.master_key), 0);
    ck_assert_int_eq(store_create(&at.options, SAMPLE_NOW + 1), RC_EXISTS);
    ck_assert_int_ne(access(at.master_key, F_OK), 0);
    ck_assert_int_eq(store_open(&at.options, &store), RC_KEY);
    ck_assert(log_capture_has(at.master_key));
    ck_assert(!log_capture_has("does not hold"));
}
END_TEST

START_TEST(a_store_that_was_only_begun_is_made)
{
    char directory[TEMP_PATH_SIZE];
    char key[TEMP_PATH_SIZE];
    const struct store_options options = {.directory = temp_dir_path(&at.temp, "begun", directory),
                                          .master_key = temp_dir_path(&at.temp, "2.key", key)};
    struct store *store = NULL;
    struct kv *kv = NULL;

    ck_assert_int_eq(mkdir(directory, 0700), 0);
    ck_assert_int_eq(kv_open(directory, KV_CREATE, 0, &kv), RC_OK);
    kv_close(kv);
    ck_assert_int_eq(store_create(&options, SAMPLE_NOW), RC_OK);
    ck_assert_int_eq(store_open(&options, &store), RC_OK);
    store_close(store);
    ck_assert_int_eq(store_create(&options, SAMPLE_NOW), RC_EXISTS);
}
END_TEST

START_TEST(a_new_directory_outlasts_a_power_cut)
{
    char directory[TEMP_PATH_SIZE];
    const struct store_options options = {.directory = temp_dir_path(&at.temp, "new", directory),
                                          .master_key = at.master_key};

    flush_watch_begin(directory, true);
    ck_assert_int_eq(store_create(&options, SAMPLE_NOW), RC_SYSTEM);
    ck_assert(flush_watch_saw());
    ck_assert(log_capture_has(directory));
    ck_assert_int_ne(access(directory, F_OK), 0);
    flush_watch_begin(directory, false);
    ck_assert_int_eq(store_create(&options, SAMPLE_NOW), RC_OK);
    ck_assert(flush_watch_saw());
}
END_TEST

START_TEST(a_key_and_a_directory_that_are_there_are_used)
{
    char directory[TEMP_PATH_SIZE];
    char key[TEMP_PATH_SIZE];
    const struct store_options options = {.directory = temp_dir_path(&at.temp, "second", directory),
                                          .master_key = temp_dir_path(&at.temp, "2.key", key)};
    struct store *store = NULL;
    char expected[RINGS_LINE];
    char found[2 * RINGS_LINE];

    ck_assert_int_eq(mkdir(directory, 0750), 0);
    rings_write(key, (const unsigned[]){7}, 1);
    ck_assert_int_eq(store_create(&options, SAMPLE_NOW), RC_OK);
    rings_line(7, expected);
    ck_assert_uint_eq(temp_dir_read(key, found, sizeof found), RINGS_LINE);
    ck_assert_mem_eq(found, expected, RINGS_LINE);
    ck_assert_int_eq(store_open(&options, &store), RC_OK);
    store_close(store);
}
END_TEST

/* Whether the store opens with these keys alone. */
static enum rc open_with(const struct store_options *options, const unsigned *keys, size_t count)
{
    struct store *store = NULL;
    enum rc rc;

    rings_write(options->master_key, keys, count);
    rc = store_open(options, &store);
    store_close(store);
    return rc;
}

START_TEST(of_several_keys_that_are_there_the_first_is_the_stores)
{
    char directory[TEMP_PATH_SIZE];
    char key[TEMP_PATH_SIZE];
    const struct store_options options = {.directory = temp_dir_path(&at.temp, "second", directory),
                                          .master_key = temp_dir_path(&at.temp, "2.key", key)};

    rings_write(key, (const unsigned[]){7, 8}, 2);
    ck_assert_int_eq(store_create(&options, SAMPLE_NOW), RC_OK);
    ck_assert_int_eq(open_with(&options, (const unsigned[]){7}, 1), RC_OK);
    ck_assert_int_eq(open_with(&options, (const unsigned[]){9, 8, 7}, 3), RC_OK);
    ck_assert_uint_eq(log_capture_count(), 0);
    ck_assert_int_eq(open_with(&options, (const unsigned[]){9, 8}, 2), RC_KEY);
    ck_assert(log_capture_has("does not hold this store's master key"));
}
END_TEST

START_TEST(a_store_is_not_made_where_it_cannot_be)
{
    char missing[TEMP_PATH_SIZE];
    char key[TEMP_PATH_SIZE];
    struct store_options options = at.options;

    options.directory = temp_dir_path(&at.temp, "no/store", missing);
    ck_assert_int_eq(store_create(&options, SAMPLE_NOW), RC_SYSTEM);
    ck_assert(log_capture_has(missing));
    options.directory = temp_dir_path(&at.temp, "new", missing);
    options.master_key = temp_dir_path(&at.temp, "no/key", key);
    ck_assert_int_eq(store_create(&options, SAMPLE_NOW), RC_SYSTEM);
    ck_assert(log_capture_has(key));
}
END_TEST

START_TEST(a_store_is_not_made_with_a_key_that_cannot_be_read)
{
    char directory[TEMP_PATH_SIZE];
    const struct store_options options = {.directory = temp_dir_path(&at.temp, "new", directory),
                                          .master_key = at.master_key};

    temp_dir_write(at.master_key, 0600, "x\n", 2);
    ck_assert_int_eq(store_create(&options, SAMPLE_NOW), RC_KEY);
    rings_write(at.master_key, (const unsigned[]){7}, 1);
    ck_assert_int_eq(store_create(&options, SAMPLE_NOW), RC_OK);
}
END_TEST

Suite *store_create_suite(void)
{
    Suite *suite = suite_create("store_create");
    TCase *tc = tcase_create("create");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_new_stores_files_are_its_owners_alone);
    tcase_add_test(tc, a_store_that_is_there_is_left_alone);
    tcase_add_test(tc, a_store_whose_key_is_missing_gets_no_other);
    tcase_add_test(tc, a_store_that_was_only_begun_is_made);
    tcase_add_test(tc, a_new_directory_outlasts_a_power_cut);
    tcase_add_test(tc, a_key_and_a_directory_that_are_there_are_used);
    tcase_add_test(tc, of_several_keys_that_are_there_the_first_is_the_stores);
    tcase_add_test(tc, a_store_is_not_made_where_it_cannot_be);
    tcase_add_test(tc, a_store_is_not_made_with_a_key_that_cannot_be_read);
    suite_add_tcase(suite, tc);
    return suite;
}
