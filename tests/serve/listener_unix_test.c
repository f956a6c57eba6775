/* listener, unix sockets: those it makes, replaces and leaves alone, and their files. */
#include "suites.h"
#include "support/helper.h"
#include "support/listener_fixture.h"
#include "support/log_capture.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    PATH_MAX_BYTES = sizeof(((struct sockaddr_un *)0)->sun_path) - 1,
    FULL_TRIES = 64,
    PATIENCE = 5 /* s after which a helper is taken for stuck */
};

static struct listener_fixture at;

static void setup(void)
{
    listener_fixture_make(&at);
}

static void teardown(void)
{
    listener_fixture_remove(&at);
}

START_TEST(a_unix_socket_is_made_and_removed)
{
    int client;

    ck_assert_int_eq(listener_fixture_open(&at, at.address), RC_OK);
    ck_assert(!at.listener.inherited);
    ck_assert_str_eq(at.listener.path, at.path);
    listener_fixture_expect_ready(&at);
    client = listener_fixture_connect(at.path);
    ck_assert_int_ge(client, 0);
    (void)close(client);
    listener_close(&at.listener);
    ck_assert_int_lt(at.listener.fd, 0);
    ck_assert(!listener_fixture_exists(at.path));
    listener_close(&at.listener);
}
END_TEST

START_TEST(anothers_socket_at_its_path_is_left_to_it)
{
    int other;
    int client;

    ck_assert_int_eq(listener_fixture_open(&at, at.address), RC_OK);
    ck_assert_int_eq(unlink(at.path), 0);
    other = listener_fixture_bind(at.path, 8);
    listener_close(&at.listener);
    client = listener_fixture_connect(at.path);
    ck_assert_int_ge(client, 0);
    (void)close(client);
    (void)close(other);
}
END_TEST

static const mode_t modes[] = {0600, 0660, 0666, 0777, 0400, 0};

START_TEST(a_unix_socket_has_the_mode_that_was_asked_for)
{
    mode_t before = umask(027);
    mode_t after;
    enum rc rc = listener_open(at.address, modes[_i], &at.listener);

    after = umask(before);
    ck_assert_int_eq(rc, RC_OK);
    ck_assert_uint_eq(temp_dir_mode(at.path), modes[_i]);
    ck_assert_uint_eq(after, 027);
}
END_TEST

START_TEST(a_socket_that_nobody_answers_on_is_replaced)
{
    int client;

    (void)close(listener_fixture_bind(at.path, _i == 0 ? -1 : 8));
    ck_assert(listener_fixture_exists(at.path));
    ck_assert_int_lt(listener_fixture_connect(at.path), 0);
    ck_assert_int_eq(listener_fixture_open(&at, at.address), RC_OK);
    client = listener_fixture_connect(at.path);
    ck_assert_int_ge(client, 0);
    (void)close(client);
}
END_TEST

START_TEST(a_living_servers_socket_is_left_to_it)
{
    int client;

    ck_assert_int_eq(listener_fixture_open(&at, at.address), RC_OK);
    listener_fixture_refuse(at.address, RC_EXISTS);
    ck_assert(log_capture_has(at.path));
    client = listener_fixture_connect(at.path);
    ck_assert_int_ge(client, 0);
    (void)close(client);
}
END_TEST

/* Another's start beside the test, which holds the directory. */
struct start {
    _Atomic pid_t thread;
    _Atomic bool ended;
    enum rc rc;
    struct listener listener;
};

static void *start_beside(void *arg)
{
    struct start *start = arg;

    start->thread = (pid_t)syscall(SYS_gettid);
    start->rc = listener_open(at.address, 0600, &start->listener);
    start->ended = true;
    return NULL;
}

/* Whether it pauses, as it does while another has the directory. */
static bool pauses(pid_t thread)
{
    char name[64];
    char line[128] = "";
    int fd;
    long call;

    (void)snprintf(name, sizeof name, "/proc/self/task/%d/syscall", (int)thread);
    fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    (void)!read(fd, line, sizeof line - 1);
    (void)close(fd);
    call = strtol(line, NULL, 10);
#ifdef SYS_poll
    if (line[0] != 'r' && call == SYS_poll)
        return true;
#endif
    return call == SYS_ppoll;
}

START_TEST(a_server_that_has_bound_and_will_listen_is_not_taken_for_dead)
{
    struct start start = {.listener = {.fd = -1}};
    int directory = open(at.temp.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    pthread_t thread;
    int server;

    ck_assert_int_eq(flock(directory, LOCK_EX), 0);
    server = listener_fixture_bind(at.path, -1);
    ck_assert_int_eq(pthread_create(&thread, NULL, start_beside, &start), 0);
    while (!start.ended && !(start.thread != 0 && pauses(start.thread)))
        (void)sched_yield();
    ck_assert_int_eq(listen(server, 8), 0);
    (void)close(directory);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(start.rc, RC_EXISTS);
    ck_assert(listener_fixture_exists(at.path));
    ck_assert(!log_capture_has("locked"));
    (void)close(server);
}
END_TEST

START_TEST(a_directory_that_somebody_keeps_locked_does_not_prevent_a_start)
{
    int directory = open(at.temp.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    ck_assert_int_eq(flock(directory, LOCK_EX), 0);
    ck_assert_int_eq(listener_fixture_open(&at, at.address), RC_OK);
    ck_assert(log_capture_has("locked"));
    (void)close(directory);
}
END_TEST

START_TEST(a_relative_path_is_one_of_the_working_directory)
{
    char before[PATH_MAX];

    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    ck_assert_int_eq(chdir(at.temp.path), 0);
    ck_assert_int_eq(listener_fixture_open(&at, "unix:s"), RC_OK);
    ck_assert(listener_fixture_exists(at.path));
    listener_close(&at.listener);
    ck_assert_int_eq(chdir(before), 0);
    ck_assert(!listener_fixture_exists(at.path));
    ck_assert_uint_eq(log_capture_count(), 0);
}
END_TEST

static bool refuse_in_helper(void *arg)
{
    struct listener other;

    (void)arg;
    (void)alarm(PATIENCE);
    return listener_open(at.address, 0600, &other) == RC_EXISTS;
}

START_TEST(a_busy_servers_socket_is_left_to_it_too)
{
    struct helper helper;
    int waiting[FULL_TRIES];
    int count = 0;
    int server = listener_fixture_bind(at.path, 0);

    while (count < FULL_TRIES && (waiting[count] = listener_fixture_connect(at.path)) >= 0)
        count++;
    ck_assert_int_lt(count, FULL_TRIES);
    helper_start(&helper, refuse_in_helper, NULL);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
    ck_assert(listener_fixture_exists(at.path));
    while (count > 0)
        (void)close(waiting[--count]);
    (void)close(server);
}
END_TEST

START_TEST(a_file_in_the_way_is_not_removed)
{
    char bytes[16];

    temp_dir_write(at.path, 0600, "mine", 4);
    ck_assert_int_ne(listener_fixture_open(&at, at.address), RC_OK);
    at.listener.fd = -1;
    ck_assert_uint_gt(log_capture_count(), 0);
    ck_assert_uint_eq(temp_dir_read(at.path, bytes, sizeof bytes), 4);
    ck_assert_mem_eq(bytes, "mine", 4);
}
END_TEST

START_TEST(a_link_or_directory_in_the_way_is_not_removed)
{
    char target[TEMP_PATH_SIZE];

    (void)temp_dir_path(&at.temp, "target", target);
    if (_i == 0)
        ck_assert_int_eq(symlink(target, at.path), 0);
    else
        ck_assert_int_eq(mkdir(at.path, 0700), 0);
    ck_assert_int_ne(listener_fixture_open(&at, at.address), RC_OK);
    at.listener.fd = -1;
    ck_assert(listener_fixture_exists(at.path));
    ck_assert(!listener_fixture_exists(target));
}
END_TEST

START_TEST(a_socket_cannot_be_made_where_there_is_no_directory)
{
    (void)snprintf(at.address, sizeof at.address, "unix:%s/no/s", at.temp.path);
    listener_fixture_refuse(at.address, RC_SYSTEM);
    ck_assert(log_capture_has(at.address));
}
END_TEST

START_TEST(a_path_of_107_bytes_is_the_longest)
{
    size_t len = strlen(at.temp.path) + 1;

    (void)snprintf(at.path, sizeof at.path, "%s/", at.temp.path);
    memset(at.path + len, 'p', sizeof at.path - len);
    at.path[PATH_MAX_BYTES] = '\0';
    (void)snprintf(at.address, sizeof at.address, "unix:%s", at.path);
    ck_assert_int_eq(listener_fixture_open(&at, at.address), RC_OK);
    ck_assert_str_eq(at.listener.path, at.path);
    listener_close(&at.listener);
    ck_assert(!listener_fixture_exists(at.path));
    ck_assert(listener_is_address(at.address));
    (void)snprintf(at.address, sizeof at.address, "unix:%sp", at.path);
    listener_fixture_refuse(at.address, RC_INVALID);
    ck_assert(!listener_is_address(at.address));
}
END_TEST

START_TEST(nobody_new_reaches_a_unix_socket_that_is_retired)
{
    int before;
    int taken;

    ck_assert_int_eq(listener_fixture_open(&at, at.address), RC_OK);
    before = listener_fixture_connect(at.path);
    listener_retire(&at.listener);
    ck_assert(!listener_fixture_exists(at.path));
    taken = accept(at.listener.fd, NULL, NULL);
    ck_assert_int_ge(taken, 0);
    (void)close(taken);
    (void)close(before);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *listener_unix_suite(void)
{
    Suite *suite = suite_create("listener_unix");
    TCase *tc = tcase_create("listener_unix");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, a_unix_socket_is_made_and_removed);
    tcase_add_test(tc, anothers_socket_at_its_path_is_left_to_it);
    tcase_add_loop_test(tc, a_unix_socket_has_the_mode_that_was_asked_for, 0, COUNT(modes));
    tcase_add_loop_test(tc, a_socket_that_nobody_answers_on_is_replaced, 0, 2);
    tcase_add_test(tc, a_living_servers_socket_is_left_to_it);
    tcase_add_test(tc, a_server_that_has_bound_and_will_listen_is_not_taken_for_dead);
    tcase_add_test(tc, a_directory_that_somebody_keeps_locked_does_not_prevent_a_start);
    tcase_add_test(tc, a_relative_path_is_one_of_the_working_directory);
    tcase_add_test(tc, a_busy_servers_socket_is_left_to_it_too);
    tcase_add_test(tc, a_file_in_the_way_is_not_removed);
    tcase_add_loop_test(tc, a_link_or_directory_in_the_way_is_not_removed, 0, 2);
    tcase_add_test(tc, a_socket_cannot_be_made_where_there_is_no_directory);
    tcase_add_test(tc, a_path_of_107_bytes_is_the_longest);
    tcase_add_test(tc, nobody_new_reaches_a_unix_socket_that_is_retired);
    suite_add_tcase(suite, tc);
    return suite;
}
