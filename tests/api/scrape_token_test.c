/* scrape_token: files that hold a token and files that do not, and what matches it. */
#include "api/scrape_token.h"
#include "suites.h"
#include "support/log_capture.h"
#include "support/temp_dir.h"

#include <stdlib.h>
#include <string.h>

#define TOKEN "0123456789abcdef"

static struct temp_dir temp;
static char path[TEMP_PATH_SIZE];
static struct scrape_token token;

static void setup(void)
{
    temp_dir_make(&temp);
    (void)temp_dir_path(&temp, "token", path);
    token = (struct scrape_token){false, {0}};
    log_capture_begin();
}

static void teardown(void)
{
    log_capture_end();
    temp_dir_remove(&temp);
}

static enum rc load_bytes(const char *bytes, size_t len)
{
    temp_dir_write(path, 0600, bytes, len);
    return scrape_token_load(path, &token);
}

static const char *const good[] = {TOKEN, TOKEN "\n", TOKEN "\r\n"};

START_TEST(a_token_is_the_file_without_its_line_end)
{
    ck_assert_int_eq(load_bytes(good[_i], strlen(good[_i])), RC_OK);
    ck_assert(token.set);
    ck_assert(scrape_token_matches(&token, text_of(TOKEN)));
    ck_assert(!scrape_token_matches(&token, text_of(TOKEN "0")));
    ck_assert(!scrape_token_matches(&token, text_of("0123456789abcdeF")));
    ck_assert(!scrape_token_matches(&token, text_of("0123456789abcde")));
    ck_assert(!scrape_token_matches(&token, (struct text){NULL, 0}));
    ck_assert_ptr_null(memmem(&token, sizeof token, TOKEN, 4));
}
END_TEST

static const char *const bad[] = {
    "",
    "\n",
    "0123456789abcde",
    "0123456789abcde\n",
    TOKEN "\n\n",
    TOKEN "\n" TOKEN "\n",
    TOKEN " ",
    " " TOKEN,
    TOKEN "," TOKEN,
    TOKEN "\x7f",
    TOKEN "\xc3\xa9",
};

START_TEST(what_is_no_token_is_refused_without_being_told)
{
    ck_assert_int_eq(load_bytes(bad[_i], strlen(bad[_i])), RC_KEY);
    ck_assert(!token.set);
    ck_assert(log_capture_has("must be 16 to 256 printable ASCII characters"));
    ck_assert(!log_capture_has("0123456789"));
}
END_TEST

START_TEST(a_token_is_bounded)
{
    char long_one[SCRAPE_TOKEN_MAX + 2];

    memset(long_one, 't', sizeof long_one);
    ck_assert_int_eq(load_bytes(long_one, SCRAPE_TOKEN_MAX), RC_OK);
    ck_assert(scrape_token_matches(&token, (struct text){long_one, SCRAPE_TOKEN_MAX}));
    ck_assert_int_eq(load_bytes(long_one, SCRAPE_TOKEN_MAX + 1), RC_KEY);
    ck_assert_int_eq(load_bytes(long_one, SCRAPE_TOKEN_MAX + 2), RC_KEY);
}
END_TEST

START_TEST(a_file_much_too_large_is_no_token)
{
    char large[4096];

    memset(large, 't', sizeof large);
    ck_assert_int_eq(load_bytes(large, sizeof large), RC_KEY);
    ck_assert(log_capture_has("is too large to be one"));
}
END_TEST

START_TEST(a_file_that_others_can_read_is_refused)
{
    temp_dir_write(path, 0640, TOKEN, strlen(TOKEN));
    ck_assert_int_eq(scrape_token_load(path, &token), RC_KEY);
    ck_assert(log_capture_has("metrics token"));
    ck_assert(log_capture_has("mode 0600"));
}
END_TEST

START_TEST(a_credential_of_the_service_may_be_its_groups)
{
    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", temp.path, 1), 0);
    temp_dir_write(path, 0440, TOKEN, strlen(TOKEN));
    ck_assert_int_eq(scrape_token_load(path, &token), RC_OK);
    ck_assert_int_eq(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}
END_TEST

START_TEST(without_the_file_there_is_no_token)
{
    ck_assert_int_eq(scrape_token_load(path, &token), RC_KEY);
    ck_assert(log_capture_has("cannot be opened: No such file"));
}
END_TEST

START_TEST(a_token_that_is_not_set_matches_nothing)
{
    ck_assert(!scrape_token_matches(&token, text_of(TOKEN)));
    ck_assert(!scrape_token_matches(&token, (struct text){NULL, 0}));
}
END_TEST

Suite *scrape_token_suite(void)
{
    Suite *suite = suite_create("scrape_token");
    TCase *tc = tcase_create("scrape_token");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, a_token_is_the_file_without_its_line_end, 0,
                        (int)(sizeof good / sizeof good[0]));
    tcase_add_loop_test(tc, what_is_no_token_is_refused_without_being_told, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(tc, a_token_is_bounded);
    tcase_add_test(tc, a_file_much_too_large_is_no_token);
    tcase_add_test(tc, a_file_that_others_can_read_is_refused);
    tcase_add_test(tc, a_credential_of_the_service_may_be_its_groups);
    tcase_add_test(tc, without_the_file_there_is_no_token);
    tcase_add_test(tc, a_token_that_is_not_set_matches_nothing);
    suite_add_tcase(suite, tc);
    return suite;
}
