/* scrape_token: the word by which a monitor may read /metrics; of no project. Kept as a
 * hash of it, so immutable once loaded and thread-safe. */
#ifndef HOOKROLL_API_SCRAPE_TOKEN_H
#define HOOKROLL_API_SCRAPE_TOKEN_H

#include "base/crypto.h"
#include "base/rc.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SCRAPE_TOKEN_MIN = 16, /* characters */
    SCRAPE_TOKEN_MAX = 256
};

struct scrape_token {
    bool set; /* otherwise nobody may */
    uint8_t digest[CRYPTO_DIGEST_BYTES];
};

/* scrape_token_load: from a private file, which is the token and perhaps a line end.
 * RC_KEY when it is missing, readable by others, or not SCRAPE_TOKEN_MIN to
 * SCRAPE_TOKEN_MAX printable ASCII characters without spaces and commas; the cause is
 * logged, without the token. */
RC_CHECK enum rc scrape_token_load(const char *path, struct scrape_token *out);

/* scrape_token_matches: in constant time; false of a token that is not set. */
bool scrape_token_matches(const struct scrape_token *token, struct text presented);

#endif
