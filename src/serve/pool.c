/* pool: which events there are, and what happens to connections; who works on them is crew's,
 * what is said on them is fcgi's and the api's. */
#include "serve/pool.h"

#include "api/router.h"
#include "base/arena.h"
#include "base/fiber.h"
#include "base/log.h"
#include "base/moment.h"
#include "serve/crew.h"
#include "serve/fcgi.h"
#include "serve/gateway.h"
#include "serve/intake.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    NEWCOMERS = 64,       /* connections that are put in line at a time */
    SLOW = 50,            /* ms in which a peer that is not slow has sent its request, at first */
    SLOW_SHARE = 4,       /* of what a pause may take, at last */
    LAST_ACCEPTED = 1024, /* connections that one worker takes though it is to stop */
    LAST_WAIT = 100,      /* ms in which a connection may still be used, at the end */
    LAST_PATIENCE = 2,    /* s that a peer may then pause within a request */
    LAST_REQUESTS = 5     /* s in which peers may pause at all, once it is to stop */
};

/* What a worker works with. */
struct tools {
    struct pool *pool;
    struct crew_worker *worker; /* whose they are; NULL once all threads are gone */
    struct fcgi *fcgi;
    struct arena arena;
    struct outcome outcome; /* of the request that was answered last */
    bool last;              /* stopping: each connection is closed after its next answer */
};

struct pool {
    struct pool_options options;
    int epoll;
    int stop;                /* eventfd: readable while no request is to be begun */
    int call;                /* eventfd: one of those who wait is called away */
    _Atomic size_t max_body; /* bytes */
    int64_t deadline; /* moment_elapsed: of LAST_REQUESTS; written before the order to stop */
    struct kept kept;
    struct intake intake;
    struct crew *crew; /* NULL before the start */
};

/* What an event is about, where it is not a kept connection. */
static char about_listener;
static char about_stop;
static char about_call;

static void begin_peer(const struct tools *tools)
{
    if (tools->worker != NULL)
        crew_peer_begin(tools->worker);
}

static void end_peer(const struct tools *tools)
{
    if (tools->worker != NULL)
        crew_peer_end(tools->worker);
}

static void answer(const struct request *request, struct response *response,
                   struct outcome *outcome, void *arg)
{
    struct tools *tools = arg;

    end_peer(tools);
    router_answer(tools->pool->options.service, request, response, &tools->arena, outcome);
    tools->outcome = *outcome;
    arena_reset(&tools->arena);
    begin_peer(tools);
}

/* Those who have sent half of a request must not hold up a stop one after the other: in the end
 * there is what has come, and nothing behind it. */
static void hasten(const struct pool *pool, int fd)
{
    listener_bound(fd, LAST_PATIENCE);
    if (moment_elapsed() >= pool->deadline)
        (void)shutdown(fd, SHUT_RD);
}

/* Serves one request of a connection, as fcgi_serve. */
static bool serve(void *arg, int fd)
{
    struct tools *tools = arg;
    size_t max_body = atomic_load(&tools->pool->max_body);
    bool kept;

    if (tools->last)
        hasten(tools->pool, fd);
    fcgi_bound(tools->fcgi, max_body);
    tools->arena.ceiling = gateway_arena(max_body);
    begin_peer(tools);
    tools->outcome = (struct outcome){0};
    kept = fcgi_serve(tools->fcgi, fd, tools->last, answer, tools);
    end_peer(tools);
    router_afterwards(tools->pool->options.service, &tools->outcome);
    return kept;
}

enum {
    NOTHING_YET = -1, /* has come on the connection */
    ENDED = 0
};

FIBER_NOINLINE static ssize_t peek(int fd)
{
    char first;
    ssize_t n = recv(fd, &first, 1, MSG_PEEK | MSG_DONTWAIT);

    return n >= 0 ? n : errno == EAGAIN || errno == EWOULDBLOCK ? NOTHING_YET : ENDED;
}

static void serve_new(struct tools *tools, int fd)
{
    ssize_t come = peek(fd);

    if (come == ENDED)
        (void)close(fd);
    else if (come == NOTHING_YET || serve(tools, fd))
        kept_add(&tools->pool->kept, fd);
}

/* False when nobody is waiting to be accepted. */
static bool accept_one(struct tools *tools)
{
    bool again;
    int fd = intake_accept(&tools->pool->intake, &again);

    if (fd >= 0)
        serve_new(tools, fd);
    return fd >= 0 || again;
}

/* Whoever waits to be accepted joins the line of the connections that are kept. */
static void admit_all(struct pool *pool)
{
    bool again = true;

    for (int i = 0; again && i < NEWCOMERS; i++) {
        int fd = intake_accept(&pool->intake, &again);

        if (fd >= 0) {
            kept_add(&pool->kept, fd);
            again = true;
        }
    }
}

/* What the next event is about, as epoll_wait; goes on when interrupted. */
FIBER_NOINLINE static void *next_event(const struct pool *pool, int wait)
{
    struct epoll_event event;
    int n;

    do {
        n = epoll_wait(pool->epoll, &event, 1, wait);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        /* Of its causes none can be but by a fault of ours. */
        log_error("epoll: %s", strerror(errno));
        abort();
    }
    return n > 0 ? event.data.ptr : NULL;
}

static bool is_connection(const struct pool *pool, const void *about)
{
    return about != &about_stop && about != &about_call && about != &about_listener &&
           about != &pool->intake;
}

/* Serves what open connections ask for, until nothing comes for `wait` ms. One event at a time:
 * other workers look too, and one of them may have to wait for its peer. */
static void look(struct tools *tools, int wait)
{
    const struct pool *pool = tools->pool;
    int stops = 0;
    void *about;

    /* The event of the stop comes again after all others: seen twice, there is nothing else. */
    while (stops < 2 && (about = next_event(pool, wait)) != NULL) {
        if (about == &about_stop)
            stops++;
        if (!is_connection(pool, about))
            continue;
        stops = 0;
        kept_use(&tools->pool->kept, about, serve, tools);
    }
}

/* Whoever still waits to be accepted; how many there were. */
static int accept_rest(struct tools *tools)
{
    int n = 0;

    while (n < LAST_ACCEPTED && accept_one(tools))
        n++;
    return n;
}

/* The last round: what has come is answered, nothing is waited for. */
static void finish(struct tools *tools)
{
    tools->last = true;
    (void)accept_rest(tools);
    look(tools, 0);
}

/* What the next event is about; NULL when the crew is to be asked what follows. *alone: no other
 * thread waited. */
static void *await_event(struct pool *pool, struct crew_worker *worker, bool *alone)
{
    void *about;

    if (!crew_wait(worker))
        return NULL;
    about = next_event(pool, -1);
    *alone = crew_waited(worker);
    return about != &about_stop && about != &about_call ? about : NULL;
}

/* Where no other thread waited, connections that are kept come ready faster than the listener
 * comes to its turn. Whoever waits to be accepted then joins their line. */
static void handle(struct tools *tools, void *about, bool alone)
{
    struct pool *pool = tools->pool;

    if (is_connection(pool, about))
        kept_use(&pool->kept, about, serve, tools);
    else if (about == &pool->intake)
        intake_resume(&pool->intake);
    else if (alone && !kept_is_empty(&pool->kept))
        admit_all(pool);
    else
        (void)accept_one(tools);
}

static void work(struct crew_worker *worker, void *arg)
{
    struct tools *tools = arg;
    enum crew_order order;

    tools->worker = worker;
    while ((order = crew_stay(worker)) == CREW_SERVE) {
        bool alone;
        void *about = await_event(tools->pool, worker, &alone);

        if (about == NULL)
            continue;
        crew_begin(worker);
        handle(tools, about, alone);
        crew_finished(worker);
    }
    if (order != CREW_STOP)
        return;
    crew_begin(worker);
    finish(tools);
    crew_finished(worker);
}

static void *make_tools(void *arg)
{
    struct tools *tools = calloc(1, sizeof *tools);

    if (tools == NULL)
        return NULL;
    tools->pool = arg;
    tools->fcgi = fcgi_new();
    if (tools->fcgi == NULL) {
        free(tools);
        return NULL;
    }
    arena_init(&tools->arena, gateway_arena(0));
    return tools;
}

static void free_tools(void *arg)
{
    struct tools *tools = arg;

    fcgi_free(tools->fcgi);
    arena_free(&tools->arena);
    free(tools);
}

/* Cannot block: the counter is never near its end. */
static void ring(int bell)
{
    const uint64_t one = 1;

    if (bell >= 0 && write(bell, &one, sizeof one) < 0)
        log_error("workers cannot be called: %s", strerror(errno));
}

static void call_one(void *arg)
{
    const struct pool *pool = arg;

    ring(pool->call);
}

static bool watch(struct pool *pool, int fd, uint32_t events, void *about)
{
    struct epoll_event event = {.events = events, .data.ptr = about};

    return fd >= 0 && epoll_ctl(pool->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static enum rc start_crew(struct pool *pool)
{
    const struct crew_options options = {.workers = pool->options.workers,
                                         .patience = pool->options.patience,
                                         .make = make_tools,
                                         .free = free_tools,
                                         .work = work,
                                         .call = call_one,
                                         .arg = pool};

    return crew_start(&options, &pool->crew);
}

enum rc pool_start(const struct pool_options *options, struct pool **out)
{
    struct pool *pool = calloc(1, sizeof *pool);
    enum rc opened;

    if (pool == NULL)
        return RC_NO_MEMORY;
    pool->options = *options;
    atomic_init(&pool->max_body, options->max_body);
    pool->epoll = epoll_create1(EPOLL_CLOEXEC);
    kept_init(&pool->kept, pool->epoll);
    pool->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pool->call = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    opened = intake_open(&pool->intake, pool->epoll, options->listener, &about_listener);
    /* A call is for one of those who wait, a stop for all. */
    if (opened != RC_OK || !watch(pool, pool->stop, EPOLLIN, &about_stop) ||
        !watch(pool, pool->call, EPOLLIN | EPOLLET, &about_call) || start_crew(pool) != RC_OK) {
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

static void tell(struct pool *pool, enum crew_order order)
{
    if (pool->crew != NULL)
        crew_tell(pool->crew, order);
    ring(pool->stop);
}

/* Whether no peer takes so long (ms); all are served meanwhile. */
static bool are_swift(const struct pool *pool, int slow)
{
    /* What is seen to last counts from the first look. */
    (void)crew_peers_last(pool->crew, slow);
    (void)poll(NULL, 0, slow);
    return !crew_peers_last(pool->crew, slow);
}

/* Gives up as soon as it waits for a slow peer: others would wait too. */
static bool pause_once(struct pool *pool, int slow, int64_t until)
{
    uint64_t count;

    tell(pool, CREW_PAUSE);
    do {
        if (crew_await_rest(pool->crew, SLOW))
            return true;
    } while (!crew_peers_last(pool->crew, slow) && moment_elapsed() < until);
    if (read(pool->stop, &count, sizeof count) < 0)
        log_error("workers cannot be told to go on: %s", strerror(errno));
    crew_tell(pool->crew, CREW_SERVE);
    return false;
}

bool pool_pause(struct pool *pool, int patience)
{
    const int64_t until = moment_elapsed() + patience * INT64_C(1000000);
    int slow = SLOW;

    do {
        if (are_swift(pool, slow) && pause_once(pool, slow, until))
            return true;
        /* Where somebody always is a little slow, others have to wait for a moment. */
        if (slow * 2 <= patience / SLOW_SHARE)
            slow *= 2;
    } while (moment_elapsed() < until);
    return false;
}

/* With all threads gone: a web server that has just found a connection open is about to send
 * on it. Those that are in use are closed after an answer so, and others are left. Whoever has
 * reached a socket of our own meanwhile would be lost with it: no newcomer reaches it any more, so
 * these are soon all. */
static void finish_connections(struct pool *pool)
{
    const bool own = !pool->options.listener->inherited;
    struct tools *tools;

    if (!own && kept_is_empty(&pool->kept))
        return;
    tools = make_tools(pool);
    if (tools == NULL)
        return;
    tools->last = true;
    (void)epoll_ctl(pool->epoll, EPOLL_CTL_DEL, pool->stop, NULL);
    (void)epoll_ctl(pool->epoll, EPOLL_CTL_DEL, pool->call, NULL);
    do {
        if (!kept_is_empty(&pool->kept))
            look(tools, LAST_WAIT);
    } while (own && accept_rest(tools) > 0 && moment_elapsed() < pool->deadline);
    free_tools(tools);
}

static void close_fd(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

/* Releases all but the connections, which are `take`'s. */
static void release(struct pool *pool, kept_take_fn *take, void *arg)
{
    crew_free(pool->crew);
    kept_take(&pool->kept, take, arg);
    kept_free(&pool->kept);
    intake_free(&pool->intake);
    close_fd(pool->epoll);
    close_fd(pool->stop);
    close_fd(pool->call);
    free(pool);
}

static void close_kept(void *arg, int fd)
{
    (void)arg;
    (void)close(fd);
}

void pool_stop(struct pool *pool)
{
    /* Who connects later must wake another process that shares the socket, and this one is
     * where the kernel would look first. */
    intake_end(&pool->intake);
    pool->deadline = moment_elapsed() + LAST_REQUESTS * INT64_C(1000000000);
    listener_retire(pool->options.listener);
    if (pool->crew != NULL)
        crew_hasten(pool->crew, pool->deadline);
    tell(pool, CREW_STOP);
    if (pool->crew != NULL) {
        crew_join(pool->crew);
        finish_connections(pool);
    }
    release(pool, close_kept, NULL);
}

void pool_leave(struct pool *pool, kept_take_fn *take, void *arg)
{
    tell(pool, CREW_LEAVE);
    crew_join(pool->crew);
    release(pool, take, arg);
}
