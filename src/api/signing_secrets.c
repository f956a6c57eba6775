/* signing_secrets: what a sender needs, for as long as it may keep it. */
#include "api/signing_secrets.h"

#include "api/auth.h"
#include "api/envelope.h"
#include "api/json_member.h"
#include "api/key_cache.h"
#include "api/project_json.h"
#include "api/signature_json.h"
#include "domain/delivery.h"

static void write_secret(struct json_write *json, const struct secret *secret)
{
    json_write_begin_object(json);
    json_member_uid(json, "uid", &secret->uid);
    json_member_string(json, "type", signing_key_type_name(secret->type));
    json_member_text(json, "value", secret->value);
    json_member_moment(json, "expires_at", secret->expires_at);
    json_write_end_object(json);
}

static void answer(struct call *call, const struct endpoint *endpoint)
{
    const struct secret *secrets[ENDPOINT_SECRETS_MAX];
    size_t count = delivery_order(endpoint, call->request->now, secrets);
    struct json_write json =
        envelope_begin(call->response, 200, "Signing secrets fetched successfully");

    json_write_begin_object(&json);
    json_member_uid(&json, "endpoint_id", &endpoint->uid);
    json_member_string(&json, "status", endpoint_status_name(endpoint->status));
    json_member_boolean(&json, "advanced_signatures", endpoint->advanced_signatures);
    json_write_key(&json, "signature");
    json_write_begin_object(&json);
    project_json_signature(&json, &call->project);
    signature_json_members(&json, &endpoint->signature);
    json_write_end_object(&json);
    json_write_key(&json, "secrets");
    json_write_begin_array(&json);
    for (size_t i = 0; i < count; i++)
        write_secret(&json, secrets[i]);
    json_write_end_array(&json);
    json_member_moment(&json, "next_expires_at", endpoint_next_end(endpoint, call->request->now));
    json_write_end_object(&json);
    envelope_end(&json);
}

enum rc signing_secrets_get(struct call *call)
{
    struct endpoint endpoint;
    enum rc rc = auth_endpoint(call, &endpoint);

    if (rc == RC_OK && !key_cache_is_fresh(call, &endpoint))
        answer(call, &endpoint);
    return rc;
}
