/* delivery: when it is noted that a secret verified one, that nothing is signed by none, and how
 * much may be hashed for one. How else deliveries are signed and verified is tested by sign and
 * verify. */
#include "domain/delivery.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

#define NOW INT64_C(1795460885123)

static struct project project;
static struct endpoint endpoint;
static struct history event;
static struct arena arena;

static void setup(void)
{
    const uint8_t entropy[UID_ENTROPY_BYTES] = {1};
    struct secret_fresh fresh;

    arena_init(&arena, 65536);
    project_init(&project, uid_make(1, entropy), text_of("project"), 1);
    endpoint_init(&endpoint, uid_make(2, entropy), project.uid, NOW);
    for (int i = 0; i < 2; i++) {
        memset(&fresh, i, sizeof fresh);
        ck_assert_int_eq(
            endpoint_add_secret(&endpoint, (struct text){NULL, 0}, &fresh, NOW, &arena), RC_OK);
    }
    memset(&event, 0, sizeof event);
}

static void teardown(void)
{
    arena_free(&arena);
}

static enum rc note(const struct uid *secret, int64_t now)
{
    struct edit edit = {&project, &endpoint, &event, &arena};
    struct delivery_use use = {*secret, now};

    return delivery_note_use(&edit, &use);
}

START_TEST(a_use_is_noted_with_its_secret_alone)
{
    ck_assert_int_eq(note(&endpoint.secrets[1].uid, NOW), RC_OK);
    ck_assert_int_eq(endpoint.secrets[1].verified_at, NOW);
    ck_assert_int_eq(endpoint.secrets[0].verified_at, SECRET_NOT_VERIFIED);
    ck_assert_int_eq(event.action, 0);
}
END_TEST

/* Of requests that come at the same time the later ones find it noted, and may be older. */
START_TEST(a_use_within_a_step_of_the_last_is_not_noted)
{
    static const int64_t steps[] = {0, 1, -1, SECRET_VERIFIED_STEP - 1, 1 - SECRET_VERIFIED_STEP};

    ck_assert_int_eq(note(&endpoint.secrets[0].uid, NOW), RC_OK);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        ck_assert_int_eq(note(&endpoint.secrets[0].uid, NOW + steps[i]), RC_EXISTS);
        ck_assert_int_eq(endpoint.secrets[0].verified_at, NOW);
    }
    ck_assert_int_eq(note(&endpoint.secrets[0].uid, NOW + SECRET_VERIFIED_STEP), RC_OK);
    ck_assert_int_eq(endpoint.secrets[0].verified_at, NOW + SECRET_VERIFIED_STEP);
}
END_TEST

START_TEST(a_use_a_step_ahead_was_of_a_wrong_clock)
{
    ck_assert_int_eq(note(&endpoint.secrets[0].uid, NOW + SECRET_VERIFIED_STEP), RC_OK);
    ck_assert_int_eq(note(&endpoint.secrets[0].uid, NOW), RC_OK);
    ck_assert_int_eq(endpoint.secrets[0].verified_at, NOW);
}
END_TEST

START_TEST(the_use_of_a_secret_that_is_gone_is_not_noted)
{
    struct uid gone = endpoint.secrets[1].uid;

    endpoint.secret_count = 1;
    ck_assert_int_eq(note(&gone, NOW), RC_GONE);
    ck_assert_int_eq(endpoint.secrets[0].verified_at, SECRET_NOT_VERIFIED);
}
END_TEST

/* An endpoint has a current secret always: one without has a record that cannot be right. */
START_TEST(without_a_secret_that_can_sign_there_is_no_delivery)
{
    const struct sign_message message = {.id = text_of("m"), .body = text_of("x")};
    struct delivery delivery;

    for (size_t i = 0; i < 2; i++)
        endpoint.secrets[i].expires_at = NOW;
    delivery_init(&delivery);
    ck_assert_int_eq(delivery_sign(&delivery, &project, &endpoint, &message, NOW - 1), RC_OK);
    ck_assert_uint_eq(delivery.used_count, 2);
    delivery_free(&delivery);
    delivery_init(&delivery);
    ck_assert_int_eq(delivery_sign(&delivery, &project, &endpoint, &message, NOW), RC_CORRUPT);
    ck_assert_uint_eq(delivery.used_count, 0);
    ck_assert_uint_eq(delivery.convoy.len + delivery.standard.len, 0);
    delivery_free(&delivery);
}
END_TEST

/* What stands behind whsec_, and whether it is such a key. */
static const struct {
    const char *value;
    bool is_key;
} written[] = {
    {"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz", true},
    {"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNA==", true},
    {"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNA", false},
    {"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=", false},
    {"whsec_", false},
    {"whsec_it is not", false},
    {"whsec", true},
    {"a text of its own", true},
};

START_TEST(a_secret_that_only_looks_like_a_standard_one_is_warned_of)
{
    const char *warning;

    endpoint.secrets[1].value = text_of(written[_i].value);
    warning = delivery_warning(&endpoint);
    ck_assert_int_eq(warning == NULL, written[_i].is_key);
    endpoint.signature.formats = SIGNATURE_CONVOY;
    ck_assert_ptr_null(delivery_warning(&endpoint));
}
END_TEST

#define EACH (sizeof "v1a," - 1 + 88 + 1) /* bytes of a signature and the blank behind it */

/* Forty times 4 MiB by the current secret, and what is left of 256 MiB by the one that ended. */
START_TEST(what_one_delivery_has_hashed_is_bounded_over_all_secrets)
{
    static char body[4 << 20];
    static char signatures[4096];
    static char values[2][SIGNING_KEY_PRIVATE_SIZE];
    struct delivery_received received = {
        .standard = {text_of("m"), text_of("1795460885"), {signatures, 40 * EACH - 1}},
        .body = {body, sizeof body},
        .tolerance = VERIFY_TOLERANCE};
    struct delivery_verdict verdict;
    char *at = signatures;

    for (size_t i = 0; i < 2; i++) {
        signing_key_write_private((const uint8_t[CRYPTO_ED25519_SEED_BYTES]){(uint8_t)i},
                                  values[i]);
        endpoint.secrets[i].type = SIGNING_KEY_ED25519;
        endpoint.secrets[i].value = text_of(values[i]);
    }
    endpoint.secrets[0].expires_at = NOW;
    endpoint.signature.formats = SIGNATURE_STANDARD;
    for (int i = 0; i < 40; i++)
        at += sprintf(at, "v1a,%085dA== ", 0);
    ck_assert_int_eq(delivery_verify(&project, &endpoint, &received, NOW, &verdict), RC_OK);
    ck_assert_int_eq(verdict.outcome.result, VERIFY_TOO_MANY_SIGNATURES);
    received.standard.signature.len = 32 * EACH - 1;
    ck_assert_int_eq(delivery_verify(&project, &endpoint, &received, NOW, &verdict), RC_OK);
    ck_assert_int_eq(verdict.outcome.result, VERIFY_MISMATCH);
}
END_TEST

Suite *delivery_suite(void)
{
    Suite *suite = suite_create("delivery");
    TCase *tc = tcase_create("uses");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_use_is_noted_with_its_secret_alone);
    tcase_add_test(tc, a_use_within_a_step_of_the_last_is_not_noted);
    tcase_add_test(tc, a_use_a_step_ahead_was_of_a_wrong_clock);
    tcase_add_test(tc, the_use_of_a_secret_that_is_gone_is_not_noted);
    tcase_add_test(tc, without_a_secret_that_can_sign_there_is_no_delivery);
    tcase_add_loop_test(tc, a_secret_that_only_looks_like_a_standard_one_is_warned_of, 0,
                        sizeof written / sizeof written[0]);
    tcase_add_test(tc, what_one_delivery_has_hashed_is_bounded_over_all_secrets);
    suite_add_tcase(suite, tc);
    return suite;
}
