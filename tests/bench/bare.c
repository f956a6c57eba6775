/* bare: by LMDB's own calls, with hookroll's flags and sizes. */
#include "bare.h"
#include "cached.h"

#include <lmdb.h>
#include <stdlib.h>

enum {
    RECORD_KEY = 16, /* bytes, as those of an endpoint with one secret */
    RECORD = 273,
    ENTRY_KEY = 14, /* bytes, as those of its history's entry */
    ENTRY = 124,
    ENTRIES_EACH = 2 /* an endpoint's making and its roll */
};

#define MAP_BYTES ((size_t)4 << 30)

static MDB_env *env;
static MDB_dbi dbi;
static uint64_t records;
static uint64_t entries; /* of the history, so far */

static void number(char *end, uint64_t n)
{
    for (size_t i = 1; i <= sizeof n; i++, n >>= 8)
        *(end - i) = (char)(n & 0xFF);
}

static int put(MDB_txn *txn, char *key, size_t key_len, size_t value_len)
{
    static char value[RECORD] = "hookroll";
    MDB_val name = {key_len, key};
    MDB_val data = {value_len, value};

    return mdb_put(txn, dbi, &name, &data, 0);
}

static int put_record(MDB_txn *txn, uint64_t n)
{
    char key[RECORD_KEY] = "e";

    number(key + sizeof key, n);
    return put(txn, key, sizeof key, RECORD);
}

static int put_entry(MDB_txn *txn, uint64_t n)
{
    char key[ENTRY_KEY] = "H";

    number(key + sizeof key, n);
    return put(txn, key, sizeof key, ENTRY);
}

static int end(MDB_txn *txn, int err)
{
    if (err == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return err;
}

int bare_commit(uint64_t rolls)
{
    MDB_txn *txn;
    int err = mdb_txn_begin(env, NULL, 0, &txn);

    if (err != 0)
        return err;
    for (uint64_t i = 0; err == 0 && i < rolls; i++) {
        err = put_record(txn, (uint64_t)lrand48() % records);
        if (err == 0)
            err = put_entry(txn, entries++);
    }
    return end(txn, err);
}

/* With hookroll's own flags (kv.c). */
static int open_env(const char *directory)
{
    int err = mdb_env_create(&env);

    if (err == 0)
        err = mdb_env_set_mapsize(env, MAP_BYTES);
    return err == 0 ? mdb_env_open(env, directory, MDB_NOTLS | MDB_NORDAHEAD, 0600) : err;
}

static int put_all(MDB_txn *txn)
{
    int err = 0;

    for (uint64_t n = 0; err == 0 && n < records; n++) {
        err = put_record(txn, n);
        for (int i = 0; err == 0 && i < ENTRIES_EACH; i++)
            err = put_entry(txn, entries++);
    }
    return err;
}

/* Puts what is not there yet. */
static int fill(void)
{
    MDB_stat stat;
    MDB_txn *txn;
    int err = mdb_txn_begin(env, NULL, 0, &txn);

    if (err != 0)
        return err;
    err = mdb_dbi_open(txn, NULL, 0, &dbi);
    if (err == 0)
        err = mdb_stat(txn, dbi, &stat);
    entries = err == 0 && stat.ms_entries > 0 ? stat.ms_entries - records : 0;
    if (err == 0 && stat.ms_entries == 0)
        err = put_all(txn);
    return end(txn, err);
}

int bare_open(const char *directory, uint64_t count)
{
    int err = open_env(directory);

    records = count;
    if (err == 0)
        err = fill();
    if (err != 0 || entries > records * ENTRIES_EACH)
        return err;
    bare_close();
    err = cached_by_pages(directory);
    if (err == 0)
        err = open_env(directory);
    return err == 0 ? fill() : err;
}

void bare_close(void)
{
    mdb_env_close(env);
    env = NULL;
}

const char *bare_error(int err)
{
    return mdb_strerror(err);
}
