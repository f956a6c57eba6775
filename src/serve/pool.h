/* pool: threads that wait together for connections and serve them.
 *
 * All wait in one epoll set that holds the listener and every connection that a
 * web server keeps open, so an idle connection holds no thread. */
#ifndef HOOKROLL_SERVE_POOL_H
#define HOOKROLL_SERVE_POOL_H

#include "api/service.h"
#include "base/rc.h"
#include "serve/listener.h"

#include <stddef.h>

struct pool;

struct pool_options {
    const struct listener *listener; /* borrowed until pool_stop */
    const struct service *service;   /* borrowed until pool_stop */
    size_t workers;                  /* threads */
    size_t max_body;                 /* bytes */
};

/* pool_start: *out is new, ended with pool_stop. The caller has blocked the
 * signals that the threads are not to take. RC_NO_MEMORY, RC_SYSTEM; logged. */
RC_CHECK enum rc pool_start(const struct pool_options *options, struct pool **out);

/* pool_set_max_body: for the requests that come from now on; from any thread. */
void pool_set_max_body(struct pool *pool, size_t max_body);

/* pool_stop: takes no new connections (of a listener of our own: after those
 * that wait already), answers the requests that have come, joins and releases. */
void pool_stop(struct pool *pool);

#endif
