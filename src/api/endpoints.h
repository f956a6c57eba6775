/* endpoints: the handlers of an endpoint's routes. Each answers and returns what
 * it answered with; the caller has authenticated. */
#ifndef HOOKROLL_API_ENDPOINTS_H
#define HOOKROLL_API_ENDPOINTS_H

#include "api/call.h"
#include "base/rc.h"

enum rc endpoints_create(struct call *call);
enum rc endpoints_get(struct call *call);

/* endpoints_roll: PUT .../expire_secret, "Roll endpoint secret". */
enum rc endpoints_roll(struct call *call);

#endif
