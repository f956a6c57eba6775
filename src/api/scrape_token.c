/* scrape_token: what a token may look like, and comparing one. */
#include "api/scrape_token.h"

#include "base/log.h"
#include "base/private_file.h"

static bool is_good(struct text token)
{
    if (token.len < SCRAPE_TOKEN_MIN || token.len > SCRAPE_TOKEN_MAX)
        return false;
    for (size_t i = 0; i < token.len; i++)
        if (token.data[i] <= ' ' || token.data[i] >= 0x7F || token.data[i] == ',')
            return false;
    return true;
}

enum rc scrape_token_load(const char *path, struct scrape_token *out)
{
    char file[SCRAPE_TOKEN_MAX + 3]; /* a line end, and one byte more to see that there is more */
    ssize_t len = private_file_read("metrics token", path, file, sizeof file);
    struct text token = {file, len > 0 ? (size_t)len : 0};
    enum rc rc = RC_KEY;

    if (token.len > 0 && file[token.len - 1] == '\n')
        token.len--;
    if (token.len > 0 && file[token.len - 1] == '\r')
        token.len--;
    if (is_good(token)) {
        crypto_digest(out->digest, token.data, token.len);
        out->set = true;
        rc = RC_OK;
    } else if (len >= 0) {
        log_error("metrics token %s must be %d to %d printable ASCII characters without spaces "
                  "and commas",
                  path, SCRAPE_TOKEN_MIN, SCRAPE_TOKEN_MAX);
    }
    crypto_wipe(file, sizeof file);
    return rc;
}

bool scrape_token_matches(const struct scrape_token *token, struct text presented)
{
    uint8_t digest[CRYPTO_DIGEST_BYTES];

    crypto_digest(digest, presented.data, presented.len);
    return token->set && crypto_equal(digest, sizeof digest, token->digest, sizeof token->digest);
}
