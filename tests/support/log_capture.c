/* log_capture: all lines in one buffer, each with a line feed behind. */
#include "support/log_capture.h"

#include "base/log.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

enum {
    PATIENCE = 20 /* s */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t logged = PTHREAD_COND_INITIALIZER;
static char lines[65536];
static size_t used;
static size_t count;

static void keep(enum log_level level, const char *message)
{
    size_t len = strlen(message);

    (void)level;
    (void)pthread_mutex_lock(&lock);
    count++;
    if (len + 2 <= sizeof lines - used) {
        memcpy(lines + used, message, len);
        lines[used + len] = '\n';
        used += len + 1;
        lines[used] = '\0';
    }
    (void)pthread_cond_broadcast(&logged);
    (void)pthread_mutex_unlock(&lock);
}

void log_capture_begin(void)
{
    used = 0;
    count = 0;
    lines[0] = '\0';
    log_divert(keep);
}

void log_capture_end(void)
{
    log_divert(NULL);
}

bool log_capture_has(const char *part)
{
    bool found;

    (void)pthread_mutex_lock(&lock);
    found = strstr(lines, part) != NULL;
    (void)pthread_mutex_unlock(&lock);
    return found;
}

bool log_capture_await(const char *part)
{
    struct timespec until;
    bool found = false;
    int err = clock_gettime(CLOCK_REALTIME, &until);

    until.tv_sec += PATIENCE;
    (void)pthread_mutex_lock(&lock);
    while (err == 0 && !(found = strstr(lines, part) != NULL))
        err = pthread_cond_timedwait(&logged, &lock, &until);
    (void)pthread_mutex_unlock(&lock);
    return found;
}

size_t log_capture_count(void)
{
    size_t n;

    (void)pthread_mutex_lock(&lock);
    n = count;
    (void)pthread_mutex_unlock(&lock);
    return n;
}
