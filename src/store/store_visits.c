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
    bool from_start; /* begin at `start` itself, not at the end of the prefix */
    enum kv_direction direction;
    const struct uid *project;
    struct kv_txn *txn; /* while it runs */
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
    struct text from = {NULL, 0};
    enum rc rc = visit->project != NULL ? store_known_project(txn, visit->project) : RC_OK;

    if (rc != RC_OK)
        return rc;
    if (visit->from_start)
        from = store_key(&visit->start);
    visit->txn = txn;
    rc = kv_scan(txn, prefix, from, visit->direction, visit->decode, visit);
    return rc == RC_OK ? visit->rc : rc;
}

/* In one view, with room for a record. */
static enum rc run_by(struct visit *visit, kv_fn *fn, void *arg)
{
    enum rc rc;

    arena_init(&visit->arena, VISIT_ARENA);
    rc = kv_read(visit->store->kv, fn, arg);
    arena_free(&visit->arena);
    return rc;
}

static enum rc run(struct visit *visit)
{
    return run_by(visit, visit_in, visit);
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
    if (!uid_equal(&apikey.project, visit->project))
        return true;
    visit->rc = store_read_use(visit->txn, &apikey);
    return visit->rc == RC_OK && visit->fn.apikey(&apikey, visit->arg);
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
    struct endpoint endpoint;
    struct uid uid;
    enum rc rc;

    arena_reset(&visit->arena);
    rc = store_told(store_whose(key, record, &uid), "endpoint whose uid begins like", &uid);
    if (rc == RC_OK)
        rc = store_told(record_endpoint_decode(record, visit->store->keyring, visit->project,
                                               &visit->arena, &endpoint),
                        "endpoint", &uid);
    if (rc == RC_OK)
        return visit->fn.endpoint(&endpoint, visit->arg);
    visit->rc = rc;
    return rc == RC_CORRUPT || rc == RC_KEY;
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
    uint64_t from; /* 0: the newest */
};

/* One entry of the chain. RC_GONE when the caller named one that is not, or of another chain. */
static enum rc read_entry(struct kv_txn *txn, const struct chain *chain, uint64_t sequence,
                          struct history *history)
{
    struct visit *visit = chain->visit;
    struct keyspace_key key = keyspace_history(visit->project, sequence);
    struct text record;
    enum rc rc = kv_get(txn, store_key(&key), &record);

    arena_reset(&visit->arena);
    if (rc == RC_OK)
        rc = record_history_decode(record, visit->project, sequence, &visit->arena, history);
    if (rc == RC_OK && !uid_equal(&history->endpoint, chain->endpoint))
        rc = RC_NOT_FOUND;
    if (rc == RC_NOT_FOUND)
        rc = sequence == chain->from ? RC_GONE : RC_CORRUPT;
    return store_told(rc, "history of endpoint", chain->endpoint);
}

/* Follows one endpoint's entries, each of which names the one before it. */
static enum rc chain_in(struct kv_txn *txn, void *arg)
{
    struct chain *chain = arg;
    struct visit *visit = chain->visit;
    uint64_t sequence;
    enum rc rc = store_newest_of(txn, visit->project, chain->endpoint, &visit->arena, &sequence);

    if (rc == RC_OK && chain->from != 0)
        sequence = chain->from;
    while (rc == RC_OK && sequence != 0) {
        struct history history;

        rc = read_entry(txn, chain, sequence, &history);
        if (rc != RC_OK || !visit->fn.history(&history, visit->arg))
            break;
        sequence = history.previous;
    }
    return rc;
}

enum rc store_history(struct store *store, const struct uid *project, const struct uid *endpoint,
                      uint64_t from, store_history_visit *fn, void *arg)
{
    struct visit visit = {.store = store,
                          .start = keyspace_history(project, from),
                          .from_start = from != 0,
                          .prefix_len = KEYSPACE_PROJECT_PREFIX,
                          .direction = KV_BACKWARDS,
                          .project = project,
                          .fn.history = fn,
                          .arg = arg,
                          .decode = visit_history};
    struct chain chain = {&visit, endpoint, from};

    return endpoint == NULL ? run(&visit) : run_by(&visit, chain_in, &chain);
}

struct following {
    struct visit *visit;
    uint64_t from;
    uint64_t *newest;
};

static enum rc follow_in(struct kv_txn *txn, void *arg)
{
    struct following *following = arg;
    enum rc rc = store_known_project(txn, following->visit->project);

    if (rc == RC_OK)
        rc = store_newest(txn, following->visit->project, following->newest);
    if (rc != RC_OK || following->from == 0)
        return rc;
    if (following->from > *following->newest + 1)
        return RC_GONE;
    return visit_in(txn, following->visit);
}

enum rc store_changes(struct store *store, const struct uid *project, uint64_t from,
                      store_history_visit *fn, void *arg, uint64_t *newest)
{
    struct visit visit = {.store = store,
                          .start = keyspace_history(project, from),
                          .from_start = true,
                          .prefix_len = KEYSPACE_PROJECT_PREFIX,
                          .direction = KV_FORWARDS,
                          .project = project,
                          .fn.history = fn,
                          .arg = arg,
                          .decode = visit_history};
    struct following following = {&visit, from, newest};

    return run_by(&visit, follow_in, &following);
}

struct paging {
    const struct store_page *page;
    struct uid *out;
    size_t max;
    size_t count;
};

static bool filters_by_members(const struct store_page *page)
{
    return page->name.len > 0 || page->owner_id.len > 0;
}

/* Whether the page takes an endpoint. Reads of its record what the filters look at. */
static enum rc takes(const struct store_page *page, struct text record, bool *taken)
{
    struct text members[ENDPOINT_MEMBERS] = {{NULL, 0}};
    struct secret secrets[ENDPOINT_SECRETS_MAX];
    size_t count = 0;
    enum rc rc = RC_OK;

    if (filters_by_members(page))
        rc = record_endpoint_peek(record, members);
    *taken = text_contains(members[ENDPOINT_NAME], page->name) &&
             (page->owner_id.len == 0 || text_equal(members[ENDPOINT_OWNER_ID], page->owner_id));
    if (rc != RC_OK || !*taken || !overlap_is_wanted(&page->overlap))
        return rc;
    rc = record_endpoint_secrets(record, secrets, &count);
    *taken = rc == RC_OK && overlap_matches(&page->overlap, secrets, count);
    return rc;
}

static bool visit_page(struct text key, struct text record, void *arg)
{
    struct visit *visit = arg;
    struct paging *paging = visit->arg;
    const struct store_page *page = paging->page;
    bool taken = false;
    struct uid uid;
    enum rc rc;

    if (paging->count == paging->max)
        return false;
    rc = store_told(store_whose(key, record, &uid), "endpoint whose uid begins like", &uid);
    if (rc == RC_OK)
        rc = store_told(takes(page, record, &taken), "endpoint", &uid);
    if (rc != RC_OK)
        taken = !filters_by_members(page) && !overlap_is_wanted(&page->overlap);
    if (taken)
        paging->out[paging->count++] = uid;
    return true;
}

enum rc store_endpoint_page(struct store *store, const struct uid *project,
                            const struct store_page *page, struct uid *out, size_t max,
                            size_t *count)
{
    struct paging paging = {page, out, max, 0};
    struct visit visit = {.store = store,
                          .start = keyspace_endpoint(project, &page->from),
                          .from_start = !uid_is_none(&page->from),
                          .prefix_len = KEYSPACE_PROJECT_PREFIX,
                          .direction = page->towards_newer ? KV_FORWARDS : KV_BACKWARDS,
                          .project = project,
                          .arg = &paging,
                          .decode = visit_page};
    enum rc rc = run(&visit);

    *count = paging.count;
    return rc;
}
