/* blocking: a thread that is about to wait for others tells whoever gave it its work, so that
 * another can go on meanwhile. Each thread has hooks of its own, or none. */
#ifndef HOOKROLL_BASE_BLOCKING_H
#define HOOKROLL_BASE_BLOCKING_H

struct blocking_hooks {
    void (*begin)(void *arg);
    void (*end)(void *arg);
    void *arg;
};

/* blocking_watch: for the calling thread; borrowed until it ends. */
void blocking_watch(const struct blocking_hooks *hooks);

/* blocking_begin, blocking_end: around what waits for long, for others or for the disk. Not with a
 * lock held that others may want. */
void blocking_begin(void);
void blocking_end(void);

#endif
