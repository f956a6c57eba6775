/* api_fixture: a request stands until it is changed; an answer until the next one. */
#include "support/api_fixture.h"

#include "api/router.h"
#include "support/json_at.h"
#include "support/sample.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

enum {
    ADMIN = 900 /* number of the administrator's key */
};

void api_fixture_make(struct api_fixture *api)
{
    memset(api, 0, sizeof *api);
    store_fixture_make(&api->at);
    store_fixture_open(&api->at);
    response_init(&api->response);
    arena_init(&api->arena, 4 << 20);
    api->request =
        (struct request){.id = text_of("request-1"), .body_max = API_BODY_MAX, .now = SAMPLE_NOW};
    api_scoped(api, ADMIN, SCOPE_PROJECT_ADMIN, "", api->admin);
    store_fixture_close(&api->at);
}

void api_fixture_make_with(struct api_fixture *api, uint32_t n)
{
    api_fixture_make(api);
    api_fixture_open(api);
    ck_assert_int_eq(store_fixture_add(api->at.store, n, STORE_FIXTURE_PROJECT, &api->arena),
                     RC_OK);
}

void api_fixture_open(struct api_fixture *api)
{
    store_fixture_open(&api->at);
    api->service.store = api->at.store;
}

void api_fixture_remove(struct api_fixture *api)
{
    response_free(&api->response);
    arena_free(&api->arena);
    store_fixture_remove(&api->at);
}

void api_key(struct api_fixture *api, uint32_t n, const struct apikey *key,
             char out[API_AUTHORIZATION_SIZE])
{
    struct secret_fresh fresh = sample_fresh(n);
    uint8_t secret[APIKEY_SECRET_BYTES] = {0};
    char token[APIKEY_TOKEN_SIZE];

    memcpy(secret, fresh.uid, sizeof fresh.uid);
    apikey_token(&key->uid, secret, token);
    (void)snprintf(out, API_AUTHORIZATION_SIZE, "Bearer %s", token);
    ck_assert_int_eq(store_apikey_add(api->at.store, key), RC_OK);
}

void api_scoped(struct api_fixture *api, uint32_t n, uint32_t scopes, const char *owner,
                char out[API_AUTHORIZATION_SIZE])
{
    struct apikey key = sample_apikey(n, STORE_FIXTURE_PROJECT);

    key.scopes = scopes;
    key.owner_id = text_of(owner);
    api_key(api, n, &key, out);
}

const char *api_endpoint(struct api_fixture *api, uint32_t n, const char *behind)
{
    struct uid uid = sample_uid(n);
    char project[UID_SIZE];
    char endpoint[UID_SIZE];

    uid_format(&api->at.project.uid, project);
    uid_format(&uid, endpoint);
    (void)snprintf(api->path, sizeof api->path, "/v1/projects/%s/endpoints/%s%s", project, endpoint,
                   behind);
    return api->path;
}

enum rc api_ask(struct api_fixture *api, const char *method, const char *path, const char *body)
{
    return api_ask_as(api, api->admin, method, path, body);
}

enum rc api_answer_as(struct api_fixture *api, const char *authorization, const char *method,
                      const char *path, const char *body)
{
    api->request.method = text_of(method);
    api->request.path = text_of(path);
    api->request.authorization = text_of(authorization);
    api->request.body = text_of(body);
    response_reset(&api->response);
    arena_reset(&api->arena);
    api->service.store = api->at.store;
    router_answer(&api->service, &api->request, &api->response, &api->arena, &api->outcome);
    return api->outcome.rc;
}

enum rc api_ask_as(struct api_fixture *api, const char *authorization, const char *method,
                   const char *path, const char *body)
{
    enum rc rc = api_answer_as(api, authorization, method, path, body);

    router_afterwards(&api->service, &api->outcome);
    return rc;
}

void api_variables(struct api_fixture *api, const char *const *variables)
{
    size_t i;

    for (i = 0; variables[i] != NULL; i++) {
        ck_assert_uint_lt(i, API_VARIABLES);
        ck_assert(text_copy(text_of(variables[i]), api->variables_text[i], API_VARIABLE_SIZE));
        api->variables[i] = api->variables_text[i];
    }
    api->variables[i] = NULL;
    api->request.variables = api->variables;
}

void api_expect(const struct api_fixture *api, int status, const char *message)
{
    ck_assert_str_eq(api_at(api, "message"), message);
    ck_assert_int_eq(api->response.status, status);
    ck_assert_str_eq(api_at(api, "status"), status < 400 ? "true" : "false");
}

const char *api_at(const struct api_fixture *api, const char *path)
{
    return json_at(buf_text(&api->response.body), path);
}

bool api_header(const struct api_fixture *api, const char *line)
{
    struct text rest = buf_text(&api->response.headers);
    const size_t len = strlen(line);

    while (rest.len > 0) {
        const char *end = memmem(rest.data, rest.len, "\r\n", 2);
        size_t n;

        ck_assert_ptr_nonnull(end);
        n = (size_t)(end - rest.data);
        if (n == len && memcmp(rest.data, line, len) == 0)
            return true;
        rest = (struct text){end + 2, rest.len - n - 2};
    }
    return false;
}
