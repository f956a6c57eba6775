/* constant: instead of router_answer in a responder that is hookroll's otherwise (linked with
 * --wrap): the first good answer to a method and a path is given to all who ask for the same.
 * What is left is what it costs to carry a request and an answer of that size. */
#include "api/router.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum {
    KEPT = 16,
    PATH_MAX_KEPT = 256
};

struct kept {
    char method[8];
    char path[PATH_MAX_KEPT];
    struct response response;
    struct outcome outcome;
};

static struct kept kept[KEPT];
static atomic_size_t count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__typeof__(router_answer) __real_router_answer, __wrap_router_answer;

static const struct kept *find(const struct request *request)
{
    size_t known = atomic_load_explicit(&count, memory_order_acquire);

    for (size_t i = 0; i < known; i++)
        if (text_is(request->path, kept[i].path) && text_is(request->method, kept[i].method))
            return &kept[i];
    return NULL;
}

static void copy(struct response *to, const struct response *from)
{
    to->status = from->status;
    to->max_age = from->max_age;
    buf_put_text(&to->headers, buf_text(&from->headers));
    buf_put_text(&to->body, buf_text(&from->body));
}

static void keep(const struct request *request, const struct response *response,
                 const struct outcome *outcome)
{
    struct kept *next;

    (void)pthread_mutex_lock(&lock);
    next = &kept[atomic_load(&count)];
    if (next < kept + KEPT && find(request) == NULL &&
        text_copy(request->method, next->method, sizeof next->method) &&
        text_copy(request->path, next->path, sizeof next->path)) {
        response_init(&next->response);
        copy(&next->response, response);
        next->outcome = *outcome;
        (void)atomic_fetch_add_explicit(&count, 1, memory_order_release);
    }
    (void)pthread_mutex_unlock(&lock);
}

void __wrap_router_answer(const struct service *service, const struct request *request,
                          struct response *response, struct arena *arena, struct outcome *outcome)
{
    const struct kept *known = find(request);

    if (known != NULL) {
        copy(response, &known->response);
        *outcome = known->outcome;
        return;
    }
    __real_router_answer(service, request, response, arena, outcome);
    if (outcome->rc == RC_OK)
        keep(request, response, outcome);
}
