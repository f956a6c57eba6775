/* store_projects: projects, and the entry of their history that goes with a change. */
#include "store/store_inside.h"

#include "base/buf.h"
#include "store/record.h"

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

struct getting {
    const struct uid *uid;
    struct arena *arena;
    struct project *out;
};

static enum rc get_in(struct kv_txn *txn, void *arg)
{
    struct getting *get = arg;

    return store_read_project(txn, get->uid, get->arena, get->out);
}

enum rc store_project_get(struct store *store, const struct uid *uid, struct arena *arena,
                          struct project *out)
{
    struct getting get = {uid, arena, out};

    return kv_read(store->kv, get_in, &get);
}

static enum rc put(struct kv_txn *txn, const struct project *project, store_put_fn *how)
{
    struct keyspace_key key = keyspace_project(&project->uid);
    struct buf record;

    buf_init(&record, RECORD_MAX);
    record_project_encode(&record, project);
    return store_put(txn, &key, &record, how);
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

static enum rc add_in(struct kv_txn *txn, void *arg)
{
    const struct project *project = arg;
    struct tag_search search = {&project->uid, false};
    enum rc rc =
        kv_scan(txn, text_of("P"), (struct text){NULL, 0}, KV_FORWARDS, compare_tag, &search);

    if (rc == RC_OK && search.taken)
        rc = RC_EXISTS;
    return rc == RC_OK ? put(txn, project, kv_add) : rc;
}

enum rc store_project_add(struct store *store, const struct project *project)
{
    struct project added = *project;

    return kv_write(store->kv, add_in, &added);
}

struct change {
    const struct uid *uid;
    project_edit_fn *edit;
    void *arg;
    struct arena *arena;
    struct project *out;
};

static enum rc change_in(struct kv_txn *txn, void *arg)
{
    struct change *change = arg;
    struct history event = {0};
    struct project_edit edit = {change->out, &event};
    enum rc rc = store_read_project(txn, change->uid, change->arena, change->out);

    if (rc == RC_OK)
        rc = change->edit(&edit, change->arg);
    if (rc == RC_OK && event.action != 0)
        rc = store_put_history(txn, change->uid, &event);
    return rc == RC_OK ? put(txn, change->out, kv_set) : rc;
}

enum rc store_project_edit(struct store *store, const struct uid *uid, project_edit_fn *edit,
                           void *arg, struct arena *arena, struct project *out)
{
    struct change change = {uid, edit, arg, arena, out};

    return kv_write(store->kv, change_in, &change);
}
