/* apikeys: the handlers of a project's API keys. A key gives no right that it has
 * not and no time beyond its own, and sees only keys of its own owner when it is restricted to one.
 */
#ifndef HOOKROLL_API_APIKEYS_H
#define HOOKROLL_API_APIKEYS_H

#include "api/call.h"
#include "base/rc.h"

/* apikeys_create: the answer is the only one that ever holds the token. */
enum rc apikeys_create(struct call *call);
enum rc apikeys_list(struct call *call);
enum rc apikeys_get(struct call *call);
enum rc apikeys_revoke(struct call *call);

#endif
