/* kept: a connection wakes one who uses it, waits again or is gone, and is handed over open. */
#include "serve/kept.h"
#include "suites.h"
#include "support/log_capture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNECTIONS = 5
};

static struct kept kept;
static int ours[CONNECTIONS]; /* ends that are kept */
static int theirs[CONNECTIONS];
static int served; /* the last */
static bool stays;
static int taken[CONNECTIONS];
static int taken_count;

static void setup(void)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);

    ck_assert_int_ge(epoll, 0);
    kept_init(&kept, epoll);
    for (int i = 0; i < CONNECTIONS; i++) {
        int ends[2];

        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        ours[i] = ends[0];
        theirs[i] = ends[1];
    }
    served = -1;
    taken_count = 0;
}

static void take(void *arg, int fd)
{
    ck_assert_ptr_eq(arg, taken);
    ck_assert_int_lt(taken_count, CONNECTIONS);
    taken[taken_count++] = fd;
}

static void teardown(void)
{
    kept_take(&kept, take, taken);
    kept_free(&kept);
    (void)close(kept.epoll);
    for (int i = 0; i < CONNECTIONS; i++) {
        (void)close(ours[i]);
        (void)close(theirs[i]);
    }
}

static bool serve(void *arg, int fd)
{
    char byte;

    ck_assert_ptr_eq(arg, &served);
    ck_assert_int_eq(read(fd, &byte, 1), 1);
    served = fd;
    if (!stays)
        (void)close(fd);
    return stays;
}

/* The next event, which there must be, or not. */
static bool use_next(void)
{
    struct epoll_event event;
    int n = epoll_wait(kept.epoll, &event, 1, 0);

    if (n == 1)
        kept_use(&kept, event.data.ptr, serve, &served);
    return n == 1;
}

static void say(int i)
{
    ck_assert_int_eq(write(theirs[i], "x", 1), 1);
}

START_TEST(a_connection_is_used_when_something_comes_and_waits_again)
{
    for (int i = 0; i < CONNECTIONS; i++)
        kept_add(&kept, ours[i]);
    ck_assert(!use_next());
    stays = true;
    for (int i = 0; i < 2 * CONNECTIONS; i++) {
        say(i % CONNECTIONS);
        ck_assert(use_next());
        ck_assert_int_eq(served, ours[i % CONNECTIONS]);
        ck_assert(!use_next());
    }
}
END_TEST

START_TEST(one_that_is_closed_is_forgotten)
{
    for (int i = 0; i < CONNECTIONS; i++)
        kept_add(&kept, ours[i]);
    stays = false;
    for (int i = CONNECTIONS - 1; i >= 0; i--) {
        ck_assert(!kept_is_empty(&kept));
        say(i);
        ck_assert(use_next());
        ours[i] = -1;
    }
    ck_assert(kept_is_empty(&kept));
}
END_TEST

START_TEST(all_are_handed_over_open)
{
    for (int i = 0; i < CONNECTIONS; i++)
        kept_add(&kept, ours[i]);
    kept_take(&kept, take, taken);
    ck_assert(kept_is_empty(&kept));
    ck_assert_int_eq(taken_count, CONNECTIONS);
    for (int i = 0; i < CONNECTIONS; i++)
        ck_assert_int_ge(fcntl(taken[i], F_GETFD), 0);
}
END_TEST

START_TEST(what_cannot_be_waited_for_is_closed_and_that_is_told_once)
{
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC);

    ck_assert_int_ge(file, 0);
    (void)close(kept.epoll);
    kept.epoll = file;
    log_capture_begin();
    for (int i = 0; i < CONNECTIONS; i++) {
        kept_add(&kept, ours[i]);
        ck_assert(kept_is_empty(&kept));
        ck_assert_int_lt(fcntl(ours[i], F_GETFD), 0);
        ck_assert_int_eq(errno, EBADF);
        ours[i] = -1;
    }
    ck_assert(log_capture_has("cannot be kept"));
    ck_assert_uint_eq(log_capture_count(), 1);
    log_capture_end();
}
END_TEST

Suite *kept_suite(void)
{
    Suite *suite = suite_create("kept");
    TCase *tc = tcase_create("connections");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_connection_is_used_when_something_comes_and_waits_again);
    tcase_add_test(tc, one_that_is_closed_is_forgotten);
    tcase_add_test(tc, all_are_handed_over_open);
    tcase_add_test(tc, what_cannot_be_waited_for_is_closed_and_that_is_told_once);
    suite_add_tcase(suite, tc);
    return suite;
}
