/* store_apikeys: API keys, and when each was last used. */
#include "store/store_inside.h"

#include "base/buf.h"
#include "store/record.h"

enum rc store_read_apikey(struct kv_txn *txn, const struct uid *uid, struct arena *arena,
                          struct apikey *out)
{
    struct keyspace_key key = keyspace_apikey(uid);
    struct text record;
    enum rc rc = kv_get(txn, store_key(&key), &record);

    if (rc == RC_OK)
        rc = store_told(record_apikey_decode(record, uid, arena, out), "API key", uid);
    return rc == RC_OK ? store_read_use(txn, out) : rc;
}

enum rc store_read_use(struct kv_txn *txn, struct apikey *apikey)
{
    struct keyspace_key key = keyspace_use(&apikey->uid);
    struct text record;
    enum rc rc = kv_get(txn, store_key(&key), &record);

    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc == RC_OK)
        rc = store_told(record_use_decode(record, &apikey->last_used_at), "use of API key",
                        &apikey->uid);
    return rc;
}

struct getting {
    const struct uid *uid;
    struct arena *arena;
    struct apikey *out;
};

static enum rc get_in(struct kv_txn *txn, void *arg)
{
    struct getting *get = arg;

    return store_read_apikey(txn, get->uid, get->arena, get->out);
}

enum rc store_apikey_get(struct store *store, const struct uid *uid, struct arena *arena,
                         struct apikey *out)
{
    struct getting get = {uid, arena, out};

    return kv_read(store->kv, get_in, &get);
}

static enum rc put(struct kv_txn *txn, const struct apikey *apikey, store_put_fn *how)
{
    struct keyspace_key key = keyspace_apikey(&apikey->uid);
    struct buf record;

    buf_init(&record, RECORD_MAX);
    record_apikey_encode(&record, apikey);
    return store_put(txn, &key, &record, how);
}

static enum rc add_in(struct kv_txn *txn, void *arg)
{
    const struct apikey *apikey = arg;
    enum rc rc = store_known_project(txn, &apikey->project);

    return rc == RC_OK ? put(txn, apikey, kv_add) : rc;
}

enum rc store_apikey_add(struct store *store, const struct apikey *key)
{
    struct apikey added = *key;

    return kv_write(store->kv, add_in, &added);
}

struct revocation {
    const struct uid *uid;
    int64_t now;
};

static enum rc revoke_in(struct kv_txn *txn, void *arg)
{
    struct revocation *revocation = arg;
    struct arena arena;
    struct apikey apikey;
    enum rc rc;

    arena_init(&arena, RECORD_MAX);
    rc = store_read_apikey(txn, revocation->uid, &arena, &apikey);
    if (rc == RC_OK && !apikey_is_revoked(&apikey)) {
        apikey.revoked_at = revocation->now;
        rc = put(txn, &apikey, kv_set);
    }
    arena_free(&arena);
    return rc;
}

enum rc store_apikey_revoke(struct store *store, const struct uid *uid, int64_t now)
{
    struct revocation revocation = {uid, now};

    return kv_write(store->kv, revoke_in, &revocation);
}

struct use {
    const struct uid *uid;
    int64_t now;
};

static enum rc use_in(struct kv_txn *txn, void *arg)
{
    const struct use *use = arg;
    struct keyspace_key key = keyspace_use(use->uid);
    struct apikey stored = {.uid = *use->uid, .last_used_at = APIKEY_NO_USE};
    struct buf record;
    enum rc rc = store_read_use(txn, &stored);

    /* Noted meanwhile by another request. */
    if (rc != RC_OK || apikey_use_is_fresh(&stored, use->now))
        return rc;
    buf_init(&record, RECORD_MAX);
    record_use_encode(&record, use->now);
    return store_put(txn, &key, &record, kv_set);
}

enum rc store_apikey_use(struct store *store, const struct uid *uid, int64_t now)
{
    struct use use = {uid, now};

    return kv_write(store->kv, use_in, &use);
}
