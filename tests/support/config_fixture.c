/* config_fixture: hookroll.conf in a directory of the test's own. */
#include "support/config_fixture.h"

#include <check.h>
#include <string.h>

void config_fixture_make(struct config_fixture *fixture)
{
    temp_dir_make(&fixture->temp);
    (void)temp_dir_path(&fixture->temp, "hookroll.conf", fixture->path);
    config_init(&fixture->config);
    fixture->errors = (struct config_errors){0};
}

void config_fixture_remove(struct config_fixture *fixture)
{
    temp_dir_remove(&fixture->temp);
}

enum rc config_fixture_load(struct config_fixture *fixture, const char *text)
{
    return config_fixture_load_bytes(fixture, text, strlen(text));
}

enum rc config_fixture_load_bytes(struct config_fixture *fixture, const char *bytes, size_t len)
{
    temp_dir_write(fixture->path, 0600, bytes, len);
    return config_load(fixture->path, &fixture->config, &fixture->errors);
}

void config_fixture_expect_factory(const struct config_fixture *fixture)
{
    const struct config *config = &fixture->config;

    ck_assert_str_eq(config->store, HOOKROLL_LOCALSTATEDIR "/lib/hookroll");
    ck_assert_str_eq(config->master_key, HOOKROLL_SYSCONFDIR "/hookroll/master.key");
    ck_assert_str_eq(config->listen, "");
    ck_assert_int_eq(config->listen_mode, 0660);
    ck_assert_int_eq(config->workers, 128);
    ck_assert_int_eq(config->max_body, 4 * 1024 * 1024);
    ck_assert_int_eq(config->request_timeout, 60);
    ck_assert_str_eq(config->metrics_token, "");
    ck_assert_int_eq(config->log_level, LOG_LEVEL_INFO);
    ck_assert_int_eq(config->log_to, LOG_TO_STDERR);
    ck_assert_int_eq(config->access_log, ACCESS_LOG_ALL);
}
