/* tally: making and mapping the file; what its cells mean is decided above. */
#include "base/tally.h"

#include "base/directory.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A line of the processor's cache, so that cells share none with it. */
struct head {
    char magic[16];
    uint64_t layout;
    uint64_t count;
    uint64_t unused[4];
};

static const char magic[16] = "hookroll-tally1";

_Static_assert(sizeof(struct head) == 64, "the head has no holes");
_Static_assert(sizeof(tally_cell) == 8, "cells are as they lie in the file");

static struct head head_of(uint64_t layout, size_t count)
{
    struct head head = {.layout = layout, .count = count};

    memcpy(head.magic, magic, sizeof head.magic);
    return head;
}

static size_t bytes_of(size_t count)
{
    return sizeof(struct head) + count * sizeof(tally_cell);
}

/* Whether the file is what is expected, to the byte. */
static bool fits(int fd, const struct head *expected)
{
    struct stat st;
    struct head head;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
           st.st_size == (off_t)bytes_of((size_t)expected->count) &&
           pread(fd, &head, sizeof head, 0) == (ssize_t)sizeof head &&
           memcmp(&head, expected, sizeof head) == 0;
}

/* A new file in the place of what is there; -1 with errno. Made aside and moved there
 * whole. A page without room on the disk would end the process that counts in it. */
static int make(int directory, const char *name, const struct head *head)
{
    char aside[64];
    int fd = -1;
    int err = 0;

    if (snprintf(aside, sizeof aside, "%s.new", name) >= (int)sizeof aside) {
        errno = ENAMETOOLONG;
        return -1;
    }
    (void)unlinkat(directory, aside, 0);
    fd = openat(directory, aside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    err = posix_fallocate(fd, 0, (off_t)bytes_of((size_t)head->count));
    if (err == 0)
        err = directory_give(directory, aside);
    if (err == 0 && (pwrite(fd, head, sizeof *head, 0) != (ssize_t)sizeof *head ||
                     renameat(directory, aside, directory, name) != 0))
        err = errno;
    if (err == 0)
        return fd;
    (void)close(fd);
    (void)unlinkat(directory, aside, 0);
    errno = err;
    return -1;
}

/* With the directory locked: of several that find nothing, one makes it. */
static int open_or_make(int directory, const char *name, const struct head *head)
{
    int fd = openat(directory, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd >= 0 && fits(fd, head))
        return fd;
    if (fd < 0 && errno != ENOENT)
        return -1;
    if (fd >= 0) {
        log_info("%s is of another version or damaged, and begins anew", name);
        (void)close(fd);
    }
    return make(directory, name, head);
}

enum rc tally_open(struct tally *tally, const char *directory, const char *name, uint64_t layout,
                   size_t count)
{
    const struct head head = head_of(layout, count);
    int dir = directory_lock(directory);
    int fd = -1;
    void *map = MAP_FAILED;

    if (dir >= 0)
        fd = open_or_make(dir, name, &head);
    if (fd >= 0)
        map = mmap(NULL, bytes_of(count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        log_warn("%s/%s cannot be had: %s", directory, name, strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    if (dir >= 0)
        (void)close(dir); /* and with it the lock */
    if (map == MAP_FAILED)
        return RC_SYSTEM;
    *tally = (struct tally){
        .cells = (tally_cell *)((struct head *)map + 1), .map = map, .bytes = bytes_of(count)};
    return RC_OK;
}

void tally_close(struct tally *tally)
{
    if (tally->map != NULL)
        (void)munmap(tally->map, tally->bytes);
    *tally = (struct tally){0};
}
