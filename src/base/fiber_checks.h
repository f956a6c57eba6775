/* fiber_checks: what the sanitizers have to know of stacks that change; nothing without them. */
#ifndef HOOKROLL_BASE_FIBER_CHECKS_H
#define HOOKROLL_BASE_FIBER_CHECKS_H

#include <signal.h>
#include <stddef.h>

/* What is left is told in the function that leaves it: it must not return in between. */
#define FIBER_CHECKS_LEAVE __attribute__((always_inline)) static inline void

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)

#include <sanitizer/common_interface_defs.h>

/* The bounds of a thread's own stack are known when it is left for the first time. */
struct fiber_checks {
    struct fiber_checks *before; /* the fiber that was left for this one */
    const void *bottom;
    size_t size;
    void *fake_stack;
};

static inline void fiber_checks_begin(struct fiber_checks *checks, const stack_t *stack)
{
    checks->bottom = stack->ss_sp;
    checks->size = stack->ss_size;
}

FIBER_CHECKS_LEAVE fiber_checks_leave(struct fiber_checks *from, struct fiber_checks *to)
{
    to->before = from;
    __sanitizer_start_switch_fiber(&from->fake_stack, to->bottom, to->size);
}

static inline void fiber_checks_arrived(struct fiber_checks *to)
{
    __sanitizer_finish_switch_fiber(to->fake_stack, &to->before->bottom, &to->before->size);
}

static inline void fiber_checks_end(struct fiber_checks *checks)
{
    (void)checks;
}

#elif defined __SANITIZE_THREAD__ || __has_feature(thread_sanitizer)

#include <sanitizer/tsan_interface.h>

struct fiber_checks {
    void *fiber; /* NULL: a thread's own, not yet left */
};

static inline void fiber_checks_begin(struct fiber_checks *checks, const stack_t *stack)
{
    (void)stack;
    checks->fiber = __tsan_create_fiber(0);
}

FIBER_CHECKS_LEAVE fiber_checks_leave(struct fiber_checks *from, struct fiber_checks *to)
{
    if (from->fiber == NULL)
        from->fiber = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to->fiber, 0);
}

static inline void fiber_checks_arrived(struct fiber_checks *to)
{
    (void)to;
}

static inline void fiber_checks_end(struct fiber_checks *checks)
{
    if (checks->fiber != NULL)
        __tsan_destroy_fiber(checks->fiber);
}

#else

struct fiber_checks {
    char nothing;
};

#define fiber_checks_begin(checks, stack) ((void)0)
#define fiber_checks_leave(from, to)      ((void)0)
#define fiber_checks_arrived(to)          ((void)0)
#define fiber_checks_end(checks)          ((void)0)

#endif
#endif
