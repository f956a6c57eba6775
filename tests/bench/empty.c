/* empty: the least that a FastCGI responder can do: libfcgi's own loop, and the bytes of a file.
 * usage: empty SOCKET THREADS FILE */
#include "loop.h"

#include <stdlib.h>

int main(int argc, char **argv)
{
    return argc == 4 ? loop(argv[1], strtol(argv[2], NULL, 10), argv[3], NULL) : EXIT_FAILURE;
}
