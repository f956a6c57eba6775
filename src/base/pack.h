/* pack: integers and byte runs to and from stored bytes, big-endian.
 *
 * Writing goes to a buf, whose failure is remembered there. Reading remembers
 * its own: after a run past the end every read gives zero or absent text, and
 * unpack_status tells once, at the end. */
#ifndef HOOKROLL_BASE_PACK_H
#define HOOKROLL_BASE_PACK_H

#include "base/buf.h"
#include "base/rc.h"
#include "base/text.h"

#include <stdint.h>

void pack_u8(struct buf *buf, uint8_t v);
void pack_u32(struct buf *buf, uint32_t v);
void pack_u64(struct buf *buf, uint64_t v);
void pack_i64(struct buf *buf, int64_t v);

/* pack_text: a u32 length, then the bytes. */
void pack_text(struct buf *buf, struct text t);

struct unpack {
    const uint8_t *at;
    size_t left;
    bool failed;
};

/* unpack_init: reads `len` bytes at `bytes`, borrowed until reading is done. */
void unpack_init(struct unpack *in, const void *bytes, size_t len);

uint8_t unpack_u8(struct unpack *in);
uint32_t unpack_u32(struct unpack *in);
uint64_t unpack_u64(struct unpack *in);
int64_t unpack_i64(struct unpack *in);

/* unpack_bytes: copies exactly `len` bytes to `out`, or zeroes it. */
void unpack_bytes(struct unpack *in, void *out, size_t len);

/* unpack_text: what pack_text wrote, borrowed from the input; fails past `max` bytes. */
struct text unpack_text(struct unpack *in, size_t max);

/* unpack_status: RC_CORRUPT after a failed read, or when bytes are left over. */
RC_CHECK enum rc unpack_status(const struct unpack *in);

#endif
