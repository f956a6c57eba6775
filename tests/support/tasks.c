/* tasks: /proc/self/task, and the number of the system call that a thread is in. */
#include "support/tasks.h"

#include "base/thread.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    PATIENCE = 20000 /* ms */
};

static bool is(long call, enum tasks_sleep sleep)
{
    switch (sleep) {
    case TASKS_LOCK:
#ifdef SYS_futex_time64
        if (call == SYS_futex_time64)
            return true;
#endif
        return call == SYS_futex;
    case TASKS_EPOLL:
#ifdef SYS_epoll_wait
        if (call == SYS_epoll_wait)
            return true;
#endif
        return call == SYS_epoll_pwait;
    }
    return false;
}

bool tasks_sleeps(pid_t task, enum tasks_sleep sleep)
{
    char path[64];
    char line[128] = "";
    char *end;
    long call;
    int fd;

    (void)snprintf(path, sizeof path, "/proc/self/task/%d/syscall", (int)task);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    /* It may have ended meanwhile. */
    if (fd < 0)
        return false;
    (void)!read(fd, line, sizeof line - 1);
    (void)close(fd);
    /* "running", where it does not sleep. */
    call = strtol(line, &end, 10);
    return end != line && is(call, sleep);
}

/* How many threads there are, but the caller, of which so many sleep so. */
static size_t count(enum tasks_sleep sleep, size_t *sleeping)
{
    const pid_t self = thread_id();
    DIR *tasks = opendir("/proc/self/task");
    const struct dirent *entry;
    size_t others = 0;

    ck_assert_ptr_nonnull(tasks);
    *sleeping = 0;
    while ((entry = readdir(tasks)) != NULL) {
        pid_t task = (pid_t)strtol(entry->d_name, NULL, 10);

        if (task == 0 || task == self)
            continue;
        others++;
        *sleeping += tasks_sleeps(task, sleep) ? 1 : 0;
    }
    (void)closedir(tasks);
    return others;
}

size_t tasks_count(void)
{
    size_t sleeping;

    return 1 + count(TASKS_LOCK, &sleeping);
}

size_t tasks_sleeping(enum tasks_sleep sleep)
{
    size_t sleeping;

    (void)count(sleep, &sleeping);
    return sleeping;
}

bool tasks_await(pid_t task, enum tasks_sleep sleep)
{
    for (int ms = 0; ms < PATIENCE; ms++) {
        if (tasks_sleeps(task, sleep))
            return true;
        (void)poll(NULL, 0, 1);
    }
    return false;
}

bool tasks_await_sleeping(size_t least, enum tasks_sleep sleep)
{
    for (int ms = 0; ms < PATIENCE; ms++) {
        if (tasks_sleeping(sleep) >= least)
            return true;
        (void)poll(NULL, 0, 1);
    }
    return false;
}
