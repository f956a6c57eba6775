/* hookroll-sign: makes and checks the signatures of webhook deliveries, for senders and
 * receivers written in C. hookroll-sign(3) has an example.
 *
 * No store, no global state, no output: every function is thread-safe and keeps nothing.
 * Keys are C strings as hookroll and the Standard Webhooks specification
 * (https://www.standardwebhooks.com) write them:
 *
 *   whsec_BASE64   an HMAC key of 24 to 64 bytes
 *   whsk_BASE64    an ed25519 private key: its seed and its public key
 *   whpk_BASE64    an ed25519 public key, which verifies only
 *   other text     an HMAC key as it stands, 1 to 256 bytes, also where it only begins
 *                  like one of these
 *
 * While a secret is being rolled there are several: pass all that can sign at this moment,
 * and a receiver that has any one of them accepts the delivery. */
#ifndef HOOKROLL_SIGN_H
#define HOOKROLL_SIGN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HOOKROLL_KEYS_MAX          64  /* of one call */
#define HOOKROLL_VERSIONS_MAX      4   /* of the Convoy signature */
#define HOOKROLL_TOLERANCE_DEFAULT 300 /* s */

/* Bytes that are enough for the signatures of `keys` keys, terminator included. */
#define HOOKROLL_STANDARD_SIZE(keys) ((size_t)(keys)*96 + 1)
#define HOOKROLL_CONVOY_SIZE(keys)   ((size_t)(keys)*HOOKROLL_VERSIONS_MAX * 132 + 32)

enum hookroll_result {
    HOOKROLL_OK = 0,
    /* of verifying: */
    HOOKROLL_MISSING = 1,             /* a header is NULL or empty */
    HOOKROLL_MALFORMED = 2,           /* a header is not of its form */
    HOOKROLL_TOO_MANY_SIGNATURES = 3, /* more than 256, of Standard Webhooks 64 */
    HOOKROLL_UNKNOWN_VERSION = 4,     /* no signature has a version that is known */
    HOOKROLL_TOO_OLD = 5,             /* the timestamp is further back than the tolerance */
    HOOKROLL_TOO_NEW = 6,             /* or further ahead */
    HOOKROLL_MISMATCH = 7,            /* no key made any of the signatures over this body */
    /* of the call: */
    HOOKROLL_INVALID_KEY = 16,      /* none, too many, or one that is no key for this */
    HOOKROLL_INVALID_ARGUMENT = 17, /* id, timestamp, tolerance or version out of bounds */
    HOOKROLL_NO_ROOM = 18,          /* `size` is too small for what was to be written */
    HOOKROLL_NO_MEMORY = 19         /* or the cryptographic library cannot be used */
};

/* What calls are handed; all of it is borrowed for the call. */
struct hookroll_keys {
    const char *const *list;
    size_t count; /* 1 to HOOKROLL_KEYS_MAX */
};

struct hookroll_body {
    const void *data; /* the bytes that are sent, or came; NULL only with len 0 */
    size_t len;
};

/* How far a timestamp may lie from the clock, in both directions. */
struct hookroll_clock {
    int64_t now;       /* s since 1970 */
    int64_t tolerance; /* s, 0 to 31536000 */
};

/* hookroll_result_text: "verified", "missing" and so on; a constant. */
const char *hookroll_result_text(enum hookroll_result result);

/* hookroll_sign_standard: writes the value of the header webhook-signature for the
 * message `id` (1 to 256 printable ASCII characters without space and '.') at `timestamp`
 * (s since 1970), which are the values of webhook-id and webhook-timestamp: a "v1" or
 * "v1a" for each key, in their order. `out` has room for `size` bytes. */
enum hookroll_result hookroll_sign_standard(struct hookroll_keys keys, const char *id,
                                            int64_t timestamp, struct hookroll_body body, char *out,
                                            size_t size);

/* The headers of Standard Webhooks as they came; NULL for one that is not there. */
struct hookroll_standard {
    const char *id;
    const char *timestamp;
    const char *signature;
};

/* hookroll_verify_standard: whether one of the keys made one of the signatures. With
 * HOOKROLL_OK *key, unless `key` is NULL, is the index of the last key that did. */
enum hookroll_result hookroll_verify_standard(struct hookroll_keys keys,
                                              struct hookroll_standard headers,
                                              struct hookroll_body body,
                                              struct hookroll_clock clock, size_t *key);

/* The versions of the Convoy signature; the first is v1. */
enum hookroll_hash {
    HOOKROLL_SHA256 = 1,
    HOOKROLL_SHA512 = 2
};

enum hookroll_encoding {
    HOOKROLL_HEX = 1,   /* lower case */
    HOOKROLL_BASE64 = 2 /* padded */
};

struct hookroll_version {
    enum hookroll_hash hash;
    enum hookroll_encoding encoding;
};

struct hookroll_convoy {
    const struct hookroll_version *versions;
    size_t count; /* 1 to HOOKROLL_VERSIONS_MAX */
};

/* hookroll_sign_convoy: writes "t=SECONDS,v1=SIGNATURE,..." as the Convoy API's advanced
 * form has it, a signature of each version by each key. `form` NULL: one version, SHA256
 * and hex. Keys are used as written, so ed25519 keys are none for this. */
enum hookroll_result hookroll_sign_convoy(const struct hookroll_convoy *form,
                                          struct hookroll_keys keys, int64_t timestamp,
                                          struct hookroll_body body, char *out, size_t size);

/* hookroll_verify_convoy: the reverse; `header` is its value as it came, or NULL. */
enum hookroll_result hookroll_verify_convoy(const struct hookroll_convoy *form,
                                            struct hookroll_keys keys, const char *header,
                                            struct hookroll_body body, struct hookroll_clock clock,
                                            size_t *key);

#ifdef __cplusplus
}
#endif

#endif
