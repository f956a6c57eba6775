/* directory: flushing and locking directories, and whose their entries are. */
#include "base/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
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

int directory_give(int directory, const char *name)
{
    struct stat owner;
    struct stat st;

    if (fstat(directory, &owner) != 0 || fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno;
    if (st.st_uid == owner.st_uid || st.st_uid != geteuid())
        return 0;
    /* The owner might have put another name of some file of ours there meanwhile. */
    if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
        return EPERM;
    return fchownat(directory, name, owner.st_uid, owner.st_gid, AT_SYMLINK_NOFOLLOW) == 0 ? 0
                                                                                           : errno;
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
