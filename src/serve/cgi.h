/* cgi: one request as a web server starts a CGI program for it (RFC 3875). */
#ifndef HOOKROLL_SERVE_CGI_H
#define HOOKROLL_SERVE_CGI_H

#include "api/service.h"
#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>

/* cgi_is_asked: the environment is that of a CGI program, and no FastCGI socket was left
 * on descriptor 0. */
bool cgi_is_asked(void);

/* cgi_serve: answers the request in the environment and on standard input to standard
 * output. RC_SYSTEM when that cannot be written. */
RC_CHECK enum rc cgi_serve(const struct service *service, size_t max_body);

#endif
