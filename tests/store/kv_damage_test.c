/* kv: a file that is cut short, or whose pages contradict each other, ends the process with a line
 * that names the store, instead of a signal without one; a disk that fails once does not. */
#include "base/log.h"
#include "store/kv.h"
#include "suites.h"
#include "support/kv_fixture.h"
#include "support/log_capture.h"
#include "support/write_failure.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    KEYS = 2000,
    VALUE = 100,
    PAGE = 4096,
    FLAGS = 10,    /* where a page has them */
    BRANCH = 0x01, /* the flag of a page that leads to others */
    LOWER = 12,    /* where it has the end of its list of entries */
    NO_ENTRY = 16, /* that end, of an empty list */
    SAID_MAX = 4096
};

static struct kv_fixture at;

static enum rc add_in(struct kv_txn *txn, void *arg)
{
    static const char value[VALUE] = "a value";
    enum rc rc = RC_OK;

    (void)arg;
    for (int i = 0; i < KEYS && rc == RC_OK; i++) {
        char key[16];

        (void)snprintf(key, sizeof key, "%08d", i);
        rc = kv_add(txn, text_of(key), (struct text){value, VALUE});
    }
    return rc;
}

static enum rc set_in(struct kv_txn *txn, void *arg)
{
    char value[16];

    (void)snprintf(value, sizeof value, "%d", *(const int *)arg);
    return kv_set(txn, text_of("changing"), text_of(value));
}

static void setup(void)
{
    kv_fixture_make(&at);
    ck_assert_int_eq(kv_open(at.temp.path, KV_CREATE, 0, &at.kv), RC_OK);
    ck_assert_int_eq(kv_write(at.kv, add_in, NULL), RC_OK);
    kv_close(at.kv);
    at.kv = NULL;
}

static void teardown(void)
{
    kv_fixture_remove(&at);
}

static enum rc get_in(struct kv_txn *txn, void *arg)
{
    struct text value;

    (void)arg;
    return kv_get(txn, text_of("00000999"), &value);
}

/* In a process of its own: what it says, and with which status it ends, -1 for a signal. */
static int read_store(char said[SAID_MAX])
{
    char path[TEMP_PATH_SIZE];
    int fd = open(temp_dir_path(&at.temp, "said", path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    pid_t child;
    int status = 0;
    ssize_t len;

    ck_assert_int_ge(fd, 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (dup2(fd, STDERR_FILENO) < 0 || kv_open(at.temp.path, KV_MUST_EXIST, 0, &at.kv) != RC_OK)
            _exit(2);
        _exit(kv_read(at.kv, get_in, NULL) == RC_OK ? 0 : 3);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    len = pread(fd, said, SAID_MAX - 1, 0);
    ck_assert_int_ge(len, 0);
    said[len] = '\0';
    (void)close(fd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void expect_told(void)
{
    char said[SAID_MAX];

    ck_assert_int_eq(read_store(said), 1);
    ck_assert_ptr_nonnull(strstr(said, at.temp.path));
    ck_assert_ptr_nonnull(strstr(said, "restore it from a backup"));
    ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
}

START_TEST(what_is_whole_is_read)
{
    char said[SAID_MAX];

    ck_assert_int_eq(read_store(said), 0);
    ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(a_file_that_is_cut_short_is_told)
{
    char path[TEMP_PATH_SIZE];

    ck_assert_int_eq(truncate(temp_dir_path(&at.temp, "data.mdb", path), 2 * PAGE), 0);
    expect_told();
}
END_TEST

START_TEST(pages_that_contradict_each_other_are_told)
{
    const uint16_t none = NO_ENTRY;
    char path[TEMP_PATH_SIZE];
    int fd = open(temp_dir_path(&at.temp, "data.mdb", path), O_RDWR | O_CLOEXEC);
    uint16_t flags;
    int emptied = 0;

    ck_assert_int_ge(fd, 0);
    for (off_t page = 2 * PAGE; pread(fd, &flags, sizeof flags, page + FLAGS) == sizeof flags;
         page += PAGE)
        if (flags == BRANCH) {
            ck_assert_int_eq(pwrite(fd, &none, sizeof none, page + LOWER), sizeof none);
            emptied++;
        }
    (void)close(fd);
    ck_assert_int_gt(emptied, 0);
    expect_told();
}
END_TEST

START_TEST(a_disk_that_failed_once_is_gone_on_with)
{
    ck_assert_int_eq(kv_open(at.temp.path, KV_MUST_EXIST, 0, &at.kv), RC_OK);
    for (int i = 0; i < 3; i++) {
        struct kv_figures figures;

        write_failure_next();
        ck_assert_int_eq(kv_write(at.kv, set_in, &i), RC_SYSTEM);
        ck_assert_int_eq(kv_read(at.kv, get_in, NULL), RC_OK);
        ck_assert_int_eq(kv_figures(at.kv, &figures), RC_OK);
        ck_assert_int_eq(kv_write(at.kv, set_in, &i), RC_OK);
    }
    ck_assert(log_capture_has("opened anew"));
}
END_TEST

enum {
    THREADS = 8,
    ROUNDS = 200
};

static void *write_and_read(void *arg)
{
    int *failures = arg;

    for (int i = 0; i < ROUNDS; i++) {
        if (kv_write(at.kv, set_in, &i) != RC_OK)
            ++*failures;
        if (kv_read(at.kv, get_in, NULL) != RC_OK)
            return NULL;
    }
    *failures += ROUNDS;
    return NULL;
}

/* Those who share the commit that fails have failed; nobody else has. */
START_TEST(a_disk_that_fails_under_many_is_gone_on_with)
{
    pthread_t threads[THREADS];
    int failures[THREADS] = {0};
    int total = 0;

    ck_assert_int_eq(kv_open(at.temp.path, KV_MUST_EXIST, 0, &at.kv), RC_OK);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_and_read, &failures[i]), 0);
    write_failure_next();
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_int_ge(failures[i], ROUNDS);
        ck_assert_int_le(failures[i], ROUNDS + 1);
        total += failures[i] - ROUNDS;
    }
    ck_assert_int_ge(total, 1);
}
END_TEST

Suite *kv_damage_suite(void)
{
    Suite *suite = suite_create("kv_damage");
    TCase *tc = tcase_create("damage");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, what_is_whole_is_read);
    tcase_add_test(tc, a_file_that_is_cut_short_is_told);
    tcase_add_test(tc, pages_that_contradict_each_other_are_told);
    tcase_add_test(tc, a_disk_that_failed_once_is_gone_on_with);
    tcase_add_test(tc, a_disk_that_fails_under_many_is_gone_on_with);
    suite_add_tcase(suite, tc);
    return suite;
}
