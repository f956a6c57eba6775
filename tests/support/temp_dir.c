/* temp_dir: below TMPDIR where that is short enough, else below /tmp. */
#include "support/temp_dir.h"

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void temp_dir_make(struct temp_dir *dir)
{
    static const char name[] = "/hookroll-XXXXXX";
    const char *above = getenv("TMPDIR");

    if (above == NULL || above[0] != '/' || strlen(above) + sizeof name > sizeof dir->path)
        above = "/tmp";
    (void)snprintf(dir->path, sizeof dir->path, "%s%s", above, name);
    ck_assert_ptr_nonnull(mkdtemp(dir->path));
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

void temp_dir_remove(struct temp_dir *dir)
{
    ck_assert_int_eq(nftw(dir->path, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    dir->path[0] = '\0';
}

const char *temp_dir_path(const struct temp_dir *dir, const char *name, char out[TEMP_PATH_SIZE])
{
    int len = snprintf(out, TEMP_PATH_SIZE, "%s/%s", dir->path, name);

    ck_assert_int_lt(len, TEMP_PATH_SIZE);
    return out;
}

void temp_dir_write(const char *path, mode_t mode, const void *bytes, size_t len)
{
    int fd;

    (void)unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
    ck_assert_int_eq(fchmod(fd, mode), 0);
    ck_assert_int_eq(close(fd), 0);
}

size_t temp_dir_read(const char *path, void *to, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len;

    ck_assert_int_ge(fd, 0);
    len = read(fd, to, size);
    ck_assert_int_ge(len, 0);
    ck_assert_int_eq(close(fd), 0);
    return (size_t)len;
}

mode_t temp_dir_mode(const char *path)
{
    struct stat st;

    ck_assert_int_eq(lstat(path, &st), 0);
    return st.st_mode & 07777;
}
