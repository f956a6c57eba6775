/* seal: the additional data that ties a sealed value to its place. */
#include "store/seal.h"

#include "base/crypto.h"

#include <string.h>

enum {
    AD_BYTES = 1 + 3 * UID_BYTES
};

static void additional_data(const struct seal_place *place, uint8_t ad[AD_BYTES])
{
    ad[0] = (uint8_t)place->kind;
    memcpy(ad + 1, place->project.bytes, UID_BYTES);
    memcpy(ad + 1 + UID_BYTES, place->endpoint.bytes, UID_BYTES);
    memcpy(ad + 1 + 2 * UID_BYTES, place->part.bytes, UID_BYTES);
}

void seal_pack(struct buf *buf, const struct keyring_key *key, const struct seal_place *place,
               struct text plain)
{
    uint8_t ad[AD_BYTES];
    uint8_t *room;

    if (plain.len > UINT32_MAX - CRYPTO_SEAL_OVERHEAD) {
        buf->failed = true;
        return;
    }
    additional_data(place, ad);
    pack_u32(buf, (uint32_t)(plain.len + CRYPTO_SEAL_OVERHEAD));
    room = buf_room(buf, plain.len + CRYPTO_SEAL_OVERHEAD);
    if (room != NULL)
        crypto_seal(key->key, ad, sizeof ad, plain.data, plain.len, room);
}

enum rc seal_unpack(struct unpack *in, const struct keyring_key *key,
                    const struct seal_place *place, size_t max, struct arena *arena,
                    struct text *out)
{
    struct text sealed = unpack_text(in, max + CRYPTO_SEAL_OVERHEAD);
    uint8_t ad[AD_BYTES];
    size_t len;
    char *plain;

    if (sealed.len < CRYPTO_SEAL_OVERHEAD)
        return RC_CORRUPT;
    len = sealed.len - CRYPTO_SEAL_OVERHEAD;
    plain = arena_alloc(arena, len + 1);
    if (plain == NULL)
        return RC_NO_MEMORY;
    additional_data(place, ad);
    if (!crypto_open(key->key, ad, sizeof ad, (const uint8_t *)sealed.data, sealed.len,
                     (uint8_t *)plain))
        return RC_CORRUPT;
    plain[len] = '\0';
    *out = (struct text){plain, len};
    return RC_OK;
}
