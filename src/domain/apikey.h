/* apikey: who may call, and what for.
 *
 * A token is "hrk_" + the key's uid + "_" + 43 characters of base64url, 32
 * random bytes. Only their BLAKE2b-256 is kept: with 256 bits of entropy a slow
 * password hash would protect nothing. Pure and thread-safe. */
#ifndef HOOKROLL_DOMAIN_APIKEY_H
#define HOOKROLL_DOMAIN_APIKEY_H

#include "base/crypto.h"
#include "base/rc.h"
#include "base/text.h"
#include "domain/faults.h"
#include "domain/uid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a key may do; stored as these bits, which therefore never change. */
enum scope {
    SCOPE_NONE = 0, /* of what anyone may do */
    SCOPE_ENDPOINTS_READ = 1 << 0,
    SCOPE_ENDPOINTS_WRITE = 1 << 1,
    SCOPE_SECRETS_ROLL = 1 << 2,
    SCOPE_SECRETS_READ = 1 << 3,
    SCOPE_KEYS_WRITE = 1 << 4,
    SCOPE_PROJECT_WRITE = 1 << 5,
    SCOPE_HISTORY_READ = 1 << 6,
    SCOPE_SIGN = 1 << 7,
    SCOPE_PROJECT_ADMIN = (1 << 8) - 1 /* the bundle of them all */
};

enum {
    APIKEY_SECRET_BYTES = 32,
    APIKEY_TOKEN_SIZE = 4 + 26 + 1 + 43 + 1, /* as a C string */
    APIKEY_NAME_MAX = 256,
    APIKEY_OWNER_MAX = 256,
    APIKEY_SCOPES_SIZE = 160 /* holds every scope's name, with commas */
};

#define APIKEY_NO_END   INT64_MAX
#define APIKEY_NO_USE   INT64_MAX       /* last_used_at of a key that never was */
#define APIKEY_USE_STEP INT64_C(600000) /* ms: how exactly last uses are kept */

struct apikey {
    struct uid uid;
    struct uid project;
    uint8_t digest[CRYPTO_DIGEST_BYTES];
    uint32_t scopes; /* of enum scope */
    struct text name;
    struct text owner_id; /* when set, only endpoints of this owner */
    int64_t created_at;   /* ms */
    int64_t expires_at;   /* ms, or APIKEY_NO_END */
    int64_t revoked_at;   /* ms, or APIKEY_NO_END */
    int64_t last_used_at; /* ms, within APIKEY_USE_STEP, or APIKEY_NO_USE */
};

/* apikey_token: writes the token; wipe it after use. */
void apikey_token(const struct uid *uid, const uint8_t secret[APIKEY_SECRET_BYTES],
                  char out[APIKEY_TOKEN_SIZE]);

/* apikey_set_secret: what apikey_verify will ask for. */
void apikey_set_secret(struct apikey *key, const uint8_t secret[APIKEY_SECRET_BYTES]);

/* apikey_parse: the reverse of apikey_token; false unless `token` is one. Wipe `secret` after use.
 */
RC_CHECK bool apikey_parse(struct text token, struct uid *uid, uint8_t secret[APIKEY_SECRET_BYTES]);

/* apikey_is_in: something in `t` begins as a token does. */
bool apikey_is_in(struct text t);

/* apikey_is_revoked: for good, whatever the clock said when it was, and says now. */
bool apikey_is_revoked(const struct apikey *key);

/* apikey_verify: constant time; whether the key has this secret, is not revoked, and has not
 * expired at `now` (ms). */
RC_CHECK bool apikey_verify(const struct apikey *key, const uint8_t secret[APIKEY_SECRET_BYTES],
                            int64_t now);

/* apikey_use_is_fresh: the last use lies within APIKEY_USE_STEP of `now` (ms), to either side, as
 * secret_verified_is_fresh has it. */
bool apikey_use_is_fresh(const struct apikey *key, int64_t now);

/* apikey_check: RC_INVALID with a fault for every member out of bounds; of a key to be made, whose
 * owner_id is absent, not empty, when it has none. */
RC_CHECK enum rc apikey_check(const struct apikey *key, struct faults *faults);

/* apikey_scope_name: "secrets:roll" and so on; of a single scope. */
const char *apikey_scope_name(enum scope scope);

/* apikey_scopes_parse: names separated by commas or spaces, "project_admin"
 * among them; false on an unknown name or none at all, *unknown being its place among them,
 * from 0. */
RC_CHECK bool apikey_scopes_parse(struct text names, uint32_t *scopes, size_t *unknown);

/* apikey_scope_fault: adds a fault on `member` that says which scopes there are; `which` is what
 * the sender calls the one that is none of them. */
void apikey_scope_fault(const char *member, const char *which, struct faults *faults);

/* apikey_scopes_format: the names, comma-separated; "project_admin" for all. */
void apikey_scopes_format(uint32_t scopes, char out[APIKEY_SCOPES_SIZE]);

#endif
