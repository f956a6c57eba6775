/* arena: aligned, separate pieces up to a ceiling, all of them wiped on reset. */
#include "base/arena.h"
#include "suites.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

enum {
    UNIT = alignof(max_align_t),
    CEILING = 64 * UNIT,
    LARGE = 1 << 20
};

static struct arena arena;

static void setup(void)
{
    arena_init(&arena, CEILING);
}

static void teardown(void)
{
    arena_free(&arena);
}

static bool all_are(const unsigned char *p, size_t len, unsigned char byte)
{
    for (size_t i = 0; i < len; i++)
        if (p[i] != byte)
            return false;
    return true;
}

START_TEST(a_new_arena_has_handed_out_nothing)
{
    ck_assert_uint_eq(arena.used, 0);
    ck_assert_uint_eq(arena.ceiling, CEILING);
    ck_assert_ptr_null(arena.blocks);
}
END_TEST

START_TEST(every_piece_is_aligned_for_any_type)
{
    arena_init(&arena, LARGE);
    for (size_t size = 1; size <= 100; size++) {
        void *p = arena_alloc(&arena, size);

        ck_assert_ptr_nonnull(p);
        ck_assert_uint_eq((uintptr_t)p % UNIT, 0);
    }
}
END_TEST

START_TEST(pieces_of_many_sizes_do_not_overlap)
{
    enum {
        PIECES = 200
    };
    unsigned char *pieces[PIECES];

    arena_init(&arena, 64 * (size_t)LARGE);
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = arena_alloc(&arena, 1 + i * i);
        ck_assert_ptr_nonnull(pieces[i]);
        memset(pieces[i], (int)i, 1 + i * i);
    }
    for (size_t i = 0; i < PIECES; i++)
        ck_assert_msg(all_are(pieces[i], 1 + i * i, (unsigned char)i), "piece %zu was altered", i);
}
END_TEST

START_TEST(the_ceiling_can_be_reached_in_one_piece)
{
    ck_assert_ptr_nonnull(arena_alloc(&arena, CEILING));
    ck_assert_uint_eq(arena.used, CEILING);
    ck_assert_ptr_null(arena_alloc(&arena, 1));
}
END_TEST

START_TEST(the_ceiling_can_be_reached_in_many_pieces)
{
    for (size_t i = 0; i < CEILING / UNIT; i++)
        ck_assert_ptr_nonnull(arena_alloc(&arena, UNIT));
    ck_assert_ptr_null(arena_alloc(&arena, 1));
}
END_TEST

START_TEST(one_byte_past_the_ceiling_is_refused)
{
    ck_assert_ptr_null(arena_alloc(&arena, CEILING + 1));
    ck_assert_ptr_nonnull(arena_alloc(&arena, UNIT));
    ck_assert_ptr_null(arena_alloc(&arena, CEILING - UNIT + 1));
}
END_TEST

START_TEST(a_refusal_does_not_spoil_the_arena)
{
    ck_assert_ptr_null(arena_alloc(&arena, CEILING + 1));
    ck_assert_uint_eq(arena.used, 0);
    ck_assert_ptr_nonnull(arena_alloc(&arena, CEILING));
}
END_TEST

START_TEST(a_ceiling_of_zero_gives_nothing)
{
    struct text out;

    arena_init(&arena, 0);
    ck_assert_ptr_null(arena_alloc(&arena, 1));
    ck_assert_int_eq(arena_copy(&arena, text_of(""), &out), RC_NO_MEMORY);
}
END_TEST

START_TEST(a_piece_may_be_larger_than_any_block)
{
    unsigned char *p;

    arena_init(&arena, LARGE);
    p = arena_alloc(&arena, LARGE);
    ck_assert_ptr_nonnull(p);
    memset(p, 7, LARGE);
    ck_assert(all_are(p, LARGE, 7));
}
END_TEST

START_TEST(a_size_that_wraps_when_rounded_is_refused)
{
    arena_init(&arena, SIZE_MAX);
    for (size_t i = 0; i < UNIT - 1; i++)
        ck_assert_ptr_null(arena_alloc(&arena, SIZE_MAX - i));
}
END_TEST

START_TEST(a_copy_has_the_same_bytes_and_a_nul_behind)
{
    char source[] = {'a', '\0', 'b'};
    struct text out = {NULL, 0};

    ck_assert_int_eq(arena_copy(&arena, (struct text){source, sizeof source}, &out), RC_OK);
    memset(source, 'x', sizeof source);
    ck_assert_uint_eq(out.len, 3);
    ck_assert_mem_eq(out.data, "a\0b\0", 4);
}
END_TEST

START_TEST(a_copy_of_nothing_is_an_empty_string)
{
    struct text out = {NULL, 9};

    ck_assert_int_eq(arena_copy(&arena, (struct text){NULL, 0}, &out), RC_OK);
    ck_assert_uint_eq(out.len, 0);
    ck_assert_ptr_nonnull(out.data);
    ck_assert_str_eq(out.data, "");
}
END_TEST

START_TEST(a_copy_needs_room_for_its_nul)
{
    char source[CEILING];
    struct text out;

    memset(source, 's', sizeof source);
    ck_assert_int_eq(arena_copy(&arena, (struct text){source, CEILING}, &out), RC_NO_MEMORY);
    ck_assert_int_eq(arena_copy(&arena, (struct text){source, CEILING - 1}, &out), RC_OK);
    ck_assert_uint_eq(out.len, CEILING - 1);
    ck_assert_int_eq(out.data[CEILING - 1], '\0');
    ck_assert_int_eq(arena_copy(&arena, text_of(""), &out), RC_NO_MEMORY);
}
END_TEST

START_TEST(an_absurd_length_is_not_copied)
{
    struct text out;

    ck_assert_int_eq(arena_copy(&arena, (struct text){"x", SIZE_MAX}, &out), RC_NO_MEMORY);
}
END_TEST

START_TEST(reset_wipes_what_was_handed_out)
{
    unsigned char *first = arena_alloc(&arena, 100);
    unsigned char *second = arena_alloc(&arena, 37);
    const struct arena_block *block = arena.blocks;
    unsigned char *again;

    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_nonnull(second);
    memset(first, 0xEE, 100);
    memset(second, 0xEE, 37);
    arena_reset(&arena);
    ck_assert_ptr_eq(arena.blocks, block);
    again = arena_alloc(&arena, CEILING);
    ck_assert_ptr_eq(again, first);
    ck_assert(all_are(again, (size_t)(second - first) + 37, 0));
}
END_TEST

START_TEST(reset_keeps_and_wipes_the_first_block_of_many)
{
    const struct arena_block *block;
    unsigned char *first;
    unsigned char *again;

    arena_init(&arena, 4 * (size_t)LARGE);
    first = arena_alloc(&arena, 1000);
    ck_assert_ptr_nonnull(first);
    block = arena.blocks;
    memset(first, 0xEE, 1000);
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_nonnull(arena_alloc(&arena, LARGE / 2));
    ck_assert_ptr_ne(arena.blocks, block);
    arena_reset(&arena);
    ck_assert_ptr_eq(arena.blocks, block);
    again = arena_alloc(&arena, 1000);
    ck_assert_ptr_eq(again, first);
    ck_assert(all_are(again, 1000, 0));
}
END_TEST

START_TEST(reset_gives_the_whole_ceiling_back)
{
    for (int round = 0; round < 5; round++) {
        ck_assert_ptr_nonnull(arena_alloc(&arena, CEILING));
        ck_assert_ptr_null(arena_alloc(&arena, 1));
        arena_reset(&arena);
        ck_assert_uint_eq(arena.used, 0);
    }
}
END_TEST

START_TEST(reset_of_a_large_first_block_leaves_a_usable_arena)
{
    unsigned char *p;

    arena_init(&arena, LARGE);
    ck_assert_ptr_nonnull(arena_alloc(&arena, LARGE));
    arena_reset(&arena);
    p = arena_alloc(&arena, LARGE);
    ck_assert_ptr_nonnull(p);
    memset(p, 1, LARGE);
    ck_assert_uint_eq(arena.used, LARGE);
}
END_TEST

START_TEST(an_unused_arena_can_be_reset_and_freed)
{
    arena_reset(&arena);
    arena_free(&arena);
    arena_free(&arena);
    ck_assert_uint_eq(arena.used, 0);
    ck_assert_ptr_nonnull(arena_alloc(&arena, CEILING));
}
END_TEST

START_TEST(a_freed_arena_can_be_used_again)
{
    ck_assert_ptr_nonnull(arena_alloc(&arena, CEILING));
    arena_free(&arena);
    ck_assert_uint_eq(arena.used, 0);
    ck_assert_ptr_null(arena.blocks);
    ck_assert_ptr_nonnull(arena_alloc(&arena, CEILING));
    ck_assert_ptr_null(arena_alloc(&arena, 1));
}
END_TEST

Suite *arena_suite(void)
{
    Suite *suite = suite_create("arena");
    TCase *tc = tcase_create("arena");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_new_arena_has_handed_out_nothing);
    tcase_add_test(tc, every_piece_is_aligned_for_any_type);
    tcase_add_test(tc, pieces_of_many_sizes_do_not_overlap);
    tcase_add_test(tc, the_ceiling_can_be_reached_in_one_piece);
    tcase_add_test(tc, the_ceiling_can_be_reached_in_many_pieces);
    tcase_add_test(tc, one_byte_past_the_ceiling_is_refused);
    tcase_add_test(tc, a_refusal_does_not_spoil_the_arena);
    tcase_add_test(tc, a_ceiling_of_zero_gives_nothing);
    tcase_add_test(tc, a_piece_may_be_larger_than_any_block);
    tcase_add_test(tc, a_size_that_wraps_when_rounded_is_refused);
    tcase_add_test(tc, a_copy_has_the_same_bytes_and_a_nul_behind);
    tcase_add_test(tc, a_copy_of_nothing_is_an_empty_string);
    tcase_add_test(tc, a_copy_needs_room_for_its_nul);
    tcase_add_test(tc, an_absurd_length_is_not_copied);
    tcase_add_test(tc, reset_wipes_what_was_handed_out);
    tcase_add_test(tc, reset_keeps_and_wipes_the_first_block_of_many);
    tcase_add_test(tc, reset_gives_the_whole_ceiling_back);
    tcase_add_test(tc, reset_of_a_large_first_block_leaves_a_usable_arena);
    tcase_add_test(tc, an_unused_arena_can_be_reset_and_freed);
    tcase_add_test(tc, a_freed_arena_can_be_used_again);
    suite_add_tcase(suite, tc);
    return suite;
}
