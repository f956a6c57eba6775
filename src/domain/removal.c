/* removal: what deleting an endpoint means for its secrets. */
#include "domain/removal.h"

enum rc removal_apply(struct edit *edit, void *arg)
{
    const struct removal *removal = arg;

    endpoint_drop_ended(edit->endpoint, removal->now);
    *edit->event = (struct history){.at = removal->now,
                                    .action = HISTORY_DELETED,
                                    .project = edit->endpoint->project,
                                    .endpoint = edit->endpoint->uid,
                                    .key = removal->key,
                                    .request_id = removal->request_id,
                                    .ended_at = removal->now};
    return RC_OK;
}
