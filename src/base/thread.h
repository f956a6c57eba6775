/* thread: what the kernel tells of the threads of this process, and sleeping until another says so.
 * Thread-safe. */
#ifndef HOOKROLL_BASE_THREAD_H
#define HOOKROLL_BASE_THREAD_H

#include <semaphore.h>
#include <stdbool.h>
#include <sys/types.h>

/* thread_id: of the calling thread, to be asked for by others. */
pid_t thread_id(void);

/* thread_computes: whether it has a processor, or waits for nothing else; false when it has ended,
 * and where there is no /proc to ask. */
bool thread_computes(pid_t id);

/* thread_await: until the semaphore has been posted; signals that interrupt do not count. */
void thread_await(sem_t *posted);

#endif
