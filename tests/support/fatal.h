/* fatal: writes that end the process, done in a process of their own. */
#ifndef HOOKROLL_TESTS_SUPPORT_FATAL_H
#define HOOKROLL_TESTS_SUPPORT_FATAL_H

#include <stdbool.h>

/* fatal_write: whether a process that writes this byte dies of it (SIGSEGV). */
bool fatal_write(volatile void *at);

#endif
