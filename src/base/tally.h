/* tally: an array of counters that all processes on one directory share.
 *
 * Its 64-bit cells are a file's, mapped, so that what is counted is there for every
 * process at once and outlives them, killed ones too. Cells are C11 atomics without
 * locks: whoever has the array adds to it from any thread. */
#ifndef HOOKROLL_BASE_TALLY_H
#define HOOKROLL_BASE_TALLY_H

#include "base/rc.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a lock would be each process's own");

typedef _Atomic uint64_t tally_cell;

struct tally {
    tally_cell *cells; /* borrowed until tally_close */
    void *map;
    size_t bytes;
};

/* tally_open: maps `name` in the directory, which is made, zeroed, mode 0600 and of the
 * directory's owner, when it is not there or not of this layout and count; a file of
 * another layout is replaced, never changed, so whoever has it keeps it whole. All of its
 * bytes are had from the disk before it is mapped. RC_SYSTEM; the cause is logged as a
 * warning. */
RC_CHECK enum rc tally_open(struct tally *tally, const char *directory, const char *name,
                            uint64_t layout, size_t count);

/* tally_close: nobody may be counting; a zeroed tally is let pass. */
void tally_close(struct tally *tally);

#endif
