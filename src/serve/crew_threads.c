/* crew_threads: how many threads there are, and what each does; whom it runs is not theirs. */
#include "serve/crew_inside.h"

#include "base/log.h"
#include "base/moment.h"
#include "base/thread.h"

#include <errno.h>
#include <string.h>

enum {
    HASTE = 100 /* ms that a peer has for what it has begun, once workers are hastened */
};

/* A thread or a worker could not be made. Without the lock: a log that nobody reads makes only this
 * thread wait. */
static void tell_starved(struct crew *crew, int err)
{
    bool logged;
    size_t made;

    (void)pthread_mutex_lock(&crew->lock);
    logged = crew->starvation_logged;
    crew->starvation_logged = true;
    made = crew->made;
    (void)pthread_mutex_unlock(&crew->lock);
    watchdog_arm(&crew->watchdog);
    if (!logged)
        log_warn("there are %zu workers and %zu threads, and no more can be had now: %s", made,
                 (size_t)crew->started, strerror(err));
}

static void run(struct crew_thread *thread)
{
    struct crew_worker *worker = thread->worker;

    worker->thread = thread;
    fiber_switch(thread->chooser, worker->fiber);
    crew_settle(worker);
}

static void *run_thread(void *arg)
{
    struct crew_thread *thread = arg;
    enum crew_choice choice;

    thread->id = thread_id();
    patience_enter();
    blocking_watch(&thread->hooks);
    while ((choice = crew_choose(thread->crew, thread)) != CREW_OVER) {
        if (choice == CREW_STARVED)
            tell_starved(thread->crew, ENOMEM);
        else
            run(thread);
    }
    blocking_watch(NULL);
    return NULL;
}

static void lend_slot(void *arg)
{
    struct crew_thread *thread = arg;

    if (slots_lend(&thread->slot))
        crew_relay(thread->crew);
}

static void take_slot_back(void *arg)
{
    struct crew_thread *thread = arg;

    slots_take_back(&thread->slot);
}

static void *caller(void *arg)
{
    const struct crew_thread *thread = arg;

    return thread->worker;
}

static void await_turn(void *arg)
{
    const struct crew_thread *thread = arg;

    crew_await_turn(thread->worker);
}

/* With the lock held, and a slot claimed. 0, or an error of the system's. */
static int start_thread(struct crew *crew)
{
    struct crew_thread *thread = &crew->threads[crew->started];
    int err;

    /* So that without memory for it there is no thread. */
    if (crew->made == crew->started && !crew_make_worker(crew))
        return ENOMEM;
    thread->crew = crew;
    thread->hooks = (struct blocking_hooks){.begin = lend_slot,
                                            .end = take_slot_back,
                                            .caller = caller,
                                            .leave = await_turn,
                                            .go_on = crew_give_turn,
                                            .arg = thread};
    thread->chooser = fiber_of_thread();
    if (thread->chooser == NULL)
        return ENOMEM;
    slots_thread_init(&thread->slot, &crew->slots);
    patience_init(&thread->peer);
    err = pthread_create(&thread->handle, NULL, run_thread, thread);
    if (err == 0) {
        crew->started++;
        return 0;
    }
    slots_thread_free(&thread->slot);
    patience_free(&thread->peer);
    fiber_free(thread->chooser);
    return err;
}

/* One thread more that runs, if there may be. */
static void grow(struct crew *crew)
{
    int err = 0;

    (void)pthread_mutex_lock(&crew->lock);
    if (crew->order == CREW_SERVE && crew->started < crew->options.workers && !crew->starved &&
        slots_claim(&crew->slots)) {
        err = start_thread(crew);
        crew->starved = err != 0;
        if (err == 0)
            crew->starvation_logged = false;
        else
            slots_release(&crew->slots);
    }
    (void)pthread_mutex_unlock(&crew->lock);
    if (err != 0)
        tell_starved(crew, err);
}

void crew_relay(struct crew *crew)
{
    if (atomic_load(&crew->waiting) > 0)
        return;
    if (!slots_pass(&crew->slots))
        grow(crew);
    watchdog_arm(&crew->watchdog);
}

/* The watchdog's look: a request that lasts, and does not compute, waits for its client or for the
 * disk. */
static bool look_out(void *arg)
{
    struct crew *crew = arg;
    size_t started = atomic_load(&crew->started);
    const int64_t now = moment_elapsed();
    const int64_t patience =
        (now < atomic_load(&crew->hastened) ? crew->options.patience : HASTE) * 1000000;
    bool late = false;

    for (size_t i = 0; i < started; i++) {
        struct crew_thread *thread = &crew->threads[i];

        if (slots_lasts(&thread->slot) && !thread_computes(thread->id))
            (void)slots_relieve(&thread->slot);
        late |= patience_exhaust(&thread->peer, thread->handle, now, patience);
    }
    (void)pthread_mutex_lock(&crew->lock);
    crew->starved = false;
    crew_tell_resting(crew);
    (void)pthread_mutex_unlock(&crew->lock);
    /* Whatever has kept every thread from waiting for requests ends here. */
    crew_relay(crew);
    return late || atomic_load(&crew->waiting) == 0;
}

bool crew_peers_last(struct crew *crew, int64_t least)
{
    const int64_t now = moment_elapsed();
    size_t started = atomic_load(&crew->started);
    bool last = false;

    for (size_t i = 0; i < started; i++)
        last |= patience_lasts(&crew->threads[i].peer, now) >= least * 1000000;
    return last;
}

bool crew_start_threads(struct crew *crew)
{
    /* Who waits begins between two looks, and is given up at a third. */
    const int rest = (int)(crew->options.patience / 4) + 1;
    int err = 0;

    patience_prepare();
    crew->watched = watchdog_start(&crew->watchdog, look_out, rest, crew) == RC_OK;
    if (!crew->watched)
        return false;
    /* The first may send for another before this is done. */
    (void)pthread_mutex_lock(&crew->lock);
    while (err == 0 && crew->started < CREW_FIRST_THREADS &&
           crew->started < crew->options.workers && slots_claim(&crew->slots))
        err = start_thread(crew);
    (void)pthread_mutex_unlock(&crew->lock);
    errno = err;
    return err == 0;
}

void crew_join(struct crew *crew)
{
    for (size_t i = 0; i < crew->started; i++)
        (void)pthread_join(crew->threads[i].handle, NULL);
    if (crew->watched)
        watchdog_stop(&crew->watchdog);
}
