/* keyring: the master keys that seal what is sensitive in the store.
 *
 * A text file, mode 0600, a line a key: "hookroll-master-key-1 " + base64 of 32
 * bytes; empty lines and lines that begin with '#' are skipped. The first key
 * seals; every key opens, so that records sealed with an older one stay
 * readable. A key's id is the first bytes of a hash of it: a damaged file
 * cannot pass for another key. Immutable once open, so thread-safe. */
#ifndef HOOKROLL_STORE_KEYRING_H
#define HOOKROLL_STORE_KEYRING_H

#include "base/crypto.h"
#include "base/rc.h"

#include <stdint.h>

enum {
    KEYRING_ID_BYTES = 8,
    KEYRING_KEYS_MAX = 16
};

struct keyring;

struct keyring_key {
    uint8_t id[KEYRING_ID_BYTES];
    uint8_t key[CRYPTO_KEY_BYTES];
};

/* keyring_create: a file with one new random key, on the disk when this
 * returns. RC_EXISTS when there is a file (left alone), RC_SYSTEM. Logs the cause. */
RC_CHECK enum rc keyring_create(const char *path);

/* keyring_add: puts a new random key before those of the file, whose owner and mode stay as
 * they are; in one step, which is on the disk when this returns. RC_KEY as of keyring_open,
 * RC_CONFLICT when it holds as many as it may, RC_SYSTEM; any but RC_OK leaves the file as it
 * was, unless the disk fails at the very end. Logs the cause. */
RC_CHECK enum rc keyring_add(const char *path);

/* keyring_open: *out is new, closed with keyring_close. RC_KEY when the file is
 * missing, readable by others, or not well-formed; the cause is logged. RC_NO_MEMORY. */
RC_CHECK enum rc keyring_open(const char *path, struct keyring **out);

/* keyring_close: wipes and releases; NULL is let pass. */
void keyring_close(struct keyring *keyring);

/* keyring_sealing: the key for new records; borrowed until keyring_close. */
const struct keyring_key *keyring_sealing(const struct keyring *keyring);

/* keyring_find: by id; borrowed; NULL when it is not in the ring. */
const struct keyring_key *keyring_find(const struct keyring *keyring,
                                       const uint8_t id[KEYRING_ID_BYTES]);

#endif
