/* secrets_json: states, last uses and public keys; no value is ever written here. */
#include "api/secrets_json.h"

#include "api/json_member.h"
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

void secrets_json_members(struct json_write *json, const struct endpoint *endpoint, int64_t now)
{
    json_write_key(json, "secrets");
    json_write_begin_array(json);
    for (size_t i = 0; i < endpoint->secret_count; i++)
        write_secret(json, &endpoint->secrets[i], now);
    json_write_end_array(json);
}

void secrets_json_row(struct json_write *json, const struct endpoint *endpoint, int64_t now)
{
    json_write_begin_object(json);
    json_member_uid(json, "uid", &endpoint->uid);
    json_member_text(json, "name", endpoint->members[ENDPOINT_NAME]);
    if (endpoint->members[ENDPOINT_OWNER_ID].len > 0)
        json_member_text(json, "owner_id", endpoint->members[ENDPOINT_OWNER_ID]);
    secrets_json_members(json, endpoint, now);
    json_write_end_object(json);
}
