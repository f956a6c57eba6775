/* committing: the least that a FastCGI responder can do for a roll: an empty answer (loop.h) behind
 * one bare commit of LMDB (bare.h).
 * usage: committing SOCKET THREADS FILE DIRECTORY RECORDS */
#include "bare.h"
#include "loop.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static bool commit(void)
{
    int err;

    (void)pthread_mutex_lock(&turn);
    err = bare_commit(1);
    (void)pthread_mutex_unlock(&turn);
    return err == 0;
}

int main(int argc, char **argv)
{
    int status;

    if (argc != 6 || bare_open(argv[4], strtoull(argv[5], NULL, 10)) != 0)
        return EXIT_FAILURE;
    status = loop(argv[1], strtol(argv[2], NULL, 10), argv[3], commit);
    /* Its threads go on, and are not to commit any more. */
    (void)pthread_mutex_lock(&turn);
    bare_close();
    return status;
}
