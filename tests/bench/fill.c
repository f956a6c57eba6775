/* fill: endpoints in a project that is there, numbered in the 30 bits behind the time of their uids
 * and rolled once, so that a further roll leaves their records as large as they are. Linked with
 * --wrap=kv_write: what the store writes on its own goes into the transaction that is open.
 * usage: fill STORE MASTER_KEY PROJECT COUNT; prints the uids, ###### for the number */
#include "cached.h"

#include "base/crypto.h"
#include "base/moment.h"
#include "domain/create.h"
#include "domain/roll.h"
#include "store/store_inside.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    AT_ONCE = 5000,      /* endpoints to a transaction */
    COUNT_MAX = 1 << 30, /* whose numbers are six characters of a uid */
    NUMBER_AT = 10       /* behind those of its time */
};

struct filling {
    struct store *store;
    struct uid project;
    struct arena arena;
    int64_t now;
    uint32_t next;
    uint32_t count;
};

static struct kv_txn *open_txn;

__typeof__(kv_write) __real_kv_write, __wrap_kv_write;

enum rc __wrap_kv_write(struct kv *kv, kv_fn *fn, void *arg)
{
    return open_txn != NULL ? fn(open_txn, arg) : __real_kv_write(kv, fn, arg);
}

static struct uid numbered(const struct filling *filling, uint32_t n)
{
    uint8_t entropy[UID_ENTROPY_BYTES] = {0};

    for (int i = 0; i < 4; i++)
        entropy[i] = (uint8_t)(n << 2 >> (24 - 8 * i));
    return uid_make(filling->now, entropy);
}

static enum rc add(struct filling *filling, const struct uid *uid, struct text request_id)
{
    struct create create = {.by = {.now = filling->now, .request_id = request_id}};
    struct endpoint endpoint;
    struct history event = {0};
    enum rc rc;

    crypto_random(&create.fresh, sizeof create.fresh);
    endpoint_init(&endpoint, *uid, filling->project, filling->now);
    endpoint.members[ENDPOINT_NAME] = text_of("an endpoint");
    endpoint.members[ENDPOINT_URL] = text_of("https://example.com/hook");
    rc = create_apply(&create, &endpoint, &event, &filling->arena);
    return rc == RC_OK ? store_endpoint_add(filling->store, &endpoint, &event) : rc;
}

static enum rc roll(struct filling *filling, const struct uid *uid, struct text request_id)
{
    struct roll roll = {.request = {.has_grace = true},
                        .by = {.now = filling->now, .request_id = request_id}};
    struct endpoint endpoint;

    crypto_random(&roll.fresh, sizeof roll.fresh);
    return store_endpoint_edit(filling->store, &filling->project, uid, roll_apply, &roll,
                               &filling->arena, &endpoint);
}

static enum rc make(struct filling *filling, uint32_t n)
{
    struct uid uid = numbered(filling, n);
    char request_id[UID_SIZE];
    enum rc rc;

    uid_format(&uid, request_id);
    rc = add(filling, &uid, text_of(request_id));
    if (rc == RC_OK)
        rc = roll(filling, &uid, text_of(request_id));
    arena_reset(&filling->arena);
    return rc;
}

/* Begins again where it began when the map had to grow. */
static enum rc make_many(struct kv_txn *txn, void *arg)
{
    struct filling *filling = arg;
    enum rc rc = RC_OK;

    open_txn = txn;
    for (uint32_t n = filling->next; rc == RC_OK && n < filling->count; n++) {
        if (n - filling->next == AT_ONCE)
            break;
        rc = make(filling, n);
    }
    open_txn = NULL;
    return rc;
}

static enum rc fill(struct filling *filling)
{
    enum rc rc = RC_OK;

    for (; rc == RC_OK && filling->next < filling->count; filling->next += AT_ONCE)
        rc = kv_write(filling->store->kv, make_many, filling);
    return rc;
}

static bool parse(int argc, char **argv, struct filling *filling)
{
    int64_t count = 0;
    bool good = argc == 5 && uid_parse(text_of(argv[3]), &filling->project) &&
                text_to_int64(text_of(argv[4]), &count) && count > 0 && count <= COUNT_MAX;

    if (!good)
        (void)fputs("usage: fill STORE MASTER_KEY PROJECT COUNT\n", stderr);
    filling->count = (uint32_t)count;
    return good;
}

int main(int argc, char **argv)
{
    struct filling filling = {.now = moment_now()};
    struct store_options options = {0};
    struct uid first;
    char text[UID_SIZE];
    enum rc rc;

    if (!parse(argc, argv, &filling))
        return EXIT_FAILURE;
    options.directory = argv[1];
    options.master_key = argv[2];
    arena_init(&filling.arena, (size_t)1 << 20);
    rc = crypto_init();
    if (rc == RC_OK)
        rc = store_open(&options, &filling.store);
    if (rc == RC_OK)
        rc = fill(&filling);
    store_close(filling.store);
    arena_free(&filling.arena);
    if (rc == RC_OK && cached_by_pages(argv[1]) != 0)
        rc = RC_SYSTEM;
    first = numbered(&filling, 0);
    uid_format(&first, text);
    (void)printf("%.*s######%s\n", NUMBER_AT, text, text + NUMBER_AT + 6);
    return rc == RC_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
