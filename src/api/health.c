/* health: one read of the store, or one commit of nothing, told without its details. */
#include "api/health.h"

#include "api/envelope.h"

enum rc health_get(struct call *call)
{
    enum rc rc = store_check(call->store);

    if (rc != RC_OK)
        return envelope_error(call->response, RC_UNAVAILABLE, "the store cannot be read");
    return envelope_error(call->response, RC_OK, "ok");
}

enum rc health_ready(struct call *call)
{
    enum rc rc = store_ready(call->store);

    if (rc != RC_OK)
        return envelope_error(call->response, RC_UNAVAILABLE, "the store cannot be written");
    return envelope_error(call->response, RC_OK, "ready");
}
