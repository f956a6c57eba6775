/* listener: the sockets it makes, inherits, replaces and leaves alone, and addresses
 * that are none. */
#include "base/text.h"
#include "serve/listener.h"
#include "suites.h"
#include "support/helper.h"
#include "support/log_capture.h"
#include "support/temp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    PATH_MAX_BYTES = sizeof(((struct sockaddr_un *)0)->sun_path) - 1,
    FULL_TRIES = 64,
    PATIENCE = 5 /* s after which a helper is taken for stuck */
};

static struct temp_dir temp;
static char path[TEMP_PATH_SIZE];
static char address[TEMP_PATH_SIZE + 8];
static struct listener listener;
static int saved_stdin;

/* Descriptor 0 is no listening socket, whatever the tests were started with. */
static void setup(void)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    log_capture_begin();
    temp_dir_make(&temp);
    (void)snprintf(address, sizeof address, "unix:%s", temp_dir_path(&temp, "s", path));
    saved_stdin = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    ck_assert_int_ge(null, 0);
    ck_assert_int_eq(dup2(null, STDIN_FILENO), STDIN_FILENO);
    (void)close(null);
    listener = (struct listener){.fd = -1};
}

static void teardown(void)
{
    listener_close(&listener);
    if (saved_stdin >= 0) {
        (void)dup2(saved_stdin, STDIN_FILENO);
        (void)close(saved_stdin);
    }
    temp_dir_remove(&temp);
    log_capture_end();
}

static enum rc open_at(const char *where)
{
    return listener_open(where, 0600, &listener);
}

static void refuse_at(const char *where, enum rc rc)
{
    struct listener other;

    ck_assert_int_eq(listener_open(where, 0600, &other), rc);
    ck_assert_uint_gt(log_capture_count(), 0);
}

static int connect_unix(const char *to)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert(text_copy(text_of(to), name.sun_path, sizeof name.sun_path));
    if (connect(fd, (const struct sockaddr *)&name, sizeof name) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

/* A socket of somebody else's at `to`; it listens when `backlog` is not below 0. */
static int bind_unix(const char *to, int backlog)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert(text_copy(text_of(to), name.sun_path, sizeof name.sun_path));
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
    if (backlog >= 0)
        ck_assert_int_eq(listen(fd, backlog), 0);
    return fd;
}

static bool exists(const char *name)
{
    struct stat st;

    return lstat(name, &st) == 0;
}

/* Nobody to accept, and somebody who shares the socket has made it a blocking one. */
static void expect_no_block(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    ck_assert_int_eq(fcntl(fd, F_SETFL, flags & ~O_NONBLOCK), 0);
    ck_assert_int_lt(accept(fd, NULL, NULL), 0);
    ck_assert(errno == EAGAIN || errno == EWOULDBLOCK);
    listener_unblock(&listener);
    ck_assert_int_eq(fcntl(fd, F_GETFL), flags);
}

static void expect_ready(int fd)
{
    ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    ck_assert_int_lt(accept(fd, NULL, NULL), 0);
    ck_assert(errno == EAGAIN || errno == EWOULDBLOCK);
    expect_no_block(fd);
}

START_TEST(a_unix_socket_is_made_and_removed)
{
    int client;

    ck_assert_int_eq(open_at(address), RC_OK);
    ck_assert(!listener.inherited);
    ck_assert_str_eq(listener.path, path);
    expect_ready(listener.fd);
    client = connect_unix(path);
    ck_assert_int_ge(client, 0);
    (void)close(client);
    listener_close(&listener);
    ck_assert_int_lt(listener.fd, 0);
    ck_assert(!exists(path));
    listener_close(&listener);
}
END_TEST

START_TEST(anothers_socket_at_its_path_is_left_to_it)
{
    int other;
    int client;

    ck_assert_int_eq(open_at(address), RC_OK);
    ck_assert_int_eq(unlink(path), 0);
    other = bind_unix(path, 8);
    listener_close(&listener);
    client = connect_unix(path);
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
    enum rc rc = listener_open(address, modes[_i], &listener);

    after = umask(before);
    ck_assert_int_eq(rc, RC_OK);
    ck_assert_uint_eq(temp_dir_mode(path), modes[_i]);
    ck_assert_uint_eq(after, 027);
}
END_TEST

START_TEST(a_socket_that_nobody_answers_on_is_replaced)
{
    int client;

    (void)close(bind_unix(path, _i == 0 ? -1 : 8));
    ck_assert(exists(path));
    ck_assert_int_lt(connect_unix(path), 0);
    ck_assert_int_eq(open_at(address), RC_OK);
    client = connect_unix(path);
    ck_assert_int_ge(client, 0);
    (void)close(client);
}
END_TEST

START_TEST(a_living_servers_socket_is_left_to_it)
{
    int client;

    ck_assert_int_eq(open_at(address), RC_OK);
    refuse_at(address, RC_EXISTS);
    ck_assert(log_capture_has(path));
    client = connect_unix(path);
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
    start->rc = listener_open(address, 0600, &start->listener);
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
    int directory = open(temp.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    pthread_t thread;
    int server;

    ck_assert_int_eq(flock(directory, LOCK_EX), 0);
    server = bind_unix(path, -1);
    ck_assert_int_eq(pthread_create(&thread, NULL, start_beside, &start), 0);
    while (!start.ended && !(start.thread != 0 && pauses(start.thread)))
        (void)sched_yield();
    ck_assert_int_eq(listen(server, 8), 0);
    (void)close(directory);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(start.rc, RC_EXISTS);
    ck_assert(exists(path));
    ck_assert(!log_capture_has("locked"));
    (void)close(server);
}
END_TEST

START_TEST(a_directory_that_somebody_keeps_locked_does_not_prevent_a_start)
{
    int directory = open(temp.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    ck_assert_int_eq(flock(directory, LOCK_EX), 0);
    ck_assert_int_eq(open_at(address), RC_OK);
    ck_assert(log_capture_has("locked"));
    (void)close(directory);
}
END_TEST

START_TEST(a_relative_path_is_one_of_the_working_directory)
{
    char before[PATH_MAX];

    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    ck_assert_int_eq(chdir(temp.path), 0);
    ck_assert_int_eq(open_at("unix:s"), RC_OK);
    ck_assert(exists(path));
    listener_close(&listener);
    ck_assert_int_eq(chdir(before), 0);
    ck_assert(!exists(path));
    ck_assert_uint_eq(log_capture_count(), 0);
}
END_TEST

static bool refuse_in_helper(void *arg)
{
    struct listener other;

    (void)arg;
    (void)alarm(PATIENCE);
    return listener_open(address, 0600, &other) == RC_EXISTS;
}

START_TEST(a_busy_servers_socket_is_left_to_it_too)
{
    struct helper helper;
    int waiting[FULL_TRIES];
    int count = 0;
    int server = bind_unix(path, 0);

    while (count < FULL_TRIES && (waiting[count] = connect_unix(path)) >= 0)
        count++;
    ck_assert_int_lt(count, FULL_TRIES);
    helper_start(&helper, refuse_in_helper, NULL);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
    ck_assert(exists(path));
    while (count > 0)
        (void)close(waiting[--count]);
    (void)close(server);
}
END_TEST

START_TEST(a_file_in_the_way_is_not_removed)
{
    char bytes[16];

    temp_dir_write(path, 0600, "mine", 4);
    ck_assert_int_ne(open_at(address), RC_OK);
    listener.fd = -1;
    ck_assert_uint_gt(log_capture_count(), 0);
    ck_assert_uint_eq(temp_dir_read(path, bytes, sizeof bytes), 4);
    ck_assert_mem_eq(bytes, "mine", 4);
}
END_TEST

START_TEST(a_link_or_directory_in_the_way_is_not_removed)
{
    char target[TEMP_PATH_SIZE];

    (void)temp_dir_path(&temp, "target", target);
    if (_i == 0)
        ck_assert_int_eq(symlink(target, path), 0);
    else
        ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_ne(open_at(address), RC_OK);
    listener.fd = -1;
    ck_assert(exists(path));
    ck_assert(!exists(target));
}
END_TEST

START_TEST(a_socket_cannot_be_made_where_there_is_no_directory)
{
    (void)snprintf(address, sizeof address, "unix:%s/no/s", temp.path);
    refuse_at(address, RC_SYSTEM);
    ck_assert(log_capture_has(address));
}
END_TEST

START_TEST(a_path_of_107_bytes_is_the_longest)
{
    size_t len = strlen(temp.path) + 1;

    (void)snprintf(path, sizeof path, "%s/", temp.path);
    memset(path + len, 'p', sizeof path - len);
    path[PATH_MAX_BYTES] = '\0';
    (void)snprintf(address, sizeof address, "unix:%s", path);
    ck_assert_int_eq(open_at(address), RC_OK);
    ck_assert_str_eq(listener.path, path);
    listener_close(&listener);
    ck_assert(!exists(path));
    ck_assert(listener_is_address(address));
    (void)snprintf(address, sizeof address, "unix:%sp", path);
    refuse_at(address, RC_INVALID);
    ck_assert(!listener_is_address(address));
}
END_TEST

/* A socket of somebody else's on a free port of the loopback address; its port. */
static int bind_inet(int family, int *port)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr *name = family == AF_INET6 ? (struct sockaddr *)&six : (struct sockaddr *)&four;
    socklen_t len = family == AF_INET6 ? sizeof six : sizeof four;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, name, len) != 0 || getsockname(fd, name, &len) != 0) {
        (void)close(fd);
        return -1;
    }
    *port = ntohs(family == AF_INET6 ? six.sin6_port : four.sin_port);
    return fd;
}

/* Opens on a port that was free a moment ago; false when there is no such family here. */
static bool open_inet(int family, const char *host)
{
    enum rc rc = RC_EXISTS;

    for (int i = 0; i < FULL_TRIES && rc == RC_EXISTS; i++) {
        int port = 0;
        int probe = bind_inet(family, &port);

        if (probe < 0)
            return false;
        (void)close(probe);
        (void)snprintf(address, sizeof address, "%s:%d", host, port);
        rc = open_at(address);
    }
    ck_assert_int_eq(rc, RC_OK);
    return true;
}

static void expect_connection(int family)
{
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    int client = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert(!listener.inherited);
    ck_assert_str_eq(listener.path, "");
    expect_ready(listener.fd);
    ck_assert_int_eq(getsockname(listener.fd, (struct sockaddr *)&name, &len), 0);
    ck_assert_int_eq(name.ss_family, family);
    ck_assert_int_eq(connect(client, (const struct sockaddr *)&name, len), 0);
    (void)close(client);
}

START_TEST(an_inet_socket_is_made)
{
    ck_assert(open_inet(AF_INET, _i == 0 ? "127.0.0.1" : "[127.0.0.1]"));
    expect_connection(AF_INET);
}
END_TEST

START_TEST(an_inet6_socket_is_made_where_there_is_inet6)
{
    if (open_inet(AF_INET6, "[::1]"))
        expect_connection(AF_INET6);
    else
        refuse_at("[::1]:9000", RC_SYSTEM);
}
END_TEST

START_TEST(an_inet_port_in_use_is_left_to_its_server)
{
    ck_assert(open_inet(AF_INET, "127.0.0.1"));
    refuse_at(address, RC_EXISTS);
    ck_assert(log_capture_has(address));
}
END_TEST

/* A connection to its port that is made, or only begun. */
static int begin_connection(void)
{
    struct sockaddr_in name;
    socklen_t len = sizeof name;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    ck_assert_int_eq(getsockname(listener.fd, (struct sockaddr *)&name, &len), 0);
    ck_assert(connect(fd, (const struct sockaddr *)&name, len) == 0 || errno == EINPROGRESS);
    return fd;
}

static void await_newcomer(void)
{
    struct pollfd come = {.fd = listener.fd, .events = POLLIN};

    ck_assert_int_eq(poll(&come, 1, PATIENCE * 1000), 1);
}

START_TEST(nobody_new_reaches_a_port_that_is_retired)
{
    int before;
    int behind;
    int taken;

    ck_assert(open_inet(AF_INET, "127.0.0.1"));
    before = begin_connection();
    await_newcomer();
    listener_retire(&listener);
    behind = begin_connection();
    taken = accept(listener.fd, NULL, NULL);
    ck_assert_int_ge(taken, 0);
    ck_assert_int_eq(send(before, "x", 1, MSG_NOSIGNAL), 1);
    ck_assert_int_eq(recv(taken, (char[1]){0}, 1, 0), 1);
    ck_assert_int_lt(accept(listener.fd, NULL, NULL), 0);
    (void)close(taken);
    (void)close(before);
    (void)close(behind);
    ck_assert(!log_capture_has("may be lost"));
}
END_TEST

START_TEST(nobody_new_reaches_a_unix_socket_that_is_retired)
{
    int before;
    int taken;

    ck_assert_int_eq(open_at(address), RC_OK);
    before = connect_unix(path);
    listener_retire(&listener);
    ck_assert(!exists(path));
    taken = accept(listener.fd, NULL, NULL);
    ck_assert_int_ge(taken, 0);
    (void)close(taken);
    (void)close(before);
}
END_TEST

START_TEST(a_foreign_address_cannot_be_bound)
{
    refuse_at("192.0.2.1:9000", RC_SYSTEM);
    ck_assert(log_capture_has("192.0.2.1:9000"));
}
END_TEST

static const char *const none[] = {
    "unix:",
    "unix",
    "/run/hookroll.sock",
    "localhost:9000",
    "example.com:9000",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:http",
    "127.0.0.1:x",
    "127.0.0.1:-1",
    "127.0.0.1:0",
    "127.0.0.1:65536",
    "127.0.0.1:99999999999999999999",
    "127.0.0.1: 9000",
    "127.0.0.1:9000 ",
    "127.0.0.1:0x50",
    ":9000",
    ":",
    "9000",
    "[]:9000",
    "[::1]",
    "[::1]9000",
    "[::1:9000",
    "999.0.0.1:9000",
    "127.0.0.1.:9000",
    "1111111111111111111111111111111111111111111111111111111111111111111111:9000",
};

START_TEST(what_is_no_address_is_refused)
{
    char told[128];

    refuse_at(none[_i], RC_INVALID);
    (void)snprintf(told, sizeof told, "listen %s: ", none[_i]);
    ck_assert(log_capture_has(told));
    ck_assert(!listener_is_address(none[_i]));
}
END_TEST

static const char *const some[] = {"unix:s", "192.0.2.1:1", "[192.0.2.1]:9000", "[::1]:65535"};

START_TEST(what_is_an_address_is_known_without_its_being_there)
{
    ck_assert(listener_is_address(some[_i]));
    ck_assert_uint_eq(log_capture_count(), 0);
}
END_TEST

START_TEST(without_an_address_and_without_a_spawner_there_is_nothing)
{
    refuse_at("", RC_INVALID);
    ck_assert(log_capture_has("fd 0"));
}
END_TEST

START_TEST(a_spawners_socket_is_taken_and_its_file_left)
{
    int spawned = bind_unix(path, 8);
    int flags;
    int client;

    ck_assert_int_eq(dup2(spawned, STDIN_FILENO), STDIN_FILENO);
    (void)close(spawned);
    (void)snprintf(address, sizeof address, "unix:%s/other", temp.path);
    ck_assert_int_eq(open_at(_i == 0 ? "" : address), RC_OK);
    ck_assert_int_eq(listener.fd, STDIN_FILENO);
    ck_assert(listener.inherited);
    ck_assert_str_eq(listener.path, "");
    flags = fcntl(listener.fd, F_GETFL);
    ck_assert_int_ne(flags & O_NONBLOCK, 0);
    expect_ready(listener.fd);
    ck_assert(!exists(address + strlen("unix:")));
    client = connect_unix(path);
    ck_assert_int_ge(client, 0);
    (void)close(client);
    listener_close(&listener);
    ck_assert(exists(path));
}
END_TEST

START_TEST(a_connected_or_unready_socket_on_fd_0_is_not_taken)
{
    int ends[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    (void)close(ends[0]);
    (void)close(ends[1]);
    refuse_at("", RC_INVALID);
    ck_assert_int_eq(open_at(address), RC_OK);
    ck_assert(!listener.inherited);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *listener_suite(void)
{
    Suite *suite = suite_create("listener");
    TCase *tc = tcase_create("listener");

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
    tcase_add_loop_test(tc, an_inet_socket_is_made, 0, 2);
    tcase_add_test(tc, an_inet_port_in_use_is_left_to_its_server);
    tcase_add_test(tc, nobody_new_reaches_a_port_that_is_retired);
    tcase_add_test(tc, nobody_new_reaches_a_unix_socket_that_is_retired);
    tcase_add_test(tc, a_foreign_address_cannot_be_bound);
    tcase_add_test(tc, an_inet6_socket_is_made_where_there_is_inet6);
    tcase_add_loop_test(tc, what_is_no_address_is_refused, 0, COUNT(none));
    tcase_add_loop_test(tc, what_is_an_address_is_known_without_its_being_there, 0, COUNT(some));
    tcase_add_test(tc, without_an_address_and_without_a_spawner_there_is_nothing);
    tcase_add_loop_test(tc, a_spawners_socket_is_taken_and_its_file_left, 0, 2);
    tcase_add_test(tc, a_connected_or_unready_socket_on_fd_0_is_not_taken);
    suite_add_tcase(suite, tc);
    return suite;
}
