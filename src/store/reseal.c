/* reseal: looks at a few records in a view, then seals those of them that need it in one
 * transaction, which reads them again and decides by what is there then. */
#include "store/reseal.h"

#include "base/buf.h"
#include "base/log.h"
#include "store/store_inside.h"

#include <string.h>

enum {
    VIEW = 64, /* records that are looked at, and at most sealed, at a time */
    ARENA_MAX = 2 * RECORD_MAX
};

enum outcome {
    ALREADY,
    STALE, /* sealed with another key */
    ANEW,
    GONE, /* deleted since it was looked at */
    FAILED
};

struct item {
    struct uid project;
    struct uid endpoint;
    bool stale; /* when it was looked at */
    enum outcome outcome;
    enum rc rc; /* why it failed */
};

struct run {
    struct store *store;
    struct store_walk projects;
    struct store_walk endpoints; /* of this project */
    struct uid project;
    bool has_project;
    bool ended; /* there are no more projects */
    struct arena arena;
    enum rc rc;
    size_t count;
    struct item items[VIEW]; /* of this view */
};

/* Opens all of a record, so that a damaged one is found whatever key it is sealed with. */
static enum rc open_record(struct run *run, struct text record, struct item *item,
                           struct endpoint *out)
{
    const struct keyring *keyring = run->store->keyring;
    const struct keyring_key *key;
    enum rc rc = record_endpoint_key(record, keyring, &key);

    arena_reset(&run->arena);
    if (rc == RC_OK)
        rc = record_endpoint_decode(record, keyring, &item->project, &run->arena, out);
    if (rc == RC_OK)
        item->outcome = key == keyring_sealing(keyring) ? ALREADY : STALE;
    return rc;
}

/* Sets the outcome; any result but RC_OK is no fault of the record. */
static enum rc examine(struct run *run, struct text key, struct text record, struct item *item,
                       struct endpoint *out)
{
    enum rc rc = store_told(store_whose(key, record, &item->endpoint),
                            "endpoint whose uid begins like", &item->endpoint);

    if (rc == RC_OK)
        rc = store_told(open_record(run, record, item, out), "endpoint", &item->endpoint);
    if (rc != RC_CORRUPT && rc != RC_KEY)
        return rc;
    item->outcome = FAILED;
    item->rc = rc;
    return RC_OK;
}

static bool visit_endpoint(struct text key, struct text record, void *arg)
{
    struct run *run = arg;
    struct item *item = &run->items[run->count];
    struct endpoint endpoint;

    item->project = run->project;
    run->rc = examine(run, key, record, item, &endpoint);
    item->stale = item->outcome == STALE;
    run->count++;
    return run->rc == RC_OK;
}

static bool visit_project(struct text key, struct text record, void *arg)
{
    struct run *run = arg;

    (void)record;
    run->project = keyspace_tail(key.data, key.len);
    run->has_project = true;
    return true;
}

static enum rc next_project(struct run *run, struct kv_txn *txn)
{
    enum rc rc;

    run->has_project = false;
    rc = store_walk_on(&run->projects, txn, text_of("P"), 1);
    run->ended = !run->has_project;
    run->endpoints = (struct store_walk){.visit = visit_endpoint, .arg = run};
    return rc;
}

/* Projects without endpoints count as records do, or there might be no end to a view. */
static enum rc look_in(struct kv_txn *txn, void *arg)
{
    struct run *run = arg;
    enum rc rc = RC_OK;

    run->count = 0;
    for (int i = 0; i < VIEW && run->count < VIEW && !run->ended && rc == RC_OK; i++) {
        struct keyspace_key first = keyspace_endpoint(&run->project, &UID_NONE);

        if (run->endpoints.ended)
            rc = next_project(run, txn);
        else
            rc = store_walk_on(&run->endpoints, txn, store_prefix(&first), VIEW - run->count);
        if (rc == RC_OK)
            rc = run->rc;
    }
    return rc;
}

static enum rc seal(struct run *run, struct kv_txn *txn, struct item *item)
{
    struct keyspace_key key = keyspace_endpoint(&item->project, &item->endpoint);
    struct endpoint endpoint;
    struct text record;
    enum rc rc = kv_get(txn, store_key(&key), &record);

    if (rc == RC_NOT_FOUND) {
        item->outcome = GONE;
        return RC_OK;
    }
    if (rc == RC_OK)
        rc = examine(run, store_key(&key), record, item, &endpoint);
    if (rc != RC_OK || item->outcome != STALE)
        return rc;
    item->outcome = ANEW;
    return store_put_endpoint(run->store, txn, &endpoint);
}

static enum rc seal_in(struct kv_txn *txn, void *arg)
{
    struct run *run = arg;
    enum rc rc = RC_OK;

    for (size_t i = 0; i < run->count && rc == RC_OK; i++)
        if (run->items[i].stale)
            rc = seal(run, txn, &run->items[i]);
    return rc;
}

static bool has_stale(const struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->items[i].stale)
            return true;
    return false;
}

static void account(const struct run *run, const struct reseal_watch *watch, struct reseal *out)
{
    for (size_t i = 0; i < run->count; i++) {
        const struct item *item = &run->items[i];

        out->anew += item->outcome == ANEW ? 1 : 0;
        out->already += item->outcome == ALREADY ? 1 : 0;
        if (item->outcome != FAILED)
            continue;
        out->failed++;
        watch->failed(item->rc, &item->project, &item->endpoint, watch->arg);
    }
}

static enum rc seal_endpoints(struct run *run, const struct reseal_watch *watch, struct reseal *out)
{
    enum rc rc = RC_OK;

    while (rc == RC_OK && !run->ended) {
        rc = kv_read(run->store->kv, look_in, run);
        if (rc == RC_OK && watch->go_on != NULL && !watch->go_on(watch->arg))
            rc = RC_GONE;
        if (rc == RC_OK && has_stale(run))
            rc = kv_write(run->store->kv, seal_in, run);
        if (rc == RC_OK)
            account(run, watch, out);
    }
    return rc;
}

struct own {
    struct store *store;
    bool anew;
};

static enum rc seal_own_in(struct kv_txn *txn, void *arg)
{
    struct own *own = arg;
    struct keyspace_key key = keyspace_store();
    struct record_store store = {0};
    struct text record;
    struct buf buf;
    enum rc rc = kv_get(txn, store_key(&key), &record);

    if (rc == RC_OK)
        rc = record_store_decode(record, own->store->keyring, &store);
    own->anew = rc == RC_OK && store.key != keyring_sealing(own->store->keyring);
    if (!own->anew)
        return rc;
    buf_init(&buf, RECORD_MAX);
    record_store_encode(&buf, own->store->keyring, store.created_at);
    return store_put(txn, &key, &buf, kv_set);
}

enum rc reseal_run(struct store *store, const struct reseal_watch *watch, struct reseal *out)
{
    struct run run = {.store = store,
                      .projects = {.visit = visit_project, .arg = &run},
                      .endpoints = {.ended = true}};
    struct own own = {store, false};
    enum rc rc;

    *out = (struct reseal){0};
    arena_init(&run.arena, ARENA_MAX);
    rc = seal_endpoints(&run, watch, out);
    arena_free(&run.arena);
    if (rc == RC_OK)
        rc = kv_write(store->kv, seal_own_in, &own);
    if (rc == RC_CORRUPT || rc == RC_KEY)
        log_error("store: its first record cannot be opened");
    if (rc == RC_OK && own.anew)
        out->anew++;
    else if (rc == RC_OK)
        out->already++;
    return rc;
}

enum rc reseal_is_by_first(const struct store *store, const char *master_key, bool *out)
{
    const struct keyring_key *sealing = keyring_sealing(store->keyring);
    struct keyring *now;
    enum rc rc = keyring_open(master_key, &now);

    if (rc != RC_OK)
        return rc;
    *out = memcmp(keyring_sealing(now)->id, sealing->id, KEYRING_ID_BYTES) == 0;
    keyring_close(now);
    return RC_OK;
}
