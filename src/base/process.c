/* process: keeps secrets from outliving their use in its memory image, and counts processors. */
#include "base/process.h"

#include "base/log.h"

#include <errno.h>
#include <malloc.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

void process_harden(void)
{
    const struct rlimit none = {0, 0};

    if (setrlimit(RLIMIT_CORE, &none) != 0)
        log_warn("core files could not be turned off: %s", strerror(errno));
#ifndef HOOKROLL_TRACEABLE
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        log_warn("tracing could not be turned off: %s", strerror(errno));
#endif
#ifdef M_PERTURB
    /* libfcgi frees its stream buffers, which held bodies and answers, as they
     * are; glibc then fills what is freed with this byte. */
    (void)mallopt(M_PERTURB, 0xA5);
#endif
}

size_t process_processors(void)
{
    cpu_set_t set;
    /* The call fails where there may be more than the set has room for. */
    long count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set)
                                                             : sysconf(_SC_NPROCESSORS_ONLN);

    return count < 1 ? 1 : (size_t)count;
}
