/* keys: key create, list and revoke. A key's token is shown once, when it is made. */
#include "api/apikey_json.h"
#include "api/json_write.h"
#include "base/crypto.h"
#include "ctl.h"
#include "domain/apikey.h"

#include <stdio.h>

static enum rc read_scopes(struct ctl *ctl, uint32_t *scopes)
{
    char which[40];
    size_t unknown;

    if (apikey_scopes_parse(text_of(ctl->values[CTL_SCOPES]), scopes, &unknown))
        return RC_OK;
    (void)snprintf(which, sizeof which, "scope %zu of --scopes", unknown + 1);
    apikey_scope_fault("--scopes", which, &ctl->faults);
    return RC_INVALID;
}

static enum rc fill(struct ctl *ctl, struct apikey *key)
{
    int64_t seconds = 0;
    enum rc rc = ctl_uid(ctl, CTL_PROJECT, &key->project);

    if (rc == RC_OK && ctl->values[CTL_SCOPES] != NULL)
        rc = read_scopes(ctl, &key->scopes);
    if (rc == RC_OK)
        rc = ctl_integer(ctl, CTL_EXPIRES_IN, &seconds);
    if (rc == RC_OK && ctl->values[CTL_EXPIRES_IN] != NULL)
        key->expires_at = ctl->now + seconds * 1000;
    return rc;
}

enum rc ctl_key_create(struct ctl *ctl)
{
    uint8_t entropy[UID_ENTROPY_BYTES];
    uint8_t secret[APIKEY_SECRET_BYTES];
    char token[APIKEY_TOKEN_SIZE];
    struct apikey key = {.scopes = SCOPE_PROJECT_ADMIN,
                         .name = text_of(ctl->values[CTL_NAME]),
                         .owner_id = text_of(ctl->values[CTL_OWNER_ID]),
                         .created_at = ctl->now,
                         .expires_at = APIKEY_NO_END,
                         .revoked_at = APIKEY_NO_END,
                         .last_used_at = APIKEY_NO_USE};
    enum rc rc = fill(ctl, &key);

    if (rc == RC_OK)
        rc = apikey_check(&key, &ctl->faults);
    if (rc != RC_OK)
        return rc;
    crypto_random_id(entropy, sizeof entropy);
    crypto_random(secret, sizeof secret);
    key.uid = uid_make(ctl->now, entropy);
    apikey_set_secret(&key, secret);
    apikey_token(&key.uid, secret, token);
    crypto_wipe(secret, sizeof secret);
    rc = store_apikey_add(ctl->store, &key);
    ctl_explain_missing(ctl, rc, "project");
    if (rc == RC_OK && ctl->json) {
        struct json_write json = json_write_to(&ctl->out);

        apikey_json_write(&json, &key, text_of(token));
        buf_put_byte(&ctl->out, '\n');
    } else if (rc == RC_OK) {
        buf_put_string(&ctl->out, "The key, ");
        if (key.owner_id.len > 0)
            buf_printf(&ctl->out, "restricted to owner %.*s, ", TEXT_ARG(key.owner_id));
        buf_put_string(&ctl->out, "shown this once:\n");
        buf_put_string(&ctl->out, token);
        buf_put_byte(&ctl->out, '\n');
    }
    crypto_wipe(token, sizeof token);
    return rc;
}

struct listing {
    struct ctl *ctl;
    struct json_write json;
};

static const char *state(const struct apikey *key, int64_t now)
{
    if (apikey_is_revoked(key))
        return "revoked";
    return key->expires_at <= now ? "expired" : "good";
}

static bool list_one(const struct apikey *key, void *arg)
{
    struct listing *listing = arg;
    struct ctl *ctl = listing->ctl;
    char scopes[APIKEY_SCOPES_SIZE];

    if (ctl->json) {
        apikey_json_write(&listing->json, key, (struct text){NULL, 0});
        return true;
    }
    apikey_scopes_format(key->scopes, scopes);
    ctl_cell_uid(ctl, &key->uid);
    ctl_cell(ctl, 7, text_of(state(key, ctl->now)));
    ctl_cell_moment(ctl, key->expires_at);
    ctl_cell_moment(ctl, key->last_used_at);
    ctl_cell(ctl, 13, text_of(scopes));
    ctl_cell(ctl, 10, key->owner_id.len > 0 ? key->owner_id : text_of("-"));
    ctl_cell(ctl, 0, key->name);
    ctl_row(ctl);
    return true;
}

enum rc ctl_key_list(struct ctl *ctl)
{
    struct listing listing = {ctl, json_write_to(&ctl->out)};
    struct uid project;
    enum rc rc = ctl_uid(ctl, CTL_PROJECT, &project);

    if (rc != RC_OK)
        return rc;
    if (ctl->json) {
        json_write_begin_array(&listing.json);
    } else {
        ctl_cell(ctl, UID_SIZE - 1, text_of("KEY"));
        ctl_cell(ctl, 7, text_of("STATE"));
        ctl_cell(ctl, 24, text_of("EXPIRES"));
        ctl_cell(ctl, 24, text_of("LAST USED"));
        ctl_cell(ctl, 13, text_of("SCOPES"));
        ctl_cell(ctl, 10, text_of("OWNER"));
        ctl_cell(ctl, 0, text_of("NAME"));
        ctl_row(ctl);
    }
    rc = store_apikeys(ctl->store, &project, list_one, &listing);
    ctl_explain_missing(ctl, rc, "project");
    if (ctl->json) {
        json_write_end_array(&listing.json);
        buf_put_byte(&ctl->out, '\n');
    }
    return rc;
}

enum rc ctl_key_revoke(struct ctl *ctl)
{
    struct uid uid;
    enum rc rc = ctl_uid(ctl, CTL_KEY, &uid);

    if (rc == RC_OK)
        rc = store_apikey_revoke(ctl->store, &uid, ctl->now);
    ctl_explain_missing(ctl, rc, "key");
    if (rc == RC_OK)
        buf_put_string(&ctl->out, ctl->json ? "{\"revoked\":true}\n" : "revoked\n");
    return rc;
}
