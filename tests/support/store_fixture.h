/* store_fixture: a real store in a directory of its own, with one project in it. */
#ifndef HOOKROLL_TESTS_SUPPORT_STORE_FIXTURE_H
#define HOOKROLL_TESTS_SUPPORT_STORE_FIXTURE_H

#include "base/arena.h"
#include "base/rc.h"
#include "domain/endpoint.h"
#include "domain/project.h"
#include "store/kv.h"
#include "store/store.h"
#include "support/temp_dir.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    STORE_FIXTURE_PROJECT = 1 /* its number, as sample_project takes it */
};

struct store_fixture {
    struct temp_dir temp;
    char directory[TEMP_PATH_SIZE];
    char master_key[TEMP_PATH_SIZE];
    struct store_options options;
    struct project project;
    struct store *store; /* NULL while it is closed */
    struct arena arena;  /* for whatever is read */
};

/* store_fixture_make: a store with project STORE_FIXTURE_PROJECT, closed, so that helpers
 * may be forked. Log lines are captured from here on. */
void store_fixture_make(struct store_fixture *fixture);

/* store_fixture_make_with: the same, open, and with sample_endpoint `n` in that project. */
void store_fixture_make_with(struct store_fixture *fixture, uint32_t n);

/* store_fixture_remove: closes, removes, and lets lines be logged. */
void store_fixture_remove(struct store_fixture *fixture);

void store_fixture_open(struct store_fixture *fixture);
void store_fixture_close(struct store_fixture *fixture);

/* store_fixture_edit: runs `fn` on the raw records of the store, which is closed. */
enum rc store_fixture_edit(const struct store_fixture *fixture, kv_fn *fn, void *arg);

/* store_fixture_spoil: the store's first record becomes bytes that nobody wrote; true when it
 * did. Also for a helper, while the store is open. */
bool store_fixture_spoil(void *fixture);

/* store_fixture_damage: the record of endpoint `n` of the fixture's project becomes bytes that
 * nobody wrote, while the store, which is open, is not. */
void store_fixture_damage(struct store_fixture *fixture, uint32_t n);

/* store_fixture_add: adds sample_endpoint `n` to project `project`. */
enum rc store_fixture_add(struct store *store, uint32_t n, uint32_t project, struct arena *arena);

/* store_fixture_get: endpoint `n` of the fixture's project, as it is stored. */
struct endpoint store_fixture_get(struct store_fixture *fixture, uint32_t n);

/* store_fixture_roll: rolls endpoint `n` of project `project` with a fresh secret. */
enum rc store_fixture_roll(struct store *store, uint32_t project, uint32_t n, int64_t now,
                           int64_t grace, struct arena *arena, struct endpoint *out);

#endif
