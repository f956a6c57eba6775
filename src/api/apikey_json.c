/* apikey_json: members and their order; nothing secret passes here but a new token. */
#include "api/apikey_json.h"

#include "api/body.h"
#include "api/json_member.h"
#include "api/json_read.h"
#include "domain/project.h"

#include <inttypes.h>
#include <stdio.h>

void apikey_json_write(struct json_write *json, const struct apikey *key, struct text token)
{
    json_write_begin_object(json);
    json_member_uid(json, "uid", &key->uid);
    json_member_uid(json, "project_id", &key->project);
    json_member_text(json, "name", key->name);
    json_write_key(json, "scopes");
    json_write_begin_array(json);
    for (uint32_t bit = 1; bit <= SCOPE_PROJECT_ADMIN; bit <<= 1)
        if ((key->scopes & bit) != 0)
            json_write_string(json, apikey_scope_name((enum scope)bit));
    json_write_end_array(json);
    json_member_text(json, "owner_id", key->owner_id);
    json_member_moment(json, "created_at", key->created_at);
    json_member_moment(json, "expires_at", key->expires_at);
    json_member_moment(json, "revoked_at", key->revoked_at);
    json_member_moment(json, "last_used_at", key->last_used_at);
    if (token.len > 0)
        json_member_text(json, "key", token);
    json_write_end_object(json);
}

static void read_scopes(const struct json_object *object, struct apikey *key, struct faults *faults)
{
    key->scopes = 0;
    for (size_t i = 0; i < json_read_count(object, "scopes"); i++) {
        uint32_t scopes = 0;
        size_t unknown;

        if (json_read_item_kind(object, "scopes", i) != JSON_KIND_STRING ||
            !apikey_scopes_parse(json_read_item_text(object, "scopes", i), &scopes, &unknown)) {
            char which[32];

            (void)snprintf(which, sizeof which, "scopes[%zu]", i);
            apikey_scope_fault("scopes", which, faults);
            return;
        }
        key->scopes |= scopes;
    }
}

void apikey_json_read(const struct json_object *object, struct apikey *key, struct faults *faults)
{
    enum json_kind scopes = json_read_kind(object, "scopes");
    int64_t seconds = 0;

    body_text(object, "name", "name", &key->name, faults);
    body_text(object, "owner_id", "owner_id", &key->owner_id, faults);
    body_integer(object, "expires_in", &seconds, faults);
    if (json_read_kind(object, "expires_in") == JSON_KIND_INTEGER) {
        if (seconds < 1 || seconds > PROJECT_GRACE_CEILING)
            faults_add(faults, "expires_in", "expires_in must be from 1 to %" PRId64 " (seconds)",
                       PROJECT_GRACE_CEILING);
        else
            key->expires_at = key->created_at + seconds * 1000;
    }
    if (scopes == JSON_KIND_ARRAY)
        read_scopes(object, key, faults);
    else if (scopes != JSON_KIND_ABSENT)
        body_wrong_type(faults, "scopes");
}
