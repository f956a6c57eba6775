/* secrets: lists in which no value stands. */
#include "api/secrets.h"

#include "api/auth.h"
#include "api/endpoint_list.h"
#include "api/envelope.h"
#include "api/json_member.h"
#include "api/key_cache.h"
#include "api/query.h"
#include "api/secrets_json.h"
#include "api/signature_json.h"
#include "domain/roll_older.h"

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
    secrets_json_members(&json, &endpoint, call->request->now);
    json_write_end_object(&json);
    envelope_end(&json);
    return RC_OK;
}

static void write_row(const struct call *call, struct json_write *json,
                      const struct endpoint *endpoint)
{
    secrets_json_row(json, endpoint, call->request->now);
}

/* RC_OK also with faults. */
static enum rc read_age(struct call *call, struct overlap *overlap)
{
    struct roll_older older;
    struct text before;
    enum rc rc =
        query_text(call->request->query, "created_before", call->arena, &before, &call->faults);

    if (rc != RC_OK)
        return rc == RC_INVALID ? RC_OK : rc;
    roll_older_read(&older, before, overlap->now, "created_before", &call->faults);
    overlap->older = before.data != NULL;
    overlap->created_before = older.created_before;
    return RC_OK;
}

enum rc secrets_of_all(struct call *call)
{
    struct endpoint_list list = {"Secrets fetched successfully", write_row,
                                 .overlap.now = call->request->now};
    enum rc rc = read_age(call, &list.overlap);

    if (rc != RC_OK)
        return envelope_error(call->response, rc, NULL);
    list.overlap.in_grace = query_flag(call->request->query, "in_grace", &call->faults);
    list.overlap.unverified = query_flag(call->request->query, "unverified", &call->faults);
    return endpoint_list_answer(call, &list);
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
