/* endpoint: factory settings, the rules of its members, and appending a secret. */
#include "domain/endpoint.h"

#include "base/crypto.h"

#include <string.h>

void endpoint_init(struct endpoint *endpoint, struct uid uid, struct uid project, int64_t now)
{
    *endpoint = (struct endpoint){.uid = uid,
                                  .project = project,
                                  .status = ENDPOINT_ACTIVE,
                                  .advanced_signatures = true,
                                  .created_at = now,
                                  .updated_at = now};
    signature_settings_init(&endpoint->signature);
    endpoint_settle(endpoint);
}

void endpoint_settle(struct endpoint *endpoint)
{
    if (endpoint->http_timeout == 0)
        endpoint->http_timeout = ENDPOINT_HTTP_TIMEOUT;
    if (endpoint->members[ENDPOINT_CONTENT_TYPE].len == 0)
        endpoint->members[ENDPOINT_CONTENT_TYPE] = text_of("application/json");
}

bool endpoint_group_within(enum endpoint_group group, enum endpoint_group ancestor)
{
    while (group != ancestor && group != ENDPOINT_ROOT)
        group = endpoint_groups[group].parent;
    return group == ancestor;
}

bool endpoint_group_is_empty(const struct endpoint *endpoint, enum endpoint_group group)
{
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        if (endpoint->members[i].len > 0 && endpoint_group_within(endpoint_members[i].group, group))
            return false;
    return true;
}

static bool has_blank(struct text t)
{
    return text_has_control(t) || (t.len > 0 && memchr(t.data, ' ', t.len) != NULL);
}

static struct text up_to_any(struct text t, const char *stops)
{
    size_t n = 0;

    while (n < t.len && (t.data[n] == '\0' || strchr(stops, t.data[n]) == NULL))
        n++;
    return (struct text){t.data, n};
}

/* "" or ":" and a port of up to five digits. */
static bool is_port(struct text t)
{
    int64_t port;

    if (t.len <= 1)
        return t.len == 0 || t.data[0] == ':';
    return t.data[0] == ':' && t.len <= 6 && t.data[1] != '-' &&
           text_to_int64(text_from(t, 1), &port) && port >= 1 && port <= 65535;
}

/* http or https with a host (RFC 3986, section 3.2; RFC 9110, section 4.2). */
static bool is_http_url(struct text url)
{
    static const char *const schemes[] = {"https://", "http://"};
    struct text authority;
    struct text host;
    size_t skip = 0;

    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (url.len >= strlen(schemes[i]) &&
            text_equal_caseless((struct text){url.data, strlen(schemes[i])}, text_of(schemes[i])))
            skip = strlen(schemes[i]);
    /* Parsers differ on a backslash: for some it ends the host. */
    if (skip == 0 || has_blank(url) || memchr(url.data, '\\', url.len) != NULL)
        return false;
    authority = up_to_any(text_from(url, skip), "/?#");
    for (size_t i = 0; i < authority.len; i++)
        if (authority.data[i] == '@') {
            authority = text_from(authority, i + 1);
            break;
        }
    if (authority.len > 0 && authority.data[0] == '[') {
        host = up_to_any(authority, "]");
        return host.len > 1 && host.len < authority.len &&
               is_port(text_from(authority, host.len + 1));
    }
    host = up_to_any(authority, ":");
    return host.len > 0 && up_to_any(host, "@[]").len == host.len &&
           is_port(text_from(authority, host.len));
}

/* An address as people write it: something, one '@', a domain (RFC 5321's
 * quoted local parts are refused, as nearly all software does). */
static bool is_email(struct text t)
{
    struct text local = up_to_any(t, "@");
    struct text domain;

    if (local.len == 0 || local.len + 1 >= t.len || has_blank(t))
        return false;
    domain = text_from(t, local.len + 1);
    return up_to_any(domain, "@,;<>()\"").len == domain.len && domain.data[0] != '.' &&
           domain.data[domain.len - 1] != '.';
}

static bool is_one_of(struct text t, const char *const *words)
{
    for (; *words != NULL; words++)
        if (text_is(t, *words))
            return true;
    return false;
}

static void check_sizes(const struct endpoint *endpoint, struct faults *faults)
{
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++) {
        const struct endpoint_member_info *info = &endpoint_members[i];

        if (endpoint->members[i].len > info->max)
            faults_add(faults, info->path, "%s must be at most %zu bytes", info->path, info->max);
        else if (!text_is_utf8(endpoint->members[i]))
            faults_add(faults, info->path, "%s must be UTF-8", info->path);
    }
}

static void check_root(const struct endpoint *endpoint, struct faults *faults)
{
    static const char *const content_types[] = {"application/json",
                                                "application/x-www-form-urlencoded", NULL};
    const struct text *m = endpoint->members;

    if (m[ENDPOINT_URL].len == 0)
        faults_add(faults, "url", "please provide a url for your endpoint");
    else if (!is_http_url(m[ENDPOINT_URL]))
        faults_add(faults, "url", "url must be http or https with a host");
    if (m[ENDPOINT_NAME].len == 0)
        faults_add(faults, "name", "please provide your endpoint name");
    if (m[ENDPOINT_SUPPORT_EMAIL].len > 0 && !is_email(m[ENDPOINT_SUPPORT_EMAIL]))
        faults_add(faults, "support_email", "please provide a valid email");
    if (!is_one_of(m[ENDPOINT_CONTENT_TYPE], content_types))
        faults_add(faults, "content_type",
                   "content_type must be application/json or application/x-www-form-urlencoded");
    if (text_has_control(m[ENDPOINT_OWNER_ID]))
        faults_add(faults, "owner_id", "owner_id must not hold control characters");
    if (m[ENDPOINT_SLACK_WEBHOOK_URL].len > 0 && !is_http_url(m[ENDPOINT_SLACK_WEBHOOK_URL]))
        faults_add(faults, "slack_webhook_url",
                   "slack_webhook_url must be http or https with a host");
    if (endpoint->http_timeout < 1 || endpoint->http_timeout > ENDPOINT_HTTP_TIMEOUT_MAX)
        faults_add(faults, "http_timeout",
                   "http_timeout must be from 0 (the default) to %d (seconds)",
                   ENDPOINT_HTTP_TIMEOUT_MAX);
    if (endpoint->rate_limit < 0 || endpoint->rate_limit > ENDPOINT_RATE_MAX)
        faults_add(faults, "rate_limit", "rate_limit must be from 0 to %d", ENDPOINT_RATE_MAX);
    if (endpoint->rate_limit_duration < 0 || endpoint->rate_limit_duration > ENDPOINT_RATE_MAX)
        faults_add(faults, "rate_limit_duration",
                   "rate_limit_duration must be from 0 to %d (seconds)", ENDPOINT_RATE_MAX);
}

static void require(const struct endpoint *endpoint, enum endpoint_member member,
                    struct faults *faults)
{
    const char *path = endpoint_members[member].path;

    if (endpoint->members[member].len == 0)
        faults_add(faults, path, "%s is required", path);
}

static void check_authentication(const struct endpoint *endpoint, struct faults *faults)
{
    static const char *const methods[] = {"shared_secret", "client_assertion", NULL};
    static const char *const units[] = {"seconds", "milliseconds", "minutes", "hours", NULL};
    const struct text *m = endpoint->members;

    if (endpoint_group_is_empty(endpoint, ENDPOINT_AUTHENTICATION))
        return;
    if (text_is(m[ENDPOINT_AUTH_TYPE], "api_key")) {
        require(endpoint, ENDPOINT_API_KEY_HEADER_NAME, faults);
        require(endpoint, ENDPOINT_API_KEY_HEADER_VALUE, faults);
    } else if (text_is(m[ENDPOINT_AUTH_TYPE], "basic_auth")) {
        require(endpoint, ENDPOINT_BASIC_USERNAME, faults);
        require(endpoint, ENDPOINT_BASIC_PASSWORD, faults);
    } else if (text_is(m[ENDPOINT_AUTH_TYPE], "oauth2")) {
        require(endpoint, ENDPOINT_OAUTH2_URL, faults);
        require(endpoint, ENDPOINT_OAUTH2_CLIENT_ID, faults);
    } else {
        faults_add(faults, "authentication.type",
                   "authentication.type must be api_key, basic_auth or oauth2");
    }
    if (!text_is_token(m[ENDPOINT_API_KEY_HEADER_NAME]))
        faults_add(faults, "authentication.api_key.header_name",
                   "authentication.api_key.header_name must be a header's name");
    if (text_has_control(m[ENDPOINT_API_KEY_HEADER_VALUE]))
        faults_add(faults, "authentication.api_key.header_value",
                   "authentication.api_key.header_value must not hold control characters");
    if (m[ENDPOINT_OAUTH2_URL].len > 0 && !is_http_url(m[ENDPOINT_OAUTH2_URL]))
        faults_add(faults, "authentication.oauth2.url",
                   "authentication.oauth2.url must be http or https with a host");
    if (m[ENDPOINT_OAUTH2_AUTHENTICATION_TYPE].len > 0 &&
        !is_one_of(m[ENDPOINT_OAUTH2_AUTHENTICATION_TYPE], methods))
        faults_add(faults, "authentication.oauth2.authentication_type",
                   "authentication.oauth2.authentication_type must be shared_secret or "
                   "client_assertion");
    if (m[ENDPOINT_OAUTH2_EXPIRY_TIME_UNIT].len > 0 &&
        !is_one_of(m[ENDPOINT_OAUTH2_EXPIRY_TIME_UNIT], units))
        faults_add(faults, "authentication.oauth2.expiry_time_unit",
                   "authentication.oauth2.expiry_time_unit must be seconds, milliseconds, minutes "
                   "or hours");
}

/* What signs has to have a place to sign in. */
static void check_signature(const struct endpoint *endpoint, struct faults *faults)
{
    if (signature_settings_check(&endpoint->signature, faults) == RC_OK &&
        (endpoint->signature.formats & SIGNATURE_STANDARD) == 0 &&
        endpoint_has_ed25519(endpoint, endpoint->updated_at))
        faults_add(faults, "signature.formats",
                   "signature.formats must hold standard while an ed25519 secret can sign");
}

enum rc endpoint_check(const struct endpoint *endpoint, struct faults *faults)
{
    check_root(endpoint, faults);
    check_authentication(endpoint, faults);
    if (!endpoint_group_is_empty(endpoint, ENDPOINT_MTLS_CLIENT_CERT)) {
        require(endpoint, ENDPOINT_CLIENT_CERT, faults);
        require(endpoint, ENDPOINT_CLIENT_KEY, faults);
    }
    check_signature(endpoint, faults);
    check_sizes(endpoint, faults);
    return faults->count > 0 ? RC_INVALID : RC_OK;
}

enum rc endpoint_add_secret(struct endpoint *endpoint, struct text supplied,
                            const struct secret_fresh *fresh, int64_t now, struct arena *arena)
{
    char generated[SECRET_GENERATED_SIZE];
    struct secret *secret;
    struct text value;
    enum rc rc;

    if (endpoint->secret_count == ENDPOINT_SECRETS_MAX)
        return RC_CONFLICT;
    secret_generate(fresh->value, endpoint->signature.key_type, generated);
    rc = arena_copy(arena, supplied.len > 0 ? supplied : text_of(generated), &value);
    crypto_wipe(generated, sizeof generated);
    if (rc != RC_OK)
        return rc;
    secret = &endpoint->secrets[endpoint->secret_count++];
    *secret = (struct secret){.uid = uid_make(now, fresh->uid),
                              .value = value,
                              .created_at = now,
                              .updated_at = now,
                              .expires_at = SECRET_NO_END,
                              .type = endpoint->signature.key_type,
                              .verified_at = SECRET_NOT_VERIFIED};
    return RC_OK;
}

struct secret *endpoint_current(struct endpoint *endpoint)
{
    size_t last = endpoint->secret_count - 1;

    for (size_t i = 0; i < endpoint->secret_count; i++)
        if ((endpoint->secrets[i].expires_at == SECRET_NO_END) != (i == last))
            return NULL;
    return endpoint->secret_count > 0 ? &endpoint->secrets[last] : NULL;
}

void endpoint_drop_ended(struct endpoint *endpoint, int64_t now)
{
    size_t kept = 0;

    for (size_t i = 0; i < endpoint->secret_count; i++)
        if (secret_can_sign(&endpoint->secrets[i], now))
            endpoint->secrets[kept++] = endpoint->secrets[i];
    endpoint->secret_count = kept;
}

size_t endpoint_signing(const struct endpoint *endpoint, int64_t now)
{
    size_t count = 0;

    for (size_t i = 0; i < endpoint->secret_count; i++)
        if (secret_can_sign(&endpoint->secrets[i], now))
            count++;
    return count;
}

int64_t endpoint_next_end(const struct endpoint *endpoint, int64_t now)
{
    int64_t next = SECRET_NO_END;

    for (size_t i = 0; i < endpoint->secret_count; i++)
        if (secret_can_sign(&endpoint->secrets[i], now) && endpoint->secrets[i].expires_at < next)
            next = endpoint->secrets[i].expires_at;
    return next;
}

bool endpoint_has_ed25519(const struct endpoint *endpoint, int64_t now)
{
    for (size_t i = 0; i < endpoint->secret_count; i++)
        if (endpoint->secrets[i].type == SIGNING_KEY_ED25519 &&
            secret_can_sign(&endpoint->secrets[i], now))
            return true;
    return false;
}

enum rc endpoint_pause(struct endpoint *endpoint, int64_t now)
{
    if (endpoint->status == ENDPOINT_INACTIVE)
        return RC_CONFLICT;
    endpoint->status = endpoint->status == ENDPOINT_ACTIVE ? ENDPOINT_PAUSED : ENDPOINT_ACTIVE;
    endpoint->updated_at = now;
    return RC_OK;
}

enum rc endpoint_activate(struct endpoint *endpoint, int64_t now)
{
    if (endpoint->status == ENDPOINT_ACTIVE)
        return RC_CONFLICT;
    endpoint->status = ENDPOINT_ACTIVE;
    endpoint->updated_at = now;
    return RC_OK;
}

const char *endpoint_status_name(enum endpoint_status status)
{
    switch (status) {
    case ENDPOINT_ACTIVE:
        return "active";
    case ENDPOINT_INACTIVE:
        return "inactive";
    case ENDPOINT_PAUSED:
        return "paused";
    }
    return "unknown";
}
