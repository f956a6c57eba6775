/* watchdog: when to look; what at is the caller's. */
#include "serve/watchdog.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Until it is armed, has rested, or is to end. */
static void await_arming(struct watchdog *watchdog)
{
    struct pollfd woken = {.fd = watchdog->woken, .events = POLLIN};
    uint64_t times;

    if (poll(&woken, 1, watchdog->rest) > 0)
        (void)!read(watchdog->woken, &times, sizeof times);
    else
        atomic_store(&watchdog->armed, true);
}

/* A look, a period after the last one or the arming. Who arms it during the look wakes it, and
 * there will be another. */
static bool next_look(struct watchdog *watchdog)
{
    (void)poll(NULL, 0, WATCHDOG_PERIOD);
    if (!atomic_exchange(&watchdog->armed, false) || atomic_load(&watchdog->ends) ||
        !watchdog->look(watchdog->arg))
        return false;
    atomic_store(&watchdog->armed, true);
    return true;
}

static void *watch(void *arg)
{
    struct watchdog *watchdog = arg;

    while (!atomic_load(&watchdog->ends)) {
        await_arming(watchdog);
        while (next_look(watchdog)) {
        }
    }
    return NULL;
}

enum rc watchdog_start(struct watchdog *watchdog, watchdog_look *look, int rest, void *arg)
{
    watchdog->rest = rest;
    watchdog->look = look;
    watchdog->arg = arg;
    atomic_init(&watchdog->armed, false);
    atomic_init(&watchdog->ends, false);
    watchdog->woken = eventfd(0, EFD_CLOEXEC);
    if (watchdog->woken < 0)
        return RC_SYSTEM;
    errno = pthread_create(&watchdog->thread, NULL, watch, watchdog);
    if (errno == 0)
        return RC_OK;
    (void)close(watchdog->woken);
    return RC_SYSTEM;
}

/* Cannot fail: the counter is never near its end. */
static void wake(const struct watchdog *watchdog)
{
    const uint64_t one = 1;

    (void)!write(watchdog->woken, &one, sizeof one);
}

void watchdog_arm(struct watchdog *watchdog)
{
    /* Mostly it is: then nothing is written that all threads read. */
    if (!atomic_load(&watchdog->armed) && !atomic_exchange(&watchdog->armed, true))
        wake(watchdog);
}

void watchdog_stop(struct watchdog *watchdog)
{
    atomic_store(&watchdog->ends, true);
    wake(watchdog);
    (void)pthread_join(watchdog->thread, NULL);
    (void)close(watchdog->woken);
}
