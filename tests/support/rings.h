/* rings: keyrings of known keys, read from files as every keyring is. */
#ifndef HOOKROLL_TESTS_SUPPORT_RINGS_H
#define HOOKROLL_TESTS_SUPPORT_RINGS_H

#include "store/keyring.h"

#include <stddef.h>

enum {
    RINGS_LINE = 22 + 44 + 1 /* bytes of a key's line */
};

/* rings_line: the line of key `n`, a number below 256. */
void rings_line(unsigned n, char out[RINGS_LINE]);

/* rings_write: a key file at `path` with these keys, in this order. */
void rings_write(const char *path, const unsigned *keys, size_t count);

/* rings_open: a new ring of these keys. */
struct keyring *rings_open(const unsigned *keys, size_t count);

#endif
