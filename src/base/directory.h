/* directory: what makes new entries of directories last. Thread-safe. */
#ifndef HOOKROLL_BASE_DIRECTORY_H
#define HOOKROLL_BASE_DIRECTORY_H

/* directory_sync: a new entry is on the disk only once its directory is; this flushes it. 0, or
 * an errno. */
int directory_sync(const char *path);

/* directory_sync_parent: the same of the directory in which `path` is an entry. */
int directory_sync_parent(const char *path);

#endif
