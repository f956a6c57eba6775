/* record: what is stored of each struct, in which order, and what is sealed. */
#include "store/record.h"

#include "base/pack.h"
#include "store/seal.h"

#include <stddef.h>
#include <string.h>

enum {
    STORE_VERSION = 1,
    PROJECT_VERSION = 1,
    APIKEY_VERSION = 1,
    ENDPOINT_VERSION_PLAIN = 1, /* without settings of signatures and types of keys */
    ENDPOINT_VERSION = 2,
    HISTORY_VERSION = 1,
    TOMBSTONE_VERSION = 1,
    USE_VERSION = 1
};

static const char proof[] = "hookroll";

static void pack_uid(struct buf *out, const struct uid *uid)
{
    buf_put(out, uid->bytes, UID_BYTES);
}

static struct uid unpack_uid(struct unpack *in)
{
    struct uid uid = UID_NONE;

    unpack_bytes(in, uid.bytes, UID_BYTES);
    return uid;
}

/* A text of at most `max` bytes, copied out of the record. */
static enum rc unpack_copy(struct unpack *in, size_t max, struct arena *arena, struct text *out)
{
    struct text t = unpack_text(in, max);

    return in->failed ? RC_CORRUPT : arena_copy(arena, t, out);
}

/* Reads the version; RC_CORRUPT on any other. */
static enum rc begin(struct unpack *in, struct text record, uint8_t version)
{
    unpack_init(in, record.data, record.len);
    return unpack_u8(in) == version ? RC_OK : RC_CORRUPT;
}

/* Endpoints of the version before are still read; the next write brings them up. */
static enum rc begin_endpoint(struct unpack *in, struct text record, uint8_t *version)
{
    unpack_init(in, record.data, record.len);
    *version = unpack_u8(in);
    return *version == ENDPOINT_VERSION || *version == ENDPOINT_VERSION_PLAIN ? RC_OK : RC_CORRUPT;
}

static const struct keyring_key *unpack_key(struct unpack *in, const struct keyring *keyring)
{
    uint8_t id[KEYRING_ID_BYTES];

    unpack_bytes(in, id, sizeof id);
    return keyring_find(keyring, id);
}

void record_store_encode(struct buf *out, const struct keyring *keyring, int64_t created_at)
{
    const struct keyring_key *key = keyring_sealing(keyring);

    pack_u8(out, STORE_VERSION);
    pack_i64(out, created_at);
    buf_put(out, key->id, sizeof key->id);
    seal_pack(out, key, &(struct seal_place){.kind = SEAL_CHECK}, text_of(proof));
}

enum rc record_store_check(struct text record, const struct keyring *keyring)
{
    struct arena arena;
    struct unpack in;
    const struct keyring_key *key;
    struct text plain;
    enum rc rc = begin(&in, record, STORE_VERSION);

    if (rc != RC_OK)
        return rc;
    (void)unpack_i64(&in);
    key = unpack_key(&in, keyring);
    if (key == NULL)
        return in.failed ? RC_CORRUPT : RC_KEY;
    arena_init(&arena, 1024);
    rc = seal_unpack(&in, key, &(struct seal_place){.kind = SEAL_CHECK}, sizeof proof, &arena,
                     &plain);
    if (rc == RC_OK && !text_is(plain, proof))
        rc = RC_CORRUPT;
    if (rc == RC_OK)
        rc = unpack_status(&in);
    arena_free(&arena);
    return rc;
}

void record_project_encode(struct buf *out, const struct project *project)
{
    pack_u8(out, PROJECT_VERSION);
    pack_text(out, project->name);
    pack_i64(out, project->created_at);
    pack_i64(out, project->updated_at);
    pack_i64(out, project->default_grace);
    pack_i64(out, project->max_grace);
    pack_i64(out, project->max_signing_secrets);
    pack_text(out, project->signature_header);
    pack_u8(out, (uint8_t)project->version_count);
    for (size_t i = 0; i < project->version_count; i++) {
        pack_u8(out, (uint8_t)project->versions[i].hash);
        pack_u8(out, (uint8_t)project->versions[i].encoding);
    }
}

static enum rc decode_signature(struct unpack *in, struct arena *arena, struct project *project)
{
    enum rc rc = unpack_copy(in, PROJECT_HEADER_MAX, arena, &project->signature_header);

    if (rc != RC_OK)
        return rc;
    project->version_count = unpack_u8(in);
    if (project->version_count > PROJECT_VERSIONS_MAX)
        return RC_CORRUPT;
    for (size_t i = 0; i < project->version_count; i++) {
        uint8_t hash = unpack_u8(in);
        uint8_t encoding = unpack_u8(in);

        if (hash < PROJECT_SHA256 || hash > PROJECT_SHA512 || encoding < PROJECT_HEX ||
            encoding > PROJECT_BASE64)
            return RC_CORRUPT;
        project->versions[i] =
            (struct project_version){(enum project_hash)hash, (enum project_encoding)encoding};
    }
    return RC_OK;
}

enum rc record_project_decode(struct text record, const struct uid *uid, struct arena *arena,
                              struct project *project)
{
    struct unpack in;
    enum rc rc = begin(&in, record, PROJECT_VERSION);

    *project = (struct project){.uid = *uid};
    if (rc == RC_OK)
        rc = unpack_copy(&in, PROJECT_NAME_MAX, arena, &project->name);
    if (rc != RC_OK)
        return rc;
    project->created_at = unpack_i64(&in);
    project->updated_at = unpack_i64(&in);
    project->default_grace = unpack_i64(&in);
    project->max_grace = unpack_i64(&in);
    project->max_signing_secrets = unpack_i64(&in);
    if (project->max_grace < 0 || project->max_grace > PROJECT_GRACE_CEILING ||
        project->default_grace < 0 || project->default_grace > project->max_grace)
        return RC_CORRUPT;
    rc = decode_signature(&in, arena, project);
    return rc != RC_OK ? rc : unpack_status(&in);
}

void record_apikey_encode(struct buf *out, const struct apikey *key)
{
    pack_u8(out, APIKEY_VERSION);
    pack_uid(out, &key->project);
    buf_put(out, key->digest, sizeof key->digest);
    pack_u32(out, key->scopes);
    pack_text(out, key->name);
    pack_text(out, key->owner_id);
    pack_i64(out, key->created_at);
    pack_i64(out, key->expires_at);
    pack_i64(out, key->revoked_at);
}

enum rc record_apikey_decode(struct text record, const struct uid *uid, struct arena *arena,
                             struct apikey *key)
{
    struct unpack in;
    enum rc rc = begin(&in, record, APIKEY_VERSION);

    *key = (struct apikey){.uid = *uid, .last_used_at = APIKEY_NO_USE};
    if (rc != RC_OK)
        return rc;
    key->project = unpack_uid(&in);
    unpack_bytes(&in, key->digest, sizeof key->digest);
    key->scopes = unpack_u32(&in);
    rc = unpack_copy(&in, APIKEY_NAME_MAX, arena, &key->name);
    if (rc == RC_OK)
        rc = unpack_copy(&in, APIKEY_OWNER_MAX, arena, &key->owner_id);
    if (rc != RC_OK)
        return rc;
    key->created_at = unpack_i64(&in);
    key->expires_at = unpack_i64(&in);
    key->revoked_at = unpack_i64(&in);
    return unpack_status(&in);
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

        pack_uid(out, &secret->uid);
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

    pack_u8(out, ENDPOINT_VERSION);
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

static enum rc decode_member(struct unpack *in, const struct keyring_key *key, struct arena *arena,
                             struct endpoint *endpoint)
{
    size_t member = unpack_u8(in);
    struct seal_place place;

    if (in->failed || member >= ENDPOINT_MEMBERS || endpoint->members[member].len > 0)
        return RC_CORRUPT;
    if (endpoint_members[member].shown == ENDPOINT_SHOWN)
        return unpack_copy(in, endpoint_members[member].max, arena, &endpoint->members[member]);
    place = member_place(endpoint, member);
    return seal_unpack(in, key, &place, endpoint_members[member].max, arena,
                       &endpoint->members[member]);
}

static enum signing_key_type unpack_type(struct unpack *in)
{
    uint8_t type = unpack_u8(in);

    if (type != SIGNING_KEY_ED25519 && type != SIGNING_KEY_HMAC)
        in->failed = true;
    return (enum signing_key_type)type;
}

static enum rc decode_secret(struct unpack *in, uint8_t version, const struct keyring_key *key,
                             struct arena *arena, struct endpoint *endpoint)
{
    struct secret *secret = &endpoint->secrets[endpoint->secret_count];
    struct seal_place place;

    secret->uid = unpack_uid(in);
    secret->created_at = unpack_i64(in);
    secret->updated_at = unpack_i64(in);
    secret->expires_at = unpack_i64(in);
    secret->type = SIGNING_KEY_HMAC;
    secret->verified_at = SECRET_NOT_VERIFIED;
    if (version > ENDPOINT_VERSION_PLAIN) {
        secret->type = unpack_type(in);
        secret->verified_at = unpack_i64(in);
    }
    place = secret_place(endpoint, &secret->uid);
    endpoint->secret_count++;
    return seal_unpack(in, key, &place, SECRET_VALUE_MAX, arena, &secret->value);
}

static enum rc decode_lists(struct unpack *in, uint8_t version, const struct keyring_key *key,
                            struct arena *arena, struct endpoint *endpoint)
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
        rc = decode_secret(in, version, key, arena, endpoint);
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

enum rc record_endpoint_decode(struct text record, const struct keyring *keyring,
                               const struct uid *project, const struct uid *uid,
                               struct arena *arena, struct endpoint *endpoint)
{
    const struct keyring_key *key;
    struct unpack in;
    uint8_t status;
    uint8_t version;
    enum rc rc = begin_endpoint(&in, record, &version);

    /* Secrets, which take most of it, are set as they are read. */
    memset(endpoint, 0, offsetof(struct endpoint, secrets));
    endpoint->uid = *uid;
    endpoint->project = *project;
    if (rc != RC_OK)
        return rc;
    key = unpack_key(&in, keyring);
    if (key == NULL)
        return in.failed ? RC_CORRUPT : RC_KEY;
    status = unpack_u8(&in);
    if (status < ENDPOINT_ACTIVE || status > ENDPOINT_PAUSED)
        return RC_CORRUPT;
    endpoint->status = (enum endpoint_status)status;
    endpoint->advanced_signatures = unpack_u8(&in) != 0;
    endpoint->http_timeout = unpack_u32(&in);
    endpoint->rate_limit = unpack_u32(&in);
    endpoint->rate_limit_duration = unpack_u32(&in);
    endpoint->created_at = unpack_i64(&in);
    endpoint->updated_at = unpack_i64(&in);
    endpoint->history = unpack_u64(&in);
    endpoint->revision = unpack_u64(&in);
    if (version > ENDPOINT_VERSION_PLAIN)
        decode_settings(&in, &endpoint->signature);
    else
        signature_settings_init(&endpoint->signature);
    rc = decode_lists(&in, version, key, arena, endpoint);
    return rc != RC_OK ? rc : unpack_status(&in);
}

/* The open members, borrowed; leaves `in` where the secrets begin. */
static enum rc peek_members(struct unpack *in, struct text record, uint8_t *version,
                            struct text members[ENDPOINT_MEMBERS])
{
    /* What stands before the list of members: see record_endpoint_encode. */
    enum {
        FIXED = KEYRING_ID_BYTES + 2 + 3 * 4 + 4 * 8,
        SETTINGS = 3
    };
    uint8_t fixed[FIXED + SETTINGS];
    size_t count;
    enum rc rc = begin_endpoint(in, record, version);

    if (rc != RC_OK)
        return rc;
    unpack_bytes(in, fixed, *version > ENDPOINT_VERSION_PLAIN ? sizeof fixed : FIXED);
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
    uint8_t version;

    return peek_members(&in, record, &version, members);
}

enum rc record_endpoint_times(struct text record,
                              struct record_secret_times times[ENDPOINT_SECRETS_MAX], size_t *count)
{
    struct text members[ENDPOINT_MEMBERS];
    struct unpack in;
    uint8_t version;
    enum rc rc = peek_members(&in, record, &version, members);

    if (rc != RC_OK)
        return rc;
    *count = unpack_u8(&in);
    if (*count > ENDPOINT_SECRETS_MAX)
        return RC_CORRUPT;
    for (size_t i = 0; i < *count; i++) {
        (void)unpack_uid(&in);
        times[i].created_at = unpack_i64(&in);
        (void)unpack_i64(&in);
        times[i].expires_at = unpack_i64(&in);
        if (version > ENDPOINT_VERSION_PLAIN) {
            (void)unpack_type(&in);
            (void)unpack_i64(&in);
        }
        (void)unpack_text(&in, RECORD_MAX);
    }
    return unpack_status(&in);
}

void record_tombstone_encode(struct buf *out, const struct record_tombstone *tombstone)
{
    pack_u8(out, TOMBSTONE_VERSION);
    pack_text(out, tombstone->owner_id);
    pack_i64(out, tombstone->deleted_at);
    pack_u64(out, tombstone->history);
}

enum rc record_tombstone_decode(struct text record, struct arena *arena,
                                struct record_tombstone *tombstone)
{
    struct unpack in;
    enum rc rc = begin(&in, record, TOMBSTONE_VERSION);

    if (rc == RC_OK)
        rc = unpack_copy(&in, endpoint_members[ENDPOINT_OWNER_ID].max, arena, &tombstone->owner_id);
    if (rc != RC_OK)
        return rc;
    tombstone->deleted_at = unpack_i64(&in);
    tombstone->history = unpack_u64(&in);
    return unpack_status(&in);
}

void record_use_encode(struct buf *out, int64_t used_at)
{
    pack_u8(out, USE_VERSION);
    pack_i64(out, used_at);
}

enum rc record_use_decode(struct text record, int64_t *used_at)
{
    struct unpack in;
    enum rc rc = begin(&in, record, USE_VERSION);

    if (rc != RC_OK)
        return rc;
    *used_at = unpack_i64(&in);
    return unpack_status(&in);
}

void record_history_encode(struct buf *out, const struct history *history)
{
    pack_u8(out, HISTORY_VERSION);
    pack_u8(out, (uint8_t)history->action);
    pack_u64(out, history->previous);
    pack_i64(out, history->at);
    pack_uid(out, &history->endpoint);
    pack_uid(out, &history->key);
    pack_uid(out, &history->ended);
    pack_i64(out, history->ended_at);
    pack_uid(out, &history->fresh);
    pack_text(out, history->request_id);
    pack_text(out, history->reason);
}

enum rc record_history_decode(struct text record, const struct uid *project, uint64_t sequence,
                              struct arena *arena, struct history *history)
{
    struct unpack in;
    uint8_t action;
    enum rc rc = begin(&in, record, HISTORY_VERSION);

    *history = (struct history){.project = *project, .sequence = sequence};
    if (rc != RC_OK)
        return rc;
    action = unpack_u8(&in);
    if (action < HISTORY_CREATED || action > HISTORY_PROJECT_UPDATED)
        return RC_CORRUPT;
    history->action = (enum history_action)action;
    history->previous = unpack_u64(&in);
    history->at = unpack_i64(&in);
    history->endpoint = unpack_uid(&in);
    history->key = unpack_uid(&in);
    history->ended = unpack_uid(&in);
    history->ended_at = unpack_i64(&in);
    history->fresh = unpack_uid(&in);
    rc = unpack_copy(&in, HISTORY_REQUEST_ID_MAX, arena, &history->request_id);
    if (rc == RC_OK)
        rc = unpack_copy(&in, HISTORY_REASON_MAX, arena, &history->reason);
    /* The chain runs backwards, or walking it might never end. */
    if (rc == RC_OK && history->previous >= sequence)
        rc = RC_CORRUPT;
    return rc != RC_OK ? rc : unpack_status(&in);
}
