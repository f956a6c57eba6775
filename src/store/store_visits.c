/* store_visits: going through many records, one at a time, within one view. */
#include "store/store_inside.h"

#include "store/record.h"

enum {
    VISIT_ARENA = 2 * RECORD_MAX
};

/* One visit through part of the key space: decodes each record and hands it on. */
struct visit {
    struct store *store;
    struct keyspace_key start; /* its first prefix_len bytes are what keys begin with */
    size_t prefix_len;
    enum kv_direction direction;
    const struct uid *project;
    union {
        store_project_visit *project;
        store_apikey_visit *apikey;
        store_endpoint_visit *endpoint;
        store_history_visit *history;
    } fn;
    void *arg;
    kv_visit *decode;
    struct arena arena; /* of one record */
    enum rc rc;
};

static enum rc visit_in(struct kv_txn *txn, void *arg)
{
    struct visit *visit = arg;
    struct text prefix = {(const char *)visit->start.bytes, visit->prefix_len};
    enum rc rc = kv_scan(txn, prefix, (struct text){0}, visit->direction, visit->decode, visit);

    return rc == RC_OK ? visit->rc : rc;
}

static enum rc run(struct visit *visit)
{
    enum rc rc;

    arena_init(&visit->arena, VISIT_ARENA);
    rc = kv_read(visit->store->kv, visit_in, visit);
    arena_free(&visit->arena);
    return rc;
}

static bool visit_project(struct text key, struct text record, void *arg)
{
    struct visit *visit = arg;
    struct uid uid = keyspace_tail(key.data, key.len);
    struct project project;

    arena_reset(&visit->arena);
    visit->rc =
        store_told(record_project_decode(record, &uid, &visit->arena, &project), "project", &uid);
    return visit->rc == RC_OK && visit->fn.project(&project, visit->arg);
}

enum rc store_projects(struct store *store, store_project_visit *fn, void *arg)
{
    struct visit visit = {.store = store,
                          .start = keyspace_project(&UID_NONE),
                          .prefix_len = 1,
                          .fn.project = fn,
                          .arg = arg,
                          .decode = visit_project};

    return run(&visit);
}

static bool visit_apikey(struct text key, struct text record, void *arg)
{
    struct visit *visit = arg;
    struct uid uid = keyspace_tail(key.data, key.len);
    struct apikey apikey;

    arena_reset(&visit->arena);
    visit->rc =
        store_told(record_apikey_decode(record, &uid, &visit->arena, &apikey), "API key", &uid);
    if (visit->rc != RC_OK)
        return false;
    return !uid_equal(&apikey.project, visit->project) || visit->fn.apikey(&apikey, visit->arg);
}

enum rc store_apikeys(struct store *store, const struct uid *project, store_apikey_visit *fn,
                      void *arg)
{
    struct visit visit = {.store = store,
                          .start = keyspace_apikey(&UID_NONE),
                          .prefix_len = 1,
                          .project = project,
                          .fn.apikey = fn,
                          .arg = arg,
                          .decode = visit_apikey};

    return run(&visit);
}

static bool visit_endpoint(struct text key, struct text record, void *arg)
{
    struct visit *visit = arg;
    struct uid uid = keyspace_tail(key.data, key.len);
    struct endpoint endpoint;

    arena_reset(&visit->arena);
    visit->rc = store_told(record_endpoint_decode(record, visit->store->keyring, visit->project,
                                                  &uid, &visit->arena, &endpoint),
                           "endpoint", &uid);
    return visit->rc == RC_OK && visit->fn.endpoint(&endpoint, visit->arg);
}

enum rc store_endpoints(struct store *store, const struct uid *project, store_endpoint_visit *fn,
                        void *arg)
{
    struct visit visit = {.store = store,
                          .start = keyspace_endpoint(project, &UID_NONE),
                          .prefix_len = KEYSPACE_PROJECT_PREFIX,
                          .direction = KV_BACKWARDS,
                          .project = project,
                          .fn.endpoint = fn,
                          .arg = arg,
                          .decode = visit_endpoint};

    return run(&visit);
}

static bool visit_history(struct text key, struct text record, void *arg)
{
    struct visit *visit = arg;
    struct history history;

    arena_reset(&visit->arena);
    visit->rc = store_told(record_history_decode(record, visit->project,
                                                 keyspace_sequence(key.data, key.len),
                                                 &visit->arena, &history),
                           "history of project", visit->project);
    return visit->rc == RC_OK && visit->fn.history(&history, visit->arg);
}

struct chain {
    struct visit *visit;
    const struct uid *endpoint;
};

/* Follows one endpoint's entries, each of which names the one before it. */
static enum rc chain_in(struct kv_txn *txn, void *arg)
{
    struct chain *chain = arg;
    struct visit *visit = chain->visit;
    struct endpoint endpoint;
    uint64_t sequence;
    enum rc rc = store_read_endpoint(visit->store, txn, visit->project, chain->endpoint,
                                     &visit->arena, &endpoint);

    if (rc != RC_OK)
        return rc;
    sequence = endpoint.history;
    while (sequence != 0) {
        struct keyspace_key key = keyspace_history(visit->project, sequence);
        struct history history;
        struct text record;

        arena_reset(&visit->arena);
        rc = kv_get(txn, store_key(&key), &record);
        if (rc == RC_OK)
            rc = record_history_decode(record, visit->project, sequence, &visit->arena, &history);
        if (rc != RC_OK)
            return store_told(rc == RC_NOT_FOUND ? RC_CORRUPT : rc, "history of endpoint",
                              chain->endpoint);
        if (!visit->fn.history(&history, visit->arg))
            break;
        sequence = history.previous;
    }
    return RC_OK;
}

enum rc store_history(struct store *store, const struct uid *project, const struct uid *endpoint,
                      store_history_visit *fn, void *arg)
{
    struct visit visit = {.store = store,
                          .start = keyspace_history(project, 0),
                          .prefix_len = KEYSPACE_PROJECT_PREFIX,
                          .direction = KV_BACKWARDS,
                          .project = project,
                          .fn.history = fn,
                          .arg = arg,
                          .decode = visit_history};
    struct chain chain = {&visit, endpoint};
    enum rc rc;

    if (endpoint == NULL)
        return run(&visit);
    arena_init(&visit.arena, VISIT_ARENA);
    rc = kv_read(store->kv, chain_in, &chain);
    arena_free(&visit.arena);
    return rc;
}
