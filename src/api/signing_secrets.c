/* signing_secrets: what a sender needs, for as long as it may keep it. */
#include "api/signing_secrets.h"

#include "api/admin_json.h"
#include "api/auth.h"
#include "api/endpoint_answer.h"
#include "api/envelope.h"
#include "api/json_member.h"
#include "api/signature_json.h"
#include "domain/delivery.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    MAX_AGE = 60, /* s: the longest that a sender may not learn of a roll */
    TAG_SIZE = 64
};

/* SECRET_NO_END when no end is set. */
static int64_t next_end(const struct endpoint *endpoint, int64_t now)
{
    int64_t next = SECRET_NO_END;

    for (size_t i = 0; i < endpoint->secret_count; i++)
        if (secret_can_sign(&endpoint->secrets[i], now) && endpoint->secrets[i].expires_at < next)
            next = endpoint->secrets[i].expires_at;
    return next;
}

/* How the project signs is part of the answer too. */
static void write_tag(const struct call *call, const struct endpoint *endpoint, char out[TAG_SIZE])
{
    (void)snprintf(out, TAG_SIZE, "\"%" PRIu64 "-%zu-%" PRId64 "\"", endpoint->revision,
                   endpoint_signing(endpoint, call->request->now), call->project.updated_at);
}

static void write_secret(struct json_write *json, const struct secret *secret)
{
    json_write_begin_object(json);
    json_member_uid(json, "uid", &secret->uid);
    json_member_string(json, "type", signing_key_type_name(secret->type));
    json_member_text(json, "value", secret->value);
    json_member_moment(json, "expires_at", secret->expires_at);
    json_write_end_object(json);
}

static void answer(struct call *call, const struct endpoint *endpoint, int64_t next)
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
    admin_json_signature(&json, &call->project);
    signature_json_members(&json, &endpoint->signature);
    json_write_end_object(&json);
    json_write_key(&json, "secrets");
    json_write_begin_array(&json);
    for (size_t i = 0; i < count; i++)
        write_secret(&json, secrets[i]);
    json_write_end_array(&json);
    json_member_moment(&json, "next_expires_at", next);
    json_write_end_object(&json);
    envelope_end(&json);
}

enum rc signing_secrets_get(struct call *call)
{
    struct endpoint endpoint;
    char tag[TAG_SIZE];
    int64_t next;
    enum rc rc = store_endpoint_get(call->store, &call->project_id, &call->endpoint_id, call->arena,
                                    &endpoint);

    if (rc != RC_OK)
        return envelope_error(call->response, rc, rc == RC_NOT_FOUND ? "endpoint not found" : NULL);
    if (!auth_owns(call, endpoint.members[ENDPOINT_OWNER_ID]))
        return auth_refuse_owner(call);
    next = next_end(&endpoint, call->request->now);
    write_tag(call, &endpoint, tag);
    response_header(call->response, "ETag", tag);
    call->response->max_age = MAX_AGE;
    if (next != SECRET_NO_END && (next - call->request->now) / 1000 < MAX_AGE)
        call->response->max_age = (next - call->request->now) / 1000;
    if (endpoint_answer_none_match(call->request->if_none_match, tag))
        call->response->status = 304;
    else
        answer(call, &endpoint, next);
    return RC_OK;
}
