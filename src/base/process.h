/* process: what both programs do to themselves before they touch a secret. */
#ifndef HOOKROLL_BASE_PROCESS_H
#define HOOKROLL_BASE_PROCESS_H

/* process_harden: no core files, no tracing by others of the same user; memory
 * that any library frees is overwritten, but for small blocks (up to about a
 * kilobyte) that the allocator keeps at hand. Call first in main. */
void process_harden(void);

#endif
