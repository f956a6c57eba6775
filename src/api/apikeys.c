/* apikeys: parse, check that no right grows, act, render. */
#include "api/apikeys.h"

#include "api/apikey_json.h"
#include "api/auth.h"
#include "api/body.h"
#include "api/envelope.h"
#include "api/json_read.h"
#include "base/crypto.h"

#include <stdbool.h>
#include <stdio.h>

/* The rights that the caller may not give, since it has not got them. */
static enum rc check_rights(struct call *call, const struct apikey *key)
{
    if ((key->scopes & ~call->key.scopes) != 0) {
        faults_add(&call->faults, "scopes", "scopes must be ones that your own API key has");
        return RC_FORBIDDEN;
    }
    if (key->expires_at > call->key.expires_at) {
        faults_add(&call->faults, "expires_in", "expires_in must not outlast your own API key");
        return RC_FORBIDDEN;
    }
    return auth_owns(call, key->owner_id) ? RC_OK : RC_FORBIDDEN;
}

static enum rc add(struct call *call, struct apikey *key)
{
    uint8_t entropy[UID_ENTROPY_BYTES];
    uint8_t secret[APIKEY_SECRET_BYTES];
    char token[APIKEY_TOKEN_SIZE];
    struct json_write json;
    enum rc rc;

    crypto_random_id(entropy, sizeof entropy);
    crypto_random(secret, sizeof secret);
    key->uid = uid_make(call->request->now, entropy);
    apikey_set_secret(key, secret);
    rc = store_apikey_add(call->store, key);
    if (rc == RC_OK) {
        call->key_id = key->uid;
        apikey_token(&key->uid, secret, token);
        json = envelope_begin(call->response, 201, "API Key created successfully");
        apikey_json_write(&json, key, text_of(token));
        envelope_end(&json);
        crypto_wipe(token, sizeof token);
    }
    crypto_wipe(secret, sizeof secret);
    return rc == RC_OK ? rc : envelope_error(call->response, rc, NULL);
}

enum rc apikeys_create(struct call *call)
{
    struct apikey key = {.project = call->project_id,
                         .scopes = call->key.scopes,
                         .created_at = call->request->now,
                         .expires_at = call->key.expires_at,
                         .revoked_at = APIKEY_NO_END,
                         .last_used_at = APIKEY_NO_USE};
    struct json_object *body = NULL;
    enum rc rc = body_json(call, &body);

    if (rc != RC_OK)
        return rc;
    if (call->key.owner_id.len > 0)
        key.owner_id = call->key.owner_id;
    apikey_json_read(body, &key, &call->faults);
    if (apikey_check(&key, &call->faults) != RC_OK) {
        rc = envelope_faults(call->response, &call->faults);
    } else {
        rc = check_rights(call, &key);
        if (rc == RC_OK)
            rc = add(call, &key);
        else if (call->faults.count > 0)
            rc = envelope_error(call->response, rc, call->faults.list[0].message);
        else
            rc = auth_refuse_owner(call);
    }
    json_read_free(body);
    return rc;
}

enum {
    SHOWN_MAX = 2048 /* bytes of one key in a list, its name and owner all escaped */
};

struct listing {
    const struct call *call;
    struct json_write *json;
    bool full;
};

static bool list_one(const struct apikey *key, void *arg)
{
    struct listing *listing = arg;
    const struct buf *body = listing->json->buf;

    if (!auth_owns(listing->call, key->owner_id))
        return true;
    listing->full = body->ceiling - body->len < SHOWN_MAX;
    if (!listing->full)
        apikey_json_write(listing->json, key, (struct text){NULL, 0});
    return !listing->full;
}

enum rc apikeys_list(struct call *call)
{
    struct json_write json = envelope_begin(call->response, 200, "API Keys fetched successfully");
    struct listing listing = {call, &json, false};
    enum rc rc;

    json_write_begin_object(&json);
    json_write_key(&json, "content");
    json_write_begin_array(&json);
    rc = store_apikeys(call->store, &call->project_id, list_one, &listing);
    if (rc != RC_OK)
        return envelope_error(call->response, rc, NULL);
    if (listing.full)
        return envelope_error(
            call->response, RC_CONFLICT,
            "there are more API keys than an answer holds: hookrollctl key list shows all");
    json_write_end_array(&json);
    json_write_end_object(&json);
    envelope_end(&json);
    return RC_OK;
}

/* The key of the path, when it is of this project and the caller's owner. */
static enum rc find(struct call *call, struct apikey *key)
{
    enum rc rc = store_apikey_get(call->store, &call->key_id, call->arena, key);

    if (rc == RC_OK && !uid_equal(&key->project, &call->project_id))
        rc = RC_NOT_FOUND;
    if (rc == RC_OK && !auth_owns(call, key->owner_id))
        return auth_refuse_owner(call);
    return rc == RC_OK ? rc
                       : envelope_error(call->response, rc,
                                        rc == RC_NOT_FOUND ? "API Key not found" : NULL);
}

enum rc apikeys_get(struct call *call)
{
    struct json_write json;
    struct apikey key;
    enum rc rc = find(call, &key);

    if (rc != RC_OK)
        return rc;
    json = envelope_begin(call->response, 200, "API Key fetched successfully");
    apikey_json_write(&json, &key, (struct text){NULL, 0});
    envelope_end(&json);
    return RC_OK;
}

/* Who could not have made the key may not end it either. */
static enum rc check_within(struct call *call, const struct apikey *key)
{
    const uint32_t lacked = key->scopes & ~call->key.scopes;
    char scopes[APIKEY_SCOPES_SIZE];
    char message[APIKEY_SCOPES_SIZE + 64];

    if (lacked == 0)
        return RC_OK;
    apikey_scopes_format(lacked, scopes);
    (void)snprintf(message, sizeof message, "the API key lacks scopes of the one to be revoked: %s",
                   scopes);
    return envelope_error(call->response, RC_FORBIDDEN, message);
}

enum rc apikeys_revoke(struct call *call)
{
    struct json_write json;
    struct apikey key;
    enum rc rc = find(call, &key);

    if (rc == RC_OK)
        rc = check_within(call, &key);
    if (rc != RC_OK)
        return rc;
    rc = store_apikey_revoke(call->store, &key.uid, call->request->now);
    if (rc != RC_OK)
        return envelope_error(call->response, rc, NULL);
    json = envelope_begin(call->response, 200, "API Key revoked successfully");
    json_write_null(&json);
    envelope_end(&json);
    return RC_OK;
}
