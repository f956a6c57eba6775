/* kv_access: what is done within a transaction, and what LMDB's results mean. */
#include "store/kv_inside.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum {
    FULL_BELOW = 4 * 1024 * 1024 /* bytes: file systems take no more at a time for one write */
};

static bool disk_is_full(int fd)
{
    struct statvfs fs;

    /* Without blocks it has no size that it would tell. */
    return fstatvfs(fd, &fs) == 0 && fs.f_blocks > 0 &&
           (uint64_t)fs.f_bavail * fs.f_frsize < FULL_BELOW;
}

static bool is_at_limit(int fd)
{
    struct rlimit limit;
    struct stat st;

    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && fstat(fd, &st) == 0 &&
           (rlim_t)st.st_size >= limit.rlim_cur;
}

/* Of a write that was cut short LMDB says EIO, as of a disk that fails: there was room for a part
 * of it and is none now. */
int kv_cause(MDB_env *env, int err)
{
    int fd;

    if (err != EIO || mdb_env_get_fd(env, &fd) != MDB_SUCCESS)
        return err;
    if (disk_is_full(fd))
        return ENOSPC;
    return is_at_limit(fd) ? EFBIG : err;
}

enum rc kv_result(int err)
{
    switch (err) {
    case MDB_SUCCESS:
        return RC_OK;
    case MDB_NOTFOUND:
    case ENOENT:
        return RC_NOT_FOUND;
    case MDB_KEYEXIST:
        return RC_EXISTS;
    case MDB_MAP_FULL:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return RC_FULL;
    case MDB_READERS_FULL:
    case EAGAIN:
    case MDB_PANIC:
        return RC_UNAVAILABLE;
    case ENOMEM:
        return RC_NO_MEMORY;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
        return RC_CORRUPT;
    default:
        return RC_SYSTEM;
    }
}

enum rc kv_report(const char *what, int err)
{
    log_error("store: %s: %s", what, mdb_strerror(err));
    return kv_result(err);
}

static MDB_val to_val(struct text t)
{
    union {
        const char *in;
        void *out;
    } data = {t.data};

    /* LMDB takes no const, and does not write through it. */
    return (MDB_val){t.len, data.out};
}

static struct text to_text(MDB_val val)
{
    return (struct text){val.mv_data, val.mv_size};
}

/* The map being full is not the caller's to see: kv_write grows it and begins anew. */
static enum rc fail(struct kv_txn *txn, const char *what, int err)
{
    enum rc rc;

    if (err == MDB_MAP_FULL) {
        txn->map_full = true;
        return RC_FULL;
    }
    rc = kv_report(what, err);
    if (txn->failure == RC_OK)
        txn->failure = rc;
    return rc;
}

enum rc kv_get(struct kv_txn *txn, struct text key, struct text *value)
{
    MDB_val k = to_val(key);
    MDB_val v;
    int err = mdb_get(txn->txn, txn->dbi, &k, &v);

    if (err == MDB_NOTFOUND)
        return RC_NOT_FOUND;
    if (err != MDB_SUCCESS)
        return fail(txn, "get", err);
    *value = to_text(v);
    return RC_OK;
}

static enum rc put(struct kv_txn *txn, struct text key, struct text value, unsigned flags)
{
    MDB_val k = to_val(key);
    MDB_val v = to_val(value);
    int err = mdb_put(txn->txn, txn->dbi, &k, &v, flags);

    txn->changed = txn->changed || err != MDB_KEYEXIST;
    if (err == MDB_SUCCESS || err == MDB_KEYEXIST)
        return kv_result(err);
    return fail(txn, "put", err);
}

enum rc kv_add(struct kv_txn *txn, struct text key, struct text value)
{
    return put(txn, key, value, MDB_NOOVERWRITE);
}

enum rc kv_set(struct kv_txn *txn, struct text key, struct text value)
{
    return put(txn, key, value, 0);
}

enum rc kv_delete(struct kv_txn *txn, struct text key)
{
    MDB_val k = to_val(key);
    int err = mdb_del(txn->txn, txn->dbi, &k, NULL);

    txn->changed = txn->changed || err != MDB_NOTFOUND;
    if (err == MDB_SUCCESS || err == MDB_NOTFOUND)
        return kv_result(err);
    return fail(txn, "delete", err);
}

/* The last key below `bound`, or the last of all when nothing is above it. */
static int seek_before(MDB_cursor *cursor, MDB_val *key, MDB_val *value)
{
    int err = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);

    if (err == MDB_NOTFOUND)
        return mdb_cursor_get(cursor, key, value, MDB_LAST);
    return err == MDB_SUCCESS ? mdb_cursor_get(cursor, key, value, MDB_PREV) : err;
}

static bool starts_with(MDB_val key, struct text prefix)
{
    return key.mv_size >= prefix.len && memcmp(key.mv_data, prefix.data, prefix.len) == 0;
}

/* Positions on the scan's first key. */
static int seek(MDB_cursor *cursor, struct text prefix, struct text from,
                enum kv_direction direction, MDB_val *key, MDB_val *value)
{
    char above[64];
    int err;

    *key = to_val(from.len > 0 ? from : prefix);
    if (direction == KV_FORWARDS)
        return mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    if (from.len > 0) {
        err = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
        if (err == MDB_SUCCESS && text_equal(to_text(*key), from))
            return err;
        *key = to_val(from);
        return seek_before(cursor, key, value);
    }
    /* The first key above the prefix: its last byte and one. Prefixes begin
     * with a letter, so the carry ends in time. */
    if (prefix.len == 0 || prefix.len > sizeof above)
        return EINVAL;
    memcpy(above, prefix.data, prefix.len);
    *key = (MDB_val){prefix.len, above};
    while ((unsigned char)above[key->mv_size - 1] == 0xFF)
        key->mv_size--;
    above[key->mv_size - 1]++;
    return seek_before(cursor, key, value);
}

enum rc kv_scan(struct kv_txn *txn, struct text prefix, struct text from,
                enum kv_direction direction, kv_visit *visit, void *arg)
{
    MDB_cursor *cursor = NULL;
    MDB_val key = {0, NULL};
    MDB_val value = {0, NULL};
    int err = mdb_cursor_open(txn->txn, txn->dbi, &cursor);

    if (err == MDB_SUCCESS)
        err = seek(cursor, prefix, from, direction, &key, &value);
    while (err == MDB_SUCCESS && starts_with(key, prefix) &&
           visit(to_text(key), to_text(value), arg))
        err = mdb_cursor_get(cursor, &key, &value, direction == KV_FORWARDS ? MDB_NEXT : MDB_PREV);
    if (cursor != NULL)
        mdb_cursor_close(cursor);
    return err == MDB_SUCCESS || err == MDB_NOTFOUND ? RC_OK : fail(txn, "scan", err);
}
