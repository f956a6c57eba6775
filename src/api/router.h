/* router: from a request to its answer. The api floor's front door. */
#ifndef HOOKROLL_API_ROUTER_H
#define HOOKROLL_API_ROUTER_H

#include "api/request.h"
#include "api/response.h"
#include "base/arena.h"
#include "base/rc.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>

/* router_answer: finds the route of method and path, checks the caller's key,
 * lets the handler answer. `response` has an answer in any case. Returns what it
 * was about, for counting. Thread-safe with a response and an arena per thread. */
enum rc router_answer(struct store *store, const struct request *request, struct response *response,
                      struct arena *arena);

/* router_route: the i-th route; false past the last. For those who describe them. */
bool router_route(size_t i, const char **method, const char **pattern);

#endif
