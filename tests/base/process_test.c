/* process: hardening cannot be undone, so each test hardens a process of its own
 * and asks it what has changed. */
#include "base/process.h"

#include "base/log.h"
#include "suites.h"
#include "support/not_run.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    NOT_ALLOWED = 77 /* exit status where a core cannot be allowed */
};

static int complaints;

static void complain(enum log_level level, const char *message)
{
    (void)level;
    (void)message;
    complaints++;
}

/* What happens to the process before it is hardened. */
static void (*before)(void);

/* What a process ends with. */
static int run(int (*course)(bool (*ask)(void)), bool (*ask)(void))
{
    pid_t child = fork();
    int status = 0;

    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(course(ask));
    before = NULL;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int harden(bool (*ask)(void))
{
    log_divert(complain);
    if (before != NULL)
        before();
    process_harden();
    return ask() ? 0 : 1;
}

static bool hardened(bool (*ask)(void))
{
    return run(harden, ask) == 0;
}

static bool cannot_dump_core(void)
{
    struct rlimit limit = {1, 1};

    return getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0;
}

/* As one whose core files are allowed, but only the administrator can allow them again. */
static int harden_what_dumps_core(bool (*ask)(void))
{
    const struct rlimit some = {4096, 4096};

    return setrlimit(RLIMIT_CORE, &some) == 0 ? harden(ask) : NOT_ALLOWED;
}

START_TEST(a_hardened_process_writes_no_core)
{
    int status = run(harden_what_dumps_core, cannot_dump_core);

    if (status == NOT_ALLOWED)
        not_run("process: a hardened process writes no core", "nobody may write one here");
    else
        ck_assert_int_eq(status, 0);
}
END_TEST

/* A build for leak detection, which traces, leaves that possible. */
static bool cannot_be_traced(void)
{
#ifdef HOOKROLL_TRACEABLE
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
#else
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
#endif
}

START_TEST(a_hardened_process_cannot_be_traced)
{
    ck_assert(hardened(cannot_be_traced));
}
END_TEST

/* A write beyond the limit has none to be cut to. */
static bool is_told_of_a_file_that_may_not_grow(void)
{
    const struct rlimit none = {0, RLIM_INFINITY};
    FILE *file = tmpfile();

    return file != NULL && setrlimit(RLIMIT_FSIZE, &none) == 0 && write(fileno(file), "x", 1) < 0 &&
           errno == EFBIG;
}

START_TEST(a_hardened_process_outlives_a_limit_of_file_sizes)
{
    ck_assert(hardened(is_told_of_a_file_that_may_not_grow));
}
END_TEST

static bool is_told_of_a_pipe_that_nobody_reads(void)
{
    int ends[2];

    return pipe(ends) == 0 && close(ends[0]) == 0 && write(ends[1], "x", 1) < 0 && errno == EPIPE;
}

START_TEST(a_hardened_process_outlives_whoever_reads_from_it)
{
    ck_assert(hardened(is_told_of_a_pipe_that_nobody_reads));
}
END_TEST

static bool can_be_hardened_again(void)
{
    process_harden();
    return cannot_dump_core() && cannot_be_traced();
}

START_TEST(hardening_twice_is_harmless)
{
    ck_assert(hardened(can_be_hardened_again));
}
END_TEST

static bool has_nothing_to_complain_of(void)
{
    return complaints == 0;
}

START_TEST(hardening_complains_of_nothing_when_it_works)
{
    ck_assert(hardened(has_nothing_to_complain_of));
}
END_TEST

static const struct {
    bool closed[3]; /* of the standard streams */
} at_start[] = {
    {{true, false, false}}, {{false, true, false}}, {{false, false, true}}, {{true, true, false}},
    {{true, false, true}},  {{false, true, true}},  {{true, true, true}},
};

static int started; /* so */

static void close_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (at_start[started].closed[fd])
            (void)close(fd);
}

static bool stays_closed(int fd)
{
    char byte = 'x';
    ssize_t n = fd == STDIN_FILENO ? read(fd, &byte, 1) : write(fd, &byte, 1);

    return n < 0 && errno == EBADF;
}

static bool files_are_no_streams(void)
{
    const int fd = open("/dev/null", O_RDWR);

    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (at_start[started].closed[stream] && !stays_closed(stream))
            return false;
    return fd > STDERR_FILENO;
}

START_TEST(no_file_takes_the_place_of_a_closed_stream)
{
    started = _i;
    before = close_streams;
    ck_assert(hardened(files_are_no_streams));
}
END_TEST

static void close_streams_for_good(void)
{
    const struct rlimit none = {0, 0};

    close_streams();
    (void)setrlimit(RLIMIT_NOFILE, &none);
}

static bool has_gone_on(void)
{
    return true;
}

START_TEST(where_a_file_could_take_it_the_process_ends)
{
    started = _i;
    before = close_streams_for_good;
    ck_assert(!hardened(has_gone_on));
}
END_TEST

START_TEST(processors_are_those_that_the_process_may_use)
{
    size_t all = process_processors();
    cpu_set_t all_of_them;
    cpu_set_t one;
    size_t first = 0;

    ck_assert_int_eq(sched_getaffinity(0, sizeof all_of_them, &all_of_them), 0);
    ck_assert_uint_eq(all, (size_t)CPU_COUNT(&all_of_them));
    while (!CPU_ISSET(first, &all_of_them))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    ck_assert_uint_eq(process_processors(), 1);
    ck_assert_int_eq(sched_setaffinity(0, sizeof all_of_them, &all_of_them), 0);
}
END_TEST

/* A sanitizer brings an allocator of its own. */
#ifndef HOOKROLL_TRACEABLE
/* The allocator gives what was freed back, so a freed secret would show in it. */
static bool freed_bytes_are_overwritten(size_t size)
{
    volatile unsigned char *p = malloc(size);
    size_t left = 0;

    if (p == NULL)
        return false;
    for (size_t i = 0; i < size; i++)
        p[i] = 'S';
    free((void *)(uintptr_t)p);
    p = malloc(size);
    if (p == NULL)
        return false;
    for (size_t i = 0; i < size; i++)
        left += p[i] == 'S';
    free((void *)(uintptr_t)p);
    return left < size / 8;
}

static bool large_frees_are_overwritten(void)
{
    return freed_bytes_are_overwritten(20000);
}

START_TEST(freed_memory_of_a_hardened_process_is_overwritten)
{
    ck_assert(hardened(large_frees_are_overwritten));
}
END_TEST
#endif

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *process_suite(void)
{
    Suite *suite = suite_create("process");
    TCase *tc = tcase_create("process");

    tcase_add_test(tc, a_hardened_process_writes_no_core);
    tcase_add_test(tc, a_hardened_process_cannot_be_traced);
    tcase_add_test(tc, a_hardened_process_outlives_a_limit_of_file_sizes);
    tcase_add_test(tc, a_hardened_process_outlives_whoever_reads_from_it);
    tcase_add_test(tc, hardening_twice_is_harmless);
    tcase_add_test(tc, hardening_complains_of_nothing_when_it_works);
    tcase_add_loop_test(tc, no_file_takes_the_place_of_a_closed_stream, 0, COUNT(at_start));
    tcase_add_loop_test(tc, where_a_file_could_take_it_the_process_ends, 0, COUNT(at_start));
    tcase_add_test(tc, processors_are_those_that_the_process_may_use);
#ifndef HOOKROLL_TRACEABLE
    tcase_add_test(tc, freed_memory_of_a_hardened_process_is_overwritten);
#endif
    suite_add_tcase(suite, tc);
    return suite;
}
