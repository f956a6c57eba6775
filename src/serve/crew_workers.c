/* crew_workers: workers, of whom some have nothing to do and others await their turn, and which of
 * them a thread runs next. The lowest of the crew's sources: it calls no other. */
#include "serve/crew_inside.h"

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

void crew_leave(struct crew_worker *worker, enum crew_leaving leaving)
{
    worker->leaving = leaving;
    fiber_switch(worker->fiber, worker->thread->chooser);
}

static void run_worker(void *arg)
{
    struct crew_worker *worker = arg;

    worker->crew->options.work(worker, worker->tools);
    crew_leave(worker, CREW_FOR_GOOD);
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
    slots_end(&worker->thread->slot);
    worker->crew->away++;
    crew_leave(worker, CREW_FOR_ITS_TURN);
    atomic_store(&worker->turn, NOT_GIVEN);
    slots_begin(&worker->thread->slot);
}

void crew_give_turn(void *arg)
{
    struct crew_worker *worker = arg;

    if (atomic_exchange(&worker->turn, GIVEN) == AWAITED)
        make_ready(worker);
}
