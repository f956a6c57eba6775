/* handover: what one program leaves is what the next one takes, and nothing else is taken. */
#include "serve/handover.h"
#include "suites.h"
#include "support/fcgi_client.h"
#include "support/log_capture.h"
#include "support/temp_dir.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MANY = 100000,
    VARIABLE_MAX = 128 * 1024, /* bytes that the kernel takes */
    ENDS = 4
};

static const char variable[] = "HOOKROLL_HANDED";

static struct temp_dir temp;
static char path[TEMP_PATH_SIZE];
static char missing[TEMP_PATH_SIZE];
static char address[TEMP_PATH_SIZE + 8];
static struct listener listener;
static struct handover handover;
static int ends[ENDS];
static int saved_stdin;

static void setup(void)
{
    log_capture_begin();
    temp_dir_make(&temp);
    (void)temp_dir_path(&temp, "no-program", missing);
    (void)snprintf(address, sizeof address, "unix:%s", temp_dir_path(&temp, "s", path));
    saved_stdin = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    ck_assert_int_ge(saved_stdin, 0);
    ck_assert_int_eq(listener_open(address, 0600, &listener), RC_OK);
    for (int i = 0; i < ENDS; i += 2)
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends + i), 0);
    handover_init(&handover);
}

static void teardown(void)
{
    handover_free(&handover);
    for (int i = 0; i < ENDS; i++)
        (void)close(ends[i]);
    listener_close(&listener);
    (void)unsetenv(variable);
    (void)dup2(saved_stdin, STDIN_FILENO);
    (void)close(saved_stdin);
    temp_dir_remove(&temp);
    log_capture_end();
}

/* This program goes on as if it were the next one. */
static void hand_over(void)
{
    ck_assert_int_eq(handover_leave(&handover, &listener), RC_OK);
    (void)close(handover.input);
    handover_free(&handover);
}

/* As the next program: what it inherits is on descriptor 0. */
static void take(struct listener *next)
{
    ck_assert_int_eq(listener_open("", 0600, next), RC_OK);
    ck_assert_int_eq(next->fd, STDIN_FILENO);
    handover_take(&handover, next);
    ck_assert_ptr_null(getenv(variable));
}

static bool closes_on_exec(int fd)
{
    return (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

START_TEST(connections_and_listener_pass_to_the_next_program)
{
    struct listener next;
    int client;

    for (int i = 0; i < ENDS; i++)
        handover_keep(&handover, ends[i]);
    hand_over();
    ck_assert(!closes_on_exec(STDIN_FILENO));
    for (int i = 0; i < ENDS; i++)
        ck_assert(!closes_on_exec(ends[i]));
    take(&next);
    ck_assert_uint_eq(handover.count, ENDS);
    for (int i = 0; i < ENDS; i++) {
        ck_assert_int_eq(handover.fds[i], ends[i]);
        ck_assert(closes_on_exec(ends[i]));
    }
    client = fcgi_client_connect(path);
    ck_assert_int_ge(accept(next.fd, NULL, NULL), 0);
    (void)close(client);
}
END_TEST

START_TEST(a_socket_of_our_own_stays_our_own)
{
    struct listener next;

    hand_over();
    take(&next);
    ck_assert(!next.inherited);
    ck_assert_str_eq(next.path, path);
    ck_assert_uint_eq(next.file.device, listener.file.device);
    ck_assert_uint_eq(next.file.inode, listener.file.inode);
    ck_assert_uint_eq(handover.count, 0);
}
END_TEST

START_TEST(a_port_of_our_own_stays_our_own)
{
    struct sockaddr_in port = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct listener next;

    listener_close(&listener);
    listener = (struct listener){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    ck_assert_int_eq(bind(listener.fd, (const struct sockaddr *)&port, sizeof port), 0);
    ck_assert_int_eq(listen(listener.fd, 1), 0);
    hand_over();
    take(&next);
    ck_assert(!next.inherited);
    ck_assert_str_eq(next.path, "");
}
END_TEST

START_TEST(a_spawners_socket_stays_the_spawners)
{
    struct listener next;

    listener.inherited = true;
    listener.path[0] = '\0';
    handover_keep(&handover, ends[0]);
    hand_over();
    take(&next);
    ck_assert(next.inherited);
    ck_assert_str_eq(next.path, "");
    ck_assert_uint_eq(handover.count, 1);
}
END_TEST

START_TEST(what_is_no_open_connection_is_not_taken)
{
    struct listener next;
    char value[256];
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int closed = dup(ends[0]);

    ck_assert_int_ge(file, 0);
    (void)close(closed);
    ck_assert_int_eq(dup2(listener.fd, STDIN_FILENO), STDIN_FILENO);
    (void)snprintf(value, sizeof value, "other,0,1,2,-1,x,,%d,%d,%d,99999999999,%d", file, closed,
                   listener.fd, ends[1]);
    ck_assert_int_eq(setenv(variable, value, 1), 0);
    take(&next);
    ck_assert(next.inherited);
    ck_assert_uint_eq(handover.count, 1);
    ck_assert_int_eq(handover.fds[0], ends[1]);
    (void)close(file);
}
END_TEST

START_TEST(nothing_is_taken_where_nothing_was_handed_over)
{
    struct listener next;

    ck_assert_int_eq(dup2(listener.fd, STDIN_FILENO), STDIN_FILENO);
    take(&next);
    ck_assert(next.inherited);
    ck_assert_uint_eq(handover.count, 0);
}
END_TEST

START_TEST(nothing_is_taken_beside_a_socket_that_was_not_handed_over)
{
    char value[32];

    (void)snprintf(value, sizeof value, "own:1:2,%d", ends[0]);
    ck_assert_int_eq(setenv(variable, value, 1), 0);
    handover_take(&handover, &listener);
    ck_assert_uint_eq(handover.count, 0);
}
END_TEST

START_TEST(more_connections_than_can_be_named_leave_a_list_that_can_be_passed)
{
    const char *value;

    for (int i = 0; i < MANY; i++)
        handover_keep(&handover, ends[0]);
    hand_over();
    value = getenv(variable);
    ck_assert_ptr_nonnull(value);
    ck_assert_uint_lt(sizeof variable + strlen(value) + 1, VARIABLE_MAX);
}
END_TEST

static bool same_file(int a, int b)
{
    struct stat one;
    struct stat other;

    ck_assert_int_eq(fstat(a, &one), 0);
    ck_assert_int_eq(fstat(b, &other), 0);
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* A program that is not there. */
static void run_in_vain(void)
{
    char *const argv[] = {missing, NULL};

    handover_run(&handover, &listener, argv);
    ck_assert(log_capture_has(missing));
    ck_assert_ptr_null(getenv(variable));
}

START_TEST(all_is_as_before_where_the_next_program_cannot_be_run)
{
    ck_assert(same_file(STDIN_FILENO, saved_stdin));
    for (int i = 0; i < ENDS; i++)
        handover_keep(&handover, ends[i]);
    run_in_vain();
    ck_assert(same_file(STDIN_FILENO, saved_stdin));
    ck_assert(closes_on_exec(listener.fd));
    ck_assert_uint_eq(handover.count, ENDS);
    for (int i = 0; i < ENDS; i++) {
        ck_assert_int_eq(handover.fds[i], ends[i]);
        ck_assert(closes_on_exec(ends[i]));
    }
    ck_assert_int_eq(handover.input, -1);
}
END_TEST

START_TEST(a_listener_on_descriptor_0_stays_there_where_the_next_program_cannot_be_run)
{
    const int own = listener.fd;

    ck_assert_int_eq(dup3(own, STDIN_FILENO, O_CLOEXEC), STDIN_FILENO);
    listener.fd = STDIN_FILENO;
    run_in_vain();
    ck_assert(same_file(STDIN_FILENO, own));
    ck_assert(closes_on_exec(STDIN_FILENO));
    listener.fd = own;
}
END_TEST

Suite *handover_suite(void)
{
    Suite *suite = suite_create("handover");
    TCase *tc = tcase_create("handover");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, connections_and_listener_pass_to_the_next_program);
    tcase_add_test(tc, a_socket_of_our_own_stays_our_own);
    tcase_add_test(tc, a_port_of_our_own_stays_our_own);
    tcase_add_test(tc, a_spawners_socket_stays_the_spawners);
    tcase_add_test(tc, what_is_no_open_connection_is_not_taken);
    tcase_add_test(tc, nothing_is_taken_where_nothing_was_handed_over);
    tcase_add_test(tc, nothing_is_taken_beside_a_socket_that_was_not_handed_over);
    tcase_add_test(tc, all_is_as_before_where_the_next_program_cannot_be_run);
    tcase_add_test(tc, a_listener_on_descriptor_0_stays_there_where_the_next_program_cannot_be_run);
    tcase_add_test(tc, more_connections_than_can_be_named_leave_a_list_that_can_be_passed);
    suite_add_tcase(suite, tc);
    return suite;
}
