/* endpoints: parse, prepare, act, render; the rules are the domain's. */
#include "api/endpoints.h"

#include "api/auth.h"
#include "api/body.h"
#include "api/endpoint_json.h"
#include "api/envelope.h"
#include "api/json_read.h"
#include "api/roll_json.h"
#include "base/crypto.h"
#include "domain/create.h"
#include "domain/roll.h"

#include <inttypes.h>
#include <stdio.h>

static void answer(struct call *call, int status, const char *message,
                   const struct endpoint *endpoint, const struct endpoint_json_view *view)
{
    struct json_write json = envelope_begin(call->response, status, message);

    endpoint_json_write(&json, endpoint, view);
    envelope_end(&json);
}

enum rc endpoints_create(struct call *call)
{
    struct create create = {.key = call->key.uid, .request_id = call->request->id};
    struct json_object *body = NULL;
    uint8_t entropy[UID_ENTROPY_BYTES];
    struct endpoint endpoint;
    struct endpoint_json_view view = {.now = call->request->now};
    struct history event;
    enum rc rc = body_json(call, &body);

    if (rc != RC_OK)
        return rc;
    crypto_random(entropy, sizeof entropy);
    crypto_random(&create.fresh, sizeof create.fresh);
    endpoint_init(&endpoint, uid_make(call->request->now, entropy), call->project_id,
                  call->request->now);
    endpoint_json_read(body, &endpoint, &create.secret, &create.faults);
    rc = create_apply(&create, &endpoint, &event, call->arena);
    if (rc == RC_OK && !auth_owns(call, endpoint.members[ENDPOINT_OWNER_ID]))
        rc = RC_FORBIDDEN;
    if (rc == RC_OK)
        rc = store_endpoint_add(call->store, &endpoint, &event);
    if (rc == RC_OK) {
        view.secrets = auth_has(call, SCOPE_SECRETS_READ);
        view.fresh = event.fresh;
        answer(call, 201, "Endpoint created successfully", &endpoint, &view);
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
    struct endpoint_json_view view = {.now = call->request->now,
                                      .secrets = auth_has(call, SCOPE_SECRETS_READ)};
    struct endpoint endpoint;
    enum rc rc = store_endpoint_get(call->store, &call->project_id, &call->endpoint_id, call->arena,
                                    &endpoint);

    if (rc != RC_OK)
        return envelope_error(call->response, rc, NULL);
    if (!auth_owns(call, endpoint.members[ENDPOINT_OWNER_ID]))
        return auth_refuse_owner(call);
    answer(call, 200, "Endpoint fetched successfully", &endpoint, &view);
    return RC_OK;
}

static void answer_roll(struct call *call, const struct roll *roll, const struct endpoint *endpoint)
{
    const struct secret *last = &endpoint->secrets[endpoint->secret_count - 1];
    struct endpoint_json_view view = {.now = roll->now,
                                      .secrets = auth_has(call, SCOPE_SECRETS_READ),
                                      .fresh = last->uid,
                                      .warning = roll_warning(endpoint)};

    answer(call, 200, "endpoint secret expired successfully", endpoint, &view);
}

/* Too many secrets could sign; where waiting helps, until when. */
static enum rc refuse_crowd(struct call *call, const struct roll *roll)
{
    char message[ROLL_REFUSAL_SIZE];
    char seconds[24];
    struct json_write json;

    roll_refusal(roll, message);
    if (roll->next_end != SECRET_NO_END) {
        (void)snprintf(seconds, sizeof seconds, "%" PRId64,
                       (roll->next_end - roll->now + 999) / 1000);
        response_header(call->response, "Retry-After", seconds);
    }
    json = envelope_begin(call->response, envelope_status(RC_CONFLICT), message);
    json_write_begin_object(&json);
    json_write_key(&json, "max_signing_secrets");
    json_write_integer(&json, roll->limit);
    json_write_key(&json, "next_expires_at");
    json_write_moment(&json, roll->next_end);
    json_write_end_object(&json);
    envelope_end(&json);
    return RC_CONFLICT;
}

static enum rc refuse_roll(struct call *call, enum rc rc, const struct roll *roll)
{
    if (rc == RC_INVALID)
        return envelope_faults(call->response, &roll->faults);
    if (rc == RC_CONFLICT)
        return refuse_crowd(call, roll);
    if (rc == RC_FORBIDDEN)
        return auth_refuse_owner(call);
    return envelope_error(call->response, rc, rc == RC_NOT_FOUND ? "endpoint not found" : NULL);
}

enum rc endpoints_roll(struct call *call)
{
    struct roll roll = {
        .now = call->request->now, .key = call->key.uid, .request_id = call->request->id};
    struct auth_edit edit = {call, roll_apply, &roll};
    struct json_object *body = NULL;
    struct endpoint endpoint;
    enum rc rc = body_json(call, &body);

    if (rc != RC_OK)
        return rc;
    roll_json_read(body, &roll.request, &roll.faults);
    if (roll_check(&call->project, &roll.request, &roll.faults) != RC_OK || roll.faults.count > 0) {
        rc = envelope_faults(call->response, &roll.faults);
        goto out;
    }
    crypto_random(&roll.fresh, sizeof roll.fresh);
    rc = store_endpoint_edit(call->store, &call->project_id, &call->endpoint_id, auth_edit, &edit,
                             call->arena, &endpoint);
    if (rc == RC_OK)
        answer_roll(call, &roll, &endpoint);
    else
        rc = refuse_roll(call, rc, &roll);
out:
    crypto_wipe(&roll.fresh, sizeof roll.fresh);
    json_read_free(body);
    return rc;
}
