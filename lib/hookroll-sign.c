/* hookroll-sign: the public face of signing and verifying: checks what it is handed, and
 * calls the code that the responder signs and verifies with. */
#include "hookroll-sign.h"

#include "base/buf.h"
#include "base/crypto.h"
#include "domain/sign.h"
#include "domain/verify.h"

#include <stdbool.h>

enum {
    KEY_MAX = 256 /* bytes */
};

/* What is open to whoever keeps a key. */
enum purpose {
    SIGN_ANY,
    VERIFY_ANY,
    HMAC_ONLY
};

_Static_assert(HOOKROLL_VERSIONS_MAX == PROJECT_VERSIONS_MAX, "versions");
_Static_assert(HOOKROLL_KEYS_MAX == SIGNING_KEYS_MAX, "keys");
_Static_assert((int)HOOKROLL_SHA256 == (int)PROJECT_SHA256 &&
                   (int)HOOKROLL_SHA512 == (int)PROJECT_SHA512 &&
                   (int)HOOKROLL_HEX == (int)PROJECT_HEX &&
                   (int)HOOKROLL_BASE64 == (int)PROJECT_BASE64,
               "hashes and encodings");
_Static_assert((int)HOOKROLL_MISSING == (int)VERIFY_MISSING &&
                   (int)HOOKROLL_MISMATCH == (int)VERIFY_MISMATCH,
               "results");

const char *hookroll_result_text(enum hookroll_result result)
{
    switch ((int)result) {
    case HOOKROLL_INVALID_KEY:
        return "invalid_key";
    case HOOKROLL_INVALID_ARGUMENT:
        return "invalid_argument";
    case HOOKROLL_NO_ROOM:
        return "no_room";
    case HOOKROLL_NO_MEMORY:
        return "no_memory";
    default:
        return (int)result >= 0 && (int)result <= HOOKROLL_MISMATCH
                   ? verify_result_name((enum verify_result)result)
                   : "unknown";
    }
}

static bool read_key(const char *text, enum purpose purpose, struct signing_key *out)
{
    enum signing_key_form form = signing_key_form(text_of(text));

    *out = (struct signing_key){SIGNING_KEY_HMAC, text_of(text)};
    if (form == SIGNING_KEY_TEXT)
        return out->value.len >= 1 && out->value.len <= KEY_MAX;
    out->type = SIGNING_KEY_ED25519;
    return purpose == VERIFY_ANY || (purpose == SIGN_ANY && form == SIGNING_KEY_PRIVATE);
}

static enum hookroll_result read_keys(struct hookroll_keys keys, enum purpose purpose,
                                      struct signing_keys *out)
{
    if (crypto_init() != RC_OK)
        return HOOKROLL_NO_MEMORY;
    if (keys.list == NULL || keys.count == 0 || keys.count > HOOKROLL_KEYS_MAX)
        return HOOKROLL_INVALID_KEY;
    for (size_t i = 0; i < keys.count; i++)
        if (keys.list[i] == NULL || !read_key(keys.list[i], purpose, &out->list[i]))
            return HOOKROLL_INVALID_KEY;
    out->count = keys.count;
    return HOOKROLL_OK;
}

static enum hookroll_result read_form(const struct hookroll_convoy *convoy,
                                      struct project_versions *out)
{
    static const struct hookroll_version factory = {HOOKROLL_SHA256, HOOKROLL_HEX};
    const struct hookroll_convoy form =
        convoy != NULL ? *convoy : (struct hookroll_convoy){&factory, 1};

    if (form.versions == NULL || form.count == 0 || form.count > PROJECT_VERSIONS_MAX)
        return HOOKROLL_INVALID_ARGUMENT;
    for (size_t i = 0; i < form.count; i++) {
        int hash = (int)form.versions[i].hash;
        int encoding = (int)form.versions[i].encoding;

        if ((hash != HOOKROLL_SHA256 && hash != HOOKROLL_SHA512) ||
            (encoding != HOOKROLL_HEX && encoding != HOOKROLL_BASE64))
            return HOOKROLL_INVALID_ARGUMENT;
        out->list[i] =
            (struct project_version){(enum project_hash)hash, (enum project_encoding)encoding};
    }
    out->count = form.count;
    return HOOKROLL_OK;
}

static bool is_body(struct hookroll_body body)
{
    return body.data != NULL || body.len == 0;
}

static bool is_timestamp(int64_t timestamp)
{
    return timestamp >= 0 && timestamp <= SIGN_TIMESTAMP_MAX;
}

static bool is_clock(struct hookroll_clock clock)
{
    return is_timestamp(clock.now) && clock.tolerance >= 0 &&
           clock.tolerance <= VERIFY_TOLERANCE_MAX;
}

/* Hands over what was written. */
static enum hookroll_result give(struct buf *written, char *out, size_t size)
{
    enum hookroll_result result = HOOKROLL_NO_ROOM;

    if (buf_status(written) != RC_OK)
        result = HOOKROLL_NO_MEMORY;
    else if (out != NULL && text_copy(buf_text(written), out, size))
        result = HOOKROLL_OK;
    buf_free(written);
    return result;
}

enum hookroll_result hookroll_sign_standard(struct hookroll_keys keys, const char *id,
                                            int64_t timestamp, struct hookroll_body body, char *out,
                                            size_t size)
{
    const struct sign_message message = {text_of(id), timestamp, {body.data, body.len}};
    struct signing_keys checked;
    struct buf written;
    enum hookroll_result result = read_keys(keys, SIGN_ANY, &checked);

    if (result != HOOKROLL_OK)
        return result;
    if (!sign_id_is_good(message.id) || !is_timestamp(timestamp) || !is_body(body))
        return HOOKROLL_INVALID_ARGUMENT;
    buf_init(&written, HOOKROLL_STANDARD_SIZE(HOOKROLL_KEYS_MAX));
    sign_standard(&written, &checked, &message);
    return give(&written, out, size);
}

enum hookroll_result hookroll_sign_convoy(const struct hookroll_convoy *form,
                                          struct hookroll_keys keys, int64_t timestamp,
                                          struct hookroll_body body, char *out, size_t size)
{
    const struct sign_message message = {.timestamp = timestamp, .body = {body.data, body.len}};
    struct signing_keys checked;
    struct project_versions known;
    struct buf written;
    enum hookroll_result result = read_keys(keys, HMAC_ONLY, &checked);

    if (result == HOOKROLL_OK)
        result = read_form(form, &known);
    if (result != HOOKROLL_OK)
        return result;
    if (!is_timestamp(timestamp) || !is_body(body))
        return HOOKROLL_INVALID_ARGUMENT;
    buf_init(&written, HOOKROLL_CONVOY_SIZE(HOOKROLL_KEYS_MAX));
    sign_convoy(&written, &known, &checked, &message);
    return give(&written, out, size);
}

static enum hookroll_result conclude(const struct verify_outcome *outcome, size_t *key)
{
    if (outcome->result == VERIFY_OK && key != NULL)
        *key = outcome->key;
    return (enum hookroll_result)outcome->result;
}

enum hookroll_result hookroll_verify_standard(struct hookroll_keys keys,
                                              struct hookroll_standard headers,
                                              struct hookroll_body body,
                                              struct hookroll_clock clock, size_t *key)
{
    const struct verify_standard received = {text_of(headers.id), text_of(headers.timestamp),
                                             text_of(headers.signature)};
    const struct verify_clock within = {clock.now, clock.tolerance};
    size_t hashable = SIZE_MAX; /* what its body may be is the caller's to bound */
    struct signing_keys checked;
    struct verify_outcome outcome;
    enum hookroll_result result = read_keys(keys, VERIFY_ANY, &checked);

    if (result != HOOKROLL_OK)
        return result;
    if (!is_clock(clock) || !is_body(body))
        return HOOKROLL_INVALID_ARGUMENT;
    if (verify_standard(&received, (struct text){body.data, body.len}, &checked, &within, &hashable,
                        &outcome) != RC_OK)
        return HOOKROLL_NO_MEMORY;
    return conclude(&outcome, key);
}

enum hookroll_result hookroll_verify_convoy(const struct hookroll_convoy *form,
                                            struct hookroll_keys keys, const char *header,
                                            struct hookroll_body body, struct hookroll_clock clock,
                                            size_t *key)
{
    const struct verify_clock within = {clock.now, clock.tolerance};
    struct signing_keys checked;
    struct verify_outcome outcome;
    struct project_versions known;
    enum hookroll_result result = read_keys(keys, HMAC_ONLY, &checked);

    if (result == HOOKROLL_OK)
        result = read_form(form, &known);
    if (result != HOOKROLL_OK)
        return result;
    if (!is_clock(clock) || !is_body(body))
        return HOOKROLL_INVALID_ARGUMENT;
    verify_convoy(text_of(header), (struct text){body.data, body.len}, &known, &checked, &within,
                  &outcome);
    return conclude(&outcome, key);
}
