/* successor: the program that is to follow in this process (handover.h), asked beforehand, in a
 * process of its own, whether it would start. */
#ifndef HOOKROLL_SERVE_SUCCESSOR_H
#define HOOKROLL_SERVE_SUCCESSOR_H

#include "base/rc.h"

/* successor_try: has argv[0], a path, run with `option` before the arguments, and with `input` on
 * descriptor 0, as that program will find it. RC_OK when it ends with status 0; RC_INVALID when it
 * ends otherwise, or not within `patience` (ms); RC_NO_MEMORY, and RC_SYSTEM when it cannot be
 * run. All but RC_OK are logged; what the program says of it goes to standard error. */
RC_CHECK enum rc successor_try(int input, char *const *argv, char *option, int patience);

#endif
