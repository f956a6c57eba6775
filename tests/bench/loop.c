/* loop: FCGX_Accept_r and FCGX_Finish_r, in so many threads. */
#include "loop.h"

#include <fcgiapp.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    ANSWER_MAX = 65536,
    CHUNK = 16384,
    BACKLOG = 1024
};

static char answer[ANSWER_MAX]; /* header lines, an empty line, a body */
static int length;
static int listener;
static loop_before *before;

static void *work(void *arg)
{
    FCGX_Request request;
    char waste[CHUNK];

    if (FCGX_InitRequest(&request, listener, 0) != 0)
        return arg;
    while (FCGX_Accept_r(&request) == 0) {
        while (FCGX_GetStr(waste, sizeof waste, request.in) > 0) {
        }
        if (before != NULL && !before())
            abort();
        (void)FCGX_PutStr(answer, length, request.out);
        FCGX_Finish_r(&request);
    }
    return arg;
}

static int read_answer(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, answer, sizeof answer) : -1;

    if (fd >= 0)
        (void)close(fd);
    return (int)n;
}

int loop(const char *socket, long threads, const char *path, loop_before *first)
{
    pthread_t thread;
    sigset_t ending;
    int signal_number;

    if (threads < 1 || FCGX_Init() != 0 || (length = read_answer(path)) <= 0)
        return EXIT_FAILURE;
    before = first;
    listener = FCGX_OpenSocket(socket, BACKLOG);
    (void)sigemptyset(&ending);
    (void)sigaddset(&ending, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &ending, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    for (long i = 0; i < threads; i++)
        if (pthread_create(&thread, NULL, work, NULL) != 0)
            return EXIT_FAILURE;
    (void)sigwait(&ending, &signal_number);
    return EXIT_SUCCESS;
}
