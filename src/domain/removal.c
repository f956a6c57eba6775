/* removal: what deleting an endpoint means for its secrets. */
#include "domain/removal.h"

enum rc removal_apply(struct edit *edit, void *arg)
{
    const struct actor *by = arg;

    endpoint_drop_ended(edit->endpoint, by->now);
    *edit->event = history_entry(by, HISTORY_DELETED, edit->endpoint->project, edit->endpoint->uid);
    edit->event->ended_at = by->now;
    return RC_OK;
}
