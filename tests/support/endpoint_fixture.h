/* endpoint_fixture: an endpoint that breaks no rule, and what the rules say of it once it was
 * changed. */
#ifndef HOOKROLL_TESTS_SUPPORT_ENDPOINT_FIXTURE_H
#define HOOKROLL_TESTS_SUPPORT_ENDPOINT_FIXTURE_H

#include "domain/endpoint.h"

#include <stdbool.h>

enum {
    ENDPOINT_FIXTURE_LARGEST = 65536 /* bytes: the largest maximum of a member */
};

/* endpoint_fixture_make: factory settings, a name, a URL, and no secret. */
void endpoint_fixture_make(struct endpoint *endpoint);

/* endpoint_fixture_fill_groups: sets members in the groups of OAuth2 and of the client
 * certificate, so that any other member of those may be set too. */
void endpoint_fixture_fill_groups(struct endpoint *endpoint);

/* endpoint_fixture_expect_*: end the test unless no member breaks a rule; exactly these do, up to
 * a NULL; this one alone does. */
void endpoint_fixture_expect_ok(const struct endpoint *endpoint);
void endpoint_fixture_expect_faults(const struct endpoint *endpoint, const char *const *members);
void endpoint_fixture_expect_fault(const struct endpoint *endpoint, const char *member);

/* endpoint_fixture_stands_within: what endpoint_group_within is to say, told apart from how it
 * says it. */
bool endpoint_fixture_stands_within(enum endpoint_group group, enum endpoint_group ancestor);

#endif
