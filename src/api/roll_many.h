/* roll_many: one roll among those of a whole project, for the API's handler and hookrollctl's
 * command alike: its date, and what its result means for the others. */
#ifndef HOOKROLL_API_ROLL_MANY_H
#define HOOKROLL_API_ROLL_MANY_H

#include "base/arena.h"
#include "base/rc.h"
#include "domain/edit.h"
#include "domain/endpoint.h"
#include "domain/history.h"
#include "domain/roll_older.h"
#include "domain/uid.h"
#include "store/store.h"

#include <stdint.h>

struct roll_many {
    struct store *store;
    struct uid project;
    struct roll_older older; /* what is asked for; its roll is of the endpoint at hand */
    struct actor by;         /* of all of it */
    int64_t began;           /* moment_elapsed when it was asked for */
};

enum roll_many_outcome {
    ROLL_MANY_ROLLED,
    ROLL_MANY_UNCHANGED, /* its secret is not older */
    ROLL_MANY_GONE,      /* deleted, or given to another owner, since it was looked for */
    ROLL_MANY_REFUSED
};

/* roll_many_one: rolls it by `edit`, which ends in roll_older_apply of many->older, and counts it.
 * RC_OK when the next may follow, whatever became of this one; *out is the endpoint when it was
 * rolled, `why` says why it was refused. Any other result is the store's, and ends the work. */
RC_CHECK enum rc roll_many_one(struct roll_many *many, const struct uid *uid, edit_fn *edit,
                               void *arg, struct arena *arena, struct endpoint *out,
                               enum roll_many_outcome *outcome, char why[ROLL_REFUSAL_SIZE]);

#endif
