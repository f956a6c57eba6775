/* revoke: decides whether a secret may be ended, and ends it. */
#include "domain/revoke.h"

static struct secret *find(struct endpoint *endpoint, const struct uid *uid)
{
    for (size_t i = 0; i < endpoint->secret_count; i++)
        if (uid_equal(&endpoint->secrets[i].uid, uid))
            return &endpoint->secrets[i];
    return NULL;
}

enum rc revoke_apply(struct edit *edit, void *arg)
{
    struct revoke *revoke = arg;
    struct endpoint *endpoint = edit->endpoint;
    struct secret *secret;

    if (endpoint_current(endpoint) == NULL)
        return RC_CORRUPT;
    endpoint_drop_ended(endpoint, revoke->by.now);
    secret = find(endpoint, &revoke->secret);
    if (secret == NULL)
        return RC_GONE;
    if (secret == endpoint_current(endpoint))
        return RC_CONFLICT;
    secret->expires_at = revoke->by.now;
    endpoint_drop_ended(endpoint, revoke->by.now);
    endpoint->updated_at = revoke->by.now;
    *edit->event = history_entry(&revoke->by, HISTORY_REVOKED, endpoint->project, endpoint->uid);
    edit->event->ended = revoke->secret;
    edit->event->ended_at = revoke->by.now;
    edit->event->reason = revoke->reason;
    return RC_OK;
}
