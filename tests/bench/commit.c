/* commit: what LMDB alone takes for what a roll writes: a record of that size replaced and an
 * entry of the history appended, in a transaction of their own, over and over. */
#include "laps.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RECORD_KEY = 33, /* bytes, as those of an endpoint with one secret and one that ended */
    RECORD = 388,
    ENTRY_KEY = 25, /* bytes, as those of its history's entry */
    ENTRY = 124
};

#define MAP_BYTES ((size_t)1 << 30)

static MDB_env *env;
static MDB_dbi dbi;

static int put(MDB_txn *txn, void *key, size_t key_len, size_t value_len)
{
    static char value[RECORD] = "hookroll";
    MDB_val name = {key_len, key};
    MDB_val data = {value_len, value};

    return mdb_put(txn, dbi, &name, &data, 0);
}

static int commit(uint64_t sequence)
{
    char record[RECORD_KEY] = "E";
    char entry[ENTRY_KEY] = "H";
    MDB_txn *txn;
    int err = mdb_txn_begin(env, NULL, 0, &txn);

    if (err != 0)
        return err;
    for (size_t i = 1; i <= sizeof sequence; i++, sequence >>= 8)
        entry[ENTRY_KEY - i] = (char)(sequence & 0xFF);
    err = put(txn, record, sizeof record, RECORD);
    if (err == 0)
        err = put(txn, entry, sizeof entry, ENTRY);
    if (err == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return err;
}

/* With hookroll's own flags (kv.c). */
static int open_env(const char *directory)
{
    MDB_txn *txn;
    int err = mdb_env_create(&env);

    if (err == 0)
        err = mdb_env_set_mapsize(env, MAP_BYTES);
    if (err == 0)
        err = mdb_env_open(env, directory, MDB_NOTLS | MDB_NORDAHEAD, 0600);
    if (err == 0)
        err = mdb_txn_begin(env, NULL, 0, &txn);
    if (err != 0)
        return err;
    err = mdb_dbi_open(txn, NULL, 0, &dbi);
    if (err == 0)
        return mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return err;
}

int main(int argc, char **argv)
{
    struct laps laps;
    uint64_t sequence = 0;
    int err;

    if (argc != 3) {
        (void)fputs("usage: commit DIRECTORY SECONDS\n", stderr);
        return EXIT_FAILURE;
    }
    err = open_env(argv[1]);
    laps_begin(&laps, strtod(argv[2], NULL));
    while (err == 0) {
        err = commit(sequence++);
        if (!laps_next(&laps))
            break;
    }
    mdb_env_close(env);
    if (err != 0)
        (void)fprintf(stderr, "%s: %s\n", argv[1], mdb_strerror(err));
    laps_print(&laps);
    return err == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
