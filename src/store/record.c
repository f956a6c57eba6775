/* record: what is stored of each struct but the endpoint, in which order, and what is sealed. */
#include "store/record_inside.h"

#include "store/seal.h"

enum {
    STORE_VERSION = 3, /* 1 had whole uids in all keys, 2 endpoints before the history */
    PROJECT_VERSION = 1,
    APIKEY_VERSION = 1,
    HISTORY_VERSION = 1,
    TOMBSTONE_VERSION = 2, /* 1 had the moment of the deletion, as the history has it */
    USE_VERSION = 1
};

static const char proof[] = "hookroll";

void record_pack_uid(struct buf *out, const struct uid *uid)
{
    buf_put(out, uid->bytes, UID_BYTES);
}

struct uid record_unpack_uid(struct unpack *in)
{
    struct uid uid = UID_NONE;

    unpack_bytes(in, uid.bytes, UID_BYTES);
    return uid;
}

enum rc record_unpack_copy(struct unpack *in, size_t max, struct arena *arena, struct text *out)
{
    struct text t = unpack_text(in, max);

    return in->failed ? RC_CORRUPT : arena_copy(arena, t, out);
}

enum rc record_begin(struct unpack *in, struct text record, uint8_t version)
{
    unpack_init(in, record.data, record.len);
    return unpack_u8(in) == version ? RC_OK : RC_CORRUPT;
}

enum rc record_unpack_key(struct unpack *in, const struct keyring *keyring,
                          const struct keyring_key **key)
{
    uint8_t id[KEYRING_ID_BYTES];

    unpack_bytes(in, id, sizeof id);
    if (in->failed)
        return RC_CORRUPT;
    *key = keyring_find(keyring, id);
    return *key != NULL ? RC_OK : RC_KEY;
}

void record_store_encode(struct buf *out, const struct keyring *keyring, int64_t created_at)
{
    const struct keyring_key *key = keyring_sealing(keyring);

    pack_u8(out, STORE_VERSION);
    pack_i64(out, created_at);
    buf_put(out, key->id, sizeof key->id);
    seal_pack(out, key, &(struct seal_place){.kind = SEAL_CHECK}, text_of(proof));
}

enum rc record_store_decode(struct text record, const struct keyring *keyring,
                            struct record_store *store)
{
    struct arena arena;
    struct unpack in;
    struct text plain;
    enum rc rc = record_begin(&in, record, STORE_VERSION);

    if (rc != RC_OK)
        return rc;
    store->created_at = unpack_i64(&in);
    rc = record_unpack_key(&in, keyring, &store->key);
    if (rc != RC_OK)
        return rc;
    arena_init(&arena, 1024);
    rc = seal_unpack(&in, store->key, &(struct seal_place){.kind = SEAL_CHECK}, sizeof proof,
                     &arena, &plain);
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
    pack_u8(out, (uint8_t)project->versions.count);
    for (size_t i = 0; i < project->versions.count; i++) {
        pack_u8(out, (uint8_t)project->versions.list[i].hash);
        pack_u8(out, (uint8_t)project->versions.list[i].encoding);
    }
}

static enum rc decode_signature(struct unpack *in, struct arena *arena, struct project *project)
{
    enum rc rc = record_unpack_copy(in, PROJECT_HEADER_MAX, arena, &project->signature_header);

    if (rc != RC_OK)
        return rc;
    project->versions.count = unpack_u8(in);
    if (project->versions.count > PROJECT_VERSIONS_MAX)
        return RC_CORRUPT;
    for (size_t i = 0; i < project->versions.count; i++) {
        uint8_t hash = unpack_u8(in);
        uint8_t encoding = unpack_u8(in);

        if (hash < PROJECT_SHA256 || hash > PROJECT_SHA512 || encoding < PROJECT_HEX ||
            encoding > PROJECT_BASE64)
            return RC_CORRUPT;
        project->versions.list[i] =
            (struct project_version){(enum project_hash)hash, (enum project_encoding)encoding};
    }
    return RC_OK;
}

enum rc record_project_decode(struct text record, const struct uid *uid, struct arena *arena,
                              struct project *project)
{
    struct unpack in;
    enum rc rc = record_begin(&in, record, PROJECT_VERSION);

    *project = (struct project){.uid = *uid};
    if (rc == RC_OK)
        rc = record_unpack_copy(&in, PROJECT_NAME_MAX, arena, &project->name);
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
    record_pack_uid(out, &key->project);
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
    enum rc rc = record_begin(&in, record, APIKEY_VERSION);

    *key = (struct apikey){.uid = *uid, .last_used_at = APIKEY_NO_USE};
    if (rc != RC_OK)
        return rc;
    key->project = record_unpack_uid(&in);
    unpack_bytes(&in, key->digest, sizeof key->digest);
    key->scopes = unpack_u32(&in);
    rc = record_unpack_copy(&in, APIKEY_NAME_MAX, arena, &key->name);
    if (rc == RC_OK)
        rc = record_unpack_copy(&in, APIKEY_OWNER_MAX, arena, &key->owner_id);
    if (rc != RC_OK)
        return rc;
    key->created_at = unpack_i64(&in);
    key->expires_at = unpack_i64(&in);
    key->revoked_at = unpack_i64(&in);
    return unpack_status(&in);
}

void record_tombstone_encode(struct buf *out, const struct record_tombstone *tombstone)
{
    pack_u8(out, TOMBSTONE_VERSION);
    pack_text(out, tombstone->owner_id);
    pack_u64(out, tombstone->history);
}

enum rc record_tombstone_decode(struct text record, struct arena *arena,
                                struct record_tombstone *tombstone)
{
    struct unpack in;
    enum rc rc = record_begin(&in, record, TOMBSTONE_VERSION);

    if (rc == RC_OK)
        rc = record_unpack_copy(&in, endpoint_members[ENDPOINT_OWNER_ID].max, arena,
                                &tombstone->owner_id);
    if (rc != RC_OK)
        return rc;
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
    enum rc rc = record_begin(&in, record, USE_VERSION);

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
    record_pack_uid(out, &history->endpoint);
    record_pack_uid(out, &history->key);
    record_pack_uid(out, &history->ended);
    pack_i64(out, history->ended_at);
    record_pack_uid(out, &history->fresh);
    pack_text(out, history->request_id);
    pack_text(out, history->reason);
}

enum rc record_history_decode(struct text record, const struct uid *project, uint64_t sequence,
                              struct arena *arena, struct history *history)
{
    struct unpack in;
    uint8_t action;
    enum rc rc = record_begin(&in, record, HISTORY_VERSION);

    *history = (struct history){.project = *project, .sequence = sequence};
    if (rc != RC_OK)
        return rc;
    action = unpack_u8(&in);
    if (action < HISTORY_CREATED || action > HISTORY_PROJECT_UPDATED)
        return RC_CORRUPT;
    history->action = (enum history_action)action;
    history->previous = unpack_u64(&in);
    history->at = unpack_i64(&in);
    history->endpoint = record_unpack_uid(&in);
    history->key = record_unpack_uid(&in);
    history->ended = record_unpack_uid(&in);
    history->ended_at = unpack_i64(&in);
    history->fresh = record_unpack_uid(&in);
    rc = record_unpack_copy(&in, HISTORY_REQUEST_ID_MAX, arena, &history->request_id);
    if (rc == RC_OK)
        rc = record_unpack_copy(&in, HISTORY_REASON_MAX, arena, &history->reason);
    /* The chain runs backwards, or walking it might never end. */
    if (rc == RC_OK && history->previous >= sequence)
        rc = RC_CORRUPT;
    return rc != RC_OK ? rc : unpack_status(&in);
}
