/* fcgi: FastCGI requests in, answers out; the one door to libfcgi.
 *
 * One struct fcgi per worker: it serves one request at a time, in any thread. */
#ifndef HOOKROLL_SERVE_FCGI_H
#define HOOKROLL_SERVE_FCGI_H

#include "base/rc.h"
#include "serve/gateway.h"

#include <stdbool.h>
#include <stddef.h>

struct fcgi;

/* fcgi_init: once, before threads, and before the program's own signal handling,
 * which libfcgi would replace. RC_SYSTEM. */
RC_CHECK enum rc fcgi_init(void);

/* fcgi_new: NULL without memory. Serves nothing larger than an empty body until
 * fcgi_bound says how many bytes there may be, which it may anew between requests. */
struct fcgi *fcgi_new(void);
void fcgi_bound(struct fcgi *fcgi, size_t max_body);

/* fcgi_free: NULL is let pass. */
void fcgi_free(struct fcgi *fcgi);

/* fcgi_serve: takes a connection on which something can be read, reads one
 * request, answers it. True: the peer keeps the connection open and `fd` is the
 * caller's again; false: it is closed, as it is in any case after the `last`
 * request, and when a request breaks off before its body, which is not answered then. Waits for
 * what comes next no longer than the socket's own timeouts, which begin anew with each byte, and
 * not beyond a system call that fails with EINTR (patience.h). */
bool fcgi_serve(struct fcgi *fcgi, int fd, bool last, gateway_answer *answer, void *arg);

#endif
