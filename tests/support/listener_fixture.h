/* listener_fixture: a directory for a listener's unix socket, and descriptor 0 no listening
 * socket, whatever the tests were started with; log lines are kept. */
#ifndef HOOKROLL_TESTS_SUPPORT_LISTENER_FIXTURE_H
#define HOOKROLL_TESTS_SUPPORT_LISTENER_FIXTURE_H

#include "serve/listener.h"
#include "support/temp_dir.h"

struct listener_fixture {
    struct temp_dir temp;
    char path[TEMP_PATH_SIZE];        /* of a unix socket, in the directory */
    char address[TEMP_PATH_SIZE + 8]; /* with that path */
    struct listener listener;         /* not open yet */
    int saved_stdin;
};

void listener_fixture_make(struct listener_fixture *fixture);
void listener_fixture_remove(struct listener_fixture *fixture);

/* listener_fixture_open: the listener, with mode 0600. */
enum rc listener_fixture_open(struct listener_fixture *fixture, const char *where);

/* listener_fixture_refuse: another cannot be opened there, for this reason, which is logged. */
void listener_fixture_refuse(const char *where, enum rc rc);

/* listener_fixture_connect: to a unix socket; negative where nobody listens or can take more. */
int listener_fixture_connect(const char *path);

/* listener_fixture_bind: a socket of somebody else's; it listens when `backlog` is not below 0. */
int listener_fixture_bind(const char *path, int backlog);

bool listener_fixture_exists(const char *path);

/* listener_fixture_expect_ready: the listener does not block, now and where others changed that,
 * and is closed on exec; nobody waits to be accepted. */
void listener_fixture_expect_ready(const struct listener_fixture *fixture);

#endif
