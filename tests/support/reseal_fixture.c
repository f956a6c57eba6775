/* reseal_fixture: the key file is written anew for each opening. */
#include "support/reseal_fixture.h"

#include "support/sample.h"

#include <check.h>
#include <string.h>

void reseal_fixture_make(struct reseal_fixture *fixture)
{
    *fixture = (struct reseal_fixture){.told = 0};
    store_fixture_make(&fixture->base);
    ck_assert_uint_eq(temp_dir_read(fixture->base.master_key, fixture->old_line, RINGS_LINE),
                      RINGS_LINE);
    store_fixture_open(&fixture->base);
}

void reseal_fixture_remove(struct reseal_fixture *fixture)
{
    store_fixture_remove(&fixture->base);
}

static void write_line(const struct reseal_fixture *fixture, unsigned key, char *to)
{
    if (key == RESEAL_OLD)
        memcpy(to, fixture->old_line, RINGS_LINE);
    else
        rings_line(key, to);
}

static void write_keys(struct reseal_fixture *fixture, unsigned first, unsigned second)
{
    char file[2 * RINGS_LINE];

    store_fixture_close(&fixture->base);
    write_line(fixture, first, file);
    if (second != 0)
        write_line(fixture, second, file + RINGS_LINE);
    temp_dir_write(fixture->base.master_key, 0600, file, (second != 0 ? 2 : 1) * RINGS_LINE);
}

void reseal_fixture_open(struct reseal_fixture *fixture, unsigned first, unsigned second)
{
    write_keys(fixture, first, second);
    store_fixture_open(&fixture->base);
}

enum rc reseal_fixture_try(struct reseal_fixture *fixture, unsigned key)
{
    struct store *store = NULL;
    enum rc rc;

    write_keys(fixture, key, 0);
    rc = store_open(&fixture->base.options, &store);
    store_close(store);
    return rc;
}

void reseal_fixture_add(struct reseal_fixture *fixture, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        ck_assert_int_eq(store_fixture_add(fixture->base.store, first + i, STORE_FIXTURE_PROJECT,
                                           &fixture->base.arena),
                         RC_OK);
}

/* The watch's own argument, and whom it asks. */
struct asking {
    struct reseal_fixture *fixture;
    bool (*go_on)(void *arg);
    void *arg;
};

static void keep_failure(enum rc rc, const struct uid *project, const struct uid *endpoint,
                         void *arg)
{
    struct reseal_fixture *fixture = ((struct asking *)arg)->fixture;

    fixture->told++;
    fixture->told_rc = rc;
    fixture->told_project = *project;
    fixture->told_endpoint = *endpoint;
}

static bool ask(void *arg)
{
    struct asking *asking = arg;

    return asking->go_on(asking->arg);
}

enum rc reseal_fixture_run(struct reseal_fixture *fixture, bool (*go_on)(void *arg), void *arg)
{
    struct asking asking = {fixture, go_on, arg};
    const struct reseal_watch watch = {keep_failure, go_on != NULL ? ask : NULL, &asking};

    fixture->told = 0;
    return reseal_run(fixture->base.store, &watch, &fixture->result);
}

void reseal_fixture_expect(const struct reseal_fixture *fixture, uint64_t anew, uint64_t already,
                           uint64_t failed)
{
    ck_assert_uint_eq(fixture->result.anew, anew);
    ck_assert_uint_eq(fixture->result.already, already);
    ck_assert_uint_eq(fixture->result.failed, failed);
    ck_assert_uint_eq(fixture->told, failed);
}

void reseal_fixture_expect_new(struct reseal_fixture *fixture, uint32_t first, uint32_t count)
{
    reseal_fixture_open(fixture, RESEAL_NEW, 0);
    for (uint32_t i = 0; i < count; i++)
        (void)store_fixture_get(&fixture->base, first + i);
}

static struct text raw_key(const struct reseal_raw *raw)
{
    return (struct text){(const char *)raw->key.bytes, raw->key.len};
}

static enum rc take_in(struct kv_txn *txn, void *arg)
{
    struct reseal_raw *raw = arg;
    struct text record;
    enum rc rc = kv_get(txn, raw_key(raw), &record);

    if (rc != RC_OK || record.len > sizeof raw->bytes)
        return RC_SYSTEM;
    raw->len = record.len;
    memcpy(raw->bytes, record.data, record.len);
    return RC_OK;
}

static enum rc put_in(struct kv_txn *txn, void *arg)
{
    const struct reseal_raw *raw = arg;

    return kv_set(txn, raw_key(raw), (struct text){raw->bytes, raw->len});
}

static void edit(struct reseal_fixture *fixture, kv_fn *fn, struct reseal_raw *raw)
{
    store_fixture_close(&fixture->base);
    ck_assert_int_eq(store_fixture_edit(&fixture->base, fn, raw), RC_OK);
    store_fixture_open(&fixture->base);
}

struct reseal_raw reseal_fixture_take(struct reseal_fixture *fixture, struct keyspace_key key)
{
    struct reseal_raw raw = {.key = key};

    edit(fixture, take_in, &raw);
    return raw;
}

struct reseal_raw reseal_fixture_take_endpoint(struct reseal_fixture *fixture, uint32_t n)
{
    const struct uid uid = sample_uid(n);

    return reseal_fixture_take(fixture, keyspace_endpoint(&fixture->base.project.uid, &uid));
}

void reseal_fixture_put(struct reseal_fixture *fixture, struct reseal_raw *raw)
{
    edit(fixture, put_in, raw);
}

void reseal_fixture_same(const struct reseal_raw *a, const struct reseal_raw *b)
{
    ck_assert_uint_eq(a->len, b->len);
    ck_assert_mem_eq(a->bytes, b->bytes, a->len);
}
