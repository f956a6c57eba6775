/* roll_fixture: an endpoint with one secret, its project, and the next roll of it. */
#ifndef HOOKROLL_TESTS_SUPPORT_ROLL_FIXTURE_H
#define HOOKROLL_TESTS_SUPPORT_ROLL_FIXTURE_H

#include "base/arena.h"
#include "base/rc.h"
#include "domain/endpoint.h"
#include "domain/history.h"
#include "domain/project.h"
#include "domain/roll.h"
#include "domain/secret.h"

#include <stdint.h>

struct roll_fixture {
    struct project project;
    struct endpoint endpoint;
    struct history event; /* of the last roll_fixture_apply */
    struct arena arena;   /* what the endpoint borrows from */
    struct roll roll;     /* the next, whose members may be set before; then what came of it */
    uint32_t asked;       /* how many rolls were asked for */
};

/* roll_fixture_make: factory settings; the endpoint's secret is "first", a second old at
 * SAMPLE_NOW. */
void roll_fixture_make(struct roll_fixture *fixture);
void roll_fixture_remove(struct roll_fixture *fixture);

/* roll_fixture_start_over: project and endpoint as they were made; the roll stays as it is. */
void roll_fixture_start_over(struct roll_fixture *fixture);

/* roll_fixture_ask: the next roll is one without a grace or a secret, with random bytes of its
 * own; with this grace, s; with this grace and this secret. */
void roll_fixture_ask(struct roll_fixture *fixture, int64_t now);
void roll_fixture_ask_grace(struct roll_fixture *fixture, int64_t now, int64_t grace);
void roll_fixture_ask_secret(struct roll_fixture *fixture, int64_t now, int64_t grace,
                             const char *secret);

/* roll_fixture_apply: does the roll that was asked for. */
enum rc roll_fixture_apply(struct roll_fixture *fixture);

/* roll_fixture_expect_fault: ends the test unless the roll is refused for this member alone. */
void roll_fixture_expect_fault(struct roll_fixture *fixture, const char *member);

/* roll_fixture_find: the endpoint's secret of this value, NULL when there is none. Borrowed until
 * the next roll. */
const struct secret *roll_fixture_find(const struct roll_fixture *fixture, const char *value);

#endif
