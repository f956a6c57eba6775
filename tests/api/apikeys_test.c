/* apikeys: what is said where a list of them does not fit into an answer. All else of API keys is
 * tested over the wire. */
#include "suites.h"
#include "support/api_fixture.h"
#include "support/sample.h"

#include <stdio.h>
#include <string.h>

enum {
    COUNT = 50
};

static struct api_fixture api;

static void setup(void)
{
    api_fixture_make(&api);
    api_fixture_open(&api);
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

/* Keys with the largest of everything that is shown. */
static void add_keys(void)
{
    static char long_text[257];
    struct apikey key;
    char ignored[API_AUTHORIZATION_SIZE];

    memset(long_text, '"', sizeof long_text - 1);
    for (uint32_t i = 0; i < COUNT; i++) {
        key = sample_apikey(10 + i, STORE_FIXTURE_PROJECT);
        key.name = text_of(long_text);
        key.owner_id = text_of(long_text);
        key.scopes = 2 * SCOPE_PROJECT_ADMIN - 1;
        key.expires_at = key.revoked_at = key.last_used_at = SAMPLE_NOW;
        api_key(&api, 10 + i, &key, ignored);
    }
}

static void list(size_t ceiling)
{
    char project[UID_SIZE];
    char path[API_PATH_SIZE];

    uid_format(&api.at.project.uid, project);
    (void)snprintf(path, sizeof path, "/v1/projects/%s/api-keys", project);
    api.response.body.ceiling = ceiling;
    (void)api_ask(&api, "GET", path, NULL);
}

START_TEST(a_list_that_does_not_fit_into_an_answer_says_so)
{
    size_t len;

    add_keys();
    list(1 << 20);
    api_expect(&api, 200, "API Keys fetched successfully");
    len = api.response.body.len;
    for (size_t ceiling = 200; ceiling < len; ceiling += 100) {
        list(ceiling);
        api_expect(&api, 409,
                   "there are more API keys than an answer holds: hookrollctl key list shows all");
    }
    list(len + 4096);
    api_expect(&api, 200, "API Keys fetched successfully");
}
END_TEST

Suite *apikeys_suite(void)
{
    Suite *suite = suite_create("apikeys");
    TCase *tc = tcase_create("list");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_list_that_does_not_fit_into_an_answer_says_so);
    suite_add_tcase(suite, tc);
    return suite;
}
