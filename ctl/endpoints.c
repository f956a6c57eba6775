/* endpoints: endpoint create, get and list, and roll. */
#include "api/endpoint_json.h"
#include "api/json_read.h"
#include "api/json_write.h"
#include "base/crypto.h"
#include "ctl.h"
#include "domain/create.h"
#include "domain/roll.h"

#include <stdio.h>

enum {
    INPUT_MAX = 512 * 1024
};

/* A secret's file is its value; one line end behind it is an editor's, not its own. */
static enum rc read_secret(struct ctl *ctl, struct text *secret)
{
    enum rc rc;

    if (ctl->values[CTL_SECRET_FILE] == NULL)
        return RC_OK;
    rc = ctl_read(ctl, CTL_SECRET_FILE, SECRET_VALUE_MAX + 1, secret);
    if (rc == RC_OK && secret->len > 0 && secret->data[secret->len - 1] == '\n')
        secret->len--;
    if (rc == RC_OK)
        rc = secret_check(*secret, &ctl->faults);
    return rc;
}

static void print_people(struct ctl *ctl, const struct endpoint *endpoint,
                         const struct endpoint_json_view *view)
{
    ctl_cell(ctl, 9, text_of("endpoint"));
    ctl_cell_uid(ctl, &endpoint->uid);
    ctl_cell(ctl, 8, text_of(endpoint_status_name(endpoint->status)));
    ctl_cell(ctl, 0, endpoint->members[ENDPOINT_NAME]);
    ctl_row(ctl);
    ctl_cell(ctl, 9, text_of("url"));
    ctl_cell(ctl, 0, endpoint->members[ENDPOINT_URL]);
    ctl_row(ctl);
    for (size_t i = 0; i < endpoint->secret_count; i++) {
        const struct secret *secret = &endpoint->secrets[i];
        bool shown = view->secrets || uid_equal(&secret->uid, &view->fresh);

        if (!secret_can_sign(secret, view->now))
            continue;
        ctl_cell(ctl, 9, text_of(secret->expires_at == SECRET_NO_END ? "current" : "ending"));
        ctl_cell_uid(ctl, &secret->uid);
        ctl_cell_moment(ctl, secret->expires_at);
        ctl_cell(ctl, 0, shown ? secret->value : text_of("[REDACTED]"));
        ctl_row(ctl);
    }
    if (view->warning != NULL)
        buf_printf(&ctl->out, "warning: %s\n", view->warning);
}

static void print_endpoint(struct ctl *ctl, const struct endpoint *endpoint,
                           const struct endpoint_json_view *view)
{
    struct json_write json = json_write_to(&ctl->out);

    if (!ctl->json) {
        print_people(ctl, endpoint, view);
        return;
    }
    endpoint_json_write(&json, endpoint, view);
    buf_put_byte(&ctl->out, '\n');
}

/* The members: from a JSON document as POST takes it, or from options. */
static enum rc read_members(struct ctl *ctl, struct json_object **document,
                            struct endpoint *endpoint, struct create *create)
{
    struct text input;
    enum rc rc;

    if (ctl->values[CTL_INPUT] != NULL) {
        rc = ctl_read(ctl, CTL_INPUT, INPUT_MAX, &input);
        if (rc == RC_OK)
            rc = json_read_object(input, document, &create->faults);
        if (rc != RC_OK)
            return rc;
        endpoint_json_read(*document, endpoint, &create->secret, &create->faults);
    }
    if (ctl->values[CTL_NAME] != NULL)
        endpoint->members[ENDPOINT_NAME] = text_of(ctl->values[CTL_NAME]);
    if (ctl->values[CTL_URL] != NULL)
        endpoint->members[ENDPOINT_URL] = text_of(ctl->values[CTL_URL]);
    if (ctl->values[CTL_OWNER_ID] != NULL)
        endpoint->members[ENDPOINT_OWNER_ID] = text_of(ctl->values[CTL_OWNER_ID]);
    return read_secret(ctl, &create->secret);
}

enum rc ctl_endpoint_create(struct ctl *ctl)
{
    struct create create = {.request_id = text_of("hookrollctl")};
    struct endpoint_json_view view = {.now = ctl->now, .secrets = ctl->show_secrets};
    struct json_object *document = NULL;
    uint8_t entropy[UID_ENTROPY_BYTES];
    struct endpoint endpoint;
    struct history event;
    struct uid project;
    enum rc rc = ctl_uid(ctl, CTL_PROJECT, &project);

    if (rc != RC_OK)
        return rc;
    crypto_random(entropy, sizeof entropy);
    crypto_random(&create.fresh, sizeof create.fresh);
    endpoint_init(&endpoint, uid_make(ctl->now, entropy), project, ctl->now);
    rc = read_members(ctl, &document, &endpoint, &create);
    if (rc == RC_OK)
        rc = create_apply(&create, &endpoint, &event, &ctl->arena);
    if (rc == RC_OK)
        rc = store_endpoint_add(ctl->store, &endpoint, &event);
    if (rc == RC_OK) {
        view.fresh = event.fresh;
        print_endpoint(ctl, &endpoint, &view);
    }
    if (rc == RC_NOT_FOUND && ctl->why[0] == '\0')
        (void)snprintf(ctl->why, sizeof ctl->why, "project not found");
    if (create.faults.count > 0)
        ctl->faults = create.faults;
    crypto_wipe(&create.fresh, sizeof create.fresh);
    json_read_free(document);
    return rc;
}

static enum rc read_ids(struct ctl *ctl, struct uid *project, struct uid *endpoint)
{
    enum rc rc = ctl_uid(ctl, CTL_PROJECT, project);
    enum rc second = ctl_uid(ctl, CTL_ENDPOINT, endpoint);

    return rc == RC_OK ? second : rc;
}

enum rc ctl_endpoint_get(struct ctl *ctl)
{
    struct endpoint_json_view view = {.now = ctl->now, .secrets = ctl->show_secrets};
    struct endpoint endpoint;
    struct uid project;
    struct uid uid;
    enum rc rc = read_ids(ctl, &project, &uid);

    if (rc == RC_OK)
        rc = store_endpoint_get(ctl->store, &project, &uid, &ctl->arena, &endpoint);
    if (rc == RC_NOT_FOUND)
        (void)snprintf(ctl->why, sizeof ctl->why, "endpoint not found");
    if (rc == RC_OK)
        print_endpoint(ctl, &endpoint, &view);
    return rc;
}

struct listing {
    struct ctl *ctl;
    struct json_write json;
    int64_t left;
};

static bool list_one(const struct endpoint *endpoint, void *arg)
{
    struct listing *listing = arg;
    struct ctl *ctl = listing->ctl;
    struct endpoint_json_view view = {.now = ctl->now, .secrets = ctl->show_secrets};
    int64_t signing = 0;

    if (listing->left-- <= 0)
        return false;
    if (ctl->json) {
        endpoint_json_write(&listing->json, endpoint, &view);
        return true;
    }
    for (size_t i = 0; i < endpoint->secret_count; i++)
        signing += secret_can_sign(&endpoint->secrets[i], ctl->now) ? 1 : 0;
    ctl_cell_uid(ctl, &endpoint->uid);
    ctl_cell(ctl, 8, text_of(endpoint_status_name(endpoint->status)));
    ctl_cell_integer(ctl, 7, signing);
    ctl_cell(ctl, 24, endpoint->members[ENDPOINT_NAME]);
    ctl_cell(ctl, 0, endpoint->members[ENDPOINT_URL]);
    ctl_row(ctl);
    return true;
}

enum rc ctl_endpoint_list(struct ctl *ctl)
{
    struct listing listing = {ctl, json_write_to(&ctl->out), INT64_MAX};
    struct uid project;
    enum rc rc = ctl_uid(ctl, CTL_PROJECT, &project);

    if (rc == RC_OK)
        rc = ctl_integer(ctl, CTL_LIMIT, &listing.left);
    if (rc != RC_OK)
        return rc;
    if (ctl->json) {
        json_write_begin_array(&listing.json);
    } else {
        ctl_cell(ctl, UID_SIZE - 1, text_of("ENDPOINT"));
        ctl_cell(ctl, 8, text_of("STATUS"));
        ctl_cell(ctl, 7, text_of("SECRETS"));
        ctl_cell(ctl, 24, text_of("NAME"));
        ctl_cell(ctl, 0, text_of("URL"));
        ctl_row(ctl);
    }
    rc = store_endpoints(ctl->store, &project, list_one, &listing);
    if (ctl->json) {
        json_write_end_array(&listing.json);
        buf_put_byte(&ctl->out, '\n');
    }
    return rc;
}

static void explain(struct ctl *ctl, enum rc rc, const struct roll *roll)
{
    if (rc == RC_INVALID && ctl->faults.count == 0)
        ctl->faults = roll->faults;
    if (rc == RC_CONFLICT)
        roll_refusal(roll, ctl->why);
    if (rc == RC_NOT_FOUND && ctl->why[0] == '\0')
        (void)snprintf(ctl->why, sizeof ctl->why, "endpoint not found");
}

enum rc ctl_roll(struct ctl *ctl)
{
    struct roll roll = {.now = ctl->now,
                        .request_id = text_of("hookrollctl"),
                        .request.has_grace = ctl->values[CTL_EXPIRATION] != NULL};
    struct endpoint_json_view view = {.now = ctl->now, .secrets = ctl->show_secrets};
    struct endpoint endpoint;
    struct uid project;
    struct uid uid;
    enum rc rc = read_ids(ctl, &project, &uid);

    if (rc == RC_OK)
        rc = ctl_integer(ctl, CTL_EXPIRATION, &roll.request.grace);
    if (rc == RC_OK)
        rc = read_secret(ctl, &roll.request.secret);
    if (rc == RC_OK) {
        crypto_random(&roll.fresh, sizeof roll.fresh);
        rc = store_endpoint_edit(ctl->store, &project, &uid, roll_apply, &roll, &ctl->arena,
                                 &endpoint);
        crypto_wipe(&roll.fresh, sizeof roll.fresh);
    }
    if (rc == RC_OK) {
        view.fresh = endpoint.secrets[endpoint.secret_count - 1].uid;
        view.warning = roll_warning(&endpoint);
        print_endpoint(ctl, &endpoint, &view);
    } else {
        explain(ctl, rc, &roll);
    }
    return rc;
}
