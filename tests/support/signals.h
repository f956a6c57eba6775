/* signals: what libfcgi and a responder's main do to signals, undone after a test. */
#ifndef HOOKROLL_TESTS_SUPPORT_SIGNALS_H
#define HOOKROLL_TESTS_SUPPORT_SIGNALS_H

/* signals_keep: remembers SIGPIPE and SIGUSR1; SIGPIPE is ignored from here on. */
void signals_keep(void);

void signals_restore(void);

#endif
