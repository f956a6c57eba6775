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

/* Takes the first BATCH_MAX that wait. */
static struct batch_entry *take(struct batch *batch)
{
    struct batch_entry *taken = batch->first;
    struct batch_entry *last = taken;

    for (size_t i = 1; i < BATCH_MAX && last->next != NULL; i++)
        last = last->next;
    batch->first = last->next;
    if (batch->first == NULL)
        batch->end = &batch->first;
    last->next = NULL;
    return taken;
}

static void queue(struct batch *batch, struct batch_entry *entry)
{
    *batch->end = entry;
    batch->end = &entry->next;
}

static void turn(struct batch_entry *entry, enum batch_turn to)
{
    entry->turn = to;
    (void)pthread_cond_signal(&entry->turned);
}

/* With the lock held, which is given up while the batch is committed. The one who leads is
 * the first of those it takes. */
static void lead(struct batch *batch, batch_commit *commit, void *arg)
{
    struct batch_entry *taken = take(batch);

    (void)pthread_mutex_unlock(&batch->lock);
    commit(taken, arg);
    (void)pthread_mutex_lock(&batch->lock);
    /* Whoever leads next starts before those who are done: the disk is not to wait. */
    batch->led = batch->first != NULL;
    if (batch->led)
        turn(batch->first, BATCH_LEADS);
    while (taken != NULL) {
        /* Once it is done the entry is its caller's again, and may be gone. */
        struct batch_entry *next = taken->next;

        turn(taken, BATCH_IS_DONE);
        taken = next;
    }
}

enum rc batch_write(struct batch *batch, kv_fn *fn, void *fn_arg, batch_commit *commit,
                    void *commit_arg)
{
    struct batch_entry entry = {.fn = fn, .arg = fn_arg, .rc = RC_SYSTEM, .turn = BATCH_WAITS};

    if (pthread_cond_init(&entry.turned, NULL) != 0)
        return RC_NO_MEMORY;
    (void)pthread_mutex_lock(&batch->lock);
    queue(batch, &entry);
    if (!batch->led) {
        batch->led = true;
        entry.turn = BATCH_LEADS;
    }
    while (entry.turn == BATCH_WAITS)
        (void)pthread_cond_wait(&entry.turned, &batch->lock);
    if (entry.turn == BATCH_LEADS)
        lead(batch, commit, commit_arg);
    (void)pthread_mutex_unlock(&batch->lock);
    (void)pthread_cond_destroy(&entry.turned);
    return entry.rc;
}
