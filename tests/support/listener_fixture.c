/* listener_fixture: clients and others' sockets as the system makes them. */
#include "support/listener_fixture.h"

#include "base/text.h"
#include "support/log_capture.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

void listener_fixture_make(struct listener_fixture *fixture)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    log_capture_begin();
    temp_dir_make(&fixture->temp);
    (void)snprintf(fixture->address, sizeof fixture->address, "unix:%s",
                   temp_dir_path(&fixture->temp, "s", fixture->path));
    fixture->saved_stdin = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    ck_assert_int_ge(null, 0);
    ck_assert_int_eq(dup2(null, STDIN_FILENO), STDIN_FILENO);
    (void)close(null);
    fixture->listener = (struct listener){.fd = -1};
}

void listener_fixture_remove(struct listener_fixture *fixture)
{
    listener_close(&fixture->listener);
    if (fixture->saved_stdin >= 0) {
        (void)dup2(fixture->saved_stdin, STDIN_FILENO);
        (void)close(fixture->saved_stdin);
    }
    temp_dir_remove(&fixture->temp);
    log_capture_end();
}

enum rc listener_fixture_open(struct listener_fixture *fixture, const char *where)
{
    return listener_open(where, 0600, &fixture->listener);
}

void listener_fixture_refuse(const char *where, enum rc rc)
{
    struct listener other;

    ck_assert_int_eq(listener_open(where, 0600, &other), rc);
    ck_assert_uint_gt(log_capture_count(), 0);
}

int listener_fixture_connect(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert(text_copy(text_of(path), name.sun_path, sizeof name.sun_path));
    if (connect(fd, (const struct sockaddr *)&name, sizeof name) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

int listener_fixture_bind(const char *path, int backlog)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert(text_copy(text_of(path), name.sun_path, sizeof name.sun_path));
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
    if (backlog >= 0)
        ck_assert_int_eq(listen(fd, backlog), 0);
    return fd;
}

bool listener_fixture_exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

/* Nobody to accept, and somebody who shares the socket has made it a blocking one. */
static void expect_no_block(const struct listener *listener)
{
    const int fd = listener->fd;
    int flags = fcntl(fd, F_GETFL);

    ck_assert_int_eq(fcntl(fd, F_SETFL, flags & ~O_NONBLOCK), 0);
    ck_assert_int_lt(accept(fd, NULL, NULL), 0);
    ck_assert(errno == EAGAIN || errno == EWOULDBLOCK);
    listener_unblock(listener);
    ck_assert_int_eq(fcntl(fd, F_GETFL), flags);
}

void listener_fixture_expect_ready(const struct listener_fixture *fixture)
{
    const int fd = fixture->listener.fd;

    ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    ck_assert_int_lt(accept(fd, NULL, NULL), 0);
    ck_assert(errno == EAGAIN || errno == EWOULDBLOCK);
    expect_no_block(&fixture->listener);
}
