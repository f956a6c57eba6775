/* commit: how long LMDB alone takes to commit what some rolls write (bare.h), over and over.
 * usage: commit DIRECTORY RECORDS ROLLS SECONDS */
#include "bare.h"
#include "laps.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    struct laps laps;
    uint64_t records = argc == 5 ? strtoull(argv[2], NULL, 10) : 0;
    uint64_t rolls = argc == 5 ? strtoull(argv[3], NULL, 10) : 0;
    int err;

    if (records == 0 || rolls == 0) {
        (void)fputs("usage: commit DIRECTORY RECORDS ROLLS SECONDS\n", stderr);
        return EXIT_FAILURE;
    }
    err = bare_open(argv[1], records);
    laps_begin(&laps, strtod(argv[4], NULL));
    while (err == 0) {
        err = bare_commit(rolls);
        if (!laps_next(&laps))
            break;
    }
    bare_close();
    if (err != 0)
        (void)fprintf(stderr, "%s: %s\n", argv[1], bare_error(err));
    laps_print(&laps);
    return err == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
