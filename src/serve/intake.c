/* intake: when newcomers are told of; who they are is the pool's. An event cannot be changed in
 * an exclusive wait, so the listener leaves the set and joins it anew. */
#include "serve/intake.h"

#include "base/fiber.h"
#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
    PAUSE = 50, /* ms without newcomers */
    CALM = 1000 /* ms without another pause, after which the next one is told of */
};

/* Of several processes on one listener, a connection wakes one. */
static bool join(const struct intake *intake)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = intake->about};

    return epoll_ctl(intake->epoll, EPOLL_CTL_ADD, intake->listener->fd, &event) == 0;
}

static void leave(const struct intake *intake)
{
    (void)epoll_ctl(intake->epoll, EPOLL_CTL_DEL, intake->listener->fd, NULL);
}

/* The next event of the timer, one for all who wait; cannot fail. */
static void wake_in(const struct intake *intake, int ms)
{
    const struct itimerspec when = {
        .it_value = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}};

    (void)timerfd_settime(intake->timer, 0, &when, NULL);
}

enum rc intake_open(struct intake *intake, int epoll, const struct listener *listener, void *about)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = intake};

    *intake =
        (struct intake){.listener = listener, .epoll = epoll, .about = about, .state = INTAKE_OPEN};
    (void)pthread_mutex_init(&intake->lock, NULL);
    intake->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (intake->timer >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, intake->timer, &event) == 0 &&
        join(intake))
        return RC_OK;
    return RC_SYSTEM;
}

void intake_free(struct intake *intake)
{
    if (intake->timer >= 0)
        (void)close(intake->timer);
    (void)pthread_mutex_destroy(&intake->lock);
}

static void pause_newcomers(struct intake *intake, int err)
{
    (void)pthread_mutex_lock(&intake->lock);
    /* Workers that were told before the pause come here in it. */
    if (intake->state == INTAKE_OPEN || intake->state == INTAKE_TRIED) {
        if (intake->state == INTAKE_OPEN)
            log_warn("connections cannot be accepted now: %s", strerror(err));
        leave(intake);
        intake->state = INTAKE_PAUSED;
        wake_in(intake, PAUSE);
    }
    (void)pthread_mutex_unlock(&intake->lock);
}

FIBER_NOINLINE int intake_accept(struct intake *intake, bool *again)
{
    enum listener_none why;
    int fd = listener_accept(intake->listener, &why);

    if (fd < 0 && why == LISTENER_STARVED)
        pause_newcomers(intake, errno);
    *again = fd < 0 && why == LISTENER_AGAIN;
    return fd;
}

void intake_resume(struct intake *intake)
{
    (void)pthread_mutex_lock(&intake->lock);
    if (intake->state == INTAKE_PAUSED) {
        const bool joined = join(intake);

        intake->state = joined ? INTAKE_TRIED : INTAKE_PAUSED;
        wake_in(intake, joined ? CALM : PAUSE);
    } else if (intake->state == INTAKE_TRIED) {
        intake->state = INTAKE_OPEN;
        log_info("connections are accepted again");
    }
    (void)pthread_mutex_unlock(&intake->lock);
}

void intake_end(struct intake *intake)
{
    (void)pthread_mutex_lock(&intake->lock);
    leave(intake);
    intake->state = INTAKE_ENDED;
    (void)pthread_mutex_unlock(&intake->lock);
}
