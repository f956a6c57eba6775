/* census: counting all endpoints in views of bounded length, and whose turn it is. */
#include "store/census.h"

#include "base/moment.h"
#include "store/metrics.h"
#include "store/store_inside.h"

enum {
    VIEW = 1000 /* records read in one transaction */
};

struct counting {
    struct census *census;
    int64_t now;
};

static void count(const struct counting *counting, const struct secret *secrets, size_t n)
{
    struct census *census = counting->census;

    census->endpoints++;
    for (size_t i = 0; i < n; i++) {
        if (secrets[i].expires_at != SECRET_NO_END) {
            census->in_grace += secret_in_grace(&secrets[i], counting->now) ? 1 : 0;
            continue;
        }
        census->current++;
        if (census->oldest_current == 0 || secrets[i].created_at < census->oldest_current)
            census->oldest_current = secrets[i].created_at;
    }
}

static bool visit(struct text key, struct text record, void *arg)
{
    const struct counting *counting = arg;
    struct secret secrets[ENDPOINT_SECRETS_MAX];
    struct uid uid;
    size_t n = 0;

    if (store_whose(key, record, &uid) == RC_OK &&
        record_endpoint_secrets(record, secrets, &n) == RC_OK)
        count(counting, secrets, n);
    else
        counting->census->damaged++;
    return true;
}

static enum rc view_in(struct kv_txn *txn, void *arg)
{
    return store_walk_on(arg, txn, text_of(KEYSPACE_ENDPOINTS), VIEW);
}

enum rc census_take(struct store *store, int64_t now, census_go_on *go_on, void *arg,
                    struct census *out)
{
    struct counting counting = {out, now};
    struct store_walk walk = {.visit = visit, .arg = &counting};
    enum rc rc = RC_OK;

    *out = (struct census){0};
    while (rc == RC_OK && !walk.ended) {
        if (go_on != NULL && !go_on(arg))
            return RC_GONE;
        rc = kv_read(store->kv, view_in, &walk);
    }
    return rc;
}

int64_t census_wait(int64_t now)
{
    int64_t due = (int64_t)metrics_gauge(METRICS_CENSUS_DUE);

    /* Further ahead than anybody sets it: by a clock that was wrong. */
    return due <= now || due - now > CENSUS_LONGEST ? 0 : due - now;
}

/* One census, whose lease is renewed between two views. */
struct turn {
    census_go_on *go_on;
    void *arg;
};

static bool renew(void *arg)
{
    const struct turn *turn = arg;

    metrics_gauge_set(METRICS_CENSUS_DUE, (uint64_t)(moment_now() + CENSUS_LEASE));
    return turn->go_on == NULL || turn->go_on(turn->arg);
}

static void publish(const struct census *census, int64_t at)
{
    metrics_gauge_set(METRICS_ENDPOINTS, census->endpoints);
    metrics_gauge_set(METRICS_DAMAGED, census->damaged);
    metrics_gauge_set(METRICS_CURRENT, census->current);
    metrics_gauge_set(METRICS_IN_GRACE, census->in_grace);
    metrics_gauge_set(METRICS_OLDEST_CURRENT, (uint64_t)census->oldest_current);
    metrics_gauge_set(METRICS_CENSUS_AT, (uint64_t)at);
}

enum rc census_run(struct store *store, census_go_on *go_on, void *arg)
{
    struct turn turn = {go_on, arg};
    struct census census;
    int64_t now = moment_now();
    int64_t began = moment_elapsed();
    uint64_t due = metrics_gauge(METRICS_CENSUS_DUE);
    int64_t pause;
    enum rc rc;

    if (census_wait(now) > 0 ||
        !metrics_gauge_swap(METRICS_CENSUS_DUE, due, (uint64_t)(now + CENSUS_LEASE)))
        return RC_UNAVAILABLE;
    rc = census_take(store, now, renew, &turn, &census);
    if (rc == RC_OK)
        publish(&census, now);
    pause = (moment_elapsed() - began) / 1000000 * CENSUS_SHARE;
    if (pause < CENSUS_INTERVAL)
        pause = CENSUS_INTERVAL;
    if (pause > CENSUS_LONGEST)
        pause = CENSUS_LONGEST;
    /* One that was told to end has counted nothing: another process may begin at once. */
    metrics_gauge_set(METRICS_CENSUS_DUE, (uint64_t)(rc == RC_GONE ? 0 : moment_now() + pause));
    return rc;
}
