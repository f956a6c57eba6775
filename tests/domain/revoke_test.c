/* revoke and removal: which secret can be ended before its time, what goes with a
 * deleted endpoint, and what the history is told of it. */
#include "domain/removal.h"
#include "domain/revoke.h"
#include "suites.h"

#include <string.h>

#define NOW INT64_C(1795460885123)

static struct project project;
static struct endpoint endpoint;
static struct history event;
static struct arena arena;

static void add_secret(uint8_t number, int64_t expires_at)
{
    struct secret_fresh fresh;

    memset(&fresh, number, sizeof fresh);
    ck_assert_int_eq(
        endpoint_add_secret(&endpoint, (struct text){NULL, 0}, &fresh, NOW - 1000, &arena), RC_OK);
    endpoint.secrets[endpoint.secret_count - 1].expires_at = expires_at;
}

/* One secret that has ended, two in grace, the current one. */
static void setup(void)
{
    const uint8_t entropy[UID_ENTROPY_BYTES] = {1};

    arena_init(&arena, 65536);
    project_init(&project, uid_make(1, entropy), text_of("project"), 1);
    endpoint_init(&endpoint, uid_make(2, entropy), project.uid, NOW - 1000);
    add_secret(1, NOW);
    add_secret(2, NOW + 1);
    add_secret(3, NOW + 5000);
    add_secret(4, SECRET_NO_END);
    memset(&event, 0, sizeof event);
}

static void teardown(void)
{
    arena_free(&arena);
}

static enum rc revoke_nth(size_t n)
{
    struct edit edit = {&project, &endpoint, &event, &arena};
    struct revoke revoke = {.secret = endpoint.secrets[n].uid,
                            .reason = text_of("leaked"),
                            .by = {.now = NOW, .request_id = text_of("request")}};

    return revoke_apply(&edit, &revoke);
}

START_TEST(a_secret_in_grace_ends_now_and_the_others_stay)
{
    struct uid second = endpoint.secrets[1].uid;
    struct uid third = endpoint.secrets[2].uid;

    ck_assert_int_eq(revoke_nth(1), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 2);
    ck_assert(uid_equal(&endpoint.secrets[0].uid, &third));
    ck_assert_int_eq(endpoint.secrets[0].expires_at, NOW + 5000);
    ck_assert_int_eq(endpoint.secrets[1].expires_at, SECRET_NO_END);
    ck_assert_int_eq(endpoint.updated_at, NOW);
    ck_assert_int_eq(event.action, HISTORY_REVOKED);
    ck_assert(uid_equal(&event.ended, &second));
    ck_assert_int_eq(event.ended_at, NOW);
    ck_assert(uid_is_none(&event.fresh));
    ck_assert(text_is(event.reason, "leaked"));
    ck_assert(text_is(event.request_id, "request"));
}
END_TEST

START_TEST(a_secret_that_has_ended_is_gone)
{
    ck_assert_int_eq(revoke_nth(0), RC_GONE);
    ck_assert_int_eq(event.action, 0);
}
END_TEST

START_TEST(the_current_secret_cannot_be_revoked)
{
    ck_assert_int_eq(revoke_nth(3), RC_CONFLICT);
    ck_assert_int_eq(event.action, 0);
}
END_TEST

START_TEST(an_endpoint_without_a_current_secret_is_corrupt)
{
    endpoint.secrets[3].expires_at = NOW + 1;
    ck_assert_int_eq(revoke_nth(1), RC_CORRUPT);
}
END_TEST

START_TEST(a_removal_ends_all_that_can_sign)
{
    struct edit edit = {&project, &endpoint, &event, &arena};
    struct actor by = {.now = NOW, .request_id = text_of("request")};

    ck_assert_int_eq(removal_apply(&edit, &by), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 3);
    ck_assert_int_eq(event.action, HISTORY_DELETED);
    ck_assert_int_eq(event.ended_at, NOW);
    ck_assert(uid_equal(&event.endpoint, &endpoint.uid));
}
END_TEST

Suite *revoke_suite(void)
{
    Suite *suite = suite_create("revoke");
    TCase *tc = tcase_create("revoke");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_secret_in_grace_ends_now_and_the_others_stay);
    tcase_add_test(tc, a_secret_that_has_ended_is_gone);
    tcase_add_test(tc, the_current_secret_cannot_be_revoked);
    tcase_add_test(tc, an_endpoint_without_a_current_secret_is_corrupt);
    tcase_add_test(tc, a_removal_ends_all_that_can_sign);
    suite_add_tcase(suite, tc);
    return suite;
}
