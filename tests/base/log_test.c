/* log: standard error is a SOCK_SEQPACKET socket here, where one packet is one
 * write, so what is seen is what one write(2) wrote. */
#include "base/log.h"
#include "suites.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MESSAGE_MAX = 900,
    LINE_SIZE = 16384
};

static int saved_stderr;
static int reader;

static void setup(void)
{
    int ends[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    reader = ends[0];
    saved_stderr = dup(STDERR_FILENO);
    ck_assert_int_ge(saved_stderr, 0);
    ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    (void)close(ends[1]);
    log_set_level(LOG_LEVEL_INFO);
}

static void teardown(void)
{
    (void)dup2(saved_stderr, STDERR_FILENO);
    (void)close(saved_stderr);
    (void)close(reader);
    log_set_level(LOG_LEVEL_INFO);
}

/* The next line as a string; -1 when nothing was written. */
static int next_line(char line[LINE_SIZE])
{
    ssize_t len = recv(reader, line, LINE_SIZE - 1, MSG_DONTWAIT);

    line[len > 0 ? len : 0] = '\0';
    return (int)len;
}

/* What stands between msg=" and the closing quote. */
static void next_message(char line[LINE_SIZE], char message[LINE_SIZE])
{
    int len = next_line(line);
    const char *start = strstr(line, " msg=\"");

    ck_assert_int_gt(len, 0);
    ck_assert_ptr_nonnull(start);
    ck_assert_str_eq(line + len - 2, "\"\n");
    start += strlen(" msg=\"");
    memcpy(message, start, (size_t)(line + len - 2 - start));
    message[line + len - 2 - start] = '\0';
}

START_TEST(a_line_is_logfmt_with_time_level_and_message)
{
    static const char form[] = "time=dddd-dd-ddTdd:dd:dd.dddZ";
    char line[LINE_SIZE];

    log_info("served %d of %s", 42, "them");
    ck_assert_int_gt(next_line(line), (int)strlen(form));
    for (size_t i = 0; i < strlen(form); i++)
        if (form[i] == 'd' && i > 4)
            ck_assert(line[i] >= '0' && line[i] <= '9');
        else
            ck_assert_int_eq(line[i], form[i]);
    ck_assert_str_eq(line + strlen(form), " level=info msg=\"served 42 of them\"\n");
    ck_assert_int_lt(next_line(line), 0);
}
END_TEST

START_TEST(every_level_has_its_name)
{
    char line[LINE_SIZE];

    log_set_level(LOG_LEVEL_DEBUG);
    log_error("m");
    ck_assert_int_gt(next_line(line), 0);
    ck_assert_ptr_nonnull(strstr(line, "Z level=error msg=\"m\"\n"));
    log_warn("m");
    ck_assert_int_gt(next_line(line), 0);
    ck_assert_ptr_nonnull(strstr(line, "Z level=warn msg=\"m\"\n"));
    log_info("m");
    ck_assert_int_gt(next_line(line), 0);
    ck_assert_ptr_nonnull(strstr(line, "Z level=info msg=\"m\"\n"));
    log_debug("m");
    ck_assert_int_gt(next_line(line), 0);
    ck_assert_ptr_nonnull(strstr(line, "Z level=debug msg=\"m\"\n"));
}
END_TEST

START_TEST(lines_above_the_level_are_dropped)
{
    char line[LINE_SIZE];

    log_set_level((enum log_level)_i);
    log_error("0");
    log_warn("1");
    log_info("2");
    log_debug("3");
    for (int level = 0; level <= _i; level++) {
        const char expected[] = {' ', 'm', 's', 'g', '=', '"', (char)('0' + level), '"', '\n', 0};

        ck_assert_int_gt(next_line(line), 0);
        ck_assert_ptr_nonnull(strstr(line, expected));
    }
    ck_assert_int_lt(next_line(line), 0);
}
END_TEST

START_TEST(quotes_and_backslashes_are_escaped)
{
    char line[LINE_SIZE];
    char message[LINE_SIZE];

    log_info("%s", "say \"no\" \\ level=error");
    next_message(line, message);
    ck_assert_str_eq(message, "say \\\"no\\\" \\\\ level=error");
}
END_TEST

START_TEST(an_ascii_control_character_is_escaped)
{
    const char sent[] = {'<', (char)_i, '>', '\0'};
    char expected[8];
    char line[LINE_SIZE];
    char message[LINE_SIZE];

    (void)snprintf(expected, sizeof expected, "<\\x%02x>", (unsigned)_i);
    log_info("%s", sent);
    next_message(line, message);
    ck_assert_str_eq(message, expected);
}
END_TEST

START_TEST(a_c1_control_character_is_escaped)
{
    for (int c = 0x80; c < 0xA0; c++) {
        const char sent[] = {'<', (char)0xC2, (char)c, '>', '\0'};
        char expected[16];
        char line[LINE_SIZE];
        char message[LINE_SIZE];

        (void)snprintf(expected, sizeof expected, "<\\xc2\\x%02x>", (unsigned)c);
        log_info("%s", sent);
        next_message(line, message);
        ck_assert_str_eq(message, expected);
    }
}
END_TEST

START_TEST(text_beyond_ascii_is_left_alone)
{
    char line[LINE_SIZE];
    char message[LINE_SIZE];

    log_info("%s", "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x94\x91");
    next_message(line, message);
    ck_assert_str_eq(message, "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x94\x91");
}
END_TEST

START_TEST(a_line_feed_does_not_make_a_second_line)
{
    char line[LINE_SIZE];
    int len;

    log_warn("%s", "one\ntime=x level=error msg=\"forged\"\r\n");
    len = next_line(line);
    ck_assert_int_gt(len, 0);
    ck_assert_ptr_eq(strchr(line, '\n'), line + len - 1);
    ck_assert_ptr_null(strchr(line, '\r'));
    ck_assert_int_lt(next_line(line), 0);
}
END_TEST

START_TEST(a_message_is_cut_at_its_size)
{
    char line[LINE_SIZE];
    char message[LINE_SIZE];
    char sent[MESSAGE_MAX + 10];

    for (size_t len = MESSAGE_MAX - 1; len <= MESSAGE_MAX + 1; len++) {
        const size_t kept = len < MESSAGE_MAX ? len : MESSAGE_MAX;

        memset(sent, 'm', len);
        sent[len] = '\0';
        log_info("%s", sent);
        next_message(line, message);
        ck_assert_uint_eq(strlen(message), kept);
        ck_assert_int_eq(strncmp(message, sent, kept), 0);
    }
    log_info("%05000d", 7);
    next_message(line, message);
    ck_assert_uint_eq(strlen(message), MESSAGE_MAX);
}
END_TEST

START_TEST(the_longest_line_is_still_one_write)
{
    char line[LINE_SIZE];
    char message[LINE_SIZE];
    char sent[2 * MESSAGE_MAX];

    memset(sent, '\x01', sizeof sent - 1);
    sent[sizeof sent - 1] = '\0';
    log_error("%s", sent);
    next_message(line, message);
    ck_assert_uint_eq(strlen(message), 4 * MESSAGE_MAX);
    for (size_t i = 0; i < 4 * MESSAGE_MAX; i++)
        ck_assert_int_eq(message[i], "\\x01"[i % 4]);
    ck_assert_int_lt(next_line(line), 0);
}
END_TEST

START_TEST(an_empty_message_is_an_empty_string)
{
    char line[LINE_SIZE];
    char message[LINE_SIZE];

    log_info("%s", "");
    next_message(line, message);
    ck_assert_str_eq(message, "");
}
END_TEST

/* Only what fails changes it. */
START_TEST(logging_leaves_errno_alone)
{
    ck_assert_int_eq(close(STDERR_FILENO), 0);
    errno = EXDEV;
    log_error("lost");
    ck_assert_int_eq(errno, EXDEV);
}
END_TEST

START_TEST(a_line_that_cannot_be_written_is_let_go)
{
    int written = dup(STDERR_FILENO);
    char line[LINE_SIZE];
    char message[LINE_SIZE];

    ck_assert_int_ge(written, 0);
    ck_assert_int_eq(close(STDERR_FILENO), 0);
    log_error("lost");
    ck_assert_int_eq(dup2(written, STDERR_FILENO), STDERR_FILENO);
    (void)close(written);
    log_error("kept");
    next_message(line, message);
    ck_assert_str_eq(message, "kept");
    ck_assert_int_lt(next_line(line), 0);
}
END_TEST

#define AT INT64_C(1795460885123) /* 2026-11-23T19:08:05.123Z */

START_TEST(an_event_is_told_by_its_fields_at_its_moment)
{
    const struct log_field fields[] = {{"event", text_of("request")},
                                       {"route", text_of("/v1/{id}/a-b_c.d:e@f+g")},
                                       {"key", {NULL, 0}},
                                       {"us", text_of("12")}};
    char line[LINE_SIZE];

    log_event(AT, fields, sizeof fields / sizeof fields[0]);
    ck_assert_int_gt(next_line(line), 0);
    ck_assert_str_eq(line, "time=2026-11-23T19:08:05.123Z level=info event=request "
                           "route=/v1/{id}/a-b_c.d:e@f+g key=- us=12\n");
    ck_assert_int_lt(next_line(line), 0);
}
END_TEST

static const struct {
    const char *value;
    const char *written;
} values[] = {
    {"a b", "\"a b\""},
    {"a=b", "\"a=b\""},
    {"a\"b", "\"a\\\"b\""},
    {"a\\b", "\"a\\\\b\""},
    {"a\nlevel=error", "\"a\\x0alevel=error\""},
    {"\x7f", "\"\\x7f\""},
    {"caf\xC3\xA9", "\"caf\xC3\xA9\""},
    {"\xC2\x9B", "\"\\xc2\\x9b\""},
};

START_TEST(a_value_is_quoted_where_logfmt_needs_it)
{
    const struct log_field field = {"v", text_of(values[_i].value)};
    char expected[128];
    char line[LINE_SIZE];

    log_event(AT, &field, 1);
    (void)snprintf(expected, sizeof expected, "time=2026-11-23T19:08:05.123Z level=info v=%s\n",
                   values[_i].written);
    ck_assert_int_gt(next_line(line), 0);
    ck_assert_str_eq(line, expected);
}
END_TEST

START_TEST(a_nul_byte_does_not_end_a_value)
{
    const struct log_field field = {"v", {"a\0b", 3}};
    char line[LINE_SIZE];

    log_event(AT, &field, 1);
    ck_assert_int_gt(next_line(line), 0);
    ck_assert_ptr_nonnull(strstr(line, " v=\"a\\x00b\"\n"));
}
END_TEST

START_TEST(the_largest_event_is_one_write)
{
    struct log_field fields[LOG_FIELDS_MAX + 1];
    char value[LOG_VALUE_MAX + 1];
    char line[LINE_SIZE];
    int len;

    memset(value, 1, sizeof value);
    for (size_t i = 0; i < LOG_FIELDS_MAX + 1; i++)
        fields[i] = (struct log_field){"a_name_of_16_char", {value, sizeof value}};
    log_event(AT, fields, LOG_FIELDS_MAX + 1);
    len = next_line(line);
    ck_assert_int_eq(len, (int)(strlen("time=2026-11-23T19:08:05.123Z level=info ") +
                                LOG_FIELDS_MAX * (LOG_NAME_MAX + 3 + 4 * LOG_VALUE_MAX + 1)));
    ck_assert_int_eq(line[len - 1], '\n');
    ck_assert_int_lt(next_line(line), 0);
}
END_TEST

START_TEST(an_event_above_the_level_is_dropped)
{
    const struct log_field field = {"event", text_of("request")};
    char line[LINE_SIZE];

    log_set_level(LOG_LEVEL_WARN);
    log_event(AT, &field, 1);
    ck_assert_int_lt(next_line(line), 0);
}
END_TEST

static enum log_level diverted_level;
static char diverted[2 * MESSAGE_MAX];
static int diversions;

static void divert(enum log_level level, const char *message)
{
    diverted_level = level;
    (void)snprintf(diverted, sizeof diverted, "%s", message);
    diversions++;
}

static void divert_from_here(void)
{
    diversions = 0;
    diverted[0] = '\0';
    log_divert(divert);
}

static void divert_no_more(void)
{
    log_divert(NULL);
}

START_TEST(a_diverted_message_is_unquoted_and_not_written)
{
    char line[LINE_SIZE];

    log_warn("say \"%s\"\n", "\\ it");
    ck_assert_int_eq(diversions, 1);
    ck_assert_int_eq(diverted_level, LOG_LEVEL_WARN);
    ck_assert_str_eq(diverted, "say \"\\ it\"\n");
    ck_assert_int_lt(next_line(line), 0);
}
END_TEST

static void divert_and_fail(enum log_level level, const char *message)
{
    (void)level;
    (void)message;
    errno = EIO;
}

START_TEST(diverted_messages_leave_errno_alone)
{
    const struct log_field field = {"event", text_of("it")};

    log_divert(divert_and_fail);
    errno = EXDEV;
    log_error("lost");
    ck_assert_int_eq(errno, EXDEV);
    log_event(AT, &field, 1);
    ck_assert_int_eq(errno, EXDEV);
}
END_TEST

START_TEST(diverted_messages_have_their_level)
{
    log_set_level(LOG_LEVEL_DEBUG);
    log_error("0");
    ck_assert_int_eq(diverted_level, LOG_LEVEL_ERROR);
    log_warn("1");
    ck_assert_int_eq(diverted_level, LOG_LEVEL_WARN);
    log_info("2");
    ck_assert_int_eq(diverted_level, LOG_LEVEL_INFO);
    log_debug("3");
    ck_assert_int_eq(diverted_level, LOG_LEVEL_DEBUG);
    ck_assert_int_eq(diversions, 4);
}
END_TEST

START_TEST(messages_above_the_level_are_not_diverted)
{
    log_set_level(LOG_LEVEL_WARN);
    log_info("dropped");
    ck_assert_int_eq(diversions, 0);
    log_warn("kept");
    ck_assert_int_eq(diversions, 1);
}
END_TEST

START_TEST(a_diverted_event_is_its_fields)
{
    const struct log_field fields[] = {{"event", text_of("request")}, {"id", text_of("a b")}};

    log_event(AT, fields, 2);
    ck_assert_int_eq(diverted_level, LOG_LEVEL_INFO);
    ck_assert_str_eq(diverted, "event=request id=\"a b\"");
}
END_TEST

START_TEST(a_diverted_message_is_cut_at_its_size)
{
    log_error("%01000d", 7);
    ck_assert_uint_eq(strlen(diverted), MESSAGE_MAX);
}
END_TEST

START_TEST(a_diversion_can_be_undone)
{
    char line[LINE_SIZE];

    log_divert(NULL);
    log_error("written");
    ck_assert_int_eq(diversions, 0);
    ck_assert_int_gt(next_line(line), 0);
    ck_assert_ptr_nonnull(strstr(line, " level=error msg=\"written\"\n"));
}
END_TEST

Suite *log_suite(void)
{
    Suite *suite = suite_create("log");
    TCase *tc = tcase_create("log");
    TCase *diversion = tcase_create("diversion");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_line_is_logfmt_with_time_level_and_message);
    tcase_add_test(tc, every_level_has_its_name);
    tcase_add_loop_test(tc, lines_above_the_level_are_dropped, LOG_LEVEL_ERROR,
                        LOG_LEVEL_DEBUG + 1);
    tcase_add_test(tc, quotes_and_backslashes_are_escaped);
    tcase_add_loop_test(tc, an_ascii_control_character_is_escaped, 1, 0x20);
    tcase_add_loop_test(tc, an_ascii_control_character_is_escaped, 0x7F, 0x80);
    tcase_add_test(tc, a_c1_control_character_is_escaped);
    tcase_add_test(tc, text_beyond_ascii_is_left_alone);
    tcase_add_test(tc, a_line_feed_does_not_make_a_second_line);
    tcase_add_test(tc, a_message_is_cut_at_its_size);
    tcase_add_test(tc, the_longest_line_is_still_one_write);
    tcase_add_test(tc, an_empty_message_is_an_empty_string);
    tcase_add_test(tc, logging_leaves_errno_alone);
    tcase_add_test(tc, an_event_is_told_by_its_fields_at_its_moment);
    tcase_add_loop_test(tc, a_value_is_quoted_where_logfmt_needs_it, 0,
                        (int)(sizeof values / sizeof values[0]));
    tcase_add_test(tc, a_nul_byte_does_not_end_a_value);
    tcase_add_test(tc, the_largest_event_is_one_write);
    tcase_add_test(tc, an_event_above_the_level_is_dropped);
    tcase_add_test(tc, a_line_that_cannot_be_written_is_let_go);
    suite_add_tcase(suite, tc);

    tcase_add_checked_fixture(diversion, setup, teardown);
    tcase_add_checked_fixture(diversion, divert_from_here, divert_no_more);
    tcase_add_test(diversion, a_diverted_message_is_unquoted_and_not_written);
    tcase_add_test(diversion, diverted_messages_have_their_level);
    tcase_add_test(diversion, diverted_messages_leave_errno_alone);
    tcase_add_test(diversion, messages_above_the_level_are_not_diverted);
    tcase_add_test(diversion, a_diverted_event_is_its_fields);
    tcase_add_test(diversion, a_diverted_message_is_cut_at_its_size);
    tcase_add_test(diversion, a_diversion_can_be_undone);
    suite_add_tcase(suite, diversion);
    return suite;
}
