/* keyring: a key that is added to a file comes first, in one step, and nothing else of the file
 * changes. */
#include "store/keyring.h"
#include "suites.h"
#include "support/flush_watch.h"
#include "support/helper.h"
#include "support/log_capture.h"
#include "support/not_run.h"
#include "support/rings.h"
#include "support/temp_dir.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    FILE_MOST = 8191 /* bytes of the largest key file */
};

static struct temp_dir temp;
static char path[TEMP_PATH_SIZE];
static char line[RINGS_LINE + 1]; /* of a key, as a string */
static struct keyring *keyring;

static void setup(void)
{
    log_capture_begin();
    temp_dir_make(&temp);
    (void)temp_dir_path(&temp, "master.key", path);
    rings_line(1, line);
    keyring = NULL;
}

static void teardown(void)
{
    flush_watch_end();
    keyring_close(keyring);
    temp_dir_remove(&temp);
    log_capture_end();
}

static void write_line(mode_t mode)
{
    temp_dir_write(path, mode, line, RINGS_LINE);
}

/* That the file is a new key's line and these bytes. */
static void expect_added_to(const char *bytes, size_t len)
{
    char file[RINGS_LINE + FILE_MOST];

    ck_assert_uint_eq(temp_dir_read(path, file, sizeof file), RINGS_LINE + len);
    ck_assert_mem_eq(file + RINGS_LINE, bytes, len);
    ck_assert_int_eq(keyring_open(path, &keyring), RC_OK);
    ck_assert_uint_eq(temp_dir_mode(path) & 077, 0);
}

/* Where the file is written before it takes its place. */
#define ASIDE "master.key.hookrollctl"

static bool has_aside(void)
{
    char aside[TEMP_PATH_SIZE];

    return access(temp_dir_path(&temp, ASIDE, aside), F_OK) == 0;
}

START_TEST(an_added_key_is_the_first_and_the_others_stay_as_they_are)
{
    char file[256];
    uint8_t old[KEYRING_ID_BYTES];
    int len = snprintf(file, sizeof file, "# the first\n%s\n#", line);

    temp_dir_write(path, 0600, file, (size_t)len);
    ck_assert_int_eq(keyring_open(path, &keyring), RC_OK);
    memcpy(old, keyring_sealing(keyring)->id, sizeof old);
    keyring_close(keyring);
    ck_assert_int_eq(keyring_add(path), RC_OK);
    expect_added_to(file, (size_t)len);
    ck_assert_mem_ne(keyring_sealing(keyring)->id, old, sizeof old);
    ck_assert_uint_eq(keyring_find(keyring, old)->key[0], 1);
    ck_assert(!has_aside());
    ck_assert_uint_eq(log_capture_count(), 0);
}
END_TEST

START_TEST(added_keys_differ)
{
    char file[3 * RINGS_LINE];

    write_line(0600);
    ck_assert_int_eq(keyring_add(path), RC_OK);
    ck_assert_int_eq(keyring_add(path), RC_OK);
    ck_assert_uint_eq(temp_dir_read(path, file, sizeof file), sizeof file);
    ck_assert_mem_ne(file, file + RINGS_LINE, RINGS_LINE);
}
END_TEST

static const mode_t modes[] = {0600, 0400, 0700};

START_TEST(a_file_that_gets_a_key_keeps_its_mode)
{
    write_line(modes[_i]);
    ck_assert_int_eq(keyring_add(path), RC_OK);
    ck_assert_uint_eq(temp_dir_mode(path), modes[_i]);
}
END_TEST

START_TEST(a_file_to_which_the_administrator_adds_a_key_keeps_its_owner)
{
    const uid_t owner = 12345;
    const gid_t group = 12346;
    struct stat st;

    if (geteuid() != 0) {
        not_run("keyring: a file of another owner", "only root can give one away");
        return;
    }
    ck_assert_int_eq(keyring_create(path), RC_OK);
    ck_assert_int_eq(chown(path, owner, group), 0);
    ck_assert_int_eq(keyring_add(path), RC_OK);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_uid, owner);
    ck_assert_uint_eq(st.st_gid, group);
}
END_TEST

START_TEST(an_added_key_outlasts_a_power_cut)
{
    ck_assert_int_eq(keyring_create(path), RC_OK);
    flush_watch_begin(path, false);
    ck_assert_int_eq(keyring_add(path), RC_OK);
    ck_assert(flush_watch_saw());
}
END_TEST

START_TEST(a_key_that_might_not_last_is_told_of)
{
    write_line(0600);
    flush_watch_begin(path, true);
    ck_assert_int_eq(keyring_add(path), RC_SYSTEM);
    ck_assert(log_capture_has(path));
}
END_TEST

static void expect_not_added(enum rc rc, const char *bytes, size_t len)
{
    static char after[2 * FILE_MOST];

    ck_assert_int_eq(keyring_add(path), rc);
    ck_assert(log_capture_has(path));
    ck_assert(!log_capture_has("AQEB"));
    ck_assert_uint_eq(temp_dir_read(path, after, sizeof after), len);
    ck_assert_mem_eq(after, bytes, len);
}

START_TEST(one_key_more_than_sixteen_is_not_added)
{
    char file[KEYRING_KEYS_MAX * RINGS_LINE];

    for (unsigned i = 0; i < KEYRING_KEYS_MAX; i++)
        rings_line(i, file + i * RINGS_LINE);
    temp_dir_write(path, 0600, file, sizeof file - RINGS_LINE);
    ck_assert_int_eq(keyring_add(path), RC_OK);
    temp_dir_write(path, 0600, file, sizeof file);
    expect_not_added(RC_CONFLICT, file, sizeof file);
}
END_TEST

START_TEST(a_key_is_not_added_that_would_make_the_file_too_large)
{
    char file[FILE_MOST];
    const size_t most = sizeof file - RINGS_LINE;

    memset(file, '\n', sizeof file);
    memcpy(file, line, RINGS_LINE);
    temp_dir_write(path, 0600, file, most + 1);
    expect_not_added(RC_CONFLICT, file, most + 1);
    temp_dir_write(path, 0600, file, most);
    ck_assert_int_eq(keyring_add(path), RC_OK);
    expect_added_to(file, most);
}
END_TEST

START_TEST(no_key_is_added_to_a_malformed_file)
{
    char file[2 * RINGS_LINE];
    int len = snprintf(file, sizeof file, "%sx\n", line);

    temp_dir_write(path, 0600, file, (size_t)len);
    expect_not_added(RC_KEY, file, (size_t)len);
    ck_assert(!has_aside());
    temp_dir_write(path, 0600, "", 0);
    expect_not_added(RC_KEY, "", 0);
}
END_TEST

START_TEST(no_key_is_added_to_a_file_open_to_others)
{
    write_line(0640);
    expect_not_added(RC_KEY, line, RINGS_LINE);
    ck_assert_uint_eq(temp_dir_mode(path), 0640);
}
END_TEST

START_TEST(no_key_is_added_to_a_file_that_is_missing)
{
    ck_assert_int_eq(keyring_add(path), RC_KEY);
    ck_assert(log_capture_has(path));
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(what_a_broken_off_addition_left_is_cleared_away)
{
    char aside[TEMP_PATH_SIZE];

    write_line(0600);
    temp_dir_write(temp_dir_path(&temp, ASIDE, aside), 0666, "half", 4);
    ck_assert_int_eq(keyring_add(path), RC_OK);
    expect_added_to(line, RINGS_LINE);
    ck_assert(!has_aside());
}
END_TEST

START_TEST(what_the_operator_keeps_beside_the_file_stays)
{
    static const char *const names[] = {"master.key.new", "master.key.old", "master.key~"};
    char kept[TEMP_PATH_SIZE];

    write_line(0600);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        temp_dir_write(temp_dir_path(&temp, names[i], kept), 0600, "copy", 4);
    ck_assert_int_eq(keyring_add(path), RC_OK);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_int_eq(access(temp_dir_path(&temp, names[i], kept), F_OK), 0);
}
END_TEST

START_TEST(without_room_beside_it_the_file_stays_as_it_is)
{
    char aside[TEMP_PATH_SIZE];

    write_line(0600);
    ck_assert_int_eq(mkdir(temp_dir_path(&temp, ASIDE, aside), 0700), 0);
    expect_not_added(RC_SYSTEM, line, RINGS_LINE);
}
END_TEST

START_TEST(a_link_to_the_file_stays_one)
{
    char link[TEMP_PATH_SIZE];
    struct stat st;

    write_line(0600);
    ck_assert_int_eq(symlink(path, temp_dir_path(&temp, "link", link)), 0);
    ck_assert_int_eq(keyring_add(link), RC_OK);
    expect_added_to(line, RINGS_LINE);
    ck_assert_int_eq(lstat(link, &st), 0);
    ck_assert(S_ISLNK(st.st_mode));
}
END_TEST

static bool add_in_helper(void *arg)
{
    (void)arg;
    return keyring_add(path) == RC_OK;
}

START_TEST(processes_that_add_keys_at_the_same_time_lose_none)
{
    enum {
        HELPERS = 8
    };
    struct helper helpers[HELPERS];
    char file[2 * HELPERS * RINGS_LINE];

    write_line(0600);
    for (int i = 0; i < HELPERS; i++)
        helper_start(&helpers[i], add_in_helper, NULL);
    for (int i = 0; i < HELPERS; i++)
        helper_go(&helpers[i]);
    for (int i = 0; i < HELPERS; i++)
        ck_assert(helper_join(&helpers[i]));
    ck_assert_uint_eq(temp_dir_read(path, file, sizeof file), (HELPERS + 1) * RINGS_LINE);
    ck_assert_int_eq(keyring_open(path, &keyring), RC_OK);
}
END_TEST

Suite *keyring_add_suite(void)
{
    Suite *suite = suite_create("keyring_add");
    TCase *tc = tcase_create("add");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, an_added_key_is_the_first_and_the_others_stay_as_they_are);
    tcase_add_test(tc, added_keys_differ);
    tcase_add_loop_test(tc, a_file_that_gets_a_key_keeps_its_mode, 0,
                        sizeof modes / sizeof modes[0]);
    tcase_add_test(tc, a_file_to_which_the_administrator_adds_a_key_keeps_its_owner);
    tcase_add_test(tc, an_added_key_outlasts_a_power_cut);
    tcase_add_test(tc, a_key_that_might_not_last_is_told_of);
    tcase_add_test(tc, one_key_more_than_sixteen_is_not_added);
    tcase_add_test(tc, a_key_is_not_added_that_would_make_the_file_too_large);
    tcase_add_test(tc, no_key_is_added_to_a_malformed_file);
    tcase_add_test(tc, no_key_is_added_to_a_file_open_to_others);
    tcase_add_test(tc, no_key_is_added_to_a_file_that_is_missing);
    tcase_add_test(tc, what_a_broken_off_addition_left_is_cleared_away);
    tcase_add_test(tc, what_the_operator_keeps_beside_the_file_stays);
    tcase_add_test(tc, without_room_beside_it_the_file_stays_as_it_is);
    tcase_add_test(tc, a_link_to_the_file_stays_one);
    tcase_add_test(tc, processes_that_add_keys_at_the_same_time_lose_none);
    suite_add_tcase(suite, tc);
    return suite;
}
