/* project_rolls: which endpoints of a project a request rolls, in which pages, what it tells of
 * each, and what is left when it cannot go on. (By itself and by many at once, over the wire:
 * project_rolls.test.mjs.) */
#include "base/moment.h"
#include "store/metrics.h"
#include "suites.h"
#include "support/address_space.h"
#include "support/api_fixture.h"
#include "support/file_limit.h"
#include "support/helper.h"
#include "support/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST = 10, /* number of the oldest endpoint */
    COUNT_ALL = 5,
    KEY = 3,
    LARGE = 990,       /* of which the answer would take more memory than there is */
    HOUR = 3600 * 1000 /* ms: far longer than a test lasts, which rolls are dated by */
};

#define NOW    "2026-11-23T19:08:06.123Z" /* a second after the endpoints were made */
#define BEFORE "\"created_before\":\"" NOW "\""

static struct api_fixture api;
static char authorization[API_AUTHORIZATION_SIZE];
static char path[API_PATH_SIZE];

static void add(uint32_t n, const char *name, const char *owner)
{
    struct endpoint endpoint;
    struct history event;

    sample_endpoint(n, STORE_FIXTURE_PROJECT, &api.arena, &endpoint, &event);
    endpoint.members[ENDPOINT_NAME] = text_of(name);
    endpoint.members[ENDPOINT_OWNER_ID] = text_of(owner);
    ck_assert_int_eq(store_endpoint_add(api.at.store, &endpoint, &event), RC_OK);
}

static void setup(void)
{
    char project[UID_SIZE];

    api_fixture_make(&api);
    api_fixture_open(&api);
    for (uint32_t i = 0; i < COUNT_ALL; i++)
        add(FIRST + i, "an endpoint", i % 2 == 0 ? "alice" : "bob");
    uid_format(&api.at.project.uid, project);
    (void)snprintf(path, sizeof path, "/v1/projects/%s/expire_secrets", project);
    api.request.now = SAMPLE_NOW + 1000;
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

static void roll(const char *body)
{
    (void)api_ask(&api, "PUT", path, body);
}

static void expect_counts(const char *rolled, const char *unchanged, const char *refused)
{
    ck_assert_str_eq(api_at(&api, "data.rolled.#"), rolled);
    ck_assert_str_eq(api_at(&api, "data.unchanged"), unchanged);
    ck_assert_str_eq(api_at(&api, "data.refused.#"), refused);
}

static void expect_uid(const char *at, uint32_t n)
{
    const struct uid uid = sample_uid(n);
    char expected[UID_SIZE];

    uid_format(&uid, expected);
    ck_assert_str_eq(api_at(&api, at), expected);
}

/* Of the i-th that was rolled. */
static int64_t moment_at(const char *member, int64_t i)
{
    char at[64];
    int64_t moment = -1;

    (void)snprintf(at, sizeof at, "data.rolled.%d.%s", (int)i, member);
    ck_assert(moment_parse(text_of(api_at(&api, at)), &moment));
    return moment;
}

START_TEST(all_that_is_old_enough_is_rolled_oldest_first)
{
    const uint64_t counted = metrics_rolls(RC_OK);

    roll("{\"expiration\":60,\"reason\":\"it leaked\"}");
    api_expect(&api, 200, "endpoint secrets expired successfully");
    expect_counts("5", "0", "0");
    ck_assert_str_eq(api_at(&api, "data.created_before"), NOW);
    ck_assert_str_eq(api_at(&api, "data.next_cursor"), "null");
    expect_uid("data.rolled.0.uid", FIRST);
    expect_uid("data.rolled.4.uid", FIRST + 4);
    ck_assert_str_eq(api_at(&api, "data.rolled.0.name"), "an endpoint");
    ck_assert_str_eq(api_at(&api, "data.rolled.1.owner_id"), "bob");
    ck_assert_str_eq(api_at(&api, "data.rolled.0.secret.expires_at"), "null");
    for (int64_t before = api.request.now, i = 0; i < COUNT_ALL; i++) {
        const int64_t at = moment_at("secret.created_at", i);

        ck_assert_int_ge(at, before);
        ck_assert_int_eq(moment_at("ended.expires_at", i), at + 60 * 1000);
        before = at;
    }
    ck_assert_uint_eq(metrics_rolls(RC_OK), counted + 5);
}
END_TEST

START_TEST(what_is_told_is_what_the_endpoint_has)
{
    char value[64];
    char ended[UID_SIZE];

    roll("{\"expiration\":60,\"reason\":\"it leaked\"}");
    (void)snprintf(value, sizeof value, "%.63s", api_at(&api, "data.rolled.1.secret.value"));
    (void)snprintf(ended, sizeof ended, "%.26s", api_at(&api, "data.rolled.1.ended.uid"));
    (void)api_ask(&api, "GET", api_endpoint(&api, FIRST + 1, ""), NULL);
    ck_assert_str_eq(api_at(&api, "data.secrets.#"), "2");
    ck_assert_str_eq(api_at(&api, "data.secrets.1.value"), value);
    ck_assert_str_eq(api_at(&api, "data.secrets.0.uid"), ended);
    (void)api_ask(&api, "GET", api_endpoint(&api, FIRST + 1, "/history"), NULL);
    ck_assert_str_eq(api_at(&api, "data.content.#"), "2");
    ck_assert_str_eq(api_at(&api, "data.content.0.reason"), "it leaked");
    ck_assert_str_eq(api_at(&api, "data.content.0.request_id"), "request-1");
}
END_TEST

START_TEST(a_repeated_request_rolls_nothing)
{
    roll("{}");
    expect_counts("5", "0", "0");
    roll("{" BEFORE "}");
    expect_counts("0", "5", "0");
    api.request.now += HOUR;
    roll("{" BEFORE "}");
    expect_counts("0", "5", "0");
    roll("{}");
    expect_counts("5", "0", "0");
    roll("{}");
    expect_counts("0", "5", "0");
}
END_TEST

START_TEST(no_tag_is_one_of_all_endpoints)
{
    api.request.if_match = text_of("\"2-0-0-r\"");
    roll("{}");
    api_expect(&api, 412, "If-Match can name one endpoint, not all of a project");
    api.request.if_match = text_of("*");
    roll("{}");
    expect_counts("5", "0", "0");
}
END_TEST

START_TEST(a_secret_that_was_made_at_that_very_moment_is_not_rolled)
{
    roll("{\"created_before\":\"2026-11-23T19:08:05.123Z\"}");
    expect_counts("0", "5", "0");
    roll("{\"created_before\":\"2026-11-23T20:08:05.124+01:00\"}");
    expect_counts("5", "0", "0");
}
END_TEST

START_TEST(the_cursor_of_one_page_begins_the_next)
{
    char body[128] = "{" BEFORE ",\"limit\":2}";

    for (int page = 0; page < 3; page++) {
        roll(body);
        expect_counts(page < 2 ? "2" : "1", "0", "0");
        expect_uid("data.rolled.0.uid", FIRST + 2 * (uint32_t)page);
        if (page < 2)
            expect_uid("data.next_cursor", FIRST + 2 * (uint32_t)page + 2);
        else
            ck_assert_str_eq(api_at(&api, "data.next_cursor"), "null");
        (void)snprintf(body, sizeof body, "{" BEFORE ",\"limit\":2,\"cursor\":\"%.26s\"}",
                       api_at(&api, "data.next_cursor"));
    }
}
END_TEST

START_TEST(a_page_ends_where_the_answer_has_no_room_and_goes_on_there)
{
    int rolled = 0;
    int pages = 0;
    char body[128] = "{" BEFORE "}";

    api.response.body.ceiling = 10800; /* of two entries of the largest size there can be, not */
    for (; pages < COUNT_ALL; pages++) {
        const char *next;

        roll(body);
        ck_assert_int_eq(api.response.status, 200);
        rolled += (int)strtol(api_at(&api, "data.rolled.#"), NULL, 10);
        next = api_at(&api, "data.next_cursor");
        if (strcmp(next, "null") == 0)
            break;
        (void)snprintf(body, sizeof body, "{" BEFORE ",\"cursor\":\"%.26s\"}", next);
    }
    ck_assert_int_gt(pages, 0);
    ck_assert_int_eq(rolled, COUNT_ALL);
}
END_TEST

START_TEST(the_largest_entries_fill_an_answer_and_no_more)
{
    static char name[1025];
    static char owner[257];
    char body[128] = "{\"limit\":1000," BEFORE "}";
    int rolled;

    memset(name, '\\', sizeof name - 1);
    memset(owner, '"', sizeof owner - 1);
    for (uint32_t i = 0; i < 40; i++)
        add(1000 + i, name, owner);
    api.response.body.ceiling = 40 * 2 * (1024 + 256);
    roll(body);
    ck_assert_int_eq(api.response.status, 200);
    rolled = (int)strtol(api_at(&api, "data.rolled.#"), NULL, 10);
    ck_assert_int_gt(rolled, COUNT_ALL + 20);
    ck_assert_int_lt(rolled, COUNT_ALL + 40);
    ck_assert_str_ne(api_at(&api, "data.next_cursor"), "null");
}
END_TEST

START_TEST(a_key_of_one_owner_rolls_that_owners)
{
    api_scoped(&api, KEY, SCOPE_SECRETS_ROLL, "bob", authorization);
    (void)api_ask_as(&api, authorization, "PUT", path, "{}");
    expect_counts("2", "0", "0");
    expect_uid("data.rolled.0.uid", FIRST + 1);
    expect_uid("data.rolled.1.uid", FIRST + 3);
    roll("{" BEFORE "}");
    expect_counts("3", "2", "0");
}
END_TEST

START_TEST(one_owners_are_rolled_where_an_owner_is_named)
{
    roll("{\"owner_id\":\"bob\"}");
    expect_counts("2", "0", "0");
    expect_uid("data.rolled.0.uid", FIRST + 1);
    expect_uid("data.rolled.1.uid", FIRST + 3);
    roll("{\"owner_id\":\"nobody\"}");
    expect_counts("0", "0", "0");
}
END_TEST

START_TEST(a_key_of_one_owner_may_name_no_other)
{
    api_scoped(&api, KEY, SCOPE_SECRETS_ROLL, "bob", authorization);
    (void)api_ask_as(&api, authorization, "PUT", path, "{\"owner_id\":\"alice\"}");
    api_expect(&api, 403, "the API key is restricted to endpoints of its own owner_id");
    (void)api_ask_as(&api, authorization, "PUT", path, "{\"owner_id\":\"bob\"}");
    expect_counts("2", "0", "0");
}
END_TEST

START_TEST(new_secrets_are_shown_to_who_may_not_read_old_ones)
{
    api_scoped(&api, KEY, SCOPE_SECRETS_ROLL, "", authorization);
    (void)api_ask_as(&api, authorization, "PUT", path, "{}");
    expect_counts("5", "0", "0");
    ck_assert_int_eq(strncmp(api_at(&api, "data.rolled.0.secret.value"), "whsec_", 6), 0);
    api_scoped(&api, KEY + 1, SCOPE_SECRETS_READ, "", authorization);
    (void)api_ask_as(&api, authorization, "PUT", path, "{}");
    api_expect(&api, 403, "the API key lacks the scope secrets:roll");
}
END_TEST

START_TEST(one_that_has_too_many_secrets_is_told_of_and_the_others_are_rolled)
{
    (void)api_ask(&api, "PUT", api_endpoint(&api, FIRST + 1, "/expire_secret"),
                  "{\"expiration\":36000}");
    for (int i = 0; i < 7; i++)
        (void)api_ask(&api, "PUT", api_endpoint(&api, FIRST + 1, "/expire_secret"),
                      "{\"expiration\":72000}");
    api.request.now += HOUR;
    roll("{\"expiration\":72000}");
    expect_counts("5", "0", "0");
    api.request.now += HOUR;
    roll("{\"expiration\":72000}");
    expect_counts("4", "0", "1");
    expect_uid("data.refused.0.uid", FIRST + 1);
    ck_assert_str_eq(api_at(&api, "data.refused.0.message"),
                     "the project allows 10 signing secrets at a time: the next one ends at "
                     "2026-11-24T05:08:06.123Z");
    roll("{\"expiration\":0,\"created_before\":\"2026-11-23T21:08:06.123Z\"}");
    expect_counts("1", "4", "0");
}
END_TEST

START_TEST(a_damaged_one_is_told_of_and_the_others_are_rolled)
{
    store_fixture_damage(&api.at, FIRST);
    store_fixture_damage(&api.at, FIRST + 2);
    store_fixture_damage(&api.at, FIRST + 4);
    roll("{\"limit\":2}");
    expect_counts("1", "0", "1");
    ck_assert_str_eq(api_at(&api, "data.refused.0.message"),
                     "its record is damaged or of another version");
    roll("{\"limit\":1000}");
    expect_counts("1", "1", "3");
    ck_assert_str_eq(api_at(&api, "data.next_cursor"), "null");
}
END_TEST

START_TEST(a_cursor_may_be_of_a_damaged_endpoint)
{
    char body[64];

    store_fixture_damage(&api.at, FIRST + 2);
    roll("{\"limit\":2}");
    (void)snprintf(body, sizeof body, "{\"cursor\":\"%.26s\"}", api_at(&api, "data.next_cursor"));
    roll(body);
    expect_counts("2", "0", "1");
}
END_TEST

#define NOTHING_ELSE                                                                               \
    "body must hold nothing but expiration, reason, created_before, owner_id, limit and cursor"

static const struct {
    const char *body;
    const char *field; /* NULL: the body as a whole */
    const char *message;
} refused[] = {
    {"{\"expiration\":-1}", "expiration",
     "expiration must be an integer from 0 to 31536000 (seconds)"},
    {"{\"expiration\":\"1\"}", "expiration",
     "body contains incorrect JSON type for field \"expiration\""},
    {"{\"reason\":\"a\\nb\"}", "reason",
     "reason must be at most 500 characters of UTF-8 without control characters"},
    {"{\"secret\":\"one for all\"}", "secret",
     "secret cannot be given: each endpoint gets one of its own"},
    {"{\"secret\":1}", "secret", "body contains incorrect JSON type for field \"secret\""},
    {"{\"created_before\":\"2026-11-23T19:08:06.124Z\"}", "created_before",
     "created_before must not be in the future"},
    {"{\"created_before\":\"yesterday\"}", "created_before",
     "created_before must be a time of RFC 3339, such as 2026-11-23T19:08:05Z"},
    {"{\"created_before\":\"\"}", "created_before",
     "created_before must be a time of RFC 3339, such as 2026-11-23T19:08:05Z"},
    {"{\"created_before\":1795460885}", "created_before",
     "body contains incorrect JSON type for field \"created_before\""},
    {"{\"limit\":0}", "limit", "limit must be an integer from 1 to 1000"},
    {"{\"limit\":1001}", "limit", "limit must be an integer from 1 to 1000"},
    {"{\"limit\":99999999999999999999}", "limit", "limit must be an integer from 1 to 1000"},
    {"{\"limit\":\"10\"}", "limit", "body contains incorrect JSON type for field \"limit\""},
    {"{\"limit\":1.5}", "limit", "body contains incorrect JSON type for field \"limit\""},
    {"{\"cursor\":\"x\"}", "cursor", "cursor must be one that a roll of the project gave"},
    {"{\"cursor\":\"\"}", "cursor", "cursor must be one that a roll of the project gave"},
    {"{\"cursor\":1}", "cursor", "body contains incorrect JSON type for field \"cursor\""},
    {"{\"owner_id\":\"\"}", "owner_id", "owner_id must not be empty"},
    {"{\"owner_id\":1}", "owner_id", "body contains incorrect JSON type for field \"owner_id\""},
    {"{\"ownerId\":\"bob\"}", NULL, NOTHING_ELSE},
    {"{\"expiration\":0,\"createdBefore\":\"2020-01-01T00:00:00Z\"}", NULL, NOTHING_ELSE},
    {"{\"expiraton\":0}", NULL, NOTHING_ELSE},
};

START_TEST(a_member_that_cannot_be_is_named_and_nothing_is_rolled)
{
    roll(refused[_i].body);
    api_expect(&api, 400, refused[_i].message);
    ck_assert_str_eq(api_at(&api, "data.errors.#"), refused[_i].field != NULL ? "1" : "(absent)");
    if (refused[_i].field != NULL)
        ck_assert_str_eq(api_at(&api, "data.errors.0.field"), refused[_i].field);
    roll("{" BEFORE "}");
    expect_counts("5", "0", "0");
}
END_TEST

START_TEST(every_member_at_fault_is_named)
{
    roll("{\"expiration\":-1,\"reason\":1,\"secret\":\"x\",\"created_before\":\"x\",\"limit\":0,"
         "\"cursor\":\"x\"}");
    ck_assert_int_eq(api.response.status, 400);
    ck_assert_str_eq(api_at(&api, "data.errors.#"), "6");
}
END_TEST

START_TEST(absent_members_and_nulls_are_alike_but_a_body_there_must_be)
{
    roll("");
    api_expect(&api, 400, "body must not be empty");
    roll("{\"expiration\":null,\"reason\":null,\"secret\":null,\"created_before\":null,"
         "\"limit\":null,\"cursor\":null}");
    expect_counts("5", "0", "0");
}
END_TEST

START_TEST(a_project_without_endpoints_has_nothing_to_roll)
{
    roll("{\"cursor\":\"7ZZZZZZZZZZZZZZZZZZZZZZZZZ\"}");
    api_expect(&api, 200, "endpoint secrets expired successfully");
    expect_counts("0", "0", "0");
    ck_assert_str_eq(api_at(&api, "data.rolled"), "[]");
    ck_assert_str_eq(api_at(&api, "data.refused"), "[]");
    ck_assert_str_eq(api_at(&api, "data.next_cursor"), "null");
}
END_TEST

/* The file may grow no more, so that the store is full after some rolls. */
static bool rolls_until_full(void *arg)
{
    const uint64_t done = metrics_rolls(RC_OK);
    const uint64_t failed = metrics_rolls(RC_FULL);
    char file[TEMP_PATH_SIZE];
    int rolled;

    (void)arg;
    api_fixture_open(&api);
    for (uint32_t i = 0; i < 200; i++)
        add(1000 + i, "one of many", "");
    if (!file_limit_from(temp_dir_path(&api.at.temp, "store/data.mdb", file), 8192))
        return false;
    roll("{\"limit\":1000,\"expiration\":3600}");
    api_expect(&api, 507, "the store is full, nothing more was changed");
    ck_assert_int_eq(api.outcome.rc, RC_FULL);
    ck_assert_str_eq(api_at(&api, "data.created_before"), NOW);
    rolled = (int)strtol(api_at(&api, "data.rolled.#"), NULL, 10);
    ck_assert_int_gt(rolled, 0);
    ck_assert_uint_eq(metrics_rolls(RC_OK), done + (uint64_t)rolled);
    ck_assert_uint_eq(metrics_rolls(RC_FULL), failed + 1);
    ck_assert_str_eq(api_at(&api, "data.refused.#"), "0");
    if (rolled >= COUNT_ALL)
        expect_uid("data.next_cursor", 1000 + (uint32_t)(rolled - COUNT_ALL));
    return file_limit_lift();
}

START_TEST(a_store_that_is_full_on_the_way_tells_what_was_done)
{
    struct helper helper;

    store_fixture_close(&api.at);
    helper_start(&helper, rolls_until_full, NULL);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
    api_fixture_open(&api);
    roll("{\"limit\":1000," BEFORE "}");
    ck_assert_int_eq(api.response.status, 200);
    ck_assert_int_eq(strtol(api_at(&api, "data.rolled.#"), NULL, 10) +
                         strtol(api_at(&api, "data.unchanged"), NULL, 10),
                     COUNT_ALL + 200);
    ck_assert_str_ne(api_at(&api, "data.unchanged"), "0");
}
END_TEST

#ifndef SANITIZED
static bool rolls_until_memory_is_short(void *arg)
{
    const uint64_t done = metrics_rolls(RC_OK);
    static char name[1025];

    (void)arg;
    api_fixture_open(&api);
    memset(name, '\\', sizeof name - 1);
    for (uint32_t i = 0; i < LARGE; i++)
        add(1000 + i, name, "");
    if (!address_space_limit())
        return false;
    roll("{\"limit\":1000," BEFORE "}");
    return api.response.status == 503 && api.outcome.rc == RC_NO_MEMORY &&
           metrics_rolls(RC_OK) > done && metrics_rolls(RC_OK) < done + LARGE;
}

START_TEST(where_memory_is_short_no_more_is_rolled_than_could_be_told)
{
    struct helper helper;

    store_fixture_close(&api.at);
    helper_start(&helper, rolls_until_memory_is_short, NULL);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
    api_fixture_open(&api);
}
END_TEST
#endif

Suite *project_rolls_suite(void)
{
    Suite *suite = suite_create("project_rolls");
    TCase *tc = tcase_create("project_rolls");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, all_that_is_old_enough_is_rolled_oldest_first);
    tcase_add_test(tc, what_is_told_is_what_the_endpoint_has);
    tcase_add_test(tc, a_repeated_request_rolls_nothing);
    tcase_add_test(tc, no_tag_is_one_of_all_endpoints);
    tcase_add_test(tc, a_secret_that_was_made_at_that_very_moment_is_not_rolled);
    tcase_add_test(tc, the_cursor_of_one_page_begins_the_next);
    tcase_add_test(tc, a_page_ends_where_the_answer_has_no_room_and_goes_on_there);
    tcase_add_test(tc, the_largest_entries_fill_an_answer_and_no_more);
    tcase_add_test(tc, a_key_of_one_owner_rolls_that_owners);
    tcase_add_test(tc, one_owners_are_rolled_where_an_owner_is_named);
    tcase_add_test(tc, a_key_of_one_owner_may_name_no_other);
    tcase_add_test(tc, new_secrets_are_shown_to_who_may_not_read_old_ones);
    tcase_add_test(tc, one_that_has_too_many_secrets_is_told_of_and_the_others_are_rolled);
    tcase_add_test(tc, a_damaged_one_is_told_of_and_the_others_are_rolled);
    tcase_add_test(tc, a_cursor_may_be_of_a_damaged_endpoint);
    tcase_add_loop_test(tc, a_member_that_cannot_be_is_named_and_nothing_is_rolled, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(tc, every_member_at_fault_is_named);
    tcase_add_test(tc, absent_members_and_nulls_are_alike_but_a_body_there_must_be);
    tcase_add_test(tc, a_project_without_endpoints_has_nothing_to_roll);
    tcase_add_test(tc, a_store_that_is_full_on_the_way_tells_what_was_done);
#ifndef SANITIZED
    tcase_add_test(tc, where_memory_is_short_no_more_is_rolled_than_could_be_told);
#endif
    suite_add_tcase(suite, tc);
    return suite;
}
