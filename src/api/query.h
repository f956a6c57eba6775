/* query: parameters of a URL's query (application/x-www-form-urlencoded). */
#ifndef HOOKROLL_API_QUERY_H
#define HOOKROLL_API_QUERY_H

#include "base/arena.h"
#include "base/rc.h"
#include "base/text.h"
#include "domain/faults.h"

#include <stdbool.h>
#include <stdint.h>

/* query_text: the decoded value of the first parameter of that name, borrowed from
 * `arena`; absent text without one. RC_INVALID and a fault when it is not
 * well-formed percent-encoded UTF-8; RC_NO_MEMORY. */
RC_CHECK enum rc query_text(struct text query, const char *name, struct arena *arena,
                            struct text *out, struct faults *faults);

/* query_integer: likewise, an integer from `min` to `max`; without one *out keeps its value. */
RC_CHECK enum rc query_integer(struct text query, const char *name, int64_t min, int64_t max,
                               int64_t *out, struct faults *faults);

/* query_flag: whether the parameter says true. False without one, and with a fault where it says
 * anything else. */
bool query_flag(struct text query, const char *name, struct faults *faults);

#endif
