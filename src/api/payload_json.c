/* payload_json: text as it is, or bytes in base64. */
#include "api/payload_json.h"

#include "api/body.h"
#include "api/json_read.h"
#include "base/crypto.h"

#include <string.h>

static bool is_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    return c != '\0' && strchr(digits, c) != NULL;
}

/* From which of its characters on, counted from 1, `encoded` is no base64. Up to there a byte is a
 * character. */
static size_t breaks_at(struct text encoded)
{
    size_t digits = 0;
    size_t padding = 0;
    size_t wanted;

    while (digits < encoded.len && is_digit(encoded.data[digits]))
        digits++;
    wanted = digits % 4 < 2 ? 0 : 4 - digits % 4;
    while (padding < wanted && digits + padding < encoded.len &&
           encoded.data[digits + padding] == '=')
        padding++;
    if (digits + padding < encoded.len || encoded.len % 4 != 0)
        return digits + padding + 1;
    /* The last digit has bits for which there is no byte. */
    return digits;
}

static enum rc decode(struct text encoded, struct arena *arena, struct text *out,
                      struct faults *faults)
{
    size_t size = encoded.len / 4 * 3;
    char *room = arena_alloc(arena, size + 1);
    size_t len = 0;

    if (room == NULL)
        return RC_NO_MEMORY;
    if (crypto_base64_decode(CRYPTO_BASE64, encoded.data, encoded.len, room, size, &len))
        *out = (struct text){room, len};
    else
        faults_add(faults, "payload_base64",
                   "payload_base64 must be standard base64 with padding (RFC 4648, section 4), "
                   "which it is not from character %zu on",
                   breaks_at(encoded));
    return RC_OK;
}

enum rc payload_json_read(const struct json_object *object, struct arena *arena, struct text *out,
                          struct faults *faults)
{
    bool plain = json_read_kind(object, "payload") != JSON_KIND_ABSENT;
    bool encoded = json_read_kind(object, "payload_base64") != JSON_KIND_ABSENT;
    struct text base64 = {NULL, 0};

    body_text(object, "payload", "payload", out, faults);
    body_text(object, "payload_base64", "payload_base64", &base64, faults);
    if (plain == encoded)
        faults_add(faults, "payload", "payload or payload_base64 must be given, one of the two");
    if (base64.len == 0 || plain)
        return RC_OK;
    return decode(base64, arena, out, faults);
}
