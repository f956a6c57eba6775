/* config: every setting as a file and an option say it, within and just beyond its bounds, and
 * as it is shown. */
#include "suites.h"
#include "support/config_fixture.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static struct config_fixture at;

static void setup(void)
{
    config_fixture_make(&at);
}

static void teardown(void)
{
    config_fixture_remove(&at);
}

START_TEST(the_default_file_is_below_sysconfdir)
{
    ck_assert_str_eq(config_default(), HOOKROLL_SYSCONFDIR "/hookroll/hookroll.conf");
}
END_TEST

START_TEST(what_is_initialised_has_factory_settings)
{
    memset(&at.config, 'x', sizeof at.config);
    config_init(&at.config);
    config_fixture_expect_factory(&at);
}
END_TEST

static const char *const empty[] = {
    "", "\n", "\n\n\n", "# a comment", "# a comment\n", "  # indented\n\t\n  \n", "#\n#=\n#workers",
};

START_TEST(a_file_that_says_nothing_leaves_factory_settings)
{
    memset(&at.config, 'x', sizeof at.config);
    ck_assert_int_eq(config_fixture_load(&at, empty[_i]), RC_OK);
    config_fixture_expect_factory(&at);
}
END_TEST

START_TEST(every_setting_is_read)
{
    ck_assert_int_eq(config_fixture_load(&at, "# all of them\n"
                                              "store = /srv/store\n"
                                              "master_key=/srv/key\n"
                                              "  listen  =  unix:/run/hook roll.sock  \n"
                                              "\tlisten_mode\t=\t0600\t\n"
                                              "workers = 3\n"
                                              "\n"
                                              "max_body = 2048\n"
                                              "request_timeout = 90\n"
                                              "metrics_token = /srv/token\n"
                                              "log_to = journal\n"
                                              "access_log = changes\n"
                                              "log_level = debug"),
                     RC_OK);
    ck_assert_str_eq(at.config.store, "/srv/store");
    ck_assert_str_eq(at.config.master_key, "/srv/key");
    ck_assert_str_eq(at.config.listen, "unix:/run/hook roll.sock");
    ck_assert_int_eq(at.config.listen_mode, 0600);
    ck_assert_int_eq(at.config.workers, 3);
    ck_assert_int_eq(at.config.max_body, 2048);
    ck_assert_int_eq(at.config.request_timeout, 90);
    ck_assert_str_eq(at.config.metrics_token, "/srv/token");
    ck_assert_int_eq(at.config.log_to, LOG_TO_JOURNAL);
    ck_assert_int_eq(at.config.access_log, ACCESS_LOG_CHANGES);
    ck_assert_int_eq(at.config.log_level, LOG_LEVEL_DEBUG);
}
END_TEST

START_TEST(a_value_may_hold_what_looks_like_syntax)
{
    ck_assert_int_eq(config_fixture_load(&at, "store = /a=b # not a comment\n"), RC_OK);
    ck_assert_str_eq(at.config.store, "/a=b # not a comment");
}
END_TEST

static const struct {
    const char *line;
    int64_t value;
} numbers[] = {
    {"workers = 1", 1},
    {"workers = 2", 2},
    {"workers = 511", 511},
    {"workers = 512", 512},
    {"max_body = 1024", 1024},
    {"max_body = 1025", 1025},
    {"max_body = 67108863", 67108863},
    {"max_body = 67108864", 67108864},
    {"request_timeout = 1", 1},
    {"request_timeout = 3600", 3600},
    {"listen_mode = 0", 0},
    {"listen_mode = 1", 1},
    {"listen_mode = 776", 0776},
    {"listen_mode = 777", 0777},
    {"listen_mode = 0777", 0777},
    {"listen_mode = 00000000000000000000000660", 0660},
};

START_TEST(a_number_within_its_bounds_is_taken)
{
    const char *line = numbers[_i].line;

    ck_assert_int_eq(config_fixture_load(&at, line), RC_OK);
    ck_assert_int_eq(line[0] == 'w'   ? at.config.workers
                     : line[0] == 'm' ? at.config.max_body
                     : line[0] == 'r' ? at.config.request_timeout
                                      : at.config.listen_mode,
                     numbers[_i].value);
}
END_TEST

static const char *const levels[] = {"error", "warn", "info", "debug"};

START_TEST(every_log_level_has_its_name)
{
    char line[64];

    (void)snprintf(line, sizeof line, "log_level = %s\n", levels[_i]);
    ck_assert_int_eq(config_fixture_load(&at, line), RC_OK);
    ck_assert_int_eq(at.config.log_level, _i);
}
END_TEST

static const char *const places[] = {"stderr", "syslog", "journal"};

START_TEST(every_place_of_the_log_has_its_name)
{
    char line[64];

    (void)snprintf(line, sizeof line, "log_to = %s\n", places[_i]);
    ck_assert_int_eq(config_fixture_load(&at, line), RC_OK);
    ck_assert_int_eq(at.config.log_to, _i);
}
END_TEST

static const char *const accesses[] = {"all", "changes", "none"};

START_TEST(every_choice_of_the_access_log_has_its_name)
{
    char line[64];

    (void)snprintf(line, sizeof line, "access_log = %s\n", accesses[_i]);
    ck_assert_int_eq(config_fixture_load(&at, line), RC_OK);
    ck_assert_int_eq(at.config.access_log, _i);
}
END_TEST

static const char *const texts[] = {"store", "master_key", "metrics_token"};

static enum rc load_long(const char *name, size_t len)
{
    char text[CONFIG_PATH_SIZE + 64];
    int before = snprintf(text, sizeof text, "%s = ", name);

    memset(text + before, 'p', len);
    text[(size_t)before + len] = '\n';
    return config_fixture_load_bytes(&at, text, (size_t)before + len + 1);
}

START_TEST(a_text_is_bounded)
{
    const char *const values[] = {at.config.store, at.config.master_key, at.config.metrics_token};
    const int least[] = {1, 1, 0};
    const char *value = values[_i];
    char expected[64];

    ck_assert_int_eq(load_long(texts[_i], CONFIG_PATH_SIZE - 2), RC_OK);
    ck_assert_uint_eq(strlen(value), CONFIG_PATH_SIZE - 2);
    ck_assert_int_eq(load_long(texts[_i], CONFIG_PATH_SIZE - 1), RC_OK);
    ck_assert_uint_eq(strlen(value), CONFIG_PATH_SIZE - 1);
    ck_assert_int_eq(load_long(texts[_i], CONFIG_PATH_SIZE), RC_INVALID);
    (void)snprintf(expected, sizeof expected, "line 1: %s must be %d to 1023 bytes", texts[_i],
                   least[_i]);
    ck_assert_ptr_nonnull(strstr(at.errors.list[0], expected));
}
END_TEST

START_TEST(an_address_may_be_that_of_nothing)
{
    ck_assert_int_eq(config_fixture_load(&at, "listen =\n"), RC_OK);
    ck_assert_str_eq(at.config.listen, "");
}
END_TEST

/* Of the name that most options have. */
static enum rc override(const char *setting, const char *value)
{
    return config_override(&at.config, setting, "--option", value, &at.errors);
}

START_TEST(an_option_stands_above_the_file)
{
    ck_assert_int_eq(config_fixture_load(&at, "workers = 3\nlog_level = warn\nlisten = unix:/x\n"),
                     RC_OK);
    ck_assert_int_eq(override("workers", "4"), RC_OK);
    ck_assert_int_eq(override("log_level", "debug"), RC_OK);
    ck_assert_int_eq(override("listen", ""), RC_OK);
    ck_assert_int_eq(at.config.workers, 4);
    ck_assert_int_eq(at.config.log_level, LOG_LEVEL_DEBUG);
    ck_assert_str_eq(at.config.listen, "");
    ck_assert_uint_eq(at.errors.count, 0);
}
END_TEST

START_TEST(an_option_is_held_to_the_bounds_of_the_file_and_named)
{
    ck_assert_int_eq(override("workers", "513"), RC_INVALID);
    ck_assert_int_eq(at.config.workers, 128);
    ck_assert_int_eq(override("workers", "512"), RC_OK);
    ck_assert_int_eq(at.config.workers, 512);
    ck_assert_int_eq(override("listen", "nowhere"), RC_INVALID);
    ck_assert_int_eq(override("store", ""), RC_INVALID);
    ck_assert_int_eq(override("stoer", "/x"), RC_INVALID);
    ck_assert_int_eq(override("store", "/x\nworkers = 3"), RC_INVALID);
    ck_assert_str_eq(at.config.store, HOOKROLL_LOCALSTATEDIR "/lib/hookroll");
    ck_assert_uint_eq(at.errors.count, 5);
    ck_assert_str_eq(at.errors.list[0], "--option must be an integer from 1 to 512");
    ck_assert_str_eq(at.errors.list[1], "--option must be unix:PATH of up to 107 bytes, or "
                                        "HOST:PORT with a numeric host");
    ck_assert_str_eq(at.errors.list[2], "--option must be 1 to 1023 bytes");
    ck_assert_str_eq(at.errors.list[3], "--option: unknown setting \"stoer\"");
    ck_assert_str_eq(at.errors.list[4], "--option must be 1 to 1023 bytes");
}
END_TEST

/* What config_show makes of the settings, loaded again. */
static enum rc show_and_load(bool commented)
{
    struct buf shown;
    enum rc rc;

    buf_init(&shown, 65536);
    config_show(&at.config, &shown);
    for (size_t i = 0; !commented && i + 2 < shown.len; i++)
        if (shown.data[i] == '\n' && shown.data[i + 1] == '#' && shown.data[i + 2] != ' ')
            shown.data[i + 1] = ' ';
    memset(&at.config, 'x', sizeof at.config);
    rc = config_fixture_load_bytes(&at, shown.data, shown.len);
    buf_free(&shown);
    return rc;
}

START_TEST(factory_settings_are_shown_as_a_file_that_leaves_or_states_them)
{
    ck_assert_int_eq(show_and_load(_i == 0), RC_OK);
    config_fixture_expect_factory(&at);
}
END_TEST

START_TEST(what_differs_is_shown_as_a_file_that_says_it)
{
    static const char text[] = "store = /srv/store\nmaster_key = /srv/key\n"
                               "listen = unix:/run/hook roll.sock\nlisten_mode = 0007\n"
                               "workers = 3\nmax_body = 2048\nrequest_timeout = 90\n"
                               "metrics_token = /srv/token\n"
                               "log_level = error\nlog_to = journal\naccess_log = changes\n";

    ck_assert_int_eq(config_fixture_load(&at, text), RC_OK);
    ck_assert_int_eq(show_and_load(true), RC_OK);
    ck_assert_str_eq(at.config.store, "/srv/store");
    ck_assert_str_eq(at.config.master_key, "/srv/key");
    ck_assert_str_eq(at.config.listen, "unix:/run/hook roll.sock");
    ck_assert_int_eq(at.config.listen_mode, 0007);
    ck_assert_int_eq(at.config.workers, 3);
    ck_assert_int_eq(at.config.max_body, 2048);
    ck_assert_int_eq(at.config.request_timeout, 90);
    ck_assert_str_eq(at.config.metrics_token, "/srv/token");
    ck_assert_int_eq(at.config.log_level, LOG_LEVEL_ERROR);
    ck_assert_int_eq(at.config.log_to, LOG_TO_JOURNAL);
    ck_assert_int_eq(at.config.access_log, ACCESS_LOG_CHANGES);
}
END_TEST

START_TEST(a_setting_is_shown_with_its_meaning_bounds_default_and_value)
{
    struct buf shown;

    buf_init(&shown, 65536);
    ck_assert_int_eq(config_fixture_load(&at, "workers = 3\n"), RC_OK);
    config_show(&at.config, &shown);
    buf_put_byte(&shown, '\0');
    ck_assert_ptr_nonnull(strstr(shown.data,
                                 "\n# Requests that are worked on at a time, at most: an integer "
                                 "from 1 to 512.\n# Default: 128\nworkers = 3\n\n"));
    ck_assert_ptr_nonnull(strstr(shown.data, "\n# Default: none\n#listen =\n\n"));
    ck_assert_ptr_nonnull(strstr(shown.data, "\n# Default: info\n#log_level = info\n"));
    buf_free(&shown);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *config_suite(void)
{
    Suite *suite = suite_create("config");
    TCase *tc = tcase_create("config");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_default_file_is_below_sysconfdir);
    tcase_add_test(tc, what_is_initialised_has_factory_settings);
    tcase_add_loop_test(tc, a_file_that_says_nothing_leaves_factory_settings, 0, COUNT(empty));
    tcase_add_test(tc, every_setting_is_read);
    tcase_add_test(tc, a_value_may_hold_what_looks_like_syntax);
    tcase_add_loop_test(tc, a_number_within_its_bounds_is_taken, 0, COUNT(numbers));
    tcase_add_loop_test(tc, every_log_level_has_its_name, 0, COUNT(levels));
    tcase_add_loop_test(tc, every_place_of_the_log_has_its_name, 0, COUNT(places));
    tcase_add_loop_test(tc, every_choice_of_the_access_log_has_its_name, 0, COUNT(accesses));
    tcase_add_loop_test(tc, a_text_is_bounded, 0, COUNT(texts));
    tcase_add_test(tc, an_address_may_be_that_of_nothing);
    tcase_add_test(tc, an_option_stands_above_the_file);
    tcase_add_test(tc, an_option_is_held_to_the_bounds_of_the_file_and_named);
    tcase_add_loop_test(tc, factory_settings_are_shown_as_a_file_that_leaves_or_states_them, 0, 2);
    tcase_add_test(tc, what_differs_is_shown_as_a_file_that_says_it);
    tcase_add_test(tc, a_setting_is_shown_with_its_meaning_bounds_default_and_value);
    suite_add_tcase(suite, tc);
    return suite;
}
