/* verify: whether the signature headers of a delivery were made with one of some keys.
 *
 * Signatures are compared in constant time with what each key would have made; no more
 * than the lengths and the formats, which are public, decides how long that takes, and of
 * ed25519, where the key is public too, which signature is whose. Pure and thread-safe. */
#ifndef HOOKROLL_DOMAIN_VERIFY_H
#define HOOKROLL_DOMAIN_VERIFY_H

#include "base/rc.h"
#include "base/text.h"
#include "domain/project.h"
#include "domain/signing_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VERIFY_TOLERANCE = 300, /* s, factory setting */
    VERIFY_TOLERANCE_MAX = 31536000,
    VERIFY_CONVOY_MAX = 256,  /* signatures in one header: 64 secrets in 4 versions */
    VERIFY_STANDARD_MAX = 64, /* each may cost an ed25519 verification for every key */

    /* Bytes that may be hashed to verify one delivery by ed25519, which hashes the body anew for
     * each signature and key; both body and headers may be a stranger's. It is about 0.6 s: 64
     * times a body of 4 MiB, or two signatures by two keys at the largest max_body, with the ids
     * and timestamps before them. */
    VERIFY_HASHED_MAX = 256 * 1024 * 1024 + 64 * 1024
};

enum verify_result {
    VERIFY_OK,
    VERIFY_MISSING,             /* a header that this form needs is absent or empty */
    VERIFY_MALFORMED,           /* the id, the timestamp or the list is not of its form */
    VERIFY_TOO_MANY_SIGNATURES, /* in one header, or more than may be hashed for */
    VERIFY_UNKNOWN_VERSION,     /* no signature in it has a version that is known here */
    VERIFY_TOO_OLD,             /* the timestamp is further back than the tolerance */
    VERIFY_TOO_NEW,             /* the same, ahead */
    VERIFY_MISMATCH,            /* no key made any of the signatures over this body */
    VERIFY_SECRET_ENDED         /* one that had ended did, and no other */
};

/* "verified", "missing", "malformed" and so on, as the API says them. */
const char *verify_result_name(enum verify_result result);

/* How far a timestamp may lie from the clock. */
struct verify_clock {
    int64_t now;       /* s since 1970 */
    int64_t tolerance; /* s, in both directions */
};

struct verify_outcome {
    enum verify_result result;
    size_t key;        /* with VERIFY_OK: the last one of `keys` that made a signature */
    unsigned version;  /* with VERIFY_OK: of the Convoy form, v1 is 1 */
    bool timestamped;  /* whether there is a timestamp that can be read */
    int64_t timestamp; /* s */
};

/* verify_convoy: `header` is "t=SECONDS,v1=SIGNATURE,...", as sign_convoy has it.
 * Versions that the project has not are passed over. */
void verify_convoy(struct text header, struct text body, const struct project_versions *versions,
                   const struct signing_keys *keys, const struct verify_clock *clock,
                   struct verify_outcome *out);

/* verify_convoy_bare: `header` is the signature alone; no timestamp, so no age. */
void verify_convoy_bare(struct text header, struct text body,
                        const struct project_versions *versions, const struct signing_keys *keys,
                        struct verify_outcome *out);

/* The headers of Standard Webhooks as they came; absent ones are empty. */
struct verify_standard {
    struct text id;
    struct text timestamp;
    struct text signature;
};

/* verify_standard: ed25519 keys may be the private or the public half. *hashable is how many bytes
 * may be hashed for them, and less by those that were; what needs more to find a match, or that
 * there is none, has too many signatures. The newest come first: from the last key and signature
 * on. RC_NO_MEMORY. */
RC_CHECK enum rc verify_standard(const struct verify_standard *headers, struct text body,
                                 const struct signing_keys *keys, const struct verify_clock *clock,
                                 size_t *hashable, struct verify_outcome *out);

#endif
