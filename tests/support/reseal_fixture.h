/* reseal_fixture: a store that was made with an old master key, opened with others, and what
 * became of sealing it anew. */
#ifndef HOOKROLL_TESTS_SUPPORT_RESEAL_FIXTURE_H
#define HOOKROLL_TESTS_SUPPORT_RESEAL_FIXTURE_H

#include "store/keyspace.h"
#include "store/reseal.h"
#include "support/rings.h"
#include "support/store_fixture.h"

#include <stddef.h>
#include <stdint.h>

enum {
    RESEAL_VIEW = 64,  /* records that are looked at, and at most sealed, at a time */
    RESEAL_FIRST = 10, /* number of the first endpoint */
    RESEAL_RECORD = 16 * 1024
};

/* Master keys. */
enum {
    RESEAL_NEW = 1,
    RESEAL_UNKNOWN,
    RESEAL_OLD /* the one that the store was made with */
};

struct reseal_fixture {
    struct store_fixture base;
    char old_line[RINGS_LINE];
    struct reseal result; /* of the last run */
    size_t told;          /* how many records were told of in all runs, and the last of them: */
    enum rc told_rc;
    struct uid told_project;
    struct uid told_endpoint;
};

/* reseal_fixture_make: opened with RESEAL_OLD. */
void reseal_fixture_make(struct reseal_fixture *fixture);
void reseal_fixture_remove(struct reseal_fixture *fixture);

/* reseal_fixture_open: opened anew, with these keys in this order; 0 ends them. */
void reseal_fixture_open(struct reseal_fixture *fixture, unsigned first, unsigned second);

/* reseal_fixture_try: what opening it with one key alone comes to; it is closed then. */
enum rc reseal_fixture_try(struct reseal_fixture *fixture, unsigned key);

/* reseal_fixture_add: endpoints `first` to `first` + `count` - 1. */
void reseal_fixture_add(struct reseal_fixture *fixture, uint32_t first, uint32_t count);

/* reseal_fixture_run: with `go_on` as struct reseal_watch has it. */
enum rc reseal_fixture_run(struct reseal_fixture *fixture, bool (*go_on)(void *arg), void *arg);

/* reseal_fixture_expect: what the last run has counted. */
void reseal_fixture_expect(const struct reseal_fixture *fixture, uint64_t anew, uint64_t already,
                           uint64_t failed);

/* reseal_fixture_expect_new: that these endpoints can be read with RESEAL_NEW alone. */
void reseal_fixture_expect_new(struct reseal_fixture *fixture, uint32_t first, uint32_t count);

/* A record's bytes. */
struct reseal_raw {
    struct keyspace_key key;
    size_t len;
    char bytes[RESEAL_RECORD];
};

struct reseal_raw reseal_fixture_take(struct reseal_fixture *fixture, struct keyspace_key key);
struct reseal_raw reseal_fixture_take_endpoint(struct reseal_fixture *fixture, uint32_t n);
void reseal_fixture_put(struct reseal_fixture *fixture, struct reseal_raw *raw);
void reseal_fixture_same(const struct reseal_raw *a, const struct reseal_raw *b);

#endif
