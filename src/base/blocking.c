/* blocking: the calling thread's hooks, and turns, which take them where there are some. */
#include "base/blocking.h"

#include "base/fiber.h"
#include "base/thread.h"

#include <errno.h>
#include <stddef.h>

static _Thread_local const struct blocking_hooks *watching;

FIBER_NOINLINE void blocking_watch(const struct blocking_hooks *hooks)
{
    watching = hooks;
}

FIBER_NOINLINE void blocking_begin(void)
{
    if (watching != NULL)
        watching->begin(watching->arg);
}

FIBER_NOINLINE void blocking_end(void)
{
    if (watching != NULL)
        watching->end(watching->arg);
}

FIBER_NOINLINE void blocking_yield(void)
{
    if (watching == NULL)
        return;
    watching->go_on(watching->caller(watching->arg));
    watching->leave(watching->arg);
}

FIBER_NOINLINE int blocking_turn_init(struct blocking_turn *turn)
{
    turn->go_on = NULL;
    if (watching == NULL)
        return sem_init(&turn->given, 0, 0) == 0 ? 0 : errno;
    turn->go_on = watching->go_on;
    turn->caller = watching->caller(watching->arg);
    return 0;
}

void blocking_turn_free(struct blocking_turn *turn)
{
    if (turn->go_on == NULL)
        (void)sem_destroy(&turn->given);
}

FIBER_NOINLINE void blocking_turn_await(struct blocking_turn *turn)
{
    if (turn->go_on != NULL) {
        watching->leave(watching->arg);
        return;
    }
    thread_await(&turn->given);
}

void blocking_turn_give(struct blocking_turn *turn)
{
    if (turn->go_on != NULL)
        turn->go_on(turn->caller);
    else
        (void)sem_post(&turn->given);
}
