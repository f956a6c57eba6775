/* empty: a FastCGI responder that reads each request to its end and answers bytes that
 * never change: what an answer costs before anybody has decided on it. As many threads as
 * hookroll has by default, and an answer of the size of a signature's. */
#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    THREADS = 16,
    BODY_BYTES = 640,
    CHUNK = 16384
};

static char answer[BODY_BYTES + 256];
static int length;

static void *work(void *arg)
{
    FCGX_Request request;
    char waste[CHUNK];

    if (FCGX_InitRequest(&request, 0, 0) != 0)
        return arg;
    while (FCGX_Accept_r(&request) == 0) {
        while (FCGX_GetStr(waste, sizeof waste, request.in) > 0) {
        }
        (void)FCGX_PutStr(answer, length, request.out);
        FCGX_Finish_r(&request);
    }
    return arg;
}

int main(void)
{
    pthread_t thread;
    sigset_t ending;
    int signal_number;

    length = snprintf(answer, sizeof answer,
                      "Status: 200 OK\r\nContent-Type: application/json\r\n"
                      "Cache-Control: no-store\r\nContent-Length: %d\r\n\r\n\"%0*d\"",
                      BODY_BYTES, BODY_BYTES - 2, 0);
    if (FCGX_Init() != 0)
        return EXIT_FAILURE;
    (void)sigemptyset(&ending);
    (void)sigaddset(&ending, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &ending, NULL);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&thread, NULL, work, NULL) != 0)
            return EXIT_FAILURE;
    (void)sigwait(&ending, &signal_number);
    return EXIT_SUCCESS;
}
