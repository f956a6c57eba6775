/* kv_inside: what kv's own sources share; the one includer of lmdb.h, and nobody else's. */
#ifndef HOOKROLL_STORE_KV_INSIDE_H
#define HOOKROLL_STORE_KV_INSIDE_H

#include "base/rc.h"
#include "store/kv.h"

#include <lmdb.h>
#include <stdbool.h>

enum {
    KV_READERS_MAX = 1024
};

struct kv_txn {
    MDB_txn *txn;
    MDB_dbi dbi;
    bool changed; /* something was put or deleted */
    bool map_full;
    enum rc failure; /* the first, after which LMDB does nothing more in it; RC_OK: none */
};

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
