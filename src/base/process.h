/* process: what the programs do to themselves before they touch a secret, and what they may use. */
#ifndef HOOKROLL_BASE_PROCESS_H
#define HOOKROLL_BASE_PROCESS_H

#include <stddef.h>

/* process_harden: no core files, no tracing by others of the same user; memory
 * that any library frees is overwritten, but for small blocks (up to about a
 * kilobyte) that the allocator keeps at hand. No file that is opened later is taken for a
 * standard stream: one that is closed stays so for who uses it, and its descriptor is not given
 * again; where that cannot be, the process ends. What goes beyond a limit of file sizes fails
 * (EFBIG), and what nobody reads (EPIPE). Call first in main. */
void process_harden(void);

/* process_processors: how many this process may use; at least one. */
size_t process_processors(void);

#endif
