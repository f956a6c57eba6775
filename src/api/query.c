/* query: finding and decoding parameters; what they mean is the handlers'. */
#include "api/query.h"

#include <inttypes.h>
#include <string.h>

/* The raw value of `name`, empty behind a name alone; false when there is none. */
static bool find(struct text query, const char *name, struct text *out)
{
    struct text wanted = text_of(name);

    while (query.len > 0) {
        const char *end = memchr(query.data, '&', query.len);
        size_t len = end != NULL ? (size_t)(end - query.data) : query.len;
        size_t skip = end != NULL ? len + 1 : len;

        if (text_equal(text_up_to((struct text){query.data, len}, '='), wanted)) {
            *out = text_after((struct text){query.data, len}, wanted.len);
            return true;
        }
        query.data += skip;
        query.len -= skip;
    }
    return false;
}

/* Decodes `raw` to `room`, which is as large; false when it is not well-formed. */
static bool decode(struct text raw, char *room, size_t *len)
{
    size_t n = 0;

    for (size_t i = 0; i < raw.len; i++) {
        room[n] = raw.data[i];
        if (raw.data[i] == '+')
            room[n] = ' ';
        if (raw.data[i] != '%') {
            n++;
            continue;
        }
        if (raw.len - i < 3 || text_hex_digit(raw.data[i + 1]) < 0 ||
            text_hex_digit(raw.data[i + 2]) < 0)
            return false;
        room[n++] = (char)(text_hex_digit(raw.data[i + 1]) * 16 + text_hex_digit(raw.data[i + 2]));
        i += 2;
    }
    *len = n;
    return text_is_utf8((struct text){room, n});
}

enum rc query_text(struct text query, const char *name, struct arena *arena, struct text *out,
                   struct faults *faults)
{
    struct text raw;
    char *room;
    size_t len;

    *out = (struct text){NULL, 0};
    if (!find(query, name, &raw))
        return RC_OK;
    room = arena_alloc(arena, raw.len + 1);
    if (room == NULL)
        return RC_NO_MEMORY;
    if (!decode(raw, room, &len)) {
        faults_add(faults, name, "%s must be percent-encoded UTF-8", name);
        return RC_INVALID;
    }
    *out = (struct text){room, len};
    return RC_OK;
}

enum rc query_integer(struct text query, const char *name, int64_t min, int64_t max, int64_t *out,
                      struct faults *faults)
{
    struct text raw;
    int64_t value;

    if (!find(query, name, &raw) || raw.len == 0)
        return RC_OK;
    if (text_to_int64(raw, &value) && value >= min && value <= max) {
        *out = value;
        return RC_OK;
    }
    faults_add(faults, name, "%s must be an integer from %" PRId64 " to %" PRId64, name, min, max);
    return RC_INVALID;
}

bool query_flag(struct text query, const char *name, struct faults *faults)
{
    struct text raw;

    if (!find(query, name, &raw))
        return false;
    if (!text_is(raw, "true"))
        faults_add(faults, name, "%s must be true, or left out", name);
    return text_is(raw, "true");
}
