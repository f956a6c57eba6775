/* patience: for how long one thread waits for its peer, and the end of that wait.
 *
 * Timeouts of a socket begin anew with each byte, so a peer that sends one now and then would hold
 * the thread without end. What ends the wait is a signal to the thread: the system call that it
 * sleeps in fails with EINTR. The connection could not be ended from outside: libfcgi closes it at
 * moments that it tells nobody of, and its number is soon another's. */
#ifndef HOOKROLL_SERVE_PATIENCE_H
#define HOOKROLL_SERVE_PATIENCE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct patience {
    pthread_mutex_t lock;
    uint64_t waits; /* begun and ended: odd within one */
    uint64_t seen;  /* the one that was looked at last */
    int64_t since;  /* moment_elapsed of its first look */
    bool ended;     /* a signal was sent for the one that is under way */
};

/* patience_prepare: before any thread waits; patience_enter: in each thread that will. */
void patience_prepare(void);
void patience_enter(void);

/* patience_init, patience_free: nobody looks or waits. */
void patience_init(struct patience *patience);
void patience_free(struct patience *patience);

/* patience_begin, patience_end: by the thread, around whatever it may wait for its peer in. Behind
 * the end no system call of it fails by this. */
void patience_begin(struct patience *patience);
void patience_end(struct patience *patience);

/* patience_lasts: for how long (ns), as far as it has been looked at before; 0 when it does not.
 * patience_exhaust: true when it lasts at least so long (ns); `thread`, whose it is, is woken then.
 * Who does not sleep at this moment does not notice, so it is to be called again until it is false.
 * Both take `now` of moment_elapsed; from any thread. */
int64_t patience_lasts(struct patience *patience, int64_t now);
bool patience_exhaust(struct patience *patience, pthread_t thread, int64_t now, int64_t bound);

#endif
