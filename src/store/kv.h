/* kv: an ordered, durable map of bytes with transactions; the one door to LMDB.
 *
 * One kv per directory and process, opened after any fork (a second handle in
 * the same process would break LMDB's locks). Several processes may have the
 * same directory open. All functions are thread-safe; a transaction belongs to
 * the thread that runs its function. The map grows by itself, whichever process
 * grows it. Not for network file systems. */
#ifndef HOOKROLL_STORE_KV_H
#define HOOKROLL_STORE_KV_H

#include "base/rc.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kv;
struct kv_txn;

enum {
    KV_KEY_MAX = 511 /* bytes of a key, LMDB's own bound */
};

enum kv_open_mode {
    KV_MUST_EXIST,
    KV_CREATE /* the directory must exist; its files are made, mode 0600 */
};

/* kv_probe: whether there is a store that may be read and written; opens nothing.
 * RC_NOT_FOUND, RC_SYSTEM; the cause is logged. */
RC_CHECK enum rc kv_probe(const char *directory);

/* kv_open: *out is new, closed with kv_close. `map_size` in bytes is where the
 * map starts, rounded up to what is stored; 0: what it was last, or a default for a new one.
 * RC_NOT_FOUND without a store, RC_SYSTEM, RC_CORRUPT, RC_NO_MEMORY; the cause is logged. */
RC_CHECK enum rc kv_open(const char *directory, enum kv_open_mode mode, size_t map_size,
                         struct kv **out);

/* kv_close: no transaction may be running; NULL is let pass. */
void kv_close(struct kv *kv);

/* A transaction's function. In kv_write any result but RC_OK undoes all it put. It may be
 * called again from the start, and by another thread that writes at the same time, while
 * its own waits: it keeps nothing from one call to the next. One that refuses does so best
 * before it puts anything: undoing costs all who share the commit another run. */
typedef enum rc kv_fn(struct kv_txn *txn, void *arg);

/* kv_read: runs `fn` on an unchanging view; it must not block. Waits for no write, except once
 * after another process has outgrown this one's map: until a write of this process that waits for
 * that one's lock has got it. Its result, or RC_UNAVAILABLE, RC_SYSTEM. */
RC_CHECK enum rc kv_read(struct kv *kv, kv_fn *fn, void *arg);

/* kv_write: runs `fn` with the store's one write lock held; RC_OK means that what
 * it put is on the disk. Those who write at the same time share one commit, each with its
 * own result. Its result, or RC_FULL, RC_UNAVAILABLE, RC_NO_MEMORY, RC_SYSTEM. */
RC_CHECK enum rc kv_write(struct kv *kv, kv_fn *fn, void *arg);

/* kv_ready: that a write could begin and be committed now; puts nothing, so nothing is
 * written. Waits for the write lock as kv_write does. RC_UNAVAILABLE, RC_SYSTEM. */
RC_CHECK enum rc kv_ready(struct kv *kv);

/* How full the store is, and how many look at it. */
struct kv_figures {
    uint64_t map_bytes;
    uint64_t used_bytes; /* of the map, by the most pages that there ever were */
    uint64_t readers;    /* transactions that read now, of all processes */
    uint64_t readers_max;
};

/* kv_figures: RC_UNAVAILABLE, RC_SYSTEM. */
RC_CHECK enum rc kv_figures(struct kv *kv, struct kv_figures *out);

/* kv_get: RC_NOT_FOUND, or the value, borrowed until the transaction ends or puts. */
RC_CHECK enum rc kv_get(struct kv_txn *txn, struct text key, struct text *value);

/* kv_add: RC_EXISTS when the key is there. kv_set: adds or replaces. */
RC_CHECK enum rc kv_add(struct kv_txn *txn, struct text key, struct text value);
RC_CHECK enum rc kv_set(struct kv_txn *txn, struct text key, struct text value);

/* kv_delete: RC_NOT_FOUND when the key is not there. */
RC_CHECK enum rc kv_delete(struct kv_txn *txn, struct text key);

enum kv_direction {
    KV_FORWARDS,
    KV_BACKWARDS
};

/* Called for each pair, both borrowed for the call; false ends the scan. */
typedef bool kv_visit(struct text key, struct text value, void *arg);

/* kv_scan: visits the keys that begin with `prefix`, in order, from `from` on
 * (itself included; absent: from the first, or backwards from the last). RC_OK also when there are
 * none; RC_CORRUPT, RC_SYSTEM. */
RC_CHECK enum rc kv_scan(struct kv_txn *txn, struct text prefix, struct text from,
                         enum kv_direction direction, kv_visit *visit, void *arg);

#endif
