/* process: keeps secrets from outliving their use in its memory image and files from being
 * mistaken for standard streams, has limits tell rather than kill, and counts processors. */
#include "base/process.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* The next file to be opened would else take the place, and be read and written as the stream
 * that belongs there: the store would end with the first line of the log. Opened the wrong way
 * round, so that who uses the stream still learns that it is closed. */
static void keep_closed(int stream)
{
    if (fcntl(stream, F_GETFD) >= 0)
        return;
    if (open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) == stream)
        return;
    log_error("the place of closed stream %d cannot be taken: %s", stream, strerror(errno));
    _exit(EXIT_FAILURE);
}

void process_harden(void)
{
    const struct rlimit none = {0, 0};

    /* In this order: a file takes the first place that is free. */
    keep_closed(STDIN_FILENO);
    keep_closed(STDOUT_FILENO);
    keep_closed(STDERR_FILENO);
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        log_warn("core files could not be turned off: %s", strerror(errno));
#ifndef HOOKROLL_TRACEABLE
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        log_warn("tracing could not be turned off: %s", strerror(errno));
#endif
    /* A file that may not grow is an error to whoever writes, not the end of all. */
    (void)signal(SIGXFSZ, SIG_IGN);
    /* Nor is a reader that is gone: what was done is still to be logged, or said. */
    (void)signal(SIGPIPE, SIG_IGN);
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
