/* crew: which worker a thread runs next, and what is to be done; what the work is, is the
 * caller's. */
#include "serve/crew_inside.h"

#include "base/moment.h"
#include "base/process.h"

#include <stdlib.h>

enum {
    /* Bytes of a worker's stack, of which memory has what was used: three times what the largest
     * frames of one request come to (-fstack-usage). */
    STACK = 256 * 1024
};

/* Of a worker's turn. */
enum turn {
    NOT_GIVEN,
    GIVEN,
    AWAITED /* and the worker's thread runs another */
};

void crew_tell_resting(struct crew *crew)
{
    if (crew->resting > 0)
        (void)pthread_cond_broadcast(&crew->changed);
}

/* Threads that wait for a request are called. Those that work look in crew_stay; where they do not
 * come to it, for want of a client, the watchdog has others run. */
static void call_for_ready(struct crew *crew)
{
    if (atomic_load(&crew->waiting) > 0)
        crew->options.call(crew->options.arg);
}

/* One that is called calls the next where there are more. All of it is done with the lock held:
 * without it there may be no crew any more, for who gives a turn is perhaps none of its threads. */
static void make_ready(struct crew_worker *worker)
{
    struct crew *crew = worker->crew;

    (void)pthread_mutex_lock(&crew->lock);
    worker->next = NULL;
    *crew->end_ready = worker;
    crew->end_ready = &worker->next;
    if (crew->ready++ == 0) {
        crew_tell_resting(crew);
        call_for_ready(crew);
    }
    (void)pthread_mutex_unlock(&crew->lock);
}

/* With the lock held. */
static struct crew_worker *take_ready(struct crew *crew)
{
    struct crew_worker *worker = crew->first_ready;

    if (worker == NULL)
        return NULL;
    crew->first_ready = worker->next;
    if (crew->first_ready == NULL)
        crew->end_ready = &crew->first_ready;
    crew->ready--;
    /* The last that an end waits for. */
    if (--crew->away == 0 && crew->order >= CREW_STOP)
        crew_tell_resting(crew);
    return worker;
}

/* With the lock held. */
static void put_idle(struct crew_worker *worker)
{
    worker->next = worker->crew->idle;
    worker->crew->idle = worker;
    crew_tell_resting(worker->crew);
}

/* By the worker. Somebody lets it go on from here. */
static void leave(struct crew_worker *worker, enum crew_leaving leaving)
{
    worker->leaving = leaving;
    fiber_switch(worker->fiber, worker->thread->chooser);
}

static void run_worker(void *arg)
{
    struct crew_worker *worker = arg;

    worker->crew->options.work(worker, worker->tools);
    leave(worker, CREW_FOR_GOOD);
}

bool crew_make_worker(struct crew *crew)
{
    struct crew_worker *worker = &crew->workers[crew->made];

    worker->crew = crew;
    worker->tools = crew->options.make(crew->options.arg);
    if (worker->tools == NULL)
        return false;
    worker->fiber = fiber_new(STACK, run_worker, worker);
    if (worker->fiber == NULL) {
        crew->options.free(worker->tools);
        return false;
    }
    atomic_init(&worker->turn, NOT_GIVEN);
    crew->made++;
    put_idle(worker);
    return true;
}

/* With the lock held. */
static struct crew_worker *take_idle(struct crew *crew)
{
    struct crew_worker *worker = crew->idle;

    if (worker != NULL)
        crew->idle = worker->next;
    return worker;
}

/* With the lock held. False when it was tried, without memory. */
static bool provide_idle(struct crew *crew)
{
    if (crew->idle != NULL || crew->made == crew->options.workers || crew->starved)
        return true;
    crew->starved = !crew_make_worker(crew);
    return !crew->starved;
}

/* With the lock held. At an end no worker begins its last round once one has ended; those that
 * await their turn are still run. */
static bool is_over(const struct crew *crew)
{
    return atomic_load(&crew->order) >= CREW_STOP && crew->ended > 0;
}

/* With the lock held. */
static void rest(struct crew *crew)
{
    crew->resting++;
    (void)pthread_cond_signal(&crew->rested);
    (void)pthread_cond_wait(&crew->changed, &crew->lock);
    crew->resting--;
}

/* With the lock held, and nobody ready. */
static enum crew_choice choose_idle(struct crew *crew, struct crew_thread *thread)
{
    if (atomic_load(&crew->order) == CREW_SERVE && slots_crowded(&crew->slots)) {
        (void)pthread_mutex_unlock(&crew->lock);
        slots_stay(&thread->slot);
        (void)pthread_mutex_lock(&crew->lock);
        return CREW_NOBODY;
    }
    if (atomic_load(&crew->order) != CREW_PAUSE && !is_over(crew)) {
        if (!provide_idle(crew))
            return CREW_STARVED;
        thread->worker = take_idle(crew);
        if (thread->worker != NULL)
            return CREW_WORKER;
    }
    rest(crew);
    return CREW_NOBODY;
}

/* With the lock held. */
static enum crew_choice choose_once(struct crew *crew, struct crew_thread *thread)
{
    thread->worker = take_ready(crew);
    if (thread->worker != NULL)
        return CREW_WORKER;
    if (is_over(crew) && atomic_load(&crew->away) == 0)
        return CREW_OVER;
    return choose_idle(crew, thread);
}

enum crew_choice crew_choose(struct crew *crew, struct crew_thread *thread)
{
    enum crew_choice choice;

    (void)pthread_mutex_lock(&crew->lock);
    do {
        choice = choose_once(crew, thread);
    } while (choice == CREW_NOBODY);
    if (crew->ready > 0)
        call_for_ready(crew);
    (void)pthread_mutex_unlock(&crew->lock);
    return choice;
}

void crew_settle(struct crew_worker *worker)
{
    struct crew *crew = worker->crew;

    if (worker->leaving == CREW_FOR_ITS_TURN) {
        if (atomic_exchange(&worker->turn, AWAITED) == GIVEN)
            make_ready(worker);
        return;
    }
    (void)pthread_mutex_lock(&crew->lock);
    if (worker->leaving == CREW_FOR_OTHERS) {
        put_idle(worker);
    } else {
        crew->ended++;
        crew_tell_resting(crew);
    }
    (void)pthread_mutex_unlock(&crew->lock);
}

void crew_await_turn(struct crew_worker *worker)
{
    crew_finished(worker);
    worker->crew->away++;
    leave(worker, CREW_FOR_ITS_TURN);
    atomic_store(&worker->turn, NOT_GIVEN);
    crew_begin(worker);
}

void crew_give_turn(void *arg)
{
    struct crew_worker *worker = arg;

    if (atomic_exchange(&worker->turn, GIVEN) == AWAITED)
        make_ready(worker);
}

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

enum crew_order crew_stay(struct crew_worker *worker)
{
    struct crew *crew = worker->crew;
    enum crew_order order;

    for (;;) {
        order = (enum crew_order)atomic_load(&crew->order);
        if (atomic_load(&crew->ready) == 0 && order != CREW_PAUSE &&
            (order != CREW_SERVE || !slots_crowded(&crew->slots)))
            return order;
        leave(worker, CREW_FOR_OTHERS);
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
    /* Who is relieved in a pause has nobody to relay to. The watchdog does, at its next look behind
     * it: it is armed, for nobody waits for requests. */
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
