/* slots: counting who runs, and whose turn it is. */
#include "serve/slots.h"

#include "base/thread.h"

/* Of `serving`: the rest counts the requests. */
enum {
    SERVING = 1,
    LENT = 2,
    NEXT = 4
};

void slots_init(struct slots *slots, size_t count)
{
    slots->count = count;
    (void)pthread_mutex_init(&slots->lock, NULL);
    atomic_init(&slots->running, 0);
    slots->parked = NULL;
    slots->closed = false;
}

void slots_free(struct slots *slots)
{
    (void)pthread_mutex_destroy(&slots->lock);
}

bool slots_claim(struct slots *slots)
{
    bool claimed;

    (void)pthread_mutex_lock(&slots->lock);
    claimed = slots->running < slots->count;
    if (claimed)
        slots->running++;
    (void)pthread_mutex_unlock(&slots->lock);
    return claimed;
}

void slots_release(struct slots *slots)
{
    (void)pthread_mutex_lock(&slots->lock);
    slots->running--;
    (void)pthread_mutex_unlock(&slots->lock);
}

static void take_unasked(struct slots *slots)
{
    (void)pthread_mutex_lock(&slots->lock);
    slots->running++;
    (void)pthread_mutex_unlock(&slots->lock);
}

void slots_thread_init(struct slots_thread *thread, struct slots *slots)
{
    thread->slots = slots;
    atomic_init(&thread->serving, 0);
    thread->seen = 0;
    (void)sem_init(&thread->given, 0, 0);
    thread->next = NULL;
}

void slots_thread_free(struct slots_thread *thread)
{
    (void)sem_destroy(&thread->given);
}

/* What `serving` is beside the flags is its thread's alone; only LENT is set by others. */
static void proceed(struct slots_thread *thread, uint64_t flags)
{
    uint64_t number = atomic_load(&thread->serving) & ~(uint64_t)(SERVING | LENT);
    uint64_t before = atomic_exchange(&thread->serving, (number + NEXT) | flags);

    if ((before & LENT) != 0)
        take_unasked(thread->slots);
}

void slots_begin(struct slots_thread *thread)
{
    proceed(thread, SERVING);
}

void slots_end(struct slots_thread *thread)
{
    proceed(thread, 0);
}

bool slots_crowded(const struct slots *slots)
{
    return slots->running > slots->count;
}

void slots_stay(struct slots_thread *thread)
{
    struct slots *slots = thread->slots;
    bool parks;

    (void)pthread_mutex_lock(&slots->lock);
    parks = slots_crowded(slots) && !slots->closed;
    if (parks) {
        slots->running--;
        thread->next = slots->parked;
        slots->parked = thread;
    }
    (void)pthread_mutex_unlock(&slots->lock);
    if (parks)
        thread_await(&thread->given);
}

/* With the lock held, and a parked thread. */
static void give(struct slots *slots)
{
    struct slots_thread *thread = slots->parked;

    slots->parked = thread->next;
    slots->running++;
    (void)sem_post(&thread->given);
}

/* Whether it was this that lent the slot of the request. */
static bool lend(struct slots_thread *thread, uint64_t serving)
{
    bool lent = (serving & (SERVING | LENT)) == SERVING &&
                atomic_compare_exchange_strong(&thread->serving, &serving, serving | LENT);

    if (lent)
        slots_release(thread->slots);
    return lent;
}

bool slots_lend(struct slots_thread *thread)
{
    return lend(thread, atomic_load(&thread->serving));
}

void slots_take_back(struct slots_thread *thread)
{
    proceed(thread, atomic_load(&thread->serving) & SERVING);
}

bool slots_lasts(struct slots_thread *thread)
{
    uint64_t serving = atomic_load(&thread->serving);
    bool lasts = serving == thread->seen && (serving & (SERVING | LENT)) == SERVING;

    thread->seen = serving;
    return lasts;
}

bool slots_relieve(struct slots_thread *thread)
{
    return lend(thread, thread->seen);
}

bool slots_pass(struct slots *slots)
{
    bool unused;

    if (slots->running >= slots->count)
        return true;
    (void)pthread_mutex_lock(&slots->lock);
    unused = slots->running < slots->count && slots->parked == NULL;
    if (slots->running < slots->count && slots->parked != NULL)
        give(slots);
    (void)pthread_mutex_unlock(&slots->lock);
    return !unused;
}

void slots_close(struct slots *slots)
{
    (void)pthread_mutex_lock(&slots->lock);
    slots->closed = true;
    while (slots->parked != NULL)
        give(slots);
    (void)pthread_mutex_unlock(&slots->lock);
}

void slots_open(struct slots *slots)
{
    (void)pthread_mutex_lock(&slots->lock);
    slots->closed = false;
    (void)pthread_mutex_unlock(&slots->lock);
}
