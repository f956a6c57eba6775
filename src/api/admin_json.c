/* admin_json: members and their order; nothing secret passes here but a new token. */
#include "api/admin_json.h"

#include "api/body.h"
#include "api/json_member.h"
#include "api/json_read.h"

#include "domain/uid.h"

#include <inttypes.h>
#include <stdio.h>

void admin_json_signature(struct json_write *json, const struct project *project)
{
    json_member_text(json, "header", project->signature_header);
    json_write_key(json, "versions");
    json_write_begin_array(json);
    for (size_t i = 0; i < project->versions.count; i++) {
        json_write_begin_object(json);
        json_member_string(json, "hash", project_hash_name(project->versions.list[i].hash));
        json_member_string(json, "encoding",
                           project_encoding_name(project->versions.list[i].encoding));
        json_write_end_object(json);
    }
    json_write_end_array(json);
}

void admin_json_project(struct json_write *json, const struct project *project)
{
    json_write_begin_object(json);
    json_member_uid(json, "uid", &project->uid);
    json_member_text(json, "name", project->name);
    json_member_integer(json, "default_grace", project->default_grace);
    json_member_integer(json, "max_grace", project->max_grace);
    json_member_integer(json, "max_signing_secrets", project->max_signing_secrets);
    json_write_key(json, "signature");
    json_write_begin_object(json);
    admin_json_signature(json, project);
    json_write_end_object(json);
    json_member_moment(json, "created_at", project->created_at);
    json_member_moment(json, "updated_at", project->updated_at);
    json_write_end_object(json);
}

void admin_json_apikey(struct json_write *json, const struct apikey *key, struct text token)
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

void admin_json_history(struct json_write *json, const struct history *history)
{
    json_write_begin_object(json);
    json_member_integer(json, "sequence", (int64_t)history->sequence);
    json_member_moment(json, "at", history->at);
    json_member_string(json, "action", history_action_name(history->action));
    json_member_uid(json, "endpoint_id", &history->endpoint);
    json_member_uid(json, "key_id", &history->key);
    json_member_text(json, "request_id", history->request_id);
    json_member_uid(json, "ended_secret", &history->ended);
    json_member_moment(json, "ended_at",
                       uid_is_none(&history->ended) ? INT64_MAX : history->ended_at);
    json_member_uid(json, "new_secret", &history->fresh);
    json_member_text(json, "reason", history->reason);
    json_write_end_object(json);
}

void admin_json_history_pagination(struct json_write *json, int64_t per_page, uint64_t next,
                                   bool more)
{
    char cursor[24] = "";

    if (next != 0)
        (void)snprintf(cursor, sizeof cursor, "%" PRIu64, next);
    json_write_key(json, "pagination");
    json_write_begin_object(json);
    json_member_integer(json, "per_page", per_page);
    json_member_boolean(json, "has_next_page", more);
    json_member_string(json, "next_page_cursor", cursor);
    json_write_end_object(json);
}

static void read_version(const struct json_object *object, size_t i, struct project_version *out,
                         struct faults *faults)
{
    struct text hash = text_of("SHA256");
    struct text encoding = text_of("hex");
    char path[FAULTS_MEMBER_SIZE];

    (void)snprintf(path, sizeof path, "signature.versions[%zu]", i);
    if (json_read_item_kind(object, "versions", i) != JSON_KIND_OBJECT) {
        body_wrong_type(faults, path);
        return;
    }
    object = json_read_item(object, "versions", i);
    (void)snprintf(path, sizeof path, "signature.versions[%zu].hash", i);
    body_text(object, "hash", path, &hash, faults);
    if (!project_hash_named(hash, &out->hash))
        faults_add(faults, path, "%s must be SHA256 or SHA512", path);
    (void)snprintf(path, sizeof path, "signature.versions[%zu].encoding", i);
    body_text(object, "encoding", path, &encoding, faults);
    if (!project_encoding_named(encoding, &out->encoding))
        faults_add(faults, path, "%s must be hex or base64", path);
}

static void read_signature(const struct json_object *object, struct project *project,
                           struct faults *faults)
{
    enum json_kind kind = json_read_kind(object, "versions");

    body_text(object, "header", "signature.header", &project->signature_header, faults);
    if (kind == JSON_KIND_ABSENT)
        return;
    if (kind != JSON_KIND_ARRAY) {
        body_wrong_type(faults, "signature.versions");
        return;
    }
    /* A count above the maximum stays, for project_check to refuse. */
    project->versions.count = json_read_count(object, "versions");
    for (size_t i = 0; i < project->versions.count && i < PROJECT_VERSIONS_MAX; i++)
        read_version(object, i, &project->versions.list[i], faults);
}

void admin_json_read_project(const struct json_object *object, struct project *project,
                             struct faults *faults)
{
    enum json_kind signature = json_read_kind(object, "signature");

    body_text(object, "name", "name", &project->name, faults);
    body_integer(object, "default_grace", &project->default_grace, faults);
    body_integer(object, "max_grace", &project->max_grace, faults);
    body_integer(object, "max_signing_secrets", &project->max_signing_secrets, faults);
    if (signature == JSON_KIND_OBJECT)
        read_signature(json_read_member(object, "signature"), project, faults);
    else if (signature != JSON_KIND_ABSENT)
        body_wrong_type(faults, "signature");
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

void admin_json_read_apikey(const struct json_object *object, struct apikey *key,
                            struct faults *faults)
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
