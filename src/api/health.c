/* health: one read of the store, told without its details. */
#include "api/health.h"

#include "api/envelope.h"

enum rc health_get(struct call *call)
{
    enum rc rc = store_check(call->store);

    if (rc != RC_OK)
        return envelope_error(call->response, RC_UNAVAILABLE, "the store cannot be read");
    return envelope_error(call->response, RC_OK, "ok");
}
