/* thread: reads /proc. How long a thread has computed would not tell one that waits from one that
 * has no processor for want of one. */
#include "base/thread.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    BEGIN = 128 /* bytes of the file in which the state is: number, name and state come first */
};

pid_t thread_id(void)
{
    return (pid_t)syscall(SYS_gettid);
}

/* Up to `size` bytes from the start of the file; none where it cannot be read. */
static size_t read_begin(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        return 0;
    n = read(fd, out, size);
    (void)close(fd);
    return n > 0 ? (size_t)n : 0;
}

bool thread_computes(pid_t id)
{
    char path[64];
    char begin[BEGIN + 1];
    const char *name_end;

    (void)snprintf(path, sizeof path, "/proc/self/task/%ld/stat", (long)id);
    begin[read_begin(path, begin, BEGIN)] = '\0';
    /* A name may have parentheses and spaces itself (proc_pid_stat(5)). */
    name_end = strrchr(begin, ')');
    return name_end != NULL && strncmp(name_end, ") R", 3) == 0;
}

void thread_await(sem_t *posted)
{
    while (sem_wait(posted) != 0) {
    }
}
