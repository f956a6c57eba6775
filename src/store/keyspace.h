/* keyspace: the keys under which records are stored; one ordered space.
 *
 *   D tag endpoint    what is left of an endpoint that was deleted
 *   H tag sequence    history; a project's newest entry is its last
 *   K key             an API key
 *   L key             when it was last used
 *   M                 the store itself
 *   P project         a project
 *   e tag head        an endpoint; a project's lie together, oldest first
 *
 * Uids are their 16 bytes, sequences 8 bytes big-endian. A project's tag is the last 5 of its
 * uid's random bytes, an endpoint's head the first 10 bytes of its uid, its time and 4 random
 * ones: no two projects of a store share a tag, and no two endpoints of a project a head. A roll
 * writes all pages of the tree above what it changes, and short keys make them few. Endpoints sort
 * last for the same reason: only at the very end of its tree does LMDB fill the pages of what is
 * added in order. Pure. */
#ifndef HOOKROLL_STORE_KEYSPACE_H
#define HOOKROLL_STORE_KEYSPACE_H

#include "domain/uid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KEYSPACE_TAG_BYTES = 5,
    KEYSPACE_HEAD_BYTES = 10,
    KEYSPACE_PROJECT_PREFIX = 1 + KEYSPACE_TAG_BYTES, /* of D, H and e keys of one project */
    KEYSPACE_MAX = KEYSPACE_PROJECT_PREFIX + UID_BYTES
};

/* What all keys of endpoints begin with, and no other. */
#define KEYSPACE_ENDPOINTS "e"

struct keyspace_key {
    size_t len;
    uint8_t bytes[KEYSPACE_MAX];
};

struct keyspace_key keyspace_store(void);
struct keyspace_key keyspace_project(const struct uid *project);
struct keyspace_key keyspace_apikey(const struct uid *key);
struct keyspace_key keyspace_use(const struct uid *key);
struct keyspace_key keyspace_tombstone(const struct uid *project, const struct uid *endpoint);
struct keyspace_key keyspace_endpoint(const struct uid *project, const struct uid *endpoint);
struct keyspace_key keyspace_history(const struct uid *project, uint64_t sequence);

/* keyspace_same_tag: whether both projects, which may be one, have the same tag. */
bool keyspace_same_tag(const struct uid *a, const struct uid *b);

/* keyspace_tail: the uid that ends a P or K key of `len` bytes; UID_NONE
 * when it is too short to have one. */
struct uid keyspace_tail(const void *key, size_t len);

/* keyspace_head: what an e key has of the endpoint's uid, whose other bytes are zero; UID_NONE
 * when it is not one. */
struct uid keyspace_head(const void *key, size_t len);

/* keyspace_sequence: the sequence that ends an H key; 0 when it is not one. */
uint64_t keyspace_sequence(const void *key, size_t len);

#endif
