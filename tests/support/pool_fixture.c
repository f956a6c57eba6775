/* pool_fixture: a socket in the store's directory, and requests record by record. */
#include "support/pool_fixture.h"

#include "serve/fcgi.h"
#include "support/sample.h"
#include "support/signals.h"

#include <check.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

void pool_fixture_make(struct pool_fixture *fixture)
{
    struct api_fixture *api = &fixture->api;
    char address[TEMP_PATH_SIZE + 8];

    signals_keep();
    api_fixture_make_with(api, POOL_FIXTURE_NUMBER);
    buf_init(&fixture->out, 1 << 20);
    fcgi_reply_init(&fixture->reply);
    fixture->pool = NULL;
    fixture->patience = 3 * POOL_FIXTURE_PATIENCE;
    (void)snprintf(address, sizeof address, "unix:%s",
                   temp_dir_path(&api->at.temp, "s", fixture->socket));
    ck_assert_int_eq(listener_open(address, 0600, &fixture->listener), RC_OK);
    ck_assert_int_eq(fcgi_init(), RC_OK);
}

void pool_fixture_remove(struct pool_fixture *fixture)
{
    pool_fixture_stop(fixture);
    listener_close(&fixture->listener);
    fcgi_reply_free(&fixture->reply);
    buf_free(&fixture->out);
    api_fixture_remove(&fixture->api);
    signals_restore();
}

enum rc pool_fixture_start(struct pool_fixture *fixture, size_t workers)
{
    const struct pool_options options = {.listener = &fixture->listener,
                                         .service = &fixture->api.service,
                                         .workers = workers,
                                         .max_body = POOL_FIXTURE_BODY,
                                         .patience = fixture->patience};

    return pool_start(&options, &fixture->pool);
}

void pool_fixture_stop(struct pool_fixture *fixture)
{
    if (fixture->pool != NULL)
        pool_stop(fixture->pool);
    fixture->pool = NULL;
}

int pool_fixture_connect(const struct pool_fixture *fixture)
{
    return fcgi_client_connect(fixture->socket);
}

void pool_fixture_connect_all(const struct pool_fixture *fixture, int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fds[i] = pool_fixture_connect(fixture);
}

void pool_fixture_close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        (void)close(fds[i]);
}

static const struct fcgi_client_param health[] = {
    {"REQUEST_METHOD", "GET"}, {"PATH_INFO", "/healthz"}, {NULL, NULL}};

void pool_fixture_begin(struct pool_fixture *fixture, int fd)
{
    fcgi_client_begin(&fixture->out, true);
    fcgi_client_send(fd, &fixture->out);
}

void pool_fixture_end_health(struct pool_fixture *fixture, int fd)
{
    fcgi_client_params(&fixture->out, health);
    fcgi_client_stdin(&fixture->out, text_of(""));
    fcgi_client_send(fd, &fixture->out);
}

void pool_fixture_send_health(struct pool_fixture *fixture, int fd)
{
    fcgi_client_request(&fixture->out, true, health, text_of(""));
    fcgi_client_send(fd, &fixture->out);
}

static void put_roll(struct pool_fixture *fixture, bool keep)
{
    const struct fcgi_client_param params[] = {
        {"REQUEST_METHOD", "PUT"},
        {"PATH_INFO", api_endpoint(&fixture->api, POOL_FIXTURE_NUMBER, "/expire_secret")},
        {"HTTP_AUTHORIZATION", fixture->api.admin},
        {"CONTENT_TYPE", "application/json"},
        {NULL, NULL},
    };

    fcgi_client_begin(&fixture->out, keep);
    fcgi_client_params(&fixture->out, params);
}

static void put_roll_body(struct pool_fixture *fixture)
{
    fcgi_client_stdin(&fixture->out, text_of("{\"expiration\":0}"));
}

void pool_fixture_send_roll(struct pool_fixture *fixture, int fd, bool keep)
{
    put_roll(fixture, keep);
    put_roll_body(fixture);
    fcgi_client_send(fd, &fixture->out);
}

void pool_fixture_begin_roll(struct pool_fixture *fixture, int fd)
{
    put_roll(fixture, true);
    fcgi_client_send(fd, &fixture->out);
}

void pool_fixture_end_roll(struct pool_fixture *fixture, int fd)
{
    put_roll_body(fixture);
    fcgi_client_send(fd, &fixture->out);
}

void pool_fixture_await_read(int fd)
{
    int unread = 1;

    for (int ms = 0; unread > 0; ms++) {
        ck_assert_int_lt(ms, POOL_FIXTURE_PATIENCE);
        ck_assert_int_eq(ioctl(fd, SIOCOUTQ, &unread), 0);
        (void)poll(NULL, 0, 1);
    }
}

void pool_fixture_expect(struct pool_fixture *fixture, int fd, int status)
{
    ck_assert(fcgi_client_receive(fd, &fixture->reply));
    ck_assert_int_eq(fcgi_reply_status(&fixture->reply), status);
}

void pool_fixture_expect_health(struct pool_fixture *fixture, int fd)
{
    pool_fixture_expect(fixture, fd, 200);
    ck_assert(text_is(fcgi_reply_body(&fixture->reply), "{\"status\":true,\"message\":\"ok\"}"));
}

uint64_t pool_fixture_history(struct pool_fixture *fixture)
{
    struct store_fixture *at = &fixture->api.at;
    const struct uid uid = sample_uid(POOL_FIXTURE_NUMBER);
    struct endpoint endpoint;

    ck_assert_int_eq(store_endpoint_get(at->store, &at->project.uid, &uid, &at->arena, &endpoint),
                     RC_OK);
    return endpoint.history;
}
