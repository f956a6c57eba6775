/* arena: memory of one request, taken piece by piece and given back all at once.
 *
 * Everything in it is wiped when it is given back, so whatever is secret in a
 * request belongs here. One thread at a time. */
#ifndef HOOKROLL_BASE_ARENA_H
#define HOOKROLL_BASE_ARENA_H

#include "base/rc.h"
#include "base/text.h"

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used;                /* bytes handed out */
    size_t ceiling;             /* bytes that may be handed out */
};

/* arena_init: an empty arena that hands out at most `ceiling` bytes; allocates nothing yet. */
void arena_init(struct arena *arena, size_t ceiling);

/* arena_alloc: `size` bytes aligned for any type, uninitialised; borrowed until
 * arena_reset or arena_free. NULL past the ceiling or without memory. */
void *arena_alloc(struct arena *arena, size_t size);

/* arena_copy: *out becomes a copy of `t`, followed by a NUL byte that its
 * length does not count. RC_NO_MEMORY. */
RC_CHECK enum rc arena_copy(struct arena *arena, struct text t, struct text *out);

/* arena_reset: wipes all that was handed out and keeps the first block for what comes next. */
void arena_reset(struct arena *arena);

/* arena_free: wipes and releases; the arena can be used again. */
void arena_free(struct arena *arena);

#endif
