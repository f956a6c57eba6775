/* history: what happened to a project's or an endpoint's secrets, newest first. */
#include "api/history_json.h"
#include "api/json_write.h"
#include "ctl.h"

struct listing {
    struct ctl *ctl;
    struct json_write json;
    int64_t left;
};

static bool list_one(const struct history *history, void *arg)
{
    struct listing *listing = arg;
    struct ctl *ctl = listing->ctl;

    if (listing->left-- <= 0)
        return false;
    if (ctl->json) {
        history_json_write(&listing->json, history);
        return true;
    }
    ctl_cell_integer(ctl, 8, (int64_t)history->sequence);
    ctl_cell_moment(ctl, history->at);
    ctl_cell(ctl, 15, text_of(history_action_name(history->action)));
    ctl_cell_uid(ctl, &history->endpoint);
    ctl_cell_uid(ctl, &history->fresh);
    ctl_cell_uid(ctl, &history->ended);
    ctl_cell_moment(ctl, uid_is_none(&history->ended) ? INT64_MAX : history->ended_at);
    ctl_cell_uid(ctl, &history->key);
    ctl_cell(ctl, 26, history->request_id);
    ctl_cell(ctl, 0, history->reason);
    ctl_row(ctl);
    return true;
}

static void head(struct ctl *ctl)
{
    ctl_cell(ctl, 8, text_of("SEQUENCE"));
    ctl_cell(ctl, 24, text_of("AT"));
    ctl_cell(ctl, 15, text_of("ACTION"));
    ctl_cell(ctl, UID_SIZE - 1, text_of("ENDPOINT"));
    ctl_cell(ctl, UID_SIZE - 1, text_of("NEW SECRET"));
    ctl_cell(ctl, UID_SIZE - 1, text_of("ENDED SECRET"));
    ctl_cell(ctl, 24, text_of("ENDS"));
    ctl_cell(ctl, UID_SIZE - 1, text_of("KEY"));
    ctl_cell(ctl, 26, text_of("REQUEST"));
    ctl_cell(ctl, 0, text_of("REASON"));
    ctl_row(ctl);
}

enum rc ctl_history(struct ctl *ctl)
{
    struct listing listing = {ctl, json_write_to(&ctl->out), INT64_MAX};
    bool one = ctl->values[CTL_ENDPOINT] != NULL;
    struct uid project;
    struct uid endpoint;
    enum rc rc = ctl_uid(ctl, CTL_PROJECT, &project);

    if (rc == RC_OK && one)
        rc = ctl_uid(ctl, CTL_ENDPOINT, &endpoint);
    if (rc == RC_OK)
        rc = ctl_integer(ctl, CTL_LIMIT, &listing.left);
    if (rc != RC_OK)
        return rc;
    if (ctl->json)
        json_write_begin_array(&listing.json);
    else
        head(ctl);
    rc = store_history(ctl->store, &project, one ? &endpoint : NULL, 0, list_one, &listing);
    ctl_explain_missing(ctl, rc, one ? "endpoint" : "project");
    if (ctl->json) {
        json_write_end_array(&listing.json);
        buf_put_byte(&ctl->out, '\n');
    }
    return rc;
}
