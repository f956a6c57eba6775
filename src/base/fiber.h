/* fiber: a course of a program with a stack of its own, that threads take turns to run.
 *
 * One thread at a time runs a fiber; which one may change with each switch. So what a function
 * got from its thread before a switch (errno, a lock that its owner has to release, a
 * thread-local object's address) is not to be used behind it. */
#ifndef HOOKROLL_BASE_FIBER_H
#define HOOKROLL_BASE_FIBER_H

#include <stddef.h>

struct fiber;

/* For functions that use what is the thread's: where they are inlined, the compiler may keep its
 * address from before a switch. */
#define FIBER_NOINLINE __attribute__((noinline))

/* fiber_new: begins with run(arg) when it is switched to for the first time, and `run` does not
 * return. `stack` in bytes; memory is taken as it is used, and past its end the process is ended.
 * NULL without memory. */
struct fiber *fiber_new(size_t stack, void (*run)(void *arg), void *arg);

/* fiber_of_thread: the course of the calling thread itself. NULL without memory. */
struct fiber *fiber_of_thread(void);

/* fiber_free: it does not run and will not; nothing on its stack is released. NULL is let
 * pass. */
void fiber_free(struct fiber *fiber);

/* fiber_switch: leaves `from`, which the calling thread runs, and goes on with `to`, which none
 * does. Returns when somebody switches to `from`. */
void fiber_switch(struct fiber *from, struct fiber *to);

#endif
