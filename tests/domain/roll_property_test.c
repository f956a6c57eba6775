/* roll: a property test: random sequences of rolls, each done twice, keep every rule. */
#include "domain/roll.h"
#include "suites.h"
#include "support/roll_fixture.h"
#include "support/sample.h"

#include <inttypes.h>
#include <string.h>

enum {
    SEQUENCES = 2000,
    ROLLS_MAX = 24
};

static uint64_t prng;
static struct roll_fixture at;

static void setup(void)
{
    roll_fixture_make(&at);
}

static void teardown(void)
{
    roll_fixture_remove(&at);
}

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

    roll_fixture_ask(&at, now);
    for (size_t i = 0; i < sizeof at.roll.fresh.uid; i++)
        at.roll.fresh.uid[i] = (uint8_t)draw(256);
    for (size_t i = 0; i < sizeof at.roll.fresh.value; i++)
        at.roll.fresh.value[i] = (uint8_t)draw(256);
    at.roll.request.has_grace = !chance(4);
    if (at.roll.request.has_grace)
        at.roll.request.grace = (int64_t)draw((uint64_t)at.project.max_grace + 3) - 1;
    if (chance(3))
        at.roll.request.secret = text_of(values[draw(sizeof values / sizeof values[0])]);
}

static int64_t asked_grace(void)
{
    return at.roll.request.has_grace ? at.roll.request.grace : at.project.default_grace;
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

    return asked->by.now < previous && asked->by.now >= previous - ROLL_MEETING ? previous
                                                                                : asked->by.now;
}

/* What the rules say of the drawn request, told apart from how roll.c says it. */
static void expectation(const struct endpoint *before, bool *invalid, bool *conflict)
{
    const int64_t grace = asked_grace();
    const int64_t date = date_of(&at.roll, before);
    int64_t signing = grace > 0 ? 2 : 1;

    *invalid = grace < 0 || grace > at.project.max_grace || text_is(at.roll.request.secret, "\n");
    for (size_t i = 0; i < before->secret_count; i++) {
        if (before->secrets[i].expires_at <= date)
            continue;
        if (at.roll.request.secret.len > 0 &&
            text_equal(before->secrets[i].value, at.roll.request.secret))
            *invalid = true;
        if (i + 1 < before->secret_count)
            signing++;
    }
    *conflict = signing > at.project.max_signing_secrets;
}

/* The rule that the roll of what was `before` broke, or NULL. */
static const char *broken_rule(const struct endpoint *before)
{
    const struct secret *ended = &before->secrets[before->secret_count - 1];
    const int64_t end = at.roll.at + asked_grace() * 1000;
    size_t kept = 0;

    for (size_t i = 0; i + 1 < before->secret_count; i++)
        if (before->secrets[i].expires_at > at.roll.at)
            if (kept >= at.endpoint.secret_count ||
                !same_secret(&at.endpoint.secrets[kept++], &before->secrets[i]))
                return "secrets in grace are left alone";
    if (end > at.roll.at) {
        if (kept >= at.endpoint.secret_count ||
            !uid_equal(&at.endpoint.secrets[kept].uid, &ended->uid) ||
            !text_equal(at.endpoint.secrets[kept].value, ended->value) ||
            at.endpoint.secrets[kept].expires_at != end)
            return "the secret that was current is given its end";
        kept++;
    }
    if (kept + 1 != at.endpoint.secret_count)
        return "ended secrets leave and one comes";
    for (size_t i = 0; i < at.endpoint.secret_count; i++)
        if ((at.endpoint.secrets[i].expires_at == SECRET_NO_END) != (i == kept))
            return "exactly the last secret has no end";
    if (!uid_equal(&at.event.fresh, &at.endpoint.secrets[kept].uid))
        return "the event names the fresh secret";
    if (!uid_equal(&at.event.ended, &ended->uid) || at.event.ended_at != end)
        return "the event names the secret that was current";
    if ((int64_t)at.endpoint.secret_count > at.project.max_signing_secrets)
        return "no more secrets than the project allows";
    return NULL;
}

static const char *run_sequence(void)
{
    struct uid freshes[ROLLS_MAX];
    size_t done = 0;
    int64_t now = SAMPLE_NOW;
    uint64_t rolls = 1 + draw(ROLLS_MAX);

    at.project.max_grace = (int64_t)draw(30);
    at.project.default_grace = (int64_t)draw((uint64_t)at.project.max_grace + 1);
    at.project.max_signing_secrets = 1 + (int64_t)draw(6);
    for (uint64_t i = 0; i < rolls; i++) {
        struct endpoint before = at.endpoint;
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
        asked = at.roll;
        expectation(&before, &invalid, &conflict);

        rc = roll_fixture_apply(&at);
        once = at.endpoint;
        event_once = at.event;
        roll_once = at.roll;
        at.endpoint = before;
        at.roll = asked;
        if (roll_fixture_apply(&at) != rc || !same_roll(&at.roll, &roll_once, rc))
            return "the same call gives the same answer";
        if (!same_endpoint(&at.endpoint, &once) || !same_event(&at.event, &event_once))
            return "the same call gives the same output";

        if (rc != RC_OK) {
            if (!(rc == RC_INVALID && invalid) && !(rc == RC_CONFLICT && conflict))
                return "only what breaks a rule is refused";
            at.endpoint = before;
            continue;
        }
        if (invalid || conflict)
            return "what breaks a rule is refused";
        for (size_t j = 0; j < done; j++)
            if (uid_equal(&freshes[j], &at.event.fresh))
                return "a fresh secret is fresh once";
        freshes[done++] = at.event.fresh;
        if (at.event.at != date_of(&asked, &before) || at.roll.at != at.event.at)
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

        roll_fixture_start_over(&at);
        prng = seed * UINT64_C(0x9E3779B97F4A7C15);
        broken = run_sequence();
        if (broken != NULL)
            ck_abort_msg("seed %" PRIu64 ": %s", seed, broken);
        applied += at.endpoint.secret_count;
    }
    ck_assert_uint_gt(applied, SEQUENCES);
}
END_TEST

Suite *roll_property_suite(void)
{
    Suite *suite = suite_create("roll_property");
    TCase *property = tcase_create("property");

    tcase_add_checked_fixture(property, setup, teardown);
    tcase_set_timeout(property, 60);
    tcase_add_test(property, any_sequence_of_rolls_keeps_the_rules);
    suite_add_tcase(suite, property);
    return suite;
}
