/* key_cache: for how long callers may keep what an endpoint signs or is verified with. */
#ifndef HOOKROLL_API_KEY_CACHE_H
#define HOOKROLL_API_KEY_CACHE_H

#include "api/call.h"
#include "domain/endpoint.h"

#include <stdbool.h>

/* key_cache_is_fresh: gives the answer its ETag and max_age, which reaches at most a minute
 * and never past the next end of a secret. True when If-None-Match names that tag: the
 * call has been answered with 304 (RFC 9110, section 13.1.2). */
bool key_cache_is_fresh(struct call *call, const struct endpoint *endpoint);

#endif
