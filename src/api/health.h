/* health: whether the service can do its work. */
#ifndef HOOKROLL_API_HEALTH_H
#define HOOKROLL_API_HEALTH_H

#include "api/call.h"
#include "base/rc.h"

/* health_get: GET /healthz: 200 when the store can be read, else 503. Needs no key. */
enum rc health_get(struct call *call);

#endif
