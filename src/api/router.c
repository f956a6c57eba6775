/* router: the one table of routes, and matching against it. */
#include "api/router.h"

#include "api/apikeys.h"
#include "api/auth.h"
#include "api/body.h"
#include "api/call.h"
#include "api/endpoint_list.h"
#include "api/endpoints.h"
#include "api/envelope.h"
#include "api/exposition.h"
#include "api/health.h"
#include "api/histories.h"
#include "api/openapi.h"
#include "api/project_rolls.h"
#include "api/projects.h"
#include "api/rolls.h"
#include "api/secrets.h"
#include "api/signatures.h"
#include "api/signing_secrets.h"
#include "api/verifications.h"
#include "base/log.h"
#include "store/metrics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum route_access {
    ROUTE_OPEN,   /* to everyone */
    ROUTE_SCRAPE, /* to who has the token of metrics; not there without such a token */
    ROUTE_KEY     /* to keys of the project */
};

struct route {
    const char *method;
    const char *pattern; /* a segment in braces stands for any one segment */
    enum route_access access;
    enum scope scope; /* that the caller's key must have */
    enum rc (*handler)(struct call *call);
};

#define PROJECT   "/v1/projects/{project}"
#define ENDPOINTS PROJECT "/endpoints"
#define ENDPOINT  ENDPOINTS "/{endpoint}"
#define KEYS      PROJECT "/api-keys"

static const struct route routes[] = {
    {"GET", "/healthz", ROUTE_OPEN, SCOPE_NONE, health_get},
    {"GET", "/readyz", ROUTE_OPEN, SCOPE_NONE, health_ready},
    {"GET", "/metrics", ROUTE_SCRAPE, SCOPE_NONE, exposition_get},
    {"GET", "/openapi.json", ROUTE_OPEN, SCOPE_NONE, openapi_get},
    {"GET", PROJECT, ROUTE_KEY, SCOPE_NONE, projects_get},
    {"PUT", PROJECT, ROUTE_KEY, SCOPE_PROJECT_WRITE, projects_update},
    {"GET", KEYS, ROUTE_KEY, SCOPE_KEYS_WRITE, apikeys_list},
    {"POST", KEYS, ROUTE_KEY, SCOPE_KEYS_WRITE, apikeys_create},
    {"GET", KEYS "/{key}", ROUTE_KEY, SCOPE_KEYS_WRITE, apikeys_get},
    {"DELETE", KEYS "/{key}", ROUTE_KEY, SCOPE_KEYS_WRITE, apikeys_revoke},
    {"PUT", PROJECT "/expire_secrets", ROUTE_KEY, SCOPE_SECRETS_ROLL, project_rolls_roll},
    {"GET", PROJECT "/secrets", ROUTE_KEY, SCOPE_ENDPOINTS_READ, secrets_of_all},
    {"GET", PROJECT "/changes", ROUTE_KEY, SCOPE_HISTORY_READ, histories_project},
    {"GET", ENDPOINTS, ROUTE_KEY, SCOPE_ENDPOINTS_READ, endpoint_list_get},
    {"POST", ENDPOINTS, ROUTE_KEY, SCOPE_ENDPOINTS_WRITE, endpoints_create},
    {"GET", ENDPOINT, ROUTE_KEY, SCOPE_ENDPOINTS_READ, endpoints_get},
    {"PUT", ENDPOINT, ROUTE_KEY, SCOPE_ENDPOINTS_WRITE, endpoints_update},
    {"DELETE", ENDPOINT, ROUTE_KEY, SCOPE_ENDPOINTS_WRITE, endpoints_delete},
    {"PUT", ENDPOINT "/pause", ROUTE_KEY, SCOPE_ENDPOINTS_WRITE, endpoints_pause},
    {"POST", ENDPOINT "/activate", ROUTE_KEY, SCOPE_ENDPOINTS_WRITE, endpoints_activate},
    {"PUT", ENDPOINT "/expire_secret", ROUTE_KEY, SCOPE_SECRETS_ROLL, rolls_roll},
    {"POST", ENDPOINT "/secrets/{secret}/revoke", ROUTE_KEY, SCOPE_SECRETS_ROLL, rolls_revoke},
    {"POST", ENDPOINT "/sign", ROUTE_KEY, SCOPE_SIGN, signatures_sign},
    {"POST", ENDPOINT "/verify", ROUTE_KEY, SCOPE_SIGN, verifications_verify},
    {"GET", ENDPOINT "/signing_secrets", ROUTE_KEY, SCOPE_SECRETS_READ, signing_secrets_get},
    {"GET", ENDPOINT "/public_keys", ROUTE_KEY, SCOPE_ENDPOINTS_READ, secrets_public_keys},
    {"GET", ENDPOINT "/secrets", ROUTE_KEY, SCOPE_ENDPOINTS_READ, secrets_list},
    {"GET", ENDPOINT "/history", ROUTE_KEY, SCOPE_HISTORY_READ, histories_endpoint},
};

enum {
    ROUTES = sizeof routes / sizeof routes[0]
};

_Static_assert((int)ROUTES < (int)METRICS_NO_ROUTE, "each route is counted by itself");

/* Takes the next segment, without its slash, off the front of `path`. */
static struct text take_segment(struct text *path)
{
    struct text segment = {path->data, 0};
    const char *slash;

    if (path->len > 0) {
        segment.data++;
        segment.len = path->len - 1;
        slash = segment.len > 0 ? memchr(segment.data, '/', segment.len) : NULL;
        if (slash != NULL)
            segment.len = (size_t)(slash - segment.data);
        path->data += segment.len + 1;
        path->len -= segment.len + 1;
    }
    return segment;
}

/* A segment that is not a uid leaves UID_NONE, which names nothing. */
static void capture(struct text name, struct text segment, struct call *call)
{
    struct uid uid = UID_NONE;

    (void)uid_parse(segment, &uid);
    if (text_is(name, "{project}"))
        call->project_id = uid;
    else if (text_is(name, "{endpoint}"))
        call->endpoint_id = uid;
    else if (text_is(name, "{secret}"))
        call->secret_id = uid;
    else
        call->key_id = uid;
}

/* What a pattern ends with behind its last segment in braces tells most of them apart. */
static bool ends_alike(const char *pattern, struct text path)
{
    const char *brace = strrchr(pattern, '}');
    struct text tail = text_of(brace != NULL ? brace + 1 : pattern);

    return path.len >= tail.len &&
           memcmp(path.data + path.len - tail.len, tail.data, tail.len) == 0;
}

static bool matches(const char *pattern, struct text path)
{
    struct text rest = text_of(pattern);

    if (path.len == 0 || !ends_alike(pattern, path))
        return false;
    while (rest.len > 0 && path.len > 0 && path.data[0] == '/') {
        struct text expected = take_segment(&rest);
        struct text segment = take_segment(&path);

        if (expected.data[0] == '{' ? segment.len == 0 : !text_equal(expected, segment))
            return false;
    }
    return rest.len == 0 && path.len == 0;
}

/* Of a path that matches. */
static void capture_all(const char *pattern, struct text path, struct call *call)
{
    struct text rest = text_of(pattern);

    while (rest.len > 0) {
        struct text name = take_segment(&rest);
        struct text segment = take_segment(&path);

        if (name.data[0] == '{')
            capture(name, segment, call);
    }
}

static enum rc run(struct call *call, const struct route *route)
{
    enum rc rc = RC_OK;

    if (route->access == ROUTE_SCRAPE)
        rc = auth_scrape(call);
    else if (route->access == ROUTE_KEY)
        rc = auth_check(call, route->scope);
    if (rc == RC_OK)
        rc = body_unbroken(call);
    return rc == RC_OK ? route->handler(call) : rc;
}

static bool is_there(const struct route *route, const struct call *call)
{
    return route->access != ROUTE_SCRAPE || call->scrape->set;
}

/* The path is known with other methods, which Allow names; or it is not known. */
static enum rc refuse(struct call *call)
{
    char allow[64] = "";
    size_t len = 0;

    for (size_t i = 0; i < ROUTES && len < sizeof allow; i++)
        if (is_there(&routes[i], call) && matches(routes[i].pattern, call->request->path))
            len += (size_t)snprintf(allow + len, sizeof allow - len, "%s%s%s", len > 0 ? ", " : "",
                                    routes[i].method,
                                    strcmp(routes[i].method, "GET") == 0 ? ", HEAD" : "");
    if (len == 0)
        return envelope_error(call->response, RC_NOT_FOUND, NULL);
    response_header(call->response, "Allow", allow);
    return envelope_error(call->response, RC_METHOD, "method not allowed");
}

/* The route that is to answer, or NULL. */
static const struct route *find(const struct call *call)
{
    struct text method = call->request->method;

    /* HEAD is GET; the transport leaves the body out (RFC 9110, section 9.3.2). */
    if (text_is(method, "HEAD"))
        method = text_of("GET");
    for (size_t i = 0; i < ROUTES; i++)
        if (text_is(method, routes[i].method) && is_there(&routes[i], call) &&
            matches(routes[i].pattern, call->request->path))
            return &routes[i];
    return NULL;
}

/* Of the faults, which take most of it, only the count has a meaning yet. */
static void call_init(struct call *call, const struct service *service,
                      const struct request *request, struct response *response, struct arena *arena)
{
    memset(call, 0, offsetof(struct call, faults));
    call->request = request;
    call->response = response;
    call->store = service->store;
    call->scrape = &service->scrape;
    call->arena = arena;
    call->faults.count = 0;
}

bool router_route(size_t i, const char **method, const char **pattern)
{
    if (i >= ROUTES)
        return false;
    *method = routes[i].method;
    *pattern = routes[i].pattern;
    return true;
}

static int64_t use_to_note(const struct call *call)
{
    int64_t now = call->request->now;

    return uid_is_none(&call->key.uid) || apikey_use_is_fresh(&call->key, now) ? 0 : now;
}

/* What uids a path has that met no route is nobody's to know. */
static struct outcome outcome_of(enum rc rc, const struct route *met, const struct call *call)
{
    if (met == NULL)
        return (struct outcome){.rc = rc, .route = METRICS_NO_ROUTE};
    return (struct outcome){.rc = rc,
                            .route = (size_t)(met - routes),
                            .pattern = met->pattern,
                            .caller = call->key.uid,
                            .caller_used_at = use_to_note(call),
                            .project = call->project_id,
                            .endpoint = call->endpoint_id,
                            .secret = call->secret_id,
                            .key = call->key_id};
}

void router_answer(const struct service *service, const struct request *request,
                   struct response *response, struct arena *arena, struct outcome *outcome)
{
    const struct route *met;
    struct call call;
    enum rc rc;

    call_init(&call, service, request, response, arena);
    met = find(&call);
    if (met != NULL)
        capture_all(met->pattern, request->path, &call);
    rc = met != NULL ? run(&call, met) : refuse(&call);
    if (met != NULL && met->handler == rolls_roll)
        metrics_roll(rc);
    if (buf_status(&response->body) != RC_OK || buf_status(&response->headers) != RC_OK) {
        response_reset(response);
        rc = envelope_error(response, RC_NO_MEMORY, NULL);
    }
    *outcome = outcome_of(rc, met, &call);
}

void router_afterwards(const struct service *service, const struct outcome *outcome)
{
    if (outcome->caller_used_at != 0 &&
        store_apikey_use(service->store, &outcome->caller, outcome->caller_used_at) != RC_OK)
        log_warn("the use of an API key could not be noted");
}
