/* project_rolls: the handler that rolls the endpoints of a whole project. */
#ifndef HOOKROLL_API_PROJECT_ROLLS_H
#define HOOKROLL_API_PROJECT_ROLLS_H

#include "api/call.h"
#include "base/rc.h"

/* project_rolls_roll: oldest first, those whose current secret is older than the request says,
 * each a durable step of its own; up to the request's limit, or as many as the answer has room
 * for. What was done is answered also when the store fails on the way. */
enum rc project_rolls_roll(struct call *call);

#endif
