/* write_failure: stands between the program and the C library's pwrite. */
#include "support/write_failure.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    PAGE = 4096
};

static atomic_bool fails;

/* In the place of the C library's. */
ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    if (len < PAGE && atomic_exchange(&fails, false)) {
        errno = EIO;
        return -1;
    }
    return syscall(SYS_pwrite64, fd, bytes, len, at);
}

void write_failure_next(void)
{
    atomic_store(&fails, true);
}
