/* history: what entries have in common, the names of what can happen, and what request ids and
 * reasons may be. */
#include "domain/history.h"

#include "domain/apikey.h"
#include "domain/signing_key.h"

struct history history_entry(const struct actor *by, enum history_action action, struct uid project,
                             struct uid endpoint)
{
    return (struct history){.at = by->now,
                            .action = action,
                            .project = project,
                            .endpoint = endpoint,
                            .key = by->key,
                            .request_id = by->request_id};
}

const char *history_action_name(enum history_action action)
{
    switch (action) {
    case HISTORY_CREATED:
        return "created";
    case HISTORY_ROLLED:
        return "rolled";
    case HISTORY_REVOKED:
        return "revoked";
    case HISTORY_DELETED:
        return "deleted";
    case HISTORY_UPDATED:
        return "updated";
    case HISTORY_PROJECT_UPDATED:
        return "project_updated";
    }
    return "unknown";
}

bool history_is_request_id(struct text id)
{
    if (id.len == 0 || id.len > HISTORY_REQUEST_ID_MAX)
        return false;
    for (size_t i = 0; i < id.len; i++)
        if (id.data[i] <= ' ' || id.data[i] >= 0x7F)
            return false;
    return !apikey_is_in(id) && !signing_key_is_in(id);
}

enum rc history_check_reason(struct text reason, struct faults *faults)
{
    if (reason.len <= HISTORY_REASON_MAX && text_is_utf8(reason) && !text_has_control(reason) &&
        text_characters(reason) <= HISTORY_REASON_CHARACTERS)
        return RC_OK;
    faults_add(faults, "reason",
               "reason must be at most %d characters of UTF-8 without control characters",
               HISTORY_REASON_CHARACTERS);
    return RC_INVALID;
}
