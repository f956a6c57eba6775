/* auth: a key's word is checked in constant time, and all that can be wrong
 * with a key looks alike from outside. */
#include "api/auth.h"

#include "api/endpoint_answer.h"
#include "api/envelope.h"
#include "base/crypto.h"

#include <stdio.h>
#include <string.h>

static const char scheme[] = "Bearer ";

/* RFC 6750, section 3: parameters there have to be; an error only where there was a token. */
#define CHALLENGE "Bearer realm=\"hookroll\""

/* The credential, or absent text when there is none that can be read. */
static struct text bearer(struct text authorization)
{
    struct text token = text_from(authorization, sizeof scheme - 1);

    if (!text_begins(authorization, scheme))
        return (struct text){NULL, 0};
    for (size_t i = 0; i < token.len; i++)
        if (token.data[i] <= ' ' || token.data[i] == ',' || token.data[i] == 0x7F)
            return (struct text){NULL, 0};
    return token;
}

/* RC_DENIED for every reason that a key is not good. */
static enum rc find_key(struct call *call, struct text token)
{
    uint8_t secret[APIKEY_SECRET_BYTES];
    struct uid uid;
    enum rc rc = RC_DENIED;

    if (apikey_parse(token, &uid, secret)) {
        rc = store_apikey_get(call->store, &uid, call->arena, &call->key);
        if (rc == RC_NOT_FOUND ||
            (rc == RC_OK && !apikey_verify(&call->key, secret, call->request->now)))
            rc = RC_DENIED;
    }
    crypto_wipe(secret, sizeof secret);
    if (rc != RC_OK)
        call->key = (struct apikey){.uid = UID_NONE};
    return rc;
}

static enum rc refuse_missing(struct call *call)
{
    response_header(call->response, "WWW-Authenticate", CHALLENGE);
    return envelope_error(call->response, RC_UNAUTHENTICATED, "Authentication required");
}

static enum rc refuse_wrong(struct call *call)
{
    response_header(call->response, "WWW-Authenticate", CHALLENGE ", error=\"invalid_token\"");
    return envelope_error(call->response, RC_DENIED, "authorization failed");
}

enum rc auth_check(struct call *call, enum scope scope)
{
    struct text token = bearer(call->request->authorization);
    char message[80];
    enum rc rc;

    if (token.len == 0)
        return refuse_missing(call);
    rc = find_key(call, token);
    if (rc == RC_DENIED)
        return refuse_wrong(call);
    if (rc == RC_OK)
        rc = uid_equal(&call->key.project, &call->project_id)
                 ? store_project_get(call->store, &call->project_id, call->arena, &call->project)
                 : RC_NOT_FOUND;
    if (rc != RC_OK)
        return envelope_error(call->response, rc, rc == RC_NOT_FOUND ? "project not found" : NULL);
    if (auth_has(call, scope))
        return RC_OK;
    (void)snprintf(message, sizeof message, "the API key lacks the scope %s",
                   apikey_scope_name(scope));
    return envelope_error(call->response, RC_FORBIDDEN, message);
}

enum rc auth_scrape(struct call *call)
{
    struct text token = bearer(call->request->authorization);

    if (token.len == 0)
        return refuse_missing(call);
    return scrape_token_matches(call->scrape, token) ? RC_OK : refuse_wrong(call);
}

bool auth_has(const struct call *call, enum scope scope)
{
    return (call->key.scopes & (uint32_t)scope) == (uint32_t)scope;
}

struct endpoint_json_view auth_view(const struct call *call)
{
    return (struct endpoint_json_view){.now = call->request->now,
                                       .secrets = auth_has(call, SCOPE_SECRETS_READ)};
}

struct actor auth_actor(const struct call *call)
{
    return (struct actor){call->request->now, call->key.uid, call->request->id};
}

bool auth_owns(const struct call *call, struct text owner_id)
{
    return call->key.owner_id.len == 0 || text_equal(call->key.owner_id, owner_id);
}

enum rc auth_refuse_owner(struct call *call)
{
    return envelope_error(call->response, RC_FORBIDDEN,
                          "the API key is restricted to endpoints of its own owner_id");
}

enum rc auth_endpoint(struct call *call, struct endpoint *out)
{
    enum rc rc =
        store_endpoint_get(call->store, &call->project_id, &call->endpoint_id, call->arena, out);

    if (rc != RC_OK)
        return envelope_error(call->response, rc, rc == RC_NOT_FOUND ? "endpoint not found" : NULL);
    return auth_owns(call, out->members[ENDPOINT_OWNER_ID]) ? RC_OK : auth_refuse_owner(call);
}

/* Whether If-Match, where the caller sent it, names the endpoint as it is now. */
static bool is_as_seen(const struct call *call, const struct endpoint *endpoint)
{
    const struct endpoint_json_view view = auth_view(call);
    char tag[ENDPOINT_ETAG_SIZE];

    /* Most do not send it, and others wait for the commit that this is a part of. */
    if (call->request->if_match.len == 0)
        return true;
    endpoint_answer_etag(endpoint, &view, tag);
    return endpoint_answer_match(call->request->if_match, tag);
}

enum rc auth_edit(struct edit *edit, void *arg)
{
    struct auth_edit *guarded = arg;
    enum rc rc;

    if (!auth_owns(guarded->call, edit->endpoint->members[ENDPOINT_OWNER_ID]))
        return RC_FORBIDDEN;
    if (!is_as_seen(guarded->call, edit->endpoint))
        return RC_PRECONDITION;
    rc = guarded->edit(edit, guarded->arg);
    /* Nor may it be given away. */
    if (rc == RC_OK && !auth_owns(guarded->call, edit->endpoint->members[ENDPOINT_OWNER_ID]))
        return RC_FORBIDDEN;
    return rc;
}
