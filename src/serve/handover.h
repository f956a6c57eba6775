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
};

/* handover_init: nothing to hand over. handover_free: releases, closes nothing. */
void handover_init(struct handover *handover);
void handover_free(struct handover *handover);

/* handover_keep: takes a connection, to be left open; `arg` is the struct handover. */
void handover_keep(void *arg, int fd);

/* handover_run: starts the program argv[0], a path, in this process; whoever handed
 * anything over has released all else. Returns only when that fails: RC_SYSTEM,
 * RC_NO_MEMORY; logged. */
RC_CHECK enum rc handover_run(struct handover *handover, const struct listener *listener,
                              char *const *argv);

/* handover_take: what the program before left; connections that are still open are the
 * caller's now. Before threads: it clears the variable. */
void handover_take(struct handover *handover, struct listener *listener);

#endif
