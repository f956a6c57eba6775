/* pack: the byte order and length prefix of everything stored. */
#include "base/pack.h"

#include <endian.h>
#include <string.h>

static void put_big(struct buf *buf, uint64_t v, size_t n)
{
    uint8_t bytes[8];

    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
    buf_put(buf, bytes, n);
}

void pack_u8(struct buf *buf, uint8_t v)
{
    put_big(buf, v, 1);
}

void pack_u32(struct buf *buf, uint32_t v)
{
    put_big(buf, v, 4);
}

void pack_u64(struct buf *buf, uint64_t v)
{
    put_big(buf, v, 8);
}

void pack_i64(struct buf *buf, int64_t v)
{
    put_big(buf, (uint64_t)v, 8);
}

void pack_text(struct buf *buf, struct text t)
{
    if (t.len > UINT32_MAX) {
        buf->failed = true;
        return;
    }
    pack_u32(buf, (uint32_t)t.len);
    buf_put_text(buf, t);
}

void unpack_init(struct unpack *in, const void *bytes, size_t len)
{
    *in = (struct unpack){bytes, len, false};
}

/* `len` bytes of input, or NULL and failure. */
static const uint8_t *advance(struct unpack *in, size_t len)
{
    const uint8_t *at = in->at;

    if (in->failed || len > in->left) {
        in->failed = true;
        return NULL;
    }
    in->at += len;
    in->left -= len;
    return at;
}

static uint64_t get_big(struct unpack *in, size_t n)
{
    const uint8_t *at = advance(in, n);
    uint64_t v = 0;

    if (at == NULL)
        return 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | at[i];
    return v;
}

uint8_t unpack_u8(struct unpack *in)
{
    return (uint8_t)get_big(in, 1);
}

uint32_t unpack_u32(struct unpack *in)
{
    return (uint32_t)get_big(in, 4);
}

uint64_t unpack_u64(struct unpack *in)
{
    const uint8_t *at = advance(in, sizeof(uint64_t));
    uint64_t v;

    if (at == NULL)
        return 0;
    memcpy(&v, at, sizeof v);
    return be64toh(v);
}

int64_t unpack_i64(struct unpack *in)
{
    return (int64_t)unpack_u64(in);
}

void unpack_bytes(struct unpack *in, void *out, size_t len)
{
    const uint8_t *at = advance(in, len);

    if (at == NULL)
        memset(out, 0, len);
    else
        memcpy(out, at, len);
}

struct text unpack_text(struct unpack *in, size_t max)
{
    uint32_t len = unpack_u32(in);
    const uint8_t *at;

    if (len > max)
        in->failed = true;
    at = advance(in, len);
    return at == NULL ? (struct text){NULL, 0} : (struct text){(const char *)at, len};
}

enum rc unpack_status(const struct unpack *in)
{
    return in->failed || in->left > 0 ? RC_CORRUPT : RC_OK;
}
