/* pool: who waits for what, and what happens to connections; what is said on
 * them is fcgi's and the api's. */
#include "serve/pool.h"

#include "api/router.h"
#include "base/arena.h"
#include "base/blocking.h"
#include "base/log.h"
#include "base/moment.h"
#include "base/process.h"
#include "serve/fcgi.h"
#include "serve/slots.h"
#include "serve/watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ARENA_MAX = 4 * 1024 * 1024, /* what one request may take beside copies of its body */
    FIRST_WORKERS = 2,    /* threads before there is anything to do; as many may always run */
    NEWCOMERS = 64,       /* connections that are put in line at a time */
    LAST_ACCEPTED = 1024, /* connections that one thread takes though it is to stop */
    LAST_WAIT = 100,      /* ms in which a connection may still be used, at the end */
    EVENTS = 64
};

struct worker {
    struct pool *pool;
    pthread_t thread;
    struct fcgi *fcgi;
    struct arena arena;
    struct slots_thread slot;
    bool last; /* stopping: each connection is closed after its next answer */
};

enum state {
    SERVING,
    PAUSING, /* threads rest once their request is done, until it is known what follows */
    STOPPING,
    LEAVING /* threads end, and connections stay as they are */
};

struct pool {
    struct pool_options options;
    int epoll;
    int stop;                /* eventfd: readable while threads are not to serve */
    _Atomic size_t max_body; /* bytes */
    struct kept kept;
    pthread_mutex_t lock;   /* guards what is below */
    pthread_cond_t changed; /* state or resting */
    enum state state;
    size_t resting;         /* threads */
    bool starved;           /* no thread could be made: not tried again before the next look */
    bool told;              /* and that was logged */
    _Atomic size_t started; /* threads; changed under the lock, while SERVING only */
    _Atomic size_t waiting; /* threads that would take the next event at once */
    struct slots slots;
    struct watchdog watchdog;
    bool watched; /* the watchdog runs */
    struct worker workers[];
};

/* What an event is about, where it is not a kept connection. */
static char about_listener;
static char about_stop;

static void answer(const struct request *request, struct response *response,
                   struct outcome *outcome, void *arg)
{
    struct worker *worker = arg;

    router_answer(worker->pool->options.service, request, response, &worker->arena, outcome);
    arena_reset(&worker->arena);
}

/* Serves one request of a connection, as fcgi_serve. */
static bool serve(void *arg, int fd)
{
    struct worker *worker = arg;
    size_t max_body = atomic_load(&worker->pool->max_body);

    fcgi_bound(worker->fcgi, max_body);
    worker->arena.ceiling = ARENA_MAX + 2 * max_body;
    return fcgi_serve(worker->fcgi, fd, worker->last, answer, worker);
}

static void serve_new(struct worker *worker, int fd)
{
    char first;
    ssize_t n;

    n = recv(fd, &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK))
        (void)close(fd);
    else if (n < 0 || serve(worker, fd))
        kept_add(&worker->pool->kept, fd);
}

/* False when nobody is waiting to be accepted. */
static bool accept_one(struct worker *worker)
{
    bool again;
    int fd = listener_accept(worker->pool->options.listener, &again);

    if (fd >= 0)
        serve_new(worker, fd);
    return fd >= 0 || again;
}

/* Whoever waits to be accepted joins the line of the connections that are kept. */
static void admit_all(struct pool *pool)
{
    bool again = true;

    for (int i = 0; again && i < NEWCOMERS; i++) {
        int fd = listener_accept(pool->options.listener, &again);

        if (fd >= 0) {
            kept_add(&pool->kept, fd);
            again = true;
        }
    }
}

/* Serves what open connections ask for, until nothing comes for `wait` ms. */
static void look(struct worker *worker, int wait)
{
    struct epoll_event events[EVENTS];
    bool more = true;

    while (more) {
        int n = epoll_wait(worker->pool->epoll, events, EVENTS, wait);

        more = n < 0 && errno == EINTR;
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr == &about_stop || events[i].data.ptr == &about_listener)
                continue;
            kept_use(&worker->pool->kept, events[i].data.ptr, serve, worker);
            more = true;
        }
    }
}

/* The last round: what has come is answered, nothing is waited for. */
static void finish(struct worker *worker)
{
    worker->last = true;
    for (int i = 0; i < LAST_ACCEPTED && accept_one(worker); i++) {
    }
    look(worker, 0);
}

/* With all threads gone: a web server that has just found a connection open is about to send
 * on it. Those that are in use are closed after an answer so, and others are left. */
static void finish_connections(struct pool *pool)
{
    if (pool->started == 0 || kept_is_empty(&pool->kept))
        return;
    (void)epoll_ctl(pool->epoll, EPOLL_CTL_DEL, pool->stop, NULL);
    look(&pool->workers[0], LAST_WAIT);
}

/* Waits out a pause. */
static enum state rest(struct pool *pool)
{
    enum state state;

    (void)pthread_mutex_lock(&pool->lock);
    pool->resting++;
    (void)pthread_cond_broadcast(&pool->changed);
    while (pool->state == PAUSING)
        (void)pthread_cond_wait(&pool->changed, &pool->lock);
    pool->resting--;
    state = pool->state;
    (void)pthread_mutex_unlock(&pool->lock);
    return state;
}

static void *work(void *arg);

/* With the lock held, and a slot claimed. 0, or an error of the system's. */
static int start_worker(struct pool *pool)
{
    struct worker *worker = &pool->workers[pool->started];
    int err;

    worker->pool = pool;
    worker->fcgi = fcgi_new();
    if (worker->fcgi == NULL)
        return ENOMEM;
    arena_init(&worker->arena, ARENA_MAX);
    slots_thread_init(&worker->slot, &pool->slots);
    err = pthread_create(&worker->thread, NULL, work, worker);
    if (err == 0) {
        pool->started++;
        return 0;
    }
    slots_thread_free(&worker->slot);
    fcgi_free(worker->fcgi);
    worker->fcgi = NULL;
    return err;
}

/* With the lock held. */
static void tell_starved(struct pool *pool, int err)
{
    pool->starved = true;
    if (!pool->told)
        log_warn("there are %zu workers, and no more can be had now: %s", (size_t)pool->started,
                 strerror(err));
    pool->told = true;
}

/* One thread more that runs, if there may be. */
static void grow(struct pool *pool)
{
    (void)pthread_mutex_lock(&pool->lock);
    if (pool->state == SERVING && pool->started < pool->options.workers && !pool->starved &&
        slots_claim(&pool->slots)) {
        int err = start_worker(pool);

        if (err == 0) {
            pool->told = false;
        } else {
            slots_release(&pool->slots);
            tell_starved(pool, err);
        }
    }
    (void)pthread_mutex_unlock(&pool->lock);
}

/* Where nobody waits for the next event, somebody is to, if a slot is free; and the watchdog
 * looks out for threads that hold one and wait. */
static void relay(struct pool *pool)
{
    if (atomic_load(&pool->waiting) > 0)
        return;
    if (slots_pass(&pool->slots) == SLOTS_UNUSED)
        grow(pool);
    watchdog_arm(&pool->watchdog);
}

static void lend_slot(void *arg)
{
    struct worker *worker = arg;

    if (slots_lend(&worker->slot))
        relay(worker->pool);
}

static void take_slot_back(void *arg)
{
    struct worker *worker = arg;

    slots_take_back(&worker->slot);
}

/* The watchdog's look: a request that lasts waits for its client, or for the disk. */
static bool look_out(void *arg)
{
    struct pool *pool = arg;
    size_t started = atomic_load(&pool->started);

    for (size_t i = 0; i < started; i++)
        (void)slots_relieve(&pool->workers[i].slot);
    (void)pthread_mutex_lock(&pool->lock);
    pool->starved = false;
    (void)pthread_mutex_unlock(&pool->lock);
    /* Whatever it is that nobody waits for events: it lasts no longer than until now. */
    relay(pool);
    return atomic_load(&pool->waiting) == 0;
}

/* The next event. *alone: no other thread waited. */
static void *await_event(struct pool *pool, bool *alone)
{
    struct epoll_event event;
    int n;

    (void)atomic_fetch_add(&pool->waiting, 1);
    do {
        n = epoll_wait(pool->epoll, &event, 1, -1);
    } while (n == 0 || (n < 0 && errno == EINTR));
    *alone = atomic_fetch_sub(&pool->waiting, 1) == 1;
    if (*alone)
        relay(pool);
    if (n < 0) {
        /* Of its causes none can be but by a fault of ours. */
        log_error("epoll: %s", strerror(errno));
        abort();
    }
    return event.data.ptr;
}

/* Where no other thread waited, connections that are kept come ready faster than the listener
 * comes to its turn. Whoever waits to be accepted then joins their line. */
static void handle(struct worker *worker, void *about, bool alone)
{
    struct pool *pool = worker->pool;

    slots_begin(&worker->slot);
    if (about != &about_listener)
        kept_use(&pool->kept, about, serve, worker);
    else if (alone && !kept_is_empty(&pool->kept))
        admit_all(pool);
    else
        (void)accept_one(worker);
    slots_end(&worker->slot);
    slots_stay(&worker->slot);
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    const struct blocking_hooks hooks = {lend_slot, take_slot_back, worker};
    enum state state = SERVING;

    blocking_watch(&hooks);
    while (state == SERVING) {
        bool alone;
        void *about = await_event(worker->pool, &alone);

        if (about == &about_stop)
            state = rest(worker->pool);
        else
            handle(worker, about, alone);
    }
    if (state != LEAVING)
        finish(worker);
    blocking_watch(NULL);
    return NULL;
}

static bool watch(struct pool *pool, int fd, uint32_t events, void *about)
{
    struct epoll_event event = {.events = events, .data.ptr = about};

    return epoll_ctl(pool->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* True once the first threads run; others follow when all are busy. False with errno. */
static bool start_workers(struct pool *pool)
{
    int err = 0;

    /* The first may send for another before this is done. */
    (void)pthread_mutex_lock(&pool->lock);
    while (err == 0 && pool->started < FIRST_WORKERS && pool->started < pool->options.workers &&
           slots_claim(&pool->slots))
        err = start_worker(pool);
    (void)pthread_mutex_unlock(&pool->lock);
    errno = err;
    return err == 0;
}

static bool start_watchdog(struct pool *pool)
{
    pool->watched = watchdog_start(&pool->watchdog, look_out, pool) == RC_OK;
    return pool->watched;
}

enum rc pool_start(const struct pool_options *options, struct pool **out)
{
    struct pool *pool = calloc(1, sizeof *pool + options->workers * sizeof pool->workers[0]);
    size_t slots = process_processors();

    if (pool == NULL)
        return RC_NO_MEMORY;
    pool->options = *options;
    atomic_init(&pool->max_body, options->max_body);
    atomic_init(&pool->started, 0);
    atomic_init(&pool->waiting, 0);
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_cond_init(&pool->changed, NULL);
    slots_init(&pool->slots, slots < FIRST_WORKERS ? FIRST_WORKERS : slots);
    pool->epoll = epoll_create1(EPOLL_CLOEXEC);
    kept_init(&pool->kept, pool->epoll);
    pool->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    /* Of several processes on one listener, a connection wakes one. */
    if (pool->epoll < 0 || pool->stop < 0 || !watch(pool, pool->stop, EPOLLIN, &about_stop) ||
        !watch(pool, options->listener->fd, EPOLLIN | EPOLLEXCLUSIVE, &about_listener) ||
        !start_watchdog(pool) || !start_workers(pool)) {
        log_error("workers cannot be started: %s", strerror(errno));
        pool_stop(pool);
        return RC_SYSTEM;
    }
    *out = pool;
    return RC_OK;
}

void pool_set_max_body(struct pool *pool, size_t max_body)
{
    atomic_store(&pool->max_body, max_body);
}

void pool_adopt(struct pool *pool, int fd)
{
    kept_add(&pool->kept, fd);
}

/* Tells every thread, which looks between two requests. */
static void enter(struct pool *pool, enum state state)
{
    const uint64_t one = 1;

    (void)pthread_mutex_lock(&pool->lock);
    pool->state = state;
    (void)pthread_cond_broadcast(&pool->changed);
    (void)pthread_mutex_unlock(&pool->lock);
    slots_close(&pool->slots);
    /* Who connects later must wake another process that shares the socket, and this one is
     * where the kernel would look first. */
    if (state == STOPPING && pool->epoll >= 0)
        (void)epoll_ctl(pool->epoll, EPOLL_CTL_DEL, pool->options.listener->fd, NULL);
    /* Cannot block: the counter is never near its end. */
    if (pool->stop >= 0 && write(pool->stop, &one, sizeof one) < 0)
        log_error("workers cannot be told to stop: %s", strerror(errno));
}

/* Waits until all threads rest, but not for long. */
static bool await_rest(struct pool *pool, int patience)
{
    const int64_t end = moment_now() + patience;
    const struct timespec until = {.tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000};
    bool all;
    int late = 0;

    (void)pthread_mutex_lock(&pool->lock);
    while (pool->resting < pool->started && late == 0)
        late = pthread_cond_timedwait(&pool->changed, &pool->lock, &until);
    all = pool->resting == pool->started;
    (void)pthread_mutex_unlock(&pool->lock);
    return all;
}

bool pool_pause(struct pool *pool, int patience)
{
    uint64_t count;

    enter(pool, PAUSING);
    if (await_rest(pool, patience))
        return true;
    (void)pthread_mutex_lock(&pool->lock);
    if (read(pool->stop, &count, sizeof count) < 0)
        log_error("workers cannot be told to go on: %s", strerror(errno));
    pool->state = SERVING;
    slots_open(&pool->slots);
    (void)pthread_cond_broadcast(&pool->changed);
    (void)pthread_mutex_unlock(&pool->lock);
    /* Who was relieved meanwhile had nobody to relay to. */
    relay(pool);
    return false;
}

/* Releases all but the connections, which are `take`'s. */
static void end(struct pool *pool, enum state state, kept_take_fn *take, void *arg)
{
    enter(pool, state);
    for (size_t i = 0; i < pool->started; i++)
        (void)pthread_join(pool->workers[i].thread, NULL);
    if (state == STOPPING)
        finish_connections(pool);
    if (pool->watched)
        watchdog_stop(&pool->watchdog);
    for (size_t i = 0; i < pool->started; i++) {
        slots_thread_free(&pool->workers[i].slot);
        fcgi_free(pool->workers[i].fcgi);
        arena_free(&pool->workers[i].arena);
    }
    kept_take(&pool->kept, take, arg);
    kept_free(&pool->kept);
    if (pool->epoll >= 0)
        (void)close(pool->epoll);
    if (pool->stop >= 0)
        (void)close(pool->stop);
    slots_free(&pool->slots);
    (void)pthread_cond_destroy(&pool->changed);
    (void)pthread_mutex_destroy(&pool->lock);
    free(pool);
}

static void close_kept(void *arg, int fd)
{
    (void)arg;
    (void)close(fd);
}

void pool_stop(struct pool *pool)
{
    end(pool, STOPPING, close_kept, NULL);
}

void pool_leave(struct pool *pool, kept_take_fn *take, void *arg)
{
    end(pool, LEAVING, take, arg);
}
