/* tally: cells that several openers see as one, files that are not what they should be,
 * and openers that meet. */
#include "base/tally.h"
#include "suites.h"
#include "support/helper.h"
#include "support/log_capture.h"
#include "support/not_run.h"
#include "support/temp_dir.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    COUNT = 100,
    LAYOUT = 7,
    BYTES = 64 + COUNT * 8,
    THREADS = 4,
    OPENERS = 6,
    ADDS = 20000
};

static struct temp_dir temp;
static char path[TEMP_PATH_SIZE];
static struct tally tally;
static struct tally other;

static void setup(void)
{
    temp_dir_make(&temp);
    (void)temp_dir_path(&temp, "counts", path);
    tally = (struct tally){0};
    other = (struct tally){0};
    log_capture_begin();
}

static void teardown(void)
{
    tally_close(&tally);
    tally_close(&other);
    log_capture_end();
    temp_dir_remove(&temp);
}

static enum rc open_in(struct tally *to, uint64_t layout, size_t count)
{
    return tally_open(to, temp.path, "counts", layout, count);
}

static void opened(struct tally *to)
{
    ck_assert_int_eq(open_in(to, LAYOUT, COUNT), RC_OK);
}

static uint64_t get(const struct tally *from, size_t cell)
{
    return atomic_load(&from->cells[cell]);
}

static void add(const struct tally *to, size_t cell, uint64_t n)
{
    (void)atomic_fetch_add_explicit(&to->cells[cell], n, memory_order_relaxed);
}

static bool is_there(const char *name)
{
    char where[TEMP_PATH_SIZE];

    return access(temp_dir_path(&temp, name, where), F_OK) == 0;
}

START_TEST(a_new_file_counts_from_zero_and_is_its_owners_alone)
{
    opened(&tally);
    for (size_t i = 0; i < COUNT; i++)
        ck_assert_uint_eq(get(&tally, i), 0);
    ck_assert_uint_eq(temp_dir_mode(path), 0600);
    ck_assert(!is_there("counts.new"));
    ck_assert(!log_capture_has("counts"));
}
END_TEST

/* Only the administrator can be another than the directory's owner and write there. */
START_TEST(a_file_that_the_administrator_makes_is_the_directorys_owners)
{
    const uid_t owner = 12345;
    struct stat st;

    if (geteuid() != 0) {
        not_run("tally: a file that the administrator makes", "only root can give one away");
        return;
    }
    ck_assert_int_eq(chown(temp.path, owner, (gid_t)-1), 0);
    opened(&tally);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_uid, owner);
}
END_TEST

START_TEST(two_openers_see_each_others_counts)
{
    opened(&tally);
    opened(&other);
    add(&tally, 0, 3);
    add(&other, 0, 4);
    add(&other, COUNT - 1, 1);
    ck_assert_uint_eq(get(&tally, 0), 7);
    ck_assert_uint_eq(get(&other, 0), 7);
    ck_assert_uint_eq(get(&tally, COUNT - 1), 1);
}
END_TEST

START_TEST(counts_outlive_their_openers)
{
    opened(&tally);
    add(&tally, 5, 41);
    tally_close(&tally);
    opened(&tally);
    add(&tally, 5, 1);
    ck_assert_uint_eq(get(&tally, 5), 42);
}
END_TEST

static void *add_often(void *arg)
{
    const struct tally *to = arg;

    for (int i = 0; i < ADDS; i++)
        add(to, 1, 1);
    return NULL;
}

START_TEST(threads_lose_no_count)
{
    pthread_t threads[THREADS];

    opened(&tally);
    opened(&other);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, add_often, i % 2 == 0 ? &tally : &other),
                         0);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert_uint_eq(get(&tally, 1), THREADS * ADDS);
}
END_TEST

static bool open_and_add(void *arg)
{
    (void)arg;
    if (open_in(&other, LAYOUT, COUNT) != RC_OK)
        return false;
    (void)add_often(&other);
    return true;
}

static void run_openers(void)
{
    struct helper helpers[OPENERS];

    for (int i = 0; i < OPENERS; i++)
        helper_start(&helpers[i], open_and_add, NULL);
    for (int i = 0; i < OPENERS; i++)
        helper_go(&helpers[i]);
    for (int i = 0; i < OPENERS; i++)
        ck_assert(helper_join(&helpers[i]));
}

START_TEST(processes_that_all_find_nothing_make_one_file)
{
    run_openers();
    opened(&tally);
    ck_assert_uint_eq(get(&tally, 1), OPENERS * ADDS);
}
END_TEST

START_TEST(processes_that_all_find_another_layout_replace_it_once)
{
    ck_assert_int_eq(open_in(&tally, LAYOUT + 1, COUNT), RC_OK);
    run_openers();
    tally_close(&tally);
    opened(&tally);
    ck_assert_uint_eq(get(&tally, 1), OPENERS * ADDS);
}
END_TEST

static bool add_and_die(void *arg)
{
    (void)arg;
    if (open_in(&other, LAYOUT, COUNT) == RC_OK)
        add(&other, 2, 9);
    (void)kill(getpid(), SIGKILL);
    return false;
}

START_TEST(what_a_killed_process_counted_is_there)
{
    struct helper helper;

    helper_start(&helper, add_and_die, NULL);
    helper_go(&helper);
    ck_assert(!helper_join(&helper));
    opened(&tally);
    ck_assert_uint_eq(get(&tally, 2), 9);
}
END_TEST

START_TEST(another_layout_begins_anew_and_leaves_its_users_their_file)
{
    opened(&tally);
    add(&tally, 0, 5);
    ck_assert_int_eq(open_in(&other, LAYOUT + 1, COUNT), RC_OK);
    ck_assert(log_capture_has("begins anew"));
    ck_assert_uint_eq(get(&other, 0), 0);
    add(&tally, 0, 5);
    ck_assert_uint_eq(get(&tally, 0), 10);
    ck_assert_uint_eq(get(&other, 0), 0);
}
END_TEST

START_TEST(another_count_begins_anew)
{
    ck_assert_int_eq(open_in(&tally, LAYOUT, COUNT + 1), RC_OK);
    add(&tally, 0, 5);
    opened(&other);
    ck_assert_uint_eq(get(&other, 0), 0);
    add(&tally, COUNT, 1);
}
END_TEST

/* Each makes a good file of BYTES bytes, with a 1 in its first cell, another one. */
static void cut_by_one(char *bytes, size_t *len)
{
    (void)bytes;
    *len = BYTES - 1;
}

static void make_empty(char *bytes, size_t *len)
{
    (void)bytes;
    *len = 0;
}

static void lengthen(char *bytes, size_t *len)
{
    (void)bytes;
    *len = BYTES + 1;
}

static void spoil_magic(char *bytes, size_t *len)
{
    (void)len;
    bytes[0] ^= 1;
}

static void spoil_layout(char *bytes, size_t *len)
{
    (void)len;
    bytes[16] ^= 1;
}

static void spoil_count(char *bytes, size_t *len)
{
    (void)len;
    bytes[24] ^= 1;
}

static void (*const damages[])(char *bytes, size_t *len) = {
    cut_by_one, make_empty, lengthen, spoil_magic, spoil_layout, spoil_count,
};

START_TEST(a_damaged_file_begins_anew)
{
    char bytes[BYTES + 1] = "";
    size_t len = BYTES;

    opened(&tally);
    add(&tally, 0, 1);
    ck_assert_uint_eq(temp_dir_read(path, bytes, sizeof bytes), BYTES);
    tally_close(&tally);
    damages[_i](bytes, &len);
    temp_dir_write(path, 0600, bytes, len);
    opened(&tally);
    ck_assert_uint_eq(get(&tally, 0), 0);
    ck_assert(log_capture_has("begins anew"));
    tally_close(&tally);
    ck_assert_uint_eq(temp_dir_read(path, bytes, sizeof bytes), BYTES);
}
END_TEST

START_TEST(what_a_broken_off_opening_left_is_cleared_away)
{
    char aside[TEMP_PATH_SIZE];

    temp_dir_write(temp_dir_path(&temp, "counts.new", aside), 0444, "half", 4);
    opened(&tally);
    ck_assert(!is_there("counts.new"));
}
END_TEST

static void expect_refused(void)
{
    ck_assert_int_eq(open_in(&tally, LAYOUT, COUNT), RC_SYSTEM);
    ck_assert_ptr_null(tally.cells);
    ck_assert(log_capture_has("counts cannot be had: "));
    ck_assert(!is_there("counts.new"));
}

START_TEST(a_link_is_not_followed)
{
    char elsewhere[TEMP_PATH_SIZE];

    temp_dir_write(temp_dir_path(&temp, "elsewhere", elsewhere), 0600, "mine", 4);
    ck_assert_int_eq(symlink(elsewhere, path), 0);
    expect_refused();
}
END_TEST

START_TEST(a_directory_of_that_name_stays)
{
    ck_assert_int_eq(mkdir(path, 0700), 0);
    expect_refused();
}
END_TEST

START_TEST(without_a_directory_there_is_nothing)
{
    ck_assert_int_eq(tally_open(&tally, path, "counts", LAYOUT, COUNT), RC_SYSTEM);
    ck_assert(log_capture_has("cannot be had: No such file"));
}
END_TEST

START_TEST(a_name_that_is_too_long_is_refused)
{
    char name[80];

    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    ck_assert_int_eq(tally_open(&tally, temp.path, name, LAYOUT, COUNT), RC_SYSTEM);
}
END_TEST

/* A limit on files' sizes stands for a full disk: room is asked for before it is used. */
START_TEST(without_room_for_all_cells_there_is_no_file)
{
    struct rlimit before;
    struct rlimit small;

    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = BYTES - 1;
    (void)signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    expect_refused();
    ck_assert(!is_there("counts"));
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, SIG_DFL);
    opened(&tally);
}
END_TEST

Suite *tally_suite(void)
{
    Suite *suite = suite_create("tally");
    TCase *tc = tcase_create("tally");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_new_file_counts_from_zero_and_is_its_owners_alone);
    tcase_add_test(tc, a_file_that_the_administrator_makes_is_the_directorys_owners);
    tcase_add_test(tc, two_openers_see_each_others_counts);
    tcase_add_test(tc, counts_outlive_their_openers);
    tcase_add_test(tc, threads_lose_no_count);
    tcase_add_test(tc, processes_that_all_find_nothing_make_one_file);
    tcase_add_test(tc, processes_that_all_find_another_layout_replace_it_once);
    tcase_add_test(tc, what_a_killed_process_counted_is_there);
    tcase_add_test(tc, another_layout_begins_anew_and_leaves_its_users_their_file);
    tcase_add_test(tc, another_count_begins_anew);
    tcase_add_loop_test(tc, a_damaged_file_begins_anew, 0,
                        (int)(sizeof damages / sizeof damages[0]));
    tcase_add_test(tc, what_a_broken_off_opening_left_is_cleared_away);
    tcase_add_test(tc, a_link_is_not_followed);
    tcase_add_test(tc, a_directory_of_that_name_stays);
    tcase_add_test(tc, without_a_directory_there_is_nothing);
    tcase_add_test(tc, a_name_that_is_too_long_is_refused);
    tcase_add_test(tc, without_room_for_all_cells_there_is_no_file);
    suite_add_tcase(suite, tc);
    return suite;
}
