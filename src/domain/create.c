/* create: an endpoint becomes one when its members are good and it has a secret. */
#include "domain/create.h"

enum rc create_apply(struct create *create, struct endpoint *endpoint, struct history *event,
                     struct arena *arena)
{
    enum rc rc;

    endpoint_settle(endpoint);
    rc = endpoint_check(endpoint, &create->faults);
    if (create->secret.len > 0 &&
        (secret_check(create->secret, &create->faults) != RC_OK ||
         secret_check_type(create->secret, endpoint->signature.key_type, &create->faults) != RC_OK))
        rc = RC_INVALID;
    if (rc != RC_OK)
        return rc;
    rc = endpoint_add_secret(endpoint, create->secret, &create->fresh, endpoint->created_at, arena);
    if (rc != RC_OK)
        return rc;
    *event = history_entry(&create->by, HISTORY_CREATED, endpoint->project, endpoint->uid);
    event->fresh = endpoint->secrets[0].uid;
    return RC_OK;
}
