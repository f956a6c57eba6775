/* overlap: looks at times only, so secrets need not be opened for it. */
#include "domain/overlap.h"

#include "domain/roll_older.h"

static bool has_grace(const struct secret *secrets, size_t count, int64_t now)
{
    for (size_t i = 0; i < count; i++)
        if (secret_in_grace(&secrets[i], now))
            return true;
    return false;
}

/* Of the current secret. */
static bool is_as_wanted(const struct overlap *wanted, const struct secret *current)
{
    return (!wanted->unverified || current->verified_at == SECRET_NOT_VERIFIED) &&
           (!wanted->older || roll_older_is(current, wanted->created_before, wanted->now));
}

static bool has_current(const struct overlap *wanted, const struct secret *secrets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (secrets[i].expires_at == SECRET_NO_END && is_as_wanted(wanted, &secrets[i]))
            return true;
    return false;
}

bool overlap_is_wanted(const struct overlap *wanted)
{
    return wanted->in_grace || wanted->unverified || wanted->older;
}

bool overlap_matches(const struct overlap *wanted, const struct secret *secrets, size_t count)
{
    return (!wanted->in_grace || has_grace(secrets, count, wanted->now)) &&
           ((!wanted->unverified && !wanted->older) || has_current(wanted, secrets, count));
}
