/* log_target: what syslog and the journal would be handed, in a mount namespace of a process
 * of the test's own where their sockets are the test's. */
#include "base/log.h"
#include "suites.h"
#include "support/not_run.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT INT64_C(1795460885123) /* 2026-11-23T19:08:05.123Z */

enum {
    PACKET_MAX = 16384,
    NOT_ALLOWED = 77, /* exit status where nobody may have a namespace */
    PATIENCE = 20     /* s */
};

static char packet[PACKET_MAX + 1];
static size_t packet_len;

static bool tell(const char *path, const char *what)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool told = fd >= 0 && write(fd, what, strlen(what)) == (ssize_t)strlen(what);

    (void)close(fd);
    return told;
}

/* A mount namespace; where only the administrator has them, in a user namespace, in which this
 * process is whom it was: nobody else could make a file there. */
static bool leave_mounts(void)
{
    char uid[64];
    char gid[64];

    if (unshare(CLONE_NEWNS) == 0)
        return true;
    (void)snprintf(uid, sizeof uid, "%u %u 1", (unsigned)geteuid(), (unsigned)geteuid());
    (void)snprintf(gid, sizeof gid, "%u %u 1", (unsigned)getegid(), (unsigned)getegid());
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && tell("/proc/self/uid_map", uid) &&
           tell("/proc/self/setgroups", "deny") && tell("/proc/self/gid_map", gid);
}

/* A directory that only this process and those that it starts see. */
static bool hide(const char *directory)
{
    if (!leave_mounts())
        return false;
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", directory, "tmpfs", 0, NULL) == 0;
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const struct timeval patience = {.tv_sec = PATIENCE};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return -1;
    return fd;
}

static void say(void)
{
    const struct log_field fields[] = {
        {"event", text_of("request")}, {"id", text_of("a b")}, {"key", {NULL, 0}}};

    log_warn("say \"%s\"", "it");
    log_event(AT, fields, sizeof fields / sizeof fields[0]);
}

/* What arrives at `path` of two lines, one packet behind the other on `to`. */
static int child(enum log_to target, const char *hidden, const char *path, int to)
{
    int fd;

    if (!hide(hidden))
        return NOT_ALLOWED;
    if (target == LOG_TO_JOURNAL &&
        (mkdir("/run/systemd", 0755) != 0 || mkdir("/run/systemd/journal", 0755) != 0))
        return 1;
    fd = listen_at(path);
    if (fd < 0)
        return 2;
    log_open(target);
    say();
    for (int i = 0; i < 2; i++) {
        ssize_t n = recv(fd, packet, PACKET_MAX, 0);

        if (n < 0 || send(to, packet, (size_t)n, 0) != n)
            return 3;
    }
    return 0;
}

/* False where namespaces are not to be had. */
static bool run(enum log_to target, const char *hidden, const char *path, int *from)
{
    int ends[2];
    int status = 0;
    pid_t pid;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        _exit(child(target, hidden, path, ends[1]));
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    (void)close(ends[1]);
    *from = ends[0];
    ck_assert(WIFEXITED(status));
    if (WEXITSTATUS(status) == NOT_ALLOWED) {
        not_run("log_target", "no mount namespace can be had");
        (void)close(ends[0]);
        return false;
    }
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    return true;
}

static void next(int from)
{
    ssize_t n = recv(from, packet, PACKET_MAX, MSG_DONTWAIT);

    ck_assert_int_gt(n, 0);
    packet_len = (size_t)n;
    packet[n] = '\0';
}

static void expect_end(const char *end)
{
    size_t len = strlen(end);

    ck_assert_msg(packet_len >= len && strcmp(packet + packet_len - len, end) == 0, "%s", packet);
}

START_TEST(syslog_is_handed_lines_without_time_and_level)
{
    int from;

    if (!run(LOG_TO_SYSLOG, "/dev", "/dev/log", &from))
        return;
    next(from);
    ck_assert_int_eq(strncmp(packet, "<28>", 4), 0); /* daemon.warning, RFC 3164 */
    ck_assert_ptr_nonnull(strstr(packet, " hookroll["));
    expect_end("]: msg=\"say \\\"it\\\"\"");
    next(from);
    ck_assert_int_eq(strncmp(packet, "<30>", 4), 0);
    expect_end("]: event=request id=\"a b\" key=-");
    (void)close(from);
}
END_TEST

static bool has_line(const char *line)
{
    char whole[256];

    (void)snprintf(whole, sizeof whole, "\n%s\n", line);
    return strncmp(packet, whole + 1, strlen(whole) - 1) == 0 || strstr(packet, whole) != NULL;
}

START_TEST(the_journal_is_handed_fields)
{
    int from;

    if (!run(LOG_TO_JOURNAL, "/run", "/run/systemd/journal/socket", &from))
        return;
    next(from);
    ck_assert(has_line("MESSAGE=msg=\"say \\\"it\\\"\""));
    ck_assert(has_line("PRIORITY=4"));
    ck_assert(has_line("SYSLOG_IDENTIFIER=hookroll"));
    next(from);
    ck_assert(has_line("MESSAGE=event=request id=\"a b\" key=-"));
    ck_assert(has_line("PRIORITY=6"));
    ck_assert(has_line("HOOKROLL_EVENT=request"));
    ck_assert(has_line("HOOKROLL_ID=a b"));
    ck_assert(has_line("HOOKROLL_KEY="));
    ck_assert_ptr_null(strstr(packet, "CODE_FILE"));
    (void)close(from);
}
END_TEST

/* Where nobody listens, and what is then written to standard error. */
static int lonely(enum log_to target, const char *hidden, int to)
{
    if (!hide(hidden))
        return NOT_ALLOWED;
    if (dup2(to, STDERR_FILENO) != STDERR_FILENO)
        return 1;
    log_open(target);
    say();
    return 0;
}

static const struct {
    enum log_to target;
    const char *hidden;
    const char *socket;
} lonely_ones[] = {{LOG_TO_SYSLOG, "/dev", "/dev/log"},
                   {LOG_TO_JOURNAL, "/run", "/run/systemd/journal/socket"}};

START_TEST(where_nobody_listens_the_log_stays_on_standard_error)
{
    char expected[128];
    int ends[2];
    int status = 0;
    pid_t pid;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        _exit(lonely(lonely_ones[_i].target, lonely_ones[_i].hidden, ends[1]));
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    (void)close(ends[1]);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_ALLOWED) {
        not_run("log_target", "no mount namespace can be had");
        (void)close(ends[0]);
        return;
    }
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    next(ends[0]);
    (void)snprintf(expected, sizeof expected,
                   " level=warn msg=\"the log stays on standard error: %s: No such file or "
                   "directory\"\n",
                   lonely_ones[_i].socket);
    expect_end(expected);
    next(ends[0]);
    expect_end(" level=warn msg=\"say \\\"it\\\"\"\n");
    next(ends[0]);
    ck_assert_str_eq(packet, "time=2026-11-23T19:08:05.123Z level=info event=request id=\"a b\" "
                             "key=-\n");
    (void)close(ends[0]);
}
END_TEST

Suite *log_target_suite(void)
{
    Suite *suite = suite_create("log_target");
    TCase *tc = tcase_create("log_target");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, syslog_is_handed_lines_without_time_and_level);
    tcase_add_test(tc, the_journal_is_handed_fields);
    tcase_add_loop_test(tc, where_nobody_listens_the_log_stays_on_standard_error, 0,
                        (int)(sizeof lonely_ones / sizeof lonely_ones[0]));
    suite_add_tcase(suite, tc);
    return suite;
}
