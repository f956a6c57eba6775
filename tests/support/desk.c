/* desk: errands under one lock. */
#include "support/desk.h"

#include "serve/watchdog.h"

#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    PATIENCE = 20000 /* ms */
};

struct desk desk;
struct crew *desk_crew;
static _Atomic size_t tools_made;
_Atomic size_t desk_tools_max;

static void change(void)
{
    (void)pthread_cond_broadcast(&desk.changed);
    (void)pthread_mutex_unlock(&desk.lock);
}

static void *make_tools(void *arg)
{
    ck_assert_ptr_eq(arg, &desk);
    if (tools_made == desk_tools_max)
        return NULL;
    tools_made++;
    return malloc(1);
}

static void free_tools(void *tools)
{
    tools_made--;
    free(tools);
}

static void call_one(void *arg)
{
    ck_assert_ptr_eq(arg, &desk);
    (void)pthread_mutex_lock(&desk.lock);
    desk.calls++;
    change();
}

static struct errand *await_errand(struct crew_worker *worker)
{
    struct errand *errand = NULL;

    if (!crew_wait(worker))
        return NULL;
    (void)pthread_mutex_lock(&desk.lock);
    while (desk.first == NULL && desk.calls == 0 && !desk.stopped)
        (void)pthread_cond_wait(&desk.changed, &desk.lock);
    if (desk.calls > 0) {
        desk.calls--;
    } else if (!desk.stopped) {
        errand = desk.first;
        desk.first = errand->next;
        if (desk.first == NULL)
            desk.end = &desk.first;
    }
    (void)pthread_mutex_unlock(&desk.lock);
    (void)crew_waited(worker);
    return errand;
}

static void await_turn(struct errand *errand)
{
    ck_assert_int_eq(blocking_turn_init(&errand->turn), 0);
    (void)pthread_mutex_lock(&desk.lock);
    errand->next = desk.awaiting;
    desk.awaiting = errand;
    desk.away++;
    change();
    blocking_turn_await(&errand->turn);
    blocking_turn_free(&errand->turn);
}

/* Until it may go on. */
static void block(bool silent)
{
    if (!silent)
        blocking_begin();
    (void)pthread_mutex_lock(&desk.lock);
    desk.blocked++;
    (void)pthread_cond_broadcast(&desk.changed);
    while (!desk.lets_go)
        (void)pthread_cond_wait(&desk.changed, &desk.lock);
    (void)pthread_mutex_unlock(&desk.lock);
    if (!silent)
        blocking_end();
}

/* By this thread, in ns. An assertion would wait for those of other threads. */
static int64_t computed(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void compute(void)
{
    const int64_t enough = INT64_C(8) * WATCHDOG_PERIOD * 1000000;
    int64_t before = computed();

    while (computed() < before + enough) {
    }
}

static void await_peer(struct crew_worker *worker, struct errand *errand)
{
    char byte;

    crew_peer_begin(worker);
    if (read(errand->peer, &byte, 1) < 0)
        errand->err = errno;
    crew_peer_end(worker);
}

static void serve(struct crew_worker *worker, struct errand *errand)
{
    errand->served_by = pthread_self();
    if (errand->computes)
        compute();
    if (errand->peer > 0)
        await_peer(worker, errand);
    for (;;) {
        if (errand->blocks)
            block(errand->silent);
        if (errand->turns == 0)
            break;
        await_turn(errand);
        errand->turns--;
    }
    (void)pthread_mutex_lock(&desk.lock);
    desk.done++;
    change();
}

static void work(struct crew_worker *worker, void *tools)
{
    ck_assert_ptr_nonnull(tools);
    do {
        struct errand *errand = await_errand(worker);

        if (errand != NULL) {
            crew_begin(worker);
            serve(worker, errand);
            crew_finished(worker);
        }
    } while (crew_stay(worker) == CREW_SERVE);
}

enum rc desk_start(size_t workers)
{
    const struct crew_options options = {.workers = workers,
                                         .patience = PATIENCE,
                                         .make = make_tools,
                                         .free = free_tools,
                                         .work = work,
                                         .call = call_one,
                                         .arg = &desk};

    return crew_start(&options, &desk_crew);
}

void desk_stop_waiting(bool stopped)
{
    (void)pthread_mutex_lock(&desk.lock);
    desk.stopped = stopped;
    change();
}

void desk_open(void)
{
    ck_assert_int_eq(pthread_mutex_init(&desk.lock, NULL), 0);
    ck_assert_int_eq(pthread_cond_init(&desk.changed, NULL), 0);
    desk.first = desk.awaiting = NULL;
    desk.end = &desk.first;
    desk.away = desk.done = desk.calls = desk.blocked = desk.logs = 0;
    desk.lets_go = true;
    desk.stopped = false;
    tools_made = 0;
    desk_tools_max = SIZE_MAX;
    desk_crew = NULL;
}

void desk_end(enum crew_order order)
{
    if (desk_crew == NULL)
        return;
    crew_tell(desk_crew, order);
    desk_stop_waiting(true);
    crew_join(desk_crew);
    crew_free(desk_crew);
    desk_crew = NULL;
}

void desk_close(void)
{
    desk_end(CREW_STOP);
    ck_assert_uint_eq(tools_made, 0);
    ck_assert_int_eq(pthread_cond_destroy(&desk.changed), 0);
    ck_assert_int_eq(pthread_mutex_destroy(&desk.lock), 0);
}

static void put(struct errand *errand)
{
    errand->next = NULL;
    (void)pthread_mutex_lock(&desk.lock);
    *desk.end = errand;
    desk.end = &errand->next;
    change();
}

void desk_ask(struct errand *errand, size_t turns)
{
    *errand = (struct errand){.turns = turns};
    put(errand);
}

void desk_ask_blocking(struct errand *errand, size_t turns)
{
    *errand = (struct errand){.turns = turns, .blocks = true};
    put(errand);
}

void desk_ask_silent(struct errand *errand)
{
    *errand = (struct errand){.blocks = true, .silent = true};
    put(errand);
}

void desk_ask_computing(struct errand *errand)
{
    *errand = (struct errand){.computes = true};
    put(errand);
}

void desk_ask_peer(struct errand *errand, int peer)
{
    *errand = (struct errand){.peer = peer};
    put(errand);
}

void desk_await(const size_t *count, size_t least)
{
    (void)pthread_mutex_lock(&desk.lock);
    while (*count < least)
        (void)pthread_cond_wait(&desk.changed, &desk.lock);
    (void)pthread_mutex_unlock(&desk.lock);
}

/* Gives the one who came last its turn. */
void desk_give_turn(void)
{
    struct errand *errand;

    desk_await(&desk.away, 1);
    (void)pthread_mutex_lock(&desk.lock);
    errand = desk.awaiting;
    desk.awaiting = errand->next;
    desk.away--;
    (void)pthread_mutex_unlock(&desk.lock);
    blocking_turn_give(&errand->turn);
}

void desk_let_go(bool lets_go)
{
    (void)pthread_mutex_lock(&desk.lock);
    desk.lets_go = lets_go;
    change();
}
