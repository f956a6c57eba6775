/* roll_fixture: everything is numbered, the rolls' random bytes too. */
#include "support/roll_fixture.h"

#include "support/sample.h"

#include <check.h>
#include <string.h>

enum {
    PROJECT = 1,
    ENDPOINT,
    KEY,
    CEILING = 1 << 20
};

static void begin(struct roll_fixture *fixture)
{
    const struct secret_fresh fresh = sample_fresh(0);
    const int64_t then = SAMPLE_NOW - 1000;

    arena_init(&fixture->arena, CEILING);
    fixture->project = sample_project(PROJECT);
    endpoint_init(&fixture->endpoint, sample_uid(ENDPOINT), fixture->project.uid, then);
    ck_assert_int_eq(
        endpoint_add_secret(&fixture->endpoint, text_of("first"), &fresh, then, &fixture->arena),
        RC_OK);
}

void roll_fixture_make(struct roll_fixture *fixture)
{
    memset(fixture, 0, sizeof *fixture);
    begin(fixture);
}

void roll_fixture_remove(struct roll_fixture *fixture)
{
    arena_free(&fixture->arena);
}

void roll_fixture_start_over(struct roll_fixture *fixture)
{
    arena_free(&fixture->arena);
    begin(fixture);
}

void roll_fixture_ask(struct roll_fixture *fixture, int64_t now)
{
    fixture->roll = (struct roll){.fresh = sample_fresh(++fixture->asked),
                                  .by = {now, sample_uid(KEY), text_of("request")}};
}

void roll_fixture_ask_grace(struct roll_fixture *fixture, int64_t now, int64_t grace)
{
    roll_fixture_ask(fixture, now);
    fixture->roll.request.has_grace = true;
    fixture->roll.request.grace = grace;
}

void roll_fixture_ask_secret(struct roll_fixture *fixture, int64_t now, int64_t grace,
                             const char *secret)
{
    roll_fixture_ask_grace(fixture, now, grace);
    fixture->roll.request.secret = text_of(secret);
}

enum rc roll_fixture_apply(struct roll_fixture *fixture)
{
    struct edit edit = {&fixture->project, &fixture->endpoint, &fixture->event, &fixture->arena};

    memset(&fixture->event, 0, sizeof fixture->event);
    return roll_apply(&edit, &fixture->roll);
}

void roll_fixture_expect_fault(struct roll_fixture *fixture, const char *member)
{
    ck_assert_int_eq(roll_fixture_apply(fixture), RC_INVALID);
    ck_assert_uint_eq(fixture->roll.faults.count, 1);
    ck_assert_str_eq(fixture->roll.faults.list[0].member, member);
}

const struct secret *roll_fixture_find(const struct roll_fixture *fixture, const char *value)
{
    for (size_t i = 0; i < fixture->endpoint.secret_count; i++)
        if (text_is(fixture->endpoint.secrets[i].value, value))
            return &fixture->endpoint.secrets[i];
    return NULL;
}
