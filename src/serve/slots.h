/* slots: how many threads run at a time, of the many that there may be.
 *
 * As many as there are processors answer most when each goes on from one request to the next;
 * more of them wake and sleep for every request. So a thread needs a slot to run. One that
 * waits within a request (for the disk, for a client) lends its slot, and takes it back without
 * asking: for that request there may be more than there are slots. Behind it, whoever is one
 * too many parks. The one that parked last is the first to be given a slot. Thread-safe. */
#ifndef HOOKROLL_SERVE_SLOTS_H
#define HOOKROLL_SERVE_SLOTS_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slots_thread;

struct slots {
    size_t count;
    pthread_mutex_t lock;        /* guards what is below */
    _Atomic size_t running;      /* read without it, too */
    struct slots_thread *parked; /* the last one first */
    bool closed;
};

/* A thread's part. */
struct slots_thread {
    struct slots *slots;
    _Atomic uint64_t serving; /* whether a request, from which wait to which, and if lent */
    uint64_t seen;            /* slots_lasts's: what that was when it last looked */
    sem_t given;
    struct slots_thread *next; /* parked before it */
};

/* slots_init: of `count`, none of which is taken. slots_free: all threads have ended. */
void slots_init(struct slots *slots, size_t count);
void slots_free(struct slots *slots);

/* slots_claim: a slot for a thread that is to be made, if one is free; slots_release: where that
 * failed. */
bool slots_claim(struct slots *slots);
void slots_release(struct slots *slots);

/* slots_thread_init: for a thread with a claim. slots_thread_free: it has ended. */
void slots_thread_init(struct slots_thread *thread, struct slots *slots);
void slots_thread_free(struct slots_thread *thread);

/* slots_begin, slots_end: around a request, by its own thread. */
void slots_begin(struct slots_thread *thread);
void slots_end(struct slots_thread *thread);

/* slots_crowded: whether more run than there are slots. slots_stay: between two requests: where
 * they do, the thread parks; it returns when it may go on. */
bool slots_crowded(const struct slots *slots);
void slots_stay(struct slots_thread *thread);

/* slots_lend: within a request, before its thread waits; true when a slot became free, which
 * is the caller's to pass on. slots_take_back: when it has waited. Outside a request there is
 * nothing to lend, and neither does anything. */
bool slots_lend(struct slots_thread *thread);
void slots_take_back(struct slots_thread *thread);

/* slots_lasts: whether the thread has a slot, for the request that it had at the last look. One
 * thread at a time looks. slots_relieve: behind it, as slots_lend, from outside; false as well when
 * that request has ended meanwhile. */
bool slots_lasts(struct slots_thread *thread);
bool slots_relieve(struct slots_thread *thread);

/* slots_pass: gives a free slot to a parked thread; false when one is free and nobody is parked. */
bool slots_pass(struct slots *slots);

/* slots_close: nobody parks from now on, and those who do go on; slots_open: as before. */
void slots_close(struct slots *slots);
void slots_open(struct slots *slots);

#endif
