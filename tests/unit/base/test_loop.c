/* SPDX-License-Identifier: Apache-2.0 */
/* The event loop: pipes that become readable, changing watches, waiting and interruption. */
#include "base/std.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/unit/unit.h"

enum { PIPES = 4 };

static struct clock *the_clock;
static struct loop *loop;
static int pipes[PIPES][2];

/* What a callback does besides counting. */
struct reader {
    int called;
    bool keeps;          /* leaves the octet where it is */
    int unwatches;       /* a descriptor, or -1 */
    int watches;         /* a descriptor, or -1 */
    struct reader *next; /* who watches it */
};

static void on_readable(void *arg, int fd)
{
    struct reader *reader = arg;
    char octet;
    reader->called++;
    if (!reader->keeps)
        ck_assert_int_le(read(fd, &octet, 1), 1);
    if (reader->unwatches >= 0)
        loop_unwatch(loop, reader->unwatches);
    if (reader->watches >= 0)
        ck_assert_int_eq(loop_watch(loop, reader->watches, on_readable, reader->next), ST_OK);
}

static void count(void *arg)
{
    (*(int *)arg)++;
}

static struct reader quiet(void)
{
    return (struct reader){.unwatches = -1, .watches = -1};
}

static void open_loop(struct clock *with)
{
    the_clock = with;
    loop = loop_new(the_clock);
    ck_assert_ptr_eq(loop_clock(loop), the_clock);
    for (size_t i = 0; i < PIPES; i++)
        ck_assert_int_eq(pipe(pipes[i]), 0);
}

static void close_loop(void)
{
    loop_free(loop);
    clock_free(the_clock);
    for (size_t i = 0; i < PIPES; i++) {
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
}

static void watch(size_t index, struct reader *reader)
{
    ck_assert_int_eq(loop_watch(loop, pipes[index][0], on_readable, reader), ST_OK);
}

static void feed(size_t index)
{
    ck_assert_int_eq(write(pipes[index][1], "x", 1), 1);
}

START_TEST(calls_whoever_can_read)
{
    struct reader a = quiet();
    struct reader b = quiet();
    open_loop(clock_new_real());
    watch(0, &a);
    watch(1, &b);
    loop_turn(loop, 0);
    ck_assert_int_eq(a.called + b.called, 0);
    feed(1);
    loop_turn(loop, 10000);
    ck_assert_int_eq(a.called, 0);
    ck_assert_int_eq(b.called, 1);
    loop_turn(loop, 0);
    ck_assert_int_eq(b.called, 1);
    close_loop();
}
END_TEST

START_TEST(calls_again_while_there_is_more_to_read)
{
    struct reader a = quiet();
    open_loop(clock_new_real());
    watch(0, &a);
    feed(0);
    feed(0);
    loop_turn(loop, 10000);
    loop_turn(loop, 10000);
    loop_turn(loop, 0);
    ck_assert_int_eq(a.called, 2);
    close_loop();
}
END_TEST

START_TEST(calls_when_the_other_end_hangs_up)
{
    struct reader a = quiet();
    open_loop(clock_new_real());
    watch(0, &a);
    close(pipes[0][1]);
    loop_turn(loop, 10000);
    ck_assert_int_eq(a.called, 1);
    pipes[0][1] = dup(pipes[1][1]);
    close_loop();
}
END_TEST

/* Standard input may be redirected from a file. */
START_TEST(watches_a_regular_file)
{
    struct reader a = quiet();
    open_loop(clock_new_real());
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(loop_watch(loop, fileno(file), on_readable, &a), ST_OK);
    loop_turn(loop, 10000);
    ck_assert_int_eq(a.called, 1);
    loop_unwatch(loop, fileno(file));
    fclose(file);
    close_loop();
}
END_TEST

START_TEST(refuses_a_second_watch_and_no_descriptor)
{
    struct reader a = quiet();
    open_loop(clock_new_real());
    watch(0, &a);
    ck_assert_int_eq(loop_watch(loop, pipes[0][0], on_readable, &a), ST_INVALID);
    ck_assert_int_eq(loop_watch(loop, -1, on_readable, &a), ST_INVALID);
    loop_unwatch(loop, pipes[0][0]);
    watch(0, &a);
    close_loop();
}
END_TEST

START_TEST(forgets_what_is_unwatched)
{
    struct reader a = quiet();
    struct reader b = quiet();
    open_loop(clock_new_real());
    watch(0, &a);
    watch(1, &b);
    feed(0);
    feed(1);
    loop_unwatch(loop, pipes[0][0]);
    loop_unwatch(loop, pipes[0][0]);
    loop_unwatch(loop, -1);
    loop_unwatch(loop, 123456);
    loop_turn(loop, 10000);
    ck_assert_int_eq(a.called, 0);
    ck_assert_int_eq(b.called, 1);
    close_loop();
}
END_TEST

START_TEST(a_callback_may_unwatch_itself)
{
    struct reader a = quiet();
    struct reader b = quiet();
    open_loop(clock_new_real());
    watch(0, &a);
    watch(1, &b);
    a.unwatches = pipes[0][0];
    a.keeps = true;
    feed(0);
    feed(1);
    loop_turn(loop, 10000);
    loop_turn(loop, 0);
    ck_assert_int_eq(a.called, 1);
    ck_assert_int_eq(b.called, 1);
    close_loop();
}
END_TEST

START_TEST(a_callback_may_unwatch_one_that_is_ready_too)
{
    struct reader readers[3] = {quiet(), quiet(), quiet()};
    open_loop(clock_new_real());
    for (size_t i = 0; i < 3; i++) {
        watch(i, &readers[i]);
        feed(i);
    }
    readers[0].unwatches = pipes[1][0];
    loop_turn(loop, 10000);
    ck_assert_int_eq(readers[0].called, 1);
    ck_assert_int_eq(readers[1].called, 0);
    ck_assert_int_eq(readers[2].called, 1);
    close_loop();
}
END_TEST

START_TEST(a_callback_may_watch_its_own_descriptor_anew)
{
    struct reader b = quiet();
    struct reader a = quiet();
    open_loop(clock_new_real());
    a.keeps = true;
    a.unwatches = a.watches = pipes[0][0];
    a.next = &b;
    watch(0, &a);
    feed(0);
    loop_turn(loop, 10000);
    ck_assert_int_eq(a.called, 1);
    ck_assert_int_eq(b.called, 0); /* has its turn next time */
    loop_turn(loop, 10000);
    ck_assert_int_eq(a.called, 1);
    ck_assert_int_eq(b.called, 1);
    close_loop();
}
END_TEST

struct grower {
    struct reader readers[40];
    int fds[40];
};

static void on_grow(void *arg, int fd)
{
    struct grower *grower = arg;
    char octet;
    ck_assert_int_eq(read(fd, &octet, 1), 1);
    for (size_t i = 0; i < COUNT_OF(grower->fds); i++) {
        grower->readers[i] = quiet();
        grower->readers[i].keeps = true;
        grower->fds[i] = dup(pipes[1][0]);
        ck_assert_int_eq(loop_watch(loop, grower->fds[i], on_readable, &grower->readers[i]), ST_OK);
    }
}

START_TEST(a_callback_may_watch_many_more)
{
    struct grower grower;
    struct reader last = quiet();
    open_loop(clock_new_real());
    ck_assert_int_eq(loop_watch(loop, pipes[0][0], on_grow, &grower), ST_OK);
    watch(2, &last);
    feed(0);
    feed(1);
    feed(2);
    loop_turn(loop, 10000);
    ck_assert_int_eq(last.called, 1);
    loop_turn(loop, 10000);
    for (size_t i = 0; i < COUNT_OF(grower.fds); i++) {
        ck_assert_int_eq(grower.readers[i].called, 1);
        close(grower.fds[i]);
    }
    close_loop();
}
END_TEST

static void on_nested(void *arg, int fd)
{
    on_readable(arg, fd);
    loop_turn(loop, 0);
}

START_TEST(a_callback_may_turn_the_loop)
{
    struct reader outer = quiet();
    struct reader inner = quiet();
    open_loop(clock_new_real());
    ck_assert_int_eq(loop_watch(loop, pipes[0][0], on_nested, &outer), ST_OK);
    watch(1, &inner);
    inner.unwatches = pipes[1][0];
    feed(0);
    feed(1);
    loop_turn(loop, 10000);
    ck_assert_int_eq(outer.called, 1);
    ck_assert_int_eq(inner.called, 1);
    feed(0);
    loop_turn(loop, 10000);
    ck_assert_int_eq(outer.called, 2);
    close_loop();
}
END_TEST

START_TEST(waits_for_the_next_timer_only)
{
    struct timer timer = {0};
    int fired = 0;
    open_loop(clock_new_real());
    int64_t before = clock_now(the_clock);
    timer_start(&timer, the_clock, 20, count, &fired);
    while (fired == 0)
        loop_turn(loop, 30000);
    ck_assert_int_ge(clock_now(the_clock) - before, 20);
    ck_assert_int_lt(clock_now(the_clock) - before, 20000);
    close_loop();
}
END_TEST

START_TEST(waits_no_longer_than_asked)
{
    struct timer timer = {0};
    int fired = 0;
    open_loop(clock_new_real());
    int64_t before = clock_now(the_clock);
    timer_start(&timer, the_clock, 3600000, count, &fired);
    loop_turn(loop, 5);
    loop_turn(loop, 0);
    loop_turn(loop, -1);
    ck_assert_int_lt(clock_now(the_clock) - before, 3000000);
    ck_assert_int_eq(fired, 0);
    timer_stop(&timer);
    close_loop();
}
END_TEST

static void on_alarm(int number)
{
    UNUSED(number);
}

/* The handler is called again and again, because the first signal may come too early. */
START_TEST(a_signal_ends_the_turn)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct sigaction old;
    struct itimerval often = {{0, 10000}, {0, 10000}};
    struct itimerval never = {{0, 0}, {0, 0}};
    open_loop(clock_new_real());
    ck_assert_int_eq(sigaction(SIGALRM, &action, &old), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
    int64_t before = clock_now(the_clock);
    loop_turn(loop, 30000);
    int64_t after = clock_now(the_clock);
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &old, NULL);
    ck_assert_int_lt(after - before, 20000);
    close_loop();
}
END_TEST

START_TEST(virtual_time_moves_to_the_next_timer)
{
    struct timer timer = {0};
    int fired = 0;
    open_loop(clock_new_virtual(0));
    timer_start(&timer, the_clock, 86400000, count, &fired);
    loop_turn(loop, 1000);
    ck_assert_int_eq(clock_now(the_clock), 1000);
    ck_assert_int_eq(fired, 0);
    loop_turn(loop, INT64_MAX);
    ck_assert_int_eq(clock_now(the_clock), 86400000);
    ck_assert_int_eq(fired, 1);
    loop_turn(loop, 500);
    ck_assert_int_eq(clock_now(the_clock), 86400500);
    loop_turn(loop, -1);
    ck_assert_int_eq(clock_now(the_clock), 86400500);
    close_loop();
}
END_TEST

START_TEST(virtual_time_stands_while_there_is_something_to_do)
{
    struct timer later = {0};
    struct timer now = {0};
    struct reader a = quiet();
    int fired = 0;
    open_loop(clock_new_virtual(0));
    watch(0, &a);
    feed(0);
    timer_start(&later, the_clock, 100, count, &fired);
    loop_turn(loop, 1000);
    ck_assert_int_eq(a.called, 1);
    ck_assert_int_eq(clock_now(the_clock), 0);
    timer_start(&now, the_clock, 0, count, &fired);
    loop_turn(loop, 1000);
    ck_assert_int_eq(fired, 1);
    ck_assert_int_eq(clock_now(the_clock), 0);
    loop_turn(loop, 1000);
    ck_assert_int_eq(fired, 2);
    ck_assert_int_eq(clock_now(the_clock), 100);
    close_loop();
}
END_TEST

/* A timer that is always due, as a bug makes one. */
struct restless {
    struct timer timer;
    int64_t every_ms;
    size_t fired;
};

static void fire_again(void *arg)
{
    struct restless *restless = arg;
    restless->fired++;
    timer_start(&restless->timer, the_clock, restless->every_ms, fire_again, restless);
}

/* Alone it is met by the turn, behind a step of the clock by the clock itself. */
START_TEST(virtual_time_moves_on_over_a_timer_that_is_always_due)
{
    for (int64_t first = 0; first <= 10; first += 10) {
        struct restless restless = {.every_ms = 0};
        open_loop(clock_new_virtual(0));
        timer_start(&restless.timer, the_clock, first, fire_again, &restless);
        while (clock_now(the_clock) < 5000)
            loop_turn(loop, 5000);
        ck_assert_int_eq(clock_pace(the_clock), PACE_STUCK);
        ck_assert_uint_ge(restless.fired, EVENTS_AT_ONCE_MOST);
        ck_assert_uint_le(restless.fired, EVENTS_AT_ONCE_MOST + 100);
        timer_stop(&restless.timer);
        clock_pace_start(the_clock, 0);
        ck_assert_int_eq(clock_pace(the_clock), PACE_USUAL);
        close_loop();
    }
}
END_TEST

START_TEST(virtual_time_moves_on_over_descriptors_that_are_never_empty)
{
    struct reader a = quiet();
    a.keeps = true;
    open_loop(clock_new_virtual(0));
    watch(0, &a);
    feed(0);
    while (clock_now(the_clock) < 5000)
        loop_turn(loop, 5000);
    ck_assert_int_eq(clock_pace(the_clock), PACE_STUCK);
    close_loop();
}
END_TEST

START_TEST(virtual_time_has_a_limit_by_the_machines_clock)
{
    struct restless restless = {.every_ms = 1};
    open_loop(clock_new_virtual(0));
    timer_start(&restless.timer, the_clock, 0, fire_again, &restless);
    clock_pace_start(the_clock, 50);
    while (clock_now(the_clock) < INT64_C(100000) * 3600 * 1000)
        loop_turn(loop, INT64_C(100000) * 3600 * 1000);
    ck_assert_int_eq(clock_pace(the_clock), PACE_SLOW);
    timer_stop(&restless.timer);
    close_loop();
}
END_TEST

START_TEST(frees_nothing)
{
    loop_free(NULL);
}
END_TEST

UNIT_MAIN("loop", calls_whoever_can_read, calls_again_while_there_is_more_to_read,
          calls_when_the_other_end_hangs_up, watches_a_regular_file,
          refuses_a_second_watch_and_no_descriptor, forgets_what_is_unwatched,
          a_callback_may_unwatch_itself, a_callback_may_unwatch_one_that_is_ready_too,
          a_callback_may_watch_its_own_descriptor_anew, a_callback_may_watch_many_more,
          a_callback_may_turn_the_loop, waits_for_the_next_timer_only, waits_no_longer_than_asked,
          a_signal_ends_the_turn, virtual_time_moves_to_the_next_timer,
          virtual_time_stands_while_there_is_something_to_do,
          virtual_time_moves_on_over_a_timer_that_is_always_due,
          virtual_time_moves_on_over_descriptors_that_are_never_empty,
          virtual_time_has_a_limit_by_the_machines_clock, frees_nothing)
