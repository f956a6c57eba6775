/* config: every way in which a file can be wrong, told with its line, and that nothing of such
 * a file counts. */
#include "suites.h"
#include "support/config_fixture.h"

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

static void expect_told(size_t i, int line, const char *why)
{
    char expected[CONFIG_ERROR_SIZE];

    (void)snprintf(expected, sizeof expected, "%s, line %d: %s", at.path, line, why);
    ck_assert_uint_lt(i, at.errors.count);
    ck_assert_str_eq(at.errors.list[i], expected);
}

static void expect_error(const char *text, int line, const char *why)
{
    ck_assert_int_eq(config_fixture_load(&at, text), RC_INVALID);
    ck_assert_uint_eq(at.errors.count, 1);
    expect_told(0, line, why);
}

#define WORKERS         "workers must be an integer from 1 to 512"
#define MAX_BODY        "max_body must be an integer from 1024 to 67108864"
#define REQUEST_TIMEOUT "request_timeout must be an integer from 1 to 3600"
#define MODE            "listen_mode must be an octal mode from 0 to 0777"
#define LISTEN          "listen must be unix:PATH of up to 107 bytes, or HOST:PORT with a numeric host"
#define LEVEL           "log_level must be error, warn, info or debug"
#define PLACE           "log_to must be stderr, syslog or journal"
#define ACCESS          "access_log must be all, changes or none"

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
    {"request_timeout = 0", REQUEST_TIMEOUT},
    {"request_timeout = 3601", REQUEST_TIMEOUT},
    {"request_timeout = 60s", REQUEST_TIMEOUT},
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
    ck_assert_int_eq(
        config_fixture_load(&at, "workers = 0\n# good\nbogus\nworkers = 2\nlog_level = loud"),
        RC_INVALID);
    ck_assert_uint_eq(at.errors.count, 4);
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
    ck_assert_int_eq(config_fixture_load(&at, text), RC_INVALID);
    ck_assert_uint_eq(at.errors.count, CONFIG_ERRORS_MAX + 2);
    expect_told(CONFIG_ERRORS_MAX - 1, CONFIG_ERRORS_MAX, "expected \"name = value\"");
}
END_TEST

static void expect_long_line(const char *text, size_t len)
{
    at.errors.count = 0;
    ck_assert_int_eq(config_fixture_load_bytes(&at, text, len), RC_INVALID);
    ck_assert_uint_eq(at.errors.count, 1);
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
    ck_assert_int_eq(config_fixture_load_bytes(&at, text, sizeof text - 1), RC_OK);
    memset(text, 'x', sizeof text);
    ck_assert_int_eq(config_fixture_load_bytes(&at, text, sizeof text), RC_INVALID);
    ck_assert_uint_eq(at.errors.count, 1);
    (void)snprintf(expected, sizeof expected, "%s: is larger than 65536 bytes", at.path);
    ck_assert_str_eq(at.errors.list[0], expected);
}
END_TEST

START_TEST(a_name_without_end_does_not_flood_the_error)
{
    char text[1500];

    memset(text, 'n', sizeof text);
    text[sizeof text - 1] = '=';
    ck_assert_int_eq(config_fixture_load_bytes(&at, text, sizeof text), RC_INVALID);
    ck_assert_uint_lt(strlen(at.errors.list[0]), strlen(at.path) + 128);
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
    ck_assert_int_eq(config_fixture_load_bytes(&at, with_nul[_i].bytes, with_nul[_i].len),
                     RC_INVALID);
    ck_assert_ptr_nonnull(strstr(at.errors.list[0], "line 1"));
}
END_TEST

START_TEST(nothing_of_a_file_with_an_error_counts)
{
    ck_assert_int_eq(config_fixture_load(&at, "workers = 3\nstore = /x\nlisten = unix:/x\nbogus\n"),
                     RC_INVALID);
    config_fixture_expect_factory(&at);
}
END_TEST

START_TEST(a_missing_file_is_not_found)
{
    (void)temp_dir_path(&at.temp, "missing.conf", at.path);
    ck_assert_int_eq(config_load(at.path, &at.config, &at.errors), RC_NOT_FOUND);
    ck_assert_int_eq(strncmp(at.errors.list[0], at.path, strlen(at.path)), 0);
    config_fixture_expect_factory(&at);
}
END_TEST

START_TEST(a_directory_is_no_file_of_settings)
{
    ck_assert_int_eq(config_load(at.temp.path, &at.config, &at.errors), RC_SYSTEM);
    ck_assert_int_eq(strncmp(at.errors.list[0], at.temp.path, strlen(at.temp.path)), 0);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof table[0])

Suite *config_refusal_suite(void)
{
    Suite *suite = suite_create("config_refusal");
    TCase *tc = tcase_create("config_refusal");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, a_wrong_line_is_refused_with_what_was_expected, 0, COUNT(wrong));
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
    suite_add_tcase(suite, tc);
    return suite;
}
