/* desk: what a crew's workers wait for and serve in tests, in place of a socket: errands, whose
 * turns are given by the test. One desk to a process, which the test opens and closes as its
 * fixture. */
#ifndef HOOKROLL_SUPPORT_DESK_H
#define HOOKROLL_SUPPORT_DESK_H

#include "base/blocking.h"
#include "base/rc.h"
#include "serve/crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* A request: so many turns are awaited. */
struct errand {
    size_t turns;
    bool blocks;   /* its thread waits too, before each of them and at the end */
    bool silent;   /* and tells nobody */
    bool computes; /* for several looks of the watchdog */
    int peer;      /* descriptor that a byte is waited for on, as from a peer; none: 0 */
    int err;       /* of the system's, that ended this */
    pthread_t served_by;
    struct blocking_turn turn;
    struct errand *next;
};

struct desk {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct errand *first; /* not yet begun */
    struct errand **end;
    struct errand *awaiting; /* a turn; the last one first */
    size_t away;             /* of these */
    size_t done;
    size_t calls;
    size_t blocked; /* how often a thread did */
    size_t logs;    /* lines that are being written, or were */
    bool lets_go;   /* those that block */
    bool stopped;   /* nobody waits */
};

extern struct desk desk;              /* its counts are read under its lock, or by desk_await */
extern struct crew *desk_crew;        /* NULL unless started */
extern _Atomic size_t desk_tools_max; /* how many workers there is memory for */

/* desk_open, desk_close: a checked fixture; the latter ends the crew. */
void desk_open(void);
void desk_close(void);

/* desk_start: a crew of at most so many workers; crew_start's result. */
enum rc desk_start(size_t workers);

/* desk_stop_waiting: whether workers find that there is nothing to wait for. */
void desk_stop_waiting(bool stopped);

/* desk_end: tells the crew, joins and frees it. */
void desk_end(enum crew_order order);

/* An errand, which is the caller's until it is done, that awaits so many turns; one whose thread
 * blocks before each of them and at the end; one that blocks and tells nobody; one that computes;
 * one that waits for a byte of its peer. */
void desk_ask(struct errand *errand, size_t turns);
void desk_ask_blocking(struct errand *errand, size_t turns);
void desk_ask_silent(struct errand *errand);
void desk_ask_computing(struct errand *errand);
void desk_ask_peer(struct errand *errand, int peer);

/* desk_await: until one of the desk's counts is at least so many. */
void desk_await(const size_t *count, size_t least);

/* desk_give_turn: to the one who came last to await it; waits for one. */
void desk_give_turn(void);

/* desk_let_go: whether those who block may go on. */
void desk_let_go(bool lets_go);

#endif
