/* rolls: the handlers of an endpoint's secrets: rolling and revoking. Each answers
 * and returns what it answered with; the caller has authenticated. */
#ifndef HOOKROLL_API_ROLLS_H
#define HOOKROLL_API_ROLLS_H

#include "api/call.h"
#include "base/rc.h"

/* rolls_roll: PUT .../expire_secret, "Roll endpoint secret". */
enum rc rolls_roll(struct call *call);

/* rolls_revoke: ends a secret that is in grace now. */
enum rc rolls_revoke(struct call *call);

#endif
