/* gate: users come and go together, one has it alone, and what is left is found again. */
#include "store/gate.h"
#include "suites.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum {
    USERS = 6,
    TIMES = 2000
};

static struct gate gate;
static int things[GATE_SPARES + 1];

static void setup(void)
{
    ck_assert_int_eq(gate_init(&gate), 0);
}

static void teardown(void)
{
    while (gate_take(&gate) != NULL) {
    }
    gate_free(&gate);
}

START_TEST(what_one_leaves_the_next_finds)
{
    void *spare = &gate;

    gate_enter(&gate, &spare);
    ck_assert_ptr_null(spare);
    ck_assert(gate_leave(&gate, &things[0]));
    gate_enter(&gate, NULL);
    gate_enter(&gate, &spare);
    ck_assert_ptr_eq(spare, &things[0]);
    (void)gate_leave(&gate, NULL);
    (void)gate_leave(&gate, NULL);
    ck_assert_ptr_null(gate_take(&gate));
}
END_TEST

START_TEST(there_is_room_for_so_many_and_no_more)
{
    for (int i = 0; i < GATE_SPARES; i++) {
        gate_enter(&gate, NULL);
        ck_assert(gate_leave(&gate, &things[i]));
    }
    gate_enter(&gate, NULL);
    ck_assert(!gate_leave(&gate, &things[GATE_SPARES]));
    for (int i = GATE_SPARES - 1; i >= 0; i--)
        ck_assert_ptr_eq(gate_take(&gate), &things[i]);
    ck_assert_ptr_null(gate_take(&gate));
}
END_TEST

static atomic_int inside; /* users */
static int alone;         /* changed by who has it alone, read by users: TSan sees to it */
static atomic_bool wrong;

static void *use(void *arg)
{
    for (int i = 0; i < TIMES; i++) {
        gate_enter(&gate, NULL);
        atomic_fetch_add(&inside, 1);
        if (alone % 2 != 0)
            atomic_store(&wrong, true);
        atomic_fetch_sub(&inside, 1);
        (void)gate_leave(&gate, NULL);
    }
    return arg;
}

static void *have_alone(void *arg)
{
    for (int i = 0; i < TIMES / 10; i++) {
        gate_close(&gate);
        alone++;
        if (atomic_load(&inside) != 0)
            atomic_store(&wrong, true);
        alone++;
        gate_open(&gate);
    }
    return arg;
}

START_TEST(who_has_it_alone_is_alone)
{
    pthread_t threads[USERS + 2];

    atomic_store(&inside, 0);
    atomic_store(&wrong, false);
    alone = 0;
    for (int i = 0; i < USERS + 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, i < USERS ? use : have_alone, NULL), 0);
    for (int i = 0; i < USERS + 2; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert(!atomic_load(&wrong));
    ck_assert_int_eq(alone, 2 * 2 * (TIMES / 10));
}
END_TEST

static void *close_it(void *arg)
{
    gate_close(&gate);
    alone = 1;
    gate_open(&gate);
    return arg;
}

static void *come_later(void *arg)
{
    gate_enter(&gate, NULL);
    *(int *)arg = alone;
    (void)gate_leave(&gate, NULL);
    return NULL;
}

static bool is_closed(void)
{
    bool closed;

    ck_assert_int_eq(pthread_mutex_lock(&gate.lock), 0);
    closed = gate.closed;
    ck_assert_int_eq(pthread_mutex_unlock(&gate.lock), 0);
    return closed;
}

START_TEST(who_waits_to_have_it_alone_goes_before_those_who_come_later)
{
    pthread_t closer;
    pthread_t user;
    int seen = 0;

    alone = 0;
    gate_enter(&gate, NULL);
    ck_assert_int_eq(pthread_create(&closer, NULL, close_it, NULL), 0);
    while (!is_closed())
        (void)sched_yield();
    ck_assert_int_eq(pthread_create(&user, NULL, come_later, &seen), 0);
    (void)gate_leave(&gate, NULL);
    ck_assert_int_eq(pthread_join(closer, NULL), 0);
    ck_assert_int_eq(pthread_join(user, NULL), 0);
    ck_assert_int_eq(seen, 1);
}
END_TEST

Suite *gate_suite(void)
{
    Suite *suite = suite_create("gate");
    TCase *tc = tcase_create("users");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, what_one_leaves_the_next_finds);
    tcase_add_test(tc, there_is_room_for_so_many_and_no_more);
    tcase_add_test(tc, who_has_it_alone_is_alone);
    tcase_add_test(tc, who_waits_to_have_it_alone_goes_before_those_who_come_later);
    suite_add_tcase(suite, tc);
    return suite;
}
