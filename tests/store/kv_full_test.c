/* kv: a disk without room, and a limit of the file's size, are told from a disk that fails. */
#include "store/kv.h"
#include "suites.h"
#include "support/file_limit.h"
#include "support/helper.h"
#include "support/kv_fixture.h"
#include "support/not_run.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

enum {
    DISKS = 12,
    DISK = 1024 * 1024,
    STEP = 4096,
    FILES = 19,   /* pages that the files of a new store take */
    VALUE = 7000, /* two pages, which a write that is cut short may part */
    WRITES = 10000
};

static struct kv_fixture at;

static const char size_of_disk[] = "size=1048576";

static void setup(void)
{
    kv_fixture_make(&at);
}

static void teardown(void)
{
    kv_fixture_remove(&at);
}

static enum rc add_in(struct kv_txn *txn, void *arg)
{
    static const char value[VALUE] = "a value";
    char key[16];

    (void)snprintf(key, sizeof key, "%08d", *(const int *)arg);
    return kv_add(txn, text_of(key), (struct text){value, VALUE});
}

static enum rc get_in(struct kv_txn *txn, void *arg)
{
    struct text value;

    (void)arg;
    return kv_get(txn, text_of("00000000"), &value);
}

static bool open_with_one(void)
{
    int first = 0;

    return kv_open(at.temp.path, KV_CREATE, 0, &at.kv) == RC_OK &&
           kv_write(at.kv, add_in, &first) == RC_OK;
}

/* The result of the first write that there is no room for; what was written before is there. */
static enum rc fill(void)
{
    enum rc rc = RC_OK;

    for (int i = 1; i < WRITES && rc == RC_OK; i++)
        rc = kv_write(at.kv, add_in, &i);
    if (kv_read(at.kv, get_in, NULL) != RC_OK || kv_ready(at.kv) != RC_OK)
        return RC_CORRUPT;
    return rc;
}

/* A disk of this size that only this process sees, or as large as they are when `size` is NULL.
 * Root's to have: in a namespace of users one could mount it, and own no file on it. */
static bool mount_disk(const char *size)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", at.temp.path, "tmpfs", 0, size) == 0;
}

static bool try_mount(void *arg)
{
    (void)arg;
    return mount_disk(NULL);
}

static bool in_helper(helper_fn *fn, void *arg)
{
    struct helper helper;

    helper_start(&helper, fn, arg);
    helper_go(&helper);
    return helper_join(&helper);
}

static bool fill_disk(void *arg)
{
    char size[32];

    (void)snprintf(size, sizeof size, "size=%d", DISK + *(const int *)arg * STEP);
    return mount_disk(size) && open_with_one() && fill() == RC_FULL;
}

START_TEST(a_disk_without_room_is_full)
{
    if (in_helper(try_mount, NULL))
        ck_assert(in_helper(fill_disk, &_i));
    else
        not_run("kv_full: a disk without room", "no mount namespace can be had here");
}
END_TEST

/* Takes all of the disk but so many pages. */
static bool take_room(int pages)
{
    char path[TEMP_PATH_SIZE];
    int fd = open(temp_dir_path(&at.temp, "other", path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    off_t room = DISK - (off_t)pages * STEP;
    bool taken = fd >= 0 && posix_fallocate(fd, 0, room) == 0;

    if (fd >= 0)
        (void)close(fd);
    return taken;
}

static bool open_without_room(void *arg)
{
    enum rc rc;

    if (!mount_disk(size_of_disk) || !take_room(*(const int *)arg))
        return false;
    rc = kv_open(at.temp.path, KV_CREATE, 0, &at.kv);
    return *(const int *)arg < FILES ? rc == RC_FULL : rc == RC_OK;
}

/* LMDB itself would be killed: it takes no blocks for the file of its locks before it writes there.
 */
START_TEST(a_store_is_not_opened_without_room_for_its_files)
{
    if (in_helper(try_mount, NULL))
        ck_assert(in_helper(open_without_room, &_i));
    else
        not_run("kv_full: opening without room", "no mount namespace can be had here");
}
END_TEST

/* As many bytes above what the file has already. */
static bool fill_to_limit(void *arg)
{
    char path[TEMP_PATH_SIZE];

    return open_with_one() &&
           file_limit_from(temp_dir_path(&at.temp, "data.mdb", path), *(const rlim_t *)arg) &&
           fill() == RC_FULL;
}

static rlim_t above[] = {0, 30000, 40960, 65536 + 100};

START_TEST(a_file_that_may_not_grow_is_full)
{
    ck_assert(in_helper(fill_to_limit, &above[_i]));
}
END_TEST

Suite *kv_full_suite(void)
{
    Suite *suite = suite_create("kv_full");
    TCase *tc = tcase_create("full");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_disk_without_room_is_full, 0, DISKS);
    tcase_add_loop_test(tc, a_store_is_not_opened_without_room_for_its_files, 0, FILES + 2);
    tcase_add_loop_test(tc, a_file_that_may_not_grow_is_full, 0,
                        (int)(sizeof above / sizeof above[0]));
    suite_add_tcase(suite, tc);
    return suite;
}
