/* watchdog: a thread that looks again and again, but seldom unless it is told to.
 *
 * It sleeps until it is armed or has rested, then looks once in each period until a look finds
 * nothing more to watch. Thread-safe. */
#ifndef HOOKROLL_SERVE_WATCHDOG_H
#define HOOKROLL_SERVE_WATCHDOG_H

#include "base/rc.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum {
    WATCHDOG_PERIOD = 5 /* ms between two looks */
};

/* Called by the watchdog's thread; false when there is nothing to watch. */
typedef bool watchdog_look(void *arg);

struct watchdog {
    watchdog_look *look;
    void *arg;
    pthread_t thread;
    int rest;  /* ms */
    int woken; /* eventfd */
    _Atomic bool armed;
    _Atomic bool ends;
};

/* watchdog_start: unarmed, it looks every `rest` ms; -1: not at all. RC_SYSTEM, as errno tells. The
 * caller has blocked the signals that the thread is not to take. */
RC_CHECK enum rc watchdog_start(struct watchdog *watchdog, watchdog_look *look, int rest,
                                void *arg);

/* watchdog_arm: has it look, a period from now. */
void watchdog_arm(struct watchdog *watchdog);

/* watchdog_stop: joins, in a period at most: no look is under way behind it. */
void watchdog_stop(struct watchdog *watchdog);

#endif
