/* fiber: stacks, and changing from one to another (makecontext(3)); when and why is the
 * caller's. */
#include "base/fiber.h"

#include "base/fiber_checks.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

struct fiber {
    ucontext_t context;
    char *memory; /* the guard, and the stack above it; NULL: the thread's own */
    size_t size;
    void (*run)(void *arg);
    void *arg;
    struct fiber_checks checks;
};

/* Who is switched to; what makecontext passes on can only be ints. */
static _Thread_local struct fiber *arriving;

static void begin(void)
{
    struct fiber *fiber = arriving;

    fiber_checks_arrived(&fiber->checks);
    fiber->run(fiber->arg);
    abort();
}

/* A stack above a page that ends the process when it is touched. */
static bool map_stack(struct fiber *fiber, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *memory;

    fiber->size = page + (size + page - 1) / page * page;
    memory = mmap(NULL, fiber->size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return false;
    fiber->memory = memory;
    fiber->context.uc_stack.ss_sp = memory + page;
    fiber->context.uc_stack.ss_size = fiber->size - page;
    return mprotect(memory, page, PROT_NONE) == 0;
}

static bool make_context(struct fiber *fiber, size_t stack)
{
    if (getcontext(&fiber->context) != 0 || !map_stack(fiber, stack))
        return false;
    fiber->context.uc_link = NULL;
    makecontext(&fiber->context, begin, 0);
    return true;
}

struct fiber *fiber_new(size_t stack, void (*run)(void *arg), void *arg)
{
    struct fiber *fiber = calloc(1, sizeof *fiber);

    if (fiber == NULL)
        return NULL;
    fiber->run = run;
    fiber->arg = arg;
    if (!make_context(fiber, stack)) {
        fiber_free(fiber);
        return NULL;
    }
    fiber_checks_begin(&fiber->checks, &fiber->context.uc_stack);
    return fiber;
}

struct fiber *fiber_of_thread(void)
{
    return calloc(1, sizeof(struct fiber));
}

void fiber_free(struct fiber *fiber)
{
    if (fiber == NULL)
        return;
    if (fiber->memory != NULL) {
        fiber_checks_end(&fiber->checks);
        (void)munmap(fiber->memory, fiber->size);
    }
    free(fiber);
}

FIBER_NOINLINE void fiber_switch(struct fiber *from, struct fiber *to)
{
    arriving = to;
    fiber_checks_leave(&from->checks, &to->checks);
    /* Fails only where there is no context to go to. */
    if (swapcontext(&from->context, &to->context) != 0)
        abort();
    fiber_checks_arrived(&from->checks);
}
