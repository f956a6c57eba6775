/* directory: flushing and locking directories. */
#include "base/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int directory_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int err = 0;

    if (fd < 0)
        return errno;
    if (fsync(fd) != 0)
        err = errno;
    (void)close(fd);
    return err;
}

int directory_sync_parent(const char *path)
{
    char *copy = strdup(path); /* which dirname cuts short */
    int err;

    if (copy == NULL)
        return ENOMEM;
    err = directory_sync(dirname(copy));
    free(copy);
    return err;
}

int directory_lock(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int err;

    while (fd >= 0 && flock(fd, LOCK_EX) != 0) {
        if (errno == EINTR)
            continue;
        err = errno;
        (void)close(fd);
        errno = err;
        return -1;
    }
    return fd;
}

int directory_lock_parent(const char *path)
{
    char *copy = strdup(path);
    int fd;

    if (copy == NULL)
        return -1;
    fd = directory_lock(dirname(copy));
    free(copy);
    return fd;
}
