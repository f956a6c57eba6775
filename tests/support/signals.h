/* signals: what libfcgi, a responder's main and a test itself do to signals, undone after it. */
#ifndef HOOKROLL_TESTS_SUPPORT_SIGNALS_H
#define HOOKROLL_TESTS_SUPPORT_SIGNALS_H

/* signals_keep: remembers SIGPIPE, SIGUSR1 and SIGUSR2; SIGPIPE is ignored from here on. */
void signals_keep(void);

void signals_restore(void);

#endif
