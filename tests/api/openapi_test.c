/* openapi: the description that is built in names every route of the table, and
 * no operation that is not a route. */
#include "api/json_read.h"
#include "api/openapi.h"
#include "api/router.h"
#include "suites.h"

#include <ctype.h>
#include <string.h>

static const char *const methods[] = {"get", "put", "post", "delete", "patch", "head", "options"};

static struct json_object *document(void)
{
    static struct faults faults;
    struct json_object *object = NULL;

    faults.count = 0;
    ck_assert_int_eq(
        json_read_object((struct text){openapi_document, openapi_document_len}, &object, &faults),
        RC_OK);
    return object;
}

START_TEST(every_route_is_described)
{
    struct json_object *object = document();
    const struct json_object *paths = json_read_member(object, "paths");
    const char *method;
    const char *pattern;

    ck_assert(router_route(0, &method, &pattern));
    for (size_t i = 0; router_route(i, &method, &pattern); i++) {
        char lower[16] = "";

        for (size_t j = 0; method[j] != '\0' && j < sizeof lower - 1; j++)
            lower[j] = (char)tolower((unsigned char)method[j]);
        ck_assert_msg(json_read_kind(paths, pattern) == JSON_KIND_OBJECT, "%s is not described",
                      pattern);
        ck_assert_msg(json_read_kind(json_read_member(paths, pattern), lower) == JSON_KIND_OBJECT,
                      "%s %s is not described", method, pattern);
    }
    json_read_free(object);
}
END_TEST

/* Counts the operations of the paths that are routes; the paths themselves are
 * counted against those that are described. */
START_TEST(no_operation_is_described_that_is_no_route)
{
    struct json_object *object = document();
    const struct json_object *paths = json_read_member(object, "paths");
    size_t routes = 0;
    size_t operations = 0;
    const char *method;
    const char *pattern;
    const char *before = "";

    for (; router_route(routes, &method, &pattern); routes++) {
        bool seen = false;

        for (size_t i = 0; i < routes; i++) {
            ck_assert(router_route(i, &method, &before));
            seen = seen || strcmp(before, pattern) == 0;
        }
        for (size_t i = 0; !seen && i < sizeof methods / sizeof methods[0]; i++)
            if (json_read_kind(json_read_member(paths, pattern), methods[i]) != JSON_KIND_ABSENT)
                operations++;
    }
    ck_assert_uint_eq(operations, routes);
    json_read_free(object);
}
END_TEST

Suite *openapi_suite(void)
{
    Suite *suite = suite_create("openapi");
    TCase *tc = tcase_create("openapi");

    tcase_add_test(tc, every_route_is_described);
    tcase_add_test(tc, no_operation_is_described_that_is_no_route);
    suite_add_tcase(suite, tc);
    return suite;
}
