/* text: comparison, UTF-8 validation and strict number reading of byte runs. */
#include "base/text.h"

#include <locale.h>
#include <pthread.h>
#include <string.h>
#include <wctype.h>

struct text text_of(const char *s)
{
    return (struct text){s, s != NULL ? strlen(s) : 0};
}

bool text_equal(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static unsigned char folded(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool text_equal_caseless(struct text a, struct text b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (folded(a.data[i]) != folded(b.data[i]))
            return false;
    return true;
}

bool text_is(struct text a, const char *s)
{
    return text_equal(a, text_of(s));
}

bool text_begins(struct text t, const char *with)
{
    size_t len = strlen(with);

    return t.len >= len && text_equal((struct text){t.data, len}, (struct text){with, len});
}

/* Length of the well-formed sequence at p, or 0. The second byte's range
 * depends on the first (RFC 3629, section 4). */
static size_t sequence(const unsigned char *p, size_t left)
{
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t n;

    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        n = 2;
    else if (p[0] >= 0xE0 && p[0] <= 0xEF)
        n = 3;
    else if (p[0] >= 0xF0 && p[0] <= 0xF4)
        n = 4;
    else
        return 0;
    if (n > left)
        return 0;
    if (p[0] == 0xE0)
        low = 0xA0;
    else if (p[0] == 0xED)
        high = 0x9F;
    else if (p[0] == 0xF0)
        low = 0x90;
    else if (p[0] == 0xF4)
        high = 0x8F;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return n;
}

/* The C library's mapping, of a locale of our own: the process's may be "C",
 * which folds ASCII only. Made once; it lives as long as the process. */
static locale_t unicode;

static void make_unicode(void)
{
    unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static uint32_t fold(uint32_t c)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, make_unicode);
    if (unicode == (locale_t)0)
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    return (uint32_t)towlower_l((wint_t)c, unicode);
}

/* How many bytes at p are ASCII, up to seven less than there are. */
static size_t ascii(const unsigned char *p, size_t left)
{
    size_t n = 0;
    uint64_t word;

    for (; left - n >= sizeof word; n += sizeof word) {
        memcpy(&word, p + n, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    return n;
}

size_t text_utf8_len(struct text t)
{
    const unsigned char *p = (const unsigned char *)t.data;
    size_t i = 0;

    while (i < t.len) {
        size_t n = ascii(p + i, t.len - i);

        i += n;
        if (i == t.len)
            break;
        n = sequence(p + i, t.len - i);

        if (n == 0)
            break;
        i += n;
    }
    return i;
}

bool text_is_utf8(struct text t)
{
    return text_utf8_len(t) == t.len;
}

size_t text_control_len(struct text t)
{
    unsigned char c = t.len > 0 ? (unsigned char)t.data[0] : ' ';

    if (c < 0x20 || c == 0x7F)
        return 1;
    /* C1 controls are U+0080 to U+009F: C2 80 to C2 9F. */
    return c == 0xC2 && t.len > 1 && (unsigned char)t.data[1] >= 0x80 &&
                   (unsigned char)t.data[1] < 0xA0
               ? 2
               : 0;
}

bool text_has_control(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (text_control_len(text_from(t, i)) > 0)
            return true;
    return false;
}

bool text_is_token(struct text t)
{
    static const char allowed[] = "!#$%&'*+-.^_`|~0123456789"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    for (size_t i = 0; i < t.len; i++)
        if (t.data[i] == '\0' || strchr(allowed, t.data[i]) == NULL)
            return false;
    return true;
}

size_t text_characters(struct text t)
{
    size_t count = 0;

    for (size_t i = 0; i < t.len; i++)
        if (((unsigned char)t.data[i] & 0xC0) != 0x80)
            count++;
    return count;
}

/* Takes one character off the front of `t`, folded. */
static uint32_t take_folded(struct text *t)
{
    const unsigned char *p = (const unsigned char *)t->data;
    size_t n = sequence(p, t->len);
    uint32_t c = p[0];

    if (n > 1) {
        c = p[0] & (0xFFu >> (n + 1));
        for (size_t i = 1; i < n; i++)
            c = c << 6 | (p[i] & 0x3Fu);
    }
    n = n > 0 ? n : 1;
    t->data += n;
    t->len -= n;
    return fold(c);
}

static bool begins_with(struct text t, struct text part)
{
    while (part.len > 0)
        if (t.len == 0 || take_folded(&t) != take_folded(&part))
            return false;
    return true;
}

bool text_contains(struct text t, struct text part)
{
    for (;;) {
        if (begins_with(t, part))
            return true;
        if (t.len == 0)
            return false;
        (void)take_folded(&t);
    }
}

struct text text_trim(struct text t)
{
    while (t.len > 0 && (t.data[0] == ' ' || t.data[0] == '\t')) {
        t.data++;
        t.len--;
    }
    while (t.len > 0 && (t.data[t.len - 1] == ' ' || t.data[t.len - 1] == '\t'))
        t.len--;
    return t;
}

struct text text_from(struct text t, size_t n)
{
    return n < t.len ? (struct text){t.data + n, t.len - n} : (struct text){NULL, 0};
}

struct text text_up_to(struct text t, char stop)
{
    const char *at = t.len > 0 ? memchr(t.data, stop, t.len) : NULL;

    return at == NULL ? t : (struct text){t.data, (size_t)(at - t.data)};
}

struct text text_after(struct text t, size_t n)
{
    return n < t.len ? (struct text){t.data + n + 1, t.len - n - 1} : (struct text){NULL, 0};
}

bool text_to_int64(struct text t, int64_t *out)
{
    bool negative = t.len > 0 && t.data[0] == '-';
    size_t i = negative ? 1 : 0;
    int64_t value = 0;

    if (i == t.len)
        return false;
    for (; i < t.len; i++) {
        if (t.data[i] < '0' || t.data[i] > '9')
            return false;
        /* Counted downwards: INT64_MIN has no positive twin. */
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, t.data[i] - '0', &value))
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *out = negative ? value : -value;
    return true;
}

struct text text_of_int64(int64_t value, char room[TEXT_INT64_SIZE])
{
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char *at = room + TEXT_INT64_SIZE;

    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0)
        *--at = '-';
    return (struct text){at, (size_t)(room + TEXT_INT64_SIZE - at)};
}

int text_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool text_copy(struct text t, char *to, size_t size)
{
    to[0] = '\0';
    if (t.len >= size || (t.len > 0 && memchr(t.data, '\0', t.len) != NULL))
        return false;
    if (t.len > 0)
        memcpy(to, t.data, t.len);
    to[t.len] = '\0';
    return true;
}
