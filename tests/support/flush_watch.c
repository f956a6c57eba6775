/* flush_watch: stands between the program and the C library's fsync. */
#include "support/flush_watch.h"

#include "support/temp_dir.h"

#include <check.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *entry; /* NULL: none is watched */
static bool failing;
static bool seen;

static bool is_its_directory(int fd)
{
    char path[TEMP_PATH_SIZE];
    struct stat flushed;
    struct stat parent;

    (void)snprintf(path, sizeof path, "%s", entry);
    return fstat(fd, &flushed) == 0 && stat(dirname(path), &parent) == 0 &&
           flushed.st_dev == parent.st_dev && flushed.st_ino == parent.st_ino &&
           access(entry, F_OK) == 0;
}

/* In the place of the C library's. */
int fsync(int fd)
{
    if (entry != NULL && is_its_directory(fd)) {
        seen = true;
        if (failing) {
            errno = EIO;
            return -1;
        }
    }
    return (int)syscall(SYS_fsync, fd);
}

void flush_watch_begin(const char *path, bool fail)
{
    ck_assert_uint_lt(strlen(path), TEMP_PATH_SIZE);
    entry = path;
    failing = fail;
    seen = false;
}

bool flush_watch_saw(void)
{
    return seen;
}

void flush_watch_end(void)
{
    entry = NULL;
}
