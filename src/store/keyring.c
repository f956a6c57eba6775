/* keyring: reads and makes the master key file; its memory is guarded. */
#include "store/keyring.h"

#include "base/directory.h"
#include "base/log.h"
#include "base/private_file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char prefix[] = "hookroll-master-key-1 ";

enum {
    PREFIX_LEN = sizeof prefix - 1,
    KEY_TEXT_SIZE = CRYPTO_BASE64_SIZE(CRYPTO_KEY_BYTES),
    LINE_SIZE = PREFIX_LEN + KEY_TEXT_SIZE,
    FILE_MAX = 8192
};

struct keyring {
    size_t count;
    struct keyring_key keys[KEYRING_KEYS_MAX];
    char file[FILE_MAX]; /* guarded too: it is read into here */
};

/* 0, or an errno. */
static int write_whole(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

/* Writes one new key, which is on the disk then. 0, or an errno. */
static int write_key(int fd, const char *path)
{
    uint8_t key[CRYPTO_KEY_BYTES];
    char line[LINE_SIZE + 1];
    int err;

    crypto_random(key, sizeof key);
    memcpy(line, prefix, PREFIX_LEN);
    crypto_base64_encode(CRYPTO_BASE64, key, sizeof key, line + PREFIX_LEN, KEY_TEXT_SIZE);
    line[LINE_SIZE - 1] = '\n';
    err = write_whole(fd, line, LINE_SIZE);
    if (err == 0 && fsync(fd) != 0)
        err = errno;
    crypto_wipe(key, sizeof key);
    crypto_wipe(line, sizeof line);
    return err != 0 ? err : directory_sync_parent(path);
}

enum rc keyring_create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int err;

    if (fd < 0) {
        if (errno == EEXIST)
            return RC_EXISTS;
        log_error("master key %s cannot be created: %s", path, strerror(errno));
        return RC_SYSTEM;
    }
    err = write_key(fd, path);
    (void)close(fd);
    if (err == 0)
        return RC_OK;
    log_error("master key %s cannot be written: %s", path, strerror(err));
    (void)unlink(path);
    return RC_SYSTEM;
}

static bool add_key(struct keyring *keyring, struct text line)
{
    static const char domain[] = "hookroll master key id";
    uint8_t named[sizeof domain + CRYPTO_KEY_BYTES];
    uint8_t digest[CRYPTO_DIGEST_BYTES];
    struct keyring_key *key;
    size_t len = 0;

    if (keyring->count == KEYRING_KEYS_MAX || line.len <= PREFIX_LEN ||
        memcmp(line.data, prefix, PREFIX_LEN) != 0)
        return false;
    key = &keyring->keys[keyring->count];
    if (!crypto_base64_decode(CRYPTO_BASE64, line.data + PREFIX_LEN, line.len - PREFIX_LEN,
                              key->key, sizeof key->key, &len) ||
        len != sizeof key->key)
        return false;
    memcpy(named, domain, sizeof domain);
    memcpy(named + sizeof domain, key->key, sizeof key->key);
    crypto_digest(digest, named, sizeof named);
    memcpy(key->id, digest, sizeof key->id);
    crypto_wipe(named, sizeof named);
    keyring->count++;
    return true;
}

static bool parse(struct keyring *keyring, size_t len)
{
    size_t start = 0;

    for (size_t i = 0; i <= len; i++) {
        struct text line;

        if (i < len && keyring->file[i] != '\n')
            continue;
        line = text_trim((struct text){keyring->file + start, i - start});
        if (line.len > 0 && line.data[0] != '#' && !add_key(keyring, line))
            return false;
        start = i + 1;
    }
    return keyring->count > 0;
}

enum rc keyring_open(const char *path, struct keyring **out)
{
    struct keyring *keyring = crypto_guarded_new(sizeof *keyring);
    ssize_t len;

    if (keyring == NULL)
        return RC_NO_MEMORY;
    len = private_file_read("master key", path, keyring->file, sizeof keyring->file);
    if (len >= 0 && parse(keyring, (size_t)len)) {
        crypto_wipe(keyring->file, sizeof keyring->file);
        *out = keyring;
        return RC_OK;
    }
    if (len >= 0)
        log_error("master key %s is not well-formed", path);
    keyring_close(keyring);
    return RC_KEY;
}

void keyring_close(struct keyring *keyring)
{
    crypto_guarded_free(keyring);
}

const struct keyring_key *keyring_sealing(const struct keyring *keyring)
{
    return &keyring->keys[0];
}

const struct keyring_key *keyring_find(const struct keyring *keyring,
                                       const uint8_t id[KEYRING_ID_BYTES])
{
    for (size_t i = 0; i < keyring->count; i++)
        if (memcmp(keyring->keys[i].id, id, KEYRING_ID_BYTES) == 0)
            return &keyring->keys[i];
    return NULL;
}
