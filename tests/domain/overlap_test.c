/* overlap: to the millisecond, and by the current secret alone. */
#include "domain/overlap.h"
#include "domain/roll.h"
#include "suites.h"

#define NOW INT64_C(1795460885123)

enum {
    OLD,
    CURRENT,
    COUNT
};

/* One that has been rolled: the old secret ends at `end`. */
static void rolled(struct secret secrets[COUNT], int64_t end)
{
    secrets[OLD] = (struct secret){.expires_at = end, .verified_at = SECRET_NOT_VERIFIED};
    secrets[CURRENT] =
        (struct secret){.expires_at = SECRET_NO_END, .verified_at = SECRET_NOT_VERIFIED};
}

static bool matches(struct overlap wanted, const struct secret secrets[COUNT])
{
    wanted.now = NOW;
    return overlap_matches(&wanted, secrets, COUNT);
}

START_TEST(an_overlap_is_under_way_until_the_last_millisecond)
{
    const struct overlap in_grace = {.in_grace = true};
    struct secret secrets[COUNT];

    rolled(secrets, NOW + 1000);
    ck_assert(matches(in_grace, secrets));
    secrets[OLD].expires_at = NOW + 1;
    ck_assert(matches(in_grace, secrets));
    secrets[OLD].expires_at = NOW;
    ck_assert(!matches(in_grace, secrets));
    secrets[OLD].expires_at = NOW - 1;
    ck_assert(!matches(in_grace, secrets));
}
END_TEST

START_TEST(a_current_secret_alone_is_no_overlap)
{
    const struct overlap in_grace = {.in_grace = true, .now = NOW};
    const struct secret current = {.expires_at = SECRET_NO_END};

    ck_assert(!overlap_matches(&in_grace, &current, 1));
    ck_assert(!overlap_matches(&in_grace, NULL, 0));
}
END_TEST

START_TEST(only_the_current_secret_tells_who_has_moved)
{
    const struct overlap unverified = {.unverified = true};
    struct secret secrets[COUNT];

    rolled(secrets, NOW + 1000);
    ck_assert(matches(unverified, secrets));
    secrets[OLD].verified_at = NOW - 1;
    ck_assert(matches(unverified, secrets));
    secrets[CURRENT].verified_at = NOW - 1;
    ck_assert(!matches(unverified, secrets));
    secrets[OLD].verified_at = SECRET_NOT_VERIFIED;
    ck_assert(!matches(unverified, secrets));
    secrets[CURRENT].verified_at = NOW + 1000;
    ck_assert(!matches(unverified, secrets));
}
END_TEST

START_TEST(both_together_are_overlaps_whose_receivers_have_not_moved)
{
    const struct overlap both = {.in_grace = true, .unverified = true};
    struct secret secrets[COUNT];

    rolled(secrets, NOW + 1);
    ck_assert(matches(both, secrets));
    secrets[OLD].expires_at = NOW;
    ck_assert(!matches(both, secrets));
    secrets[OLD].expires_at = NOW + 1;
    secrets[CURRENT].verified_at = NOW;
    ck_assert(!matches(both, secrets));
}
END_TEST

START_TEST(an_old_secret_is_a_current_one_created_before_the_moment)
{
    struct overlap older = {.older = true, .created_before = NOW - 500};
    struct secret secrets[COUNT];

    rolled(secrets, NOW + 1000);
    secrets[OLD].created_at = NOW - 1000;
    secrets[CURRENT].created_at = NOW - 501;
    ck_assert(matches(older, secrets));
    secrets[CURRENT].created_at = NOW - 500;
    ck_assert(!matches(older, secrets));
    older.in_grace = true;
    secrets[CURRENT].created_at = NOW - 501;
    ck_assert(matches(older, secrets));
    secrets[OLD].expires_at = NOW;
    ck_assert(!matches(older, secrets));
}
END_TEST

START_TEST(a_secret_that_is_dated_far_ahead_is_old)
{
    const struct overlap older = {.older = true, .created_before = NOW};
    struct secret secrets[COUNT];

    rolled(secrets, NOW);
    secrets[CURRENT].created_at = NOW + ROLL_MEETING;
    ck_assert(!matches(older, secrets));
    secrets[CURRENT].created_at = NOW + ROLL_MEETING + 1;
    ck_assert(matches(older, secrets));
}
END_TEST

START_TEST(without_a_wish_all_match)
{
    struct secret secrets[COUNT];

    rolled(secrets, NOW);
    secrets[CURRENT].verified_at = NOW;
    ck_assert(matches((struct overlap){.now = 0}, secrets));
}
END_TEST

Suite *overlap_suite(void)
{
    Suite *suite = suite_create("overlap");
    TCase *tc = tcase_create("overlap");

    tcase_add_test(tc, an_overlap_is_under_way_until_the_last_millisecond);
    tcase_add_test(tc, a_current_secret_alone_is_no_overlap);
    tcase_add_test(tc, only_the_current_secret_tells_who_has_moved);
    tcase_add_test(tc, both_together_are_overlaps_whose_receivers_have_not_moved);
    tcase_add_test(tc, an_old_secret_is_a_current_one_created_before_the_moment);
    tcase_add_test(tc, a_secret_that_is_dated_far_ahead_is_old);
    tcase_add_test(tc, without_a_wish_all_match);
    suite_add_tcase(suite, tc);
    return suite;
}
