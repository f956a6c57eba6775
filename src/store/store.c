/* store: opening and making a store; its projects and API keys. */
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

struct create {
    struct store *store;
    int64_t now;
};

static enum rc create_in(struct kv_txn *txn, void *arg)
{
    struct create *create = arg;
    struct keyspace_key key = keyspace_store();
    struct buf record;

    buf_init(&record, RECORD_MAX);
    record_store_encode(&record, create->store->keyring, create->now);
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
    struct create create = {NULL, now};
    enum rc rc = make_directory(options->directory);

    if (rc == RC_OK)
        rc = open_parts(options, KV_CREATE, &create.store);
    if (rc != RC_OK)
        return rc;
    rc = kv_write(create.store->kv, create_in, &create);
    store_close(create.store);
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

struct addition {
    const struct uid *project;
    struct keyspace_key key;
    struct buf record;
};

static enum rc add(struct store *store, kv_fn *fn, struct addition *addition)
{
    enum rc rc = buf_status(&addition->record);

    if (rc == RC_OK)
        rc = kv_write(store->kv, fn, addition);
    buf_free(&addition->record);
    return rc;
}

struct tag_search {
    const struct uid *project;
    bool taken;
};

static bool compare_tag(struct text key, struct text record, void *arg)
{
    struct tag_search *search = arg;
    struct uid project = keyspace_tail(key.data, key.len);

    (void)record;
    search->taken = keyspace_same_tag(&project, search->project);
    return !search->taken;
}

static enum rc add_project_in(struct kv_txn *txn, void *arg)
{
    struct addition *addition = arg;
    struct tag_search search = {addition->project, false};
    enum rc rc =
        kv_scan(txn, text_of("P"), (struct text){NULL, 0}, KV_FORWARDS, compare_tag, &search);

    if (rc == RC_OK && search.taken)
        rc = RC_EXISTS;
    return rc == RC_OK ? kv_add(txn, store_key(&addition->key), buf_text(&addition->record)) : rc;
}

enum rc store_project_add(struct store *store, const struct project *project)
{
    struct addition addition = {.project = &project->uid, .key = keyspace_project(&project->uid)};

    buf_init(&addition.record, RECORD_MAX);
    record_project_encode(&addition.record, project);
    return add(store, add_project_in, &addition);
}

static enum rc add_apikey_in(struct kv_txn *txn, void *arg)
{
    struct addition *addition = arg;
    enum rc rc = store_known_project(txn, addition->project);

    return rc == RC_OK ? kv_add(txn, store_key(&addition->key), buf_text(&addition->record)) : rc;
}

enum rc store_apikey_add(struct store *store, const struct apikey *key)
{
    struct addition addition = {.project = &key->project, .key = keyspace_apikey(&key->uid)};

    buf_init(&addition.record, RECORD_MAX);
    record_apikey_encode(&addition.record, key);
    return add(store, add_apikey_in, &addition);
}

enum rc store_known_project(struct kv_txn *txn, const struct uid *project)
{
    struct keyspace_key key = keyspace_project(project);
    struct text ignored;

    return kv_get(txn, store_key(&key), &ignored);
}

enum rc store_read_project(struct kv_txn *txn, const struct uid *uid, struct arena *arena,
                           struct project *out)
{
    struct keyspace_key key = keyspace_project(uid);
    struct text record;
    enum rc rc = kv_get(txn, store_key(&key), &record);

    if (rc == RC_OK)
        rc = store_told(record_project_decode(record, uid, arena, out), "project", uid);
    return rc;
}

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
    void *out;
};

static enum rc project_in(struct kv_txn *txn, void *arg)
{
    struct getting *get = arg;

    return store_read_project(txn, get->uid, get->arena, get->out);
}

enum rc store_project_get(struct store *store, const struct uid *uid, struct arena *arena,
                          struct project *out)
{
    struct getting get = {uid, arena, out};

    return kv_read(store->kv, project_in, &get);
}

static enum rc apikey_in(struct kv_txn *txn, void *arg)
{
    struct getting *get = arg;

    return store_read_apikey(txn, get->uid, get->arena, get->out);
}

enum rc store_apikey_get(struct store *store, const struct uid *uid, struct arena *arena,
                         struct apikey *out)
{
    struct getting get = {uid, arena, out};

    return kv_read(store->kv, apikey_in, &get);
}

struct revocation {
    const struct uid *uid;
    int64_t now;
};

static enum rc revoke_in(struct kv_txn *txn, void *arg)
{
    struct revocation *revocation = arg;
    struct keyspace_key key = keyspace_apikey(revocation->uid);
    struct arena arena;
    struct apikey apikey;
    enum rc rc;

    arena_init(&arena, RECORD_MAX);
    rc = store_read_apikey(txn, revocation->uid, &arena, &apikey);
    if (rc == RC_OK && apikey.revoked_at == APIKEY_NO_END) {
        struct buf record;

        apikey.revoked_at = revocation->now;
        buf_init(&record, RECORD_MAX);
        record_apikey_encode(&record, &apikey);
        rc = store_put(txn, &key, &record, kv_set);
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

enum rc store_apikey_use(struct store *store, const struct apikey *key, int64_t now)
{
    struct use use = {&key->uid, now};

    if (apikey_use_is_fresh(key, now))
        return RC_OK;
    return kv_write(store->kv, use_in, &use);
}

struct project_change {
    const struct uid *uid;
    project_edit_fn *edit;
    void *arg;
    struct arena *arena;
    struct project *out;
};

static enum rc change_project_in(struct kv_txn *txn, void *arg)
{
    struct project_change *change = arg;
    struct keyspace_key key = keyspace_project(change->uid);
    struct history event = {0};
    struct project_edit edit = {change->out, &event};
    struct buf record;
    enum rc rc = store_read_project(txn, change->uid, change->arena, change->out);

    if (rc == RC_OK)
        rc = change->edit(&edit, change->arg);
    if (rc == RC_OK && event.action != 0)
        rc = store_put_history(txn, change->uid, &event);
    if (rc != RC_OK)
        return rc;
    buf_init(&record, RECORD_MAX);
    record_project_encode(&record, change->out);
    return store_put(txn, &key, &record, kv_set);
}

enum rc store_project_edit(struct store *store, const struct uid *uid, project_edit_fn *edit,
                           void *arg, struct arena *arena, struct project *out)
{
    struct project_change change = {uid, edit, arg, arena, out};

    return kv_write(store->kv, change_project_in, &change);
}
