/* bare: what LMDB alone does when it writes what rolls write: for each of them a record of that
 * size replaced, one of so many at random, and an entry of the history appended. The history begins
 * with as many entries for each record as fill.c leaves, so that the tree is as high as hookroll's.
 * One store to a process; not thread-safe. Errors are LMDB's, 0 is none. */
#ifndef HOOKROLL_BENCH_BARE_H
#define HOOKROLL_BENCH_BARE_H

#include <stdint.h>

/* bare_open: goes on with what the directory has from an earlier run, else fills it. */
int bare_open(const char *directory, uint64_t records);

/* bare_commit: so many rolls in one transaction, which is durable then. */
int bare_commit(uint64_t rolls);

void bare_close(void);

const char *bare_error(int err);

#endif
