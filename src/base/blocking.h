/* blocking: code that is about to wait tells whoever scheduled it, so that other work can be done
 * meanwhile. Each thread has hooks of its own, or none. */
#ifndef HOOKROLL_BASE_BLOCKING_H
#define HOOKROLL_BASE_BLOCKING_H

#include <semaphore.h>

struct blocking_hooks {
    void (*begin)(void *arg);
    void (*end)(void *arg);

    /* Who runs on the thread now; having it leave the thread, until somebody, in any thread, lets
     * it go on, which may have happened already. It may go on in another thread. */
    void *(*caller)(void *arg);
    void (*leave)(void *arg);
    void (*go_on)(void *caller);
    void *arg;
};

/* blocking_watch: for the calling thread; borrowed until it ends. */
void blocking_watch(const struct blocking_hooks *hooks);

/* blocking_begin, blocking_end: around what waits for long, for others or for the disk. Not with a
 * lock held that others may want. */
void blocking_begin(void);
void blocking_end(void);

/* blocking_yield: those whose turn has come go on first, then the caller, who holds no lock and is
 * behind it perhaps in another thread. */
void blocking_yield(void);

/* A turn that its maker waits for. Without hooks the thread itself waits. */
struct blocking_turn {
    void (*go_on)(void *caller); /* or NULL */
    void *caller;
    sem_t given;
};

/* blocking_turn_init: the caller's own. 0, or an error of pthreads. blocking_turn_free: nobody
 * waits for it or gives it. */
int blocking_turn_init(struct blocking_turn *turn);
void blocking_turn_free(struct blocking_turn *turn);

/* blocking_turn_await: by its maker, once for each time that it is given, before or afterwards. A
 * maker with hooks holds no lock, and is behind it perhaps in another thread. */
void blocking_turn_await(struct blocking_turn *turn);

/* blocking_turn_give: from any thread. Who waits may free the turn at once. */
void blocking_turn_give(struct blocking_turn *turn);

#endif
