/* history: what happened to the secrets of a project's endpoints, and to how they sign;
 * never a secret's value. */
#ifndef HOOKROLL_DOMAIN_HISTORY_H
#define HOOKROLL_DOMAIN_HISTORY_H

#include "base/rc.h"
#include "base/text.h"
#include "domain/faults.h"
#include "domain/uid.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HISTORY_REQUEST_ID_MAX = 128,    /* bytes */
    HISTORY_REASON_CHARACTERS = 500, /* the longest reason */
    HISTORY_REASON_MAX = 4 * 500     /* the same in bytes */
};

/* Stored as these numbers, which therefore never change. */
enum history_action {
    HISTORY_CREATED = 1,        /* the endpoint, with its first secret */
    HISTORY_ROLLED = 2,         /* one secret was given an end, another took its place */
    HISTORY_REVOKED = 3,        /* a secret in grace was ended at once */
    HISTORY_DELETED = 4,        /* the endpoint, and with it this secret */
    HISTORY_UPDATED = 5,        /* the endpoint's status, or how its secrets sign */
    HISTORY_PROJECT_UPDATED = 6 /* how the project signs; of no endpoint */
};

/* Who asks for a change, by which request, and when. */
struct actor {
    int64_t now;            /* ms: read once, when the request came */
    struct uid key;         /* UID_NONE for the operator's tool */
    struct text request_id; /* borrowed */
};

struct history {
    uint64_t sequence; /* of the project, from 1, without gaps; given by the store */
    uint64_t previous; /* the same endpoint's entry before this one, 0 for its first */
    int64_t at;        /* ms */
    enum history_action action;
    struct uid project;
    struct uid endpoint;    /* UID_NONE for one of the project itself */
    struct uid key;         /* that asked, UID_NONE for the operator's tool */
    struct text request_id; /* borrowed */
    struct uid ended;       /* the secret that was given an end, or UID_NONE */
    int64_t ended_at;       /* ms; its end, when `ended` is set */
    struct uid fresh;       /* the secret that is new and current, or UID_NONE */
    struct text reason;     /* what the caller gave, may be empty; borrowed */
};

/* history_entry: what an entry has of any change: its date is when it was asked for. The rest is
 * zero. `endpoint` is UID_NONE for a change of the project itself. */
struct history history_entry(const struct actor *by, enum history_action action, struct uid project,
                             struct uid endpoint);

/* history_action_name: "created", "rolled", "revoked", "deleted", "updated",
 * "project_updated". */
const char *history_action_name(enum history_action action);

/* history_is_request_id: what a call may be named in answers, in the log and here: 1 to
 * HISTORY_REQUEST_ID_MAX printable ASCII characters without space, and nothing that looks like an
 * API key or a secret that was put in the wrong place. */
bool history_is_request_id(struct text id);

/* history_check_reason: RC_INVALID and a fault on "reason" when it is longer than
 * HISTORY_REASON_CHARACTERS, not UTF-8 or holds control characters. */
RC_CHECK enum rc history_check_reason(struct text reason, struct faults *faults);

#endif
