/* buf: a growing byte buffer with a ceiling and a memory of failure.
 *
 * After a failed append (ceiling or allocator) the buffer stays failed and
 * ignores what follows, so a writer checks once, at its end. Contents are wiped
 * when the buffer grows, is reset or freed. One thread at a time. */
#ifndef HOOKROLL_BASE_BUF_H
#define HOOKROLL_BASE_BUF_H

#include "base/rc.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    BUF_KEPT = 64 * 1024 /* so that one large use is not paid for ever after */
};

struct buf {
    char *data;
    size_t len;
    size_t size;    /* allocated */
    size_t ceiling; /* largest len */
    bool failed;
    bool lent; /* data is the caller's */
};

/* buf_init: empty; allocates nothing yet. */
void buf_init(struct buf *buf, size_t ceiling);

/* buf_init_in: the same, but that the first `size` bytes are written to `room`, which is
 * borrowed until buf_free. */
void buf_init_in(struct buf *buf, void *room, size_t size, size_t ceiling);

void buf_put(struct buf *buf, const void *bytes, size_t len);
void buf_put_byte(struct buf *buf, char c);
void buf_put_string(struct buf *buf, const char *s);
void buf_put_text(struct buf *buf, struct text t);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* buf_room: `len` bytes at the end, uninitialised and counted as written;
 * borrowed until the next call. NULL when the buffer fails. */
void *buf_room(struct buf *buf, size_t len);

/* buf_text: the contents, borrowed until the next change. */
struct text buf_text(const struct buf *buf);

/* buf_status: RC_NO_MEMORY once an append has failed. */
RC_CHECK enum rc buf_status(const struct buf *buf);

/* buf_reset: empty and unfailed, an allocation of up to BUF_KEPT bytes kept, the old contents
 * wiped. */
void buf_reset(struct buf *buf);

/* buf_free: wipes and releases; the buffer can be used again. */
void buf_free(struct buf *buf);

#endif
