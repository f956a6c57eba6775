/* store_fixture: what the store's own functions make, nothing beside them. */
#include "support/store_fixture.h"

#include "base/crypto.h"
#include "domain/roll.h"
#include "store/keyspace.h"
#include "support/log_capture.h"
#include "support/sample.h"

#include <check.h>

void store_fixture_make(struct store_fixture *fixture)
{
    *fixture = (struct store_fixture){.project = sample_project(STORE_FIXTURE_PROJECT)};
    log_capture_begin();
    temp_dir_make(&fixture->temp);
    fixture->options = (struct store_options){
        .directory = temp_dir_path(&fixture->temp, "store", fixture->directory),
        .master_key = temp_dir_path(&fixture->temp, "master.key", fixture->master_key)};
    arena_init(&fixture->arena, (size_t)64 << 20);
    ck_assert_int_eq(store_create(&fixture->options, SAMPLE_NOW), RC_OK);
    store_fixture_open(fixture);
    ck_assert_int_eq(store_project_add(fixture->store, &fixture->project), RC_OK);
    store_fixture_close(fixture);
}

void store_fixture_make_with(struct store_fixture *fixture, uint32_t n)
{
    store_fixture_make(fixture);
    store_fixture_open(fixture);
    ck_assert_int_eq(store_fixture_add(fixture->store, n, STORE_FIXTURE_PROJECT, &fixture->arena),
                     RC_OK);
}

void store_fixture_remove(struct store_fixture *fixture)
{
    store_fixture_close(fixture);
    arena_free(&fixture->arena);
    temp_dir_remove(&fixture->temp);
    log_capture_end();
}

void store_fixture_open(struct store_fixture *fixture)
{
    ck_assert_int_eq(store_open(&fixture->options, &fixture->store), RC_OK);
}

void store_fixture_close(struct store_fixture *fixture)
{
    store_close(fixture->store);
    fixture->store = NULL;
}

enum rc store_fixture_edit(const struct store_fixture *fixture, kv_fn *fn, void *arg)
{
    struct kv *kv = NULL;
    enum rc rc = kv_open(fixture->directory, KV_MUST_EXIST, 0, &kv);

    if (rc == RC_OK)
        rc = kv_write(kv, fn, arg);
    kv_close(kv);
    return rc;
}

static enum rc spoil_in(struct kv_txn *txn, void *arg)
{
    struct keyspace_key key = keyspace_store();

    (void)arg;
    return kv_set(txn, (struct text){(const char *)key.bytes, key.len}, text_of("\1spoilt"));
}

bool store_fixture_spoil(void *fixture)
{
    return store_fixture_edit(fixture, spoil_in, NULL) == RC_OK;
}

static enum rc damage_in(struct kv_txn *txn, void *arg)
{
    const struct keyspace_key *key = arg;

    return kv_set(txn, (struct text){(const char *)key->bytes, key->len}, text_of("\x01"));
}

void store_fixture_damage(struct store_fixture *fixture, uint32_t n)
{
    const struct uid uid = sample_uid(n);
    struct keyspace_key key = keyspace_endpoint(&fixture->project.uid, &uid);

    store_fixture_close(fixture);
    ck_assert_int_eq(store_fixture_edit(fixture, damage_in, &key), RC_OK);
    store_fixture_open(fixture);
}

enum rc store_fixture_add(struct store *store, uint32_t n, uint32_t project, struct arena *arena)
{
    struct endpoint endpoint;
    struct history event;

    sample_endpoint(n, project, arena, &endpoint, &event);
    return store_endpoint_add(store, &endpoint, &event);
}

struct endpoint store_fixture_get(struct store_fixture *fixture, uint32_t n)
{
    const struct uid uid = sample_uid(n);
    struct endpoint endpoint;

    ck_assert_int_eq(
        store_endpoint_get(fixture->store, &fixture->project.uid, &uid, &fixture->arena, &endpoint),
        RC_OK);
    return endpoint;
}

enum rc store_fixture_roll(struct store *store, uint32_t project, uint32_t n, int64_t now,
                           int64_t grace, struct arena *arena, struct endpoint *out)
{
    const struct uid project_uid = sample_uid(project);
    const struct uid uid = sample_uid(n);
    struct roll roll = {.request = {.has_grace = true, .grace = grace},
                        .by = {.now = now, .request_id = text_of("roll")}};

    crypto_random(&roll.fresh, sizeof roll.fresh);
    return store_endpoint_edit(store, &project_uid, &uid, roll_apply, &roll, arena, out);
}
