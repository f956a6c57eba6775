/* batch: whose turn it is; what a commit is, is the caller's. */
#include "store/batch.h"

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
    blocking_turn_give(&entry->turn);
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
    blocking_end();
    /* Whoever leads next starts before those who are done, this one too: the disk is not to
     * wait. */
    leader = hand_over(batch);
    if (leader != NULL)
        wake(leader, true);
    while (done != NULL) {
        struct batch_entry *next = done->next;

        wake(done, false);
        done = next;
    }
    if (leader != NULL)
        blocking_yield();
}

enum rc batch_write(struct batch *batch, kv_fn *fn, void *fn_arg, batch_commit *commit,
                    void *commit_arg)
{
    struct batch_entry entry = {.fn = fn, .arg = fn_arg, .rc = RC_SYSTEM, .leads = true};

    if (blocking_turn_init(&entry.turn) != 0)
        return RC_NO_MEMORY;
    if (!join(batch, &entry))
        blocking_turn_await(&entry.turn);
    if (entry.leads)
        lead(batch, commit, commit_arg);
    blocking_turn_free(&entry.turn);
    return entry.rc;
}
