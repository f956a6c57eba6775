/* secrets: lists in which no value stands. */
#include "api/secrets.h"

#include "api/auth.h"
#include "api/envelope.h"
#include "api/json_member.h"
#include "api/key_cache.h"
#include "api/signature_json.h"

static void write_secret(struct json_write *json, const struct secret *secret, int64_t now)
{
    json_write_begin_object(json);
    json_member_uid(json, "uid", &secret->uid);
    json_member_string(json, "type", signing_key_type_name(secret->type));
    signature_json_public_key(json, secret);
    json_member_string(json, "state", secret_state_name(secret, now));
    json_member_moment(json, "created_at", secret->created_at);
    json_member_moment(json, "expires_at", secret->expires_at);
    json_member_moment(json, "last_verified_at", secret->verified_at);
    json_write_end_object(json);
}

enum rc secrets_list(struct call *call)
{
    struct json_write json;
    struct endpoint endpoint;
    enum rc rc = auth_endpoint(call, &endpoint);

    if (rc != RC_OK)
        return rc;
    json = envelope_begin(call->response, 200, "Secrets fetched successfully");
    json_write_begin_object(&json);
    json_member_uid(&json, "endpoint_id", &endpoint.uid);
    json_write_key(&json, "secrets");
    json_write_begin_array(&json);
    for (size_t i = 0; i < endpoint.secret_count; i++)
        write_secret(&json, &endpoint.secrets[i], call->request->now);
    json_write_end_array(&json);
    json_write_end_object(&json);
    envelope_end(&json);
    return RC_OK;
}

static void write_public_key(struct json_write *json, const struct secret *secret)
{
    json_write_begin_object(json);
    json_member_uid(json, "uid", &secret->uid);
    signature_json_public_key(json, secret);
    json_member_moment(json, "created_at", secret->created_at);
    json_member_moment(json, "expires_at", secret->expires_at);
    json_write_end_object(json);
}

enum rc secrets_public_keys(struct call *call)
{
    struct json_write json;
    struct endpoint endpoint;
    enum rc rc = auth_endpoint(call, &endpoint);

    if (rc != RC_OK || key_cache_is_fresh(call, &endpoint))
        return rc;
    json = envelope_begin(call->response, 200, "Public keys fetched successfully");
    json_write_begin_object(&json);
    json_member_uid(&json, "endpoint_id", &endpoint.uid);
    json_write_key(&json, "public_keys");
    json_write_begin_array(&json);
    for (size_t i = 0; i < endpoint.secret_count; i++)
        if (endpoint.secrets[i].type == SIGNING_KEY_ED25519 &&
            secret_can_sign(&endpoint.secrets[i], call->request->now))
            write_public_key(&json, &endpoint.secrets[i]);
    json_write_end_array(&json);
    json_write_end_object(&json);
    envelope_end(&json);
    return RC_OK;
}
