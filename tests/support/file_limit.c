/* file_limit: by the limit that the kernel keeps a process to, which may be raised again. */
#include "support/file_limit.h"

#include <signal.h>
#include <sys/stat.h>

static bool set(rlim_t bytes)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
        return false;
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    return setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

bool file_limit(rlim_t bytes)
{
    return signal(SIGXFSZ, SIG_IGN) != SIG_ERR && set(bytes);
}

bool file_limit_from(const char *path, rlim_t more)
{
    struct stat st;

    return stat(path, &st) == 0 && file_limit((rlim_t)st.st_size + more);
}

bool file_limit_lift(void)
{
    return set(RLIM_INFINITY);
}
