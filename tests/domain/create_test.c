/* create: an endpoint is completed with its first secret and the entry of its creation,
 * or every broken rule is named and nothing is made. */
#include "domain/create.h"
#include "suites.h"

#include <string.h>

#define NOW INT64_C(1795460885123)

static struct arena arena;
static struct create create;
static struct endpoint endpoint;
static struct history event;

static struct uid uid_number(uint8_t n)
{
    const uint8_t entropy[UID_ENTROPY_BYTES] = {n};

    return uid_make(NOW, entropy);
}

static void setup(void)
{
    arena_init(&arena, 4096);
    create = (struct create){.fresh = {{1}, {2}}, .by = {NOW, uid_number(7), text_of("request-1")}};
    endpoint_init(&endpoint, uid_number(2), uid_number(1), NOW);
    endpoint.members[ENDPOINT_NAME] = text_of("orders");
    endpoint.members[ENDPOINT_URL] = text_of("https://example.com");
    event = (struct history){.sequence = 99};
}

static void teardown(void)
{
    arena_free(&arena);
}

static enum rc apply(void)
{
    return create_apply(&create, &endpoint, &event, &arena);
}

START_TEST(a_good_endpoint_gets_its_first_secret)
{
    const struct uid expected = uid_make(NOW, create.fresh.uid);

    create.secret = text_of("given");
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(create.faults.count, 0);
    ck_assert_uint_eq(endpoint.secret_count, 1);
    ck_assert(uid_equal(&endpoint.secrets[0].uid, &expected));
    ck_assert(text_is(endpoint.secrets[0].value, "given"));
    ck_assert_int_eq(endpoint.secrets[0].created_at, NOW);
    ck_assert_int_eq(endpoint.secrets[0].updated_at, NOW);
    ck_assert_int_eq(endpoint.secrets[0].expires_at, SECRET_NO_END);
}
END_TEST

START_TEST(a_secret_that_is_empty_or_absent_is_generated)
{
    char generated[SECRET_GENERATED_SIZE];

    create.secret = _i == 0 ? (struct text){NULL, 0} : text_of("");
    secret_generate(create.fresh.value, SIGNING_KEY_HMAC, generated);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert(text_is(endpoint.secrets[0].value, generated));
}
END_TEST

START_TEST(the_secret_is_not_borrowed_from_the_caller)
{
    char value[] = "given";

    create.secret = text_of(value);
    ck_assert_int_eq(apply(), RC_OK);
    memset(value, 'x', sizeof value - 1);
    ck_assert(text_is(endpoint.secrets[0].value, "given"));
}
END_TEST

START_TEST(what_was_set_to_nothing_gets_its_factory_setting)
{
    endpoint.http_timeout = 0;
    endpoint.members[ENDPOINT_CONTENT_TYPE] = text_of("");
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_int_eq(endpoint.http_timeout, ENDPOINT_HTTP_TIMEOUT);
    ck_assert(text_is(endpoint.members[ENDPOINT_CONTENT_TYPE], "application/json"));
}
END_TEST

START_TEST(the_entry_tells_of_the_creation)
{
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_int_eq(event.action, HISTORY_CREATED);
    ck_assert_int_eq(event.at, NOW);
    ck_assert(uid_equal(&event.project, &endpoint.project));
    ck_assert(uid_equal(&event.endpoint, &endpoint.uid));
    ck_assert(uid_equal(&event.key, &create.by.key));
    ck_assert(text_is(event.request_id, "request-1"));
    ck_assert(uid_equal(&event.fresh, &endpoint.secrets[0].uid));
    ck_assert(uid_is_none(&event.ended));
    ck_assert_uint_eq(event.previous, 0);
}
END_TEST

START_TEST(a_bad_secret_is_a_fault)
{
    char value[SECRET_VALUE_MAX + 1];

    memset(value, 's', sizeof value);
    create.secret = (struct text){value, sizeof value};
    ck_assert_int_eq(apply(), RC_INVALID);
    ck_assert_uint_eq(create.faults.count, 1);
    ck_assert(faults_name(&create.faults, "secret"));
    ck_assert_uint_eq(endpoint.secret_count, 0);
    ck_assert_uint_eq(event.sequence, 99);
}
END_TEST

START_TEST(every_broken_rule_is_named)
{
    endpoint.members[ENDPOINT_NAME] = (struct text){NULL, 0};
    endpoint.members[ENDPOINT_URL] = text_of("nowhere");
    endpoint.rate_limit = -1;
    create.secret = text_of("\x01");
    ck_assert_int_eq(apply(), RC_INVALID);
    ck_assert_uint_eq(create.faults.count, 4);
    ck_assert(faults_name(&create.faults, "name"));
    ck_assert(faults_name(&create.faults, "url"));
    ck_assert(faults_name(&create.faults, "rate_limit"));
    ck_assert(faults_name(&create.faults, "secret"));
    ck_assert_uint_eq(endpoint.secret_count, 0);
}
END_TEST

START_TEST(faults_that_were_there_before_refuse_it_too)
{
    faults_add(&create.faults, "description", "of the wrong type");
    ck_assert_int_eq(apply(), RC_INVALID);
    ck_assert_uint_eq(create.faults.count, 1);
    ck_assert_uint_eq(endpoint.secret_count, 0);
}
END_TEST

START_TEST(a_full_arena_is_said)
{
    arena_init(&arena, 1);
    ck_assert_int_eq(apply(), RC_NO_MEMORY);
    ck_assert_uint_eq(endpoint.secret_count, 0);
    ck_assert_uint_eq(create.faults.count, 0);
}
END_TEST

Suite *create_suite(void)
{
    Suite *suite = suite_create("create");
    TCase *tc = tcase_create("create");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_good_endpoint_gets_its_first_secret);
    tcase_add_loop_test(tc, a_secret_that_is_empty_or_absent_is_generated, 0, 2);
    tcase_add_test(tc, the_secret_is_not_borrowed_from_the_caller);
    tcase_add_test(tc, what_was_set_to_nothing_gets_its_factory_setting);
    tcase_add_test(tc, the_entry_tells_of_the_creation);
    tcase_add_test(tc, a_bad_secret_is_a_fault);
    tcase_add_test(tc, every_broken_rule_is_named);
    tcase_add_test(tc, faults_that_were_there_before_refuse_it_too);
    tcase_add_test(tc, a_full_arena_is_said);
    suite_add_tcase(suite, tc);
    return suite;
}
