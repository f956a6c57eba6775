/* keyspace: makes and takes apart the store's keys. */
#include "store/keyspace.h"

#include <string.h>

enum {
    SEQUENCE_BYTES = 8,
    HISTORY_LEN = KEYSPACE_PROJECT_PREFIX + SEQUENCE_BYTES
};

static void append(struct keyspace_key *key, const struct uid *uid)
{
    memcpy(key->bytes + key->len, uid->bytes, UID_BYTES);
    key->len += UID_BYTES;
}

struct keyspace_key keyspace_store(void)
{
    return (struct keyspace_key){1, {'M'}};
}

struct keyspace_key keyspace_project(const struct uid *project)
{
    struct keyspace_key key = {1, {'P'}};

    append(&key, project);
    return key;
}

struct keyspace_key keyspace_apikey(const struct uid *apikey)
{
    struct keyspace_key key = {1, {'K'}};

    append(&key, apikey);
    return key;
}

struct keyspace_key keyspace_endpoint(const struct uid *project, const struct uid *endpoint)
{
    struct keyspace_key key = {1, {'E'}};

    append(&key, project);
    append(&key, endpoint);
    return key;
}

struct keyspace_key keyspace_history(const struct uid *project, uint64_t sequence)
{
    struct keyspace_key key = {1, {'H'}};

    append(&key, project);
    for (int i = 0; i < SEQUENCE_BYTES; i++)
        key.bytes[key.len++] = (uint8_t)(sequence >> (8 * (SEQUENCE_BYTES - 1 - i)));
    return key;
}

struct uid keyspace_tail(const void *key, size_t len)
{
    struct uid uid = UID_NONE;

    if (len > UID_BYTES)
        memcpy(uid.bytes, (const uint8_t *)key + len - UID_BYTES, UID_BYTES);
    return uid;
}

uint64_t keyspace_sequence(const void *key, size_t len)
{
    const uint8_t *bytes = key;
    uint64_t sequence = 0;

    if (len != HISTORY_LEN || bytes[0] != 'H')
        return 0;
    for (size_t i = KEYSPACE_PROJECT_PREFIX; i < len; i++)
        sequence = sequence << 8 | bytes[i];
    return sequence;
}
