/* gate: a thing that many use together, or one has alone; and what its users leave for the
 * next, so that coming and going takes a lock once each. Thread-safe. */
#ifndef HOOKROLL_STORE_GATE_H
#define HOOKROLL_STORE_GATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    GATE_SPARES = 128
};

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* users or closed */
    size_t users;
    bool closed; /* somebody has it alone, or waits for that */
    size_t spare_count;
    void *spares[GATE_SPARES];
};

/* gate_init: 0, or an error of pthreads. gate_free: nobody may use it, and no spare be left. */
int gate_init(struct gate *gate);
void gate_free(struct gate *gate);

/* gate_enter: waits while somebody has it alone or wants to. With `spare`, *spare is what
 * another has left, or NULL. */
void gate_enter(struct gate *gate, void **spare);

/* gate_leave: `spare`, unless NULL, is left for the next; false when there is no room for it. */
bool gate_leave(struct gate *gate, void *spare);

/* gate_close: waits until nobody uses it, and has it alone until gate_open. No user may call it. */
void gate_close(struct gate *gate);
void gate_open(struct gate *gate);

/* gate_take: what is left, one at a time; NULL when there is nothing more. */
void *gate_take(struct gate *gate);

#endif
