/* listener: the ports it opens, the sockets it inherits, and addresses that are none. */
#include "suites.h"
#include "support/listener_fixture.h"
#include "support/log_capture.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PORT_TRIES = 64,
    PATIENCE = 20000 /* ms */
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

    for (int i = 0; i < PORT_TRIES && rc == RC_EXISTS; i++) {
        int port = 0;
        int probe = bind_inet(family, &port);

        if (probe < 0)
            return false;
        (void)close(probe);
        (void)snprintf(at.address, sizeof at.address, "%s:%d", host, port);
        rc = listener_fixture_open(&at, at.address);
    }
    ck_assert_int_eq(rc, RC_OK);
    return true;
}

static void expect_connection(int family)
{
    struct sockaddr_storage name;
    socklen_t len = sizeof name;
    int client = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert(!at.listener.inherited);
    ck_assert_str_eq(at.listener.path, "");
    listener_fixture_expect_ready(&at);
    ck_assert_int_eq(getsockname(at.listener.fd, (struct sockaddr *)&name, &len), 0);
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
        listener_fixture_refuse("[::1]:9000", RC_SYSTEM);
}
END_TEST

START_TEST(an_inet_port_in_use_is_left_to_its_server)
{
    ck_assert(open_inet(AF_INET, "127.0.0.1"));
    listener_fixture_refuse(at.address, RC_EXISTS);
    ck_assert(log_capture_has(at.address));
}
END_TEST

/* A connection to its port that is made, or only begun. */
static int begin_connection(void)
{
    struct sockaddr_in name;
    socklen_t len = sizeof name;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    ck_assert_int_eq(getsockname(at.listener.fd, (struct sockaddr *)&name, &len), 0);
    ck_assert(connect(fd, (const struct sockaddr *)&name, len) == 0 || errno == EINPROGRESS);
    return fd;
}

static void await_newcomer(void)
{
    struct pollfd come = {.fd = at.listener.fd, .events = POLLIN};

    ck_assert_int_eq(poll(&come, 1, PATIENCE), 1);
}

START_TEST(nobody_new_reaches_a_port_that_is_retired)
{
    int before;
    int behind;
    int taken;

    ck_assert(open_inet(AF_INET, "127.0.0.1"));
    before = begin_connection();
    await_newcomer();
    listener_retire(&at.listener);
    behind = begin_connection();
    taken = accept(at.listener.fd, NULL, NULL);
    ck_assert_int_ge(taken, 0);
    ck_assert_int_eq(send(before, "x", 1, MSG_NOSIGNAL), 1);
    ck_assert_int_eq(recv(taken, (char[1]){0}, 1, 0), 1);
    ck_assert_int_lt(accept(at.listener.fd, NULL, NULL), 0);
    (void)close(taken);
    (void)close(before);
    (void)close(behind);
    ck_assert(!log_capture_has("may be lost"));
}
END_TEST

START_TEST(a_foreign_address_cannot_be_bound)
{
    listener_fixture_refuse("192.0.2.1:9000", RC_SYSTEM);
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

    listener_fixture_refuse(none[_i], RC_INVALID);
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
    listener_fixture_refuse("", RC_INVALID);
    ck_assert(log_capture_has("fd 0"));
}
END_TEST

START_TEST(a_spawners_socket_is_taken_and_its_file_left)
{
    int spawned = listener_fixture_bind(at.path, 8);
    int flags;
    int client;

    ck_assert_int_eq(dup2(spawned, STDIN_FILENO), STDIN_FILENO);
    (void)close(spawned);
    (void)snprintf(at.address, sizeof at.address, "unix:%s/other", at.temp.path);
    ck_assert_int_eq(listener_fixture_open(&at, _i == 0 ? "" : at.address), RC_OK);
    ck_assert_int_eq(at.listener.fd, STDIN_FILENO);
    ck_assert(at.listener.inherited);
    ck_assert_str_eq(at.listener.path, "");
    flags = fcntl(at.listener.fd, F_GETFL);
    ck_assert_int_ne(flags & O_NONBLOCK, 0);
    listener_fixture_expect_ready(&at);
    ck_assert(!listener_fixture_exists(at.address + strlen("unix:")));
    client = listener_fixture_connect(at.path);
    ck_assert_int_ge(client, 0);
    (void)close(client);
    listener_close(&at.listener);
    ck_assert(listener_fixture_exists(at.path));
}
END_TEST

START_TEST(a_connected_or_unready_socket_on_fd_0_is_not_taken)
{
    int ends[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    (void)close(ends[0]);
    (void)close(ends[1]);
    listener_fixture_refuse("", RC_INVALID);
    ck_assert_int_eq(listener_fixture_open(&at, at.address), RC_OK);
    ck_assert(!at.listener.inherited);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *listener_suite(void)
{
    Suite *suite = suite_create("listener");
    TCase *tc = tcase_create("listener");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, an_inet_socket_is_made, 0, 2);
    tcase_add_test(tc, an_inet_port_in_use_is_left_to_its_server);
    tcase_add_test(tc, nobody_new_reaches_a_port_that_is_retired);
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
