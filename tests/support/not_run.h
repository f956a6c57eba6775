/* not_run: tests of what the surroundings do not let be tested. */
#ifndef HOOKROLL_TESTS_SUPPORT_NOT_RUN_H
#define HOOKROLL_TESTS_SUPPORT_NOT_RUN_H

/* not_run: says so, in a line that ./check shows beside what passed. */
void not_run(const char *test, const char *why);

#endif
