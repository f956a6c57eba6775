/* exposition: names, helps and labels of what is counted; counting is metrics.c's. */
#include "api/exposition.h"

#include "api/router.h"
#include "store/metrics.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    ROUTES_TEXT_MAX = 64 * 1024,
    LABELS_SIZE = 256
};

#define NS_PER_S INT64_C(1000000000)
#define MS_PER_S INT64_C(1000)

void exposition_open(const char *directory)
{
    const char *method;
    const char *pattern;
    struct buf routes;

    buf_init(&routes, ROUTES_TEXT_MAX);
    for (size_t i = 0; router_route(i, &method, &pattern); i++)
        buf_printf(&routes, "%s %s\n", method, pattern);
    metrics_open(directory, buf_text(&routes));
    buf_free(&routes);
}

static void family(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void single(struct buf *out, const char *name, const char *type, const char *help,
                   uint64_t value)
{
    family(out, name, type, help);
    buf_printf(out, "%s %" PRIu64 "\n", name, value);
}

/* A decimal fraction without zeros at its end. */
static void put_fraction(struct buf *out, uint64_t value, int64_t unit)
{
    const uint64_t per = (uint64_t)unit;
    uint64_t rest = value % per;

    buf_printf(out, "%" PRIu64, value / per);
    if (rest > 0)
        buf_put_byte(out, '.');
    for (; rest > 0; rest %= per) {
        rest *= 10;
        buf_put_byte(out, (char)('0' + rest / per));
    }
}

static void moment(struct buf *out, const char *name, const char *help, uint64_t ms)
{
    family(out, name, "gauge", help);
    buf_printf(out, "%s ", name);
    put_fraction(out, ms, MS_PER_S);
    buf_put_byte(out, '\n');
}

/* `labels` is empty or ends with a comma; `unit` is what its values are told in. */
static void histogram(struct buf *out, const char *name, const char *labels,
                      const struct metrics_histogram *histogram, int64_t unit)
{
    uint64_t total = 0;
    struct buf shut;

    buf_init(&shut, LABELS_SIZE);
    if (labels[0] != '\0')
        buf_printf(&shut, "{%.*s}", (int)strlen(labels) - 1, labels);
    for (size_t i = 0; i < histogram->count; i++) {
        total += histogram->buckets[i];
        buf_printf(out, "%s_bucket{%sle=\"", name, labels);
        put_fraction(out, (uint64_t)histogram->bounds[i], unit);
        buf_printf(out, "\"} %" PRIu64 "\n", total);
    }
    total += histogram->buckets[histogram->count];
    buf_printf(out, "%s_bucket{%sle=\"+Inf\"} %" PRIu64 "\n%s_sum", name, labels, total, name);
    buf_put_text(out, buf_text(&shut));
    buf_put_byte(out, ' ');
    put_fraction(out, histogram->sum, unit);
    buf_printf(out, "\n%s_count", name);
    buf_put_text(out, buf_text(&shut));
    buf_printf(out, " %" PRIu64 "\n", total);
    buf_free(&shut);
}

/* The labels of a row of requests; false of one that no route has. */
static bool row_labels(size_t route, char out[LABELS_SIZE])
{
    const char *method;
    const char *pattern;

    if (router_route(route, &method, &pattern))
        (void)snprintf(out, LABELS_SIZE, "route=\"%s\",method=\"%s\",", pattern, method);
    else if (route == METRICS_NO_ROUTE)
        (void)snprintf(out, LABELS_SIZE, "route=\"none\",method=\"any\",");
    else
        return false;
    return true;
}

static void requests(struct buf *out)
{
    char labels[LABELS_SIZE];

    family(out, "hookroll_requests_total", "counter",
           "Requests answered, by route, method and HTTP status.");
    for (size_t route = 0; route < METRICS_ROUTES; route++) {
        if (!row_labels(route, labels))
            continue;
        for (size_t i = 0; metrics_status(i) >= 0; i++) {
            uint64_t n = metrics_requests(route, i);

            if (n > 0 && metrics_status(i) > 0)
                buf_printf(out, "hookroll_requests_total{%sstatus=\"%d\"} %" PRIu64 "\n", labels,
                           metrics_status(i), n);
            else if (n > 0)
                buf_printf(out, "hookroll_requests_total{%sstatus=\"other\"} %" PRIu64 "\n", labels,
                           n);
        }
    }
}

static void request_times(struct buf *out)
{
    static const char name[] = "hookroll_request_duration_seconds";
    char labels[LABELS_SIZE];

    family(out, name, "histogram", "From a request that has been read to its answer, by route.");
    for (size_t route = 0; route < METRICS_ROUTES; route++) {
        struct metrics_histogram times;
        uint64_t total = 0;

        if (!row_labels(route, labels))
            continue;
        metrics_request_times(route, &times);
        for (size_t i = 0; i <= times.count; i++)
            total += times.buckets[i];
        if (total > 0)
            histogram(out, name, labels, &times, NS_PER_S);
    }
}

static void rolls(struct buf *out)
{
    static const char name[] = "hookroll_rolls_refused_total";

    single(out, "hookroll_rolls_total", "counter", "Rolls that were done.", metrics_rolls(RC_OK));
    family(out, name, "counter", "Rolls that were refused or failed, by reason.");
    for (int rc = RC_OK + 1; rc <= RC_SYSTEM; rc++)
        buf_printf(out, "%s{reason=\"%s\"} %" PRIu64 "\n", name, rc_name((enum rc)rc),
                   metrics_rolls((enum rc)rc));
}

static void commits(struct buf *out)
{
    struct metrics_histogram cells;

    family(out, "hookroll_commit_duration_seconds", "histogram", "Until a commit is on the disk.");
    metrics_commit_times(&cells);
    histogram(out, "hookroll_commit_duration_seconds", "", &cells, NS_PER_S);
    family(out, "hookroll_commit_batch_size", "histogram", "Writes in one commit.");
    metrics_commit_sizes(&cells);
    histogram(out, "hookroll_commit_batch_size", "", &cells, 1);
}

static void store(struct buf *out, struct store *store)
{
    struct store_figures figures;

    if (store_figures(store, &figures) != RC_OK)
        return;
    single(out, "hookroll_map_bytes", "gauge",
           "Address space of the store; it grows by itself when it is full.", figures.map_bytes);
    single(out, "hookroll_map_used_bytes", "gauge",
           "What the store has ever used of its address space; freed pages are used again.",
           figures.used_bytes);
    single(out, "hookroll_readers", "gauge", "Views of the store that are open now.",
           figures.readers);
    single(out, "hookroll_readers_max", "gauge", "Views that may be open at once.",
           figures.readers_max);
}

static void census(struct buf *out)
{
    uint64_t at = metrics_gauge(METRICS_CENSUS_AT);
    uint64_t oldest = metrics_gauge(METRICS_OLDEST_CURRENT);

    if (at == 0)
        return;
    single(out, "hookroll_endpoints", "gauge", "Endpoints, at the last census.",
           metrics_gauge(METRICS_ENDPOINTS));
    single(out, "hookroll_endpoints_damaged", "gauge",
           "Endpoints whose record cannot be read, at the last census.",
           metrics_gauge(METRICS_DAMAGED));
    single(out, "hookroll_secrets_current", "gauge", "Current secrets, at the last census.",
           metrics_gauge(METRICS_CURRENT));
    single(out, "hookroll_secrets_in_grace", "gauge",
           "Secrets that have an end and could still sign, at the last census.",
           metrics_gauge(METRICS_IN_GRACE));
    if (oldest > 0)
        moment(out, "hookroll_oldest_current_secret_timestamp_seconds",
               "When the oldest current secret was made, at the last census.", oldest);
    moment(out, "hookroll_census_timestamp_seconds", "When all endpoints were last gone through.",
           at);
}

void exposition_write(struct buf *out, struct store *from)
{
    family(out, "hookroll_build_info", "gauge", "The version that answers.");
    buf_put_string(out, "hookroll_build_info{version=\"" HOOKROLL_VERSION "\"} 1\n");
    requests(out);
    request_times(out);
    rolls(out);
    commits(out);
    store(out, from);
    census(out);
}

enum rc exposition_get(struct call *call)
{
    call->response->status = 200;
    call->response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    exposition_write(&call->response->body, call->store);
    return RC_OK;
}
