/* helper: waits on a pipe, so that it also ends when the test does. */
#include "support/helper.h"

#include <check.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

void helper_start(struct helper *helper, helper_fn *fn, void *arg)
{
    int ends[2];
    char byte;

    ck_assert_int_eq(pipe(ends), 0);
    helper->pid = fork();
    ck_assert_int_ge(helper->pid, 0);
    if (helper->pid == 0) {
        (void)close(ends[1]);
        /* check's own handler would kill the test and all that came from it. */
        (void)signal(SIGALRM, SIG_DFL);
        _exit(read(ends[0], &byte, 1) == 1 && fn(arg) ? 0 : 1);
    }
    (void)close(ends[0]);
    helper->go = ends[1];
}

void helper_go(struct helper *helper)
{
    ck_assert_int_eq(write(helper->go, "g", 1), 1);
}

bool helper_join(struct helper *helper)
{
    int status = 0;

    (void)close(helper->go);
    ck_assert_int_eq(waitpid(helper->pid, &status, 0), helper->pid);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
