/* directory: what makes new entries of directories last, keeps others from making them meanwhile,
 * and leaves them to the right user. Thread-safe. */
#ifndef HOOKROLL_BASE_DIRECTORY_H
#define HOOKROLL_BASE_DIRECTORY_H

/* directory_sync: a new entry is on the disk only once its directory is; this flushes it. 0, or
 * an errno. */
int directory_sync(const char *path);

/* directory_sync_parent: the same of the directory in which `path` is an entry. */
int directory_sync_parent(const char *path);

/* directory_give: a file in an open directory that this process has made belongs to the directory's
 * owner and group from then on, which only root can bring about. 0, also for a file that is
 * another's; or an errno: EPERM for what is no file, and for a file that has other names too. */
int directory_give(int directory, const char *name);

/* directory_lock: waits until nobody else has the directory locked. An open descriptor, which holds
 * the lock until it is closed; -1 with errno. */
int directory_lock(const char *path);

/* directory_lock_parent: the same of the directory in which `path` is an entry. */
int directory_lock_parent(const char *path);

#endif
