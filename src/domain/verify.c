/* verify: takes the headers apart, makes what each key would have made, compares. */
#include "domain/verify.h"

#include "base/buf.h"
#include "base/crypto.h"
#include "domain/sign.h"

#include <string.h>

enum {
    DIGITS_MAX = 12,                   /* of SIGN_TIMESTAMP_MAX */
    V1 = 1,                            /* versions of Standard Webhooks */
    V1A = PROJECT_VERSIONS_MAX + 1,    /* ed25519 */
    SIGNATURES_MAX = VERIFY_CONVOY_MAX /* the larger of the two */
};

/* Signatures of known versions, as they stand in a header. */
struct signatures {
    size_t seen; /* of any version */
    size_t count;
    struct {
        unsigned version;
        struct text text;
    } list[SIGNATURES_MAX];
};

const char *verify_result_name(enum verify_result result)
{
    static const char *const names[] = {
        "verified", "missing", "malformed", "too_many_signatures", "unknown_version",
        "too_old",  "too_new", "mismatch",  "secret_ended",
    };

    return names[result];
}

/* Digits alone and no zero before them: one timestamp is written in one way. */
static bool read_seconds(struct text t, int64_t *out)
{
    return t.len >= 1 && t.len <= DIGITS_MAX && t.data[0] != '-' &&
           (t.data[0] != '0' || t.len == 1) && text_to_int64(t, out) && *out <= SIGN_TIMESTAMP_MAX;
}

static enum verify_result check_age(int64_t timestamp, const struct verify_clock *clock)
{
    if (clock->now - timestamp > clock->tolerance)
        return VERIFY_TOO_OLD;
    return timestamp - clock->now > clock->tolerance ? VERIFY_TOO_NEW : VERIFY_OK;
}

/* Notes one "name SEPARATOR value"; versions that are not known are counted only. */
static bool note(struct signatures *signatures, unsigned version, struct text value, size_t max)
{
    if (++signatures->seen > max)
        return false;
    if (version > 0) {
        signatures->list[signatures->count].version = version;
        signatures->list[signatures->count++].text = value;
    }
    return true;
}

static bool split(struct text item, char separator, struct text *name, struct text *value)
{
    *name = text_up_to(item, separator);
    *value = text_after(item, name->len);
    return name->len > 0 && value->len > 0;
}

static enum verify_result judge(const struct signatures *signatures)
{
    if (signatures->seen == 0)
        return VERIFY_MALFORMED;
    return signatures->count == 0 ? VERIFY_UNKNOWN_VERSION : VERIFY_OK;
}

/* 1 for "v1" and so on; 0 for what the project does not have. */
static unsigned convoy_version(struct text name, size_t count)
{
    if (name.len == 2 && name.data[0] == 'v' && name.data[1] >= '1' &&
        name.data[1] < '1' + (int)count)
        return (unsigned)(name.data[1] - '0');
    return 0;
}

static enum verify_result read_convoy(struct text rest, size_t version_count,
                                      struct signatures *signatures, struct verify_outcome *out)
{
    if (rest.len == 0)
        return VERIFY_MISSING;
    if (rest.data[rest.len - 1] == ',')
        return VERIFY_MALFORMED;
    while (rest.len > 0) {
        struct text item = text_up_to(rest, ',');
        struct text name;
        struct text value;

        if (!split(item, '=', &name, &value))
            return VERIFY_MALFORMED;
        if (text_is(name, "t")) {
            if (out->timestamped || !read_seconds(value, &out->timestamp))
                return VERIFY_MALFORMED;
            out->timestamped = true;
        } else if (!note(signatures, convoy_version(name, version_count), value,
                         VERIFY_CONVOY_MAX)) {
            return VERIFY_TOO_MANY_SIGNATURES;
        }
        rest = text_after(rest, item.len);
    }
    return out->timestamped ? judge(signatures) : VERIFY_MALFORMED;
}

/* Every signature of the version is compared, whichever matched before. */
static bool any_is(const struct signatures *signatures, unsigned version, const char *expected)
{
    size_t len = strlen(expected);
    bool found = false;

    for (size_t i = 0; i < signatures->count; i++)
        if (signatures->list[i].version == version &&
            crypto_equal(signatures->list[i].text.data, signatures->list[i].text.len, expected,
                         len))
            found = true;
    return found;
}

static bool has_version(const struct signatures *signatures, unsigned version)
{
    for (size_t i = 0; i < signatures->count; i++)
        if (signatures->list[i].version == version)
            return true;
    return false;
}

static void match(struct verify_outcome *out, size_t key, unsigned version)
{
    out->result = VERIFY_OK;
    out->key = key;
    out->version = version;
}

static void match_convoy(const struct signatures *signatures, const struct text *parts,
                         size_t part_count, const struct project_versions *versions,
                         const struct signing_keys *keys, struct verify_outcome *out)
{
    char expected[SIGN_SIGNATURE_SIZE];

    out->result = VERIFY_MISMATCH;
    for (size_t k = 0; k < keys->count; k++)
        for (size_t v = 0; v < versions->count; v++) {
            if (keys->list[k].type != SIGNING_KEY_HMAC || !has_version(signatures, (unsigned)v + 1))
                continue;
            sign_hmac(&versions->list[v], keys->list[k].value, parts, part_count, expected);
            if (any_is(signatures, (unsigned)v + 1, expected))
                match(out, k, (unsigned)v + 1);
        }
    crypto_wipe(expected, sizeof expected);
}

void verify_convoy(struct text header, struct text body, const struct project_versions *versions,
                   const struct signing_keys *keys, const struct verify_clock *clock,
                   struct verify_outcome *out)
{
    struct signatures signatures = {.seen = 0};
    char room[SIGN_PREFIX_SIZE];
    struct text parts[2] = {{NULL, 0}, body};

    *out = (struct verify_outcome){.result = VERIFY_OK};
    out->result = read_convoy(header, versions->count, &signatures, out);
    if (out->result == VERIFY_OK)
        out->result = check_age(out->timestamp, clock);
    if (out->result != VERIFY_OK)
        return;
    parts[0] = sign_prefix_convoy(&(struct sign_message){.timestamp = out->timestamp}, room);
    match_convoy(&signatures, parts, 2, versions, keys, out);
}

void verify_convoy_bare(struct text header, struct text body,
                        const struct project_versions *versions, const struct signing_keys *keys,
                        struct verify_outcome *out)
{
    struct signatures signatures = {.seen = 0};

    *out = (struct verify_outcome){.result = VERIFY_MISSING};
    if (header.len == 0)
        return;
    (void)note(&signatures, (unsigned)versions->count, header, 1);
    match_convoy(&signatures, &body, 1, versions, keys, out);
}

static enum verify_result read_standard(const struct verify_standard *headers,
                                        struct signatures *signatures, struct verify_outcome *out)
{
    struct text rest = headers->signature;

    if (headers->id.len == 0 || headers->timestamp.len == 0 || rest.len == 0)
        return VERIFY_MISSING;
    out->timestamped = read_seconds(headers->timestamp, &out->timestamp);
    if (!out->timestamped || !sign_id_is_good(headers->id) || rest.data[rest.len - 1] == ' ')
        return VERIFY_MALFORMED;
    while (rest.len > 0) {
        struct text item = text_up_to(rest, ' ');
        struct text name;
        struct text value;
        unsigned version;

        if (!split(item, ',', &name, &value))
            return VERIFY_MALFORMED;
        version = text_is(name, "v1") ? V1 : text_is(name, "v1a") ? V1A : 0;
        if (!note(signatures, version, value, VERIFY_STANDARD_MAX))
            return VERIFY_TOO_MANY_SIGNATURES;
        rest = text_after(rest, item.len);
    }
    return judge(signatures);
}

/* Whether the key made one of the signatures. Each try takes of what may still be hashed. */
static enum verify_result try_ed25519(const struct signatures *signatures, struct text key,
                                      struct text content, size_t *hashable)
{
    uint8_t public_key[CRYPTO_ED25519_PUBLIC_BYTES];

    if (!has_version(signatures, V1A) || !signing_key_public(key, public_key))
        return VERIFY_MISMATCH;
    for (size_t i = signatures->count; i-- > 0;) {
        uint8_t bytes[CRYPTO_ED25519_SIGNATURE_BYTES];
        struct text text = signatures->list[i].text;
        size_t len = 0;

        if (signatures->list[i].version != V1A ||
            !crypto_base64_decode(CRYPTO_BASE64, text.data, text.len, bytes, sizeof bytes, &len) ||
            len != sizeof bytes)
            continue;
        if (*hashable < content.len)
            return VERIFY_TOO_MANY_SIGNATURES;
        *hashable -= content.len;
        if (crypto_ed25519_verify(public_key, content, bytes))
            return VERIFY_OK;
    }
    return VERIFY_MISMATCH;
}

/* The key that counts is the last one that matches, so they are tried from the end, of ed25519 no
 * more than until one does. */
static void match_each(const struct signatures *signatures, const struct text parts[2],
                       struct text content, const struct signing_keys *keys, size_t *hashable,
                       struct verify_outcome *out)
{
    char expected[SIGN_SIGNATURE_SIZE];

    out->result = VERIFY_MISMATCH;
    for (size_t i = keys->count; i-- > 0;) {
        enum verify_result result = VERIFY_MISMATCH;

        if (keys->list[i].type == SIGNING_KEY_HMAC) {
            sign_standard_hmac(keys->list[i].value, parts, expected);
            if (any_is(signatures, V1, expected))
                result = VERIFY_OK;
        } else if (out->result == VERIFY_MISMATCH) {
            result = try_ed25519(signatures, keys->list[i].value, content, hashable);
        }
        if (out->result == VERIFY_OK)
            continue;
        if (result == VERIFY_OK)
            match(out, i, V1);
        else if (result == VERIFY_TOO_MANY_SIGNATURES)
            out->result = result;
    }
    crypto_wipe(expected, sizeof expected);
}

static enum rc match_standard(const struct signatures *signatures, const struct text parts[2],
                              const struct signing_keys *keys, size_t *hashable,
                              struct verify_outcome *out)
{
    struct buf content; /* in one piece, as ed25519 wants it */
    enum rc rc;

    buf_init(&content, parts[0].len + parts[1].len);
    if (has_version(signatures, V1A)) {
        buf_put_text(&content, parts[0]);
        buf_put_text(&content, parts[1]);
    }
    rc = buf_status(&content);
    if (rc == RC_OK)
        match_each(signatures, parts, buf_text(&content), keys, hashable, out);
    buf_free(&content);
    return rc;
}

enum rc verify_standard(const struct verify_standard *headers, struct text body,
                        const struct signing_keys *keys, const struct verify_clock *clock,
                        size_t *hashable, struct verify_outcome *out)
{
    struct signatures signatures = {.seen = 0};
    char room[SIGN_PREFIX_SIZE];
    struct text parts[2] = {{NULL, 0}, body};

    *out = (struct verify_outcome){.result = VERIFY_OK};
    out->result = read_standard(headers, &signatures, out);
    if (out->result == VERIFY_OK)
        out->result = check_age(out->timestamp, clock);
    if (out->result != VERIFY_OK)
        return RC_OK;
    parts[0] = sign_prefix_standard(
        &(struct sign_message){.id = headers->id, .timestamp = out->timestamp}, room);
    return match_standard(&signatures, parts, keys, hashable, out);
}
