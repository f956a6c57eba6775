/* batch: whose turn it is; what a commit is, is the caller's. */
#include "store/batch.h"

#include "base/blocking.h"

int batch_init(struct batch *batch)
{
    batch->first = NULL;
    batch->end = &batch->first;
    batch->led = false;
    return pthread_mutex_init(&batch->lock, NULL);
}

void batch_free(struct batch *batch)
{
    (void)pthread_mutex_destroy(&batch->lock);
}

/* Takes the first BATCH_MAX that wait; there is one. */
static struct batch_entry *take(struct batch *batch)
{
    struct batch_entry *taken;
    struct batch_entry *last;

    (void)pthread_mutex_lock(&batch->lock);
    taken = last = batch->first;
    for (size_t i = 1; i < BATCH_MAX && last->next != NULL; i++)
        last = last->next;
    batch->first = last->next;
    if (batch->first == NULL)
        batch->end = &batch->first;
    last->next = NULL;
    (void)pthread_mutex_unlock(&batch->lock);
    return taken;
}

static void queue(struct batch *batch, struct batch_entry *entry)
{
    *batch->end = entry;
    batch->end = &entry->next;
}

/* Behind this the entry is its caller's again, and may be gone. */
static void wake(struct batch_entry *entry, bool leads)
{
    entry->leads = leads;
    (void)sem_post(&entry->turn);
}

static void await_turn(struct batch_entry *entry)
{
    blocking_begin();
    while (sem_wait(&entry->turn) != 0) {
    }
    blocking_end();
}

/* True when nobody leads: the caller does then. */
static bool join(struct batch *batch, struct batch_entry *entry)
{
    bool leads;

    (void)pthread_mutex_lock(&batch->lock);
    queue(batch, entry);
    leads = !batch->led;
    batch->led = true;
    (void)pthread_mutex_unlock(&batch->lock);
    return leads;
}

/* Who leads next, if anybody waits: the first of those. */
static struct batch_entry *hand_over(struct batch *batch)
{
    struct batch_entry *next;

    (void)pthread_mutex_lock(&batch->lock);
    next = batch->first;
    batch->led = next != NULL;
    (void)pthread_mutex_unlock(&batch->lock);
    return next;
}

/* By the caller of the entry that is the first. */
static void lead(struct batch *batch, batch_commit *commit, void *arg)
{
    struct batch_entry *own = take(batch);
    struct batch_entry *done = own->next;
    struct batch_entry *leader;

    blocking_begin();
    commit(own, arg);
    /* Whoever leads next starts before those who are done: the disk is not to wait. */
    leader = hand_over(batch);
    if (leader != NULL)
        wake(leader, true);
    blocking_end();
    while (done != NULL) {
        struct batch_entry *next = done->next;

        wake(done, false);
        done = next;
    }
}

enum rc batch_write(struct batch *batch, kv_fn *fn, void *fn_arg, batch_commit *commit,
                    void *commit_arg)
{
    struct batch_entry entry = {.fn = fn, .arg = fn_arg, .rc = RC_SYSTEM, .leads = true};

    if (sem_init(&entry.turn, 0, 0) != 0)
        return RC_NO_MEMORY;
    if (!join(batch, &entry))
        await_turn(&entry);
    if (entry.leads)
        lead(batch, commit, commit_arg);
    (void)sem_destroy(&entry.turn);
    return entry.rc;
}
