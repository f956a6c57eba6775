/* directory: which directory is flushed or locked, what is said when none can be, and whose files
 * become. */
#include "base/directory.h"
#include "suites.h"
#include "support/flush_watch.h"
#include "support/not_run.h"
#include "support/temp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static struct temp_dir temp;
static char path[TEMP_PATH_SIZE];

static void setup(void)
{
    temp_dir_make(&temp);
    ck_assert_int_eq(chdir(temp.path), 0);
    (void)temp_dir_path(&temp, "entry", path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void teardown(void)
{
    flush_watch_end();
    ck_assert_int_eq(chdir("/"), 0);
    temp_dir_remove(&temp);
}

START_TEST(the_directory_itself_is_flushed)
{
    char below[TEMP_PATH_SIZE];

    ck_assert_int_eq(mkdir(temp_dir_path(&temp, "entry/below", below), 0700), 0);
    flush_watch_begin(below, false);
    ck_assert_int_eq(directory_sync("entry"), 0);
    ck_assert(flush_watch_saw());
}
END_TEST

static const char *const names[] = {"entry", "entry/", "./entry", ".//entry//", path};

START_TEST(the_directory_of_an_entry_is_flushed_however_it_is_named)
{
    flush_watch_begin(path, false);
    ck_assert_int_eq(directory_sync_parent(names[_i]), 0);
    ck_assert(flush_watch_saw());
}
END_TEST

START_TEST(the_cause_of_a_failure_is_told)
{
    flush_watch_begin(path, true);
    ck_assert_int_eq(directory_sync_parent("entry"), EIO);
    ck_assert_int_eq(directory_sync(temp.path), EIO);
    ck_assert_int_eq(directory_sync("missing"), ENOENT);
    temp_dir_write("file", 0600, "x", 1);
    ck_assert_int_eq(directory_sync_parent("file/entry"), ENOTDIR);
}
END_TEST

static bool is_locked(void)
{
    int fd = open("entry", O_RDONLY | O_DIRECTORY);
    bool locked;

    ck_assert_int_ge(fd, 0);
    locked = flock(fd, LOCK_EX | LOCK_NB) != 0;
    ck_assert(!locked || errno == EWOULDBLOCK);
    (void)close(fd);
    return locked;
}

START_TEST(a_locked_directory_is_so_until_it_is_closed)
{
    int fd = _i == 0 ? directory_lock("entry") : directory_lock_parent("entry/missing");

    ck_assert_int_ge(fd, 0);
    ck_assert(is_locked());
    (void)close(fd);
    ck_assert(!is_locked());
}
END_TEST

START_TEST(what_is_no_directory_is_not_locked)
{
    ck_assert_int_eq(directory_lock("missing"), -1);
    ck_assert_int_eq(errno, ENOENT);
    temp_dir_write("file", 0600, "x", 1);
    ck_assert_int_eq(directory_lock_parent("file/entry"), -1);
    ck_assert_int_eq(errno, ENOTDIR);
}
END_TEST

enum {
    OWNER = 12345, /* of the directory */
    OTHER = 23456
};

/* What giving the entry `name` of a directory of OWNER's comes to. */
static int give(const char *name)
{
    int fd = open("entry", O_RDONLY | O_DIRECTORY);
    int err;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fchown(fd, OWNER, OWNER), 0);
    err = directory_give(fd, name);
    (void)close(fd);
    return err;
}

static uid_t owner_of(const char *name)
{
    struct stat st;

    ck_assert_int_eq(lstat(name, &st), 0);
    return st.st_uid;
}

/* Only root can give anything away. */
static bool is_root(void)
{
    if (geteuid() == 0)
        return true;
    not_run("directory: files that are given to the directory's owner", "this is not root");
    return false;
}

START_TEST(a_file_is_given_to_the_directorys_owner)
{
    if (!is_root())
        return;
    temp_dir_write("entry/file", 0600, "x", 1);
    ck_assert_int_eq(give("file"), 0);
    ck_assert_uint_eq(owner_of("entry/file"), OWNER);
    ck_assert_int_eq(give("file"), 0);
}
END_TEST

START_TEST(what_is_another_users_is_left_to_that_user)
{
    if (!is_root())
        return;
    temp_dir_write("entry/file", 0600, "x", 1);
    ck_assert_int_eq(chown("entry/file", OTHER, OTHER), 0);
    ck_assert_int_eq(give("file"), 0);
    ck_assert_uint_eq(owner_of("entry/file"), OTHER);
}
END_TEST

/* It could be a file from elsewhere that the owner wants. */
START_TEST(what_has_another_name_too_is_not_given_away)
{
    if (!is_root())
        return;
    temp_dir_write("file", 0600, "x", 1);
    ck_assert_int_eq(link("file", "entry/linked"), 0);
    ck_assert_int_eq(symlink("../file", "entry/pointing"), 0);
    ck_assert_int_eq(give("linked"), EPERM);
    ck_assert_int_eq(give("pointing"), EPERM);
    ck_assert_int_eq(give("missing"), ENOENT);
    ck_assert_uint_eq(owner_of("file"), 0);
}
END_TEST

Suite *directory_suite(void)
{
    Suite *suite = suite_create("directory");
    TCase *tc = tcase_create("directory");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_directory_itself_is_flushed);
    tcase_add_loop_test(tc, the_directory_of_an_entry_is_flushed_however_it_is_named, 0,
                        sizeof names / sizeof names[0]);
    tcase_add_test(tc, the_cause_of_a_failure_is_told);
    tcase_add_loop_test(tc, a_locked_directory_is_so_until_it_is_closed, 0, 2);
    tcase_add_test(tc, what_is_no_directory_is_not_locked);
    tcase_add_test(tc, a_file_is_given_to_the_directorys_owner);
    tcase_add_test(tc, what_is_another_users_is_left_to_that_user);
    tcase_add_test(tc, what_has_another_name_too_is_not_given_away);
    suite_add_tcase(suite, tc);
    return suite;
}
