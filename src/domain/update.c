/* update: what deliveries depended on before, and whether they still do. */
#include "domain/update.h"

static bool signs_alike(const struct endpoint *endpoint, enum endpoint_status status,
                        bool advanced_signatures, const struct signature_settings *signature)
{
    return endpoint->status == status && endpoint->advanced_signatures == advanced_signatures &&
           endpoint->signature.order == signature->order &&
           endpoint->signature.formats == signature->formats;
}

enum rc update_apply(struct edit *edit, void *arg)
{
    const struct update *update = arg;
    const struct signature_settings signature = edit->endpoint->signature;
    enum endpoint_status status = edit->endpoint->status;
    bool advanced_signatures = edit->endpoint->advanced_signatures;
    enum rc rc = update->edit(edit, update->arg);

    if (rc == RC_OK && !signs_alike(edit->endpoint, status, advanced_signatures, &signature))
        *edit->event = history_entry(&update->by, HISTORY_UPDATED, edit->endpoint->project,
                                     edit->endpoint->uid);
    return rc;
}

static bool project_signs_alike(const struct project *a, const struct project *b)
{
    if (!text_equal(a->signature_header, b->signature_header) ||
        a->versions.count != b->versions.count)
        return false;
    for (size_t i = 0; i < a->versions.count; i++)
        if (a->versions.list[i].hash != b->versions.list[i].hash ||
            a->versions.list[i].encoding != b->versions.list[i].encoding)
            return false;
    return true;
}

enum rc project_update_apply(struct project_edit *edit, void *arg)
{
    const struct project_update *update = arg;
    const struct project before = *edit->project;
    enum rc rc = update->edit(edit, update->arg);

    if (rc == RC_OK && !project_signs_alike(&before, edit->project))
        *edit->event =
            history_entry(&update->by, HISTORY_PROJECT_UPDATED, edit->project->uid, UID_NONE);
    return rc;
}
