/* blocking: the calling thread's hooks. */
#include "base/blocking.h"

#include <stddef.h>

static _Thread_local const struct blocking_hooks *watching;

void blocking_watch(const struct blocking_hooks *hooks)
{
    watching = hooks;
}

void blocking_begin(void)
{
    if (watching != NULL)
        watching->begin(watching->arg);
}

void blocking_end(void)
{
    if (watching != NULL)
        watching->end(watching->arg);
}
