/* intake: newcomers are told of, not while no descriptor can be had, and again when one can. */
#include "serve/intake.h"
#include "suites.h"
#include "support/fcgi_client.h"
#include "support/log_capture.h"
#include "support/temp_dir.h"

#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PATIENCE = 20000, /* ms */
    ROUNDS = 3
};

static struct temp_dir temp;
static char path[TEMP_PATH_SIZE];
static struct listener listener;
static struct intake intake;
static int epoll;
static int client;
static char newcomers; /* what their events are about */
static struct rlimit limit;

static void setup(void)
{
    char address[TEMP_PATH_SIZE + 8];

    log_capture_begin();
    temp_dir_make(&temp);
    (void)snprintf(address, sizeof address, "unix:%s", temp_dir_path(&temp, "s", path));
    ck_assert_int_eq(listener_open(address, 0600, &listener), RC_OK);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    ck_assert_int_eq(intake_open(&intake, epoll, &listener, &newcomers), RC_OK);
    client = -1;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void free_descriptors(void)
{
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void teardown(void)
{
    free_descriptors();
    if (client >= 0)
        (void)close(client);
    intake_free(&intake);
    (void)close(epoll);
    listener_close(&listener);
    temp_dir_remove(&temp);
    log_capture_end();
}

static void take_descriptors(void)
{
    struct rlimit few = limit;
    int lowest = dup(epoll);

    ck_assert_int_ge(lowest, 0);
    (void)close(lowest);
    few.rlim_cur = (rlim_t)lowest;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
}

/* What the next event within `ms` is about; NULL for none. */
static void *next_event(int ms)
{
    struct epoll_event event;

    return epoll_wait(epoll, &event, 1, ms) == 1 ? event.data.ptr : NULL;
}

/* A newcomer for whom there is no descriptor, found so by `ROUNDS` who were told of it. */
static void starve(void)
{
    client = fcgi_client_connect(path);
    take_descriptors();
    ck_assert_ptr_eq(next_event(0), &newcomers);
    for (int i = 0; i < ROUNDS; i++) {
        bool again;

        ck_assert_int_lt(intake_accept(&intake, &again), 0);
        ck_assert(!again);
    }
}

static void accept_newcomer(void)
{
    bool again;
    int fd;

    ck_assert_ptr_eq(next_event(PATIENCE), &newcomers);
    fd = intake_accept(&intake, &again);
    ck_assert_int_ge(fd, 0);
    (void)close(fd);
    (void)close(client);
    client = -1;
}

static void resume(void)
{
    ck_assert_ptr_eq(next_event(PATIENCE), &intake);
    ck_assert_ptr_null(next_event(0));
    intake_resume(&intake);
}

START_TEST(newcomers_are_told_of_and_accepted)
{
    ck_assert_ptr_null(next_event(0));
    client = fcgi_client_connect(path);
    accept_newcomer();
    ck_assert_ptr_null(next_event(0));
}
END_TEST

START_TEST(nobody_is_told_while_no_descriptor_can_be_had)
{
    bool again;

    starve();
    for (int i = 0; i < ROUNDS; i++) {
        ck_assert_ptr_null(next_event(0));
        resume();
        ck_assert_ptr_eq(next_event(0), &newcomers);
        ck_assert_int_lt(intake_accept(&intake, &again), 0);
    }
    ck_assert(log_capture_has("cannot be accepted"));
    ck_assert_uint_eq(log_capture_count(), 1);
    resume();
    free_descriptors();
    accept_newcomer();
}
END_TEST

START_TEST(it_is_told_of_again_once_newcomers_were_accepted_for_a_while)
{
    starve();
    free_descriptors();
    resume();
    accept_newcomer();
    ck_assert(!log_capture_has("accepted again"));
    resume();
    ck_assert(log_capture_has("accepted again"));
    ck_assert_uint_eq(log_capture_count(), 2);
    starve();
    ck_assert_uint_eq(log_capture_count(), 3);
}
END_TEST

START_TEST(behind_its_end_nobody_is_told_and_who_came_can_be_accepted)
{
    bool again;
    int fd;

    if (_i == 0)
        client = fcgi_client_connect(path);
    else
        starve();
    intake_end(&intake);
    if (_i == 1)
        resume();
    ck_assert_ptr_null(next_event(0));
    free_descriptors();
    fd = intake_accept(&intake, &again);
    ck_assert_int_ge(fd, 0);
    (void)close(fd);
}
END_TEST

Suite *intake_suite(void)
{
    Suite *suite = suite_create("intake");
    TCase *tc = tcase_create("intake");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, newcomers_are_told_of_and_accepted);
    tcase_add_test(tc, nobody_is_told_while_no_descriptor_can_be_had);
    tcase_add_test(tc, it_is_told_of_again_once_newcomers_were_accepted_for_a_while);
    tcase_add_loop_test(tc, behind_its_end_nobody_is_told_and_who_came_can_be_accepted, 0, 2);
    suite_add_tcase(suite, tc);
    return suite;
}
