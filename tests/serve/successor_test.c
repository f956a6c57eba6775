/* successor: which programs would follow, and how the others are told of. */
#include "serve/successor.h"
#include "suites.h"
#include "support/log_capture.h"
#include "support/temp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PATIENCE = 20000 /* ms */
};

static struct temp_dir temp;
static char program[TEMP_PATH_SIZE];
static char option[] = "--try";
static int input[2];

static void setup(void)
{
    log_capture_begin();
    temp_dir_make(&temp);
    (void)temp_dir_path(&temp, "program", program);
    ck_assert_int_eq(pipe2(input, O_CLOEXEC), 0);
}

/* Nothing is left of a process that was tried. */
static void teardown(void)
{
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
    (void)close(input[0]);
    (void)close(input[1]);
    temp_dir_remove(&temp);
    log_capture_end();
}

static void make(const char *text)
{
    int fd = open(program, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(close(fd), 0);
}

static enum rc attempt(int patience)
{
    char first[] = "first";
    char last[] = "last";
    char *const argv[] = {program, first, last, NULL};

    return successor_try(input[0], argv, option, patience);
}

START_TEST(one_that_ends_well_would_follow)
{
    make("#!/bin/sh\nexit 0\n");
    ck_assert_int_eq(attempt(PATIENCE), RC_OK);
    ck_assert_uint_eq(log_capture_count(), 0);
}
END_TEST

START_TEST(it_finds_the_option_the_arguments_and_its_input)
{
    make("#!/bin/sh\nread line\ntest \"$line $*\" = 'said --try first last'\n");
    ck_assert_int_eq(write(input[1], "said\n", 5), 5);
    ck_assert_int_eq(attempt(PATIENCE), RC_OK);
}
END_TEST

START_TEST(its_input_may_be_on_descriptor_0_already)
{
    const int saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    char *const argv[] = {program, NULL};

    make("#!/bin/sh\nread line\ntest \"$line\" = said\n");
    ck_assert_int_eq(write(input[1], "said\n", 5), 5);
    ck_assert_int_eq(dup3(input[0], STDIN_FILENO, O_CLOEXEC), STDIN_FILENO);
    ck_assert_int_eq(successor_try(STDIN_FILENO, argv, option, PATIENCE), RC_OK);
    ck_assert_int_ne(fcntl(STDIN_FILENO, F_GETFD) & FD_CLOEXEC, 0);
    ck_assert_int_eq(dup2(saved, STDIN_FILENO), STDIN_FILENO);
    (void)close(saved);
}
END_TEST

/* What the responder ignores. */
static const struct {
    int number;
    const char *program; /* that ends by it */
    const char *said;
} ignored[] = {
    {SIGPIPE, "#!/bin/sh\nkill -PIPE $$\n", "program --try: Broken pipe"},
    {SIGXFSZ, "#!/bin/sh\nulimit -c 0\nkill -XFSZ $$\n", "program --try: File size limit exceeded"},
};

START_TEST(signals_that_are_ignored_here_are_not_there)
{
    void (*handler)(int) = signal(ignored[_i].number, SIG_IGN);

    make(ignored[_i].program);
    ck_assert_int_eq(attempt(PATIENCE), RC_INVALID);
    ck_assert(log_capture_has(ignored[_i].said));
    (void)signal(ignored[_i].number, handler);
}
END_TEST

START_TEST(signals_that_are_blocked_here_are_not_there)
{
    sigset_t blocked;
    sigset_t before;

    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGTERM);
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, &blocked, &before), 0);
    make("#!/bin/sh\ngrep -q '^SigBlk:[[:space:]]0*$' /proc/self/status\n");
    ck_assert_int_eq(attempt(PATIENCE), RC_OK);
    ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
}
END_TEST

START_TEST(one_that_fails_would_not)
{
    make("#!/bin/sh\nexit 3\n");
    ck_assert_int_eq(attempt(PATIENCE), RC_INVALID);
    ck_assert(log_capture_has("program --try ended with status 3"));
}
END_TEST

START_TEST(one_that_is_killed_would_not)
{
    make("#!/bin/sh\nkill -KILL $$\n");
    ck_assert_int_eq(attempt(PATIENCE), RC_INVALID);
    ck_assert(log_capture_has("program --try: Killed"));
}
END_TEST

START_TEST(one_that_does_not_end_is_ended_and_would_not)
{
    make("#!/bin/sh\nread line\n");
    ck_assert_int_eq(attempt(1), RC_INVALID);
    ck_assert(log_capture_has("program --try has not ended within 1 ms"));
}
END_TEST

START_TEST(one_that_is_not_there_would_not)
{
    ck_assert_int_eq(attempt(PATIENCE), RC_SYSTEM);
    ck_assert(log_capture_has("program: No such file or directory"));
}
END_TEST

START_TEST(a_directory_would_not)
{
    ck_assert_int_eq(mkdir(program, 0700), 0);
    ck_assert_int_eq(attempt(PATIENCE), RC_SYSTEM);
    ck_assert(log_capture_has("program: Permission denied"));
}
END_TEST

START_TEST(a_text_would_not)
{
    make("exit 0\n");
    ck_assert_int_eq(attempt(PATIENCE), RC_SYSTEM);
    ck_assert(log_capture_has("program: Exec format error"));
}
END_TEST

Suite *successor_suite(void)
{
    Suite *suite = suite_create("successor");
    TCase *tc = tcase_create("successor");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, one_that_ends_well_would_follow);
    tcase_add_test(tc, it_finds_the_option_the_arguments_and_its_input);
    tcase_add_test(tc, its_input_may_be_on_descriptor_0_already);
    tcase_add_loop_test(tc, signals_that_are_ignored_here_are_not_there, 0,
                        sizeof ignored / sizeof ignored[0]);
    tcase_add_test(tc, signals_that_are_blocked_here_are_not_there);
    tcase_add_test(tc, one_that_fails_would_not);
    tcase_add_test(tc, one_that_is_killed_would_not);
    tcase_add_test(tc, one_that_does_not_end_is_ended_and_would_not);
    tcase_add_test(tc, one_that_is_not_there_would_not);
    tcase_add_test(tc, a_directory_would_not);
    tcase_add_test(tc, a_text_would_not);
    suite_add_tcase(suite, tc);
    return suite;
}
