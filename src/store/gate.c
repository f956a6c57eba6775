/* gate: counting users; who wants it alone goes before those who come later. */
#include "store/gate.h"

int gate_init(struct gate *gate)
{
    int err = pthread_mutex_init(&gate->lock, NULL);

    gate->users = 0;
    gate->closed = false;
    gate->spare_count = 0;
    return err == 0 ? pthread_cond_init(&gate->changed, NULL) : err;
}

void gate_free(struct gate *gate)
{
    (void)pthread_cond_destroy(&gate->changed);
    (void)pthread_mutex_destroy(&gate->lock);
}

/* With the lock held. */
static void *take(struct gate *gate)
{
    return gate->spare_count > 0 ? gate->spares[--gate->spare_count] : NULL;
}

void gate_enter(struct gate *gate, void **spare)
{
    (void)pthread_mutex_lock(&gate->lock);
    while (gate->closed)
        (void)pthread_cond_wait(&gate->changed, &gate->lock);
    gate->users++;
    if (spare != NULL)
        *spare = take(gate);
    (void)pthread_mutex_unlock(&gate->lock);
}

bool gate_leave(struct gate *gate, void *spare)
{
    bool room;

    (void)pthread_mutex_lock(&gate->lock);
    room = gate->spare_count < GATE_SPARES;
    if (spare != NULL && room)
        gate->spares[gate->spare_count++] = spare;
    gate->users--;
    if (gate->users == 0 && gate->closed)
        (void)pthread_cond_broadcast(&gate->changed);
    (void)pthread_mutex_unlock(&gate->lock);
    return room;
}

void gate_close(struct gate *gate)
{
    (void)pthread_mutex_lock(&gate->lock);
    while (gate->closed)
        (void)pthread_cond_wait(&gate->changed, &gate->lock);
    gate->closed = true;
    while (gate->users > 0)
        (void)pthread_cond_wait(&gate->changed, &gate->lock);
    (void)pthread_mutex_unlock(&gate->lock);
}

void gate_open(struct gate *gate)
{
    (void)pthread_mutex_lock(&gate->lock);
    gate->closed = false;
    (void)pthread_cond_broadcast(&gate->changed);
    (void)pthread_mutex_unlock(&gate->lock);
}

void *gate_take(struct gate *gate)
{
    void *spare;

    (void)pthread_mutex_lock(&gate->lock);
    spare = take(gate);
    (void)pthread_mutex_unlock(&gate->lock);
    return spare;
}
