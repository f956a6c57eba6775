/* not_run: as tests/package/tap.sh says it. */
#include "support/not_run.h"

#include <stdio.h>

void not_run(const char *test, const char *why)
{
    (void)fprintf(stderr, "not run: %s (%s)\n", test, why);
}
