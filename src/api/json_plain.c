/* json_plain: eight bytes at a look, since bodies and answers are mostly such text. */
#include "api/json_plain.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The high bit of some byte is set when, and only when, one of the eight is less than `n`,
 * which is at most 128. */
static uint64_t less(uint64_t bytes, unsigned n)
{
    return (bytes - EACH(n)) & ~bytes & EACH(0x80);
}

static bool all_plain(const char *p)
{
    uint64_t bytes;

    memcpy(&bytes, p, sizeof bytes);
    return (less(bytes, 0x20) | less(bytes ^ EACH('"'), 1) | less(bytes ^ EACH('\\'), 1)) == 0;
}

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

size_t json_plain_len(struct text t)
{
    size_t at = 0;

    while (t.len - at >= sizeof(uint64_t) && all_plain(t.data + at))
        at += sizeof(uint64_t);
    while (at < t.len && is_plain(t.data[at]))
        at++;
    return at;
}
