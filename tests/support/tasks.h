/* tasks: what this process's threads sleep in, as the kernel tells. */
#ifndef HOOKROLL_TESTS_SUPPORT_TASKS_H
#define HOOKROLL_TESTS_SUPPORT_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum tasks_sleep {
    TASKS_LOCK, /* a lock, a condition or a semaphore */
    TASKS_EPOLL
};

/* tasks_count: how many threads there are. */
size_t tasks_count(void);

/* tasks_sleeps: whether the thread sleeps so. tasks_sleeping: how many do, but the caller. */
bool tasks_sleeps(pid_t task, enum tasks_sleep sleep);
size_t tasks_sleeping(enum tasks_sleep sleep);

/* tasks_await, tasks_await_sleeping: until it does so, or as many do; false when they do not
 * within 20 s. */
bool tasks_await(pid_t task, enum tasks_sleep sleep);
bool tasks_await_sleeping(size_t least, enum tasks_sleep sleep);

#endif
