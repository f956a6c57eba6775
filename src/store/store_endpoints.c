/* store_endpoints: endpoints, and the history entry that goes with every change of one. */
#include "store/store_inside.h"

#include "base/buf.h"
#include "store/record.h"

enum rc store_read_endpoint(struct store *store, struct kv_txn *txn, const struct uid *project,
                            const struct uid *uid, struct arena *arena, struct endpoint *out)
{
    struct keyspace_key key = keyspace_endpoint(project, uid);
    struct text record;
    enum rc rc = kv_get(txn, store_key(&key), &record);

    if (rc == RC_OK)
        rc = store_told(record_endpoint_decode(record, store->keyring, project, uid, arena, out),
                        "endpoint", uid);
    return rc;
}

struct getting {
    struct store *store;
    const struct uid *project;
    const struct uid *uid;
    struct arena *arena;
    struct endpoint *out;
};

static enum rc endpoint_in(struct kv_txn *txn, void *arg)
{
    struct getting *get = arg;

    return store_read_endpoint(get->store, txn, get->project, get->uid, get->arena, get->out);
}

enum rc store_endpoint_get(struct store *store, const struct uid *project, const struct uid *uid,
                           struct arena *arena, struct endpoint *out)
{
    struct getting get = {store, project, uid, arena, out};

    return kv_read(store->kv, endpoint_in, &get);
}

static bool note_sequence(struct text key, struct text value, void *arg)
{
    uint64_t *sequence = arg;

    (void)value;
    *sequence = keyspace_sequence(key.data, key.len);
    return false;
}

/* Writes the endpoint with the entry that tells why, which becomes its newest. */
static enum rc put_endpoint(struct store *store, struct kv_txn *txn, struct endpoint *endpoint,
                            struct history *event)
{
    struct keyspace_key key = keyspace_history(&endpoint->project, 0);
    uint64_t newest = 0;
    struct buf record;
    enum rc rc =
        kv_scan(txn, store_prefix(&key), (struct text){0}, KV_BACKWARDS, note_sequence, &newest);

    if (rc != RC_OK)
        return rc;
    event->sequence = newest + 1;
    event->previous = endpoint->history;
    endpoint->history = event->sequence;
    buf_init(&record, RECORD_MAX);
    record_history_encode(&record, event);
    rc = buf_status(&record);
    key = keyspace_history(&endpoint->project, event->sequence);
    if (rc == RC_OK)
        rc = kv_add(txn, store_key(&key), buf_text(&record));
    buf_reset(&record);
    record_endpoint_encode(&record, store->keyring, endpoint);
    if (rc == RC_OK)
        rc = buf_status(&record);
    key = keyspace_endpoint(&endpoint->project, &endpoint->uid);
    if (rc == RC_OK)
        rc = kv_set(txn, store_key(&key), buf_text(&record));
    buf_free(&record);
    return rc;
}

struct insertion {
    struct store *store;
    const struct endpoint *endpoint;
    const struct history *event;
};

static enum rc insert_in(struct kv_txn *txn, void *arg)
{
    struct insertion *insertion = arg;
    struct endpoint endpoint = *insertion->endpoint;
    struct history event = *insertion->event;
    struct keyspace_key key = keyspace_endpoint(&endpoint.project, &endpoint.uid);
    struct keyspace_key project = keyspace_project(&endpoint.project);
    struct text ignored;
    enum rc rc = kv_get(txn, store_key(&project), &ignored);

    if (rc != RC_OK)
        return rc;
    rc = kv_get(txn, store_key(&key), &ignored);
    if (rc != RC_NOT_FOUND)
        return rc == RC_OK ? RC_EXISTS : rc;
    return put_endpoint(insertion->store, txn, &endpoint, &event);
}

enum rc store_endpoint_add(struct store *store, const struct endpoint *endpoint,
                           const struct history *event)
{
    struct insertion insertion = {store, endpoint, event};

    return kv_write(store->kv, insert_in, &insertion);
}

struct change {
    struct store *store;
    const struct uid *project;
    const struct uid *uid;
    edit_fn *edit;
    void *arg;
    struct arena *arena;
    struct endpoint *out;
};

static enum rc change_in(struct kv_txn *txn, void *arg)
{
    struct change *change = arg;
    struct project project;
    struct history event = {0};
    struct edit edit = {&project, change->out, &event, change->arena};
    enum rc rc = store_read_project(txn, change->project, change->arena, &project);

    if (rc == RC_OK)
        rc = store_read_endpoint(change->store, txn, change->project, change->uid, change->arena,
                                 change->out);
    if (rc == RC_OK)
        rc = change->edit(&edit, change->arg);
    return rc == RC_OK ? put_endpoint(change->store, txn, change->out, &event) : rc;
}

enum rc store_endpoint_edit(struct store *store, const struct uid *project, const struct uid *uid,
                            edit_fn *edit, void *arg, struct arena *arena, struct endpoint *out)
{
    struct change change = {store, project, uid, edit, arg, arena, out};

    return kv_write(store->kv, change_in, &change);
}
