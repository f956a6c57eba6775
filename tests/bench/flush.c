/* flush: how often the disk flushes: 4 KiB appended to a file and fdatasync, over and over. */
#include "laps.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    BLOCK = 4096
};

static bool append(int fd, off_t at)
{
    static const char block[BLOCK] = "hookroll";

    return pwrite(fd, block, sizeof block, at) == BLOCK && fdatasync(fd) == 0;
}

int main(int argc, char **argv)
{
    struct laps laps;
    off_t at = 0;
    bool good;
    int fd;

    if (argc != 3) {
        (void)fputs("usage: flush FILE SECONDS\n", stderr);
        return EXIT_FAILURE;
    }
    fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        perror(argv[1]);
        return EXIT_FAILURE;
    }
    laps_begin(&laps, strtod(argv[2], NULL));
    do {
        good = append(fd, at);
        at += BLOCK;
    } while (good && laps_next(&laps));
    if (!good)
        perror(argv[1]);
    (void)close(fd);
    (void)unlink(argv[1]);
    laps_print(&laps);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
