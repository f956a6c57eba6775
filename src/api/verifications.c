/* verifications: parse, act, note, render; what verifies is the domain's. */
#include "api/verifications.h"

#include "api/auth.h"
#include "api/body.h"
#include "api/envelope.h"
#include "api/json_read.h"
#include "api/verify_json.h"
#include "base/log.h"

/* That something verified is the answer, noted or not. */
static void note(struct call *call, const struct secret *secret)
{
    struct delivery_use use = {secret->uid, call->request->now};
    struct endpoint ignored;
    enum rc rc;

    if (secret_verified_is_fresh(secret, use.now))
        return;
    rc = store_endpoint_note(call->store, &call->project_id, &call->endpoint_id, delivery_note_use,
                             &use, call->arena, &ignored);
    if (rc != RC_OK && rc != RC_EXISTS && rc != RC_GONE)
        log_warn("the use of a secret could not be noted");
}

/* The delivery in question. Any other result than RC_OK has been answered. */
static enum rc read_delivery(struct call *call, struct json_object **body,
                             struct delivery_received *received)
{
    struct text header = call->project.signature_header;
    enum rc rc = body_json_or_raw(call, body);

    if (rc != RC_OK)
        return rc;
    if (*body != NULL)
        rc = verify_json_read(*body, header, call->arena, received, &call->faults);
    else
        verify_json_read_raw(call->request, header, received, &call->faults);
    if (rc != RC_OK)
        return envelope_error(call->response, rc, NULL);
    return call->faults.count > 0 ? envelope_faults(call->response, &call->faults) : RC_OK;
}

static void answer(struct call *call, const struct delivery_verdict *verdict)
{
    bool verified = verdict->outcome.result == VERIFY_OK;
    struct json_write json = envelope_begin(
        call->response, 200, verified ? "signature verified" : "signature not verified");

    verify_json_write(&json, verdict, call->request->now);
    envelope_end(&json);
}

static enum rc verify(struct call *call, const struct delivery_received *received)
{
    struct delivery_verdict verdict;
    struct endpoint endpoint;
    enum rc rc = auth_endpoint(call, &endpoint);

    if (rc != RC_OK)
        return rc;
    rc = delivery_verify(&call->project, &endpoint, received, call->request->now, &verdict);
    if (rc != RC_OK)
        return envelope_error(call->response, rc, NULL);
    if (verdict.outcome.result == VERIFY_OK)
        note(call, verdict.secret);
    answer(call, &verdict);
    return RC_OK;
}

enum rc verifications_verify(struct call *call)
{
    struct delivery_received received = {.tolerance = VERIFY_TOLERANCE};
    struct json_object *body = NULL;
    enum rc rc = read_delivery(call, &body, &received);

    if (rc == RC_OK)
        rc = verify(call, &received);
    json_read_free(body);
    return rc;
}
