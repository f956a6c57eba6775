/* sign: the signature headers of one delivery.
 *
 * Two forms: that of the Convoy API ("t=SECONDS,v1=...", or the bare signature), and
 * Standard Webhooks ("v1,..." and "v1a,..."). What is signed are the bytes that are
 * given. Pure and thread-safe. */
#ifndef HOOKROLL_DOMAIN_SIGN_H
#define HOOKROLL_DOMAIN_SIGN_H

#include "base/buf.h"
#include "base/hmac.h"
#include "base/rc.h"
#include "base/text.h"
#include "domain/faults.h"
#include "domain/project.h"
#include "domain/signing_key.h"
#include "domain/uid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIGN_ID_NEW_SIZE = 4 + UID_SIZE,     /* "msg_" and a ULID */
    SIGN_ID_MAX = 256,                   /* bytes of a message's id */
    SIGN_PREFIX_SIZE = SIGN_ID_MAX + 32, /* what stands before the body */
    SIGN_SIGNATURE_SIZE = HMAC_TEXT_SIZE
};
#define SIGN_TIMESTAMP_MAX INT64_C(253402300799) /* s: the end of the year 9999 */

struct sign_message {
    struct text id;    /* sign_id_is_good; of Standard Webhooks only */
    int64_t timestamp; /* s since 1970, 0 to SIGN_TIMESTAMP_MAX */
    struct text body;
};

/* sign_id_is_good: 1 to SIGN_ID_MAX printable ASCII characters without space and
 * '.', which separates what is signed. */
bool sign_id_is_good(struct text id);

/* sign_id_new: the id of a new message. */
void sign_id_new(const struct uid *uid, char out[SIGN_ID_NEW_SIZE]);

/* sign_check: RC_INVALID with faults unless the id and the timestamp of the message are
 * good; `id` and `timestamp` are what their sender calls them. */
RC_CHECK enum rc sign_check(const struct sign_message *message, const char *id,
                            const char *timestamp, struct faults *faults);

/* What is signed: the prefix, written to `room`, and the body behind it; of a message that
 * sign_check finds good.
 * sign_prefix_convoy: "SECONDS,"; sign_prefix_standard: "ID.SECONDS.". */
struct text sign_prefix_convoy(const struct sign_message *message, char room[SIGN_PREFIX_SIZE]);
struct text sign_prefix_standard(const struct sign_message *message, char room[SIGN_PREFIX_SIZE]);

/* sign_hmac: the signature of the parts, one behind the other, as a C string. */
void sign_hmac(const struct project_version *version, struct text key, const struct text *parts,
               size_t count, char out[SIGN_SIGNATURE_SIZE]);

/* sign_standard_hmac: the same as Standard Webhooks has it; `value` as written. */
void sign_standard_hmac(struct text value, const struct text parts[2],
                        char out[SIGN_SIGNATURE_SIZE]);

/* sign_convoy: appends "t=SECONDS", then for each version, v1 and so on, the
 * signature of "SECONDS,BODY" by each key. Ed25519 keys have no place in this form
 * and are passed over; when no other is there nothing is appended. */
void sign_convoy(struct buf *out, const struct project_versions *versions,
                 const struct signing_keys *keys, const struct sign_message *message);

/* sign_convoy_bare: appends the bare signature of the body, which has room for one
 * key; nothing when that is an ed25519 key. */
void sign_convoy_bare(struct buf *out, const struct project_version *version,
                      const struct signing_key *key, const struct sign_message *message);

/* sign_standard: appends the value of webhook-signature: the signatures of
 * "ID.SECONDS.BODY" by each key, separated by spaces. */
void sign_standard(struct buf *out, const struct signing_keys *keys,
                   const struct sign_message *message);

#endif
