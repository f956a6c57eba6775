/* kv_inside: what kv's own sources share; the one includer of lmdb.h, and nobody else's. */
#ifndef HOOKROLL_STORE_KV_INSIDE_H
#define HOOKROLL_STORE_KV_INSIDE_H

#include "base/rc.h"
#include "store/kv.h"

#include <lmdb.h>
#include <stdbool.h>

struct kv_txn {
    MDB_txn *txn;
    MDB_dbi dbi;
    bool changed; /* something was put or deleted */
    bool map_full;
    enum rc failure; /* the first, after which LMDB does nothing more in it; RC_OK: none */
};

/* kv_cause: what is behind a failed commit's result. */
int kv_cause(MDB_env *env, int err);

/* kv_result: one of LMDB's, or of the system's. kv_report: logs it as well. */
enum rc kv_result(int err);
enum rc kv_report(const char *what, int err);

#endif
