/* handover: what a process that restarts in place leaves to the program that follows in it:
 * the listener, on descriptor 0 as from any spawner, and the connections that web servers
 * keep open, named in the environment variable HOOKROLL_HANDED. So nobody outside notices. */
#ifndef HOOKROLL_SERVE_HANDOVER_H
#define HOOKROLL_SERVE_HANDOVER_H

#include "base/rc.h"
#include "serve/listener.h"

#include <stddef.h>

struct handover {
    int *fds;     /* kept connections */
    size_t count; /* of them */
    size_t room;
    int input; /* what descriptor 0 was before the listener, or -1 */
};

/* handover_init: nothing to hand over. handover_free: releases, closes nothing. */
void handover_init(struct handover *handover);
void handover_free(struct handover *handover);

/* handover_keep: takes a connection, to be left open; `arg` is the struct handover. */
void handover_keep(void *arg, int fd);

/* handover_leave: puts the listener and the connections where the next program finds them:
 * RC_SYSTEM with errno, RC_NO_MEMORY. handover_take_back: behind it, also where it failed: this
 * program has them as before. */
RC_CHECK enum rc handover_leave(struct handover *handover, const struct listener *listener);
void handover_take_back(struct handover *handover, const struct listener *listener);

/* handover_run: leaves them to the program argv[0], a path, and starts it in this process; whoever
 * handed anything over has released all else. Returns only when that fails, which is logged; this
 * program has them as before then. */
void handover_run(struct handover *handover, const struct listener *listener, char *const *argv);

/* handover_take: what the program before left; connections that are still open are the
 * caller's now. Before threads: it clears the variable. */
void handover_take(struct handover *handover, struct listener *listener);

#endif
