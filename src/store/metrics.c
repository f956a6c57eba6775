/* metrics: which cell counts what. The order of cells is nobody's to know: the file's
 * layout is a hash of it. */
#include "store/metrics.h"

#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/tally.h"

#include <inttypes.h>
#include <string.h>

/* ns: from what memory answers to where somebody waits. */
const int64_t metrics_times[METRICS_TIMES] = {
    50000,    100000,   250000,    500000,    1000000,   2500000,    5000000,    10000000,
    25000000, 50000000, 100000000, 250000000, 500000000, 1000000000, 5000000000,
};

const int64_t metrics_sizes[METRICS_SIZES] = {1, 2, 4, 8, 16, 32, 64, 128, 256};

static const int statuses[METRICS_STATUSES] = {
    200, 201, 202, 304, 400, 401, 403, 404, 405, 409, 412, 413, 415, 500, 503, 507, 0,
};

/* A histogram's cells: a bucket to each bound, one for what is above, the sum. */
enum {
    TIMES = METRICS_TIMES + 2,
    SIZES = METRICS_SIZES + 2,
    ROW = METRICS_STATUSES + TIMES,
    REQUESTS = 0,
    ROLLS = REQUESTS + METRICS_ROUTES * ROW,
    COMMIT_TIMES = ROLLS + RC_SYSTEM + 1,
    COMMIT_SIZES = COMMIT_TIMES + TIMES,
    GAUGES = COMMIT_SIZES + SIZES,
    CELLS = GAUGES + METRICS_GAUGES,
    LAYOUT_MAX = 64 * 1024
};

static tally_cell own[CELLS];
static tally_cell *cells = own;
static struct tally shared;

static void describe_bounds(struct buf *out, const int64_t *bounds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%" PRId64 " ", bounds[i]);
    buf_put_byte(out, '\n');
}

/* A hash of all that gives cells their meaning; 0 without memory. */
static uint64_t layout(struct text routes)
{
    uint8_t digest[CRYPTO_DIGEST_BYTES];
    uint64_t hash = 0;
    struct buf all;

    buf_init(&all, LAYOUT_MAX);
    buf_printf(&all, "%d %d\n", (int)ROW, (int)CELLS);
    describe_bounds(&all, metrics_times, METRICS_TIMES);
    describe_bounds(&all, metrics_sizes, METRICS_SIZES);
    for (size_t i = 0; i < METRICS_STATUSES; i++)
        buf_printf(&all, "%d ", statuses[i]);
    for (int rc = RC_OK; rc <= RC_SYSTEM; rc++)
        buf_printf(&all, "%s ", rc_name((enum rc)rc));
    buf_put_text(&all, routes);
    if (buf_status(&all) == RC_OK) {
        crypto_digest(digest, all.data, all.len);
        memcpy(&hash, digest, sizeof hash);
    }
    buf_free(&all);
    return hash;
}

void metrics_open(const char *directory, struct text routes)
{
    uint64_t hash = layout(routes);

    metrics_close();
    if (hash != 0 && tally_open(&shared, directory, "metrics", hash, CELLS) == RC_OK)
        cells = shared.cells;
    else
        log_warn("metrics count what this process does, and end with it");
}

void metrics_close(void)
{
    cells = own;
    tally_close(&shared);
}

static void add(size_t cell, uint64_t n)
{
    (void)atomic_fetch_add_explicit(&cells[cell], n, memory_order_relaxed);
}

static uint64_t get(size_t cell)
{
    return atomic_load_explicit(&cells[cell], memory_order_relaxed);
}

static void observe(size_t cell, const int64_t *bounds, size_t count, int64_t value)
{
    size_t bucket = 0;

    while (bucket < count && value > bounds[bucket])
        bucket++;
    add(cell + bucket, 1);
    add(cell + count + 1, value > 0 ? (uint64_t)value : 0);
}

static void read_histogram(size_t cell, const int64_t *bounds, size_t count,
                           struct metrics_histogram *out)
{
    *out = (struct metrics_histogram){.bounds = bounds, .count = count};
    for (size_t i = 0; i <= count; i++)
        out->buckets[i] = get(cell + i);
    out->sum = get(cell + count + 1);
}

static size_t row(size_t route)
{
    return REQUESTS + ROW * (route < METRICS_ROUTES ? route : (size_t)METRICS_NO_ROUTE);
}

void metrics_request(size_t route, int status, int64_t ns)
{
    size_t i = 0;

    while (i < METRICS_STATUSES - 1 && statuses[i] != status)
        i++;
    add(row(route) + i, 1);
    observe(row(route) + METRICS_STATUSES, metrics_times, METRICS_TIMES, ns);
}

void metrics_roll(enum rc rc)
{
    add(ROLLS + (size_t)rc, 1);
}

void metrics_commit(int64_t ns, size_t writes)
{
    observe(COMMIT_TIMES, metrics_times, METRICS_TIMES, ns);
    observe(COMMIT_SIZES, metrics_sizes, METRICS_SIZES, (int64_t)writes);
}

int metrics_status(size_t i)
{
    return i < METRICS_STATUSES ? statuses[i] : -1;
}

uint64_t metrics_requests(size_t route, size_t i)
{
    return get(row(route) + i);
}

void metrics_request_times(size_t route, struct metrics_histogram *out)
{
    read_histogram(row(route) + METRICS_STATUSES, metrics_times, METRICS_TIMES, out);
}

uint64_t metrics_rolls(enum rc rc)
{
    return get(ROLLS + (size_t)rc);
}

void metrics_commit_times(struct metrics_histogram *out)
{
    read_histogram(COMMIT_TIMES, metrics_times, METRICS_TIMES, out);
}

void metrics_commit_sizes(struct metrics_histogram *out)
{
    read_histogram(COMMIT_SIZES, metrics_sizes, METRICS_SIZES, out);
}

uint64_t metrics_gauge(enum metrics_gauge gauge)
{
    return get(GAUGES + (size_t)gauge);
}

void metrics_gauge_set(enum metrics_gauge gauge, uint64_t value)
{
    atomic_store_explicit(&cells[GAUGES + (size_t)gauge], value, memory_order_relaxed);
}

bool metrics_gauge_swap(enum metrics_gauge gauge, uint64_t expected, uint64_t value)
{
    return atomic_compare_exchange_strong_explicit(&cells[GAUGES + (size_t)gauge], &expected, value,
                                                   memory_order_relaxed, memory_order_relaxed);
}
