/* batch: writers that wait at the same time, gathered so that one of them commits for all.
 *
 * Who comes while nobody commits leads at once and waits for nobody; who comes while a
 * batch is under way waits for the next. Writes are taken in the order in which they came.
 * Thread-safe. */
#ifndef HOOKROLL_STORE_BATCH_H
#define HOOKROLL_STORE_BATCH_H

#include "base/blocking.h"
#include "base/rc.h"
#include "store/kv.h"

#include <pthread.h>
#include <stdbool.h>

enum {
    BATCH_MAX = 256 /* writes that share one commit */
};

/* One write, in its caller's memory until batch_write returns. */
struct batch_entry {
    kv_fn *fn;
    void *arg;
    enum rc rc;   /* set by the one who commits */
    bool settled; /* the commit's own: rc is final, the entry is not run again */
    struct batch_entry *next;
    bool leads; /* once its turn has come: it is to commit; else rc is there */
    struct blocking_turn turn;
};

struct batch {
    pthread_mutex_t lock;
    struct batch_entry *first; /* waiting, in the order of their coming */
    struct batch_entry **end;  /* where the next one is linked in */
    bool led;                  /* somebody commits, or was told to */
};

/* Commits the entries of a list, and gives each its result. Called by one thread at a time. */
typedef void batch_commit(struct batch_entry *entries, void *arg);

/* batch_init: 0, or an error of pthreads. */
int batch_init(struct batch *batch);

/* batch_free: nobody may be in batch_write. */
void batch_free(struct batch *batch);

/* batch_write: has `fn` run by this thread's `commit` or another's; its result. */
RC_CHECK enum rc batch_write(struct batch *batch, kv_fn *fn, void *fn_arg, batch_commit *commit,
                             void *commit_arg);

#endif
