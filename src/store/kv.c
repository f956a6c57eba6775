/* kv: the one includer of lmdb.h. Decides how the environment is opened, locked
 * and grown; what is stored is decided above. */
#include "store/kv.h"

#include "base/log.h"
#include "base/moment.h"
#include "store/batch.h"
#include "store/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    MAP_BYTES = 16 * 1024 * 1024,
    READERS_MAX = 1024,
    IDLE_MAX = 128,  /* read transactions kept for the next who reads */
    GROWTHS_MAX = 48 /* doublings in one write: past any address space */
};

struct kv {
    MDB_env *env;
    MDB_dbi dbi;
    /* Held shared by every transaction: LMDB may change its map only while
     * this process has none. Prefers the one who waits to grow it. */
    pthread_rwlock_t in_use;
    bool lost; /* the map could not be mapped anew: nothing can be done until a reopening */
    struct batch batch;
    /* Beginning a read takes a search for a free slot under LMDB's lock, renewing does not. */
    pthread_mutex_t idle_lock;
    size_t idle_count;
    MDB_txn *idle[IDLE_MAX];
};

struct kv_txn {
    MDB_txn *txn;
    MDB_dbi dbi;
    bool changed; /* something was put or deleted */
    bool map_full;
};

static enum rc result(int err)
{
    switch (err) {
    case MDB_SUCCESS:
        return RC_OK;
    case MDB_NOTFOUND:
    case ENOENT:
        return RC_NOT_FOUND;
    case MDB_KEYEXIST:
        return RC_EXISTS;
    case MDB_MAP_FULL:
    case ENOSPC:
    case EDQUOT:
        return RC_FULL;
    case MDB_READERS_FULL:
    case EAGAIN:
    case MDB_PANIC:
        return RC_UNAVAILABLE;
    case ENOMEM:
        return RC_NO_MEMORY;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
        return RC_CORRUPT;
    default:
        return RC_SYSTEM;
    }
}

static enum rc report(const char *what, int err)
{
    log_error("store: %s: %s", what, mdb_strerror(err));
    return result(err);
}

/* A new directory entry is on the disk only once its directory is. */
static int sync_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int err = 0;

    if (fd < 0)
        return errno;
    if (fsync(fd) != 0)
        err = errno;
    (void)close(fd);
    return err;
}

static int open_dbi(struct kv *kv)
{
    MDB_txn *txn = NULL;
    int err = mdb_txn_begin(kv->env, NULL, MDB_RDONLY, &txn);

    /* Another process may grow the map between our opening and this. */
    for (int i = 0; err == MDB_MAP_RESIZED && i < GROWTHS_MAX; i++) {
        err = mdb_env_set_mapsize(kv->env, 0);
        if (err == MDB_SUCCESS)
            err = mdb_txn_begin(kv->env, NULL, MDB_RDONLY, &txn);
    }
    if (err != MDB_SUCCESS)
        return err;
    err = mdb_dbi_open(txn, NULL, 0, &kv->dbi);
    if (err == MDB_SUCCESS)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return err;
}

static int open_env(struct kv *kv, const char *directory, size_t map_size)
{
    int dead = 0;
    int err = mdb_env_create(&kv->env);

    if (err == MDB_SUCCESS)
        err = mdb_env_set_maxreaders(kv->env, READERS_MAX);
    if (err == MDB_SUCCESS)
        err = mdb_env_set_mapsize(kv->env, map_size > 0 ? map_size : MAP_BYTES);
    if (err == MDB_SUCCESS)
        err = mdb_env_open(kv->env, directory, MDB_NOTLS | MDB_NORDAHEAD, 0600);
    if (err == MDB_SUCCESS)
        err = mdb_reader_check(kv->env, &dead);
    if (dead > 0)
        log_info("store: released %d reader slots of ended processes", dead);
    if (err == MDB_SUCCESS)
        err = sync_directory(directory);
    return err == MDB_SUCCESS ? open_dbi(kv) : err;
}

/* Whether the store's data may be used so, as access(2) takes `mode`: 0, or the reason. */
static int reach(const char *directory, int mode)
{
    static const char name[] = "/data.mdb";
    size_t len = strlen(directory);
    char *path = malloc(len + sizeof name);
    int err;

    if (path == NULL)
        return ENOMEM;
    memcpy(path, directory, len);
    memcpy(path + len, name, sizeof name);
    err = access(path, mode) == 0 ? 0 : errno;
    free(path);
    return err;
}

static enum rc none_in(const char *directory)
{
    log_error("store: there is none in %s", directory);
    return RC_NOT_FOUND;
}

static bool is_missing(int err)
{
    return err == ENOENT || err == ENOTDIR;
}

enum rc kv_probe(const char *directory)
{
    int err = reach(directory, R_OK | W_OK);

    if (is_missing(err))
        return none_in(directory);
    if (err == 0)
        return RC_OK;
    log_error("store: %s cannot be read and written: %s", directory, strerror(err));
    return RC_SYSTEM;
}

static int init_in_use(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t attr;
    int err = pthread_rwlockattr_init(&attr);

    if (err != 0)
        return err;
    err = pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    if (err == 0)
        err = pthread_rwlock_init(lock, &attr);
    (void)pthread_rwlockattr_destroy(&attr);
    return err;
}

static int init_locks(struct kv *kv)
{
    int err = init_in_use(&kv->in_use);

    if (err == 0)
        err = batch_init(&kv->batch);
    if (err == 0)
        err = pthread_mutex_init(&kv->idle_lock, NULL);
    return err;
}

enum rc kv_open(const char *directory, enum kv_open_mode mode, size_t map_size, struct kv **out)
{
    struct kv *kv;
    int err;

    /* Data that cannot be reached is left for LMDB to report. */
    if (mode == KV_MUST_EXIST && is_missing(reach(directory, F_OK)))
        return none_in(directory);
    kv = calloc(1, sizeof *kv);
    if (kv == NULL)
        return RC_NO_MEMORY;
    err = init_locks(kv);
    if (err != 0) {
        free(kv);
        return report("lock", err);
    }
    err = open_env(kv, directory, map_size);
    if (err != MDB_SUCCESS) {
        log_error("store: %s cannot be opened: %s", directory, mdb_strerror(err));
        kv_close(kv);
        return result(err) == RC_NOT_FOUND ? RC_SYSTEM : result(err);
    }
    *out = kv;
    return RC_OK;
}

void kv_close(struct kv *kv)
{
    if (kv == NULL)
        return;
    while (kv->idle_count > 0)
        mdb_txn_abort(kv->idle[--kv->idle_count]);
    mdb_env_close(kv->env);
    (void)pthread_mutex_destroy(&kv->idle_lock);
    batch_free(&kv->batch);
    (void)pthread_rwlock_destroy(&kv->in_use);
    free(kv);
}

/* When LMDB cannot map a new size it is left without any map. So where the size is
 * known, whether there is address space for it is tried first. */
static bool can_map(size_t size)
{
    void *p = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return p != MAP_FAILED && munmap(p, size) == 0;
}

/* With the lock held alone. 0: the size that another process has set. */
static int set_map_size(struct kv *kv, size_t size)
{
    int err = kv->lost ? MDB_PANIC : mdb_env_set_mapsize(kv->env, size);

    kv->lost = err != MDB_SUCCESS;
    return err;
}

/* Another process has grown the map: take over its size. */
static int adopt_map(struct kv *kv)
{
    int err;

    (void)pthread_rwlock_wrlock(&kv->in_use);
    err = set_map_size(kv, 0);
    (void)pthread_rwlock_unlock(&kv->in_use);
    return err;
}

/* Doubles the map, unless that has happened since it was found full at `full_at` bytes. */
static int grow_map(struct kv *kv, size_t full_at)
{
    MDB_envinfo info;
    int err;

    (void)pthread_rwlock_wrlock(&kv->in_use);
    err = mdb_env_info(kv->env, &info);
    if (err == MDB_SUCCESS && info.me_mapsize == full_at && !can_map(full_at * 2)) {
        err = MDB_MAP_FULL;
    } else if (err == MDB_SUCCESS && info.me_mapsize == full_at) {
        err = set_map_size(kv, full_at * 2);
        if (err == MDB_SUCCESS)
            log_info("store: map grown to %zu bytes", full_at * 2);
    }
    (void)pthread_rwlock_unlock(&kv->in_use);
    return err;
}

/* A read transaction that was kept, if there is one that is still good. */
static MDB_txn *take_idle(struct kv *kv)
{
    MDB_txn *txn = NULL;

    (void)pthread_mutex_lock(&kv->idle_lock);
    if (kv->idle_count > 0)
        txn = kv->idle[--kv->idle_count];
    (void)pthread_mutex_unlock(&kv->idle_lock);
    if (txn == NULL || mdb_txn_renew(txn) == MDB_SUCCESS)
        return txn;
    mdb_txn_abort(txn);
    return NULL;
}

/* Keeps a transaction whose view is given up. */
static void keep_idle(struct kv *kv, MDB_txn *txn)
{
    bool kept = false;

    mdb_txn_reset(txn);
    (void)pthread_mutex_lock(&kv->idle_lock);
    if (kv->idle_count < IDLE_MAX) {
        kv->idle[kv->idle_count++] = txn;
        kept = true;
    }
    (void)pthread_mutex_unlock(&kv->idle_lock);
    if (!kept)
        mdb_txn_abort(txn);
}

static int try_begin(struct kv *kv, unsigned flags, struct kv_txn *txn)
{
    if (kv->lost)
        return MDB_PANIC;
    txn->txn = (flags & MDB_RDONLY) != 0 ? take_idle(kv) : NULL;
    return txn->txn != NULL ? MDB_SUCCESS : mdb_txn_begin(kv->env, NULL, flags, &txn->txn);
}

/* Begins with the shared lock held; released when it fails. */
static int begin(struct kv *kv, unsigned flags, struct kv_txn *txn)
{
    int dead = 0;
    int err;

    for (int attempt = 0;; attempt++) {
        (void)pthread_rwlock_rdlock(&kv->in_use);
        err = try_begin(kv, flags, txn);
        if (err == MDB_SUCCESS)
            return err;
        (void)pthread_rwlock_unlock(&kv->in_use);
        if (attempt == GROWTHS_MAX)
            return err;
        if (err == MDB_MAP_RESIZED)
            err = adopt_map(kv);
        else if (err == MDB_READERS_FULL && attempt == 0)
            err = mdb_reader_check(kv->env, &dead);
        if (err != MDB_SUCCESS)
            return err;
    }
}

enum rc kv_read(struct kv *kv, kv_fn *fn, void *arg)
{
    struct kv_txn txn = {.dbi = kv->dbi};
    int err = begin(kv, MDB_RDONLY, &txn);
    enum rc rc;

    if (err != MDB_SUCCESS)
        return report("read", err);
    rc = fn(&txn, arg);
    keep_idle(kv, txn.txn);
    (void)pthread_rwlock_unlock(&kv->in_use);
    return rc;
}

static void settle_rest(struct batch_entry *entries, enum rc rc)
{
    for (; entries != NULL; entries = entries->next)
        if (!entries->settled)
            entries->rc = rc;
}

/* Runs one entry. False when the transaction cannot go on: the map is full, or the entry
 * failed after it had put something, which is undone with all the rest only. */
static bool run(struct kv_txn *txn, struct batch_entry *entry)
{
    bool changed = txn->changed;

    txn->changed = false;
    entry->rc = entry->fn(txn, entry->arg);
    if (txn->map_full)
        return false;
    entry->settled = entry->rc != RC_OK && txn->changed;
    txn->changed = txn->changed || changed;
    return !entry->settled;
}

static bool run_all(struct kv_txn *txn, struct batch_entry *entries)
{
    for (; entries != NULL; entries = entries->next)
        if (!entries->settled && !run(txn, entries))
            return false;
    return true;
}

/* Ends the transaction whatever comes of it. */
static void commit(struct kv_txn *txn, struct batch_entry *entries)
{
    size_t writes = 0;
    int64_t began;
    int err;

    if (!txn->changed) {
        mdb_txn_abort(txn->txn);
        return;
    }
    began = moment_elapsed();
    err = mdb_txn_commit(txn->txn);
    txn->map_full = err == MDB_MAP_FULL;
    if (txn->map_full)
        return;
    if (err != MDB_SUCCESS)
        (void)report("commit", err);
    for (; entries != NULL; entries = entries->next)
        if (entries->rc == RC_OK) {
            entries->rc = result(err);
            writes++;
        }
    if (err == MDB_SUCCESS)
        metrics_commit(moment_elapsed() - began, writes);
}

/* One transaction. True when there has to be another: without the entry that spoilt it, or
 * in a larger map than *full_at bytes. */
static bool try_write(struct kv *kv, struct batch_entry *entries, size_t *full_at)
{
    struct kv_txn txn = {.dbi = kv->dbi};
    MDB_envinfo info;
    bool all;
    int err = begin(kv, 0, &txn);

    *full_at = 0;
    if (err != MDB_SUCCESS) {
        settle_rest(entries, report("write", err));
        return false;
    }
    all = run_all(&txn, entries);
    if (all)
        commit(&txn, entries);
    else
        mdb_txn_abort(txn.txn);
    if (txn.map_full && mdb_env_info(kv->env, &info) == MDB_SUCCESS)
        *full_at = info.me_mapsize;
    (void)pthread_rwlock_unlock(&kv->in_use);
    return !all || txn.map_full;
}

/* A batch_commit. A write that is refused harms no other: each has the result that it would
 * have had alone, in this order. */
static void write_all(struct batch_entry *entries, void *arg)
{
    struct kv *kv = arg;
    size_t full_at;

    for (int growths = 0; try_write(kv, entries, &full_at);) {
        int err = full_at > 0 ? grow_map(kv, full_at) : MDB_SUCCESS;

        if (full_at > 0 && growths++ == GROWTHS_MAX)
            err = MDB_MAP_FULL;
        if (err != MDB_SUCCESS) {
            settle_rest(entries, report("growing the map", err));
            return;
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

    (void)pthread_rwlock_rdlock(&kv->in_use);
    if (!kv->lost)
        err = mdb_env_info(kv->env, &info);
    if (err == MDB_SUCCESS)
        err = mdb_env_stat(kv->env, &stat);
    if (err == MDB_SUCCESS && mdb_reader_list(kv->env, count_view, &views) < 0)
        err = EIO;
    (void)pthread_rwlock_unlock(&kv->in_use);
    if (err != MDB_SUCCESS)
        return report("figures", err);
    *out = (struct kv_figures){.map_bytes = info.me_mapsize,
                               .used_bytes = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize,
                               .readers = views,
                               .readers_max = info.me_maxreaders};
    return RC_OK;
}

static MDB_val to_val(struct text t)
{
    union {
        const char *in;
        void *out;
    } data = {t.data};

    /* LMDB takes no const, and does not write through it. */
    return (MDB_val){t.len, data.out};
}

static struct text to_text(MDB_val val)
{
    return (struct text){val.mv_data, val.mv_size};
}

enum rc kv_get(struct kv_txn *txn, struct text key, struct text *value)
{
    MDB_val k = to_val(key);
    MDB_val v;
    int err = mdb_get(txn->txn, txn->dbi, &k, &v);

    if (err == MDB_NOTFOUND)
        return RC_NOT_FOUND;
    if (err != MDB_SUCCESS)
        return report("get", err);
    *value = to_text(v);
    return RC_OK;
}

static enum rc put(struct kv_txn *txn, struct text key, struct text value, unsigned flags)
{
    MDB_val k = to_val(key);
    MDB_val v = to_val(value);
    int err = mdb_put(txn->txn, txn->dbi, &k, &v, flags);

    txn->changed = txn->changed || err != MDB_KEYEXIST;
    if (err == MDB_SUCCESS || err == MDB_KEYEXIST)
        return result(err);
    if (err == MDB_MAP_FULL) {
        /* Not the caller's to see: kv_write grows the map and begins anew. */
        txn->map_full = true;
        return RC_FULL;
    }
    return report("put", err);
}

enum rc kv_add(struct kv_txn *txn, struct text key, struct text value)
{
    return put(txn, key, value, MDB_NOOVERWRITE);
}

enum rc kv_set(struct kv_txn *txn, struct text key, struct text value)
{
    return put(txn, key, value, 0);
}

enum rc kv_delete(struct kv_txn *txn, struct text key)
{
    MDB_val k = to_val(key);
    int err = mdb_del(txn->txn, txn->dbi, &k, NULL);

    txn->changed = txn->changed || err != MDB_NOTFOUND;
    if (err == MDB_SUCCESS || err == MDB_NOTFOUND)
        return result(err);
    txn->map_full = err == MDB_MAP_FULL;
    return txn->map_full ? RC_FULL : report("delete", err);
}

/* The last key below `bound`, or the last of all when nothing is above it. */
static int seek_before(MDB_cursor *cursor, MDB_val *key, MDB_val *value)
{
    int err = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);

    if (err == MDB_NOTFOUND)
        return mdb_cursor_get(cursor, key, value, MDB_LAST);
    return err == MDB_SUCCESS ? mdb_cursor_get(cursor, key, value, MDB_PREV) : err;
}

static bool starts_with(MDB_val key, struct text prefix)
{
    return key.mv_size >= prefix.len && memcmp(key.mv_data, prefix.data, prefix.len) == 0;
}

/* Positions on the scan's first key. */
static int seek(MDB_cursor *cursor, struct text prefix, struct text from,
                enum kv_direction direction, MDB_val *key, MDB_val *value)
{
    char above[64];
    int err;

    *key = to_val(from.len > 0 ? from : prefix);
    if (direction == KV_FORWARDS)
        return mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    if (from.len > 0) {
        err = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
        if (err == MDB_SUCCESS && text_equal(to_text(*key), from))
            return err;
        *key = to_val(from);
        return seek_before(cursor, key, value);
    }
    /* The first key above the prefix: its last byte and one. Prefixes begin
     * with a letter, so the carry ends in time. */
    if (prefix.len == 0 || prefix.len > sizeof above)
        return EINVAL;
    memcpy(above, prefix.data, prefix.len);
    *key = (MDB_val){prefix.len, above};
    while ((unsigned char)above[key->mv_size - 1] == 0xFF)
        key->mv_size--;
    above[key->mv_size - 1]++;
    return seek_before(cursor, key, value);
}

enum rc kv_scan(struct kv_txn *txn, struct text prefix, struct text from,
                enum kv_direction direction, kv_visit *visit, void *arg)
{
    MDB_cursor *cursor = NULL;
    MDB_val key = {0, NULL};
    MDB_val value = {0, NULL};
    int err = mdb_cursor_open(txn->txn, txn->dbi, &cursor);

    if (err == MDB_SUCCESS)
        err = seek(cursor, prefix, from, direction, &key, &value);
    while (err == MDB_SUCCESS && starts_with(key, prefix) &&
           visit(to_text(key), to_text(value), arg))
        err = mdb_cursor_get(cursor, &key, &value, direction == KV_FORWARDS ? MDB_NEXT : MDB_PREV);
    if (cursor != NULL)
        mdb_cursor_close(cursor);
    return err == MDB_SUCCESS || err == MDB_NOTFOUND ? RC_OK : report("scan", err);
}
