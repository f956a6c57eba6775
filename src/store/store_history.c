/* store_history: the end of a project's history, where entries are appended and from
 * where they are followed. */
#include "store/store_inside.h"

#include "base/buf.h"
#include "store/record.h"

static bool note_sequence(struct text key, struct text value, void *arg)
{
    uint64_t *sequence = arg;

    (void)value;
    *sequence = keyspace_sequence(key.data, key.len);
    return false;
}

enum rc store_newest(struct kv_txn *txn, const struct uid *project, uint64_t *sequence)
{
    struct keyspace_key key = keyspace_history(project, 0);

    *sequence = 0;
    return kv_scan(txn, store_prefix(&key), (struct text){NULL, 0}, KV_BACKWARDS, note_sequence,
                   sequence);
}

enum rc store_put_history(struct kv_txn *txn, const struct uid *project, struct history *event)
{
    struct keyspace_key key;
    char room[RECORD_USUAL];
    uint64_t newest;
    struct buf record;
    enum rc rc = store_newest(txn, project, &newest);

    if (rc != RC_OK)
        return rc;
    event->sequence = newest + 1;
    key = keyspace_history(project, event->sequence);
    buf_init_in(&record, room, sizeof room, RECORD_MAX);
    record_history_encode(&record, event);
    return store_put(txn, &key, &record, kv_add);
}
