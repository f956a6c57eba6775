/* keyspace: the keys under which records are stored; one ordered space.
 *
 *   D project endpoint    what is left of an endpoint that was deleted
 *   E project endpoint    an endpoint; a project's lie together, oldest first
 *   H project sequence    history; a project's newest entry is its last
 *   K key                 an API key
 *   L key                 when it was last used
 *   M                     the store itself
 *   P project             a project
 *
 * Uids are their 16 bytes, sequences 8 bytes big-endian. Pure. */
#ifndef HOOKROLL_STORE_KEYSPACE_H
#define HOOKROLL_STORE_KEYSPACE_H

#include "domain/uid.h"

#include <stddef.h>
#include <stdint.h>

enum {
    KEYSPACE_MAX = 1 + 2 * UID_BYTES,
    KEYSPACE_PROJECT_PREFIX = 1 + UID_BYTES /* of E and H keys of one project */
};

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

/* keyspace_tail: the uid that ends a P, K or E key of `len` bytes; UID_NONE
 * when it is too short to have one. */
struct uid keyspace_tail(const void *key, size_t len);

/* keyspace_sequence: the sequence that ends an H key; 0 when it is not one. */
uint64_t keyspace_sequence(const void *key, size_t len);

#endif
