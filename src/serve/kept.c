/* kept: a list, and whose turn it is; what is said on connections is the caller's. */
#include "serve/kept.h"

#include "base/fiber.h"
#include "base/log.h"
#include "base/thread.h"

#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct kept_connection {
    int fd;
    sem_t turn; /* not a lock, since a worker may begin in one thread and end in another */
    struct kept_connection *next;
    struct kept_connection **link; /* what points here */
};

void kept_init(struct kept *kept, int epoll)
{
    kept->epoll = epoll;
    kept->first = NULL;
    atomic_init(&kept->told, false);
    (void)pthread_mutex_init(&kept->lock, NULL);
}

void kept_free(struct kept *kept)
{
    (void)pthread_mutex_destroy(&kept->lock);
}

/* Without memory, or where the system lets a user wait for no more (fs.epoll.max_user_watches). It
 * is told of once: the next ones have the same cause. */
FIBER_NOINLINE static void drop(struct kept *kept, int fd)
{
    const int err = errno;

    (void)close(fd);
    if (!atomic_exchange(&kept->told, true))
        log_warn("connections are closed that cannot be kept: %s", strerror(err));
}

/* Ends what the caller has the turn of. */
static void forget(struct kept *kept, struct kept_connection *connection)
{
    (void)pthread_mutex_lock(&kept->lock);
    *connection->link = connection->next;
    if (connection->next != NULL)
        connection->next->link = connection->link;
    (void)pthread_mutex_unlock(&kept->lock);
    (void)sem_destroy(&connection->turn);
    free(connection);
}

/* With its turn. */
static struct kept_connection *connection_new(struct kept *kept, int fd)
{
    struct kept_connection *connection = malloc(sizeof *connection);

    if (connection == NULL)
        return NULL;
    connection->fd = fd;
    (void)sem_init(&connection->turn, 0, 0);
    (void)pthread_mutex_lock(&kept->lock);
    connection->next = kept->first;
    connection->link = &kept->first;
    if (connection->next != NULL)
        connection->next->link = &connection->next;
    kept->first = connection;
    (void)pthread_mutex_unlock(&kept->lock);
    return connection;
}

/* Gives the turn up to whom the connection wakes next; closes it when that cannot be. */
static void await(struct kept *kept, struct kept_connection *connection, int operation)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT,
                                .data.ptr = connection};

    if (epoll_ctl(kept->epoll, operation, connection->fd, &event) == 0) {
        (void)sem_post(&connection->turn);
        return;
    }
    drop(kept, connection->fd);
    forget(kept, connection);
}

void kept_add(struct kept *kept, int fd)
{
    struct kept_connection *connection = connection_new(kept, fd);

    if (connection != NULL)
        await(kept, connection, EPOLL_CTL_ADD);
    else
        drop(kept, fd);
}

void kept_use(struct kept *kept, struct kept_connection *connection, kept_serve *serve, void *arg)
{
    thread_await(&connection->turn);
    if (serve(arg, connection->fd))
        await(kept, connection, EPOLL_CTL_MOD);
    else
        forget(kept, connection);
}

bool kept_is_empty(struct kept *kept)
{
    bool empty;

    (void)pthread_mutex_lock(&kept->lock);
    empty = kept->first == NULL;
    (void)pthread_mutex_unlock(&kept->lock);
    return empty;
}

void kept_take(struct kept *kept, kept_take_fn *take, void *arg)
{
    while (kept->first != NULL) {
        struct kept_connection *connection = kept->first;

        thread_await(&connection->turn);
        take(arg, connection->fd);
        forget(kept, connection);
    }
}
