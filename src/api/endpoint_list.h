/* endpoint_list: GET .../endpoints, page by page. */
#ifndef HOOKROLL_API_ENDPOINT_LIST_H
#define HOOKROLL_API_ENDPOINT_LIST_H

#include "api/call.h"
#include "base/rc.h"

/* endpoint_list_get: newest first. A cursor is the uid of the first endpoint of the
 * page to come, itself included, in the direction that is asked for. */
enum rc endpoint_list_get(struct call *call);

#endif
