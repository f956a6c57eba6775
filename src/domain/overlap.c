/* overlap: looks at times only, so secrets need not be opened for it. */
#include "domain/overlap.h"

static bool has_grace(const struct secret *secrets, size_t count, int64_t now)
{
    for (size_t i = 0; i < count; i++)
        if (secret_in_grace(&secrets[i], now))
            return true;
    return false;
}

static bool has_unverified(const struct secret *secrets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (secrets[i].expires_at == SECRET_NO_END && secrets[i].verified_at == SECRET_NOT_VERIFIED)
            return true;
    return false;
}

bool overlap_matches(const struct overlap *wanted, const struct secret *secrets, size_t count)
{
    return (!wanted->in_grace || has_grace(secrets, count, wanted->now)) &&
           (!wanted->unverified || has_unverified(secrets, count));
}
