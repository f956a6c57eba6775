/* kept: the connections that web servers keep open, each between two requests and waiting in
 * an epoll set for what comes next.
 *
 * Whoever serves a connection, or hands it back to the set, has its turn: it may be ready
 * again before that is done. Thread-safe. */
#ifndef HOOKROLL_SERVE_KEPT_H
#define HOOKROLL_SERVE_KEPT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct kept_connection;

struct kept {
    int epoll;         /* the caller's; an event's data.ptr is a struct kept_connection */
    _Atomic bool told; /* that some could not be kept */
    pthread_mutex_t lock;
    struct kept_connection *first; /* guarded by lock */
};

/* kept_init: none yet. kept_free: there may be none left. */
void kept_init(struct kept *kept, int epoll);
void kept_free(struct kept *kept);

/* kept_add: takes a connection that has no request yet; closes it where that cannot be,
 * which is logged once. */
void kept_add(struct kept *kept, int fd);

/* Serves one request of a connection; true when it is open and stays. */
typedef bool kept_serve(void *arg, int fd);

/* kept_use: of a connection that an event was about: has its turn, serves it, and lets it wait
 * for the next event or, where it is closed, forgets it. */
void kept_use(struct kept *kept, struct kept_connection *connection, kept_serve *serve, void *arg);

bool kept_is_empty(struct kept *kept);

/* kept_take: hands over each connection, open, and forgets it; no other thread uses it. */
typedef void kept_take_fn(void *arg, int fd);
void kept_take(struct kept *kept, kept_take_fn *take, void *arg);

#endif
