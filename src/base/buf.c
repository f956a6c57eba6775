/* buf: bounded appending; never truncates, it fails. */
#include "base/buf.h"

#include "base/crypto.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_BYTES = 512
};

void buf_init(struct buf *buf, size_t ceiling)
{
    *buf = (struct buf){.ceiling = ceiling};
}

void buf_init_in(struct buf *buf, void *room, size_t size, size_t ceiling)
{
    *buf = (struct buf){.data = room, .size = size, .ceiling = ceiling, .lent = true};
}

/* Gives up what is written to; its contents have been wiped. */
static void give_back(struct buf *buf)
{
    if (!buf->lent)
        free(buf->data);
    buf->lent = false;
}

/* Makes the allocation at least `need` bytes; not by realloc, which may leave
 * an unwiped copy behind. */
static bool reserve(struct buf *buf, size_t need)
{
    size_t size = buf->size > 0 ? buf->size : FIRST_BYTES;
    char *data;

    if (need > SIZE_MAX / 2)
        return false;
    while (size < need)
        size *= 2;
    data = malloc(size);
    if (data == NULL)
        return false;
    if (buf->data != NULL)
        memcpy(data, buf->data, buf->len);
    crypto_wipe(buf->data, buf->len);
    give_back(buf);
    buf->data = data;
    buf->size = size;
    return true;
}

void *buf_room(struct buf *buf, size_t len)
{
    char *at;

    if (buf->failed || len > buf->ceiling - buf->len ||
        ((buf->data == NULL || len > buf->size - buf->len) && !reserve(buf, buf->len + len))) {
        buf->failed = true;
        return NULL;
    }
    at = buf->data + buf->len;
    buf->len += len;
    return at;
}

void buf_put(struct buf *buf, const void *bytes, size_t len)
{
    void *at = buf_room(buf, len);

    if (at != NULL && len > 0)
        memcpy(at, bytes, len);
}

void buf_put_byte(struct buf *buf, char c)
{
    buf_put(buf, &c, 1);
}

void buf_put_string(struct buf *buf, const char *s)
{
    buf_put(buf, s, strlen(s));
}

void buf_put_text(struct buf *buf, struct text t)
{
    buf_put(buf, t.data, t.len);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    int printed;
    size_t room;
    size_t len;

    if (buf->failed || (buf->size == buf->len && !reserve(buf, buf->len + 1))) {
        buf->failed = true;
        return;
    }
    /* The allocation, not the contents, has one byte more: vsnprintf ends with a NUL. */
    room = buf->size - buf->len;
    va_start(args, format);
    printed = vsnprintf(buf->data + buf->len, room, format, args);
    va_end(args);
    len = printed < 0 ? 0 : (size_t)printed;
    if (printed >= 0 && len < room && len <= buf->ceiling - buf->len) {
        buf->len += len;
        return;
    }
    /* What was cut is not among the contents, which are all that is wiped later. */
    crypto_wipe(buf->data + buf->len, room);
    if (printed < 0 || len > buf->ceiling - buf->len || !reserve(buf, buf->len + len + 1)) {
        buf->failed = true;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(buf->data + buf->len, len + 1, format, args);
    va_end(args);
    buf->len += len;
}

struct text buf_text(const struct buf *buf)
{
    return (struct text){buf->data, buf->len};
}

enum rc buf_status(const struct buf *buf)
{
    return buf->failed ? RC_NO_MEMORY : RC_OK;
}

static void clear(struct buf *buf)
{
    crypto_wipe(buf->data, buf->len);
    buf->len = 0;
    buf->failed = false;
}

void buf_reset(struct buf *buf)
{
    if (buf->size > BUF_KEPT)
        buf_free(buf);
    else
        clear(buf);
}

void buf_free(struct buf *buf)
{
    clear(buf);
    give_back(buf);
    buf->data = NULL;
    buf->size = 0;
}
