/* surveyor: a thread that takes a census of the store now and then, whenever no other
 * process has. */
#ifndef HOOKROLL_SERVE_SURVEYOR_H
#define HOOKROLL_SERVE_SURVEYOR_H

#include "base/rc.h"
#include "store/store.h"

struct surveyor;

/* surveyor_start: *out is new, ended with surveyor_stop; the store is borrowed until then.
 * The caller has blocked the signals that the thread is not to take. RC_NO_MEMORY,
 * RC_SYSTEM; logged. */
RC_CHECK enum rc surveyor_start(struct store *store, struct surveyor **out);

/* surveyor_stop: a census that is under way is given up. NULL is let pass. */
void surveyor_stop(struct surveyor *surveyor);

#endif
