/* address_space: by the limit that the kernel keeps a process to. */
#include "support/address_space.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

bool address_space_limit(void)
{
    struct rlimit limit;
    FILE *file = fopen("/proc/self/statm", "re");
    unsigned long pages = 0;
    bool read;

    if (file == NULL)
        return false;
    read = fscanf(file, "%lu", &pages) == 1;
    (void)fclose(file);
    limit.rlim_cur = pages * (rlim_t)sysconf(_SC_PAGESIZE) + ((rlim_t)3 << 20);
    limit.rlim_max = RLIM_INFINITY;
    return read && setrlimit(RLIMIT_AS, &limit) == 0;
}

bool address_space_lift(void)
{
    const struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

    return setrlimit(RLIMIT_AS, &limit) == 0;
}
