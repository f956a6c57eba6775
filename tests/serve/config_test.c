/* config: every setting within and just beyond its bounds, and every way in which a
 * file can be wrong, told with its line. */
#include "serve/config.h"
#include "suites.h"
#include "support/temp_dir.h"

#include <stdio.h>
#include <string.h>

static struct temp_dir temp;
static char path[TEMP_PATH_SIZE];
static struct config config;
static char error[CONFIG_ERROR_SIZE];

static void setup(void)
{
    temp_dir_make(&temp);
    (void)temp_dir_path(&temp, "hookroll.conf", path);
    config_init(&config);
    error[0] = '\0';
}

static void teardown(void)
{
    temp_dir_remove(&temp);
}

static enum rc load_bytes(const char *bytes, size_t len)
{
    temp_dir_write(path, 0600, bytes, len);
    return config_load(path, &config, error);
}

static enum rc load(const char *text)
{
    return load_bytes(text, strlen(text));
}

static void expect_error(const char *text, int line, const char *why)
{
    char expected[CONFIG_ERROR_SIZE];

    ck_assert_int_eq(load(text), RC_INVALID);
    (void)snprintf(expected, sizeof expected, "%s, line %d: %s", path, line, why);
    ck_assert_str_eq(error, expected);
}

/* Directories are those of the build. */
static void expect_factory_settings(void)
{
    ck_assert_str_eq(config.store, HOOKROLL_LOCALSTATEDIR "/lib/hookroll");
    ck_assert_str_eq(config.master_key, HOOKROLL_SYSCONFDIR "/hookroll/master.key");
    ck_assert_str_eq(config.listen, "");
    ck_assert_int_eq(config.listen_mode, 0660);
    ck_assert_int_eq(config.workers, 16);
    ck_assert_int_eq(config.max_body, 4 * 1024 * 1024);
    ck_assert_int_eq(config.log_level, LOG_LEVEL_INFO);
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
                          "log_level = debug"),
                     RC_OK);
    ck_assert_str_eq(config.store, "/srv/store");
    ck_assert_str_eq(config.master_key, "/srv/key");
    ck_assert_str_eq(config.listen, "unix:/run/hook roll.sock");
    ck_assert_int_eq(config.listen_mode, 0600);
    ck_assert_int_eq(config.workers, 3);
    ck_assert_int_eq(config.max_body, 2048);
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
#define MODE     "listen_mode must be an octal mode such as 0660"
#define LEVEL    "log_level must be error, warn, info or debug"

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
    {"log_level =", LEVEL},
    {"log_level = Debug", LEVEL},
    {"log_level = trace", LEVEL},
    {"log_level = infos", LEVEL},
    {"log_level = 1", LEVEL},
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

static const char *const texts[] = {"store", "master_key", "listen"};

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
    const char *value = _i == 0 ? config.store : _i == 1 ? config.master_key : config.listen;
    char expected[64];

    ck_assert_int_eq(load_long(texts[_i], CONFIG_PATH_SIZE - 2), RC_OK);
    ck_assert_uint_eq(strlen(value), CONFIG_PATH_SIZE - 2);
    ck_assert_int_eq(load_long(texts[_i], CONFIG_PATH_SIZE - 1), RC_OK);
    ck_assert_uint_eq(strlen(value), CONFIG_PATH_SIZE - 1);
    ck_assert_int_eq(load_long(texts[_i], CONFIG_PATH_SIZE), RC_INVALID);
    (void)snprintf(expected, sizeof expected, "line 1: %s must be 1 to 1023 bytes", texts[_i]);
    ck_assert_ptr_nonnull(strstr(error, expected));
}
END_TEST

static const char *const all[] = {"store = /x\n",      "master_key = /x\n", "listen = unix:/x\n",
                                  "workers = 3\n",     "max_body = 2048\n", "listen_mode = 0600\n",
                                  "log_level = warn\n"};

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
    expect_error("# one\n\nworkers = 3\n   \nbogus = 1\nalso bogus\n", 5,
                 "unknown setting \"bogus\"");
}
END_TEST

static void expect_long_line(char *text, size_t len)
{
    char expected[CONFIG_ERROR_SIZE];

    ck_assert_int_eq(load_bytes(text, len), RC_INVALID);
    (void)snprintf(expected, sizeof expected, "%s, line 2: the line is too long", path);
    ck_assert_str_eq(error, expected);
}

START_TEST(a_line_that_is_too_long_is_refused)
{
    static char text[100000];

    memset(text, '#', sizeof text);
    text[0] = '\n';
    expect_long_line(text, sizeof text);
    text[sizeof text - 1] = '\n';
    expect_long_line(text, sizeof text);
    memcpy(text + 1, "listen=", 7);
    expect_long_line(text, sizeof text);
}
END_TEST

START_TEST(a_name_without_end_does_not_flood_the_error)
{
    char text[1500];

    memset(text, 'n', sizeof text);
    text[sizeof text - 1] = '=';
    ck_assert_int_eq(load_bytes(text, sizeof text), RC_INVALID);
    ck_assert_uint_lt(strlen(error), strlen(path) + 128);
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
    ck_assert_ptr_nonnull(strstr(error, "line 1"));
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
    ck_assert_int_eq(config_load(path, &config, error), RC_NOT_FOUND);
    ck_assert_int_eq(strncmp(error, path, strlen(path)), 0);
    expect_factory_settings();
}
END_TEST

START_TEST(a_directory_is_no_file_of_settings)
{
    ck_assert_int_eq(config_load(temp.path, &config, error), RC_SYSTEM);
    ck_assert_int_eq(strncmp(error, temp.path, strlen(temp.path)), 0);
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
    tcase_add_loop_test(tc, a_text_is_bounded, 0, COUNT(texts));
    tcase_add_loop_test(tc, a_setting_given_twice_is_refused, 0, COUNT(all));
    tcase_add_test(tc, the_line_of_an_error_is_counted_with_comments_and_empty_lines);
    tcase_add_test(tc, a_line_that_is_too_long_is_refused);
    tcase_add_test(tc, a_name_without_end_does_not_flood_the_error);
    tcase_add_loop_test(tc, a_nul_byte_is_refused, 0, COUNT(with_nul));
    tcase_add_test(tc, nothing_of_a_file_with_an_error_counts);
    tcase_add_test(tc, a_missing_file_is_not_found);
    tcase_add_test(tc, a_directory_is_no_file_of_settings);
    suite_add_tcase(suite, tc);
    return suite;
}
