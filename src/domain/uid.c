/* uid: the ULID's two forms, bytes and Crockford base 32. */
#include "domain/uid.h"

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum {
    TIME_BYTES = UID_BYTES - UID_ENTROPY_BYTES,
    DIGITS = UID_SIZE - 1
};

struct uid uid_make(int64_t now, const uint8_t entropy[UID_ENTROPY_BYTES])
{
    struct uid uid;

    for (int i = 0; i < TIME_BYTES; i++)
        uid.bytes[i] = (uint8_t)(now >> (8 * (TIME_BYTES - 1 - i)));
    memcpy(uid.bytes + TIME_BYTES, entropy, UID_ENTROPY_BYTES);
    return uid;
}

/* The uid as two halves of 64 bits, most significant first. */
static void load(const struct uid *uid, uint64_t half[2])
{
    for (int h = 0; h < 2; h++) {
        half[h] = 0;
        for (int i = 0; i < UID_BYTES / 2; i++)
            half[h] = half[h] << 8 | uid->bytes[h * (UID_BYTES / 2) + i];
    }
}

static void store(struct uid *uid, const uint64_t half[2])
{
    for (int h = 0; h < 2; h++)
        for (int i = 0; i < UID_BYTES / 2; i++)
            uid->bytes[h * (UID_BYTES / 2) + i] =
                (uint8_t)(half[h] >> (8 * (UID_BYTES / 2 - 1 - i)));
}

/* 26 digits of 5 bits carry 130 and the uid has 128: the first two are zero. The first
 * thirteen digits are the upper half without its last bit, which begins the others. */
void uid_format(const struct uid *uid, char out[UID_SIZE])
{
    uint64_t half[2];
    uint64_t upper;

    load(uid, half);
    upper = half[0] >> 1;
    for (int d = DIGITS / 2 - 1; d >= 0; d--) {
        out[d] = alphabet[upper & 31];
        upper >>= 5;
    }
    for (int d = DIGITS - 1; d > DIGITS / 2; d--) {
        out[d] = alphabet[half[1] & 31];
        half[1] >>= 5;
    }
    out[DIGITS / 2] = alphabet[(half[0] & 1) << 4 | half[1]];
    out[DIGITS] = '\0';
}

/* Of an upper-case digit; negative for what is none: I, L, O and U are not in the alphabet. */
static int value_of(char c)
{
    static const signed char values[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  -1, -1, -1, -1, -1,
                                         -1, -1, 10, 11, 12, 13, 14, 15, 16, 17, -1, 18, 19, -1, 20,
                                         21, -1, 22, 23, 24, 25, 26, -1, 27, 28, 29, 30, 31};
    unsigned at = (unsigned char)c - (unsigned)'0';

    return at < sizeof values ? values[at] : -1;
}

bool uid_parse(struct text t, struct uid *out)
{
    uint64_t half[2] = {0, 0};
    struct uid uid;
    int bad = 0; /* negative once a digit was */

    if (t.len != DIGITS || t.data[0] > '7')
        return false;
    for (int d = 0; d < DIGITS; d++) {
        int value = value_of(t.data[d]);

        bad |= value;
        half[d / (DIGITS / 2)] = half[d / (DIGITS / 2)] << 5 | ((uint64_t)value & 31);
    }
    /* The second thirteen digits hold 65 bits, the first of which is the upper half's last. */
    half[0] = half[0] << 1 | ((uint64_t)value_of(t.data[DIGITS / 2]) >> 4 & 1);
    store(&uid, half);
    if (bad < 0 || uid_is_none(&uid))
        return false;
    *out = uid;
    return true;
}

bool uid_equal(const struct uid *a, const struct uid *b)
{
    return memcmp(a->bytes, b->bytes, UID_BYTES) == 0;
}

bool uid_is_none(const struct uid *uid)
{
    return uid_equal(uid, &UID_NONE);
}
