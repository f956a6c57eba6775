/* roll_many: each roll is a step of its own in the store. */
#include "api/roll_many.h"

#include "base/crypto.h"
#include "base/moment.h"
#include "store/metrics.h"

enum {
    NS_PER_MS = 1000000
};

enum rc roll_many_one(struct roll_many *many, const struct uid *uid, edit_fn *edit, void *arg,
                      struct arena *arena, struct endpoint *out, enum roll_many_outcome *outcome,
                      char why[ROLL_REFUSAL_SIZE])
{
    struct roll *roll = &many->older.roll;
    enum rc rc;

    /* There may be many before it: it has the whole of its grace all the same, and who rolled it
     * meanwhile is not taken for a clock that was wrong. */
    roll->by = many->by;
    roll->by.now += (moment_elapsed() - many->began) / NS_PER_MS;
    crypto_random(&roll->fresh, sizeof roll->fresh);
    rc = store_endpoint_edit(many->store, &many->project, uid, edit, arg, arena, out);
    crypto_wipe(&roll->fresh, sizeof roll->fresh);
    *outcome = rc == RC_PRECONDITION ? ROLL_MANY_UNCHANGED : ROLL_MANY_GONE;
    if (rc == RC_PRECONDITION || rc == RC_NOT_FOUND || rc == RC_FORBIDDEN)
        return RC_OK;
    metrics_roll(rc);
    *outcome = rc == RC_OK ? ROLL_MANY_ROLLED : ROLL_MANY_REFUSED;
    return roll_older_refusal(rc, roll, why) ? RC_OK : rc;
}
