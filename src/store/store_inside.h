/* store_inside: what the store's own sources share; nobody else includes it. */
#ifndef HOOKROLL_STORE_STORE_INSIDE_H
#define HOOKROLL_STORE_STORE_INSIDE_H

#include "store/keyring.h"
#include "store/keyspace.h"
#include "store/kv.h"
#include "store/record.h"
#include "store/store.h"

struct store {
    struct kv *kv;
    struct keyring *keyring;
};

/* store_key: a key as kv takes it; store_prefix: the part that all of one
 * project's share. Borrowed from `key`. */
struct text store_key(const struct keyspace_key *key);
struct text store_prefix(const struct keyspace_key *key);

/* store_put: puts a record, by kv_add or kv_set, and releases it. RC_NO_MEMORY where it could not
 * be encoded. */
typedef enum rc store_put_fn(struct kv_txn *txn, struct text key, struct text value);
RC_CHECK enum rc store_put(struct kv_txn *txn, const struct keyspace_key *key, struct buf *record,
                           store_put_fn *put);

/* store_told: logs which record is damaged (RC_CORRUPT, RC_KEY); returns `rc`. */
RC_CHECK enum rc store_told(enum rc rc, const char *what, const struct uid *uid);

/* store_known_project: RC_NOT_FOUND without it. What is a project's own lies under keys that have
 * only a tag of it: whoever looks there asks this first. */
RC_CHECK enum rc store_known_project(struct kv_txn *txn, const struct uid *project);

/* Reading one thing within a transaction; RC_NOT_FOUND, or as record.h. */
RC_CHECK enum rc store_read_project(struct kv_txn *txn, const struct uid *uid, struct arena *arena,
                                    struct project *out);
RC_CHECK enum rc store_read_apikey(struct kv_txn *txn, const struct uid *uid, struct arena *arena,
                                   struct apikey *out);
/* store_read_use: completes a key with its last use. */
RC_CHECK enum rc store_read_use(struct kv_txn *txn, struct apikey *apikey);

/* store_put_endpoint: writes its record, sealed with the first key, and nothing beside it: no entry
 * of the history. */
RC_CHECK enum rc store_put_endpoint(struct store *store, struct kv_txn *txn,
                                    const struct endpoint *endpoint);

/* store_whose: the uid of the endpoint whose record lies under a key. RC_CORRUPT also when that is
 * not its key; *uid is what the key has of one then. */
RC_CHECK enum rc store_whose(struct text key, struct text record, struct uid *uid);

/* store_newest_of: the sequence of an endpoint's last entry, also of one that was deleted. */
RC_CHECK enum rc store_newest_of(struct kv_txn *txn, const struct uid *project,
                                 const struct uid *uid, struct arena *arena, uint64_t *sequence);

/* store_newest: the sequence of the project's last entry, 0 without one. */
RC_CHECK enum rc store_newest(struct kv_txn *txn, const struct uid *project, uint64_t *sequence);

/* A walk through all that lies under a prefix, in order, in views of bounded length, so that no
 * reader holds pages for long. Begins as zeros but for `visit` and `arg`. */
struct store_walk {
    kv_visit *visit; /* false ends the view, as if all had been visited */
    void *arg;
    char at[KV_KEY_MAX]; /* the key that was visited last */
    size_t at_len;       /* of it; 0 before the first */
    size_t left;         /* of this view */
    bool ended;          /* there was room for more, and there was no more */
};

/* store_walk_on: visits the next `max` records, or those that are left. */
RC_CHECK enum rc store_walk_on(struct store_walk *walk, struct kv_txn *txn, struct text prefix,
                               size_t max);

/* store_put_history: appends the entry to the project's and gives it its sequence. */
RC_CHECK enum rc store_put_history(struct kv_txn *txn, const struct uid *project,
                                   struct history *event);

#endif
