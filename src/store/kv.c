/* kv: decides how transactions begin and end, and what comes of writes that share one; what is done
 * in them is kv_access's, what is stored is decided above. */
#include "store/kv.h"

#include "base/moment.h"
#include "store/kv_inside.h"
#include "store/metrics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAP_BYTES = 16 * 1024 * 1024,
    LOOK_EVERY = 256 /* commits, which take a few MiB while no page is used again */
};

static int init_locks(struct kv *kv)
{
    int err = gate_init(&kv->map);

    return err == 0 ? batch_init(&kv->batch) : err;
}

enum rc kv_open(const char *directory, enum kv_open_mode mode, size_t map_size, struct kv **out)
{
    /* Data that cannot be reached is left for LMDB to report. */
    bool missing = kv_files_are_missing(directory);
    struct kv *kv;
    enum rc rc;
    int err;

    if (missing && mode == KV_MUST_EXIST)
        return kv_files_none(directory);
    /* A store says its size itself, unless LMDB is told another. */
    if (missing && map_size == 0)
        map_size = MAP_BYTES;
    kv = calloc(1, sizeof *kv);
    if (kv == NULL)
        return RC_NO_MEMORY;
    err = init_locks(kv);
    if (err != 0) {
        free(kv);
        return kv_report("lock", err);
    }
    kv->directory = strdup(directory);
    err = kv->directory == NULL ? ENOMEM : kv_env_open(kv, map_size);
    if (err != MDB_SUCCESS) {
        rc = kv_result(kv_env_report(kv, err));
        kv_close(kv);
        return rc == RC_NOT_FOUND ? RC_SYSTEM : rc;
    }
    *out = kv;
    return RC_OK;
}

void kv_close(struct kv *kv)
{
    if (kv == NULL)
        return;
    kv_env_close(kv);
    free(kv->directory);
    batch_free(&kv->batch);
    gate_free(&kv->map);
    free(kv);
}

/* For a map that was found full at `full_at` bytes. Without dead readers it may do as it is; if
 * not, it is found full again. */
static int make_room(struct kv *kv, size_t full_at)
{
    return kv_env_release_dead(kv) > 0 ? MDB_SUCCESS : kv_env_grow_map(kv, full_at);
}

/* One that was left, and is still good, or NULL. */
static MDB_txn *renewed(MDB_txn *txn)
{
    if (txn == NULL || mdb_txn_renew(txn) == MDB_SUCCESS)
        return txn;
    mdb_txn_abort(txn);
    return NULL;
}

/* One try, within the gate. */
static int try_begin(struct kv *kv, unsigned flags, void *spare, struct kv_txn *txn)
{
    if (kv->lost) {
        mdb_txn_abort(spare);
        return MDB_PANIC;
    }
    txn->txn = renewed(spare);
    return txn->txn != NULL ? MDB_SUCCESS : mdb_txn_begin(kv->env, NULL, flags, &txn->txn);
}

/* After a begin that failed so: 0 when another one may do better. */
static int make_ready(struct kv *kv, int err, unsigned openings, bool first)
{
    if (err == MDB_MAP_RESIZED)
        return kv_env_adopt_map(kv);
    if (err == MDB_PANIC)
        return kv_env_reopen(kv, openings);
    if (err == MDB_READERS_FULL && first) {
        (void)kv_env_release_dead(kv);
        return MDB_SUCCESS;
    }
    return err;
}

/* Begins within the gate; outside of it when it fails. */
static int begin(struct kv *kv, unsigned flags, struct kv_txn *txn)
{
    for (int attempt = 0;; attempt++) {
        void *spare = NULL;
        unsigned openings;
        int err;

        gate_enter(&kv->map, (flags & MDB_RDONLY) != 0 ? &spare : NULL);
        openings = kv->openings;
        *txn = (struct kv_txn){.dbi = kv->dbi};
        err = try_begin(kv, flags, spare, txn);
        if (err == MDB_SUCCESS)
            return err;
        (void)gate_leave(&kv->map, NULL);
        if (attempt < KV_GROWTHS_MAX)
            err = make_ready(kv, err, openings, attempt == 0);
        if (err != MDB_SUCCESS)
            return err;
    }
}

enum rc kv_read(struct kv *kv, kv_fn *fn, void *arg)
{
    struct kv_txn txn;
    int err = begin(kv, MDB_RDONLY, &txn);
    enum rc rc;

    if (err != MDB_SUCCESS)
        return kv_report("read", err);
    rc = fn(&txn, arg);
    mdb_txn_reset(txn.txn);
    if (!gate_leave(&kv->map, txn.txn))
        mdb_txn_abort(txn.txn);
    return rc;
}

static void settle_rest(struct batch_entry *entries, enum rc rc)
{
    for (; entries != NULL; entries = entries->next)
        if (!entries->settled)
            entries->rc = rc;
}

/* Runs one entry. False when the transaction cannot go on: the map is full, LMDB has failed,
 * or the entry did after it had put something, which is undone with all the rest only. */
static bool run(struct kv_txn *txn, struct batch_entry *entry)
{
    bool changed = txn->changed;

    txn->changed = false;
    entry->rc = entry->fn(txn, entry->arg);
    if (txn->map_full)
        return false;
    if (entry->rc == RC_OK)
        entry->rc = txn->failure;
    entry->settled = entry->rc != RC_OK && (txn->changed || txn->failure != RC_OK);
    txn->changed = txn->changed || changed;
    return !entry->settled;
}

/* The entry that the transaction cannot go on with; NULL when all have run. */
static struct batch_entry *run_all(struct kv_txn *txn, struct batch_entry *entries)
{
    while (entries != NULL && (entries->settled || run(txn, entries)))
        entries = entries->next;
    return entries;
}

/* The last that has put something, as far as results tell. */
static struct batch_entry *last_done(struct batch_entry *entries)
{
    struct batch_entry *last = NULL;

    for (; entries != NULL; entries = entries->next)
        if (entries->rc == RC_OK)
            last = entries;
    return last;
}

/* Ends the transaction whatever comes of it. */
static void commit(struct kv_txn *txn, struct batch_entry *entries)
{
    MDB_env *env = mdb_txn_env(txn->txn);
    size_t writes = 0;
    int64_t began;
    int err;

    if (!txn->changed) {
        mdb_txn_abort(txn->txn);
        return;
    }
    began = moment_elapsed();
    err = kv_cause(env, mdb_txn_commit(txn->txn));
    txn->map_full = err == MDB_MAP_FULL;
    if (txn->map_full)
        return;
    if (err != MDB_SUCCESS)
        (void)kv_report("commit", err);
    for (; entries != NULL; entries = entries->next)
        if (entries->rc == RC_OK) {
            entries->rc = kv_result(err);
            writes++;
        }
    if (err == MDB_SUCCESS)
        metrics_commit(moment_elapsed() - began, writes);
}

/* For whom there was no room, if anybody, in a map of that many bytes. */
struct shortage {
    struct batch_entry *entry;
    size_t map_size;
};

/* One transaction. True when there has to be another: without the entry that spoilt it, or
 * with more room. */
static bool try_write(struct kv *kv, struct batch_entry *entries, struct shortage *shortage)
{
    struct kv_txn txn;
    struct batch_entry *stopped;
    MDB_envinfo info;
    int err = begin(kv, 0, &txn);

    *shortage = (struct shortage){NULL, 0};
    if (err != MDB_SUCCESS) {
        settle_rest(entries, kv_report("write", err));
        return false;
    }
    stopped = run_all(&txn, entries);
    if (stopped == NULL)
        commit(&txn, entries);
    else
        mdb_txn_abort(txn.txn);
    if (txn.map_full && mdb_env_info(kv->env, &info) == MDB_SUCCESS) {
        shortage->entry = stopped != NULL ? stopped : last_done(entries);
        shortage->map_size = info.me_mapsize;
    }
    (void)gate_leave(&kv->map, NULL);
    return stopped != NULL || txn.map_full;
}

/* A batch_commit. A write that is refused harms no other: each has the result that it would
 * have had alone, in this order. */
static void write_all(struct batch_entry *entries, void *arg)
{
    struct kv *kv = arg;
    struct shortage shortage;
    int growths = 0;

    if (++kv->commits % LOOK_EVERY == 0)
        (void)kv_env_release_dead(kv);
    while (try_write(kv, entries, &shortage)) {
        int err = MDB_MAP_FULL;

        if (shortage.entry == NULL)
            continue;
        if (growths++ < KV_GROWTHS_MAX)
            err = make_room(kv, shortage.map_size);
        if (err != MDB_SUCCESS) {
            shortage.entry->rc = kv_report("growing the map", err);
            shortage.entry->settled = true;
        }
    }
}

enum rc kv_write(struct kv *kv, kv_fn *fn, void *arg)
{
    return batch_write(&kv->batch, fn, arg, write_all, kv);
}

static enum rc put_nothing(struct kv_txn *txn, void *arg)
{
    (void)txn;
    (void)arg;
    return RC_OK;
}

enum rc kv_ready(struct kv *kv)
{
    return kv_write(kv, put_nothing, NULL);
}

/* Called for each line of LMDB's list of readers. That of a view ends with its number; a
 * heading does not, nor does a transaction that is kept for the next view. */
static int count_view(const char *line, void *arg)
{
    uint64_t *views = arg;
    size_t len = strlen(line);

    if (len > 1 && line[len - 2] >= '0' && line[len - 2] <= '9')
        (*views)++;
    return 0;
}

enum rc kv_figures(struct kv *kv, struct kv_figures *out)
{
    MDB_envinfo info;
    MDB_stat stat;
    uint64_t views = 0;
    int err = MDB_PANIC;

    (void)kv_env_release_dead(kv);
    gate_enter(&kv->map, NULL);
    if (!kv->lost)
        err = mdb_env_info(kv->env, &info);
    if (err == MDB_SUCCESS)
        err = mdb_env_stat(kv->env, &stat);
    if (err == MDB_SUCCESS && mdb_reader_list(kv->env, count_view, &views) < 0)
        err = EIO;
    (void)gate_leave(&kv->map, NULL);
    if (err != MDB_SUCCESS)
        return kv_report("figures", err);
    *out = (struct kv_figures){.map_bytes = info.me_mapsize,
                               .used_bytes = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize,
                               .readers = views,
                               .readers_max = info.me_maxreaders};
    return RC_OK;
}
