/* health: whether the service can do its work. */
#ifndef HOOKROLL_API_HEALTH_H
#define HOOKROLL_API_HEALTH_H

#include "api/call.h"
#include "base/rc.h"

/* health_get: GET /healthz: 200 when the store can be read, else 503. Needs no key. */
enum rc health_get(struct call *call);

/* health_ready: GET /readyz: 200 when a change could be made durable now, else 503. Changes
 * nothing; waits for its turn among those who do. Needs no key. */
enum rc health_ready(struct call *call);

#endif
