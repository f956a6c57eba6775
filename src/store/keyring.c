/* keyring: reads, makes and extends the master key file; its memory is guarded. */
#include "store/keyring.h"

#include "base/directory.h"
#include "base/log.h"
#include "base/private_file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* One new key. */
static void make_line(char line[LINE_SIZE])
{
    uint8_t key[CRYPTO_KEY_BYTES];
    char text[KEY_TEXT_SIZE];

    crypto_random(key, sizeof key);
    crypto_base64_encode(CRYPTO_BASE64, key, sizeof key, text, sizeof text);
    memcpy(line, prefix, PREFIX_LEN);
    memcpy(line + PREFIX_LEN, text, sizeof text - 1);
    line[LINE_SIZE - 1] = '\n';
    crypto_wipe(key, sizeof key);
    crypto_wipe(text, sizeof text);
}

/* Writes one new key, which is on the disk then. 0, or an errno. */
static int write_key(int fd, const char *path)
{
    char line[LINE_SIZE];
    int err;

    make_line(line);
    err = write_whole(fd, line, sizeof line);
    if (err == 0 && fsync(fd) != 0)
        err = errno;
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

    if (keyring->count == KEYRING_KEYS_MAX || line.len <= PREFIX_LEN || !text_begins(line, prefix))
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

/* *len is that of the file, which is still in the ring's memory. */
static enum rc load(const char *path, struct keyring **out, size_t *len)
{
    struct keyring *keyring = crypto_guarded_new(sizeof *keyring);
    ssize_t n;

    if (keyring == NULL)
        return RC_NO_MEMORY;
    n = private_file_read("master key", path, keyring->file, sizeof keyring->file);
    if (n >= 0 && parse(keyring, (size_t)n)) {
        *out = keyring;
        *len = (size_t)n;
        return RC_OK;
    }
    if (n >= 0)
        log_error("master key %s is not well-formed", path);
    keyring_close(keyring);
    return RC_KEY;
}

enum rc keyring_open(const char *path, struct keyring **out)
{
    size_t len;
    enum rc rc = load(path, out, &len);

    if (rc == RC_OK)
        crypto_wipe((*out)->file, sizeof(*out)->file);
    return rc;
}

/* Writes a file that is on the disk then, and is `like` one as to who may use it. 0, or an errno.
 */
static int write_like(const char *path, const struct stat *like, const char *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int err;

    if (fd < 0)
        return errno;
    err = write_whole(fd, bytes, len);
    if (err == 0 && (fchown(fd, like->st_uid, like->st_gid) != 0 ||
                     fchmod(fd, like->st_mode & 07777) != 0 || fsync(fd) != 0))
        err = errno;
    (void)close(fd);
    return err;
}

/* Written aside, under a name that nobody else gives a file, and moved there whole, with the
 * directory locked. 0, or an errno. */
static int replace(const char *path, const char *bytes, size_t len)
{
    char aside[PATH_MAX];
    struct stat st;
    int err;

    if (snprintf(aside, sizeof aside, "%s.hookrollctl", path) >= (int)sizeof aside)
        return ENAMETOOLONG;
    if (stat(path, &st) != 0)
        return errno;
    (void)unlink(aside); /* of one that was broken off */
    err = write_like(aside, &st, bytes, len);
    if (err == 0 && rename(aside, path) != 0)
        err = errno;
    if (err == 0)
        return directory_sync_parent(path);
    (void)unlink(aside);
    return err;
}

/* With the directory locked: of several who add keys at the same time, each adds to what the
 * other has written. */
static enum rc add_to(const char *path)
{
    struct keyring *keyring = NULL;
    size_t len;
    enum rc rc = load(path, &keyring, &len);
    int err;

    if (rc != RC_OK)
        return rc;
    if (keyring->count == KEYRING_KEYS_MAX || len + LINE_SIZE >= sizeof keyring->file) {
        log_error("master key %s has no room for one more: it may hold %d keys and %d bytes", path,
                  KEYRING_KEYS_MAX, FILE_MAX - 1);
        keyring_close(keyring);
        return RC_CONFLICT;
    }
    memmove(keyring->file + LINE_SIZE, keyring->file, len);
    make_line(keyring->file);
    err = replace(path, keyring->file, LINE_SIZE + len);
    keyring_close(keyring);
    if (err == 0)
        return RC_OK;
    log_error("master key %s cannot be written anew: %s", path, strerror(err));
    return RC_SYSTEM;
}

enum rc keyring_add(const char *path)
{
    char *file = realpath(path, NULL); /* what is there may be a link to it */
    int directory = file != NULL ? directory_lock_parent(file) : -1;
    enum rc rc = RC_KEY;

    if (directory >= 0)
        rc = add_to(file);
    else
        log_error("master key %s cannot be reached: %s", path, strerror(errno));
    if (directory >= 0)
        (void)close(directory);
    free(file);
    return rc;
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
