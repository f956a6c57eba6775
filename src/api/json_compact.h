/* json_compact: JSON without the blanks between its words. */
#ifndef HOOKROLL_API_JSON_COMPACT_H
#define HOOKROLL_API_JSON_COMPACT_H

#include "base/arena.h"
#include "base/rc.h"
#include "base/text.h"

/* json_compact: *out is `json` without insignificant white space (RFC 8259, section 2);
 * the order of members, numbers and escapes stay as written. Borrowed from `arena`.
 * RC_INVALID when it is not JSON, as strictly as json_read has it, but that a member may be given
 * twice: nothing is read from it. It takes no memory but for *out. RC_NO_MEMORY. */
RC_CHECK enum rc json_compact(struct text json, struct arena *arena, struct text *out);

#endif
