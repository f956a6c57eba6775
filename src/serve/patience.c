/* patience: who waits, since when, and the signal; how long is too long is the caller's. */
#include "serve/patience.h"

#include <sched.h>
#include <signal.h>
#include <stddef.h>

enum {
    WAKE = SIGURG /* does nothing where nobody waits for it, not even in a program that follows */
};

static void wake(int signal_number)
{
    (void)signal_number;
}

void patience_prepare(void)
{
    /* Without SA_RESTART: the system call is to fail. */
    struct sigaction action = {.sa_handler = wake};

    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(WAKE, &action, NULL);
}

/* Whoever started the program may have blocked it. */
void patience_enter(void)
{
    sigset_t signals;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, WAKE);
    (void)pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

void patience_init(struct patience *patience)
{
    *patience = (struct patience){.waits = 0};
    (void)pthread_mutex_init(&patience->lock, NULL);
}

void patience_free(struct patience *patience)
{
    (void)pthread_mutex_destroy(&patience->lock);
}

/* Whether a signal was sent. */
static bool proceed(struct patience *patience)
{
    bool ended;

    (void)pthread_mutex_lock(&patience->lock);
    patience->waits++;
    ended = patience->ended;
    patience->ended = false;
    (void)pthread_mutex_unlock(&patience->lock);
    return ended;
}

void patience_begin(struct patience *patience)
{
    (void)proceed(patience);
}

void patience_end(struct patience *patience)
{
    /* A signal that was sent has come when a system call returns; this one cannot fail by it. */
    if (proceed(patience))
        (void)sched_yield();
}

/* With the lock held. */
static int64_t look(struct patience *patience, int64_t now)
{
    if (patience->waits % 2 == 0)
        return 0;
    if (patience->seen != patience->waits) {
        patience->seen = patience->waits;
        patience->since = now;
    }
    return now - patience->since;
}

int64_t patience_lasts(struct patience *patience, int64_t now)
{
    int64_t lasts;

    (void)pthread_mutex_lock(&patience->lock);
    lasts = look(patience, now);
    (void)pthread_mutex_unlock(&patience->lock);
    return lasts;
}

bool patience_exhaust(struct patience *patience, pthread_t thread, int64_t now, int64_t bound)
{
    bool exhausted;

    (void)pthread_mutex_lock(&patience->lock);
    exhausted = look(patience, now) >= bound;
    if (exhausted) {
        patience->ended = true;
        (void)pthread_kill(thread, WAKE);
    }
    (void)pthread_mutex_unlock(&patience->lock);
    return exhausted;
}
