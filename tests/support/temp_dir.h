/* temp_dir: a directory of a test's own, and files in it. Failure ends the test. */
#ifndef HOOKROLL_TESTS_SUPPORT_TEMP_DIR_H
#define HOOKROLL_TESTS_SUPPORT_TEMP_DIR_H

#include <stddef.h>
#include <sys/stat.h>

enum {
    TEMP_DIR_SIZE = 64, /* leaves room for a unix socket's name behind it */
    TEMP_PATH_SIZE = 512
};

struct temp_dir {
    char path[TEMP_DIR_SIZE];
};

void temp_dir_make(struct temp_dir *dir);

/* temp_dir_remove: with all that is in it. */
void temp_dir_remove(struct temp_dir *dir);

/* temp_dir_path: the path of `name` in it; returns `out`. */
const char *temp_dir_path(const struct temp_dir *dir, const char *name, char out[TEMP_PATH_SIZE]);

/* temp_dir_write: a file with exactly this mode and these bytes, in place of any before. */
void temp_dir_write(const char *path, mode_t mode, const void *bytes, size_t len);

/* temp_dir_read: at most `size` bytes of a file; how many there were. */
size_t temp_dir_read(const char *path, void *to, size_t size);

/* temp_dir_mode: the permission bits of what is at `path`. */
mode_t temp_dir_mode(const char *path);

#endif
