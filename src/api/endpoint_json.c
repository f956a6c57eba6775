/* endpoint_json: walks the table of members in both directions; masks what the
 * caller may not see. */
#include "api/endpoint_json.h"

#include "api/body.h"
#include "api/json_member.h"
#include "api/json_read.h"
#include "api/signature_json.h"

#include <string.h>

static void read_group(const struct json_object *object, enum endpoint_group group,
                       struct endpoint *endpoint, struct faults *faults);

/* An object that is given stands for all of its group. What an answer has masked
 * and the caller sent back keeps its value. */
static void replace_group(const struct json_object *object, enum endpoint_group group,
                          struct endpoint *endpoint, struct faults *faults)
{
    struct text before[ENDPOINT_MEMBERS];

    memcpy(before, endpoint->members, sizeof before);
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        if (endpoint_group_within(endpoint_members[i].group, group))
            endpoint->members[i] = (struct text){NULL, 0};
    read_group(object, group, endpoint, faults);
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        if (endpoint_members[i].shown != ENDPOINT_SHOWN &&
            text_is(endpoint->members[i], SECRET_MASKED))
            endpoint->members[i] = before[i];
}

static void read_group(const struct json_object *object, enum endpoint_group group,
                       struct endpoint *endpoint, struct faults *faults)
{
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        if (endpoint_members[i].group == group)
            body_text(object, endpoint_members[i].name, endpoint_members[i].path,
                      &endpoint->members[i], faults);
    for (int i = ENDPOINT_ROOT + 1; i < ENDPOINT_GROUPS; i++) {
        const struct endpoint_group_info *info = &endpoint_groups[i];
        enum json_kind kind;

        if (info->parent != group)
            continue;
        kind = json_read_kind(object, info->name);
        if (kind != JSON_KIND_OBJECT) {
            if (kind != JSON_KIND_ABSENT)
                body_wrong_type(faults, info->path);
            continue;
        }
        if (group == ENDPOINT_ROOT)
            replace_group(json_read_member(object, info->name), (enum endpoint_group)i, endpoint,
                          faults);
        else
            read_group(json_read_member(object, info->name), (enum endpoint_group)i, endpoint,
                       faults);
    }
}

void endpoint_json_read(const struct json_object *object, struct endpoint *endpoint,
                        struct text *secret, struct faults *faults)
{
    read_group(object, ENDPOINT_ROOT, endpoint, faults);
    body_integer(object, "http_timeout", &endpoint->http_timeout, faults);
    body_integer(object, "rate_limit", &endpoint->rate_limit, faults);
    body_integer(object, "rate_limit_duration", &endpoint->rate_limit_duration, faults);
    body_boolean(object, "advanced_signatures", &endpoint->advanced_signatures, faults);
    signature_json_read(object, &endpoint->signature, faults);
    body_text(object, "secret", "secret", secret, faults);
}

static bool is_shown(enum endpoint_shown shown, const struct endpoint_json_view *view)
{
    return shown == ENDPOINT_SHOWN || (shown == ENDPOINT_GUARDED && view->secrets);
}

/* An endpoint while it is written. */
struct writing {
    const struct endpoint *endpoint;
    const struct endpoint_json_view *view;
    bool filled[ENDPOINT_GROUPS]; /* groups with a member that has a value, nested ones too */
};

static void find_filled(struct writing *writing)
{
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++) {
        enum endpoint_group group = endpoint_members[i].group;

        if (writing->endpoint->members[i].len == 0)
            continue;
        for (; !writing->filled[group]; group = endpoint_groups[group].parent)
            writing->filled[group] = true;
    }
}

static void write_group(struct json_write *json, const struct writing *writing,
                        enum endpoint_group group)
{
    const struct endpoint *endpoint = writing->endpoint;

    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++) {
        const struct endpoint_member_info *info = &endpoint_members[i];
        bool empty = endpoint->members[i].len == 0;

        if (info->group != group || (empty && info->empty == ENDPOINT_OMITTED))
            continue;
        json_write_key(json, info->name);
        if (empty || is_shown(info->shown, writing->view))
            json_write_text(json, endpoint->members[i]);
        else
            json_write_string(json, SECRET_MASKED);
    }
    for (int i = ENDPOINT_ROOT + 1; i < ENDPOINT_GROUPS; i++) {
        const struct endpoint_group_info *info = &endpoint_groups[i];
        bool empty = !writing->filled[i];

        if (info->parent != group || (empty && info->empty == ENDPOINT_OMITTED))
            continue;
        json_write_key(json, info->name);
        if (empty) {
            json_write_null(json);
            continue;
        }
        json_write_begin_object(json);
        write_group(json, writing, (enum endpoint_group)i);
        json_write_end_object(json);
    }
}

void endpoint_json_secret(struct json_write *json, const struct secret *secret, bool shown)
{
    json_write_begin_object(json);
    json_member_uid(json, "uid", &secret->uid);
    json_write_key(json, "value");
    if (shown)
        json_write_text(json, secret->value);
    else
        json_write_string(json, SECRET_MASKED);
    signature_json_public_key(json, secret);
    json_member_moment(json, "expires_at", secret->expires_at);
    json_member_moment(json, "created_at", secret->created_at);
    json_member_moment(json, "updated_at", secret->updated_at);
    json_write_key(json, "deleted_at");
    json_write_null(json);
    json_write_end_object(json);
}

static void write_secrets(struct json_write *json, const struct endpoint *endpoint,
                          const struct endpoint_json_view *view)
{
    json_write_key(json, "secrets");
    json_write_begin_array(json);
    for (size_t i = 0; i < endpoint->secret_count; i++) {
        const struct secret *secret = &endpoint->secrets[i];

        if (secret_can_sign(secret, view->now))
            endpoint_json_secret(json, secret,
                                 view->secrets || uid_equal(&secret->uid, &view->fresh));
    }
    json_write_end_array(json);
}

void endpoint_json_write(struct json_write *json, const struct endpoint *endpoint,
                         const struct endpoint_json_view *view)
{
    struct writing writing = {.endpoint = endpoint, .view = view};

    find_filled(&writing);
    json_write_begin_object(json);
    json_member_uid(json, "uid", &endpoint->uid);
    json_member_uid(json, "project_id", &endpoint->project);
    write_group(json, &writing, ENDPOINT_ROOT);
    write_secrets(json, endpoint, view);
    json_member_string(json, "status", endpoint_status_name(endpoint->status));
    json_member_boolean(json, "advanced_signatures", endpoint->advanced_signatures);
    json_write_key(json, "signature");
    json_write_begin_object(json);
    signature_json_members(json, &endpoint->signature);
    json_member_string(json, "key_type", signing_key_type_name(endpoint->signature.key_type));
    json_write_end_object(json);
    json_member_integer(json, "http_timeout", endpoint->http_timeout);
    json_member_integer(json, "rate_limit", endpoint->rate_limit);
    json_member_integer(json, "rate_limit_duration", endpoint->rate_limit_duration);
    /* Deliveries are counted by whoever makes them; nothing fails here. */
    json_member_integer(json, "failure_rate", 0);
    json_member_moment(json, "created_at", endpoint->created_at);
    json_member_moment(json, "updated_at", endpoint->updated_at);
    json_write_key(json, "deleted_at");
    json_write_null(json);
    if (view->warning != NULL) {
        json_write_key(json, "warning");
        json_write_string(json, view->warning);
    }
    json_write_end_object(json);
}
