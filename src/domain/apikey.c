/* apikey: the token's form, its verification, and the names of the scopes. */
#include "domain/apikey.h"

#include <stdio.h>
#include <string.h>

static const char prefix[] = "hrk_";

enum {
    PREFIX_LEN = sizeof prefix - 1,
    UID_LEN = UID_SIZE - 1,
    SECRET_AT = PREFIX_LEN + UID_LEN + 1,
    TOKEN_LEN = APIKEY_TOKEN_SIZE - 1
};

static const struct {
    enum scope scope;
    const char *name;
} scopes_known[] = {
    {SCOPE_PROJECT_ADMIN, "project_admin"},
    {SCOPE_ENDPOINTS_READ, "endpoints:read"},
    {SCOPE_ENDPOINTS_WRITE, "endpoints:write"},
    {SCOPE_SECRETS_ROLL, "secrets:roll"},
    {SCOPE_SECRETS_READ, "secrets:read"},
    {SCOPE_KEYS_WRITE, "keys:write"},
    {SCOPE_PROJECT_WRITE, "project:write"},
    {SCOPE_HISTORY_READ, "history:read"},
    {SCOPE_SIGN, "sign"},
};

enum {
    SCOPES_KNOWN = sizeof scopes_known / sizeof scopes_known[0]
};

void apikey_token(const struct uid *uid, const uint8_t secret[APIKEY_SECRET_BYTES],
                  char out[APIKEY_TOKEN_SIZE])
{
    memcpy(out, prefix, PREFIX_LEN);
    uid_format(uid, out + PREFIX_LEN);
    out[SECRET_AT - 1] = '_';
    crypto_base64_encode(CRYPTO_BASE64_URL, secret, APIKEY_SECRET_BYTES, out + SECRET_AT,
                         APIKEY_TOKEN_SIZE - SECRET_AT);
}

void apikey_set_secret(struct apikey *key, const uint8_t secret[APIKEY_SECRET_BYTES])
{
    crypto_digest(key->digest, secret, APIKEY_SECRET_BYTES);
}

bool apikey_parse(struct text token, struct uid *uid, uint8_t secret[APIKEY_SECRET_BYTES])
{
    size_t len = 0;

    return token.len == TOKEN_LEN && text_begins(token, prefix) &&
           token.data[SECRET_AT - 1] == '_' &&
           uid_parse((struct text){token.data + PREFIX_LEN, UID_LEN}, uid) &&
           crypto_base64_decode(CRYPTO_BASE64_URL, token.data + SECRET_AT, TOKEN_LEN - SECRET_AT,
                                secret, APIKEY_SECRET_BYTES, &len) &&
           len == APIKEY_SECRET_BYTES;
}

bool apikey_is_in(struct text t)
{
    return memmem(t.data, t.len, prefix, PREFIX_LEN) != NULL;
}

bool apikey_is_revoked(const struct apikey *key)
{
    return key->revoked_at != APIKEY_NO_END;
}

bool apikey_verify(const struct apikey *key, const uint8_t secret[APIKEY_SECRET_BYTES], int64_t now)
{
    uint8_t digest[CRYPTO_DIGEST_BYTES];
    bool same;

    crypto_digest(digest, secret, APIKEY_SECRET_BYTES);
    same = crypto_equal(digest, sizeof digest, key->digest, sizeof key->digest);
    crypto_wipe(digest, sizeof digest);
    return same && now < key->expires_at && !apikey_is_revoked(key);
}

bool apikey_use_is_fresh(const struct apikey *key, int64_t now)
{
    return key->last_used_at > now - APIKEY_USE_STEP && key->last_used_at < now + APIKEY_USE_STEP;
}

/* Whoever gives an owner wants a key that is restricted. */
static bool is_given_empty(struct text owner_id)
{
    return owner_id.data != NULL && owner_id.len == 0;
}

enum rc apikey_check(const struct apikey *key, struct faults *faults)
{
    if (key->name.len > APIKEY_NAME_MAX || !text_is_utf8(key->name) || text_has_control(key->name))
        faults_add(faults, "name",
                   "name must be at most %d bytes of UTF-8 without control characters",
                   APIKEY_NAME_MAX);
    if (is_given_empty(key->owner_id) || key->owner_id.len > APIKEY_OWNER_MAX ||
        !text_is_utf8(key->owner_id) || text_has_control(key->owner_id))
        faults_add(faults, "owner_id",
                   "owner_id must be 1 to %d bytes of UTF-8 without control characters",
                   APIKEY_OWNER_MAX);
    if (key->scopes == 0 || (key->scopes & ~(uint32_t)SCOPE_PROJECT_ADMIN) != 0)
        faults_add(faults, "scopes", "scopes must name at least one known scope");
    if (key->expires_at <= key->created_at)
        faults_add(faults, "expires_at", "expires_at must be in the future");
    return faults->count > 0 ? RC_INVALID : RC_OK;
}

const char *apikey_scope_name(enum scope scope)
{
    for (size_t i = 0; i < SCOPES_KNOWN; i++)
        if (scopes_known[i].scope == scope)
            return scopes_known[i].name;
    return "unknown";
}

static uint32_t scope_named(struct text name)
{
    for (size_t i = 0; i < SCOPES_KNOWN; i++)
        if (text_is(name, scopes_known[i].name))
            return scopes_known[i].scope;
    return 0;
}

bool apikey_scopes_parse(struct text names, uint32_t *scopes, size_t *unknown)
{
    uint32_t found = 0;
    size_t start = 0;

    *unknown = 0;
    for (size_t i = 0; i <= names.len; i++) {
        uint32_t scope;

        if (i < names.len && names.data[i] != ',' && names.data[i] != ' ')
            continue;
        if (i > start) {
            scope = scope_named((struct text){names.data + start, i - start});
            if (scope == 0)
                return false;
            found |= scope;
            ++*unknown;
        }
        start = i + 1;
    }
    if (found == 0)
        return false;
    *scopes = found;
    return true;
}

void apikey_scope_fault(const char *member, const char *which, struct faults *faults)
{
    char names[FAULTS_MESSAGE_SIZE];
    size_t at = 0;

    for (size_t i = 0; i < SCOPES_KNOWN; i++)
        at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", i > 0 ? ", " : "",
                               scopes_known[i].name);
    faults_add(faults, member, "%s must be one of %s", which, names);
}

void apikey_scopes_format(uint32_t scopes, char out[APIKEY_SCOPES_SIZE])
{
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < SCOPES_KNOWN && scopes != 0; i++) {
        if ((scopes & scopes_known[i].scope) != (uint32_t)scopes_known[i].scope)
            continue;
        at += (size_t)snprintf(out + at, APIKEY_SCOPES_SIZE - at, "%s%s", at > 0 ? "," : "",
                               scopes_known[i].name);
        scopes &= ~(uint32_t)scopes_known[i].scope;
    }
}
