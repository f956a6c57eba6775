/* endpoint: where deliveries go, how they are authenticated, and the secrets
 * that sign them.
 *
 * Its text members, nested ones too, are rows of one table that every floor
 * reads: what may be sent, what is stored, what is sealed and what is shown
 * cannot disagree. Pure; an endpoint belongs to one thread at a time. */
#ifndef HOOKROLL_DOMAIN_ENDPOINT_H
#define HOOKROLL_DOMAIN_ENDPOINT_H

#include "base/arena.h"
#include "base/rc.h"
#include "base/text.h"
#include "domain/faults.h"
#include "domain/project.h"
#include "domain/secret.h"
#include "domain/signature_settings.h"
#include "domain/uid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The JSON objects that members stand in. */
enum endpoint_group {
    ENDPOINT_ROOT,
    ENDPOINT_AUTHENTICATION,
    ENDPOINT_API_KEY,
    ENDPOINT_BASIC_AUTH,
    ENDPOINT_OAUTH2,
    ENDPOINT_FIELD_MAPPING,
    ENDPOINT_SIGNING_KEY,
    ENDPOINT_MTLS_CLIENT_CERT,
    ENDPOINT_GROUPS /* how many */
};

/* Text members. Stored as these numbers: only ever append. */
enum endpoint_member {
    ENDPOINT_NAME,
    ENDPOINT_URL,
    ENDPOINT_DESCRIPTION,
    ENDPOINT_OWNER_ID,
    ENDPOINT_SUPPORT_EMAIL,
    ENDPOINT_SLACK_WEBHOOK_URL,
    ENDPOINT_CONTENT_TYPE,
    ENDPOINT_AUTH_TYPE,
    ENDPOINT_API_KEY_HEADER_NAME,
    ENDPOINT_API_KEY_HEADER_VALUE,
    ENDPOINT_BASIC_USERNAME,
    ENDPOINT_BASIC_PASSWORD,
    ENDPOINT_OAUTH2_AUDIENCE,
    ENDPOINT_OAUTH2_AUTHENTICATION_TYPE,
    ENDPOINT_OAUTH2_CLIENT_ID,
    ENDPOINT_OAUTH2_CLIENT_SECRET,
    ENDPOINT_OAUTH2_EXPIRY_TIME_UNIT,
    ENDPOINT_OAUTH2_GRANT_TYPE,
    ENDPOINT_OAUTH2_ISSUER,
    ENDPOINT_OAUTH2_SCOPE,
    ENDPOINT_OAUTH2_SIGNING_ALGORITHM,
    ENDPOINT_OAUTH2_SUBJECT,
    ENDPOINT_OAUTH2_URL,
    ENDPOINT_FIELD_ACCESS_TOKEN,
    ENDPOINT_FIELD_EXPIRES_IN,
    ENDPOINT_FIELD_TOKEN_TYPE,
    ENDPOINT_JWK_CRV,
    ENDPOINT_JWK_D,
    ENDPOINT_JWK_DP,
    ENDPOINT_JWK_DQ,
    ENDPOINT_JWK_E,
    ENDPOINT_JWK_KID,
    ENDPOINT_JWK_KTY,
    ENDPOINT_JWK_N,
    ENDPOINT_JWK_P,
    ENDPOINT_JWK_Q,
    ENDPOINT_JWK_QI,
    ENDPOINT_JWK_X,
    ENDPOINT_JWK_Y,
    ENDPOINT_CLIENT_CERT,
    ENDPOINT_CLIENT_KEY,
    ENDPOINT_MEMBERS /* how many */
};

/* To whom a member's value is shown. All but ENDPOINT_SHOWN are sealed at rest. */
enum endpoint_shown {
    ENDPOINT_SHOWN,    /* to everyone who may read the endpoint */
    ENDPOINT_GUARDED,  /* to keys with secrets:read, masked for others */
    ENDPOINT_CONCEALED /* to nobody */
};

/* What an empty member or group looks like in an answer. */
enum endpoint_empty {
    ENDPOINT_OMITTED,
    ENDPOINT_PRESENT /* as "" or null */
};

struct endpoint_group_info {
    const char *name; /* in the parent's object; NULL for the root */
    const char *path; /* dotted, from the root: what faults name */
    enum endpoint_group parent;
    enum endpoint_empty empty;
};

struct endpoint_member_info {
    enum endpoint_group group;
    const char *name;
    const char *path; /* dotted, from the root: what faults name */
    size_t max;       /* bytes */
    enum endpoint_shown shown;
    enum endpoint_empty empty;
};

extern const struct endpoint_group_info endpoint_groups[ENDPOINT_GROUPS];
extern const struct endpoint_member_info endpoint_members[ENDPOINT_MEMBERS];

/* Stored as these numbers, which therefore never change. */
enum endpoint_status {
    ENDPOINT_ACTIVE = 1,
    ENDPOINT_INACTIVE = 2,
    ENDPOINT_PAUSED = 3
};

enum {
    ENDPOINT_SECRETS_MAX = PROJECT_SIGNING_SECRETS_MAX,
    ENDPOINT_HTTP_TIMEOUT = 10, /* s, factory setting */
    ENDPOINT_HTTP_TIMEOUT_MAX = 3600,
    ENDPOINT_RATE_MAX = INT32_MAX
};

struct endpoint {
    struct uid uid;
    struct uid project;
    struct text members[ENDPOINT_MEMBERS]; /* UTF-8, borrowed; absent when empty */
    enum endpoint_status status;
    bool advanced_signatures;
    struct signature_settings signature;
    int64_t http_timeout;        /* s */
    int64_t rate_limit;          /* deliveries in rate_limit_duration; 0: no limit */
    int64_t rate_limit_duration; /* s */
    int64_t created_at;          /* ms */
    int64_t updated_at;          /* ms */
    uint64_t history;            /* sequence of its newest history entry */
    uint64_t revision;           /* counts its writes, from 1; given by the store */
    size_t secret_count;
    struct secret secrets[ENDPOINT_SECRETS_MAX]; /* oldest first, the current one last */
};

/* endpoint_init: factory settings, no secret yet. */
void endpoint_init(struct endpoint *endpoint, struct uid uid, struct uid project, int64_t now);

/* endpoint_settle: gives what was set to nothing its factory setting. */
void endpoint_settle(struct endpoint *endpoint);

/* endpoint_check: RC_INVALID with a fault for every member that breaks a rule, as of
 * updated_at. */
RC_CHECK enum rc endpoint_check(const struct endpoint *endpoint, struct faults *faults);

/* endpoint_group_within: `group` is `ancestor` or stands somewhere in it. */
bool endpoint_group_within(enum endpoint_group group, enum endpoint_group ancestor);

/* endpoint_group_is_empty: no member of the group, or of a group within it, is set. */
bool endpoint_group_is_empty(const struct endpoint *endpoint, enum endpoint_group group);

/* endpoint_add_secret: appends the new current secret, of the endpoint's key type:
 * `supplied`, checked, or a generated one when that is absent or empty. Its value is
 * borrowed from `arena`.
 * RC_NO_MEMORY; RC_CONFLICT when there is no room. */
RC_CHECK enum rc endpoint_add_secret(struct endpoint *endpoint, struct text supplied,
                                     const struct secret_fresh *fresh, int64_t now,
                                     struct arena *arena);

/* endpoint_current: the last secret, which alone has no end; NULL when that is not
 * so, which no edit leaves behind. Borrowed from the endpoint. */
struct secret *endpoint_current(struct endpoint *endpoint);

/* endpoint_drop_ended: takes the secrets that cannot sign at `now` off the list. */
void endpoint_drop_ended(struct endpoint *endpoint, int64_t now);

/* endpoint_signing: how many secrets can sign at `now`. */
size_t endpoint_signing(const struct endpoint *endpoint, int64_t now);

/* endpoint_next_end: the earliest end of a secret that can sign at `now`, SECRET_NO_END
 * when none has one. */
int64_t endpoint_next_end(const struct endpoint *endpoint, int64_t now);

/* endpoint_has_ed25519: an ed25519 secret can sign at `now`. */
bool endpoint_has_ed25519(const struct endpoint *endpoint, int64_t now);

/* endpoint_pause: active becomes paused and the other way round; endpoint_activate:
 * paused or inactive becomes active. RC_CONFLICT, and no change, from elsewhere. */
RC_CHECK enum rc endpoint_pause(struct endpoint *endpoint, int64_t now);
RC_CHECK enum rc endpoint_activate(struct endpoint *endpoint, int64_t now);

/* "active", "inactive", "paused". */
const char *endpoint_status_name(enum endpoint_status status);

#endif
