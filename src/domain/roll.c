/* roll: decides a roll from what is stored, what is asked, and now. */
#include "domain/roll.h"

#include "base/crypto.h"
#include "base/moment.h"

#include <inttypes.h>
#include <stdio.h>

enum rc roll_check(const struct project *project, const struct roll_request *request,
                   struct faults *faults)
{
    enum rc rc = RC_OK;

    if (request->has_grace && (request->grace < 0 || request->grace > project->max_grace)) {
        faults_add(faults, "expiration",
                   "expiration must be an integer from 0 to %" PRId64 " (seconds)",
                   project->max_grace);
        rc = RC_INVALID;
    }
    if (request->secret.len > 0 && secret_check(request->secret, faults) != RC_OK)
        rc = RC_INVALID;
    if (history_check_reason(request->reason, faults) != RC_OK)
        rc = RC_INVALID;
    return rc;
}

/* One value in two secrets would have two ends. */
static bool is_in_use(const struct endpoint *endpoint, struct text value)
{
    bool found = false;

    for (size_t i = 0; i < endpoint->secret_count; i++)
        if (crypto_equal(endpoint->secrets[i].value.data, endpoint->secrets[i].value.len,
                         value.data, value.len))
            found = true;
    return found;
}

static enum rc check_supplied(const struct endpoint *endpoint, struct text value,
                              struct faults *faults)
{
    if (value.len == 0)
        return RC_OK;
    if (!is_in_use(endpoint, value))
        return secret_check_type(value, endpoint->signature.key_type, faults);
    faults_add(faults, "secret", "secret must not be one that this endpoint still signs with");
    return RC_INVALID;
}

/* Of rolls that met, the later one is dated no earlier than the one it followed. */
static int64_t date(int64_t now, const struct secret *current)
{
    bool met = now < current->created_at && current->created_at - now <= ROLL_MEETING;

    return met ? current->created_at : now;
}

/* RC_CONFLICT when with the secret to come more could sign than the project allows. */
static enum rc end_current(struct roll *roll, const struct project *project,
                           struct endpoint *endpoint)
{
    struct secret *current = endpoint_current(endpoint);
    int64_t grace = roll->request.has_grace ? roll->request.grace : project->default_grace;

    roll->limit = project->max_signing_secrets;
    /* When even an endpoint without secrets in grace would be refused, no end helps. */
    roll->next_end = roll->limit < 2 ? SECRET_NO_END : endpoint_next_end(endpoint, roll->at);
    roll->ended = current->uid;
    roll->ended_at = roll->at + grace * 1000;
    current->expires_at = roll->ended_at;
    current->updated_at = roll->at;
    endpoint_drop_ended(endpoint, roll->at);
    /* Without a grace no more can sign than before. That is possible also where the project
     * allowed more once: whoever's secret has leaked ends it now. */
    return grace > 0 && (int64_t)endpoint->secret_count + 1 > roll->limit ? RC_CONFLICT : RC_OK;
}

static struct history entry(const struct roll *roll, const struct endpoint *endpoint)
{
    struct history entry =
        history_entry(&roll->by, HISTORY_ROLLED, endpoint->project, endpoint->uid);

    entry.at = roll->at;
    entry.ended = roll->ended;
    entry.ended_at = roll->ended_at;
    entry.fresh = endpoint->secrets[endpoint->secret_count - 1].uid;
    entry.reason = roll->request.reason;
    return entry;
}

enum rc roll_apply(struct edit *edit, void *arg)
{
    struct roll *roll = arg;
    struct endpoint *endpoint = edit->endpoint;
    const struct secret *current = endpoint_current(endpoint);
    enum rc rc;

    roll->faults.count = 0;
    if (roll_check(edit->project, &roll->request, &roll->faults) != RC_OK)
        return RC_INVALID;
    if (current == NULL)
        return RC_CORRUPT;
    roll->at = date(roll->by.now, current);
    endpoint_drop_ended(endpoint, roll->at);
    rc = check_supplied(endpoint, roll->request.secret, &roll->faults);
    if (rc == RC_OK)
        rc = end_current(roll, edit->project, endpoint);
    if (rc == RC_OK)
        rc = endpoint_add_secret(endpoint, roll->request.secret, &roll->fresh, roll->at,
                                 edit->arena);
    if (rc != RC_OK)
        return rc;
    endpoint->updated_at = roll->at;
    *edit->event = entry(roll, endpoint);
    return RC_OK;
}

void roll_refusal(const struct roll *roll, char out[ROLL_REFUSAL_SIZE])
{
    char end[MOMENT_SIZE];

    if (roll->next_end == SECRET_NO_END) {
        (void)snprintf(out, ROLL_REFUSAL_SIZE,
                       "the project allows %" PRId64 " signing secrets at a time: only an "
                       "expiration of 0 is possible",
                       roll->limit);
        return;
    }
    moment_format(roll->next_end, end);
    (void)snprintf(out, ROLL_REFUSAL_SIZE,
                   "the project allows %" PRId64 " signing secrets at a time: the next one ends "
                   "at %s",
                   roll->limit, end);
}
