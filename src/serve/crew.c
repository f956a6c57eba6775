/* crew: what workers are told and tell of; who runs next is crew_workers.c's, in how many threads
 * crew_threads.c's. What the work is, is the caller's. */
#include "serve/crew_inside.h"

#include "base/moment.h"
#include "base/process.h"

#include <stdlib.h>

bool crew_wait(struct crew_worker *worker)
{
    struct crew *crew = worker->crew;

    if (atomic_load(&crew->ready) > 0)
        return false;
    (void)atomic_fetch_add(&crew->waiting, 1);
    /* Whoever gets ready behind this sees that somebody waits. */
    if (atomic_load(&crew->ready) == 0)
        return true;
    (void)crew_waited(worker);
    return false;
}

bool crew_waited(struct crew_worker *worker)
{
    bool alone = atomic_fetch_sub(&worker->crew->waiting, 1) == 1;

    if (alone)
        crew_relay(worker->crew);
    return alone;
}

void crew_begin(struct crew_worker *worker)
{
    slots_begin(&worker->thread->slot);
}

void crew_finished(struct crew_worker *worker)
{
    slots_end(&worker->thread->slot);
}

void crew_hasten(struct crew *crew, int64_t until)
{
    atomic_store(&crew->hastened, until);
}

void crew_peer_begin(struct crew_worker *worker)
{
    patience_begin(&worker->thread->peer);
}

void crew_peer_end(struct crew_worker *worker)
{
    patience_end(&worker->thread->peer);
}

enum crew_order crew_stay(struct crew_worker *worker)
{
    struct crew *crew = worker->crew;
    enum crew_order order;

    for (;;) {
        order = (enum crew_order)atomic_load(&crew->order);
        if (atomic_load(&crew->ready) == 0 && order != CREW_PAUSE &&
            (order != CREW_SERVE || !slots_crowded(&crew->slots)))
            return order;
        crew_leave(worker, CREW_FOR_OTHERS);
    }
}

enum rc crew_start(const struct crew_options *options, struct crew **out)
{
    struct crew *crew = calloc(1, sizeof *crew + options->workers * sizeof crew->workers[0]);
    size_t slots = process_processors();

    if (crew == NULL)
        return RC_NO_MEMORY;
    crew->threads = calloc(options->workers, sizeof crew->threads[0]);
    if (crew->threads == NULL || moment_condition_init(&crew->rested) != 0) {
        free(crew->threads);
        free(crew);
        return RC_NO_MEMORY;
    }
    crew->options = *options;
    atomic_init(&crew->hastened, INT64_MAX);
    crew->end_ready = &crew->first_ready;
    (void)pthread_mutex_init(&crew->lock, NULL);
    (void)pthread_cond_init(&crew->changed, NULL);
    slots_init(&crew->slots, slots < CREW_FIRST_THREADS ? CREW_FIRST_THREADS : slots);
    *out = crew;
    return crew_start_threads(crew) ? RC_OK : RC_SYSTEM;
}

void crew_tell(struct crew *crew, enum crew_order order)
{
    (void)pthread_mutex_lock(&crew->lock);
    crew->order = order;
    (void)pthread_cond_broadcast(&crew->changed);
    (void)pthread_mutex_unlock(&crew->lock);
    /* A worker that is relieved during a pause has nobody to pass its slot to. The watchdog does it
     * at its first look after the pause: it is armed, since nobody waits for requests. */
    if (order == CREW_SERVE)
        slots_open(&crew->slots);
    else
        slots_close(&crew->slots);
}

bool crew_await_rest(struct crew *crew, int patience)
{
    const int64_t until = moment_elapsed() + (int64_t)patience * 1000000;
    bool all;
    int late = 0;

    (void)pthread_mutex_lock(&crew->lock);
    while ((crew->resting < crew->started || crew->away > 0) && late == 0)
        late = moment_wait(&crew->rested, &crew->lock, until);
    all = crew->resting == crew->started && crew->away == 0;
    (void)pthread_mutex_unlock(&crew->lock);
    return all;
}

void crew_free(struct crew *crew)
{
    if (crew == NULL)
        return;
    for (size_t i = 0; i < crew->started; i++) {
        slots_thread_free(&crew->threads[i].slot);
        patience_free(&crew->threads[i].peer);
        fiber_free(crew->threads[i].chooser);
    }
    for (size_t i = 0; i < crew->made; i++) {
        fiber_free(crew->workers[i].fiber);
        crew->options.free(crew->workers[i].tools);
    }
    slots_free(&crew->slots);
    (void)pthread_cond_destroy(&crew->rested);
    (void)pthread_cond_destroy(&crew->changed);
    (void)pthread_mutex_destroy(&crew->lock);
    free(crew->threads);
    free(crew);
}
