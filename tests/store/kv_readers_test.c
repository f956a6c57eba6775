/* kv: a process that is killed while it reads holds no page of the store for long, nor a place
 * among its readers. */
#include "store/kv.h"
#include "suites.h"
#include "support/helper.h"
#include "support/kv_fixture.h"
#include "support/log_capture.h"

#include <signal.h>
#include <unistd.h>

enum {
    SMALL_MAP = 65536,
    LARGE_MAP = 64 * 1024 * 1024,
    VALUE = 3000,
    WRITES = 2000, /* many times what either map holds, if no page were used again */
    USED_MAX = 8 * 1024 * 1024
};

static struct kv_fixture at;
static int reading[2];

static void setup(void)
{
    kv_fixture_make(&at);
    ck_assert_int_eq(pipe(reading), 0);
}

static void teardown(void)
{
    (void)close(reading[0]);
    (void)close(reading[1]);
    kv_fixture_remove(&at);
}

static enum rc read_on(struct kv_txn *txn, void *arg)
{
    (void)txn;
    (void)arg;
    if (write(reading[1], "r", 1) == 1)
        (void)pause();
    return RC_OK;
}

static bool read_in_helper(void *arg)
{
    struct kv *own = NULL;

    (void)arg;
    return kv_open(at.temp.path, KV_MUST_EXIST, SMALL_MAP, &own) == RC_OK &&
           kv_read(own, read_on, NULL) == RC_OK;
}

static enum rc set_in(struct kv_txn *txn, void *arg)
{
    static const char value[VALUE] = "a value";

    return kv_set(txn, text_of(arg), (struct text){value, VALUE});
}

static void write_often(int times)
{
    char key[] = "key";

    for (int i = 0; i < times; i++)
        ck_assert_int_eq(kv_write(at.kv, set_in, key), RC_OK);
}

static struct kv_figures figures_now(void)
{
    struct kv_figures figures;

    ck_assert_int_eq(kv_figures(at.kv, &figures), RC_OK);
    return figures;
}

/* This process has the store open before the other begins to read it. */
static void open_with_reader(size_t map_size, struct helper *helper, helper_fn *fn)
{
    char byte;

    helper_start(helper, fn, NULL);
    ck_assert_int_eq(kv_open(at.temp.path, KV_CREATE, map_size, &at.kv), RC_OK);
    write_often(3);
    helper_go(helper);
    ck_assert_int_eq(read(reading[0], &byte, 1), 1);
}

static void kill_reader(struct helper *helper)
{
    ck_assert_int_eq(kill(helper->pid, SIGKILL), 0);
    ck_assert(!helper_join(helper));
}

static void open_with_reader_killed(size_t map_size)
{
    struct helper helper;

    open_with_reader(map_size, &helper, read_in_helper);
    ck_assert_uint_eq(figures_now().readers, 1);
    kill_reader(&helper);
}

START_TEST(figures_tell_of_no_reader_that_was_killed)
{
    open_with_reader_killed(LARGE_MAP);
    ck_assert_uint_eq(figures_now().readers, 0);
    ck_assert(log_capture_has("released 1 reader slots"));
}
END_TEST

START_TEST(a_reader_that_was_killed_does_not_make_the_map_grow)
{
    open_with_reader_killed(SMALL_MAP);
    write_often(30);
    ck_assert_uint_eq(figures_now().map_bytes, SMALL_MAP);
}
END_TEST

START_TEST(pages_that_a_killed_reader_saw_are_used_again)
{
    open_with_reader_killed(LARGE_MAP);
    write_often(WRITES);
    ck_assert_uint_lt(figures_now().used_bytes, USED_MAX);
}
END_TEST

/* Reads within what it reads, until it cannot. */
static enum rc read_deeper(struct kv_txn *txn, void *arg)
{
    enum rc rc = kv_read(arg, read_deeper, arg);

    return rc == RC_UNAVAILABLE ? read_on(txn, NULL) : rc;
}

static bool read_to_the_last_place(void *arg)
{
    struct kv *own = NULL;

    (void)arg;
    return kv_open(at.temp.path, KV_MUST_EXIST, LARGE_MAP, &own) == RC_OK &&
           kv_read(own, read_deeper, own) == RC_OK;
}

static enum rc get_in(struct kv_txn *txn, void *arg)
{
    struct text value;

    return kv_get(txn, text_of(arg), &value);
}

START_TEST(places_that_are_all_taken_are_had_once_their_process_is_killed)
{
    char key[] = "key";
    struct helper helper;

    open_with_reader(LARGE_MAP, &helper, read_to_the_last_place);
    ck_assert_int_eq(kv_read(at.kv, get_in, key), RC_UNAVAILABLE);
    ck_assert_int_eq(kv_write(at.kv, set_in, key), RC_OK);
    kill_reader(&helper);
    ck_assert_int_eq(kv_read(at.kv, get_in, key), RC_OK);
}
END_TEST

Suite *kv_readers_suite(void)
{
    Suite *suite = suite_create("kv_readers");
    TCase *tc = tcase_create("killed");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, figures_tell_of_no_reader_that_was_killed);
    tcase_add_test(tc, a_reader_that_was_killed_does_not_make_the_map_grow);
    tcase_add_test(tc, pages_that_a_killed_reader_saw_are_used_again);
    tcase_add_test(tc, places_that_are_all_taken_are_had_once_their_process_is_killed);
    suite_add_tcase(suite, tc);
    return suite;
}
