/* cached: how a file lies in memory. */
#ifndef HOOKROLL_BENCH_CACHED_H
#define HOOKROLL_BENCH_CACHED_H

/* cached_by_pages: has the kernel forget the store's file in a directory, which nobody has open,
 * and read it again page by page, as it lies in memory after many small writes or a restart. What
 * few large writes have left there lies in large folios (Linux 6.16 on ext4), and with those each
 * later write of a page costs several times as much. 0, or an error of the system's. */
int cached_by_pages(const char *directory);

#endif
