/* arena: a list of blocks, filled in turn; wiped before they are released. */
#include "base/arena.h"

#include "base/crypto.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_BYTES = 16384
};

struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *arena, size_t ceiling)
{
    *arena = (struct arena){NULL, 0, ceiling};
}

static struct arena_block *block_new(size_t size)
{
    struct arena_block *block = malloc(sizeof *block + size);

    if (block != NULL) {
        block->next = NULL;
        block->size = size;
        block->used = 0;
    }
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->blocks;
    const size_t unit = alignof(max_align_t);
    size_t rounded;
    void *p;

    if (size > arena->ceiling - arena->used || size > SIZE_MAX / 2)
        return NULL;
    rounded = (size + unit - 1) / unit * unit;
    if (rounded > arena->ceiling - arena->used)
        return NULL;
    if (block == NULL || block->size - block->used < rounded) {
        block = block_new(rounded > BLOCK_BYTES ? rounded : BLOCK_BYTES);
        if (block == NULL)
            return NULL;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    p = block->bytes + block->used;
    block->used += rounded;
    arena->used += rounded;
    return p;
}

enum rc arena_copy(struct arena *arena, struct text t, struct text *out)
{
    char *p;

    /* An absent length cannot wrap: the ceiling is far below SIZE_MAX. */
    if (t.len >= arena->ceiling)
        return RC_NO_MEMORY;
    p = arena_alloc(arena, t.len + 1);
    if (p == NULL)
        return RC_NO_MEMORY;
    if (t.len > 0)
        memcpy(p, t.data, t.len);
    p[t.len] = '\0';
    *out = (struct text){p, t.len};
    return RC_OK;
}

static void release(struct arena *arena, struct arena_block *keep)
{
    struct arena_block *block = arena->blocks;

    while (block != NULL) {
        struct arena_block *next = block->next;

        crypto_wipe(block->bytes, block->used);
        if (block == keep) {
            block->used = 0;
            block->next = NULL;
        } else {
            free(block);
        }
        block = next;
    }
    arena->blocks = keep;
    arena->used = 0;
}

void arena_reset(struct arena *arena)
{
    struct arena_block *keep = arena->blocks;

    while (keep != NULL && keep->next != NULL)
        keep = keep->next;
    if (keep != NULL && keep->size > BLOCK_BYTES)
        keep = NULL;
    release(arena, keep);
}

void arena_free(struct arena *arena)
{
    release(arena, NULL);
}
