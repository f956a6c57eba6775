/* surveyor: waits until a census is due, or until it is to stop. */
#include "serve/surveyor.h"

#include "base/log.h"
#include "base/moment.h"
#include "store/census.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ms: the process whose turn it is may end before its time. */
#define PATIENCE_MAX CENSUS_INTERVAL

struct surveyor {
    struct store *store;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stopped;
    bool stop; /* guarded by lock */
};

static bool go_on(void *arg)
{
    struct surveyor *surveyor = arg;
    bool stop;

    (void)pthread_mutex_lock(&surveyor->lock);
    stop = surveyor->stop;
    (void)pthread_mutex_unlock(&surveyor->lock);
    return !stop;
}

/* Up to so many ms; false once it is to stop. */
static bool pause_for(struct surveyor *surveyor, int64_t ms)
{
    int64_t until = moment_elapsed() + ms * 1000000;
    int err = 0;
    bool stop;

    (void)pthread_mutex_lock(&surveyor->lock);
    while (!surveyor->stop && err == 0)
        err = moment_wait(&surveyor->stopped, &surveyor->lock, until);
    stop = surveyor->stop;
    (void)pthread_mutex_unlock(&surveyor->lock);
    return !stop;
}

static void *survey(void *arg)
{
    struct surveyor *surveyor = arg;
    int64_t wait;

    do {
        /* What fails is logged where it did; the next one may do better. */
        if (census_wait(moment_now()) == 0 && census_run(surveyor->store, go_on, surveyor) == RC_OK)
            log_debug("all endpoints were gone through for the metrics");
        wait = census_wait(moment_now());
        if (wait > PATIENCE_MAX)
            wait = PATIENCE_MAX;
    } while (pause_for(surveyor, wait > 0 ? wait : 1));
    return NULL;
}

enum rc surveyor_start(struct store *store, struct surveyor **out)
{
    struct surveyor *surveyor = calloc(1, sizeof *surveyor);
    int err;

    if (surveyor == NULL)
        return RC_NO_MEMORY;
    surveyor->store = store;
    err = moment_condition_init(&surveyor->stopped);
    if (err == 0) {
        (void)pthread_mutex_init(&surveyor->lock, NULL);
        err = pthread_create(&surveyor->thread, NULL, survey, surveyor);
        if (err == 0) {
            *out = surveyor;
            return RC_OK;
        }
        (void)pthread_mutex_destroy(&surveyor->lock);
        (void)pthread_cond_destroy(&surveyor->stopped);
    }
    log_error("the census cannot be started: %s", strerror(err));
    free(surveyor);
    return RC_SYSTEM;
}

void surveyor_stop(struct surveyor *surveyor)
{
    if (surveyor == NULL)
        return;
    (void)pthread_mutex_lock(&surveyor->lock);
    surveyor->stop = true;
    (void)pthread_cond_signal(&surveyor->stopped);
    (void)pthread_mutex_unlock(&surveyor->lock);
    (void)pthread_join(surveyor->thread, NULL);
    (void)pthread_mutex_destroy(&surveyor->lock);
    (void)pthread_cond_destroy(&surveyor->stopped);
    free(surveyor);
}
