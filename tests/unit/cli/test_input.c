/* SPDX-License-Identifier: Apache-2.0 */
/* Lines come as they are written, none is waited for, and none is too long. */
#include "tests/unit/unit.h"

#include <unistd.h>

#include "cli/input.h"

struct pipes {
    struct clock *clock;
    struct loop *loop;
    struct input input;
    struct buf line;
    int from, to;
};

static void pipes_open(struct pipes *pipes)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pipes->from = ends[0];
    pipes->to = ends[1];
    pipes->clock = clock_new_virtual(0);
    pipes->loop = loop_new(pipes->clock);
    input_init(&pipes->input, pipes->loop, pipes->from, INPUT_MOST);
    buf_init(&pipes->line, INPUT_MOST);
}

static void pipes_close(struct pipes *pipes)
{
    input_release(&pipes->input);
    buf_release(&pipes->line);
    loop_free(pipes->loop);
    clock_free(pipes->clock);
    close(pipes->from);
    if (pipes->to >= 0)
        close(pipes->to);
}

static void say(const struct pipes *pipes, const char *text)
{
    ck_assert_int_eq(write(pipes->to, text, strlen(text)), (ssize_t)strlen(text));
}

static void hang_up(struct pipes *pipes)
{
    close(pipes->to);
    pipes->to = -1;
}

/* The next line, or NULL. */
static const char *next(struct pipes *pipes)
{
    loop_turn(pipes->loop, 0);
    return input_line(&pipes->input, &pipes->line) ? buf_text(&pipes->line) : NULL;
}

START_TEST(lines_come_one_by_one)
{
    struct pipes pipes;
    pipes_open(&pipes);
    ck_assert_ptr_null(next(&pipes));
    say(&pipes, "one\ntw");
    ck_assert_str_eq(next(&pipes), "one");
    ck_assert_ptr_null(next(&pipes));
    say(&pipes, "o\r\n\nthree");
    ck_assert_str_eq(next(&pipes), "two");
    ck_assert_str_eq(next(&pipes), "");
    ck_assert_ptr_null(next(&pipes));
    ck_assert(!input_over(&pipes.input));
    pipes_close(&pipes);
}
END_TEST

START_TEST(the_last_line_needs_no_newline)
{
    struct pipes pipes;
    pipes_open(&pipes);
    say(&pipes, "last");
    hang_up(&pipes);
    loop_turn(pipes.loop, 0);
    loop_turn(pipes.loop, 0);
    ck_assert(!input_over(&pipes.input));
    ck_assert_str_eq(next(&pipes), "last");
    ck_assert(!pipes.line.bad);
    ck_assert(input_over(&pipes.input));
    ck_assert_ptr_null(next(&pipes));
    pipes_close(&pipes);
}
END_TEST

START_TEST(an_empty_input_is_over_at_once)
{
    struct pipes pipes;
    pipes_open(&pipes);
    hang_up(&pipes);
    ck_assert_ptr_null(next(&pipes));
    ck_assert(input_over(&pipes.input));
    pipes_close(&pipes);
}
END_TEST

START_TEST(a_descriptor_that_is_closed_is_over)
{
    struct clock *clock = clock_new_virtual(0);
    struct loop *loop = loop_new(clock);
    struct input input;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    close(ends[1]);
    input_init(&input, loop, ends[0], INPUT_MOST);
    loop_turn(loop, 0);
    ck_assert(input_over(&input));
    input_release(&input);
    loop_free(loop);
    clock_free(clock);
}
END_TEST

/* Writes LEN times 'x', as much at a time as a pipe takes, and reads along. */
static void pour(struct pipes *pipes, size_t len)
{
    char part[4096];
    memset(part, 'x', sizeof part);
    while (len > 0) {
        size_t now = len < sizeof part ? len : sizeof part;
        ck_assert_int_eq(write(pipes->to, part, now), (ssize_t)now);
        loop_turn(pipes->loop, 0);
        len -= now;
    }
}

START_TEST(a_line_of_the_greatest_length_is_whole)
{
    struct pipes pipes;
    pipes_open(&pipes);
    pour(&pipes, INPUT_MOST);
    say(&pipes, "\nnext\n");
    loop_turn(pipes.loop, 0);
    ck_assert_ptr_nonnull(next(&pipes));
    ck_assert(!pipes.line.bad);
    ck_assert_uint_eq(pipes.line.len, INPUT_MOST);
    ck_assert_str_eq(next(&pipes), "next");
    pipes_close(&pipes);
}
END_TEST

START_TEST(a_line_that_is_too_long_is_marked_and_left_out)
{
    struct pipes pipes;
    pipes_open(&pipes);
    pour(&pipes, INPUT_MOST + 4096);
    ck_assert_ptr_nonnull(next(&pipes));
    ck_assert(pipes.line.bad);
    pour(&pipes, 5000);
    say(&pipes, "\nnext\n");
    const char *line = NULL;
    for (int i = 0; i < 8 && line == NULL; i++)
        line = next(&pipes);
    ck_assert_str_eq(line, "next");
    ck_assert(!pipes.line.bad);
    pipes_close(&pipes);
}
END_TEST

UNIT_MAIN("input", lines_come_one_by_one, the_last_line_needs_no_newline,
          an_empty_input_is_over_at_once, a_descriptor_that_is_closed_is_over,
          a_line_of_the_greatest_length_is_whole, a_line_that_is_too_long_is_marked_and_left_out)
