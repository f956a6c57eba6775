/* secrets: the handlers that tell of secrets without their values.
 * Thread-safe. */
#ifndef HOOKROLL_API_SECRETS_H
#define HOOKROLL_API_SECRETS_H

#include "api/call.h"
#include "base/rc.h"

/* secrets_list: GET .../secrets: all that are kept, those that have ended since the last
 * roll too, and when each last verified something. */
RC_CHECK enum rc secrets_list(struct call *call);

/* secrets_of_all: GET /v1/projects/{project}/secrets: the same of all endpoints, page by page, or
 * of those whose overlap is under way, or whose current secret has verified nothing yet, or is
 * older than a moment. */
RC_CHECK enum rc secrets_of_all(struct call *call);

/* secrets_public_keys: GET .../public_keys: of the ed25519 secrets that can sign. */
RC_CHECK enum rc secrets_public_keys(struct call *call);

#endif
