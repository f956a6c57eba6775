/* address_space: a process that has hardly more of it than it uses. Not under the sanitizers,
 * which take it for themselves. */
#ifndef HOOKROLL_TESTS_SUPPORT_ADDRESS_SPACE_H
#define HOOKROLL_TESTS_SUPPORT_ADDRESS_SPACE_H

#include <stdbool.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

/* address_space_limit: from here on no more than 3 MiB beside what is used already; false
 * when that cannot be had. */
bool address_space_limit(void);

/* address_space_lift: undoes it. */
bool address_space_lift(void);

#endif
