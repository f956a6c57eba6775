/* admin_json: members and their order; nothing secret passes here but a new token. */
#include "api/admin_json.h"

#include "domain/uid.h"

static void member_uid(struct json_write *json, const char *key, const struct uid *uid)
{
    char text[UID_SIZE];

    json_write_key(json, key);
    if (uid_is_none(uid)) {
        json_write_null(json);
        return;
    }
    uid_format(uid, text);
    json_write_string(json, text);
}

static void member_text(struct json_write *json, const char *key, struct text t)
{
    json_write_key(json, key);
    json_write_text(json, t);
}

static void member_integer(struct json_write *json, const char *key, int64_t value)
{
    json_write_key(json, key);
    json_write_integer(json, value);
}

static void member_moment(struct json_write *json, const char *key, int64_t moment)
{
    json_write_key(json, key);
    json_write_moment(json, moment);
}

void admin_json_project(struct json_write *json, const struct project *project)
{
    json_write_begin_object(json);
    member_uid(json, "uid", &project->uid);
    member_text(json, "name", project->name);
    member_integer(json, "default_grace", project->default_grace);
    member_integer(json, "max_grace", project->max_grace);
    member_integer(json, "max_signing_secrets", project->max_signing_secrets);
    member_moment(json, "created_at", project->created_at);
    member_moment(json, "updated_at", project->updated_at);
    json_write_end_object(json);
}

void admin_json_apikey(struct json_write *json, const struct apikey *key, struct text token)
{
    json_write_begin_object(json);
    member_uid(json, "uid", &key->uid);
    member_uid(json, "project_id", &key->project);
    member_text(json, "name", key->name);
    json_write_key(json, "scopes");
    json_write_begin_array(json);
    for (uint32_t bit = 1; bit <= SCOPE_PROJECT_ADMIN; bit <<= 1)
        if ((key->scopes & bit) != 0)
            json_write_string(json, apikey_scope_name((enum scope)bit));
    json_write_end_array(json);
    member_text(json, "owner_id", key->owner_id);
    member_moment(json, "created_at", key->created_at);
    member_moment(json, "expires_at", key->expires_at);
    member_moment(json, "revoked_at", key->revoked_at);
    if (token.len > 0)
        member_text(json, "key", token);
    json_write_end_object(json);
}

void admin_json_history(struct json_write *json, const struct history *history)
{
    json_write_begin_object(json);
    member_integer(json, "sequence", (int64_t)history->sequence);
    member_moment(json, "at", history->at);
    json_write_key(json, "action");
    json_write_string(json, history_action_name(history->action));
    member_uid(json, "endpoint_id", &history->endpoint);
    member_uid(json, "key_id", &history->key);
    member_text(json, "request_id", history->request_id);
    member_uid(json, "ended_secret", &history->ended);
    member_moment(json, "ended_at", uid_is_none(&history->ended) ? INT64_MAX : history->ended_at);
    member_uid(json, "new_secret", &history->fresh);
    json_write_end_object(json);
}
