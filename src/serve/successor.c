/* successor: runs a program and waits for its end. What that looks at is its own. */
#include "serve/successor.h"

#include "base/log.h"
#include "base/moment.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* New, the strings borrowed. NULL without memory. */
static char **with_option(char *const *argv, char *option)
{
    size_t count = 0;
    char **all;

    while (argv[count] != NULL)
        count++;
    all = calloc(count + 2, sizeof *all);
    if (all == NULL)
        return NULL;
    all[0] = argv[0];
    all[1] = option;
    memcpy(all + 2, argv + 1, (count - 1) * sizeof *all);
    return all;
}

/* The signals that this process blocks and ignores are not to be so for others. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t ignored;
    int err;

    (void)sigemptyset(&none);
    (void)sigemptyset(&ignored);
    (void)sigaddset(&ignored, SIGPIPE);
    (void)sigaddset(&ignored, SIGXFSZ);
    err = posix_spawnattr_setsigmask(attributes, &none);
    if (err == 0)
        err = posix_spawnattr_setsigdefault(attributes, &ignored);
    if (err == 0)
        err = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return err;
}

/* 0, or an error of the system's. */
static int run(int input, char *const *argv, pid_t *process)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int err = posix_spawn_file_actions_init(&files);

    if (err != 0)
        return err;
    err = posix_spawnattr_init(&attributes);
    if (err == 0) {
        err = posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
        if (err == 0)
            err = set_attributes(&attributes);
        if (err == 0)
            err = posix_spawn(process, argv[0], &files, &attributes, argv, environ);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&files);
    return err;
}

/* False when the process has not ended in so many ms. A kernel that cannot tell of its end (Linux
 * before 5.3) has the caller wait for it without a bound. */
static bool await_end(pid_t process, int patience)
{
    const int64_t until = moment_elapsed() + (int64_t)patience * 1000000;
    struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, process, 0), .events = POLLIN};
    int64_t left = patience;
    int n = -1;

    if (end.fd < 0)
        return true;
    while (n < 0 && left >= 0) {
        n = poll(&end, 1, (int)left);
        left = (until - moment_elapsed()) / 1000000;
    }
    (void)close(end.fd);
    return n > 0;
}

static bool ends_well(const char *program, const char *option, pid_t process, int patience)
{
    bool in_time = await_end(process, patience);
    int status = 0;

    if (!in_time)
        (void)kill(process, SIGKILL);
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    if (!in_time)
        log_error("%s %s has not ended within %d ms", program, option, patience);
    else if (WIFSIGNALED(status))
        log_error("%s %s: %s", program, option, strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != EXIT_SUCCESS)
        log_error("%s %s ended with status %d", program, option, WEXITSTATUS(status));
    return in_time && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

enum rc successor_try(int input, char *const *argv, char *option, int patience)
{
    char **all = with_option(argv, option);
    pid_t process;
    int err;

    if (all == NULL) {
        log_error("%s: %s", argv[0], rc_name(RC_NO_MEMORY));
        return RC_NO_MEMORY;
    }
    err = run(input, all, &process);
    free(all);
    if (err != 0) {
        log_error("%s: %s", argv[0], strerror(err));
        return RC_SYSTEM;
    }
    return ends_well(argv[0], option, process, patience) ? RC_OK : RC_INVALID;
}
