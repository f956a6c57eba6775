/* private_file: files that hold a secret. Thread-safe. */
#ifndef HOOKROLL_BASE_PRIVATE_FILE_H
#define HOOKROLL_BASE_PRIVATE_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* private_file_read: reads a regular file of less than `size` bytes that nobody but its
 * owner can read; one under $CREDENTIALS_DIRECTORY its group may read too. How many bytes
 * there were, for the caller to wipe; -1 with the cause logged, where the file is called
 * `what`. */
ssize_t private_file_read(const char *what, const char *path, char *to, size_t size);

#endif
