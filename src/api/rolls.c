/* rolls: parse, prepare, act, render; the rules are the domain's. */
#include "api/rolls.h"

#include "api/auth.h"
#include "api/body.h"
#include "api/endpoint_answer.h"
#include "api/envelope.h"
#include "api/json_read.h"
#include "api/roll_json.h"
#include "base/crypto.h"
#include "domain/delivery.h"
#include "domain/revoke.h"
#include "domain/roll.h"

#include <inttypes.h>
#include <stdio.h>

static void answer_roll(struct call *call, const struct roll *roll, const struct endpoint *endpoint)
{
    const struct secret *last = &endpoint->secrets[endpoint->secret_count - 1];
    struct endpoint_json_view view = auth_view(call);

    view.now = roll->at;
    view.fresh = last->uid;
    view.warning = delivery_warning(endpoint);
    call->secret_id = last->uid;
    endpoint_answer(call, 200, "endpoint secret expired successfully", endpoint, &view);
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
                       (roll->next_end - roll->by.now + 999) / 1000);
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

enum rc rolls_roll(struct call *call)
{
    struct roll roll = {.by = auth_actor(call)};
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

static enum rc refuse_revoke(struct call *call, enum rc rc)
{
    switch ((int)rc) {
    case RC_FORBIDDEN:
        return auth_refuse_owner(call);
    case RC_CONFLICT:
        return envelope_error(call->response, rc,
                              "the current secret cannot be revoked: roll it with an expiration "
                              "of 0");
    case RC_GONE:
        return envelope_error(call->response, rc, "secret not found");
    case RC_NOT_FOUND:
        return envelope_error(call->response, rc, "endpoint not found");
    default:
        return envelope_error(call->response, rc, NULL);
    }
}

enum rc rolls_revoke(struct call *call)
{
    struct revoke revoke = {.secret = call->secret_id, .by = auth_actor(call)};
    struct auth_edit edit = {call, revoke_apply, &revoke};
    struct endpoint_json_view view = auth_view(call);
    struct json_object *body = NULL;
    struct endpoint endpoint;
    enum rc rc = body_json_or_empty(call, &body);

    if (rc != RC_OK)
        return rc;
    body_text(body, "reason", "reason", &revoke.reason, &call->faults);
    if (history_check_reason(revoke.reason, &call->faults) != RC_OK || call->faults.count > 0) {
        rc = envelope_faults(call->response, &call->faults);
        goto out;
    }
    rc = store_endpoint_edit(call->store, &call->project_id, &call->endpoint_id, auth_edit, &edit,
                             call->arena, &endpoint);
    if (rc == RC_OK)
        endpoint_answer(call, 200, "endpoint secret revoked successfully", &endpoint, &view);
    else
        rc = refuse_revoke(call, rc);
out:
    json_read_free(body);
    return rc;
}
