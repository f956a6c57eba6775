/* process: keeps secrets from outliving their use in this process's memory image. */
#include "base/process.h"

#include "base/log.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

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
