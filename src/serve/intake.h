/* intake: the listener in the epoll set in which workers wait, and out of it for a while when no
 * descriptor can be had: until then it would wake one worker after the other, for nothing.
 * Thread-safe. */
#ifndef HOOKROLL_SERVE_INTAKE_H
#define HOOKROLL_SERVE_INTAKE_H

#include "base/rc.h"
#include "serve/listener.h"

#include <pthread.h>
#include <stdbool.h>

enum intake_state {
    INTAKE_OPEN,
    INTAKE_PAUSED, /* the listener is out of the set */
    INTAKE_TRIED,  /* it is there again, and was starved not long ago */
    INTAKE_ENDED
};

struct intake {
    const struct listener *listener; /* borrowed until intake_free */
    int epoll;                       /* the caller's */
    void *about;                     /* data.ptr of the listener's events */
    int timer;                       /* timerfd: when to see to it again */
    pthread_mutex_t lock;
    enum intake_state state; /* guarded by lock */
};

/* intake_open: events about newcomers have data.ptr `about`, those which are intake_resume's the
 * struct intake itself. RC_SYSTEM with errno; to be freed in any case. */
RC_CHECK enum rc intake_open(struct intake *intake, int epoll, const struct listener *listener,
                             void *about);
void intake_free(struct intake *intake);

/* intake_accept: a newcomer, as listener_accept; the pause begins where none can be had. */
int intake_accept(struct intake *intake, bool *again);

/* intake_resume: at its event. */
void intake_resume(struct intake *intake);

/* intake_end: no event is about newcomers any more; they can be accepted still. */
void intake_end(struct intake *intake);

#endif
