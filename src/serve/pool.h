/* pool: workers that wait together for connections and serve them.
 *
 * All wait in one epoll set that holds the listener and every connection that a web server keeps
 * open, so an idle connection holds no worker; and a worker that waits for a commit holds no
 * thread (crew.h). */
#ifndef HOOKROLL_SERVE_POOL_H
#define HOOKROLL_SERVE_POOL_H

#include "api/service.h"
#include "base/rc.h"
#include "serve/kept.h"
#include "serve/listener.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pool;

struct pool_options {
    const struct listener *listener; /* borrowed until pool_stop */
    const struct service *service;   /* borrowed until pool_stop */
    size_t workers;                  /* requests that are worked on at a time, at most */
    size_t max_body;                 /* bytes */
    int64_t patience; /* ms in which a request is to come whole, and its answer to be taken */
};

/* pool_start: *out is new, ended with pool_stop. The caller has blocked the
 * signals that the threads are not to take. RC_NO_MEMORY; RC_SYSTEM, logged. */
RC_CHECK enum rc pool_start(const struct pool_options *options, struct pool **out);

/* pool_set_max_body: for the requests that come from now on; from any thread. */
void pool_set_max_body(struct pool *pool, size_t max_body);

/* pool_adopt: takes a connection between two requests, as pool_leave left it. */
void pool_adopt(struct pool *pool, int fd);

/* pool_stop: answers the requests that have come, those on connections that nobody has
 * accepted yet among them, takes no more, joins and releases. A listener of our own is retired. */
void pool_stop(struct pool *pool);

/* pool_pause: begins no more requests; true once none is being served. False when that cannot be
 * had within `patience` (ms), and all goes on as it was. While a peer is slow others are served. */
RC_CHECK bool pool_pause(struct pool *pool, int patience);

/* pool_leave: after pool_pause; joins and releases. What has come and will come is left to a
 * successor on the same listener, and open connections to `take`. */
void pool_leave(struct pool *pool, kept_take_fn *take, void *arg);

#endif
