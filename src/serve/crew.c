/* crew: which worker a thread runs next, and how many threads there are; what the work is, is
 * the caller's. */
#include "serve/crew.h"

#include "base/blocking.h"
#include "base/fiber.h"
#include "base/log.h"
#include "base/moment.h"
#include "base/process.h"
#include "serve/slots.h"
#include "serve/watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_THREADS = 2, /* before there is anything to do; as many may always run */
    /* Bytes of a worker's stack, of which memory has what was used: three times what the largest
     * frames of one request come to (-fstack-usage). */
    STACK = 256 * 1024
};

struct thread {
    struct crew *crew;
    pthread_t handle;
    struct slots_thread slot;
    struct blocking_hooks hooks;
    struct fiber *chooser;      /* its own course */
    struct crew_worker *worker; /* that it runs */
};

/* Of a worker's turn. */
enum turn {
    NOT_GIVEN,
    GIVEN,
    AWAITED /* and the worker's thread runs another */
};

/* Why a worker left its thread. */
enum leaving {
    FOR_OTHERS, /* it has nothing to do */
    FOR_ITS_TURN,
    FOR_GOOD
};

struct crew_worker {
    struct crew *crew;
    void *tools;
    struct fiber *fiber;
    struct thread *thread; /* that runs it */
    enum leaving leaving;
    _Atomic int turn;         /* enum turn */
    struct crew_worker *next; /* in a list */
};

struct crew {
    struct crew_options options;
    struct slots slots;
    struct watchdog watchdog;
    bool watched;           /* the watchdog runs */
    _Atomic size_t waiting; /* threads that would take the next request at once */
    _Atomic size_t away;    /* workers that await their turn, or have it and do not yet run */
    _Atomic size_t ready;   /* those that have it; changed under the lock */
    _Atomic size_t started; /* threads; changed under the lock, while SERVING only */
    _Atomic int order;      /* enum crew_order; changed under the lock */
    pthread_mutex_t lock;   /* guards what is below */
    pthread_cond_t changed; /* the order, or whom those who rest could run */
    pthread_cond_t rested;  /* one more rests */
    size_t resting;         /* threads that have no worker to run */
    struct crew_worker *idle;
    struct crew_worker *first_ready; /* in the order of their turns */
    struct crew_worker **end_ready;
    bool starved; /* no thread or worker could be made: not tried again before the next look */
    bool told;    /* and that was logged */
    size_t made;  /* workers */
    size_t ended; /* of them */
    struct thread *threads;
    struct crew_worker workers[];
};

/* With the lock held. */
static void tell_resting(struct crew *crew)
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
        tell_resting(crew);
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
        tell_resting(crew);
    return worker;
}

/* With the lock held. */
static void put_idle(struct crew_worker *worker)
{
    worker->next = worker->crew->idle;
    worker->crew->idle = worker;
    tell_resting(worker->crew);
}

/* By the worker. Somebody lets it go on from here. */
static void leave(struct crew_worker *worker, enum leaving leaving)
{
    worker->leaving = leaving;
    fiber_switch(worker->fiber, worker->thread->chooser);
}

static void run_worker(void *arg)
{
    struct crew_worker *worker = arg;

    worker->crew->options.work(worker, worker->tools);
    leave(worker, FOR_GOOD);
}

/* With the lock held. */
static void tell_starved(struct crew *crew, int err)
{
    crew->starved = true;
    watchdog_arm(&crew->watchdog);
    if (!crew->told)
        log_warn("there are %zu workers and %zu threads, and no more can be had now: %s",
                 crew->made, (size_t)crew->started, strerror(err));
    crew->told = true;
}

/* With the lock held. False without memory. */
static bool make_worker(struct crew *crew)
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
    struct crew_worker *worker;

    if (crew->idle == NULL && crew->made < crew->options.workers && !crew->starved &&
        !make_worker(crew))
        tell_starved(crew, ENOMEM);
    worker = crew->idle;
    if (worker != NULL)
        crew->idle = worker->next;
    return worker;
}

/* With the lock held. At an end no worker begins its last round once one has ended; those that
 * await their turn are still run. */
static bool is_over(const struct crew *crew)
{
    return atomic_load(&crew->order) >= CREW_STOP && crew->ended > 0;
}

/* With the lock held, and nobody ready. Whom the thread runs then, or NULL: it parked, or rested.
 */
static struct crew_worker *choose_idle(struct crew *crew, struct thread *thread)
{
    struct crew_worker *worker = NULL;

    if (atomic_load(&crew->order) == CREW_SERVE && slots_crowded(&crew->slots)) {
        (void)pthread_mutex_unlock(&crew->lock);
        slots_stay(&thread->slot);
        (void)pthread_mutex_lock(&crew->lock);
        return NULL;
    }
    if (atomic_load(&crew->order) != CREW_PAUSE && !is_over(crew))
        worker = take_idle(crew);
    if (worker == NULL) {
        crew->resting++;
        (void)pthread_cond_signal(&crew->rested);
        (void)pthread_cond_wait(&crew->changed, &crew->lock);
        crew->resting--;
    }
    return worker;
}

/* Whom the thread runs next; NULL when it is to end. */
static struct crew_worker *choose(struct crew *crew, struct thread *thread)
{
    struct crew_worker *worker;

    (void)pthread_mutex_lock(&crew->lock);
    do {
        worker = take_ready(crew);
        if (worker == NULL && is_over(crew) && atomic_load(&crew->away) == 0)
            break;
        if (worker == NULL)
            worker = choose_idle(crew, thread);
    } while (worker == NULL);
    if (crew->ready > 0)
        call_for_ready(crew);
    (void)pthread_mutex_unlock(&crew->lock);
    return worker;
}

/* Once its fiber is left: others may run it now. */
static void settle(struct crew_worker *worker)
{
    struct crew *crew = worker->crew;

    if (worker->leaving == FOR_ITS_TURN) {
        if (atomic_exchange(&worker->turn, AWAITED) == GIVEN)
            make_ready(worker);
        return;
    }
    (void)pthread_mutex_lock(&crew->lock);
    if (worker->leaving == FOR_OTHERS) {
        put_idle(worker);
    } else {
        crew->ended++;
        tell_resting(crew);
    }
    (void)pthread_mutex_unlock(&crew->lock);
}

static void *run_thread(void *arg)
{
    struct thread *thread = arg;
    struct crew_worker *worker;

    blocking_watch(&thread->hooks);
    while ((worker = choose(thread->crew, thread)) != NULL) {
        worker->thread = thread;
        thread->worker = worker;
        fiber_switch(thread->chooser, worker->fiber);
        settle(worker);
    }
    blocking_watch(NULL);
    return NULL;
}

static void *caller(void *arg)
{
    const struct thread *thread = arg;

    return thread->worker;
}

static void await_turn(void *arg)
{
    const struct thread *thread = arg;
    struct crew_worker *worker = thread->worker;

    crew_finished(worker);
    worker->crew->away++;
    leave(worker, FOR_ITS_TURN);
    atomic_store(&worker->turn, NOT_GIVEN);
    crew_begin(worker);
}

static void give_turn(void *arg)
{
    struct crew_worker *worker = arg;

    if (atomic_exchange(&worker->turn, GIVEN) == AWAITED)
        make_ready(worker);
}

static void relay(struct crew *crew);

static void lend_slot(void *arg)
{
    struct thread *thread = arg;

    if (slots_lend(&thread->slot))
        relay(thread->crew);
}

static void take_slot_back(void *arg)
{
    struct thread *thread = arg;

    slots_take_back(&thread->slot);
}

/* With the lock held, and a slot claimed. 0, or an error of the system's. */
static int start_thread(struct crew *crew)
{
    struct thread *thread = &crew->threads[crew->started];
    int err;

    /* So that without memory for it there is no thread. */
    if (crew->made == crew->started && !make_worker(crew))
        return ENOMEM;
    thread->crew = crew;
    thread->hooks = (struct blocking_hooks){.begin = lend_slot,
                                            .end = take_slot_back,
                                            .caller = caller,
                                            .leave = await_turn,
                                            .go_on = give_turn,
                                            .arg = thread};
    thread->chooser = fiber_of_thread();
    if (thread->chooser == NULL)
        return ENOMEM;
    slots_thread_init(&thread->slot, &crew->slots);
    err = pthread_create(&thread->handle, NULL, run_thread, thread);
    if (err == 0) {
        crew->started++;
        return 0;
    }
    slots_thread_free(&thread->slot);
    fiber_free(thread->chooser);
    return err;
}

/* One thread more that runs, if there may be. */
static void grow(struct crew *crew)
{
    (void)pthread_mutex_lock(&crew->lock);
    if (crew->order == CREW_SERVE && crew->started < crew->options.workers && !crew->starved &&
        slots_claim(&crew->slots)) {
        int err = start_thread(crew);

        if (err == 0) {
            crew->told = false;
        } else {
            slots_release(&crew->slots);
            tell_starved(crew, err);
        }
    }
    (void)pthread_mutex_unlock(&crew->lock);
}

/* Where nobody waits for the next request, somebody is to, if a slot is free; and the watchdog
 * looks out for threads that hold one and wait. */
static void relay(struct crew *crew)
{
    if (atomic_load(&crew->waiting) > 0)
        return;
    if (slots_pass(&crew->slots) == SLOTS_UNUSED)
        grow(crew);
    watchdog_arm(&crew->watchdog);
}

/* The watchdog's look: a request that lasts waits for its client, or for the disk. */
static bool look_out(void *arg)
{
    struct crew *crew = arg;
    size_t started = atomic_load(&crew->started);

    for (size_t i = 0; i < started; i++)
        (void)slots_relieve(&crew->threads[i].slot);
    (void)pthread_mutex_lock(&crew->lock);
    crew->starved = false;
    tell_resting(crew);
    (void)pthread_mutex_unlock(&crew->lock);
    /* Whatever it is that nobody waits for requests: it lasts no longer than until now. */
    relay(crew);
    return atomic_load(&crew->waiting) == 0;
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
        relay(worker->crew);
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
        leave(worker, FOR_OTHERS);
    }
}

/* True once the first threads run; others follow when all are busy. False with errno. */
static bool start_threads(struct crew *crew)
{
    int err = 0;

    /* The first may send for another before this is done. */
    (void)pthread_mutex_lock(&crew->lock);
    while (err == 0 && crew->started < FIRST_THREADS && crew->started < crew->options.workers &&
           slots_claim(&crew->slots))
        err = start_thread(crew);
    (void)pthread_mutex_unlock(&crew->lock);
    errno = err;
    return err == 0;
}

static bool start_watchdog(struct crew *crew)
{
    crew->watched = watchdog_start(&crew->watchdog, look_out, crew) == RC_OK;
    return crew->watched;
}

enum rc crew_start(const struct crew_options *options, struct crew **out)
{
    struct crew *crew = calloc(1, sizeof *crew + options->workers * sizeof crew->workers[0]);
    size_t slots = process_processors();

    if (crew == NULL)
        return RC_NO_MEMORY;
    crew->threads = calloc(options->workers, sizeof crew->threads[0]);
    if (crew->threads == NULL) {
        free(crew);
        return RC_NO_MEMORY;
    }
    crew->options = *options;
    crew->end_ready = &crew->first_ready;
    (void)pthread_mutex_init(&crew->lock, NULL);
    (void)pthread_cond_init(&crew->changed, NULL);
    (void)pthread_cond_init(&crew->rested, NULL);
    slots_init(&crew->slots, slots < FIRST_THREADS ? FIRST_THREADS : slots);
    *out = crew;
    return start_watchdog(crew) && start_threads(crew) ? RC_OK : RC_SYSTEM;
}

void crew_tell(struct crew *crew, enum crew_order order)
{
    (void)pthread_mutex_lock(&crew->lock);
    crew->order = order;
    (void)pthread_cond_broadcast(&crew->changed);
    (void)pthread_mutex_unlock(&crew->lock);
    if (order != CREW_SERVE) {
        slots_close(&crew->slots);
        return;
    }
    slots_open(&crew->slots);
    /* Who was relieved meanwhile had nobody to relay to. */
    relay(crew);
}

bool crew_await_rest(struct crew *crew, int patience)
{
    const int64_t end = moment_now() + patience;
    const struct timespec until = {.tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000};
    bool all;
    int late = 0;

    (void)pthread_mutex_lock(&crew->lock);
    while ((crew->resting < crew->started || crew->away > 0) && late == 0)
        late = pthread_cond_timedwait(&crew->rested, &crew->lock, &until);
    all = crew->resting == crew->started && crew->away == 0;
    (void)pthread_mutex_unlock(&crew->lock);
    return all;
}

void crew_join(struct crew *crew)
{
    for (size_t i = 0; i < crew->started; i++)
        (void)pthread_join(crew->threads[i].handle, NULL);
    if (crew->watched)
        watchdog_stop(&crew->watchdog);
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
