/* store: threads and processes that roll one endpoint at once lose no roll, and the
 * map grows under all of them. */
#include "store/store.h"
#include "suites.h"
#include "support/helper.h"
#include "support/log_capture.h"
#include "support/sample.h"
#include "support/store_fixture.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

enum {
    SMALL_MAP = 65536,
    ENDPOINTS = 2000,
    SHARE = 150, /* endpoints that each of two processes adds */
    ROOMY = 60,  /* number of a project that lets many secrets sign */
    NUMBER = 2,  /* of the endpoint that is rolled */
    ROLLERS_MAX = 8,
    ROLLS = 7,
    ENTRIES_MAX = 1 + ROLLERS_MAX * ROLLS
};

static struct store_fixture at;

/* One of those who roll at once; in memory that processes share. */
struct roller {
    pthread_t thread;
    struct store *store;
    int64_t grace;
    enum rc rc;
    struct uid fresh[ROLLS];
};

static struct roller *rollers;

static void setup(void)
{
    struct project roomy = sample_project(ROOMY);

    store_fixture_make(&at);
    rollers = mmap(NULL, ROLLERS_MAX * sizeof *rollers, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(rollers, MAP_FAILED);
    roomy.max_signing_secrets = PROJECT_SIGNING_SECRETS_MAX;
    store_fixture_open(&at);
    ck_assert_int_eq(store_project_add(at.store, &roomy), RC_OK);
    ck_assert_int_eq(store_fixture_add(at.store, NUMBER, ROOMY, &at.arena), RC_OK);
    store_fixture_close(&at);
}

static void teardown(void)
{
    ck_assert_int_eq(munmap(rollers, ROLLERS_MAX * sizeof *rollers), 0);
    store_fixture_remove(&at);
}

static void roll_often(struct roller *roller)
{
    struct arena arena;

    arena_init(&arena, 1 << 20);
    roller->rc = RC_OK;
    for (int i = 0; i < ROLLS && roller->rc == RC_OK; i++) {
        struct endpoint out;

        arena_reset(&arena);
        roller->rc = store_fixture_roll(roller->store, ROOMY, NUMBER, SAMPLE_NOW + i, roller->grace,
                                        &arena, &out);
        if (roller->rc == RC_OK)
            roller->fresh[i] = out.secrets[out.secret_count - 1].uid;
    }
    arena_free(&arena);
}

static void *roll_in_thread(void *arg)
{
    roll_often(arg);
    return NULL;
}

static bool roll_in_helper(void *arg)
{
    struct roller *roller = arg;

    if (store_open(&at.options, &roller->store) != RC_OK)
        return false;
    roll_often(roller);
    store_close(roller->store);
    return roller->rc == RC_OK;
}

struct entries {
    size_t count;
    struct history list[ENTRIES_MAX + 1]; /* newest first */
};

static bool keep_entry(const struct history *history, void *arg)
{
    struct entries *entries = arg;

    ck_assert_uint_le(entries->count, ENTRIES_MAX);
    entries->list[entries->count++] = *history;
    return true;
}

static bool is_among(const struct entries *entries, const struct uid *fresh)
{
    size_t found = 0;

    for (size_t i = 0; i < entries->count; i++)
        if (uid_equal(&entries->list[i].fresh, fresh))
            found++;
    return found == 1;
}

/* Each roll ended the secret of the one before it, and all that were made are there. */
static void expect_every_roll(size_t count)
{
    const struct uid project = sample_uid(ROOMY);
    const struct uid uid = sample_uid(NUMBER);
    struct entries entries = {.count = 0};

    ck_assert_int_eq(store_history(at.store, &project, &uid, 0, keep_entry, &entries), RC_OK);
    ck_assert_uint_eq(entries.count, 1 + count * ROLLS);
    for (size_t i = 0; i < entries.count; i++) {
        ck_assert_uint_eq(entries.list[i].sequence, entries.count - i);
        ck_assert_uint_eq(entries.list[i].previous, entries.count - i - 1);
        if (i > 0)
            ck_assert(uid_equal(&entries.list[i - 1].ended, &entries.list[i].fresh));
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < ROLLS; j++)
            ck_assert(is_among(&entries, &rollers[i].fresh[j]));
}

static void expect_secrets(size_t count)
{
    const struct uid project = sample_uid(ROOMY);
    const struct uid uid = sample_uid(NUMBER);
    struct endpoint endpoint;
    size_t current = 0;

    ck_assert_int_eq(store_endpoint_get(at.store, &project, &uid, &at.arena, &endpoint), RC_OK);
    ck_assert_uint_eq(endpoint.secret_count, count);
    for (size_t i = 0; i < count; i++)
        if (endpoint.secrets[i].expires_at == SECRET_NO_END)
            current++;
    ck_assert_uint_eq(current, 1);
    ck_assert_int_eq(endpoint.secrets[count - 1].expires_at, SECRET_NO_END);
}

static void roll_in_threads(int64_t grace)
{
    store_fixture_open(&at);
    for (int i = 0; i < ROLLERS_MAX; i++) {
        rollers[i].store = at.store;
        rollers[i].grace = grace;
        ck_assert_int_eq(pthread_create(&rollers[i].thread, NULL, roll_in_thread, &rollers[i]), 0);
    }
    for (int i = 0; i < ROLLERS_MAX; i++)
        ck_assert_int_eq(pthread_join(rollers[i].thread, NULL), 0);
    for (int i = 0; i < ROLLERS_MAX; i++)
        ck_assert_int_eq(rollers[i].rc, RC_OK);
    expect_every_roll(ROLLERS_MAX);
}

START_TEST(eight_threads_that_roll_at_once_lose_no_roll)
{
    roll_in_threads(3600);
    expect_secrets(1 + ROLLERS_MAX * ROLLS);
}
END_TEST

START_TEST(eight_threads_that_end_secrets_at_once_leave_one)
{
    roll_in_threads(0);
    expect_secrets(1);
}
END_TEST

START_TEST(four_processes_that_roll_at_once_lose_no_roll)
{
    enum {
        PROCESSES = 4
    };
    struct helper helpers[PROCESSES];

    for (int i = 0; i < PROCESSES; i++) {
        rollers[i].grace = 3600;
        helper_start(&helpers[i], roll_in_helper, &rollers[i]);
    }
    store_fixture_open(&at);
    for (int i = 0; i < PROCESSES; i++)
        helper_go(&helpers[i]);
    rollers[PROCESSES].store = at.store;
    rollers[PROCESSES].grace = 3600;
    roll_often(&rollers[PROCESSES]);
    for (int i = 0; i < PROCESSES; i++)
        ck_assert(helper_join(&helpers[i]));
    ck_assert_int_eq(rollers[PROCESSES].rc, RC_OK);
    expect_every_roll(PROCESSES + 1);
    expect_secrets(1 + (PROCESSES + 1) * ROLLS);
}
END_TEST

static enum rc add_endpoints(struct store *store, uint32_t first, uint32_t count)
{
    enum rc rc = RC_OK;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    for (uint32_t i = 0; i < count && rc == RC_OK; i++) {
        arena_reset(&arena);
        rc = store_fixture_add(store, first + i, STORE_FIXTURE_PROJECT, &arena);
    }
    arena_free(&arena);
    return rc;
}

static bool count_down(const struct endpoint *endpoint, void *arg)
{
    uint32_t *next = arg;
    struct uid expected = sample_uid(--*next);

    ck_assert(uid_equal(&endpoint->uid, &expected));
    ck_assert_uint_eq(endpoint->secret_count, 1);
    return true;
}

static bool count_entries(const struct history *history, void *arg)
{
    uint64_t *next = arg;

    ck_assert_uint_eq(history->sequence, (*next)--);
    return true;
}

/* Endpoints `first` to `first` + `count` - 1, and as many entries without a gap. */
static void expect_endpoints(uint32_t first, uint32_t count)
{
    uint32_t next = first + count;
    uint64_t sequence = count;

    ck_assert_int_eq(store_endpoints(at.store, &at.project.uid, count_down, &next), RC_OK);
    ck_assert_uint_eq(next, first);
    ck_assert_int_eq(store_history(at.store, &at.project.uid, NULL, 0, count_entries, &sequence),
                     RC_OK);
    ck_assert_uint_eq(sequence, 0);
}

START_TEST(thousands_of_endpoints_outgrow_a_small_map)
{
    at.options.map_size = SMALL_MAP;
    store_fixture_open(&at);
    ck_assert_int_eq(add_endpoints(at.store, 1, ENDPOINTS), RC_OK);
    ck_assert(log_capture_has("grown"));
    expect_endpoints(1, ENDPOINTS);
    store_fixture_close(&at);
    store_fixture_open(&at);
    expect_endpoints(1, ENDPOINTS);
}
END_TEST

static bool add_in_helper(void *arg)
{
    struct store *store = NULL;
    enum rc rc = store_open(&at.options, &store);

    (void)arg;
    if (rc == RC_OK)
        rc = add_endpoints(store, 1, SHARE);
    store_close(store);
    return rc == RC_OK;
}

START_TEST(a_map_that_another_process_grew_is_read_and_written)
{
    struct helper helper;

    at.options.map_size = SMALL_MAP;
    helper_start(&helper, add_in_helper, NULL);
    store_fixture_open(&at);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
    if (_i == 0)
        expect_endpoints(1, SHARE);
    ck_assert_int_eq(add_endpoints(at.store, 1 + SHARE, SHARE), RC_OK);
    expect_endpoints(1, 2 * SHARE);
}
END_TEST

static enum rc enlarge(struct edit *edit, void *arg)
{
    static char large[SMALL_MAP];
    int *calls = arg;

    ++*calls;
    memset(large, 'l', sizeof large);
    ck_assert_uint_eq(edit->endpoint->members[ENDPOINT_CLIENT_CERT].len, 0);
    edit->endpoint->members[ENDPOINT_CLIENT_CERT] = (struct text){large, sizeof large};
    *edit->event = (struct history){.action = HISTORY_ROLLED, .endpoint = edit->endpoint->uid};
    return RC_OK;
}

START_TEST(an_edit_that_fills_the_map_is_done_once)
{
    const struct uid uid = sample_uid(3);
    struct endpoint out;
    uint64_t sequence = 2;
    int calls = 0;

    at.options.map_size = SMALL_MAP;
    store_fixture_open(&at);
    ck_assert_int_eq(add_endpoints(at.store, 3, 1), RC_OK);
    ck_assert_int_eq(
        store_endpoint_edit(at.store, &at.project.uid, &uid, enlarge, &calls, &at.arena, &out),
        RC_OK);
    ck_assert_int_gt(calls, 1);
    ck_assert_int_eq(store_endpoint_get(at.store, &at.project.uid, &uid, &at.arena, &out), RC_OK);
    ck_assert_uint_eq(out.members[ENDPOINT_CLIENT_CERT].len, SMALL_MAP);
    ck_assert_uint_eq(out.history, 2);
    ck_assert_int_eq(store_history(at.store, &at.project.uid, NULL, 0, count_entries, &sequence),
                     RC_OK);
    ck_assert_uint_eq(sequence, 0);
}
END_TEST

Suite *store_concurrency_suite(void)
{
    Suite *suite = suite_create("store_concurrency");
    TCase *tc = tcase_create("concurrency");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, eight_threads_that_roll_at_once_lose_no_roll);
    tcase_add_test(tc, eight_threads_that_end_secrets_at_once_leave_one);
    tcase_add_test(tc, four_processes_that_roll_at_once_lose_no_roll);
    tcase_add_test(tc, thousands_of_endpoints_outgrow_a_small_map);
    tcase_add_loop_test(tc, a_map_that_another_process_grew_is_read_and_written, 0, 2);
    tcase_add_test(tc, an_edit_that_fills_the_map_is_done_once);
    suite_add_tcase(suite, tc);
    return suite;
}
