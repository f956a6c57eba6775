/* store_endpoints: endpoints, and the history entry that goes with every change of one. */
#include "store/store_inside.h"

#include "base/buf.h"
#include "store/record.h"

#include <string.h>

enum rc store_whose(struct text key, struct text record, struct uid *uid)
{
    struct uid head = keyspace_head(key.data, key.len);
    enum rc rc = record_endpoint_uid(record, uid);

    if (rc == RC_OK && memcmp(uid->bytes, head.bytes, KEYSPACE_HEAD_BYTES) != 0)
        rc = RC_CORRUPT;
    if (rc != RC_OK)
        *uid = head;
    return rc;
}

/* RC_NOT_FOUND also when what lies there is another's, which has the same key. */
static enum rc get_record(struct kv_txn *txn, const struct uid *project, const struct uid *uid,
                          struct text *record)
{
    struct keyspace_key key = keyspace_endpoint(project, uid);
    struct uid whose;
    enum rc rc = store_known_project(txn, project);

    if (rc == RC_OK)
        rc = kv_get(txn, store_key(&key), record);
    if (rc != RC_OK)
        return rc;
    rc = store_told(store_whose(store_key(&key), *record, &whose), "endpoint", uid);
    return rc == RC_OK && !uid_equal(&whose, uid) ? RC_NOT_FOUND : rc;
}

/* Without a keyring nothing is opened: that a key is lost, or a value damaged, is no hindrance. */
static enum rc read_endpoint(const struct keyring *keyring, struct kv_txn *txn,
                             const struct uid *project, const struct uid *uid, struct arena *arena,
                             struct endpoint *out)
{
    struct text record;
    enum rc rc = get_record(txn, project, uid, &record);

    if (rc == RC_OK)
        rc = store_told(record_endpoint_decode(record, keyring, project, arena, out), "endpoint",
                        uid);
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

    return read_endpoint(get->store->keyring, txn, get->project, get->uid, get->arena, get->out);
}

enum rc store_endpoint_get(struct store *store, const struct uid *project, const struct uid *uid,
                           struct arena *arena, struct endpoint *out)
{
    struct getting get = {store, project, uid, arena, out};

    return kv_read(store->kv, endpoint_in, &get);
}

/* Appends the entry to the project's history and to the endpoint's chain. */
static enum rc put_history(struct kv_txn *txn, struct endpoint *endpoint, struct history *event)
{
    enum rc rc;

    event->previous = endpoint->history;
    rc = store_put_history(txn, &endpoint->project, event);
    if (rc == RC_OK)
        endpoint->history = event->sequence;
    return rc;
}

enum rc store_put_endpoint(struct store *store, struct kv_txn *txn, const struct endpoint *endpoint)
{
    struct keyspace_key key = keyspace_endpoint(&endpoint->project, &endpoint->uid);
    char room[RECORD_USUAL];
    struct buf record;

    buf_init_in(&record, room, sizeof room, RECORD_MAX);
    record_endpoint_encode(&record, store->keyring, endpoint);
    return store_put(txn, &key, &record, kv_set);
}

/* Writes the endpoint, with the entry that tells what happened to its secrets. */
static enum rc put_endpoint(struct store *store, struct kv_txn *txn, struct endpoint *endpoint,
                            struct history *event)
{
    enum rc rc = event->action != 0 ? put_history(txn, endpoint, event) : RC_OK;

    if (rc != RC_OK)
        return rc;
    endpoint->revision++;
    return store_put_endpoint(store, txn, endpoint);
}

struct insertion {
    struct store *store;
    const struct endpoint *endpoint;
    const struct history *event;
    struct endpoint *written;
};

static enum rc insert_in(struct kv_txn *txn, void *arg)
{
    struct insertion *insertion = arg;
    const struct endpoint *endpoint = insertion->endpoint;
    struct history event = *insertion->event;
    struct keyspace_key key = keyspace_endpoint(&endpoint->project, &endpoint->uid);
    struct keyspace_key tombstone = keyspace_tombstone(&endpoint->project, &endpoint->uid);
    struct text ignored;
    enum rc rc = store_known_project(txn, &endpoint->project);

    if (rc != RC_OK)
        return rc;
    rc = kv_get(txn, store_key(&key), &ignored);
    if (rc == RC_NOT_FOUND)
        rc = kv_get(txn, store_key(&tombstone), &ignored);
    if (rc != RC_NOT_FOUND)
        return rc == RC_OK ? RC_EXISTS : rc;
    *insertion->written = *endpoint;
    return put_endpoint(insertion->store, txn, insertion->written, &event);
}

enum rc store_endpoint_add(struct store *store, struct endpoint *endpoint,
                           const struct history *event)
{
    struct endpoint written;
    struct insertion insertion = {store, endpoint, event, &written};
    enum rc rc = kv_write(store->kv, insert_in, &insertion);

    if (rc == RC_OK)
        *endpoint = written;
    return rc;
}

enum change_kind {
    EDIT,
    NOTE, /* no change of the endpoint: no revision, and no entry */
    DELETION
};

struct change {
    struct store *store;
    const struct uid *project;
    const struct uid *uid;
    edit_fn *edit;
    void *arg;
    struct arena *arena;
    struct endpoint *out;
    enum change_kind kind;
};

/* Reads the endpoint and its project and lets the caller's function change it. */
static enum rc apply(struct kv_txn *txn, struct change *change, struct history *event)
{
    struct project project;
    struct edit edit = {&project, change->out, event, change->arena};
    const struct keyring *keyring = change->kind == DELETION ? NULL : change->store->keyring;
    enum rc rc = store_read_project(txn, change->project, change->arena, &project);

    if (rc == RC_OK)
        rc = read_endpoint(keyring, txn, change->project, change->uid, change->arena, change->out);
    return rc == RC_OK ? change->edit(&edit, change->arg) : rc;
}

static enum rc change_in(struct kv_txn *txn, void *arg)
{
    struct change *change = arg;
    struct history event = {0};
    enum rc rc = apply(txn, change, &event);

    if (rc != RC_OK)
        return rc;
    return change->kind == NOTE ? store_put_endpoint(change->store, txn, change->out)
                                : put_endpoint(change->store, txn, change->out, &event);
}

enum rc store_endpoint_edit(struct store *store, const struct uid *project, const struct uid *uid,
                            edit_fn *edit, void *arg, struct arena *arena, struct endpoint *out)
{
    struct change change = {store, project, uid, edit, arg, arena, out, EDIT};

    return kv_write(store->kv, change_in, &change);
}

enum rc store_endpoint_note(struct store *store, const struct uid *project, const struct uid *uid,
                            edit_fn *edit, void *arg, struct arena *arena, struct endpoint *out)
{
    struct change change = {store, project, uid, edit, arg, arena, out, NOTE};

    return kv_write(store->kv, change_in, &change);
}

static enum rc put_tombstone(struct kv_txn *txn, const struct endpoint *endpoint)
{
    const struct record_tombstone tombstone = {endpoint->members[ENDPOINT_OWNER_ID],
                                               endpoint->history};
    struct keyspace_key key = keyspace_tombstone(&endpoint->project, &endpoint->uid);
    struct buf record;

    buf_init(&record, RECORD_MAX);
    record_tombstone_encode(&record, &tombstone);
    return store_put(txn, &key, &record, kv_add);
}

static enum rc delete_in(struct kv_txn *txn, void *arg)
{
    struct change *change = arg;
    struct endpoint *endpoint = change->out;
    struct keyspace_key key = keyspace_endpoint(change->project, change->uid);
    struct history pattern = {0};
    enum rc rc = apply(txn, change, &pattern);

    for (size_t i = 0; rc == RC_OK && i < endpoint->secret_count; i++) {
        struct history event = pattern;

        event.ended = endpoint->secrets[i].uid;
        rc = put_history(txn, endpoint, &event);
    }
    if (rc == RC_OK)
        rc = put_tombstone(txn, endpoint);
    return rc == RC_OK ? kv_delete(txn, store_key(&key)) : rc;
}

enum rc store_endpoint_delete(struct store *store, const struct uid *project, const struct uid *uid,
                              edit_fn *edit, void *arg, struct arena *arena)
{
    struct endpoint endpoint;
    struct change change = {store, project, uid, edit, arg, arena, &endpoint, DELETION};

    return kv_write(store->kv, delete_in, &change);
}

static enum rc read_tombstone(struct kv_txn *txn, const struct uid *project, const struct uid *uid,
                              struct arena *arena, struct record_tombstone *out)
{
    struct keyspace_key key = keyspace_tombstone(project, uid);
    struct text record;
    enum rc rc = store_known_project(txn, project);

    if (rc == RC_OK)
        rc = kv_get(txn, store_key(&key), &record);
    if (rc == RC_OK)
        rc = store_told(record_tombstone_decode(record, arena, out), "deleted endpoint", uid);
    return rc;
}

enum rc store_newest_of(struct kv_txn *txn, const struct uid *project, const struct uid *uid,
                        struct arena *arena, uint64_t *sequence)
{
    struct record_tombstone tombstone;
    struct text record;
    enum rc rc = get_record(txn, project, uid, &record);

    if (rc == RC_OK)
        return store_told(record_endpoint_history(record, sequence), "endpoint", uid);
    if (rc == RC_NOT_FOUND) {
        rc = read_tombstone(txn, project, uid, arena, &tombstone);
        if (rc == RC_OK)
            *sequence = tombstone.history;
    }
    return rc;
}

struct owner {
    const struct uid *project;
    const struct uid *uid;
    struct arena *arena;
    struct text *out;
};

static enum rc owner_in(struct kv_txn *txn, void *arg)
{
    struct owner *owner = arg;
    struct text members[ENDPOINT_MEMBERS] = {{NULL, 0}};
    struct record_tombstone tombstone;
    struct text record;
    enum rc rc = get_record(txn, owner->project, owner->uid, &record);

    if (rc == RC_OK) {
        rc = store_told(record_endpoint_peek(record, members), "endpoint", owner->uid);
        return rc == RC_OK ? arena_copy(owner->arena, members[ENDPOINT_OWNER_ID], owner->out) : rc;
    }
    if (rc == RC_NOT_FOUND)
        rc = read_tombstone(txn, owner->project, owner->uid, owner->arena, &tombstone);
    if (rc == RC_OK)
        *owner->out = tombstone.owner_id;
    return rc;
}

enum rc store_endpoint_owner(struct store *store, const struct uid *project, const struct uid *uid,
                             struct arena *arena, struct text *owner_id)
{
    struct owner owner = {project, uid, arena, owner_id};

    return kv_read(store->kv, owner_in, &owner);
}
