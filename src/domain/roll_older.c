/* roll_older: decides whether an endpoint's secret is old enough; how it is rolled is roll's. */
#include "domain/roll_older.h"

#include "base/moment.h"

#include <stdio.h>

void roll_older_read(struct roll_older *older, struct text given, int64_t now, const char *name,
                     struct faults *faults)
{
    older->created_before = now;
    if (given.data != NULL && !moment_parse(given, &older->created_before))
        faults_add(faults, name, "%s must be a time of RFC 3339, such as 2026-11-23T19:08:05Z",
                   name);
    else if (older->created_before > now)
        faults_add(faults, name, "%s must not be in the future", name);
}

void roll_older_read_owner(struct roll_older *older, struct text given, const char *name,
                           struct faults *faults)
{
    older->owner_id = given;
    if (given.data != NULL && given.len == 0)
        faults_add(faults, name, "%s must not be empty", name);
}

bool roll_older_is(const struct secret *current, int64_t created_before, int64_t now)
{
    return current->created_at < created_before || current->created_at - now > ROLL_MEETING;
}

enum rc roll_older_apply(struct edit *edit, void *arg)
{
    struct roll_older *older = arg;
    const struct secret *current = endpoint_current(edit->endpoint);

    if (older->owner_id.len > 0 &&
        !text_equal(edit->endpoint->members[ENDPOINT_OWNER_ID], older->owner_id))
        return RC_FORBIDDEN;
    if (current == NULL)
        return RC_CORRUPT;
    if (!roll_older_is(current, older->created_before, older->roll.by.now))
        return RC_PRECONDITION;
    return roll_apply(edit, &older->roll);
}

bool roll_older_refusal(enum rc rc, const struct roll *roll, char out[ROLL_REFUSAL_SIZE])
{
    switch ((int)rc) {
    case RC_CONFLICT:
        roll_refusal(roll, out);
        return true;
    case RC_INVALID: /* the project's settings were changed meanwhile */
        (void)snprintf(out, ROLL_REFUSAL_SIZE, "%s", roll->faults.list[0].message);
        return true;
    case RC_CORRUPT:
        (void)snprintf(out, ROLL_REFUSAL_SIZE, "its record is damaged or of another version");
        return true;
    case RC_KEY:
        (void)snprintf(out, ROLL_REFUSAL_SIZE,
                       "it is sealed with a master key that is not in the key file");
        return true;
    default:
        return false;
    }
}
