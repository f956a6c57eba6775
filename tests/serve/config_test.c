/* config: every setting within and just beyond its bounds, and every way in which a
 * file can be wrong, told with its line. */
#include "serve/config.h"
#include "suites.h"
#include "support/temp_dir.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static struct temp_dir temp;
static char path[TEMP_PATH_SIZE];
static struct config config;
static struct config_errors errors;

static void setup(void)
{
    temp_dir_make(&temp);
    (void)temp_dir_path(&temp, "hookroll.conf", path);
    config_init(&config);
    errors = (struct config_errors){0};
}

static void teardown(void)
{
    temp_dir_remove(&temp);
}

static enum rc load_bytes(const char *bytes, size_t len)
{
    temp_dir_write(path, 0600, bytes, len);
    return config_load(path, &config, &errors);
}

static enum rc load(const char *text)
{
    return load_bytes(text, strlen(text));
}

static void expect_told(size_t i, int line, const char *why)
{
    char expected[CONFIG_ERROR_SIZE];

    (void)snprintf(expected, sizeof expected, "%s, line %d: %s", path, line, why);
    ck_assert_uint_lt(i, errors.count);
    ck_assert_str_eq(errors.list[i], expected);
}

static void expect_error(const char *text, int line, const char *why)
{
    ck_assert_int_eq(load(text), RC_INVALID);
    ck_assert_uint_eq(errors.count, 1);
    expect_told(0, line, why);
}

/* Directories are those of the build. */
static void expect_factory_settings(void)
{
    ck_assert_str_eq(config.store, HOOKROLL_LOCALSTATEDIR "/lib/hookroll");
    ck_assert_str_eq(config.master_key, HOOKROLL_SYSCONFDIR "/hookroll/master.key");
    ck_assert_str_eq(config.listen, "");
    ck_assert_int_eq(config.listen_mode, 0660);
    ck_assert_int_eq(config.workers, 128);
    ck_assert_int_eq(config.max_body, 4 * 1024 * 1024);
    ck_assert_str_eq(config.metrics_token, "");
    ck_assert_int_eq(config.log_level, LOG_LEVEL_INFO);
    ck_assert_int_eq(config.log_to, LOG_TO_STDERR);
    ck_assert_int_eq(config.access_log, ACCESS_LOG_ALL);
}

START_TEST(the_default_file_is_below_sysconfdir)
{
    ck_assert_str_eq(config_default(), HOOKROLL_SYSCONFDIR "/hookroll/hookroll.conf");
}
END_TEST

START_TEST(what_is_initialised_has_factory_settings)
{
    memset(&config, 'x', sizeof config);
    config_init(&config);
    expect_factory_settings();
}
END_TEST

static const char *const empty[] = {
    "", "\n", "\n\n\n", "# a comment", "# a comment\n", "  # indented\n\t\n  \n", "#\n#=\n#workers",
};

START_TEST(a_file_that_says_nothing_leaves_factory_settings)
{
    memset(&config, 'x', sizeof config);
    ck_assert_int_eq(load(empty[_i]), RC_OK);
    expect_factory_settings();
}
END_TEST

START_TEST(every_setting_is_read)
{
    ck_assert_int_eq(load("# all of them\n"
                          "store = /srv/store\n"
                          "master_key=/srv/key\n"
                          "  listen  =  unix:/run/hook roll.sock  \n"
                          "\tlisten_mode\t=\t0600\t\n"
                          "workers = 3\n"
                          "\n"
                          "max_body = 2048\n"
                          "metrics_token = /srv/token\n"
                          "log_to = journal\n"
                          "access_log = changes\n"
                          "log_level = debug"),
                     RC_OK);
    ck_assert_str_eq(config.store, "/srv/store");
    ck_assert_str_eq(config.master_key, "/srv/key");
    ck_assert_str_eq(config.listen, "unix:/run/hook roll.sock");
    ck_assert_int_eq(config.listen_mode, 0600);
    ck_assert_int_eq(config.workers, 3);
    ck_assert_int_eq(config.max_body, 2048);
    ck_assert_str_eq(config.metrics_token, "/srv/token");
    ck_assert_int_eq(config.log_to, LOG_TO_JOURNAL);
    ck_assert_int_eq(config.access_log, ACCESS_LOG_CHANGES);
    ck_assert_int_eq(config.log_level, LOG_LEVEL_DEBUG);
}
END_TEST

START_TEST(a_value_may_hold_what_looks_like_syntax)
{
    ck_assert_int_eq(load("store = /a=b # not a comment\n"), RC_OK);
    ck_assert_str_eq(config.store, "/a=b # not a comment");
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

    ck_assert_int_eq(load(line), RC_OK);
    ck_assert_int_eq(line[0] == 'w'   ? config.workers
                     : line[0] == 'm' ? config.max_body
                                      : config.listen_mode,
                     numbers[_i].value);
}
END_TEST

#define WORKERS  "workers must be an integer from 1 to 512"
#define MAX_BODY "max_body must be an integer from 1024 to 67108864"
#define MODE     "listen_mode must be an octal mode from 0 to 0777"
#define LISTEN   "listen must be unix:PATH of up to 107 bytes, or HOST:PORT with a numeric host"
#define LEVEL    "log_level must be error, warn, info or debug"
#define PLACE    "log_to must be stderr, syslog or journal"
#define ACCESS   "access_log must be all, changes or none"

static const struct {
    const char *line;
    const char *why;
} wrong[] = {
    {"workers = 0", WORKERS},
    {"workers = 513", WORKERS},
    {"workers = -1", WORKERS},
    {"workers =", WORKERS},
    {"workers = ten", WORKERS},
    {"workers = 1.0", WORKERS},
    {"workers = +1", WORKERS},
    {"workers = 1 2", WORKERS},
    {"workers = 0x10", WORKERS},
    {"workers = 18446744073709551617", WORKERS},
    {"workers = 99999999999999999999999999", WORKERS},
    {"max_body = 1023", MAX_BODY},
    {"max_body = 67108865", MAX_BODY},
    {"max_body = 4M", MAX_BODY},
    {"max_body = -1024", MAX_BODY},
    {"listen_mode = 1000", MODE},
    {"listen_mode = 0778", MODE},
    {"listen_mode = 8", MODE},
    {"listen_mode = -1", MODE},
    {"listen_mode =", MODE},
    {"listen_mode = rw-rw----", MODE},
    {"listen_mode = 7777777777777777777777777777", MODE},
    {"log_to =", PLACE},
    {"log_to = file", PLACE},
    {"log_to = Journal", PLACE},
    {"access_log =", ACCESS},
    {"access_log = some", ACCESS},
    {"access_log = non", ACCESS},
    {"log_level =", LEVEL},
    {"log_level = Debug", LEVEL},
    {"log_level = trace", LEVEL},
    {"log_level = infos", LEVEL},
    {"log_level = 1", LEVEL},
    {"listen = x", LISTEN},
    {"listen = unix:", LISTEN},
    {"listen = 127.0.0.1:0", LISTEN},
    {"listen = localhost:9000", LISTEN},
    {"store =", "store must be 1 to 1023 bytes"},
    {"master_key = ", "master_key must be 1 to 1023 bytes"},
    {"workers", "expected \"name = value\""},
    {"workers 3", "expected \"name = value\""},
    {"=", "unknown setting \"\""},
    {"= 3", "unknown setting \"\""},
    {"worker = 3", "unknown setting \"worker\""},
    {"workerss = 3", "unknown setting \"workerss\""},
    {"Workers = 3", "unknown setting \"Workers\""},
    {"listen-mode = 0660", "unknown setting \"listen-mode\""},
    {"[hookroll]", "expected \"name = value\""},
    {"; workers = 3", "unknown setting \"; workers\""},
};

START_TEST(a_wrong_line_is_refused_with_what_was_expected)
{
    expect_error(wrong[_i].line, 1, wrong[_i].why);
}
END_TEST

static const char *const levels[] = {"error", "warn", "info", "debug"};

START_TEST(every_log_level_has_its_name)
{
    char line[64];

    (void)snprintf(line, sizeof line, "log_level = %s\n", levels[_i]);
    ck_assert_int_eq(load(line), RC_OK);
    ck_assert_int_eq(config.log_level, _i);
}
END_TEST

static const char *const places[] = {"stderr", "syslog", "journal"};

START_TEST(every_place_of_the_log_has_its_name)
{
    char line[64];

    (void)snprintf(line, sizeof line, "log_to = %s\n", places[_i]);
    ck_assert_int_eq(load(line), RC_OK);
    ck_assert_int_eq(config.log_to, _i);
}
END_TEST

static const char *const accesses[] = {"all", "changes", "none"};

START_TEST(every_choice_of_the_access_log_has_its_name)
{
    char line[64];

    (void)snprintf(line, sizeof line, "access_log = %s\n", accesses[_i]);
    ck_assert_int_eq(load(line), RC_OK);
    ck_assert_int_eq(config.access_log, _i);
}
END_TEST

static const char *const texts[] = {"store", "master_key", "metrics_token"};

static enum rc load_long(const char *name, size_t len)
{
    char text[CONFIG_PATH_SIZE + 64];
    int before = snprintf(text, sizeof text, "%s = ", name);

    memset(text + before, 'p', len);
    text[(size_t)before + len] = '\n';
    return load_bytes(text, (size_t)before + len + 1);
}

START_TEST(a_text_is_bounded)
{
    const char *const values[] = {config.store, config.master_key, config.metrics_token};
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
    ck_assert_ptr_nonnull(strstr(errors.list[0], expected));
}
END_TEST

START_TEST(an_address_may_be_that_of_nothing)
{
    ck_assert_int_eq(load("listen =\n"), RC_OK);
    ck_assert_str_eq(config.listen, "");
}
END_TEST

static const char *const all[] = {
    "store = /x\n",      "master_key = /x\n",    "listen = unix:/x\n", "workers = 3\n",
    "max_body = 2048\n", "listen_mode = 0600\n", "log_level = warn\n", "metrics_token = /x\n",
    "log_to = syslog\n", "access_log = none\n"};

START_TEST(a_setting_given_twice_is_refused)
{
    char text[128];
    char why[64];

    (void)snprintf(text, sizeof text, "# twice\n%s\n%s", all[_i], all[_i]);
    (void)snprintf(why, sizeof why, "%.*s is set twice", (int)strcspn(all[_i], " "), all[_i]);
    expect_error(text, 4, why);
}
END_TEST

START_TEST(the_line_of_an_error_is_counted_with_comments_and_empty_lines)
{
    expect_error("# one\n\nworkers = 3\n   \nbogus = 1\n", 5, "unknown setting \"bogus\"");
}
END_TEST

START_TEST(every_error_of_a_file_is_told)
{
    ck_assert_int_eq(load("workers = 0\n# good\nbogus\nworkers = 2\nlog_level = loud"), RC_INVALID);
    ck_assert_uint_eq(errors.count, 4);
    expect_told(0, 1, WORKERS);
    expect_told(1, 3, "expected \"name = value\"");
    expect_told(2, 4, "workers is set twice");
    expect_told(3, 5, LEVEL);
}
END_TEST

START_TEST(errors_beyond_the_list_are_counted)
{
    char text[2 * (CONFIG_ERRORS_MAX + 2) + 1];

    for (size_t i = 0; i < CONFIG_ERRORS_MAX + 2; i++)
        memcpy(text + 2 * i, "x\n", 3);
    ck_assert_int_eq(load(text), RC_INVALID);
    ck_assert_uint_eq(errors.count, CONFIG_ERRORS_MAX + 2);
    expect_told(CONFIG_ERRORS_MAX - 1, CONFIG_ERRORS_MAX, "expected \"name = value\"");
}
END_TEST

static void expect_long_line(const char *text, size_t len)
{
    errors.count = 0;
    ck_assert_int_eq(load_bytes(text, len), RC_INVALID);
    ck_assert_uint_eq(errors.count, 1);
    expect_told(0, 2, "the line is too long");
}

START_TEST(a_line_that_is_too_long_is_refused)
{
    static char text[10000];

    memset(text, '#', sizeof text);
    text[0] = '\n';
    expect_long_line(text, sizeof text);
    text[sizeof text - 1] = '\n';
    expect_long_line(text, sizeof text);
    memcpy(text + 1, "listen=", 7);
    expect_long_line(text, sizeof text);
}
END_TEST

START_TEST(a_file_of_64_KiB_is_the_largest)
{
    static char text[65537];
    char expected[CONFIG_ERROR_SIZE];

    memset(text, '\n', sizeof text);
    ck_assert_int_eq(load_bytes(text, sizeof text - 1), RC_OK);
    memset(text, 'x', sizeof text);
    ck_assert_int_eq(load_bytes(text, sizeof text), RC_INVALID);
    ck_assert_uint_eq(errors.count, 1);
    (void)snprintf(expected, sizeof expected, "%s: is larger than 65536 bytes", path);
    ck_assert_str_eq(errors.list[0], expected);
}
END_TEST

START_TEST(a_name_without_end_does_not_flood_the_error)
{
    char text[1500];

    memset(text, 'n', sizeof text);
    text[sizeof text - 1] = '=';
    ck_assert_int_eq(load_bytes(text, sizeof text), RC_INVALID);
    ck_assert_uint_lt(strlen(errors.list[0]), strlen(path) + 128);
}
END_TEST

static const struct {
    const char *bytes;
    size_t len;
} with_nul[] = {
    {"workers = 3\0\n", 13},  {"\0\n", 2},
    {"\0workers = 3\n", 13},  {"workers = 3\0", 12},
    {"workers = 3\0000", 13}, {"store = /x\0/y", 13},
};

START_TEST(a_nul_byte_is_refused)
{
    ck_assert_int_eq(load_bytes(with_nul[_i].bytes, with_nul[_i].len), RC_INVALID);
    ck_assert_ptr_nonnull(strstr(errors.list[0], "line 1"));
}
END_TEST

START_TEST(nothing_of_a_file_with_an_error_counts)
{
    ck_assert_int_eq(load("workers = 3\nstore = /x\nlisten = unix:/x\nbogus\n"), RC_INVALID);
    expect_factory_settings();
}
END_TEST

START_TEST(a_missing_file_is_not_found)
{
    (void)temp_dir_path(&temp, "missing.conf", path);
    ck_assert_int_eq(config_load(path, &config, &errors), RC_NOT_FOUND);
    ck_assert_int_eq(strncmp(errors.list[0], path, strlen(path)), 0);
    expect_factory_settings();
}
END_TEST

START_TEST(a_directory_is_no_file_of_settings)
{
    ck_assert_int_eq(config_load(temp.path, &config, &errors), RC_SYSTEM);
    ck_assert_int_eq(strncmp(errors.list[0], temp.path, strlen(temp.path)), 0);
}
END_TEST

/* Of the name that most options have. */
static enum rc override(const char *setting, const char *value)
{
    return config_override(&config, setting, "--option", value, &errors);
}

START_TEST(an_option_stands_above_the_file)
{
    ck_assert_int_eq(load("workers = 3\nlog_level = warn\nlisten = unix:/x\n"), RC_OK);
    ck_assert_int_eq(override("workers", "4"), RC_OK);
    ck_assert_int_eq(override("log_level", "debug"), RC_OK);
    ck_assert_int_eq(override("listen", ""), RC_OK);
    ck_assert_int_eq(config.workers, 4);
    ck_assert_int_eq(config.log_level, LOG_LEVEL_DEBUG);
    ck_assert_str_eq(config.listen, "");
    ck_assert_uint_eq(errors.count, 0);
}
END_TEST

START_TEST(an_option_is_held_to_the_bounds_of_the_file_and_named)
{
    ck_assert_int_eq(override("workers", "513"), RC_INVALID);
    ck_assert_int_eq(override("workers", "512"), RC_OK);
    ck_assert_int_eq(override("listen", "nowhere"), RC_INVALID);
    ck_assert_int_eq(override("store", ""), RC_INVALID);
    ck_assert_int_eq(override("stoer", "/x"), RC_INVALID);
    ck_assert_int_eq(override("store", "/x\nworkers = 3"), RC_INVALID);
    ck_assert_uint_eq(errors.count, 5);
    ck_assert_str_eq(errors.list[0], "--option must be an integer from 1 to 512");
    ck_assert_str_eq(errors.list[1], "--option must be unix:PATH of up to 107 bytes, or "
                                     "HOST:PORT with a numeric host");
    ck_assert_str_eq(errors.list[2], "--option must be 1 to 1023 bytes");
    ck_assert_str_eq(errors.list[3], "--option: unknown setting \"stoer\"");
}
END_TEST

/* What config_show makes of the settings, loaded again. */
static enum rc show_and_load(bool commented)
{
    struct buf shown;
    enum rc rc;

    buf_init(&shown, 65536);
    config_show(&config, &shown);
    for (size_t i = 0; !commented && i + 2 < shown.len; i++)
        if (shown.data[i] == '\n' && shown.data[i + 1] == '#' && shown.data[i + 2] != ' ')
            shown.data[i + 1] = ' ';
    memset(&config, 'x', sizeof config);
    rc = load_bytes(shown.data, shown.len);
    buf_free(&shown);
    return rc;
}

START_TEST(factory_settings_are_shown_as_a_file_that_leaves_or_states_them)
{
    ck_assert_int_eq(show_and_load(_i == 0), RC_OK);
    expect_factory_settings();
}
END_TEST

START_TEST(what_differs_is_shown_as_a_file_that_says_it)
{
    static const char text[] = "store = /srv/store\nmaster_key = /srv/key\n"
                               "listen = unix:/run/hook roll.sock\nlisten_mode = 0007\n"
                               "workers = 3\nmax_body = 2048\nlog_level = error\n";
    struct config stated;

    ck_assert_int_eq(load(text), RC_OK);
    stated = config;
    ck_assert_int_eq(show_and_load(true), RC_OK);
    ck_assert_str_eq(config.store, stated.store);
    ck_assert_str_eq(config.master_key, stated.master_key);
    ck_assert_str_eq(config.listen, stated.listen);
    ck_assert_int_eq(config.listen_mode, 0007);
    ck_assert_int_eq(config.workers, 3);
    ck_assert_int_eq(config.max_body, 2048);
    ck_assert_int_eq(config.log_level, LOG_LEVEL_ERROR);
}
END_TEST

START_TEST(a_setting_is_shown_with_its_meaning_bounds_default_and_value)
{
    struct buf shown;

    buf_init(&shown, 65536);
    ck_assert_int_eq(load("workers = 3\n"), RC_OK);
    config_show(&config, &shown);
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
    tcase_add_loop_test(tc, a_wrong_line_is_refused_with_what_was_expected, 0, COUNT(wrong));
    tcase_add_loop_test(tc, every_log_level_has_its_name, 0, COUNT(levels));
    tcase_add_loop_test(tc, every_place_of_the_log_has_its_name, 0, COUNT(places));
    tcase_add_loop_test(tc, every_choice_of_the_access_log_has_its_name, 0, COUNT(accesses));
    tcase_add_loop_test(tc, a_text_is_bounded, 0, COUNT(texts));
    tcase_add_test(tc, an_address_may_be_that_of_nothing);
    tcase_add_loop_test(tc, a_setting_given_twice_is_refused, 0, COUNT(all));
    tcase_add_test(tc, the_line_of_an_error_is_counted_with_comments_and_empty_lines);
    tcase_add_test(tc, every_error_of_a_file_is_told);
    tcase_add_test(tc, errors_beyond_the_list_are_counted);
    tcase_add_test(tc, a_line_that_is_too_long_is_refused);
    tcase_add_test(tc, a_file_of_64_KiB_is_the_largest);
    tcase_add_test(tc, a_name_without_end_does_not_flood_the_error);
    tcase_add_loop_test(tc, a_nul_byte_is_refused, 0, COUNT(with_nul));
    tcase_add_test(tc, nothing_of_a_file_with_an_error_counts);
    tcase_add_test(tc, a_missing_file_is_not_found);
    tcase_add_test(tc, a_directory_is_no_file_of_settings);
    tcase_add_test(tc, an_option_stands_above_the_file);
    tcase_add_test(tc, an_option_is_held_to_the_bounds_of_the_file_and_named);
    tcase_add_loop_test(tc, factory_settings_are_shown_as_a_file_that_leaves_or_states_them, 0, 2);
    tcase_add_test(tc, what_differs_is_shown_as_a_file_that_says_it);
    tcase_add_test(tc, a_setting_is_shown_with_its_meaning_bounds_default_and_value);
    suite_add_tcase(suite, tc);
    return suite;
}
