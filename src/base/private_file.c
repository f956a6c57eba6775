/* private_file: who may read a file that holds a secret, and reading it. */
#include "base/private_file.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What systemd hands to this service alone (systemd.exec(5), LoadCredential) may be readable
 * by its group: an access list shows there. */
static mode_t forbidden(const char *path)
{
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    size_t len = credentials != NULL ? strlen(credentials) : 0;

    if (len > 0 && strncmp(path, credentials, len) == 0 && path[len] == '/')
        return S_IWGRP | S_IXGRP | S_IRWXO;
    return S_IRWXG | S_IRWXO;
}

ssize_t private_file_read(const char *what, const char *path, char *to, size_t size)
{
    struct stat st;
    ssize_t len = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st) != 0) {
        log_error("%s %s cannot be opened: %s", what, path, strerror(errno));
        goto out;
    }
    if (!S_ISREG(st.st_mode) || (st.st_mode & forbidden(path)) != 0) {
        log_error("%s %s must be a regular file that only its owner can read (mode 0600)", what,
                  path);
        goto out;
    }
    if (st.st_size >= (off_t)size) {
        log_error("%s %s is too large to be one", what, path);
        goto out;
    }
    len = read(fd, to, size);
    if (len < 0)
        log_error("%s %s cannot be read: %s", what, path, strerror(errno));
out:
    if (fd >= 0)
        (void)close(fd);
    return len;
}
