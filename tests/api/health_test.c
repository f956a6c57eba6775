/* health: a store that can be read and written, and one that cannot, told without its details. */
#include "api/health.h"
#include "suites.h"
#include "support/api_fixture.h"
#include "support/file_limit.h"
#include "support/helper.h"
#include "support/sample.h"
#include "support/tasks.h"

#include <pthread.h>
#include <semaphore.h>

enum {
    NUMBER = 2 /* of the endpoint */
};

static struct api_fixture api;

static void setup(void)
{
    api_fixture_make(&api);
}

static void teardown(void)
{
    api_fixture_remove(&api);
}

static void expect_body(const char *body)
{
    ck_assert(text_is(buf_text(&api.response.body), body));
    ck_assert_uint_eq(api.response.headers.len, 0);
}

START_TEST(a_store_that_can_be_read_is_healthy)
{
    api_fixture_open(&api);
    ck_assert_int_eq(api_ask_as(&api, NULL, "GET", "/healthz", NULL), RC_OK);
    ck_assert_int_eq(api.response.status, 200);
    expect_body("{\"status\":true,\"message\":\"ok\"}");
}
END_TEST

START_TEST(a_key_that_is_sent_does_not_matter)
{
    api_fixture_open(&api);
    ck_assert_int_eq(api_ask_as(&api, "Bearer nonsense", "GET", "/healthz", NULL), RC_OK);
    ck_assert_int_eq(api.response.status, 200);
}
END_TEST

START_TEST(a_store_that_cannot_be_read_is_not_healthy)
{
    struct helper helper;

    helper_start(&helper, store_fixture_spoil, &api.at);
    api_fixture_open(&api);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
    ck_assert_int_eq(api_ask_as(&api, NULL, "GET", "/healthz", NULL), RC_UNAVAILABLE);
    ck_assert_int_eq(api.response.status, 503);
    expect_body("{\"status\":false,\"message\":\"the store cannot be read\"}");
}
END_TEST

START_TEST(a_store_that_can_be_written_is_ready)
{
    api_fixture_open(&api);
    ck_assert_int_eq(api_ask_as(&api, NULL, "GET", "/readyz", NULL), RC_OK);
    ck_assert_int_eq(api.response.status, 200);
    expect_body("{\"status\":true,\"message\":\"ready\"}");
}
END_TEST

START_TEST(a_store_that_cannot_be_read_is_not_ready)
{
    struct helper helper;

    helper_start(&helper, store_fixture_spoil, &api.at);
    api_fixture_open(&api);
    helper_go(&helper);
    ck_assert(helper_join(&helper));
    ck_assert_int_eq(api_ask_as(&api, NULL, "GET", "/readyz", NULL), RC_UNAVAILABLE);
    ck_assert_int_eq(api.response.status, 503);
    expect_body("{\"status\":false,\"message\":\"the store cannot be written\"}");
}
END_TEST

static sem_t held;
static sem_t released;

/* Those who write meanwhile share the next commit. */
static enum rc hold(struct edit *edit, void *arg)
{
    (void)edit;
    (void)arg;
    return sem_post(&held) == 0 && sem_wait(&released) == 0 ? RC_CONFLICT : RC_SYSTEM;
}

static enum rc rename_it(struct edit *edit, void *arg)
{
    (void)arg;
    edit->endpoint->members[ENDPOINT_NAME] = text_of("another name");
    return RC_OK;
}

struct writer {
    edit_fn *edit;
    enum rc rc;
    pthread_t thread;
};

static void *write_one(void *arg)
{
    const struct uid uid = sample_uid(NUMBER);
    struct writer *writer = arg;
    struct endpoint out;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    writer->rc = store_endpoint_edit(api.at.store, &api.at.project.uid, &uid, writer->edit, NULL,
                                     &arena, &out);
    arena_free(&arena);
    return NULL;
}

static void *ask_whether_ready(void *arg)
{
    (void)api_ask_as(&api, NULL, "GET", "/readyz", NULL);
    return arg;
}

/* Nothing is written of what asks alone. With a change beside it there is, of which the disk has
 * no room. */
START_TEST(a_store_that_can_be_read_and_not_written_is_not_ready)
{
    struct writer holder = {.edit = hold};
    struct writer writer = {.edit = rename_it};
    pthread_t asking;
    bool limited;

    api_fixture_open(&api);
    ck_assert_int_eq(store_fixture_add(api.at.store, NUMBER, STORE_FIXTURE_PROJECT, &api.at.arena),
                     RC_OK);
    ck_assert_int_eq(sem_init(&held, 0, 0), 0);
    ck_assert_int_eq(sem_init(&released, 0, 0), 0);
    ck_assert_int_eq(pthread_create(&holder.thread, NULL, write_one, &holder), 0);
    ck_assert_int_eq(sem_wait(&held), 0);
    ck_assert_int_eq(pthread_create(&writer.thread, NULL, write_one, &writer), 0);
    ck_assert(tasks_await_sleeping(2, TASKS_LOCK));
    ck_assert_int_eq(pthread_create(&asking, NULL, ask_whether_ready, NULL), 0);
    ck_assert(tasks_await_sleeping(3, TASKS_LOCK));
    limited = file_limit(0);
    (void)sem_post(&released);
    (void)pthread_join(holder.thread, NULL);
    (void)pthread_join(writer.thread, NULL);
    (void)pthread_join(asking, NULL);
    ck_assert(file_limit_lift() && limited);
    ck_assert_int_eq(holder.rc, RC_CONFLICT);
    ck_assert_int_eq(writer.rc, RC_FULL);
    ck_assert_int_eq(api.response.status, 503);
    expect_body("{\"status\":false,\"message\":\"the store cannot be written\"}");
    ck_assert_int_eq(api_ask_as(&api, NULL, "GET", "/healthz", NULL), RC_OK);
    ck_assert_int_eq(api_ask_as(&api, NULL, "GET", "/readyz", NULL), RC_OK);
}
END_TEST

Suite *health_suite(void)
{
    Suite *suite = suite_create("health");
    TCase *tc = tcase_create("health");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_store_that_can_be_read_is_healthy);
    tcase_add_test(tc, a_key_that_is_sent_does_not_matter);
    tcase_add_test(tc, a_store_that_cannot_be_read_is_not_healthy);
    tcase_add_test(tc, a_store_that_can_be_written_is_ready);
    tcase_add_test(tc, a_store_that_cannot_be_read_is_not_ready);
    tcase_add_test(tc, a_store_that_can_be_read_and_not_written_is_not_ready);
    suite_add_tcase(suite, tc);
    return suite;
}
