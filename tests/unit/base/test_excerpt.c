/* SPDX-License-Identifier: Apache-2.0 */
/* A place in a text is shown with its line and a caret. */
#include "tests/unit/unit.h"

#include "base/excerpt.h"

static const char *excerpt(const char *text, unsigned line, unsigned column, struct buf *out)
{
    buf_clear(out);
    excerpt_put(bytes_of(text), line, column, out);
    return buf_text(out);
}

START_TEST(shows_the_line_with_a_caret)
{
    struct buf out;
    buf_init(&out, 1000);
    ck_assert_str_eq(excerpt("one\ntwo three\n", 2, 5, &out), "    two three\n        ^\n");
    ck_assert_str_eq(excerpt("one\ntwo", 2, 1, &out), "    two\n    ^\n");
    ck_assert_str_eq(excerpt("one\r\ntwo", 1, 4, &out), "    one\n       ^\n");
    ck_assert_str_eq(excerpt("one", 1, 0, &out), "    one\n");
    buf_release(&out);
}
END_TEST

START_TEST(the_caret_stands_below_its_character)
{
    struct buf out;
    buf_init(&out, 1000);
    ck_assert_str_eq(excerpt("\tx y", 1, 4, &out), "    \tx y\n    \t  ^\n");
    ck_assert_str_eq(excerpt("\xc3\xa4 b", 1, 4, &out), "    \xc3\xa4 b\n      ^\n");
    buf_release(&out);
}
END_TEST

START_TEST(a_place_outside_the_text_shows_nothing)
{
    struct buf out;
    buf_init(&out, 1000);
    ck_assert_str_eq(excerpt("one\n", 3, 1, &out), "");
    ck_assert_str_eq(excerpt("one\n", 1, 9, &out), "");
    ck_assert_str_eq(excerpt("", 1, 1, &out), "");
    excerpt_put((struct bytes){NULL, 0}, 2, 1, &out);
    ck_assert_uint_eq(out.len, 0);
    buf_release(&out);
}
END_TEST

START_TEST(a_line_does_not_act_on_a_terminal)
{
    struct buf out;
    buf_init(&out, 1000);
    ck_assert_str_eq(excerpt("a\x1b[2J\x7f", 1, 1, &out), "    a?[2J?\n    ^\n");
    ck_assert_str_eq(excerpt("a\xc2\x9b"
                             "2J\tb",
                             1, 1, &out),
                     "    a?2J\tb\n    ^\n");
    buf_release(&out);
}
END_TEST

START_TEST(a_long_line_is_cut_around_the_place)
{
    char text[2001];
    struct buf out;
    memset(text, '.', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    text[1499] = 'X';
    buf_init(&out, 10000);
    excerpt(text, 1, 1500, &out);
    ck_assert_uint_lt(out.len, 500);
    const char *shown = buf_text(&out);
    const char *second = strchr(shown, '\n') + 1;
    ck_assert_int_eq(strchr(shown, 'X') - shown, strchr(second, '^') - second);
    buf_release(&out);
}
END_TEST

UNIT_MAIN("excerpt", shows_the_line_with_a_caret, the_caret_stands_below_its_character,
          a_place_outside_the_text_shows_nothing, a_line_does_not_act_on_a_terminal,
          a_long_line_is_cut_around_the_place)
