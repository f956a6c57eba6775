/* file_limit: how large files may become that this process writes, as when a disk has no room for
 * more. */
#ifndef HOOKROLL_TESTS_SUPPORT_FILE_LIMIT_H
#define HOOKROLL_TESTS_SUPPORT_FILE_LIMIT_H

#include <stdbool.h>
#include <sys/resource.h>

/* file_limit: from here on no byte can be written behind so many, and the process is not killed
 * for it; false when that cannot be had. With 0 nothing is asserted before it is lifted: check
 * writes of that to a file. */
bool file_limit(rlim_t bytes);

/* file_limit_from: the same, so many bytes behind those that the file `path` has. */
bool file_limit_from(const char *path, rlim_t more);

bool file_limit_lift(void);

#endif
