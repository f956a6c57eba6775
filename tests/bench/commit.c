/* commit: what LMDB alone takes for what some rolls write: for each of them a record of that size
 * replaced, one of so many at random, and an entry of the history appended; all in one
 * transaction, over and over. Goes on with what the directory has from an earlier run.
 * usage: commit DIRECTORY RECORDS ROLLS SECONDS */
#include "cached.h"
#include "laps.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    RECORD_KEY = 16, /* bytes, as those of an endpoint with one secret and one that ended */
    RECORD = 404,
    ENTRY_KEY = 14, /* bytes, as those of its history's entry */
    ENTRY = 124
};

#define MAP_BYTES ((size_t)4 << 30)

static MDB_env *env;
static MDB_dbi dbi;

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
    char key[RECORD_KEY] = "E";

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

static int commit(uint64_t records, uint64_t *entries, uint64_t rolls)
{
    MDB_txn *txn;
    int err = mdb_txn_begin(env, NULL, 0, &txn);

    if (err != 0)
        return err;
    for (uint64_t i = 0; err == 0 && i < rolls; i++) {
        err = put_record(txn, (uint64_t)lrand48() % records);
        if (err == 0)
            err = put_entry(txn, (*entries)++);
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

/* Puts the records, where they are not there yet; *entries is how many of the history there are. */
static int fill(uint64_t records, uint64_t *entries)
{
    MDB_stat stat;
    MDB_txn *txn;
    int err = mdb_txn_begin(env, NULL, 0, &txn);

    if (err != 0)
        return err;
    err = mdb_dbi_open(txn, NULL, 0, &dbi);
    if (err == 0)
        err = mdb_stat(txn, dbi, &stat);
    *entries = err == 0 && stat.ms_entries > records ? stat.ms_entries - records : 0;
    for (uint64_t n = 0; err == 0 && stat.ms_entries < records && n < records; n++)
        err = put_record(txn, n);
    return end(txn, err);
}

/* Opens what is filled. */
static int prepare(const char *directory, uint64_t records, uint64_t *entries)
{
    int err = open_env(directory);

    if (err == 0)
        err = fill(records, entries);
    if (err != 0 || *entries > 0)
        return err;
    mdb_env_close(env);
    env = NULL;
    err = cached_by_pages(directory);
    if (err == 0)
        err = open_env(directory);
    return err == 0 ? fill(records, entries) : err;
}

int main(int argc, char **argv)
{
    struct laps laps;
    uint64_t records = argc == 5 ? strtoull(argv[2], NULL, 10) : 0;
    uint64_t rolls = argc == 5 ? strtoull(argv[3], NULL, 10) : 0;
    uint64_t entries = 0;
    int err;

    if (records == 0 || rolls == 0) {
        (void)fputs("usage: commit DIRECTORY RECORDS ROLLS SECONDS\n", stderr);
        return EXIT_FAILURE;
    }
    err = prepare(argv[1], records, &entries);
    laps_begin(&laps, strtod(argv[4], NULL));
    while (err == 0) {
        err = commit(records, &entries, rolls);
        if (!laps_next(&laps))
            break;
    }
    mdb_env_close(env);
    if (err != 0)
        (void)fprintf(stderr, "%s: %s\n", argv[1], mdb_strerror(err));
    laps_print(&laps);
    return err == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
