/* kv_files: whether LMDB's files are there, whether there is room for them, and whose they are. */
#include "base/directory.h"
#include "base/log.h"
#include "store/kv_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    /* LMDB's head of the file and its first slot, and the other slots; where it wants more or less
     * the file is as large as it wants. */
    LOCK_BYTES = 192 + (KV_READERS_MAX - 1) * 64
};

static const char data[] = "data.mdb";
static const char locks[] = "lock.mdb";

static int open_directory(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Whether the data may be used so, as access(2) takes `mode`: 0, or the reason. */
static int reach(const char *directory, int mode)
{
    int fd = open_directory(directory);
    int err;

    if (fd < 0)
        return errno;
    err = faccessat(fd, data, mode, 0) == 0 ? 0 : errno;
    (void)close(fd);
    return err;
}

static bool is_missing(int err)
{
    return err == ENOENT || err == ENOTDIR;
}

bool kv_files_are_missing(const char *directory)
{
    return is_missing(reach(directory, F_OK));
}

enum rc kv_files_none(const char *directory)
{
    log_error("store: there is none in %s", directory);
    return RC_NOT_FOUND;
}

enum rc kv_probe(const char *directory)
{
    int err = reach(directory, R_OK | W_OK);

    if (is_missing(err))
        return kv_files_none(directory);
    if (err == 0)
        return RC_OK;
    log_error("store: %s cannot be read and written: %s", directory, strerror(err));
    return RC_SYSTEM;
}

/* One that somebody may be using keeps its size, which tells all of them how many slots there are.
 */
static int take_blocks(int fd)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return errno;
    return posix_fallocate(fd, 0, st.st_size > 0 ? st.st_size : LOCK_BYTES);
}

int kv_files_reserve(const char *directory)
{
    int dir = open_directory(directory);
    int fd;
    int err;

    if (dir < 0)
        return errno;
    fd = openat(dir, locks, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    err = fd < 0 ? errno : take_blocks(fd);
    if (fd >= 0)
        (void)close(fd);
    (void)close(dir);
    return err;
}

int kv_files_give(const char *directory)
{
    int dir;
    int err;

    if (geteuid() != 0)
        return 0;
    dir = open_directory(directory);
    if (dir < 0)
        return errno;
    err = directory_give(dir, data);
    if (err == 0)
        err = directory_give(dir, locks);
    (void)close(dir);
    return err;
}
