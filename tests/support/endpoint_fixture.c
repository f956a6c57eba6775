/* endpoint_fixture: the smallest good endpoint, and exactly the faults of any. */
#include "support/endpoint_fixture.h"

#include "support/sample.h"

#include <check.h>

enum {
    PROJECT = 1,
    ENDPOINT
};

void endpoint_fixture_make(struct endpoint *endpoint)
{
    endpoint_init(endpoint, sample_uid(ENDPOINT), sample_uid(PROJECT), SAMPLE_NOW);
    endpoint->members[ENDPOINT_NAME] = text_of("orders");
    endpoint->members[ENDPOINT_URL] = text_of("https://example.org/hook");
}

void endpoint_fixture_fill_groups(struct endpoint *endpoint)
{
    endpoint->members[ENDPOINT_AUTH_TYPE] = text_of("oauth2");
    endpoint->members[ENDPOINT_OAUTH2_URL] = text_of("https://id.example.org/token");
    endpoint->members[ENDPOINT_OAUTH2_CLIENT_ID] = text_of("client");
    endpoint->members[ENDPOINT_CLIENT_CERT] = text_of("certificate");
    endpoint->members[ENDPOINT_CLIENT_KEY] = text_of("key");
}

void endpoint_fixture_expect_ok(const struct endpoint *endpoint)
{
    struct faults faults = {0};
    enum rc rc = endpoint_check(endpoint, &faults);

    ck_assert_msg(rc == RC_OK, "%s: %s", faults.list[0].member, faults.list[0].message);
    ck_assert_uint_eq(faults.count, 0);
}

void endpoint_fixture_expect_faults(const struct endpoint *endpoint, const char *const *members)
{
    struct faults faults = {0};
    size_t expected = 0;

    ck_assert_int_eq(endpoint_check(endpoint, &faults), RC_INVALID);
    for (; *members != NULL; members++, expected++)
        ck_assert_msg(faults_name(&faults, *members), "%s is not named", *members);
    ck_assert_uint_eq(faults.count, expected);
}

void endpoint_fixture_expect_fault(const struct endpoint *endpoint, const char *member)
{
    const char *const members[] = {member, NULL};

    endpoint_fixture_expect_faults(endpoint, members);
}

bool endpoint_fixture_stands_within(enum endpoint_group group, enum endpoint_group ancestor)
{
    return group == ancestor ||
           (group != ENDPOINT_ROOT &&
            endpoint_fixture_stands_within(endpoint_groups[group].parent, ancestor));
}
