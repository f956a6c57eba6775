/* cached: by advice to the kernel (posix_fadvise(2)). */
#include "cached.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

enum {
    CHUNK = 1 << 20 /* bytes read at a time */
};

/* Without read-ahead, which makes large folios too. */
static int read_again(int fd)
{
    static char chunk[CHUNK];
    ssize_t n = 1;
    int err = fsync(fd) == 0 ? 0 : errno;

    if (err == 0)
        err = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    if (err == 0)
        err = posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
    while (err == 0 && n > 0) {
        n = read(fd, chunk, sizeof chunk);
        err = n < 0 ? errno : 0;
    }
    return err;
}

int cached_by_pages(const char *directory)
{
    char path[PATH_MAX];
    int fd;
    int err;

    if (snprintf(path, sizeof path, "%s/data.mdb", directory) >= (int)sizeof path)
        return ENAMETOOLONG;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    err = read_again(fd);
    (void)close(fd);
    return err;
}
