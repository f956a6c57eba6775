/* roll: the grace at its edges, who can sign before, at and after an end, what is
 * refused and why, and a property test over random sequences of rolls. */
#include "domain/roll.h"
#include "suites.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NOW INT64_C(1795460885123)
#define DAY INT64_C(86400)

enum {
    CEILING = 1 << 20
};

static struct project project;
static struct endpoint endpoint;
static struct history event;
static struct arena arena;
static struct roll roll;
static uint8_t draws;

static struct uid uid_numbered(uint8_t number)
{
    const uint8_t entropy[UID_ENTROPY_BYTES] = {number};

    return uid_make(1, entropy);
}

/* A request without grace or secret, with random bytes of its own. */
static void ask(int64_t now)
{
    memset(&roll, 0, sizeof roll);
    draws++;
    memset(&roll.fresh, draws, sizeof roll.fresh);
    roll.now = now;
    roll.key = uid_numbered(3);
    roll.request_id = text_of("request");
}

static void ask_grace(int64_t now, int64_t grace)
{
    ask(now);
    roll.request.has_grace = true;
    roll.request.grace = grace;
}

static void ask_secret(int64_t now, int64_t grace, const char *secret)
{
    ask_grace(now, grace);
    roll.request.secret = text_of(secret);
}

static enum rc apply(void)
{
    struct edit edit = {&project, &endpoint, &event, &arena};

    memset(&event, 0, sizeof event);
    return roll_apply(&edit, &roll);
}

static void setup(void)
{
    struct secret_fresh fresh;

    draws = 0;
    memset(&fresh, 0, sizeof fresh);
    arena_init(&arena, CEILING);
    project_init(&project, uid_numbered(1), text_of("project"), NOW - 1000);
    endpoint_init(&endpoint, uid_numbered(2), project.uid, NOW - 1000);
    ck_assert_int_eq(endpoint_add_secret(&endpoint, text_of("first"), &fresh, NOW - 1000, &arena),
                     RC_OK);
}

static void teardown(void)
{
    arena_free(&arena);
}

static void start_over(void)
{
    teardown();
    setup();
}

static bool can_sign(const char *value, int64_t now)
{
    for (size_t i = 0; i < endpoint.secret_count; i++)
        if (text_is(endpoint.secrets[i].value, value))
            return secret_can_sign(&endpoint.secrets[i], now);
    return false;
}

static bool holds(const char *value)
{
    for (size_t i = 0; i < endpoint.secret_count; i++)
        if (text_is(endpoint.secrets[i].value, value))
            return true;
    return false;
}

static void expect_fault(const char *member)
{
    ck_assert_int_eq(apply(), RC_INVALID);
    ck_assert_uint_eq(roll.faults.count, 1);
    ck_assert_str_eq(roll.faults.list[0].member, member);
}

START_TEST(without_a_grace_the_project_s_default_counts)
{
    ask(NOW);
    roll.request.grace = INT64_MIN;
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_int_eq(endpoint.secrets[0].expires_at, NOW + DAY * 1000);
    ck_assert_int_eq(event.ended_at, NOW + DAY * 1000);
}
END_TEST

START_TEST(the_default_grace_is_the_project_s_own)
{
    project.default_grace = 7;
    ask(NOW);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_int_eq(endpoint.secrets[0].expires_at, NOW + 7000);
}
END_TEST

START_TEST(a_default_grace_of_zero_ends_the_secret_at_once)
{
    project.default_grace = 0;
    ask(NOW);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 1);
    ck_assert(!holds("first"));
    ck_assert_int_eq(event.ended_at, NOW);
}
END_TEST

START_TEST(a_stated_grace_sets_the_end)
{
    const int64_t graces[] = {1, 2, 3600, PROJECT_MAX_GRACE - 1, PROJECT_MAX_GRACE};

    ask_grace(NOW, graces[_i]);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 2);
    ck_assert_int_eq(endpoint.secrets[0].expires_at, NOW + graces[_i] * 1000);
    ck_assert_int_eq(event.ended_at, NOW + graces[_i] * 1000);
}
END_TEST

START_TEST(a_stated_grace_of_zero_wins_over_the_default)
{
    ask_grace(NOW, 0);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 1);
    ck_assert(!can_sign("first", NOW));
    ck_assert_int_eq(endpoint.secrets[0].expires_at, SECRET_NO_END);
    ck_assert_int_eq(event.ended_at, NOW);
}
END_TEST

START_TEST(a_grace_out_of_bounds_is_refused)
{
    const int64_t graces[] = {-1,        INT64_MIN,     INT64_MIN + 1,        PROJECT_MAX_GRACE + 1,
                              INT64_MAX, INT64_MAX - 1, INT64_MAX / 1000 + 1, INT64_MIN / 1000 - 1};

    ask_grace(NOW, graces[_i]);
    expect_fault("expiration");
}
END_TEST

START_TEST(the_longest_grace_is_the_project_s_own)
{
    project.max_grace = 0;
    project.default_grace = 0;
    ask_grace(NOW, 1);
    expect_fault("expiration");
    ask_grace(NOW, 0);
    ck_assert_int_eq(apply(), RC_OK);

    project.max_grace = PROJECT_GRACE_CEILING;
    ask_grace(NOW, PROJECT_GRACE_CEILING + 1);
    expect_fault("expiration");
    ask_grace(NOW, PROJECT_GRACE_CEILING);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_int_eq(event.ended_at, NOW + PROJECT_GRACE_CEILING * 1000);
}
END_TEST

START_TEST(old_secret_signs_until_the_last_millisecond)
{
    const int64_t end = NOW + 60 * 1000;

    ask_grace(NOW, 60);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert(can_sign("first", NOW));
    ck_assert(can_sign("first", end - 1000));
    ck_assert(can_sign("first", end - 1));
    ck_assert(!can_sign("first", end));
    ck_assert(!can_sign("first", end + 1));
    ck_assert(!can_sign("first", end + 1000));
}
END_TEST

START_TEST(a_grace_of_one_second_lasts_a_thousand_milliseconds)
{
    ask_grace(NOW, 1);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert(can_sign("first", NOW + 999));
    ck_assert(!can_sign("first", NOW + 1000));
}
END_TEST

START_TEST(a_roll_drops_what_has_ended_by_then)
{
    const int64_t end = NOW + 60 * 1000;
    const struct {
        int64_t now;
        bool kept;
    } rows[] = {
        {end - 1000, true}, {end - 1, true}, {end, false}, {end + 1, false}, {end + 1000, false}};

    ask_grace(NOW, 60);
    ck_assert_int_eq(apply(), RC_OK);
    ask(rows[_i].now);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_int_eq(holds("first"), rows[_i].kept);
    ck_assert_uint_eq(endpoint.secret_count, rows[_i].kept ? 3 : 2);
}
END_TEST

START_TEST(only_ended_secrets_are_dropped)
{
    ask_secret(NOW, 100, "second");
    ck_assert_int_eq(apply(), RC_OK);
    ask_secret(NOW + 1, 10, "third");
    ck_assert_int_eq(apply(), RC_OK);
    ask_secret(NOW + 2, 50, "fourth");
    ck_assert_int_eq(apply(), RC_OK);
    ask_secret(NOW + 20000, 5, "fifth");
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 4);
    ck_assert(text_is(endpoint.secrets[0].value, "first"));
    ck_assert(text_is(endpoint.secrets[1].value, "third"));
    ck_assert(text_is(endpoint.secrets[2].value, "fourth"));
    ck_assert(text_is(endpoint.secrets[3].value, "fifth"));
}
END_TEST

START_TEST(secrets_already_in_grace_keep_their_ends)
{
    struct secret before;

    ask_secret(NOW, 100, "second");
    ck_assert_int_eq(apply(), RC_OK);
    before = endpoint.secrets[0];
    for (int i = 1; i < 5; i++) {
        ask_grace(NOW + i, 500);
        ck_assert_int_eq(apply(), RC_OK);
        ck_assert_int_eq(endpoint.secrets[0].expires_at, NOW + 100 * 1000);
        ck_assert_int_eq(endpoint.secrets[0].created_at, before.created_at);
        ck_assert_int_eq(endpoint.secrets[0].updated_at, before.updated_at);
        ck_assert(uid_equal(&endpoint.secrets[0].uid, &before.uid));
        ck_assert(text_is(endpoint.secrets[0].value, "first"));
    }
    ck_assert_int_eq(endpoint.secrets[1].expires_at, NOW + 1 + 500 * 1000);
}
END_TEST

START_TEST(a_grace_of_zero_leaves_secrets_in_grace_alone)
{
    ask_secret(NOW, 100, "second");
    ck_assert_int_eq(apply(), RC_OK);
    ask_secret(NOW + 1, 0, "third");
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 2);
    ck_assert(text_is(endpoint.secrets[0].value, "first"));
    ck_assert_int_eq(endpoint.secrets[0].expires_at, NOW + 100 * 1000);
    ck_assert(text_is(endpoint.secrets[1].value, "third"));
}
END_TEST

START_TEST(two_rolls_in_one_millisecond_are_two_rolls)
{
    struct uid first = endpoint.secrets[0].uid;
    struct uid second;

    ask_secret(NOW, 60, "second");
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert(uid_equal(&event.ended, &first));
    second = event.fresh;
    ask_secret(NOW, 30, "third");
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert(uid_equal(&event.ended, &second));
    ck_assert(!uid_equal(&event.fresh, &second));
    ck_assert_uint_eq(endpoint.secret_count, 3);
    ck_assert_int_eq(endpoint.secrets[0].expires_at, NOW + 60 * 1000);
    ck_assert_int_eq(endpoint.secrets[1].expires_at, NOW + 30 * 1000);
    ck_assert_int_eq(endpoint.secrets[2].expires_at, SECRET_NO_END);
}
END_TEST

/* ms by which the second of two rolls that meet was asked for earlier. */
static const int64_t meetings[] = {1, 5000, ROLL_MEETING};

START_TEST(rolls_that_meet_are_dated_in_the_order_in_which_they_happen)
{
    ask_secret(NOW, 60, "second");
    ck_assert_int_eq(apply(), RC_OK);
    ask_secret(NOW - meetings[_i], 30, "third");
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_int_eq(roll.at, NOW);
    ck_assert_uint_eq(endpoint.secret_count, 3);
    ck_assert_int_eq(endpoint.secrets[0].expires_at, NOW + 60 * 1000);
    ck_assert_int_eq(endpoint.secrets[1].expires_at, NOW + 30 * 1000);
    ck_assert_int_eq(endpoint.secrets[2].created_at, NOW);
    ck_assert_int_eq(event.at, NOW);
}
END_TEST

START_TEST(a_clock_that_ran_ahead_keeps_no_secret_alive)
{
    const int64_t now = NOW - ROLL_MEETING - 1;

    ask_secret(NOW, 60, "second");
    ck_assert_int_eq(apply(), RC_OK);
    ask_secret(now, 0, "third");
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_int_eq(roll.at, now);
    ck_assert_int_eq(event.ended_at, now);
    ck_assert_uint_eq(endpoint.secret_count, 2);
    ck_assert(text_is(endpoint.secrets[0].value, "first"));
    ck_assert(text_is(endpoint.secrets[1].value, "third"));
}
END_TEST

/* A transaction that is done again calls the edit again, upon what was read anew. */
START_TEST(a_date_taken_in_an_earlier_call_is_forgotten)
{
    ask_grace(NOW, 60);
    endpoint.secrets[0].created_at = NOW + 40000;
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_int_eq(event.at, NOW + 40000);
    start_over();
    endpoint.secrets[0].created_at = NOW + 80000;
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_int_eq(event.at, NOW);
}
END_TEST

START_TEST(the_fresh_secret_is_made_of_now_and_the_drawn_bytes)
{
    char generated[SECRET_GENERATED_SIZE];
    struct uid uid;

    ask_grace(NOW, 60);
    uid = uid_make(NOW, roll.fresh.uid);
    secret_generate(roll.fresh.value, SIGNING_KEY_HMAC, generated);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert(text_is(endpoint.secrets[1].value, generated));
    ck_assert(uid_equal(&endpoint.secrets[1].uid, &uid));
    ck_assert_int_eq(endpoint.secrets[1].created_at, NOW);
    ck_assert_int_eq(endpoint.secrets[1].updated_at, NOW);
    ck_assert_int_eq(endpoint.secrets[1].expires_at, SECRET_NO_END);
}
END_TEST

START_TEST(an_empty_secret_asks_for_a_generated_one)
{
    ask_secret(NOW, 60, "");
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(endpoint.secrets[1].value.len, SIGNING_KEY_HMAC_SIZE - 1);
    ck_assert_int_eq(strncmp(endpoint.secrets[1].value.data, "whsec_", 6), 0);
}
END_TEST

START_TEST(a_supplied_secret_takes_the_place)
{
    char supplied[] = "supplied";

    ask_secret(NOW, 60, supplied);
    ck_assert_int_eq(apply(), RC_OK);
    memset(supplied, 'x', sizeof supplied);
    ck_assert(text_is(endpoint.secrets[1].value, "supplied"));
}
END_TEST

START_TEST(a_roll_changes_the_old_secret_s_end_and_nothing_else_of_it)
{
    struct secret before = endpoint.secrets[0];

    ask_grace(NOW, 60);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert(uid_equal(&endpoint.secrets[0].uid, &before.uid));
    ck_assert(text_is(endpoint.secrets[0].value, "first"));
    ck_assert_int_eq(endpoint.secrets[0].created_at, before.created_at);
    ck_assert_int_eq(endpoint.secrets[0].updated_at, NOW);
}
END_TEST

START_TEST(a_roll_leaves_the_rest_of_the_endpoint_alone)
{
    struct endpoint before = endpoint;

    ask_grace(NOW, 60);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_int_eq(endpoint.updated_at, NOW);
    ck_assert_int_eq(endpoint.created_at, before.created_at);
    ck_assert(uid_equal(&endpoint.uid, &before.uid));
    ck_assert(uid_equal(&endpoint.project, &before.project));
    ck_assert_int_eq(endpoint.status, before.status);
    ck_assert_int_eq(endpoint.advanced_signatures, before.advanced_signatures);
    ck_assert_int_eq(endpoint.http_timeout, before.http_timeout);
    ck_assert_int_eq(endpoint.rate_limit, before.rate_limit);
    ck_assert_int_eq(endpoint.rate_limit_duration, before.rate_limit_duration);
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        ck_assert(text_equal(endpoint.members[i], before.members[i]));
}
END_TEST

static const struct {
    const char *data;
    size_t len;
} bad_secrets[] = {
    {"a\nb", 3}, {"\x7f", 1}, {"a\0b", 3}, {"\xC2\x85", 2}, {"\xFF", 1}, {"\xE2\x82", 2},
};

START_TEST(a_secret_that_cannot_be_one_is_refused)
{
    ask_grace(NOW, 60);
    roll.request.secret = (struct text){bad_secrets[_i].data, bad_secrets[_i].len};
    expect_fault("secret");
}
END_TEST

START_TEST(a_supplied_secret_has_at_most_256_bytes)
{
    static char value[SECRET_VALUE_MAX + 1];

    memset(value, 's', sizeof value);
    ask_grace(NOW, 60);
    roll.request.secret = (struct text){value, SECRET_VALUE_MAX + 1};
    expect_fault("secret");
    ask_grace(NOW, 60);
    roll.request.secret = (struct text){value, SECRET_VALUE_MAX};
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(endpoint.secrets[1].value.len, SECRET_VALUE_MAX);
    ask_grace(NOW, 60);
    roll.request.secret = (struct text){value, 1};
    ck_assert_int_eq(apply(), RC_OK);
}
END_TEST

START_TEST(a_reason_that_cannot_be_one_is_refused)
{
    static char reason[HISTORY_REASON_CHARACTERS + 1];

    ask_grace(NOW, 60);
    roll.request.reason = text_of("a\nb");
    expect_fault("reason");
    memset(reason, 'r', sizeof reason);
    ask_grace(NOW, 60);
    roll.request.reason = (struct text){reason, sizeof reason};
    expect_fault("reason");
    ask_grace(NOW, 60);
    roll.request.reason = (struct text){reason, sizeof reason - 1};
    ck_assert_int_eq(apply(), RC_OK);
}
END_TEST

START_TEST(all_that_is_bad_of_a_request_is_named_at_once)
{
    ask_secret(NOW, -1, "\n");
    roll.request.reason = text_of("\n");
    ck_assert_int_eq(apply(), RC_INVALID);
    ck_assert_uint_eq(roll.faults.count, 3);
    ck_assert(faults_name(&roll.faults, "reason"));
    ck_assert(faults_name(&roll.faults, "expiration"));
    ck_assert(faults_name(&roll.faults, "secret"));
}
END_TEST

START_TEST(a_fault_never_holds_the_secret)
{
    ask_secret(NOW, 60, "sentinel\n");
    expect_fault("secret");
    ck_assert_ptr_null(strstr(roll.faults.list[0].message, "sentinel"));
    ask_secret(NOW, 60, "first");
    expect_fault("secret");
    ck_assert_ptr_null(strstr(roll.faults.list[0].message, "first"));
}
END_TEST

START_TEST(the_current_secret_cannot_be_supplied_again)
{
    ask_secret(NOW, 60, "first");
    expect_fault("secret");
    start_over();
    ask_secret(NOW, 0, "first");
    expect_fault("secret");
}
END_TEST

START_TEST(a_secret_that_only_begins_like_the_current_one_can_be_supplied)
{
    ask_secret(NOW, 60, "firs");
    ck_assert_int_eq(apply(), RC_OK);
    ask_secret(NOW, 60, "first_");
    ck_assert_int_eq(apply(), RC_OK);
    ask_secret(NOW, 60, "First");
    ck_assert_int_eq(apply(), RC_OK);
}
END_TEST

START_TEST(a_secret_in_grace_cannot_be_supplied_until_it_has_ended)
{
    const int64_t end = NOW + 60 * 1000;
    const struct {
        int64_t now;
        bool good;
    } rows[] = {{NOW, false}, {end - 1, false}, {end, true}, {end + 1, true}};

    ask_secret(NOW, 60, "second");
    ck_assert_int_eq(apply(), RC_OK);
    ask_secret(rows[_i].now, 60, "first");
    if (rows[_i].good) {
        ck_assert_int_eq(apply(), RC_OK);
        ck_assert_uint_eq(endpoint.secret_count, 2);
        ck_assert(text_is(endpoint.secrets[1].value, "first"));
        ck_assert_int_eq(endpoint.secrets[1].expires_at, SECRET_NO_END);
    } else {
        expect_fault("secret");
    }
}
END_TEST

START_TEST(a_secret_ended_at_once_can_be_supplied_again)
{
    ask_secret(NOW, 0, "second");
    ck_assert_int_eq(apply(), RC_OK);
    ask_secret(NOW, 0, "first");
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 1);
    ck_assert(text_is(endpoint.secrets[0].value, "first"));
}
END_TEST

START_TEST(faults_of_an_earlier_call_are_forgotten)
{
    ask_secret(NOW, 60, "first");
    expect_fault("secret");
    start_over();
    expect_fault("secret");
    start_over();
    endpoint.secrets[0].value = text_of("another");
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(roll.faults.count, 0);
}
END_TEST

static void expect_conflict(int64_t limit, int64_t next_end)
{
    ck_assert_int_eq(apply(), RC_CONFLICT);
    ck_assert_int_eq(roll.limit, limit);
    ck_assert_int_eq(roll.next_end, next_end);
}

START_TEST(as_many_secrets_can_sign_as_the_project_allows)
{
    struct endpoint full;

    project.max_signing_secrets = 3;
    ask_grace(NOW, 50);
    ck_assert_int_eq(apply(), RC_OK);
    ask_grace(NOW, 40);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 3);
    full = endpoint;
    ask_grace(NOW, 30);
    expect_conflict(3, NOW + 40 * 1000);
    endpoint = full;
    ask(NOW);
    expect_conflict(3, NOW + 40 * 1000);
}
END_TEST

START_TEST(at_the_next_end_there_is_room_again)
{
    struct endpoint full;

    project.max_signing_secrets = 2;
    ask_grace(NOW, 50);
    ck_assert_int_eq(apply(), RC_OK);
    full = endpoint;
    ask_grace(NOW + 50 * 1000 - 1, 30);
    expect_conflict(2, NOW + 50 * 1000);
    endpoint = full;
    ask_grace(NOW + 50 * 1000, 30);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 2);
}
END_TEST

START_TEST(the_next_end_is_the_earliest_in_any_order)
{
    const int64_t orders[][3] = {{30, 20, 10}, {10, 20, 30}, {20, 10, 30}, {10, 10, 10}};

    project.max_signing_secrets = 4;
    for (size_t i = 0; i < 3; i++) {
        ask_grace(NOW, orders[_i][i]);
        ck_assert_int_eq(apply(), RC_OK);
    }
    ask_grace(NOW, 5);
    expect_conflict(4, NOW + 10 * 1000);
}
END_TEST

START_TEST(at_the_limit_a_roll_without_grace_is_allowed)
{
    project.max_signing_secrets = 2;
    ask_secret(NOW, 50, "second");
    ck_assert_int_eq(apply(), RC_OK);
    ask_secret(NOW + 1, 0, "third");
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 2);
    ck_assert(holds("first"));
    ck_assert(!holds("second"));
    ck_assert(text_is(endpoint.secrets[1].value, "third"));
}
END_TEST

START_TEST(a_project_of_one_secret_rolls_only_without_grace)
{
    project.max_signing_secrets = 1;
    ask_grace(NOW, 1);
    expect_conflict(1, SECRET_NO_END);
    start_over();
    project.max_signing_secrets = 1;
    ask(NOW);
    expect_conflict(1, SECRET_NO_END);
    start_over();
    project.max_signing_secrets = 1;
    ask_grace(NOW, 0);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 1);
}
END_TEST

START_TEST(past_a_lowered_limit_even_a_roll_without_grace_waits)
{
    struct endpoint full;

    ask_grace(NOW, 50);
    ck_assert_int_eq(apply(), RC_OK);
    project.max_signing_secrets = 1;
    full = endpoint;
    ask_grace(NOW, 0);
    expect_conflict(1, NOW + 50 * 1000);
    endpoint = full;
    ask_grace(NOW + 50 * 1000, 0);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, 1);
}
END_TEST

START_TEST(where_waiting_would_not_help_no_next_end_is_told)
{
    ask_grace(NOW, 50);
    ck_assert_int_eq(apply(), RC_OK);
    project.max_signing_secrets = 1;
    ask_grace(NOW, 30);
    expect_conflict(1, SECRET_NO_END);
}
END_TEST

START_TEST(ended_secrets_do_not_count_towards_the_limit)
{
    project.max_signing_secrets = 3;
    for (int i = 0; i < 10; i++) {
        ask_grace(NOW + i * 1000, 2);
        ck_assert_int_eq(apply(), RC_OK);
        ck_assert_uint_le(endpoint.secret_count, 3);
    }
    ck_assert_uint_eq(endpoint.secret_count, 3);
}
END_TEST

START_TEST(the_largest_limit_can_be_reached)
{
    project.max_signing_secrets = PROJECT_SIGNING_SECRETS_MAX;
    for (int i = 1; i < PROJECT_SIGNING_SECRETS_MAX; i++) {
        ask_grace(NOW + i, 3600);
        ck_assert_int_eq(apply(), RC_OK);
    }
    ck_assert_uint_eq(endpoint.secret_count, 64);
    ask_grace(NOW + 100, 3600);
    expect_conflict(64, NOW + 1 + INT64_C(3600) * 1000);
}
END_TEST

START_TEST(an_endpoint_without_secrets_is_corrupt)
{
    endpoint.secret_count = 0;
    ask(NOW);
    ck_assert_int_eq(apply(), RC_CORRUPT);
}
END_TEST

START_TEST(an_endpoint_whose_only_secret_has_an_end_is_corrupt)
{
    const int64_t ends[] = {NOW - 1, NOW, NOW + 1, INT64_MAX - 1, 0, INT64_MIN};

    endpoint.secrets[0].expires_at = ends[_i];
    ask(NOW);
    ck_assert_int_eq(apply(), RC_CORRUPT);
}
END_TEST

START_TEST(an_endpoint_whose_last_secret_has_an_end_is_corrupt)
{
    const int64_t ends[] = {NOW - 1, NOW, NOW + 1, INT64_MAX - 1};

    ask_grace(NOW, 60);
    ck_assert_int_eq(apply(), RC_OK);
    endpoint.secrets[0].expires_at = SECRET_NO_END;
    endpoint.secrets[1].expires_at = ends[_i];
    ask(NOW);
    ck_assert_int_eq(apply(), RC_CORRUPT);
}
END_TEST

START_TEST(an_endpoint_with_two_secrets_without_end_is_corrupt)
{
    ask_grace(NOW, 60);
    ck_assert_int_eq(apply(), RC_OK);
    endpoint.secrets[0].expires_at = SECRET_NO_END;
    ask(NOW);
    ck_assert_int_eq(apply(), RC_CORRUPT);
}
END_TEST

START_TEST(without_memory_there_is_no_roll)
{
    struct arena none;
    struct edit edit = {&project, &endpoint, &event, &none};

    arena_init(&none, 0);
    ask_grace(NOW, 60);
    ck_assert_int_eq(roll_apply(&edit, &roll), RC_NO_MEMORY);
    start_over();
    ask_secret(NOW, 60, "supplied");
    ck_assert_int_eq(roll_apply(&edit, &roll), RC_NO_MEMORY);
}
END_TEST

START_TEST(the_event_tells_what_was_done)
{
    struct uid first = endpoint.secrets[0].uid;

    ask_grace(NOW, 60);
    roll.request.reason = text_of("a reason");
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_int_eq(event.at, NOW);
    ck_assert_int_eq(event.action, HISTORY_ROLLED);
    ck_assert(text_is(event.reason, "a reason"));
    ck_assert(uid_equal(&event.project, &project.uid));
    ck_assert(uid_equal(&event.endpoint, &endpoint.uid));
    ck_assert(uid_equal(&event.key, &roll.key));
    ck_assert(text_is(event.request_id, "request"));
    ck_assert(uid_equal(&event.ended, &first));
    ck_assert_int_eq(event.ended_at, NOW + 60 * 1000);
    ck_assert(uid_equal(&event.fresh, &endpoint.secrets[1].uid));
}
END_TEST

START_TEST(the_event_of_the_operator_s_tool_has_no_key)
{
    ask_grace(NOW, 0);
    roll.key = UID_NONE;
    roll.request_id = (struct text){NULL, 0};
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert(uid_is_none(&event.key));
    ck_assert_uint_eq(event.request_id.len, 0);
    ck_assert(!uid_is_none(&event.ended));
    ck_assert(!uid_is_none(&event.fresh));
}
END_TEST

START_TEST(the_event_of_a_roll_without_grace_still_names_the_ended_secret)
{
    struct uid first = endpoint.secrets[0].uid;

    ask_grace(NOW, 0);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert(uid_equal(&event.ended, &first));
    ck_assert_int_eq(event.ended_at, NOW);
    ck_assert(uid_equal(&event.fresh, &endpoint.secrets[0].uid));
}
END_TEST

START_TEST(a_refusal_tells_the_limit_and_the_next_end)
{
    char out[ROLL_REFUSAL_SIZE];

    project.max_signing_secrets = 2;
    ask_grace(NOW, 50);
    ck_assert_int_eq(apply(), RC_OK);
    ask_grace(NOW, 30);
    ck_assert_int_eq(apply(), RC_CONFLICT);
    roll_refusal(&roll, out);
    ck_assert_ptr_nonnull(strstr(out, " 2 "));
    ck_assert_ptr_nonnull(strstr(out, "2026-11-23T19:08:55.123Z"));
}
END_TEST

START_TEST(a_refusal_tells_no_end_where_there_is_none)
{
    char out[ROLL_REFUSAL_SIZE];

    project.max_signing_secrets = 1;
    ask_grace(NOW, 30);
    ck_assert_int_eq(apply(), RC_CONFLICT);
    roll_refusal(&roll, out);
    ck_assert_ptr_nonnull(strstr(out, " 1 "));
    ck_assert_ptr_null(strstr(out, "9999"));
    ck_assert_ptr_nonnull(strstr(out, "expiration of 0"));
}
END_TEST

START_TEST(a_refusal_fits_its_room)
{
    const int64_t ends[] = {SECRET_NO_END, INT64_MAX - 1, INT64_MIN};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char out[ROLL_REFUSAL_SIZE];

        memset(out, '#', sizeof out);
        ask(NOW);
        roll.limit = INT64_MIN;
        roll.next_end = ends[i];
        roll_refusal(&roll, out);
        ck_assert_ptr_nonnull(memchr(out, '\0', sizeof out));
        ck_assert_uint_lt(strlen(out), sizeof out - 1);
    }
}
END_TEST

START_TEST(an_overlap_without_advanced_signatures_is_warned_of)
{
    ask_grace(NOW, 60);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_ptr_null(roll_warning(&endpoint));
    endpoint.advanced_signatures = false;
    ck_assert_ptr_nonnull(roll_warning(&endpoint));
    ck_assert_str_ne(roll_warning(&endpoint), "");
}
END_TEST

START_TEST(without_an_overlap_there_is_nothing_to_warn_of)
{
    endpoint.advanced_signatures = false;
    ask_grace(NOW, 0);
    ck_assert_int_eq(apply(), RC_OK);
    ck_assert_ptr_null(roll_warning(&endpoint));
    endpoint.advanced_signatures = true;
    ck_assert_ptr_null(roll_warning(&endpoint));
}
END_TEST

START_TEST(a_request_can_be_checked_without_its_endpoint)
{
    const struct {
        struct roll_request request;
        const char *member;
    } rows[] = {
        {{false, 0, {NULL, 0}, {NULL, 0}}, NULL},
        {{false, -1, {NULL, 0}, {NULL, 0}}, NULL},
        {{true, 0, {"", 0}, {"", 0}}, NULL},
        {{true, PROJECT_MAX_GRACE, {"s", 1}, {"r", 1}}, NULL},
        {{true, PROJECT_MAX_GRACE + 1, {NULL, 0}, {NULL, 0}}, "expiration"},
        {{true, -1, {NULL, 0}, {NULL, 0}}, "expiration"},
        {{true, INT64_MAX, {NULL, 0}, {NULL, 0}}, "expiration"},
        {{true, INT64_MIN, {NULL, 0}, {NULL, 0}}, "expiration"},
        {{false, 0, {"\n", 1}, {NULL, 0}}, "secret"},
        {{true, 0, {"\xFF", 1}, {NULL, 0}}, "secret"},
        {{false, 0, {NULL, 0}, {"\n", 1}}, "reason"},
        {{false, 0, {NULL, 0}, {"\xFF", 1}}, "reason"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct faults faults = {0};
        enum rc rc = roll_check(&project, &rows[i].request, &faults);

        ck_assert_int_eq(rc, rows[i].member == NULL ? RC_OK : RC_INVALID);
        ck_assert_uint_eq(faults.count, rows[i].member == NULL ? 0 : 1);
        if (rows[i].member != NULL)
            ck_assert_str_eq(faults.list[0].member, rows[i].member);
    }
}
END_TEST

/* The property test: random sequences of rolls, each done twice. */

enum {
    SEQUENCES = 2000,
    ROLLS_MAX = 24
};

static uint64_t prng;

static uint64_t draw(uint64_t below)
{
    prng = prng * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (prng >> 33) % below;
}

static bool chance(uint64_t one_in)
{
    return draw(one_in) == 0;
}

/* Values are few, so that a supplied one is often one that is in use. */
static void draw_request(int64_t now)
{
    static const char *const values[] = {"first", "a", "b", "c", "d", "e", "\n"};

    ask(now);
    for (size_t i = 0; i < sizeof roll.fresh.uid; i++)
        roll.fresh.uid[i] = (uint8_t)draw(256);
    for (size_t i = 0; i < sizeof roll.fresh.value; i++)
        roll.fresh.value[i] = (uint8_t)draw(256);
    roll.request.has_grace = !chance(4);
    if (roll.request.has_grace)
        roll.request.grace = (int64_t)draw((uint64_t)project.max_grace + 3) - 1;
    if (chance(3))
        roll.request.secret = text_of(values[draw(sizeof values / sizeof values[0])]);
}

static int64_t asked_grace(void)
{
    return roll.request.has_grace ? roll.request.grace : project.default_grace;
}

static bool same_secret(const struct secret *a, const struct secret *b)
{
    return uid_equal(&a->uid, &b->uid) && text_equal(a->value, b->value) &&
           a->created_at == b->created_at && a->updated_at == b->updated_at &&
           a->expires_at == b->expires_at;
}

static bool same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
    if (a->secret_count != b->secret_count || a->updated_at != b->updated_at)
        return false;
    for (size_t i = 0; i < a->secret_count; i++)
        if (!same_secret(&a->secrets[i], &b->secrets[i]))
            return false;
    return true;
}

static bool same_event(const struct history *a, const struct history *b)
{
    return a->at == b->at && a->action == b->action && uid_equal(&a->project, &b->project) &&
           uid_equal(&a->endpoint, &b->endpoint) && uid_equal(&a->key, &b->key) &&
           text_equal(a->request_id, b->request_id) && uid_equal(&a->ended, &b->ended) &&
           a->ended_at == b->ended_at && uid_equal(&a->fresh, &b->fresh) &&
           text_equal(a->reason, b->reason);
}

static bool same_roll(const struct roll *a, const struct roll *b, enum rc rc)
{
    if (a->faults.count != b->faults.count)
        return false;
    for (size_t i = 0; i < a->faults.count; i++)
        if (strcmp(a->faults.list[i].member, b->faults.list[i].member) != 0 ||
            strcmp(a->faults.list[i].message, b->faults.list[i].message) != 0)
            return false;
    return rc != RC_CONFLICT || (a->limit == b->limit && a->next_end == b->next_end);
}

static int64_t date_of(const struct roll *asked, const struct endpoint *before)
{
    const int64_t previous = before->secrets[before->secret_count - 1].created_at;

    return asked->now < previous && asked->now >= previous - ROLL_MEETING ? previous : asked->now;
}

/* What the rules say of the drawn request, told apart from how roll.c says it. */
static void expectation(const struct endpoint *before, bool *invalid, bool *conflict)
{
    const int64_t grace = asked_grace();
    const int64_t date = date_of(&roll, before);
    int64_t signing = grace > 0 ? 2 : 1;

    *invalid = grace < 0 || grace > project.max_grace || text_is(roll.request.secret, "\n");
    for (size_t i = 0; i < before->secret_count; i++) {
        if (before->secrets[i].expires_at <= date)
            continue;
        if (roll.request.secret.len > 0 &&
            text_equal(before->secrets[i].value, roll.request.secret))
            *invalid = true;
        if (i + 1 < before->secret_count)
            signing++;
    }
    *conflict = signing > project.max_signing_secrets;
}

/* The rule that the roll from `before` to `endpoint` broke, or NULL. */
static const char *broken_rule(const struct endpoint *before)
{
    const struct secret *ended = &before->secrets[before->secret_count - 1];
    const int64_t end = roll.at + asked_grace() * 1000;
    size_t at = 0;

    for (size_t i = 0; i + 1 < before->secret_count; i++)
        if (before->secrets[i].expires_at > roll.at)
            if (at >= endpoint.secret_count ||
                !same_secret(&endpoint.secrets[at++], &before->secrets[i]))
                return "secrets in grace are left alone";
    if (end > roll.at) {
        if (at >= endpoint.secret_count || !uid_equal(&endpoint.secrets[at].uid, &ended->uid) ||
            !text_equal(endpoint.secrets[at].value, ended->value) ||
            endpoint.secrets[at].expires_at != end)
            return "the secret that was current is given its end";
        at++;
    }
    if (at + 1 != endpoint.secret_count)
        return "ended secrets leave and one comes";
    for (size_t i = 0; i < endpoint.secret_count; i++)
        if ((endpoint.secrets[i].expires_at == SECRET_NO_END) != (i == at))
            return "exactly the last secret has no end";
    if (!uid_equal(&event.fresh, &endpoint.secrets[at].uid))
        return "the event names the fresh secret";
    if (!uid_equal(&event.ended, &ended->uid) || event.ended_at != end)
        return "the event names the secret that was current";
    if ((int64_t)endpoint.secret_count > project.max_signing_secrets)
        return "no more secrets than the project allows";
    return NULL;
}

static const char *run_sequence(void)
{
    struct uid freshes[ROLLS_MAX];
    size_t done = 0;
    int64_t now = NOW;
    uint64_t rolls = 1 + draw(ROLLS_MAX);

    project.max_grace = (int64_t)draw(30);
    project.default_grace = (int64_t)draw((uint64_t)project.max_grace + 1);
    project.max_signing_secrets = 1 + (int64_t)draw(6);
    for (uint64_t i = 0; i < rolls; i++) {
        struct endpoint before = endpoint;
        struct endpoint once;
        struct history event_once;
        struct roll asked;
        struct roll roll_once;
        const char *broken;
        bool invalid;
        bool conflict;
        enum rc rc;

        now += (int64_t)draw(12000) - 3000;
        if (chance(5) && before.secret_count > 1)
            now = before.secrets[0].expires_at - (int64_t)draw(2);
        if (chance(20))
            now -= ROLL_MEETING + (int64_t)draw(1000);
        draw_request(now);
        asked = roll;
        expectation(&before, &invalid, &conflict);

        rc = apply();
        once = endpoint;
        event_once = event;
        roll_once = roll;
        endpoint = before;
        roll = asked;
        if (apply() != rc || !same_roll(&roll, &roll_once, rc))
            return "the same call gives the same answer";
        if (!same_endpoint(&endpoint, &once) || !same_event(&event, &event_once))
            return "the same call gives the same output";

        if (rc != RC_OK) {
            if (!(rc == RC_INVALID && invalid) && !(rc == RC_CONFLICT && conflict))
                return "only what breaks a rule is refused";
            endpoint = before;
            continue;
        }
        if (invalid || conflict)
            return "what breaks a rule is refused";
        for (size_t j = 0; j < done; j++)
            if (uid_equal(&freshes[j], &event.fresh))
                return "a fresh secret is fresh once";
        freshes[done++] = event.fresh;
        if (event.at != date_of(&asked, &before) || roll.at != event.at)
            return "rolls that meet are dated in order, others by themselves";
        broken = broken_rule(&before);
        if (broken != NULL)
            return broken;
    }
    return NULL;
}

START_TEST(any_sequence_of_rolls_keeps_the_rules)
{
    size_t applied = 0;

    for (uint64_t seed = 1; seed <= SEQUENCES; seed++) {
        const char *broken;

        start_over();
        prng = seed * UINT64_C(0x9E3779B97F4A7C15);
        broken = run_sequence();
        if (broken != NULL)
            ck_abort_msg("seed %" PRIu64 ": %s", seed, broken);
        applied += endpoint.secret_count;
    }
    ck_assert_uint_gt(applied, SEQUENCES);
}
END_TEST

Suite *roll_suite(void)
{
    Suite *suite = suite_create("roll");
    TCase *grace = tcase_create("grace");
    TCase *secrets = tcase_create("secrets");
    TCase *limit = tcase_create("limit");
    TCase *state = tcase_create("state");
    TCase *property = tcase_create("property");

    tcase_add_checked_fixture(grace, setup, teardown);
    tcase_add_test(grace, without_a_grace_the_project_s_default_counts);
    tcase_add_test(grace, the_default_grace_is_the_project_s_own);
    tcase_add_test(grace, a_default_grace_of_zero_ends_the_secret_at_once);
    tcase_add_loop_test(grace, a_stated_grace_sets_the_end, 0, 5);
    tcase_add_test(grace, a_stated_grace_of_zero_wins_over_the_default);
    tcase_add_loop_test(grace, a_grace_out_of_bounds_is_refused, 0, 8);
    tcase_add_test(grace, the_longest_grace_is_the_project_s_own);
    tcase_add_test(grace, old_secret_signs_until_the_last_millisecond);
    tcase_add_test(grace, a_grace_of_one_second_lasts_a_thousand_milliseconds);
    tcase_add_loop_test(grace, a_roll_drops_what_has_ended_by_then, 0, 5);
    tcase_add_test(grace, only_ended_secrets_are_dropped);
    tcase_add_test(grace, secrets_already_in_grace_keep_their_ends);
    tcase_add_test(grace, a_grace_of_zero_leaves_secrets_in_grace_alone);
    tcase_add_test(grace, two_rolls_in_one_millisecond_are_two_rolls);
    tcase_add_loop_test(grace, rolls_that_meet_are_dated_in_the_order_in_which_they_happen, 0, 3);
    tcase_add_test(grace, a_clock_that_ran_ahead_keeps_no_secret_alive);
    tcase_add_test(grace, a_date_taken_in_an_earlier_call_is_forgotten);
    suite_add_tcase(suite, grace);

    tcase_add_checked_fixture(secrets, setup, teardown);
    tcase_add_test(secrets, the_fresh_secret_is_made_of_now_and_the_drawn_bytes);
    tcase_add_test(secrets, an_empty_secret_asks_for_a_generated_one);
    tcase_add_test(secrets, a_supplied_secret_takes_the_place);
    tcase_add_test(secrets, a_roll_changes_the_old_secret_s_end_and_nothing_else_of_it);
    tcase_add_test(secrets, a_roll_leaves_the_rest_of_the_endpoint_alone);
    tcase_add_loop_test(secrets, a_secret_that_cannot_be_one_is_refused, 0,
                        (int)(sizeof bad_secrets / sizeof bad_secrets[0]));
    tcase_add_test(secrets, a_supplied_secret_has_at_most_256_bytes);
    tcase_add_test(secrets, a_reason_that_cannot_be_one_is_refused);
    tcase_add_test(secrets, all_that_is_bad_of_a_request_is_named_at_once);
    tcase_add_test(secrets, a_fault_never_holds_the_secret);
    tcase_add_test(secrets, the_current_secret_cannot_be_supplied_again);
    tcase_add_test(secrets, a_secret_that_only_begins_like_the_current_one_can_be_supplied);
    tcase_add_loop_test(secrets, a_secret_in_grace_cannot_be_supplied_until_it_has_ended, 0, 4);
    tcase_add_test(secrets, a_secret_ended_at_once_can_be_supplied_again);
    tcase_add_test(secrets, faults_of_an_earlier_call_are_forgotten);
    suite_add_tcase(suite, secrets);

    tcase_add_checked_fixture(limit, setup, teardown);
    tcase_add_test(limit, as_many_secrets_can_sign_as_the_project_allows);
    tcase_add_test(limit, at_the_next_end_there_is_room_again);
    tcase_add_loop_test(limit, the_next_end_is_the_earliest_in_any_order, 0, 4);
    tcase_add_test(limit, at_the_limit_a_roll_without_grace_is_allowed);
    tcase_add_test(limit, a_project_of_one_secret_rolls_only_without_grace);
    tcase_add_test(limit, past_a_lowered_limit_even_a_roll_without_grace_waits);
    tcase_add_test(limit, where_waiting_would_not_help_no_next_end_is_told);
    tcase_add_test(limit, ended_secrets_do_not_count_towards_the_limit);
    tcase_add_test(limit, the_largest_limit_can_be_reached);
    suite_add_tcase(suite, limit);

    tcase_add_checked_fixture(state, setup, teardown);
    tcase_add_test(state, an_endpoint_without_secrets_is_corrupt);
    tcase_add_loop_test(state, an_endpoint_whose_only_secret_has_an_end_is_corrupt, 0, 6);
    tcase_add_loop_test(state, an_endpoint_whose_last_secret_has_an_end_is_corrupt, 0, 4);
    tcase_add_test(state, an_endpoint_with_two_secrets_without_end_is_corrupt);
    tcase_add_test(state, without_memory_there_is_no_roll);
    tcase_add_test(state, the_event_tells_what_was_done);
    tcase_add_test(state, the_event_of_the_operator_s_tool_has_no_key);
    tcase_add_test(state, the_event_of_a_roll_without_grace_still_names_the_ended_secret);
    tcase_add_test(state, a_request_can_be_checked_without_its_endpoint);
    tcase_add_test(state, a_refusal_tells_the_limit_and_the_next_end);
    tcase_add_test(state, a_refusal_tells_no_end_where_there_is_none);
    tcase_add_test(state, a_refusal_fits_its_room);
    tcase_add_test(state, an_overlap_without_advanced_signatures_is_warned_of);
    tcase_add_test(state, without_an_overlap_there_is_nothing_to_warn_of);
    suite_add_tcase(suite, state);

    tcase_add_checked_fixture(property, setup, teardown);
    tcase_set_timeout(property, 60);
    tcase_add_test(property, any_sequence_of_rolls_keeps_the_rules);
    suite_add_tcase(suite, property);
    return suite;
}
