/* crew_inside: what the crew's own sources share; nobody else includes it. crew_workers.c has the
 * workers and calls none of the others, crew_threads.c has the threads and calls crew_workers.c,
 * crew.c has orders and calls both. */
#ifndef HOOKROLL_SERVE_CREW_INSIDE_H
#define HOOKROLL_SERVE_CREW_INSIDE_H

#include "base/blocking.h"
#include "base/fiber.h"
#include "serve/crew.h"
#include "serve/patience.h"
#include "serve/slots.h"
#include "serve/watchdog.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
    CREW_FIRST_THREADS = 2 /* before there is anything to do; as many may always run */
};

struct crew_thread {
    struct crew *crew;
    pthread_t handle;
    pid_t id; /* its own, written before it serves */
    struct slots_thread slot;
    struct patience peer;
    struct blocking_hooks hooks;
    struct fiber *chooser;      /* its own course */
    struct crew_worker *worker; /* that it runs */
};

/* Why a worker left its thread. */
enum crew_leaving {
    CREW_FOR_OTHERS, /* it has nothing to do */
    CREW_FOR_ITS_TURN,
    CREW_FOR_GOOD
};

/* What a thread is to do next. */
enum crew_choice {
    CREW_NOBODY,  /* choose again */
    CREW_WORKER,  /* run it */
    CREW_STARVED, /* tell that no worker could be made, and choose again */
    CREW_OVER     /* end */
};

struct crew_worker {
    struct crew *crew;
    void *tools;
    struct fiber *fiber;
    struct crew_thread *thread; /* that runs it */
    enum crew_leaving leaving;
    _Atomic int turn;         /* crew_workers.c's: whether it has its turn */
    struct crew_worker *next; /* in a list */
};

struct crew {
    struct crew_options options;
    struct slots slots;
    struct watchdog watchdog;
    bool watched;             /* the watchdog runs */
    _Atomic size_t waiting;   /* threads that would take the next request at once */
    _Atomic size_t away;      /* workers that await their turn, or have it and do not yet run */
    _Atomic size_t ready;     /* those that have it; changed under the lock */
    _Atomic int64_t hastened; /* moment_elapsed: until when peers have their time */
    _Atomic size_t started;   /* threads; changed under the lock, at CREW_SERVE only */
    _Atomic int order;        /* enum crew_order; changed under the lock */
    pthread_mutex_t lock;     /* guards what is below */
    pthread_cond_t changed;   /* the order, or whom those who rest could run */
    pthread_cond_t rested;    /* one more rests */
    size_t resting;           /* threads that have no worker to run */
    struct crew_worker *idle;
    struct crew_worker *first_ready; /* in the order of their turns */
    struct crew_worker **end_ready;
    bool starved; /* no thread or worker could be made: not tried again before the next look */
    bool starvation_logged;
    size_t made;  /* workers */
    size_t ended; /* of them */
    struct crew_thread *threads;
    struct crew_worker workers[];
};

/* Of crew_workers.c.
 *
 * crew_make_worker: one more, idle; with the lock held. False without memory. */
bool crew_make_worker(struct crew *crew);

/* crew_leave: by the worker. Somebody lets it go on from here. */
void crew_leave(struct crew_worker *worker, enum crew_leaving leaving);

/* crew_choose: whom the thread runs next, as thread->worker, or what it is to do instead.
 * crew_settle: once the worker has left the thread; others may run it then. */
enum crew_choice crew_choose(struct crew *crew, struct crew_thread *thread);
void crew_settle(struct crew_worker *worker);

/* crew_await_turn, crew_give_turn: as blocking_hooks's leave, of the worker that the thread runs,
 * and go_on. */
void crew_await_turn(struct crew_worker *worker);
void crew_give_turn(void *worker);

/* crew_tell_resting: those who rest may find somebody to run; with the lock held. */
void crew_tell_resting(struct crew *crew);

/* Of crew_threads.c.
 *
 * crew_start_threads: the first ones; others follow when all are busy. False with errno. */
bool crew_start_threads(struct crew *crew);

/* crew_relay: where nobody waits for the next request, somebody is to, if a slot is free; and the
 * watchdog looks out for threads that hold one and wait. */
void crew_relay(struct crew *crew);

#endif
