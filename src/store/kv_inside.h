/* kv_inside: what kv's own sources share; the one includer of lmdb.h, and nobody else's. */
#ifndef HOOKROLL_STORE_KV_INSIDE_H
#define HOOKROLL_STORE_KV_INSIDE_H

#include "base/rc.h"
#include "store/batch.h"
#include "store/gate.h"
#include "store/kv.h"

#include <lmdb.h>
#include <stdbool.h>

enum {
    KV_READERS_MAX = 1024,
    KV_GROWTHS_MAX = 48 /* doublings in one write: past any address space */
};

struct kv {
    char *directory;
    MDB_env *env;      /* NULL when it could not be opened anew */
    unsigned openings; /* how often it was opened */
    MDB_dbi dbi;
    /* Every transaction uses the map; LMDB may change it only while this process has none.
     * Read transactions are left for the next reader: beginning one takes a search for a free
     * slot under LMDB's lock, renewing it does not. */
    struct gate map;
    bool lost; /* nothing can be done before it is opened anew */
    struct batch batch;
    unsigned commits; /* begun; counted by who leads the batch */
};

struct kv_txn {
    MDB_txn *txn;
    MDB_dbi dbi;
    bool changed; /* something was put or deleted */
    bool map_full;
    enum rc failure; /* the first, after which LMDB does nothing more in it; RC_OK: none */
};

/* Of kv_env.c; errors are LMDB's or the system's. */

/* kv_env_open: kv->directory; a map_size of 0 is the store's own. Nobody uses kv yet, or the gate
 * is closed; so for kv_env_close, which leaves it as before. kv_env_report: logs that it could not
 * be opened; `err` again. */
int kv_env_open(struct kv *kv, size_t map_size);
void kv_env_close(struct kv *kv);
int kv_env_report(const struct kv *kv, int err);

/* These take the gate themselves, so nobody who is in it may call them. */

/* kv_env_reopen: LMDB gives a store up for good when the disk fails at the end of a commit, and is
 * left without a map when there was no address space for a larger one. Either may be over: the
 * store is opened anew, unless somebody else has done so since it was for the `openings`th time.
 * MDB_PANIC when it cannot be. */
int kv_env_reopen(struct kv *kv, unsigned openings);

/* kv_env_adopt_map: takes over the size that another process has grown the map to. kv_env_grow_map:
 * doubles it, unless that has happened since it was found full at `full_at` bytes. */
int kv_env_adopt_map(struct kv *kv);
int kv_env_grow_map(struct kv *kv, size_t full_at);

/* kv_env_release_dead: while a process that was killed has a slot, no page that it was reading is
 * used again. How many slots there were. */
int kv_env_release_dead(struct kv *kv);

/* kv_files_are_missing: there is no data in the directory, or no directory. What is there and
 * cannot be reached is not missing. kv_files_none: says so in the log. RC_NOT_FOUND. */
bool kv_files_are_missing(const char *directory);
enum rc kv_files_none(const char *directory);

/* kv_files_reserve: has blocks for the file of LMDB's locks, which LMDB maps without having any,
 * and is killed where the disk has none. Before this process opens the store: closing that file
 * would release its locks. kv_files_give: what root has made is the directory's owner's. 0, or an
 * errno. */
int kv_files_reserve(const char *directory);
int kv_files_give(const char *directory);

/* kv_damage_watch: from here on damage that LMDB has no result for ends the process with a line in
 * the log, and status 1. One of LMDB's results. kv_damage_unwatch: before the environment is
 * closed. */
int kv_damage_watch(MDB_env *env);
void kv_damage_unwatch(MDB_env *env);

/* kv_cause: what is behind a failed commit's result. */
int kv_cause(MDB_env *env, int err);

/* kv_result: one of LMDB's, or of the system's. kv_report: logs it as well. */
enum rc kv_result(int err);
enum rc kv_report(const char *what, int err);

#endif
