/* sign: what is signed, by which key, and how the signatures are written. */
#include "domain/sign.h"

#include <inttypes.h>
#include <string.h>

bool sign_id_is_good(struct text id)
{
    bool good = id.len >= 1 && id.len <= SIGN_ID_MAX;

    for (size_t i = 0; good && i < id.len; i++)
        good = id.data[i] > ' ' && id.data[i] < 0x7F && id.data[i] != '.';
    return good;
}

void sign_id_new(const struct uid *uid, char out[SIGN_ID_NEW_SIZE])
{
    static const char prefix[] = "msg_";

    memcpy(out, prefix, sizeof prefix - 1);
    uid_format(uid, out + sizeof prefix - 1);
}

enum rc sign_check(const struct sign_message *message, const char *id, const char *timestamp,
                   struct faults *faults)
{
    bool id_is_good = sign_id_is_good(message->id);
    bool in_time = message->timestamp >= 0 && message->timestamp <= SIGN_TIMESTAMP_MAX;

    if (!id_is_good)
        faults_add(faults, id,
                   "%s must be 1 to %d printable ASCII characters without space and '.'", id,
                   SIGN_ID_MAX);
    if (!in_time)
        faults_add(faults, timestamp, "%s must be an integer from 0 to %" PRId64 " (Unix seconds)",
                   timestamp, SIGN_TIMESTAMP_MAX);
    return id_is_good && in_time ? RC_OK : RC_INVALID;
}

struct text sign_prefix_convoy(const struct sign_message *message, char room[SIGN_PREFIX_SIZE])
{
    char digits[TEXT_INT64_SIZE];
    struct text seconds = text_of_int64(message->timestamp, digits);

    memcpy(room, seconds.data, seconds.len);
    room[seconds.len] = ',';
    return (struct text){room, seconds.len + 1};
}

struct text sign_prefix_standard(const struct sign_message *message, char room[SIGN_PREFIX_SIZE])
{
    char digits[TEXT_INT64_SIZE];
    struct text seconds = text_of_int64(message->timestamp, digits);
    char *at = room;

    memcpy(at, message->id.data, message->id.len);
    at += message->id.len;
    *at++ = '.';
    memcpy(at, seconds.data, seconds.len);
    at += seconds.len;
    *at++ = '.';
    return (struct text){room, (size_t)(at - room)};
}

void sign_hmac(const struct project_version *version, struct text key, const struct text *parts,
               size_t count, char out[SIGN_SIGNATURE_SIZE])
{
    uint8_t bytes[HMAC_MAX];
    size_t len =
        hmac(version->hash == PROJECT_SHA512 ? HMAC_SHA512 : HMAC_SHA256, key, parts, count, bytes);

    if (version->encoding == PROJECT_HEX)
        hmac_hex(bytes, len, out);
    else
        hmac_base64(bytes, len, out);
}

void sign_standard_hmac(struct text value, const struct text parts[2],
                        char out[SIGN_SIGNATURE_SIZE])
{
    static const struct project_version v1 = {PROJECT_SHA256, PROJECT_BASE64};
    uint8_t decoded[SIGNING_KEY_DECODED_MAX];

    sign_hmac(&v1, signing_key_hmac(value, decoded), parts, 2, out);
    crypto_wipe(decoded, sizeof decoded);
}

static void put_hmac(struct buf *out, const struct project_version *version, struct text key,
                     const struct text *parts, size_t count)
{
    char signature[SIGN_SIGNATURE_SIZE];

    sign_hmac(version, key, parts, count, signature);
    buf_put_string(out, signature);
}

void sign_convoy(struct buf *out, const struct project_versions *versions,
                 const struct signing_keys *keys, const struct sign_message *message)
{
    char room[SIGN_PREFIX_SIZE];
    const struct text parts[] = {sign_prefix_convoy(message, room), message->body};
    char digits[TEXT_INT64_SIZE];
    bool begun = false;

    for (size_t v = 0; v < versions->count; v++)
        for (size_t i = 0; i < keys->count; i++) {
            if (keys->list[i].type != SIGNING_KEY_HMAC)
                continue;
            if (!begun) {
                buf_put(out, "t=", 2);
                buf_put(out, parts[0].data, parts[0].len - 1);
            }
            begun = true;
            buf_put(out, ",v", 2);
            buf_put_text(out, text_of_int64((int64_t)v + 1, digits));
            buf_put_byte(out, '=');
            put_hmac(out, &versions->list[v], keys->list[i].value, parts, 2);
        }
}

void sign_convoy_bare(struct buf *out, const struct project_version *version,
                      const struct signing_key *key, const struct sign_message *message)
{
    if (key->type == SIGNING_KEY_HMAC)
        put_hmac(out, version, key->value, &message->body, 1);
}

static void put_standard_hmac(struct buf *out, struct text value, const struct text parts[2])
{
    char signature[SIGN_SIGNATURE_SIZE];

    sign_standard_hmac(value, parts, signature);
    buf_put(out, "v1,", 3);
    buf_put_string(out, signature);
}

/* Ed25519 reads what it signs twice, so that has to lie in one piece. */
static void put_ed25519(struct buf *out, struct text value, const struct text parts[2])
{
    uint8_t key[CRYPTO_ED25519_PRIVATE_BYTES];
    uint8_t signature[CRYPTO_ED25519_SIGNATURE_BYTES];
    char text[CRYPTO_BASE64_SIZE(CRYPTO_ED25519_SIGNATURE_BYTES)];
    struct buf whole;

    if (!signing_key_private(value, key)) {
        out->failed = true;
        return;
    }
    buf_init(&whole, parts[0].len + parts[1].len);
    buf_put_text(&whole, parts[0]);
    buf_put_text(&whole, parts[1]);
    if (buf_status(&whole) != RC_OK)
        out->failed = true;
    crypto_ed25519_sign(key, buf_text(&whole), signature);
    crypto_base64_encode(CRYPTO_BASE64, signature, sizeof signature, text, sizeof text);
    buf_printf(out, "v1a,%s", text);
    crypto_wipe(key, sizeof key);
    buf_free(&whole);
}

void sign_standard(struct buf *out, const struct signing_keys *keys,
                   const struct sign_message *message)
{
    char room[SIGN_PREFIX_SIZE];
    const struct text parts[2] = {sign_prefix_standard(message, room), message->body};

    for (size_t i = 0; i < keys->count; i++) {
        if (i > 0)
            buf_put_byte(out, ' ');
        if (keys->list[i].type == SIGNING_KEY_HMAC)
            put_standard_hmac(out, keys->list[i].value, parts);
        else
            put_ed25519(out, keys->list[i].value, parts);
    }
}
