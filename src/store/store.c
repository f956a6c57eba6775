/* store: opening and making a store, and what its other sources share. */
#include "store/store_inside.h"

#include "base/buf.h"
#include "base/directory.h"
#include "base/log.h"
#include "store/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct text store_key(const struct keyspace_key *key)
{
    return (struct text){(const char *)key->bytes, key->len};
}

struct text store_prefix(const struct keyspace_key *key)
{
    return (struct text){(const char *)key->bytes, KEYSPACE_PROJECT_PREFIX};
}

enum rc store_put(struct kv_txn *txn, const struct keyspace_key *key, struct buf *record,
                  store_put_fn *put)
{
    enum rc rc = buf_status(record);

    if (rc == RC_OK)
        rc = put(txn, store_key(key), buf_text(record));
    buf_free(record);
    return rc;
}

enum rc store_told(enum rc rc, const char *what, const struct uid *uid)
{
    char name[UID_SIZE];

    if (rc == RC_CORRUPT || rc == RC_KEY) {
        uid_format(uid, name);
        log_error("store: %s %s: %s", what, name,
                  rc == RC_KEY ? "sealed with a master key that is not in the key file"
                               : "its record is damaged or of another version");
    }
    return rc;
}

static enum rc check_in(struct kv_txn *txn, void *arg)
{
    struct store *store = arg;
    struct keyspace_key key = keyspace_store();
    struct record_store own;
    struct text record;
    enum rc rc = kv_get(txn, store_key(&key), &record);

    return rc == RC_OK ? record_store_decode(record, store->keyring, &own) : rc;
}

struct creation {
    struct store *store;
    int64_t now;
};

static enum rc create_in(struct kv_txn *txn, void *arg)
{
    struct creation *creation = arg;
    struct keyspace_key key = keyspace_store();
    struct buf record;

    buf_init(&record, RECORD_MAX);
    record_store_encode(&record, creation->store->keyring, creation->now);
    return store_put(txn, &key, &record, kv_add);
}

static enum rc vacant_in(struct kv_txn *txn, void *arg)
{
    struct keyspace_key key = keyspace_store();
    struct text record;
    enum rc rc = kv_get(txn, store_key(&key), &record);

    (void)arg;
    if (rc == RC_OK)
        return RC_EXISTS;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

/* Only for a new store: beside one that is there a new key would be a wrong one, in the place of
 * the one that is missing. */
static enum rc make_key(struct kv *kv, const char *path)
{
    enum rc rc = kv_read(kv, vacant_in, NULL);

    if (rc != RC_OK)
        return rc;
    rc = keyring_create(path);
    return rc == RC_EXISTS ? RC_OK : rc;
}

static enum rc open_parts(const struct store_options *options, enum kv_open_mode mode,
                          struct store **out)
{
    struct store *store = calloc(1, sizeof *store);
    enum rc rc;

    if (store == NULL)
        return RC_NO_MEMORY;
    rc = kv_open(options->directory, mode, options->map_size, &store->kv);
    if (rc == RC_OK && mode == KV_CREATE)
        rc = make_key(store->kv, options->master_key);
    if (rc == RC_OK)
        rc = keyring_open(options->master_key, &store->keyring);
    if (rc == RC_OK)
        *out = store;
    else
        store_close(store);
    return rc;
}

/* One that is there is used: making it last was for who made it. */
static enum rc make_directory(const char *path)
{
    int err;

    if (mkdir(path, 0700) != 0) {
        if (errno == EEXIST)
            return RC_OK;
        err = errno;
    } else {
        err = directory_sync_parent(path);
        if (err == 0)
            return RC_OK;
        (void)rmdir(path);
    }
    log_error("store: %s cannot be created: %s", path, strerror(err));
    return RC_SYSTEM;
}

enum rc store_create(const struct store_options *options, int64_t now)
{
    struct creation creation = {NULL, now};
    enum rc rc = make_directory(options->directory);

    if (rc == RC_OK)
        rc = open_parts(options, KV_CREATE, &creation.store);
    if (rc != RC_OK)
        return rc;
    rc = kv_write(creation.store->kv, create_in, &creation);
    store_close(creation.store);
    return rc;
}

enum rc store_probe(const struct store_options *options)
{
    struct keyring *keyring = NULL;
    enum rc rc = kv_probe(options->directory);
    enum rc key = keyring_open(options->master_key, &keyring);

    keyring_close(keyring);
    return rc == RC_OK ? key : rc;
}

enum rc store_open(const struct store_options *options, struct store **out)
{
    struct store *store = NULL;
    enum rc rc = open_parts(options, KV_MUST_EXIST, &store);

    if (rc != RC_OK)
        return rc;
    rc = store_check(store);
    if (rc == RC_OK) {
        *out = store;
        return RC_OK;
    }
    log_error("store: %s: %s", options->directory,
              rc == RC_KEY         ? "the key file does not hold this store's master key"
              : rc == RC_NOT_FOUND ? "it was never initialised"
              : rc == RC_CORRUPT   ? "its first record is damaged or of another version"
                                   : rc_name(rc));
    store_close(store);
    return rc;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    kv_close(store->kv);
    keyring_close(store->keyring);
    free(store);
}

enum rc store_check(struct store *store)
{
    return kv_read(store->kv, check_in, store);
}

enum rc store_ready(struct store *store)
{
    enum rc rc = store_check(store);

    return rc == RC_OK ? kv_ready(store->kv) : rc;
}

enum rc store_figures(struct store *store, struct store_figures *out)
{
    struct kv_figures figures;
    enum rc rc = kv_figures(store->kv, &figures);

    if (rc == RC_OK)
        *out = (struct store_figures){figures.map_bytes, figures.used_bytes, figures.readers,
                                      figures.readers_max};
    return rc;
}
