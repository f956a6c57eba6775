/* kv_env: LMDB's environment: opened, and what is done with it while no transaction of this process
 * lives: closed, opened anew, and given a larger map. */
#include "base/directory.h"
#include "base/log.h"
#include "store/kv_inside.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static int open_dbi(struct kv *kv)
{
    MDB_txn *txn = NULL;
    int err = mdb_txn_begin(kv->env, NULL, MDB_RDONLY, &txn);

    /* Another process may grow the map between our opening and this. */
    for (int i = 0; err == MDB_MAP_RESIZED && i < KV_GROWTHS_MAX; i++) {
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

/* Within the gate, or with it closed. */
static int release_dead_now(struct kv *kv)
{
    int dead = 0;
    int err = mdb_reader_check(kv->env, &dead);

    if (err != MDB_SUCCESS)
        (void)kv_report("dead readers", err);
    if (dead > 0)
        log_info("store: released %d reader slots of ended processes", dead);
    return dead;
}

int kv_env_release_dead(struct kv *kv)
{
    int dead;

    gate_enter(&kv->map, NULL);
    dead = kv->lost ? 0 : release_dead_now(kv);
    (void)gate_leave(&kv->map, NULL);
    return dead;
}

int kv_env_open(struct kv *kv, size_t map_size)
{
    int err = mdb_env_create(&kv->env);

    if (err == MDB_SUCCESS)
        err = mdb_env_set_maxreaders(kv->env, KV_READERS_MAX);
    if (err == MDB_SUCCESS && map_size > 0)
        err = mdb_env_set_mapsize(kv->env, map_size);
    if (err == MDB_SUCCESS)
        err = kv_damage_watch(kv->env);
    if (err == MDB_SUCCESS)
        err = kv_files_reserve(kv->directory);
    if (err == MDB_SUCCESS)
        err = mdb_env_open(kv->env, kv->directory, MDB_NOTLS | MDB_NORDAHEAD, 0600);
    if (err == MDB_SUCCESS)
        err = kv_files_give(kv->directory);
    if (err == MDB_SUCCESS)
        err = directory_sync(kv->directory);
    if (err != MDB_SUCCESS)
        return err;
    (void)release_dead_now(kv);
    kv->openings++;
    return open_dbi(kv);
}

/* Transactions that were left for the next reader are of this environment. */
void kv_env_close(struct kv *kv)
{
    MDB_txn *txn;

    while ((txn = gate_take(&kv->map)) != NULL)
        mdb_txn_abort(txn);
    kv_damage_unwatch(kv->env);
    mdb_env_close(kv->env);
    kv->env = NULL;
}

int kv_env_report(const struct kv *kv, int err)
{
    log_error("store: %s cannot be opened: %s", kv->directory, mdb_strerror(err));
    return err;
}

int kv_env_reopen(struct kv *kv, unsigned openings)
{
    int err = MDB_SUCCESS;

    gate_close(&kv->map);
    if (kv->openings == openings) {
        kv_env_close(kv);
        /* LMDB would make an empty one. */
        err = kv_files_are_missing(kv->directory) ? ENOENT : kv_env_open(kv, 0);
        kv->lost = err != MDB_SUCCESS;
        if (kv->lost) {
            (void)kv_env_report(kv, err);
            kv_env_close(kv);
        } else {
            log_warn("store: %s failed, and was opened anew", kv->directory);
        }
    }
    gate_open(&kv->map);
    return err == MDB_SUCCESS ? err : MDB_PANIC;
}

/* When LMDB cannot map a new size it is left without any map. So where the size is
 * known, whether there is address space for it is tried first. */
static bool can_map(size_t size)
{
    void *p = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return p != MAP_FAILED && munmap(p, size) == 0;
}

/* With the gate closed. 0: the size that another process has set. */
static int set_map_size(struct kv *kv, size_t size)
{
    int err = kv->lost ? MDB_PANIC : mdb_env_set_mapsize(kv->env, size);

    kv->lost = err != MDB_SUCCESS;
    return err;
}

int kv_env_adopt_map(struct kv *kv)
{
    int err;

    gate_close(&kv->map);
    err = set_map_size(kv, 0);
    gate_open(&kv->map);
    return err;
}

int kv_env_grow_map(struct kv *kv, size_t full_at)
{
    MDB_envinfo info;
    int err;

    gate_close(&kv->map);
    err = kv->lost ? MDB_PANIC : mdb_env_info(kv->env, &info);
    if (err == MDB_SUCCESS && info.me_mapsize == full_at && !can_map(full_at * 2)) {
        err = MDB_MAP_FULL;
    } else if (err == MDB_SUCCESS && info.me_mapsize == full_at) {
        err = set_map_size(kv, full_at * 2);
        if (err == MDB_SUCCESS)
            log_info("store: map grown to %zu bytes", full_at * 2);
    }
    gate_open(&kv->map);
    return err;
}
