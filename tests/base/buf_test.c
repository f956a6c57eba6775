/* buf: appends up to a ceiling, keeps contents while growing, remembers a failure
 * and wipes what it held. */
#include "base/buf.h"
#include "suites.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct buf buf;

static void setup(void)
{
    buf_init(&buf, 1 << 20);
}

static void teardown(void)
{
    buf_free(&buf);
}

START_TEST(a_new_buffer_is_empty_and_allocates_nothing)
{
    ck_assert_ptr_null(buf.data);
    ck_assert_uint_eq(buf.len, 0);
    ck_assert_uint_eq(buf.size, 0);
    ck_assert_uint_eq(buf.ceiling, 1 << 20);
    ck_assert_uint_eq(buf_text(&buf).len, 0);
    ck_assert_int_eq(buf_status(&buf), RC_OK);
}
END_TEST

START_TEST(every_way_of_appending_appends_in_order)
{
    buf_put(&buf, "ab\0c", 4);
    buf_put_byte(&buf, '\0');
    buf_put_string(&buf, "string");
    buf_put_text(&buf, (struct text){"text!", 4});
    buf_printf(&buf, "%d%%%s", 42, "x");
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    ck_assert(text_equal(buf_text(&buf), (struct text){"ab\0c\0stringtext42%x", 19}));
}
END_TEST

START_TEST(empty_appends_change_nothing_and_do_not_fail)
{
    buf_put_string(&buf, "kept");
    buf_put(&buf, NULL, 0);
    buf_put_string(&buf, "");
    buf_put_text(&buf, (struct text){NULL, 0});
    buf_printf(&buf, "%s", "");
    ck_assert_ptr_nonnull(buf_room(&buf, 0));
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    ck_assert(text_is(buf_text(&buf), "kept"));
}
END_TEST

START_TEST(growth_keeps_the_contents)
{
    enum {
        BYTES = 100000
    };

    for (unsigned i = 0; i < BYTES; i++)
        buf_put_byte(&buf, (char)(i * 7 % 251));
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    ck_assert_uint_eq(buf.len, BYTES);
    for (unsigned i = 0; i < BYTES; i++)
        if (buf.data[i] != (char)(i * 7 % 251))
            ck_abort_msg("byte %u was altered", i);
}
END_TEST

START_TEST(one_large_append_grows_at_once)
{
    static char big[70000];

    memset(big, 'b', sizeof big);
    buf_put_byte(&buf, 'a');
    buf_put(&buf, big, sizeof big);
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    ck_assert_uint_eq(buf.len, sizeof big + 1);
    ck_assert_int_eq(buf.data[0], 'a');
    ck_assert_mem_eq(buf.data + 1, big, sizeof big);
}
END_TEST

START_TEST(a_long_printf_is_written_whole)
{
    buf_put_string(&buf, "head ");
    buf_printf(&buf, "%05000d", 7);
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    ck_assert_uint_eq(buf.len, 5005);
    ck_assert_mem_eq(buf.data, "head 000", 8);
    ck_assert_int_eq(buf.data[5004], '7');
}
END_TEST

START_TEST(the_ceiling_is_the_largest_length)
{
    static const char bytes[65] = "";

    for (size_t len = 63; len <= 65; len++) {
        buf_free(&buf);
        buf_init(&buf, 64);
        buf_put(&buf, bytes, len);
        ck_assert_int_eq(buf_status(&buf), len <= 64 ? RC_OK : RC_NO_MEMORY);
        ck_assert_uint_eq(buf.len, len <= 64 ? len : 0);
    }
}
END_TEST

START_TEST(the_ceiling_counts_what_is_there_already)
{
    buf_init(&buf, 64);
    buf_printf(&buf, "%060d", 1);
    buf_put_string(&buf, "abc");
    buf_put_byte(&buf, 'd');
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    buf_put_byte(&buf, 'e');
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
    ck_assert_uint_eq(buf.len, 64);
}
END_TEST

START_TEST(a_printf_may_reach_the_ceiling)
{
    buf_init(&buf, 64);
    buf_printf(&buf, "%0*d", 62 + _i, 1);
    ck_assert_int_eq(buf_status(&buf), _i <= 2 ? RC_OK : RC_NO_MEMORY);
}
END_TEST

START_TEST(a_ceiling_of_zero_holds_nothing)
{
    buf_init(&buf, 0);
    buf_put(&buf, "", 0);
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    buf_put_byte(&buf, 'x');
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
}
END_TEST

static void append(int way)
{
    switch (way) {
    case 0:
        buf_put(&buf, "a", 1);
        break;
    case 1:
        buf_put_byte(&buf, 'a');
        break;
    case 2:
        buf_put_string(&buf, "a");
        break;
    case 3:
        buf_put_text(&buf, text_of("a"));
        break;
    case 4:
        buf_printf(&buf, "a");
        break;
    default:
        (void)buf_room(&buf, 1);
        break;
    }
}

START_TEST(a_failed_buffer_ignores_what_follows)
{
    buf_init(&buf, 8);
    buf_put_string(&buf, "12345");
    buf_put_string(&buf, "678+");
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
    append(_i);
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
    ck_assert(text_is(buf_text(&buf), "12345"));
}
END_TEST

START_TEST(every_way_of_appending_fails_past_the_ceiling)
{
    buf_init(&buf, 4);
    buf_put_string(&buf, "1234");
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    append(_i);
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
    ck_assert_uint_eq(buf.len, 4);
}
END_TEST

START_TEST(room_is_at_the_end_and_counted)
{
    char *room;

    buf_put_string(&buf, "before ");
    room = buf_room(&buf, 3);
    ck_assert_ptr_nonnull(room);
    memcpy(room, "mid", 3);
    buf_put_string(&buf, " after");
    ck_assert(text_is(buf_text(&buf), "before mid after"));
}
END_TEST

START_TEST(room_past_the_ceiling_is_null_and_fails)
{
    buf_init(&buf, 16);
    buf_put_byte(&buf, 'x');
    ck_assert_ptr_null(buf_room(&buf, 16));
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
    ck_assert_ptr_null(buf_room(&buf, 1));
    ck_assert_ptr_null(buf_room(&buf, 0));
}
END_TEST

START_TEST(a_length_that_wraps_fails)
{
    buf_init(&buf, SIZE_MAX);
    buf_put_byte(&buf, 'x');
    ck_assert_ptr_null(buf_room(&buf, SIZE_MAX));
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
    ck_assert_uint_eq(buf.len, 1);
}
END_TEST

/* In a process of its own: a doubling that wraps never ends. */
START_TEST(a_length_beyond_any_power_of_two_fails)
{
    pid_t child = fork();
    int status = 0;

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        (void)signal(SIGALRM, SIG_DFL);
        (void)alarm(2);
        buf_init(&buf, SIZE_MAX);
        _exit(buf_room(&buf, SIZE_MAX / 2 + 2) == NULL && buf.failed ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(a_lent_room_is_written_to_until_it_is_full_and_wiped_then)
{
    char room[8];

    memset(room, 'x', sizeof room);
    buf_init_in(&buf, room, sizeof room, 64);
    buf_put_string(&buf, "12345678");
    ck_assert_ptr_eq(buf.data, room);
    buf_put_byte(&buf, '9');
    ck_assert_ptr_ne(buf.data, room);
    ck_assert(text_is(buf_text(&buf), "123456789"));
    for (size_t i = 0; i < sizeof room; i++)
        ck_assert_int_eq(room[i], 0);
    buf_put(&buf, (char[64]){0}, 56);
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
}
END_TEST

START_TEST(a_lent_room_is_wiped_and_not_released_when_the_buffer_is_freed)
{
    char room[8];

    buf_init_in(&buf, room, sizeof room, 64);
    buf_put_string(&buf, "secret");
    buf_free(&buf);
    for (size_t i = 0; i < strlen("secret"); i++)
        ck_assert_int_eq(room[i], 0);
    buf_put_string(&buf, "again");
    ck_assert_ptr_ne(buf.data, room);
}
END_TEST

START_TEST(reset_wipes_the_contents_and_keeps_the_allocation)
{
    char *data;
    size_t size;

    for (int i = 0; i < 1000; i++)
        buf_put_string(&buf, "secret");
    data = buf.data;
    size = buf.size;
    buf_reset(&buf);
    ck_assert_ptr_eq(buf.data, data);
    ck_assert_uint_eq(buf.size, size);
    ck_assert_uint_eq(buf.len, 0);
    for (size_t i = 0; i < 6000; i++)
        if (data[i] != 0)
            ck_abort_msg("byte %zu was not wiped", i);
}
END_TEST

START_TEST(reset_gives_back_what_is_large)
{
    (void)buf_room(&buf, BUF_KEPT + 1);
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    buf_reset(&buf);
    ck_assert_ptr_null(buf.data);
    ck_assert_uint_eq(buf.size, 0);
    buf_put_string(&buf, "again");
    ck_assert(text_is(buf_text(&buf), "again"));
}
END_TEST

START_TEST(reset_forgets_a_failure)
{
    buf_init(&buf, 4);
    buf_put_string(&buf, "12345");
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
    buf_reset(&buf);
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    buf_put_string(&buf, "1234");
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    ck_assert(text_is(buf_text(&buf), "1234"));
}
END_TEST

START_TEST(an_unused_buffer_can_be_reset_and_freed)
{
    buf_reset(&buf);
    buf_free(&buf);
    buf_free(&buf);
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    ck_assert_ptr_null(buf.data);
}
END_TEST

START_TEST(a_freed_buffer_can_be_used_again)
{
    buf_init(&buf, 8);
    buf_put_string(&buf, "1234");
    buf_put_string(&buf, "56789");
    ck_assert_ptr_nonnull(buf.data);
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
    buf_free(&buf);
    ck_assert_ptr_null(buf.data);
    ck_assert_uint_eq(buf.len, 0);
    ck_assert_uint_eq(buf.size, 0);
    buf_put_string(&buf, "12345678");
    ck_assert_int_eq(buf_status(&buf), RC_OK);
    ck_assert(text_is(buf_text(&buf), "12345678"));
    buf_put_byte(&buf, '9');
    ck_assert_int_eq(buf_status(&buf), RC_NO_MEMORY);
}
END_TEST

Suite *buf_suite(void)
{
    Suite *suite = suite_create("buf");
    TCase *tc = tcase_create("buf");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_new_buffer_is_empty_and_allocates_nothing);
    tcase_add_test(tc, every_way_of_appending_appends_in_order);
    tcase_add_test(tc, empty_appends_change_nothing_and_do_not_fail);
    tcase_add_test(tc, growth_keeps_the_contents);
    tcase_add_test(tc, one_large_append_grows_at_once);
    tcase_add_test(tc, a_long_printf_is_written_whole);
    tcase_add_test(tc, the_ceiling_is_the_largest_length);
    tcase_add_test(tc, the_ceiling_counts_what_is_there_already);
    tcase_add_loop_test(tc, a_printf_may_reach_the_ceiling, 1, 4);
    tcase_add_test(tc, a_ceiling_of_zero_holds_nothing);
    tcase_add_loop_test(tc, a_failed_buffer_ignores_what_follows, 0, 6);
    tcase_add_loop_test(tc, every_way_of_appending_fails_past_the_ceiling, 0, 6);
    tcase_add_test(tc, room_is_at_the_end_and_counted);
    tcase_add_test(tc, room_past_the_ceiling_is_null_and_fails);
    tcase_add_test(tc, a_length_that_wraps_fails);
    tcase_add_test(tc, a_length_beyond_any_power_of_two_fails);
    tcase_add_test(tc, a_lent_room_is_written_to_until_it_is_full_and_wiped_then);
    tcase_add_test(tc, a_lent_room_is_wiped_and_not_released_when_the_buffer_is_freed);
    tcase_add_test(tc, reset_wipes_the_contents_and_keeps_the_allocation);
    tcase_add_test(tc, reset_gives_back_what_is_large);
    tcase_add_test(tc, reset_forgets_a_failure);
    tcase_add_test(tc, an_unused_buffer_can_be_reset_and_freed);
    tcase_add_test(tc, a_freed_buffer_can_be_used_again);
    suite_add_tcase(suite, tc);
    return suite;
}
