/* record_endpoint: what is stored of an endpoint, and of its secrets. */
#include "store/record_inside.h"

#include "store/seal.h"

#include <stddef.h>
#include <string.h>

enum {
    VERSION = 3
};

/* Reads the version and the uid. */
static enum rc begin(struct unpack *in, struct text record, struct uid *uid)
{
    enum rc rc = record_begin(in, record, VERSION);

    *uid = record_unpack_uid(in);
    return in->failed ? RC_CORRUPT : rc;
}

enum rc record_endpoint_uid(struct text record, struct uid *uid)
{
    struct unpack in;

    return begin(&in, record, uid);
}

enum rc record_endpoint_key(struct text record, const struct keyring *keyring,
                            const struct keyring_key **key)
{
    struct unpack in;
    struct uid uid;
    enum rc rc = begin(&in, record, &uid);

    return rc == RC_OK ? record_unpack_key(&in, keyring, key) : rc;
}

static struct seal_place member_place(const struct endpoint *endpoint, size_t member)
{
    struct seal_place place = {SEAL_MEMBER, endpoint->project, endpoint->uid, UID_NONE};

    place.part.bytes[UID_BYTES - 1] = (uint8_t)member;
    return place;
}

static struct seal_place secret_place(const struct endpoint *endpoint, const struct uid *secret)
{
    return (struct seal_place){SEAL_SECRET, endpoint->project, endpoint->uid, *secret};
}

static void encode_members(struct buf *out, const struct keyring_key *key,
                           const struct endpoint *endpoint)
{
    uint8_t count = 0;

    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++)
        if (endpoint->members[i].len > 0)
            count++;
    pack_u8(out, count);
    for (size_t i = 0; i < ENDPOINT_MEMBERS; i++) {
        struct seal_place place;

        if (endpoint->members[i].len == 0)
            continue;
        pack_u8(out, (uint8_t)i);
        if (endpoint_members[i].shown == ENDPOINT_SHOWN) {
            pack_text(out, endpoint->members[i]);
            continue;
        }
        place = member_place(endpoint, i);
        seal_pack(out, key, &place, endpoint->members[i]);
    }
}

static void encode_secrets(struct buf *out, const struct keyring_key *key,
                           const struct endpoint *endpoint)
{
    pack_u8(out, (uint8_t)endpoint->secret_count);
    for (size_t i = 0; i < endpoint->secret_count; i++) {
        const struct secret *secret = &endpoint->secrets[i];
        struct seal_place place = secret_place(endpoint, &secret->uid);

        record_pack_uid(out, &secret->uid);
        pack_i64(out, secret->created_at);
        pack_i64(out, secret->updated_at);
        pack_i64(out, secret->expires_at);
        pack_u8(out, (uint8_t)secret->type);
        pack_i64(out, secret->verified_at);
        seal_pack(out, key, &place, secret->value);
    }
}

void record_endpoint_encode(struct buf *out, const struct keyring *keyring,
                            const struct endpoint *endpoint)
{
    const struct keyring_key *key = keyring_sealing(keyring);

    pack_u8(out, VERSION);
    record_pack_uid(out, &endpoint->uid);
    buf_put(out, key->id, sizeof key->id);
    pack_u8(out, (uint8_t)endpoint->status);
    pack_u8(out, endpoint->advanced_signatures ? 1 : 0);
    pack_u32(out, (uint32_t)endpoint->http_timeout);
    pack_u32(out, (uint32_t)endpoint->rate_limit);
    pack_u32(out, (uint32_t)endpoint->rate_limit_duration);
    pack_i64(out, endpoint->created_at);
    pack_i64(out, endpoint->updated_at);
    pack_u64(out, endpoint->history);
    pack_u64(out, endpoint->revision);
    pack_u8(out, (uint8_t)endpoint->signature.order);
    pack_u8(out, endpoint->signature.formats);
    pack_u8(out, (uint8_t)endpoint->signature.key_type);
    encode_members(out, key, endpoint);
    encode_secrets(out, key, endpoint);
}

/* The value that is sealed, or, without a key, an absent one. */
static enum rc unpack_sealed(struct unpack *in, const struct keyring_key *key,
                             const struct seal_place *place, size_t max, struct arena *arena,
                             struct text *out)
{
    if (key != NULL)
        return seal_unpack(in, key, place, max, arena, out);
    (void)unpack_text(in, RECORD_MAX);
    *out = (struct text){NULL, 0};
    return in->failed ? RC_CORRUPT : RC_OK;
}

static enum rc decode_member(struct unpack *in, const struct keyring_key *key, struct arena *arena,
                             struct endpoint *endpoint)
{
    size_t member = unpack_u8(in);
    struct seal_place place;

    if (in->failed || member >= ENDPOINT_MEMBERS || endpoint->members[member].len > 0)
        return RC_CORRUPT;
    if (endpoint_members[member].shown == ENDPOINT_SHOWN)
        return record_unpack_copy(in, endpoint_members[member].max, arena,
                                  &endpoint->members[member]);
    place = member_place(endpoint, member);
    return unpack_sealed(in, key, &place, endpoint_members[member].max, arena,
                         &endpoint->members[member]);
}

static enum signing_key_type unpack_type(struct unpack *in)
{
    uint8_t type = unpack_u8(in);

    if (type != SIGNING_KEY_ED25519 && type != SIGNING_KEY_HMAC)
        in->failed = true;
    return (enum signing_key_type)type;
}

/* All of it that is open; leaves `in` where the value begins. */
static void unpack_secret(struct unpack *in, struct secret *secret)
{
    secret->uid = record_unpack_uid(in);
    secret->value = (struct text){NULL, 0};
    secret->created_at = unpack_i64(in);
    secret->updated_at = unpack_i64(in);
    secret->expires_at = unpack_i64(in);
    secret->type = unpack_type(in);
    secret->verified_at = unpack_i64(in);
}

static enum rc decode_secret(struct unpack *in, const struct keyring_key *key, struct arena *arena,
                             struct endpoint *endpoint)
{
    struct secret *secret = &endpoint->secrets[endpoint->secret_count];
    struct seal_place place;

    unpack_secret(in, secret);
    place = secret_place(endpoint, &secret->uid);
    endpoint->secret_count++;
    return unpack_sealed(in, key, &place, SECRET_VALUE_MAX, arena, &secret->value);
}

static enum rc decode_lists(struct unpack *in, const struct keyring_key *key, struct arena *arena,
                            struct endpoint *endpoint)
{
    size_t members = unpack_u8(in);
    size_t secrets;
    enum rc rc = RC_OK;

    for (size_t i = 0; i < members && rc == RC_OK; i++)
        rc = decode_member(in, key, arena, endpoint);
    if (rc != RC_OK)
        return rc;
    secrets = unpack_u8(in);
    if (secrets > ENDPOINT_SECRETS_MAX)
        return RC_CORRUPT;
    for (size_t i = 0; i < secrets && rc == RC_OK; i++)
        rc = decode_secret(in, key, arena, endpoint);
    return rc;
}

static void decode_settings(struct unpack *in, struct signature_settings *settings)
{
    uint8_t order = unpack_u8(in);

    settings->order = (enum signature_order)order;
    settings->formats = unpack_u8(in);
    settings->key_type = unpack_type(in);
    if (order < SIGNATURE_OLDEST_FIRST || order > SIGNATURE_CURRENT_FIRST ||
        settings->formats == 0 || settings->formats > (SIGNATURE_CONVOY | SIGNATURE_STANDARD))
        in->failed = true;
}

/* What stands behind the id of the key. */
static enum rc decode_rest(struct unpack *in, const struct keyring_key *key, struct arena *arena,
                           struct endpoint *endpoint)
{
    uint8_t status = unpack_u8(in);
    enum rc rc;

    if (status < ENDPOINT_ACTIVE || status > ENDPOINT_PAUSED)
        return RC_CORRUPT;
    endpoint->status = (enum endpoint_status)status;
    endpoint->advanced_signatures = unpack_u8(in) != 0;
    endpoint->http_timeout = unpack_u32(in);
    endpoint->rate_limit = unpack_u32(in);
    endpoint->rate_limit_duration = unpack_u32(in);
    endpoint->created_at = unpack_i64(in);
    endpoint->updated_at = unpack_i64(in);
    endpoint->history = unpack_u64(in);
    endpoint->revision = unpack_u64(in);
    decode_settings(in, &endpoint->signature);
    rc = decode_lists(in, key, arena, endpoint);
    return rc != RC_OK ? rc : unpack_status(in);
}

enum rc record_endpoint_decode(struct text record, const struct keyring *keyring,
                               const struct uid *project, struct arena *arena,
                               struct endpoint *endpoint)
{
    const struct keyring_key *key = NULL;
    uint8_t key_id[KEYRING_ID_BYTES];
    struct unpack in;
    enum rc rc;

    /* Secrets, which take most of it, are set as they are read. */
    memset(endpoint, 0, offsetof(struct endpoint, secrets));
    endpoint->project = *project;
    rc = begin(&in, record, &endpoint->uid);
    if (rc == RC_OK && keyring == NULL)
        unpack_bytes(&in, key_id, sizeof key_id);
    else if (rc == RC_OK)
        rc = record_unpack_key(&in, keyring, &key);
    return rc == RC_OK ? decode_rest(&in, key, arena, endpoint) : rc;
}

/* Of what stands before the list of members, see record_endpoint_encode, only the history. */
static enum rc peek_history(struct unpack *in, struct text record, uint64_t *sequence)
{
    uint8_t before[KEYRING_ID_BYTES + 2 + 3 * 4 + 2 * 8];
    uint8_t behind[8 + 3];
    struct uid uid;
    enum rc rc = begin(in, record, &uid);

    if (rc != RC_OK)
        return rc;
    unpack_bytes(in, before, sizeof before);
    *sequence = unpack_u64(in);
    unpack_bytes(in, behind, sizeof behind);
    return in->failed ? RC_CORRUPT : RC_OK;
}

enum rc record_endpoint_history(struct text record, uint64_t *sequence)
{
    struct unpack in;

    return peek_history(&in, record, sequence);
}

/* The open members, borrowed; leaves `in` where the secrets begin. */
static enum rc peek_members(struct unpack *in, struct text record,
                            struct text members[ENDPOINT_MEMBERS])
{
    uint64_t history;
    size_t count;
    enum rc rc = peek_history(in, record, &history);

    if (rc != RC_OK)
        return rc;
    count = unpack_u8(in);
    for (size_t i = 0; i < count && !in->failed; i++) {
        size_t member = unpack_u8(in);
        struct text t = unpack_text(in, RECORD_MAX);

        if (member >= ENDPOINT_MEMBERS)
            return RC_CORRUPT;
        if (endpoint_members[member].shown == ENDPOINT_SHOWN)
            members[member] = t;
    }
    return in->failed ? RC_CORRUPT : RC_OK;
}

enum rc record_endpoint_peek(struct text record, struct text members[ENDPOINT_MEMBERS])
{
    struct unpack in;

    return peek_members(&in, record, members);
}

enum rc record_endpoint_secrets(struct text record, struct secret secrets[ENDPOINT_SECRETS_MAX],
                                size_t *count)
{
    struct text members[ENDPOINT_MEMBERS];
    struct unpack in;
    enum rc rc = peek_members(&in, record, members);

    if (rc != RC_OK)
        return rc;
    *count = unpack_u8(&in);
    if (*count > ENDPOINT_SECRETS_MAX)
        return RC_CORRUPT;
    for (size_t i = 0; i < *count; i++) {
        unpack_secret(&in, &secrets[i]);
        (void)unpack_text(&in, RECORD_MAX);
    }
    return unpack_status(&in);
}
