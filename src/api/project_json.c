/* project_json: members and their order. */
#include "api/project_json.h"

#include "api/body.h"
#include "api/json_member.h"
#include "api/json_read.h"

#include <stdio.h>

void project_json_signature(struct json_write *json, const struct project *project)
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

void project_json_write(struct json_write *json, const struct project *project)
{
    json_write_begin_object(json);
    json_member_uid(json, "uid", &project->uid);
    json_member_text(json, "name", project->name);
    json_member_integer(json, "default_grace", project->default_grace);
    json_member_integer(json, "max_grace", project->max_grace);
    json_member_integer(json, "max_signing_secrets", project->max_signing_secrets);
    json_write_key(json, "signature");
    json_write_begin_object(json);
    project_json_signature(json, project);
    json_write_end_object(json);
    json_member_moment(json, "created_at", project->created_at);
    json_member_moment(json, "updated_at", project->updated_at);
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

void project_json_read(const struct json_object *object, struct project *project,
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
