/* rings: key `n` is the byte `n`, repeated. */
#include "support/rings.h"

#include "support/temp_dir.h"

#include <check.h>
#include <string.h>

static const char prefix[] = "hookroll-master-key-1 ";

void rings_line(unsigned n, char out[RINGS_LINE])
{
    char text[CRYPTO_BASE64_SIZE(CRYPTO_KEY_BYTES)];
    uint8_t key[CRYPTO_KEY_BYTES];

    memset(key, (int)n, sizeof key);
    crypto_base64_encode(CRYPTO_BASE64, key, sizeof key, text, sizeof text);
    memcpy(out, prefix, sizeof prefix - 1);
    memcpy(out + sizeof prefix - 1, text, sizeof text - 1);
    out[RINGS_LINE - 1] = '\n';
}

void rings_write(const char *path, const unsigned *keys, size_t count)
{
    char file[KEYRING_KEYS_MAX * RINGS_LINE];

    ck_assert_uint_le(count, KEYRING_KEYS_MAX);
    for (size_t i = 0; i < count; i++)
        rings_line(keys[i], file + i * RINGS_LINE);
    temp_dir_write(path, 0600, file, count * RINGS_LINE);
}

struct keyring *rings_open(const unsigned *keys, size_t count)
{
    struct keyring *keyring = NULL;
    struct temp_dir temp;
    char path[TEMP_PATH_SIZE];

    temp_dir_make(&temp);
    rings_write(temp_dir_path(&temp, "key", path), keys, count);
    ck_assert_int_eq(keyring_open(path, &keyring), RC_OK);
    temp_dir_remove(&temp);
    return keyring;
}
