/* keyspace: makes and takes apart the store's keys. */
#include "store/keyspace.h"

#include <string.h>

enum {
    SEQUENCE_BYTES = 8,
    HISTORY_LEN = KEYSPACE_PROJECT_PREFIX + SEQUENCE_BYTES,
    ENDPOINT_LEN = KEYSPACE_PROJECT_PREFIX + KEYSPACE_HEAD_BYTES
};

static void append(struct keyspace_key *key, const uint8_t *bytes, size_t len)
{
    memcpy(key->bytes + key->len, bytes, len);
    key->len += len;
}

struct keyspace_key keyspace_store(void)
{
    return (struct keyspace_key){1, {'M'}};
}

static struct keyspace_key of_uid(char letter, const struct uid *uid)
{
    struct keyspace_key key = {1, {(uint8_t)letter}};

    append(&key, uid->bytes, UID_BYTES);
    return key;
}

static const uint8_t *tag(const struct uid *project)
{
    return project->bytes + UID_BYTES - KEYSPACE_TAG_BYTES;
}

bool keyspace_same_tag(const struct uid *a, const struct uid *b)
{
    return memcmp(tag(a), tag(b), KEYSPACE_TAG_BYTES) == 0;
}

static struct keyspace_key of_project(char letter, const struct uid *project)
{
    struct keyspace_key key = {1, {(uint8_t)letter}};

    append(&key, tag(project), KEYSPACE_TAG_BYTES);
    return key;
}

struct keyspace_key keyspace_project(const struct uid *project)
{
    return of_uid('P', project);
}

struct keyspace_key keyspace_apikey(const struct uid *apikey)
{
    return of_uid('K', apikey);
}

struct keyspace_key keyspace_use(const struct uid *apikey)
{
    return of_uid('L', apikey);
}

struct keyspace_key keyspace_tombstone(const struct uid *project, const struct uid *endpoint)
{
    struct keyspace_key key = of_project('D', project);

    append(&key, endpoint->bytes, UID_BYTES);
    return key;
}

struct keyspace_key keyspace_endpoint(const struct uid *project, const struct uid *endpoint)
{
    struct keyspace_key key = of_project(*KEYSPACE_ENDPOINTS, project);

    append(&key, endpoint->bytes, KEYSPACE_HEAD_BYTES);
    return key;
}

struct keyspace_key keyspace_history(const struct uid *project, uint64_t sequence)
{
    struct keyspace_key key = of_project('H', project);

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

struct uid keyspace_head(const void *key, size_t len)
{
    const uint8_t *bytes = key;
    struct uid uid = UID_NONE;

    if (len == ENDPOINT_LEN && bytes[0] == *KEYSPACE_ENDPOINTS)
        memcpy(uid.bytes, bytes + KEYSPACE_PROJECT_PREFIX, KEYSPACE_HEAD_BYTES);
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
