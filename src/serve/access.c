/* access: which requests are told of, and what of them. */
#include "serve/access.h"

#include "base/log.h"
#include "store/metrics.h"

#include <stdatomic.h>
#include <stdbool.h>

enum {
    METHOD_MAX = 16 /* bytes of a method that are told */
};

static _Atomic int told = ACCESS_LOG_ALL;

void access_set(enum access_log which)
{
    atomic_store_explicit(&told, (int)which, memory_order_relaxed);
}

static bool is_told(struct text method)
{
    int which = atomic_load_explicit(&told, memory_order_relaxed);

    return which == ACCESS_LOG_ALL ||
           (which == ACCESS_LOG_CHANGES && !text_is(method, "GET") && !text_is(method, "HEAD"));
}

/* A line in the making. */
struct line {
    struct log_field fields[LOG_FIELDS_MAX];
    size_t count;
    char uids[5][UID_SIZE];
    size_t uid_count;
};

static void add(struct line *line, const char *name, struct text value)
{
    line->fields[line->count++] = (struct log_field){name, value};
}

static void add_uid(struct line *line, const char *name, const struct uid *uid)
{
    char *text = line->uids[line->uid_count];

    if (uid_is_none(uid))
        return;
    uid_format(uid, text);
    add(line, name, text_of(text));
    line->uid_count++;
}

static void tell(const struct request *request, int status, const struct outcome *outcome,
                 int64_t ns)
{
    struct text method = request->method;
    struct line line = {.count = 0};
    char code[TEXT_INT64_SIZE];
    char us[TEXT_INT64_SIZE];

    if (method.len > METHOD_MAX)
        method.len = METHOD_MAX;
    add(&line, "event", text_of("request"));
    add(&line, "id", request->id);
    if (uid_is_none(&outcome->caller))
        add(&line, "key", (struct text){NULL, 0});
    add_uid(&line, "key", &outcome->caller);
    add(&line, "method", method);
    add(&line, "route", text_of(outcome->pattern));
    add(&line, "status", text_of_int64(status, code));
    add(&line, "result", text_of(rc_name(outcome->rc)));
    add(&line, "us", text_of_int64(ns / 1000, us));
    add_uid(&line, "project", &outcome->project);
    add_uid(&line, "endpoint", &outcome->endpoint);
    add_uid(&line, "secret", &outcome->secret);
    add_uid(&line, "api_key", &outcome->key);
    log_event(request->now, line.fields, line.count);
}

void access_note(const struct request *request, int status, const struct outcome *outcome,
                 int64_t ns)
{
    metrics_request(outcome->route, status, ns);
    if (is_told(request->method))
        tell(request, status, outcome, ns);
}
