/* helper: another process, forked before the test opens a store, that does one
 * thing when it is told to. */
#ifndef HOOKROLL_TESTS_SUPPORT_HELPER_H
#define HOOKROLL_TESTS_SUPPORT_HELPER_H

#include <stdbool.h>
#include <sys/types.h>

struct helper {
    pid_t pid;
    int go;
};

/* What it does; it asserts nothing, its result tells. */
typedef bool helper_fn(void *arg);

/* helper_start: forks; the other process waits. */
void helper_start(struct helper *helper, helper_fn *fn, void *arg);

/* helper_go: lets it begin. */
void helper_go(struct helper *helper);

/* helper_join: waits for its end; what its function returned, false after a crash. */
bool helper_join(struct helper *helper);

#endif
