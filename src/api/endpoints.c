/* endpoints: parse, prepare, act, render; the rules are the domain's. */
#include "api/endpoints.h"

#include "api/auth.h"
#include "api/body.h"
#include "api/endpoint_answer.h"
#include "api/endpoint_json.h"
#include "api/envelope.h"
#include "api/json_read.h"
#include "base/crypto.h"
#include "domain/create.h"
#include "domain/delivery.h"
#include "domain/removal.h"
#include "domain/update.h"

#include <stdio.h>

enum rc endpoints_create(struct call *call)
{
    struct create create = {.by = auth_actor(call)};
    struct json_object *body = NULL;
    uint8_t entropy[UID_ENTROPY_BYTES];
    struct endpoint endpoint;
    struct endpoint_json_view view = auth_view(call);
    struct history event;
    enum rc rc = body_json(call, &body);

    if (rc != RC_OK)
        return rc;
    crypto_random_id(entropy, sizeof entropy);
    crypto_random(&create.fresh, sizeof create.fresh);
    endpoint_init(&endpoint, uid_make(call->request->now, entropy), call->project_id,
                  call->request->now);
    endpoint.members[ENDPOINT_OWNER_ID] = call->key.owner_id;
    endpoint_json_read(body, &endpoint, &create.secret, &create.faults);
    rc = create_apply(&create, &endpoint, &event, call->arena);
    if (rc == RC_OK && !auth_owns(call, endpoint.members[ENDPOINT_OWNER_ID]))
        rc = RC_FORBIDDEN;
    if (rc == RC_OK)
        rc = store_endpoint_add(call->store, &endpoint, &event);
    if (rc == RC_OK) {
        call->endpoint_id = endpoint.uid;
        call->secret_id = event.fresh;
        view.fresh = event.fresh;
        view.warning = delivery_warning(&endpoint);
        endpoint_answer(call, 201, "Endpoint created successfully", &endpoint, &view);
    } else if (rc == RC_INVALID) {
        rc = envelope_faults(call->response, &create.faults);
    } else if (rc == RC_FORBIDDEN) {
        rc = auth_refuse_owner(call);
    } else {
        rc = envelope_error(call->response, rc, NULL);
    }
    crypto_wipe(&create.fresh, sizeof create.fresh);
    json_read_free(body);
    return rc;
}

enum rc endpoints_get(struct call *call)
{
    struct endpoint_json_view view = auth_view(call);
    char tag[ENDPOINT_ETAG_SIZE];
    struct endpoint endpoint;
    enum rc rc = store_endpoint_get(call->store, &call->project_id, &call->endpoint_id, call->arena,
                                    &endpoint);

    if (rc != RC_OK)
        return envelope_error(call->response, rc, NULL);
    if (!auth_owns(call, endpoint.members[ENDPOINT_OWNER_ID]))
        return auth_refuse_owner(call);
    if (call->request->if_none_match.len > 0) {
        endpoint_answer_etag(&endpoint, &view, tag);
        if (endpoint_answer_none_match(call->request->if_none_match, tag)) {
            response_header(call->response, "ETag", tag);
            call->response->status = 304;
            return RC_OK;
        }
    }
    endpoint_answer(call, 200, "Endpoint fetched successfully", &endpoint, &view);
    return RC_OK;
}

/* What an update brings, for the edit that does it. */
struct replacement {
    struct call *call;
    const struct json_object *body;
};

static enum rc replace(struct edit *edit, void *arg)
{
    struct replacement *update = arg;
    struct call *call = update->call;
    struct text secret = {NULL, 0};

    call->faults.count = 0;
    endpoint_json_read(update->body, edit->endpoint, &secret, &call->faults);
    if (json_read_kind(update->body, "url") == JSON_KIND_ABSENT)
        edit->endpoint->members[ENDPOINT_URL] = (struct text){NULL, 0};
    if (json_read_kind(update->body, "name") == JSON_KIND_ABSENT)
        edit->endpoint->members[ENDPOINT_NAME] = (struct text){NULL, 0};
    if (secret.len > 0)
        faults_add(&call->faults, "secret",
                   "secret cannot be updated, it is rolled: PUT .../expire_secret");
    endpoint_settle(edit->endpoint);
    edit->endpoint->updated_at = call->request->now;
    return endpoint_check(edit->endpoint, &call->faults);
}

/* Does the edit for the caller, who may see the outcome. */
static enum rc change(struct call *call, edit_fn *edit, void *arg, struct endpoint *endpoint)
{
    struct update update = {edit, arg, auth_actor(call)};
    struct auth_edit guarded = {call, update_apply, &update};

    return store_endpoint_edit(call->store, &call->project_id, &call->endpoint_id, auth_edit,
                               &guarded, call->arena, endpoint);
}

enum rc endpoints_update(struct call *call)
{
    struct endpoint_json_view view = auth_view(call);
    struct replacement update = {.call = call};
    struct json_object *body = NULL;
    struct endpoint endpoint;
    enum rc rc = body_json(call, &body);

    if (rc != RC_OK)
        return rc;
    update.body = body;
    rc = change(call, replace, &update, &endpoint);
    if (rc == RC_OK)
        endpoint_answer(call, 202, "Endpoint updated successfully", &endpoint, &view);
    else if (rc == RC_INVALID)
        rc = envelope_faults(call->response, &call->faults);
    else if (rc == RC_FORBIDDEN)
        rc = auth_refuse_owner(call);
    else
        rc = envelope_error(call->response, rc, NULL);
    json_read_free(body);
    return rc;
}

enum rc endpoints_delete(struct call *call)
{
    struct actor by = auth_actor(call);
    struct auth_edit guarded = {call, removal_apply, &by};
    struct json_write json;
    enum rc rc = store_endpoint_delete(call->store, &call->project_id, &call->endpoint_id,
                                       auth_edit, &guarded, call->arena);

    if (rc == RC_FORBIDDEN)
        return auth_refuse_owner(call);
    if (rc != RC_OK)
        return envelope_error(call->response, rc, NULL);
    json = envelope_begin(call->response, 200, "Endpoint deleted successfully");
    json_write_null(&json);
    envelope_end(&json);
    return RC_OK;
}

/* A change of status: what does it, and how it is answered. */
struct status_change {
    struct call *call;
    enum rc (*apply)(struct endpoint *endpoint, int64_t now);
    const char *done;
    const char *refused; /* what the status does not support */
};

static enum rc status_apply(struct edit *edit, void *arg)
{
    struct status_change *wanted = arg;

    return wanted->apply(edit->endpoint, wanted->call->request->now);
}

static enum rc change_status(struct status_change *wanted)
{
    struct call *call = wanted->call;
    struct endpoint_json_view view = auth_view(call);
    struct endpoint endpoint = {.status = ENDPOINT_ACTIVE};
    char message[120];
    enum rc rc = change(call, status_apply, wanted, &endpoint);

    if (rc == RC_OK) {
        endpoint_answer(call, 202, wanted->done, &endpoint, &view);
        return rc;
    }
    if (rc == RC_FORBIDDEN)
        return auth_refuse_owner(call);
    if (rc != RC_CONFLICT)
        return envelope_error(call->response, rc, NULL);
    (void)snprintf(message, sizeof message, "current endpoint status - %s, does not support %s",
                   endpoint_status_name(endpoint.status), wanted->refused);
    return envelope_error(call->response, RC_INVALID, message);
}

enum rc endpoints_pause(struct call *call)
{
    return change_status(&(struct status_change){
        call, endpoint_pause, "endpoint status updated successfully", "pausing or unpausing"});
}

enum rc endpoints_activate(struct call *call)
{
    return change_status(&(struct status_change){
        call, endpoint_activate, "endpoint status successfully activated", "activation"});
}
