/* signals: dispositions, one test at a time. */
#include "support/signals.h"

#include <signal.h>
#include <stddef.h>

static struct sigaction kept_pipe;
static struct sigaction kept_usr1;
static struct sigaction kept_usr2;

void signals_keep(void)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};

    (void)sigaction(SIGUSR1, NULL, &kept_usr1);
    (void)sigaction(SIGUSR2, NULL, &kept_usr2);
    (void)sigaction(SIGPIPE, &ignore, &kept_pipe);
}

void signals_restore(void)
{
    (void)sigaction(SIGUSR1, &kept_usr1, NULL);
    (void)sigaction(SIGUSR2, &kept_usr2, NULL);
    (void)sigaction(SIGPIPE, &kept_pipe, NULL);
}
