/* signatures: parse, act, render; what is signed by which secret is the domain's. */
#include "api/signatures.h"

#include "api/auth.h"
#include "api/body.h"
#include "api/envelope.h"
#include "api/json_member.h"
#include "api/json_read.h"
#include "api/sign_json.h"
#include "base/crypto.h"
#include "domain/delivery.h"

#include <stdio.h>

static void make_id(const struct call *call, char out[SIGN_ID_NEW_SIZE])
{
    uint8_t entropy[UID_ENTROPY_BYTES];
    struct uid uid;

    crypto_random_id(entropy, sizeof entropy);
    uid = uid_make(call->request->now, entropy);
    sign_id_new(&uid, out);
}

/* What the caller wants signed. Any other result than RC_OK has been answered. */
static enum rc read_request(struct call *call, struct json_object **body,
                            struct sign_request *request)
{
    enum rc rc = body_json_or_raw(call, body);

    if (rc != RC_OK)
        return rc;
    rc = *body != NULL ? sign_json_read(*body, call->arena, request, &call->faults)
                       : sign_json_read_raw(call->request, call->arena, request, &call->faults);
    if (rc != RC_OK)
        return envelope_error(call->response, rc, NULL);
    return call->faults.count > 0 ? envelope_faults(call->response, &call->faults) : RC_OK;
}

static void write_headers(struct json_write *json, const struct call *call,
                          const struct delivery *delivery, const struct sign_message *message)
{
    char seconds[TEXT_INT64_SIZE];

    json_write_key(json, "headers");
    json_write_begin_object(json);
    if (delivery->convoy.len > 0)
        json_member_text(json, call->project.signature_header.data, buf_text(&delivery->convoy));
    if (delivery->standard.len > 0) {
        json_member_text(json, "webhook-id", message->id);
        json_member_text(json, "webhook-timestamp", text_of_int64(message->timestamp, seconds));
        json_member_text(json, "webhook-signature", buf_text(&delivery->standard));
    }
    json_write_end_object(json);
}

static void answer(struct call *call, const struct delivery *delivery,
                   const struct sign_request *request)
{
    const struct sign_message *message = &request->message;
    struct json_write json = envelope_begin(call->response, 200, "payload signed successfully");

    /* Of what is JSON itself, quotes and backslashes are all that has to be escaped. */
    if (request->compact)
        response_extend(call->response, 2 * message->body.len);
    json_write_begin_object(&json);
    write_headers(&json, call, delivery, message);
    json_write_key(&json, "secrets");
    json_write_begin_array(&json);
    for (size_t i = 0; i < delivery->used_count; i++)
        json_write_uid(&json, &delivery->used[i]);
    json_write_end_array(&json);
    json_member_text(&json, "message_id", message->id);
    json_member_integer(&json, "timestamp", message->timestamp);
    if (request->compact)
        json_member_text(&json, "payload", message->body);
    json_write_end_object(&json);
    envelope_end(&json);
}

static enum rc refuse_status(struct call *call, const struct endpoint *endpoint)
{
    const char *status = endpoint_status_name(endpoint->status);
    char message[80];
    struct json_write json;

    (void)snprintf(message, sizeof message, "endpoint is %s: nothing is to be delivered to it",
                   status);
    json = envelope_begin(call->response, envelope_status(RC_CONFLICT), message);
    json_write_begin_object(&json);
    json_member_string(&json, "status", status);
    json_write_end_object(&json);
    envelope_end(&json);
    return RC_CONFLICT;
}

static enum rc sign(struct call *call, const struct sign_request *request)
{
    struct delivery delivery;
    struct endpoint endpoint;
    enum rc rc = auth_endpoint(call, &endpoint);

    if (rc != RC_OK)
        return rc;
    delivery_init(&delivery);
    rc = delivery_sign(&delivery, &call->project, &endpoint, &request->message, call->request->now);
    if (rc == RC_OK)
        answer(call, &delivery, request);
    else if (rc == RC_CONFLICT)
        rc = refuse_status(call, &endpoint);
    else
        rc = envelope_error(call->response, rc, NULL);
    delivery_free(&delivery);
    return rc;
}

enum rc signatures_sign(struct call *call)
{
    struct json_object *body = NULL;
    struct sign_request request;
    char id[SIGN_ID_NEW_SIZE];
    enum rc rc;

    make_id(call, id);
    request = (struct sign_request){
        .message = {.id = text_of(id), .timestamp = call->request->now / 1000}};
    rc = read_request(call, &body, &request);
    if (rc == RC_OK)
        rc = sign(call, &request);
    json_read_free(body);
    return rc;
}
