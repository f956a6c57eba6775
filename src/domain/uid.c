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

/* 26 digits carry 130 bits and the uid has 128, so digit d starts at bit
 * 5*d - 2 of the uid, counted from its first; the first two bits are zero. */
void uid_format(const struct uid *uid, char out[UID_SIZE])
{
    for (int d = 0; d < DIGITS; d++) {
        unsigned digit = 0;

        for (int bit = 5 * d - 2; bit < 5 * d + 3; bit++) {
            unsigned value = bit < 0 ? 0u : ((unsigned)uid->bytes[bit / 8] >> (7 - bit % 8)) & 1u;

            digit = digit << 1 | value;
        }
        out[d] = alphabet[digit];
    }
    out[DIGITS] = '\0';
}

bool uid_parse(struct text t, struct uid *out)
{
    struct uid uid = UID_NONE;

    if (t.len != DIGITS || t.data[0] > '7')
        return false;
    for (int d = 0; d < DIGITS; d++) {
        const char *at = t.data[d] != '\0' ? strchr(alphabet, t.data[d]) : NULL;
        unsigned digit;

        if (at == NULL)
            return false;
        digit = (unsigned)(at - alphabet);
        for (int i = 0; i < 5; i++) {
            int bit = 5 * d - 2 + i;

            if (bit >= 0 && (digit >> (4 - i) & 1u))
                uid.bytes[bit / 8] |= (uint8_t)(0x80u >> (bit % 8));
        }
    }
    if (uid_is_none(&uid))
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
