/* changes: the handler of a project's feed of changes, which senders that keep secrets
 * follow. Thread-safe. */
#ifndef HOOKROLL_API_CHANGES_H
#define HOOKROLL_API_CHANGES_H

#include "api/call.h"
#include "base/rc.h"

/* changes_get: GET .../changes: the project's history from a cursor on, oldest first; the
 * answer always has the cursor to go on with. */
RC_CHECK enum rc changes_get(struct call *call);

#endif
