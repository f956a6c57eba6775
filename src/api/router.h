/* router: from a request to its answer. The api floor's front door. */
#ifndef HOOKROLL_API_ROUTER_H
#define HOOKROLL_API_ROUTER_H

#include "api/outcome.h"
#include "api/request.h"
#include "api/response.h"
#include "api/service.h"
#include "base/arena.h"
#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>

/* router_answer: finds the route of method and path, checks the caller's key,
 * lets the handler answer. `response` has an answer in any case, and `outcome` what it was
 * about. Thread-safe with a response and an arena per thread. */
void router_answer(const struct service *service, const struct request *request,
                   struct response *response, struct arena *arena, struct outcome *outcome);

/* router_afterwards: what is still to be done once the answer is out, so that it waits for nobody
 * who writes: the use of the caller's key is noted. A failure is logged. */
void router_afterwards(const struct service *service, const struct outcome *outcome);

/* router_route: the i-th route; false past the last. For those who describe and count them. */
bool router_route(size_t i, const char **method, const char **pattern);

#endif
