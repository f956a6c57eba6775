/* lists: endpoint list and secrets: a project's endpoints, newest first. */
#include "api/endpoint_json.h"
#include "api/json_write.h"
#include "api/secrets_json.h"
#include "ctl.h"
#include "domain/roll_older.h"

/* What is shown of an endpoint, as JSON and to people. */
struct listing {
    struct ctl *ctl;
    void (*head)(struct ctl *ctl);
    void (*row)(struct ctl *ctl, const struct endpoint *endpoint);
    void (*write)(struct ctl *ctl, struct json_write *json, const struct endpoint *endpoint);
    struct overlap overlap; /* only these; zeros: all */
    struct json_write json;
    int64_t left; /* to be shown, at least 1 */
};

static bool list_one(const struct endpoint *endpoint, void *arg)
{
    struct listing *listing = arg;
    struct ctl *ctl = listing->ctl;

    if (!overlap_matches(&listing->overlap, endpoint->secrets, endpoint->secret_count))
        return true;
    if (ctl->json)
        listing->write(ctl, &listing->json, endpoint);
    else
        listing->row(ctl, endpoint);
    return --listing->left > 0;
}

static enum rc list(struct listing *listing)
{
    struct ctl *ctl = listing->ctl;
    struct uid project;
    enum rc rc = ctl_uid(ctl, CTL_PROJECT, &project);

    listing->json = json_write_to(&ctl->out);
    listing->left = INT64_MAX;
    if (rc == RC_OK)
        rc = ctl_integer(ctl, CTL_LIMIT, &listing->left);
    if (rc != RC_OK)
        return rc;
    if (ctl->json)
        json_write_begin_array(&listing->json);
    else
        listing->head(ctl);
    rc = store_endpoints(ctl->store, &project, list_one, listing);
    ctl_explain_missing(ctl, rc, "project");
    /* One that cannot be read hides no other. */
    ctl->partial = rc == RC_CORRUPT || rc == RC_KEY;
    if (ctl->json) {
        json_write_end_array(&listing->json);
        buf_put_byte(&ctl->out, '\n');
    }
    return rc;
}

static void endpoint_head(struct ctl *ctl)
{
    ctl_cell(ctl, UID_SIZE - 1, text_of("ENDPOINT"));
    ctl_cell(ctl, 8, text_of("STATUS"));
    ctl_cell(ctl, 7, text_of("SECRETS"));
    ctl_cell(ctl, 24, text_of("NAME"));
    ctl_cell(ctl, 0, text_of("URL"));
    ctl_row(ctl);
}

static void endpoint_row(struct ctl *ctl, const struct endpoint *endpoint)
{
    ctl_cell_uid(ctl, &endpoint->uid);
    ctl_cell(ctl, 8, text_of(endpoint_status_name(endpoint->status)));
    ctl_cell_integer(ctl, 7, (int64_t)endpoint_signing(endpoint, ctl->now));
    ctl_cell(ctl, 24, endpoint->members[ENDPOINT_NAME]);
    ctl_cell(ctl, 0, endpoint->members[ENDPOINT_URL]);
    ctl_row(ctl);
}

static void write_endpoint(struct ctl *ctl, struct json_write *json,
                           const struct endpoint *endpoint)
{
    const struct endpoint_json_view view = ctl_view(ctl);

    endpoint_json_write(json, endpoint, &view);
}

enum rc ctl_endpoint_list(struct ctl *ctl)
{
    return list(&(struct listing){ctl, endpoint_head, endpoint_row, .write = write_endpoint});
}

static void secrets_head(struct ctl *ctl)
{
    ctl_cell(ctl, UID_SIZE - 1, text_of("ENDPOINT"));
    ctl_cell(ctl, UID_SIZE - 1, text_of("SECRET"));
    ctl_cell(ctl, 7, text_of("STATE"));
    ctl_cell(ctl, 24, text_of("CREATED"));
    ctl_cell(ctl, 24, text_of("ENDS"));
    ctl_cell(ctl, 24, text_of("LAST VERIFIED"));
    ctl_cell(ctl, 0, text_of("NAME"));
    ctl_row(ctl);
}

/* A row for each secret, oldest first. */
static void secrets_row(struct ctl *ctl, const struct endpoint *endpoint)
{
    for (size_t i = 0; i < endpoint->secret_count; i++) {
        const struct secret *secret = &endpoint->secrets[i];

        ctl_cell_uid(ctl, &endpoint->uid);
        ctl_cell_uid(ctl, &secret->uid);
        ctl_cell(ctl, 7, text_of(secret_state_name(secret, ctl->now)));
        ctl_cell_moment(ctl, secret->created_at);
        ctl_cell_moment(ctl, secret->expires_at);
        ctl_cell_moment(ctl, secret->verified_at);
        ctl_cell(ctl, 0, endpoint->members[ENDPOINT_NAME]);
        ctl_row(ctl);
    }
}

static void write_secrets(struct ctl *ctl, struct json_write *json, const struct endpoint *endpoint)
{
    secrets_json_row(json, endpoint, ctl->now);
}

enum rc ctl_secrets(struct ctl *ctl)
{
    struct text before = text_of(ctl->values[CTL_CREATED_BEFORE]);
    struct roll_older older;

    roll_older_read(&older, before, ctl->now, ctl_name(CTL_CREATED_BEFORE), &ctl->faults);
    if (ctl->faults.count > 0)
        return RC_INVALID;
    return list(&(struct listing){ctl, secrets_head, secrets_row, write_secrets,
                                  .overlap = {.in_grace = ctl->in_grace,
                                              .unverified = ctl->unverified,
                                              .older = before.data != NULL,
                                              .created_before = older.created_before,
                                              .now = ctl->now}});
}
