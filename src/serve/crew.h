/* crew: workers, each with a course and a stack of its own (base/fiber.h), and the threads that
 * run them.
 *
 * A worker that waits for its turn (base/blocking.h) leaves its thread, which goes on with
 * another: with one whose turn has come, else with one that has nothing to do. So what waits for a
 * commit holds no thread. As many threads run as there are processors (slots.h); where they wait
 * themselves, for the disk or a client, there are more, up to a bound. */
#ifndef HOOKROLL_SERVE_CREW_H
#define HOOKROLL_SERVE_CREW_H

#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crew;
struct crew_worker;

struct crew_options {
    size_t workers;   /* at most; and threads */
    int64_t patience; /* ms that a worker waits for its peer (crew_peer_begin); it may be half as
                         much again */

    /* What a worker works with, NULL without memory; and its end. */
    void *(*make)(void *arg);
    void (*free)(void *tools);

    /* A worker's course. It calls crew_stay before each request, and returns when that says so. */
    void (*work)(struct crew_worker *worker, void *tools);

    /* Has one thread that is between crew_wait and crew_waited come back. */
    void (*call)(void *arg);
    void *arg;
};

/* What is to be done. */
enum crew_order {
    CREW_SERVE,
    CREW_PAUSE, /* nothing, until it is known what follows */
    CREW_STOP,  /* one last round, then the end */
    CREW_LEAVE  /* the end */
};

/* crew_start: *out is new, to be ended also where it fails for other reasons than memory:
 * RC_NO_MEMORY, RC_SYSTEM with errno. The caller has blocked the signals that the threads are not
 * to take. */
RC_CHECK enum rc crew_start(const struct crew_options *options, struct crew **out);

/* crew_tell: threads that wait for a request are the caller's to call, for as long as the order is
 * not to serve. */
void crew_tell(struct crew *crew, enum crew_order order);

/* crew_await_rest: in a pause; true once no request is under way, false when one lasts longer
 * than `patience` (ms). */
RC_CHECK bool crew_await_rest(struct crew *crew, int patience);

/* crew_join: behind an order to end; no thread is left. crew_free: behind it; NULL is let pass. */
void crew_join(struct crew *crew);
void crew_free(struct crew *crew);

/* crew_wait: before a worker has its thread wait for a request; false when it is to come to
 * crew_stay instead. crew_waited: behind that; true when no other thread waited. */
bool crew_wait(struct crew_worker *worker);
bool crew_waited(struct crew_worker *worker);

/* crew_begin, crew_finished: around each request, and around the last round. */
void crew_begin(struct crew_worker *worker);
void crew_finished(struct crew_worker *worker);

/* crew_hasten: workers wait for their peers as before until then (moment_elapsed), and hardly at
 * all from then on. */
void crew_hasten(struct crew *crew, int64_t until);

/* crew_peer_begin, crew_peer_end: within that, around what waits for the peer and for nobody else.
 * When it has waited long enough, its system calls fail with EINTR. */
void crew_peer_begin(struct crew_worker *worker);
void crew_peer_end(struct crew_worker *worker);

/* crew_peers_last: whether a worker waits for its peer for at least so long (ms), as far as this
 * was asked before. */
bool crew_peers_last(struct crew *crew, int64_t least);

/* crew_stay: called before each request: lets workers whose turn has come go on, waits while the
 * order is to pause, and returns the order then, which is another. */
enum crew_order crew_stay(struct crew_worker *worker);

#endif
