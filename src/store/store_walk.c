/* store_walk: going through records in views of bounded length, on from where the last ended. */
#include "store/store_inside.h"

#include <string.h>

static struct text last(const struct store_walk *walk)
{
    return (struct text){walk->at, walk->at_len};
}

static bool step(struct text key, struct text record, void *arg)
{
    struct store_walk *walk = arg;

    if (text_equal(key, last(walk)))
        return true;
    if (walk->left == 0) {
        walk->ended = false;
        return false;
    }
    walk->left--;
    walk->at_len = key.len;
    memcpy(walk->at, key.data, key.len);
    return walk->visit(key, record, walk->arg);
}

enum rc store_walk_on(struct store_walk *walk, struct kv_txn *txn, struct text prefix, size_t max)
{
    walk->left = max;
    walk->ended = true;
    return kv_scan(txn, prefix, last(walk), KV_FORWARDS, step, walk);
}
