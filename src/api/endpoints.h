/* endpoints: the handlers of an endpoint's routes. Each answers and returns what
 * it answered with; the caller has authenticated. */
#ifndef HOOKROLL_API_ENDPOINTS_H
#define HOOKROLL_API_ENDPOINTS_H

#include "api/call.h"
#include "base/rc.h"

enum rc endpoints_create(struct call *call);
enum rc endpoints_get(struct call *call);

/* endpoints_update: members that are absent keep their value; with If-Match only
 * when the caller has seen the latest. */
enum rc endpoints_update(struct call *call);

/* endpoints_delete: its history stays. */
enum rc endpoints_delete(struct call *call);

/* endpoints_pause: and back; a body is ignored. */
enum rc endpoints_pause(struct call *call);
enum rc endpoints_activate(struct call *call);

#endif
