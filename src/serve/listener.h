/* listener: the socket on which web servers reach the responder. */
#ifndef HOOKROLL_SERVE_LISTENER_H
#define HOOKROLL_SERVE_LISTENER_H

#include "base/rc.h"

#include <stdbool.h>
#include <sys/types.h>
#include <sys/un.h>

enum {
    LISTENER_PATH_SIZE = sizeof(((struct sockaddr_un *)0)->sun_path)
};

/* Which file it is, whatever its path leads to meanwhile. */
struct listener_file {
    dev_t device;
    ino_t inode;
};

struct listener {
    int fd;                        /* listening, non-blocking, close-on-exec */
    bool inherited;                /* from a spawner, who may hand it to a successor */
    char path[LISTENER_PATH_SIZE]; /* to remove; "" for none */
    struct listener_file file;     /* that was made there */
};

/* listener_open: what a spawner left on fd 0 (lighttpd's bin-path, spawn-fcgi,
 * mod_fcgid), or else a socket of our own at `address`: "unix:PATH", with
 * `mode`, or "HOST:PORT", "[HOST]:PORT" with a numeric host. A unix socket that
 * nobody answers on is replaced. RC_INVALID for an address that is none,
 * RC_EXISTS when another is serving there, RC_SYSTEM; the cause is logged. */
RC_CHECK enum rc listener_open(const char *address, mode_t mode, struct listener *out);

/* listener_is_address: whether `address` is of one of these forms; opens nothing. */
bool listener_is_address(const char *address);

/* listener_is_inherited: a spawner left a listening socket on fd 0. */
bool listener_is_inherited(void);

/* listener_keep: the inherited one is one of our own, opened by a program before this one in
 * the process; with the file that it had made. */
void listener_keep(struct listener *listener, struct listener_file file);

/* listener_unblock: makes it non-blocking again, where somebody who shares it changed that. */
void listener_unblock(const struct listener *listener);

/* Why there is no connection. */
enum listener_none {
    LISTENER_NOBODY, /* waits to be accepted */
    LISTENER_AGAIN,  /* ask again */
    LISTENER_STARVED /* no descriptor can be had, as errno tells */
};

/* listener_accept: the next connection, close-on-exec, on which whoever waits for the peer gives
 * up in time; negative, and *why, when there is none. Thread-safe. */
int listener_accept(const struct listener *listener, enum listener_none *why);

/* listener_bound: who waits for the peer of a connection gives up after `patience` (s). */
void listener_bound(int fd, int patience);

/* listener_retire: nobody new reaches a socket of our own. Who connects to its path finds the next
 * process, or nobody; who connects to its port waits for one of the two. Who has connected can
 * be accepted as before. An inherited socket is left to others. */
void listener_retire(const struct listener *listener);

/* listener_close: and removes the socket's file when it is ours. */
void listener_close(struct listener *listener);

#endif
