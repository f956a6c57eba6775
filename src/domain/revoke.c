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
    endpoint_drop_ended(endpoint, revoke->now);
    secret = find(endpoint, &revoke->secret);
    if (secret == NULL)
        return RC_GONE;
    if (secret == endpoint_current(endpoint))
        return RC_CONFLICT;
    secret->expires_at = revoke->now;
    endpoint_drop_ended(endpoint, revoke->now);
    endpoint->updated_at = revoke->now;
    *edit->event = (struct history){.at = revoke->now,
                                    .action = HISTORY_REVOKED,
                                    .project = endpoint->project,
                                    .endpoint = endpoint->uid,
                                    .key = revoke->key,
                                    .request_id = revoke->request_id,
                                    .ended = revoke->secret,
                                    .ended_at = revoke->now,
                                    .reason = revoke->reason};
    return RC_OK;
}
