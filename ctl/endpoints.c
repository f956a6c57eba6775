/* endpoints: endpoint create, get, update, delete, pause and activate. */
#include "api/endpoint_json.h"
#include "api/json_read.h"
#include "base/crypto.h"
#include "ctl.h"
#include "domain/create.h"
#include "domain/delivery.h"
#include "domain/removal.h"
#include "domain/update.h"

#include <stdio.h>

/* The JSON document that --input names; none: *document stays NULL. */
static enum rc read_document(const struct ctl *ctl, struct json_object **document,
                             struct faults *faults)
{
    if (ctl->values[CTL_INPUT] == NULL)
        return RC_OK;
    return json_read_object(ctl->files[CTL_INPUT], document, faults);
}

/* Options stand above the document. */
static void read_options(const struct ctl *ctl, struct endpoint *endpoint)
{
    if (ctl->values[CTL_NAME] != NULL)
        endpoint->members[ENDPOINT_NAME] = text_of(ctl->values[CTL_NAME]);
    if (ctl->values[CTL_URL] != NULL)
        endpoint->members[ENDPOINT_URL] = text_of(ctl->values[CTL_URL]);
    if (ctl->values[CTL_OWNER_ID] != NULL)
        endpoint->members[ENDPOINT_OWNER_ID] = text_of(ctl->values[CTL_OWNER_ID]);
}

static enum rc read_members(struct ctl *ctl, struct json_object **document,
                            struct endpoint *endpoint, struct create *create)
{
    enum rc rc = read_document(ctl, document, &create->faults);

    if (rc != RC_OK)
        return rc;
    if (*document != NULL)
        endpoint_json_read(*document, endpoint, &create->secret, &create->faults);
    read_options(ctl, endpoint);
    return ctl_secret(ctl, &create->secret);
}

/* Members from a JSON document as PUT takes it. */
struct replacement {
    struct ctl *ctl;
    const struct json_object *document;
};

static enum rc replace(struct edit *edit, void *arg)
{
    struct replacement *update = arg;
    struct ctl *ctl = update->ctl;
    struct text secret = {NULL, 0};

    ctl->faults.count = 0;
    if (update->document != NULL)
        endpoint_json_read(update->document, edit->endpoint, &secret, &ctl->faults);
    if (secret.len > 0)
        faults_add(&ctl->faults, "secret", "secret cannot be updated, use hookrollctl roll");
    read_options(ctl, edit->endpoint);
    endpoint_settle(edit->endpoint);
    edit->endpoint->updated_at = ctl->now;
    return endpoint_check(edit->endpoint, &ctl->faults);
}

/* Does the edit and shows its outcome. */
static enum rc change(struct ctl *ctl, edit_fn *edit, void *arg)
{
    struct endpoint_json_view view = ctl_view(ctl);
    struct update update = {edit, arg, ctl_actor(ctl)};
    struct endpoint endpoint = {.status = ENDPOINT_ACTIVE};
    struct uid project;
    struct uid uid;
    enum rc rc = ctl_ids(ctl, &project, &uid);

    if (rc == RC_OK)
        rc = store_endpoint_edit(ctl->store, &project, &uid, update_apply, &update, &ctl->arena,
                                 &endpoint);
    ctl_explain_missing(ctl, rc, "endpoint");
    if (rc == RC_CONFLICT)
        (void)snprintf(ctl->why, sizeof ctl->why, "the endpoint is %s",
                       endpoint_status_name(endpoint.status));
    if (rc == RC_OK)
        ctl_print_endpoint(ctl, &endpoint, &view);
    return rc;
}

enum rc ctl_endpoint_update(struct ctl *ctl)
{
    struct replacement update = {.ctl = ctl};
    struct json_object *document = NULL;
    enum rc rc = read_document(ctl, &document, &ctl->faults);

    update.document = document;
    if (rc == RC_OK)
        rc = change(ctl, replace, &update);
    json_read_free(document);
    return rc;
}

/* Not as the API, where a second pause is its end: a step that is repeated resumes nothing. */
static enum rc pause_apply(struct edit *edit, void *arg)
{
    if (edit->endpoint->status == ENDPOINT_PAUSED)
        return RC_CONFLICT;
    return endpoint_pause(edit->endpoint, ((const struct ctl *)arg)->now);
}

enum rc ctl_endpoint_pause(struct ctl *ctl)
{
    return change(ctl, pause_apply, ctl);
}

static enum rc activate_apply(struct edit *edit, void *arg)
{
    return endpoint_activate(edit->endpoint, ((const struct ctl *)arg)->now);
}

enum rc ctl_endpoint_activate(struct ctl *ctl)
{
    return change(ctl, activate_apply, ctl);
}

enum rc ctl_endpoint_delete(struct ctl *ctl)
{
    struct actor by = ctl_actor(ctl);
    struct uid project;
    struct uid uid;
    enum rc rc = ctl_ids(ctl, &project, &uid);

    if (rc == RC_OK)
        rc = store_endpoint_delete(ctl->store, &project, &uid, removal_apply, &by, &ctl->arena);
    ctl_explain_missing(ctl, rc, "endpoint");
    if (rc == RC_OK)
        buf_put_string(&ctl->out, ctl->json ? "{\"deleted\":true}\n" : "deleted\n");
    return rc;
}

enum rc ctl_endpoint_create(struct ctl *ctl)
{
    struct create create = {.by = ctl_actor(ctl)};
    struct endpoint_json_view view = ctl_view(ctl);
    struct json_object *document = NULL;
    uint8_t entropy[UID_ENTROPY_BYTES];
    struct endpoint endpoint;
    struct history event;
    struct uid project;
    enum rc rc = ctl_uid(ctl, CTL_PROJECT, &project);

    if (rc != RC_OK)
        return rc;
    crypto_random_id(entropy, sizeof entropy);
    crypto_random(&create.fresh, sizeof create.fresh);
    endpoint_init(&endpoint, uid_make(ctl->now, entropy), project, ctl->now);
    rc = read_members(ctl, &document, &endpoint, &create);
    if (rc == RC_OK)
        rc = create_apply(&create, &endpoint, &event, &ctl->arena);
    if (rc == RC_OK)
        rc = store_endpoint_add(ctl->store, &endpoint, &event);
    if (rc == RC_OK) {
        view.fresh = event.fresh;
        view.warning = delivery_warning(&endpoint);
        ctl_print_endpoint(ctl, &endpoint, &view);
    }
    ctl_explain_missing(ctl, rc, "project");
    if (rc == RC_EXISTS)
        (void)snprintf(ctl->why, sizeof ctl->why, "the uid that was drawn is taken: try again");
    if (create.faults.count > 0)
        ctl->faults = create.faults;
    crypto_wipe(&create.fresh, sizeof create.fresh);
    json_read_free(document);
    return rc;
}

enum rc ctl_endpoint_get(struct ctl *ctl)
{
    struct endpoint_json_view view = ctl_view(ctl);
    struct endpoint endpoint;
    struct uid project;
    struct uid uid;
    enum rc rc = ctl_ids(ctl, &project, &uid);

    if (rc == RC_OK)
        rc = store_endpoint_get(ctl->store, &project, &uid, &ctl->arena, &endpoint);
    ctl_explain_missing(ctl, rc, "endpoint");
    if (rc == RC_OK)
        ctl_print_endpoint(ctl, &endpoint, &view);
    return rc;
}
