/* write_failure: a disk that fails to write the end of one of LMDB's commits. */
#ifndef HOOKROLL_TESTS_SUPPORT_WRITE_FAILURE_H
#define HOOKROLL_TESTS_SUPPORT_WRITE_FAILURE_H

/* write_failure_next: the next write at a place in a file that is shorter than a page, as what
 * commits is, fails with EIO. */
void write_failure_next(void);

#endif
