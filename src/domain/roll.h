/* roll: the rules of rolling an endpoint's secret. Pure.
 *
 * The current secret is given an end, `now` plus the grace; a new one takes its
 * place. Secrets already in grace are left alone; those that have ended leave
 * the endpoint, value and all (the history keeps that they were). */
#ifndef HOOKROLL_DOMAIN_ROLL_H
#define HOOKROLL_DOMAIN_ROLL_H

#include "base/rc.h"
#include "base/text.h"
#include "domain/edit.h"
#include "domain/faults.h"
#include "domain/history.h"
#include "domain/project.h"
#include "domain/secret.h"
#include "domain/uid.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    ROLL_REFUSAL_SIZE = 160
};

/* ms: how far apart rolls of one endpoint can have been asked for and still meet,
 * one waiting for the other. A date further ahead is a clock that was wrong, and
 * must not keep a leaked secret alive. */
#define ROLL_MEETING INT64_C(60000)

/* What the caller asked for. */
struct roll_request {
    bool has_grace;     /* otherwise the project's default_grace */
    int64_t grace;      /* s; checked by roll_check */
    struct text secret; /* empty or absent: generate one. Borrowed. */
    struct text reason; /* for the history, may be empty. Borrowed. */
};

struct roll {
    struct roll_request request;
    struct secret_fresh fresh;
    struct actor by;

    int64_t at;           /* out: the roll's date, ms. Rolls that met are dated in the
                             order in which they happen: `by.now`, or the date of the one
                             before where that is later by up to ROLL_MEETING */
    struct uid ended;     /* out, with RC_OK: the secret that was current until then */
    int64_t ended_at;     /* out, with RC_OK: the end that it was given, ms */
    struct faults faults; /* out, with RC_INVALID */
    int64_t limit;        /* out, with RC_CONFLICT: the project's max_signing_secrets */
    int64_t next_end;     /* out, with RC_CONFLICT: when the next secret ends, ms, or
                             SECRET_NO_END when waiting would not help */
};

/* roll_check: what can be said without the endpoint. RC_INVALID with a fault on
 * "expiration" (0 to the project's max_grace), "secret" or "reason". */
RC_CHECK enum rc roll_check(const struct project *project, const struct roll_request *request,
                            struct faults *faults);

/* roll_apply: an edit_fn; `roll` is a struct roll. RC_INVALID as roll_check, or
 * when the supplied secret is one that can still sign; RC_CONFLICT when more
 * secrets than the project allows could sign; RC_NO_MEMORY; RC_CORRUPT. */
RC_CHECK enum rc roll_apply(struct edit *edit, void *roll);

/* roll_refusal: why RC_CONFLICT, in a sentence: how many secrets may sign and
 * when the next one ends. */
void roll_refusal(const struct roll *roll, char out[ROLL_REFUSAL_SIZE]);

#endif
