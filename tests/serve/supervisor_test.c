/* supervisor: what is told arrives on the socket that the environment names. */
#include "serve/supervisor.h"
#include "suites.h"
#include "support/temp_dir.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct temp_dir temp;
static int fd;

static void setup(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char path[TEMP_PATH_SIZE];

    temp_dir_make(&temp);
    temp_dir_path(&temp, "notify", path);
    ck_assert_int_lt(snprintf(address.sun_path, sizeof address.sun_path, "%.*s",
                              (int)sizeof address.sun_path - 1, path),
                     (int)sizeof address.sun_path);
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(setenv("NOTIFY_SOCKET", path, 1), 0);
}

static void teardown(void)
{
    (void)unsetenv("NOTIFY_SOCKET");
    (void)close(fd);
    temp_dir_remove(&temp);
}

static void expect(const char *message)
{
    char told[64];
    ssize_t n = recv(fd, told, sizeof told - 1, MSG_DONTWAIT);

    ck_assert_int_ge(n, 0);
    told[n] = '\0';
    ck_assert_str_eq(told, message);
}

START_TEST(what_is_told_arrives)
{
    supervisor_ready();
    expect("READY=1");
    supervisor_reloading();
    expect("RELOADING=1");
    supervisor_stopping();
    expect("STOPPING=1");
}
END_TEST

Suite *supervisor_suite(void)
{
    Suite *suite = suite_create("supervisor");
    TCase *tc = tcase_create("notify");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, what_is_told_arrives);
    suite_add_tcase(suite, tc);
    return suite;
}
