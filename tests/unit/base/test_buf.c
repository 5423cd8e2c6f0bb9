/* SPDX-License-Identifier: Apache-2.0 */
/* Views, memory, the writing buffer and the reading cursor. */
#include "base/std.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "tests/unit/base/wiped.h"
#include "tests/unit/unit.h"

#define VIEW(...) ((struct bytes){(const uint8_t[]){__VA_ARGS__}, sizeof((uint8_t[]){__VA_ARGS__})})

START_TEST(a_view_of_a_text_leaves_the_terminator_out)
{
    struct bytes view = bytes_of("abc");
    ck_assert_uint_eq(view.len, 3);
    ck_assert_mem_eq(view.data, "abc", 3);
    ck_assert_uint_eq(bytes_of("").len, 0);
    ck_assert_uint_eq(bytes_of(NULL).len, 0);
}
END_TEST

START_TEST(views_compare_by_length_and_octets)
{
    ck_assert(bytes_equal(VIEW('a', 0, 'b'), VIEW('a', 0, 'b')));
    ck_assert(!bytes_equal(VIEW('a', 0, 'b'), VIEW('a', 0, 'c')));
    ck_assert(!bytes_equal(bytes_of("ab"), bytes_of("abc")));
    ck_assert(bytes_equal((struct bytes){NULL, 0}, bytes_of("")));
    ck_assert(bytes_is(bytes_of("abc"), "abc"));
    ck_assert(!bytes_is(bytes_of("ab"), "abc"));
    ck_assert(!bytes_is(VIEW('a', 'b', 0), "ab"));
    ck_assert(bytes_is((struct bytes){NULL, 0}, ""));
}
END_TEST

START_TEST(the_secret_comparison_sees_every_octet)
{
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};
    ck_assert(bytes_equal_secret((struct bytes){a, 32}, (struct bytes){b, 32}));
    for (size_t i = 0; i < sizeof b; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            b[i] = (uint8_t)(1u << bit);
            ck_assert(!bytes_equal_secret((struct bytes){a, 32}, (struct bytes){b, 32}));
            b[i] = 0;
        }
    ck_assert(!bytes_equal_secret((struct bytes){a, 31}, (struct bytes){b, 32}));
    ck_assert(bytes_equal_secret((struct bytes){NULL, 0}, (struct bytes){b, 0}));
}
END_TEST

START_TEST(allocations_are_zeroed_and_never_null)
{
    uint8_t zeros[100] = {0};
    uint8_t *a = xalloc(100);
    uint8_t *b = xarray(25, 4);
    ck_assert_mem_eq(a, zeros, 100);
    ck_assert_mem_eq(b, zeros, 100);
    free(a);
    free(b);
    void *empty[] = {xalloc(0), xarray(0, 8), xarray(8, 0), xgrow(NULL, 0, 8)};
    for (size_t i = 0; i < COUNT_OF(empty); i++) {
        ck_assert_ptr_nonnull(empty[i]);
        free(empty[i]);
    }
}
END_TEST

START_TEST(growing_keeps_the_content)
{
    uint32_t *items = xgrow(NULL, 1, sizeof *items);
    items[0] = 0xC0FFEE;
    items = xgrow(items, 1000, sizeof *items);
    ck_assert_uint_eq(items[0], 0xC0FFEE);
    items[999] = 1;
    free(items);
}
END_TEST

START_TEST(copies_are_independent)
{
    char text[] = "abc";
    char *copy = xstrdup(text);
    text[0] = 'x';
    ck_assert_str_eq(copy, "abc");
    free(copy);
    copy = xstrdup("");
    ck_assert_str_eq(copy, "");
    free(copy);
    ck_assert_ptr_null(xstrdup(NULL));
    uint8_t *octets = xmemdup("a\0b", 3);
    ck_assert_mem_eq(octets, "a\0b", 3);
    free(octets);
    ck_assert_ptr_null(xmemdup("abc", 0));
    ck_assert_ptr_null(xmemdup(NULL, 0));
}
END_TEST

static void allocate_too_much(void)
{
    xarray(SIZE_MAX / 2 + 1, 2);
}

static void grow_too_much(void)
{
    xgrow(NULL, SIZE_MAX / 8 + 1, 8);
}

/* Runs CALL in a child and checks that it died by abort() with one sentence. */
static void check_ends_the_program(void (*call)(void))
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        call();
        _exit(0);
    }
    close(ends[1]);
    char text[200] = "";
    ck_assert_int_gt(read(ends[0], text, sizeof text - 1), 0);
    close(ends[0]);
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    ck_assert_str_eq(text, "out of memory\n");
}

START_TEST(an_overflowing_size_ends_the_program)
{
    check_ends_the_program(allocate_too_much);
    check_ends_the_program(grow_too_much);
}
END_TEST

START_TEST(wiping_zeroes)
{
    uint8_t secret[] = {1, 2, 3, 4};
    wipe(secret, 3);
    ck_assert_mem_eq(secret, ((uint8_t[]){0, 0, 0, 4}), 4);
    wipe(NULL, 0);
}
END_TEST

START_TEST(a_new_buffer_is_empty)
{
    struct buf buf;
    buf_init(&buf, 10);
    ck_assert_uint_eq(buf_bytes(&buf).len, 0);
    ck_assert_str_eq(buf_text(&buf), "");
    ck_assert(!buf.bad && !buf.secret);
    buf_release(&buf);
    buf_release(&buf);
}
END_TEST

START_TEST(a_buffer_takes_exactly_its_limit)
{
    struct buf buf;
    buf_init(&buf, 5);
    buf_puts(&buf, "abc");
    buf_puts(&buf, "de");
    ck_assert(!buf.bad);
    buf_put(&buf, (struct bytes){NULL, 0});
    ck_assert(!buf.bad);
    ck_assert_str_eq(buf_text(&buf), "abcde");
    buf_put_u8(&buf, 'f');
    ck_assert(buf.bad);
    ck_assert_str_eq(buf_text(&buf), "abcde");
    buf_release(&buf);
}
END_TEST

START_TEST(a_bad_buffer_stays_as_it_is)
{
    struct buf buf;
    buf_init(&buf, 5);
    buf_puts(&buf, "abc");
    buf_puts(&buf, "def");
    ck_assert(buf.bad);
    buf_puts(&buf, "d");
    buf_put_u8(&buf, 1);
    buf_put_be(&buf, 1, 2);
    buf_printf(&buf, "%d", 1);
    buf_put_hex(&buf, bytes_of("x"));
    buf_put_base64(&buf, (struct bytes){NULL, 0});
    ck_assert(buf.bad);
    ck_assert_str_eq(buf_text(&buf), "abc");
    buf_release(&buf);
}
END_TEST

START_TEST(each_writer_appends_all_or_nothing)
{
    struct buf buf;
    buf_init(&buf, 3);
    buf_put_hex(&buf, VIEW(1, 2));
    ck_assert(buf.bad);
    ck_assert_uint_eq(buf.len, 0);
    buf_clear(&buf);
    buf_put_base64(&buf, VIEW(1));
    ck_assert(buf.bad);
    ck_assert_uint_eq(buf.len, 0);
    buf_clear(&buf);
    buf_put_be(&buf, 0, 4);
    ck_assert(buf.bad);
    ck_assert_uint_eq(buf.len, 0);
    buf_clear(&buf);
    buf_printf(&buf, "%s", "four");
    ck_assert(buf.bad);
    ck_assert_uint_eq(buf.len, 0);
    buf_release(&buf);
}
END_TEST

START_TEST(clearing_makes_a_bad_buffer_usable_again)
{
    struct buf buf;
    buf_init(&buf, 3);
    buf_puts(&buf, "four");
    ck_assert(buf.bad);
    buf_clear(&buf);
    ck_assert(!buf.bad);
    ck_assert_uint_eq(buf.limit, 3);
    buf_puts(&buf, "abc");
    ck_assert_str_eq(buf_text(&buf), "abc");
    buf_clear(&buf);
    ck_assert_str_eq(buf_text(&buf), "");
    buf_release(&buf);
}
END_TEST

START_TEST(a_limit_of_nothing_takes_nothing)
{
    struct buf buf;
    buf_init(&buf, 0);
    buf_puts(&buf, "");
    buf_printf(&buf, "%s", "");
    ck_assert(!buf.bad);
    ck_assert_str_eq(buf_text(&buf), "");
    buf_put_u8(&buf, 0);
    ck_assert(buf.bad);
    buf_release(&buf);
}
END_TEST

START_TEST(the_largest_limit_does_not_overflow)
{
    struct buf buf;
    buf_init(&buf, SIZE_MAX);
    buf_puts(&buf, "abc");
    buf_puts(&buf, "def");
    ck_assert(!buf.bad);
    ck_assert_str_eq(buf_text(&buf), "abcdef");
    buf_release(&buf);
}
END_TEST

START_TEST(a_growing_buffer_keeps_its_content)
{
    struct buf buf;
    buf_init(&buf, 100000);
    for (unsigned i = 0; i < 100000; i++)
        buf_put_u8(&buf, i * 31);
    ck_assert(!buf.bad);
    struct bytes all = buf_bytes(&buf);
    ck_assert_uint_eq(all.len, 100000);
    for (unsigned i = 0; i < 100000; i++)
        ck_assert_uint_eq(all.data[i], (i * 31) & 255);
    ck_assert_uint_eq(buf_text(&buf)[100000], 0);
    buf_release(&buf);
}
END_TEST

START_TEST(big_endian_takes_the_low_octets)
{
    struct buf buf;
    buf_init(&buf, 100);
    buf_put_be(&buf, 0x0102030405060708, 8);
    buf_put_be(&buf, 0x0102030405060708, 3);
    buf_put_be(&buf, (uint64_t)-2, 1);
    buf_put_u8(&buf, 0x1FF);
    struct bytes expected = VIEW(1, 2, 3, 4, 5, 6, 7, 8, 6, 7, 8, 0xFE, 0xFF);
    ck_assert(bytes_equal(buf_bytes(&buf), expected));
    buf_release(&buf);
}
END_TEST

START_TEST(printing_appends)
{
    struct buf buf;
    buf_init(&buf, 1000);
    buf_puts(&buf, "n=");
    buf_printf(&buf, "%d/%s", 42, "x");
    ck_assert_str_eq(buf_text(&buf), "n=42/x");
    ck_assert_uint_eq(buf.len, 6);
    buf_printf(&buf, "%*d", 500, 1);
    ck_assert_uint_eq(buf.len, 506);
    ck_assert(!buf.bad);
    buf_release(&buf);
}
END_TEST

START_TEST(hex_is_lower_case)
{
    struct buf buf;
    buf_init(&buf, 100);
    buf_put_hex(&buf, VIEW(0x00, 0x9A, 0xBC, 0xDE, 0xFF));
    buf_put_hex(&buf, (struct bytes){NULL, 0});
    ck_assert_str_eq(buf_text(&buf), "009abcdeff");
    buf_release(&buf);
}
END_TEST

/* RFC 4648 section 10, and all octet values by the base64 of Python. */
START_TEST(base64_follows_the_rfc)
{
    static const char *const vectors[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    struct buf buf;
    buf_init(&buf, 1000);
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        buf_clear(&buf);
        buf_put_base64(&buf, bytes_of(vectors[i][0]));
        ck_assert_str_eq(buf_text(&buf), vectors[i][1]);
    }
    uint8_t all[256];
    for (unsigned i = 0; i < 256; i++)
        all[i] = (uint8_t)i;
    buf_clear(&buf);
    buf_put_base64(&buf, (struct bytes){all, 256});
    ck_assert_str_eq(buf_text(&buf),
                     "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4"
                     "OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3Bx"
                     "cnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6ChoqOkpaanqKmq"
                     "q6ytrq+wsbKztLW2t7i5uru8vb6/wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX2Nna29zd3t/g4eLj"
                     "5OXm5+jp6uvs7e7v8PHy8/T19vf4+fr7/P3+/w==");
    buf_release(&buf);
}
END_TEST

START_TEST(a_secret_buffer_leaves_nothing_behind_when_it_grows)
{
    struct buf buf;
    buf_init_secret(&buf, 1000);
    buf_puts(&buf, "key");
    uintptr_t first = (uintptr_t)buf.data;
    wiped_forget();
    for (unsigned i = 0; i < 500; i++)
        buf_put_u8(&buf, 'k');
    ck_assert(wiped(first, 3));
    ck_assert_mem_eq(buf_text(&buf), "keykkk", 6);
    uintptr_t last = (uintptr_t)buf.data;
    wiped_forget();
    buf_release(&buf);
    ck_assert(wiped(last, 503));
}
END_TEST

START_TEST(a_secret_buffer_is_zeroed_when_it_is_cleared)
{
    struct buf buf;
    buf_init_secret(&buf, 100);
    buf_puts(&buf, "key");
    buf_clear(&buf);
    ck_assert(buf.secret);
    for (size_t i = 0; i < buf.capacity; i++)
        ck_assert_uint_eq(buf.data[i], 0);
    buf_puts(&buf, "new");
    ck_assert_str_eq(buf_text(&buf), "new");
    buf_release(&buf);
}
END_TEST

START_TEST(reading_walks_the_octets)
{
    struct rd rd;
    rd_init(&rd, VIEW(1, 2, 3, 0x80, 5, 6, 7, 8, 9, 10, 11, 12));
    ck_assert_uint_eq(rd_left(&rd), 12);
    ck_assert_int_eq(rd_peek(&rd), 1);
    ck_assert_uint_eq(rd_u8(&rd), 1);
    ck_assert_uint_eq(rd_be(&rd, 2), 0x0203);
    ck_assert_uint_eq(rd_be(&rd, 8), 0x8005060708090A0B);
    struct bytes last = rd_take(&rd, 1);
    ck_assert_uint_eq(last.len, 1);
    ck_assert_uint_eq(last.data[0], 12);
    ck_assert_int_eq(rd_peek(&rd), -1);
    ck_assert_uint_eq(rd_left(&rd), 0);
    ck_assert_uint_eq(rd_take(&rd, 0).len, 0);
    ck_assert(!rd.bad);
}
END_TEST

START_TEST(reading_past_the_end_is_sticky)
{
    struct rd rd;
    rd_init(&rd, VIEW(1, 2, 3));
    ck_assert_uint_eq(rd_be(&rd, 4), 0);
    ck_assert(rd.bad);
    ck_assert_uint_eq(rd_left(&rd), 0);
    ck_assert_int_eq(rd_peek(&rd), -1);
    ck_assert_uint_eq(rd_u8(&rd), 0);
    ck_assert_uint_eq(rd_be(&rd, 1), 0);
    ck_assert_uint_eq(rd_take(&rd, 1).len, 0);
    ck_assert_uint_eq(rd_take(&rd, 0).len, 0);
    ck_assert(rd.bad);
}
END_TEST

START_TEST(a_huge_length_does_not_overflow)
{
    struct rd rd;
    rd_init(&rd, VIEW(1, 2, 3));
    ck_assert_uint_eq(rd_u8(&rd), 1);
    ck_assert_uint_eq(rd_take(&rd, SIZE_MAX).len, 0);
    ck_assert(rd.bad);
}
END_TEST

START_TEST(a_wrong_width_is_malformed_input)
{
    static const unsigned widths[] = {0, 9, UINT_MAX};
    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        struct rd rd;
        rd_init(&rd, VIEW(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
        ck_assert_uint_eq(rd_be(&rd, widths[i]), 0);
        ck_assert(rd.bad);
    }
}
END_TEST

START_TEST(failing_by_hand_is_sticky_too)
{
    struct rd rd;
    rd_init(&rd, VIEW(1, 2));
    rd_fail(&rd);
    ck_assert_uint_eq(rd_left(&rd), 0);
    ck_assert_uint_eq(rd_u8(&rd), 0);
}
END_TEST

START_TEST(an_empty_view_can_be_read)
{
    struct rd rd;
    rd_init(&rd, (struct bytes){NULL, 0});
    ck_assert_uint_eq(rd_left(&rd), 0);
    ck_assert_int_eq(rd_peek(&rd), -1);
    ck_assert_uint_eq(rd_take(&rd, 0).len, 0);
    ck_assert(!rd.bad);
    ck_assert_uint_eq(rd_u8(&rd), 0);
    ck_assert(rd.bad);
}
END_TEST

UNIT_MAIN("buf", a_view_of_a_text_leaves_the_terminator_out, views_compare_by_length_and_octets,
          the_secret_comparison_sees_every_octet, allocations_are_zeroed_and_never_null,
          growing_keeps_the_content, copies_are_independent, an_overflowing_size_ends_the_program,
          wiping_zeroes, a_new_buffer_is_empty, a_buffer_takes_exactly_its_limit,
          a_bad_buffer_stays_as_it_is, each_writer_appends_all_or_nothing,
          clearing_makes_a_bad_buffer_usable_again, a_limit_of_nothing_takes_nothing,
          the_largest_limit_does_not_overflow, a_growing_buffer_keeps_its_content,
          big_endian_takes_the_low_octets, printing_appends, hex_is_lower_case,
          base64_follows_the_rfc, a_secret_buffer_leaves_nothing_behind_when_it_grows,
          a_secret_buffer_is_zeroed_when_it_is_cleared, reading_walks_the_octets,
          reading_past_the_end_is_sticky, a_huge_length_does_not_overflow,
          a_wrong_width_is_malformed_input, failing_by_hand_is_sticky_too,
          an_empty_view_can_be_read)
