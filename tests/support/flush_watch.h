/* flush_watch: whether a new file or directory would outlast a power cut: whether its
 * directory was flushed when it was there. One at a time. */
#ifndef HOOKROLL_TESTS_SUPPORT_FLUSH_WATCH_H
#define HOOKROLL_TESTS_SUPPORT_FLUSH_WATCH_H

#include <stdbool.h>

/* flush_watch_begin: for the entry `path`, which is absolute and borrowed until the end. With
 * `fail` that flush fails as on a broken disk. */
void flush_watch_begin(const char *path, bool fail);

/* flush_watch_saw: whether there was such a flush, failed or not. */
bool flush_watch_saw(void);

void flush_watch_end(void);

#endif
