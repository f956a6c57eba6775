/* api_fixture: requests as values against a real store, without a transport. */
#ifndef HOOKROLL_TESTS_SUPPORT_API_FIXTURE_H
#define HOOKROLL_TESTS_SUPPORT_API_FIXTURE_H

#include "api/outcome.h"
#include "api/request.h"
#include "api/response.h"
#include "api/service.h"
#include "base/arena.h"
#include "base/rc.h"
#include "domain/apikey.h"
#include "support/store_fixture.h"

enum {
    API_PATH_SIZE = 512,
    API_BODY_MAX = 4096, /* what requests are told is the limit */
    API_VARIABLES = 8,
    API_VARIABLE_SIZE = 16 * 1024,
    API_AUTHORIZATION_SIZE = 7 + APIKEY_TOKEN_SIZE
};

struct api_fixture {
    struct store_fixture at;
    struct request request; /* of the next api_ask; its members may be set before */
    struct response response;
    struct service service; /* of the store; its other members may be set before */
    struct outcome outcome; /* of the last api_ask */
    struct arena arena;
    char admin[API_AUTHORIZATION_SIZE]; /* an Authorization with every scope */
    char path[API_PATH_SIZE];
    char *variables[API_VARIABLES + 1];
    char variables_text[API_VARIABLES][API_VARIABLE_SIZE];
};

/* api_fixture_make: a closed store with an administrator's key; helpers may be forked. */
void api_fixture_make(struct api_fixture *api);

/* api_fixture_make_with: the same, open, and with sample_endpoint `n` in the one project. */
void api_fixture_make_with(struct api_fixture *api, uint32_t n);

void api_fixture_open(struct api_fixture *api);
void api_fixture_remove(struct api_fixture *api);

/* api_key: adds `key`, made by sample_apikey of `n`, and writes its Authorization. */
void api_key(struct api_fixture *api, uint32_t n, const struct apikey *key,
             char out[API_AUTHORIZATION_SIZE]);

/* api_scoped: the same of a key with these scopes and this owner ("" for none). */
void api_scoped(struct api_fixture *api, uint32_t n, uint32_t scopes, const char *owner,
                char out[API_AUTHORIZATION_SIZE]);

/* api_endpoint: the path of endpoint `n` of the one project, and `behind`. */
const char *api_endpoint(struct api_fixture *api, uint32_t n, const char *behind);

/* api_ask: answers a request of the administrator; NULL body: none. */
enum rc api_ask(struct api_fixture *api, const char *method, const char *path, const char *body);

/* api_ask_as: the same with this Authorization. */
enum rc api_ask_as(struct api_fixture *api, const char *authorization, const char *method,
                   const char *path, const char *body);

/* api_answer_as: the same up to the answer, without what router_afterwards does. */
enum rc api_answer_as(struct api_fixture *api, const char *authorization, const char *method,
                      const char *path, const char *body);

/* api_variables: gives the requests to come these CGI variables, "NAME=VALUE", up to a
 * NULL, and no others. */
void api_variables(struct api_fixture *api, const char *const *variables);

/* api_expect: ends the test unless the answer has this status and message, and is the
 * envelope of it. */
void api_expect(const struct api_fixture *api, int status, const char *message);

/* api_at: a value of the answer, as json_at. */
const char *api_at(const struct api_fixture *api, const char *path);

/* api_header: whether the answer has exactly this header line. */
bool api_header(const struct api_fixture *api, const char *line);

#endif
