/* histories: the handlers that tell what happened: to the secrets of one endpoint, and in a whole
 * project, which senders that keep secrets follow. Thread-safe. */
#ifndef HOOKROLL_API_HISTORIES_H
#define HOOKROLL_API_HISTORIES_H

#include "api/call.h"
#include "base/rc.h"

/* histories_endpoint: GET .../history: newest first; of a deleted endpoint too. */
RC_CHECK enum rc histories_endpoint(struct call *call);

/* histories_project: GET .../changes: the project's history from a cursor on, oldest first; the
 * answer always has the cursor to go on with. */
RC_CHECK enum rc histories_project(struct call *call);

#endif
