/* pool_fixture: a listener before a real store, the pool between them, and its clients. */
#ifndef HOOKROLL_TESTS_SUPPORT_POOL_FIXTURE_H
#define HOOKROLL_TESTS_SUPPORT_POOL_FIXTURE_H

#include "serve/pool.h"
#include "support/api_fixture.h"
#include "support/fcgi_client.h"

enum {
    POOL_FIXTURE_NUMBER = 2,      /* of the endpoint that is rolled */
    POOL_FIXTURE_BODY = 4096,     /* bytes of a body at most */
    POOL_FIXTURE_PATIENCE = 20000 /* ms */
};

struct pool_fixture {
    struct api_fixture api;
    struct listener listener;
    struct pool *pool;           /* NULL while there is none */
    int64_t patience;            /* ms, of the pool that is started; may be set before */
    char socket[TEMP_PATH_SIZE]; /* the listener's path */
    struct buf out;              /* what is sent next */
    struct fcgi_reply reply;     /* the last */
};

/* pool_fixture_make: all but the pool. pool_fixture_remove: also of a pool that runs. */
void pool_fixture_make(struct pool_fixture *fixture);
void pool_fixture_remove(struct pool_fixture *fixture);

enum rc pool_fixture_start(struct pool_fixture *fixture, size_t workers);
void pool_fixture_stop(struct pool_fixture *fixture);

/* Connections to the listener. */
int pool_fixture_connect(const struct pool_fixture *fixture);
void pool_fixture_connect_all(const struct pool_fixture *fixture, int *fds, size_t count);
void pool_fixture_close_all(const int *fds, size_t count);

/* Whole requests: for the health, and for a roll of the one endpoint there is. */
void pool_fixture_send_health(struct pool_fixture *fixture, int fd);
void pool_fixture_send_roll(struct pool_fixture *fixture, int fd, bool keep);

/* The same in parts, on a connection that is kept: a request that begins and says no more, and
 * all that makes it one for the health; a roll up to its body, and that body. */
void pool_fixture_begin(struct pool_fixture *fixture, int fd);
void pool_fixture_end_health(struct pool_fixture *fixture, int fd);
void pool_fixture_begin_roll(struct pool_fixture *fixture, int fd);
void pool_fixture_end_roll(struct pool_fixture *fixture, int fd);

/* pool_fixture_await_read: until a worker has begun to read what was sent. */
void pool_fixture_await_read(int fd);

/* Receiving the reply, which ends the test unless it has this status; is that of the health. */
void pool_fixture_expect(struct pool_fixture *fixture, int fd, int status);
void pool_fixture_expect_health(struct pool_fixture *fixture, int fd);

/* pool_fixture_history: entries of the endpoint; the first is that of its creation. */
uint64_t pool_fixture_history(struct pool_fixture *fixture);

#endif
