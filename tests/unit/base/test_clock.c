/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks and timers: order, instants, and callbacks that change the timers. */
#include "base/std.h"

#include "base/clock.h"
#include "tests/unit/unit.h"

enum { LOG_MOST = 64 };

/* What fired, and when. */
struct log {
    struct clock *clock;
    int count;
    int who[LOG_MOST];
    int64_t when[LOG_MOST];
};

struct player {
    struct log *log;
    int who;
    struct timer timer;
    struct player *other;
    int64_t delay;
};

static void note(struct player *player)
{
    struct log *log = player->log;
    ck_assert_int_lt(log->count, LOG_MOST);
    log->who[log->count] = player->who;
    log->when[log->count] = clock_now(log->clock);
    log->count++;
}

static void fire(void *arg)
{
    struct player *player = arg;
    ck_assert(!timer_running(&player->timer));
    note(player);
}

static void fire_and_restart(void *arg)
{
    struct player *player = arg;
    note(player);
    timer_start(&player->timer, player->log->clock, player->delay, fire_and_restart, player);
}

static void fire_and_stop_other(void *arg)
{
    struct player *player = arg;
    note(player);
    timer_stop(&player->other->timer);
}

static void fire_and_start_other(void *arg)
{
    struct player *player = arg;
    note(player);
    timer_start(&player->other->timer, player->log->clock, player->delay, fire, player->other);
}

static void fire_and_free(void *arg)
{
    struct player *player = arg;
    note(player);
    free(player);
}

static void expect_log(const struct log *log, int index, int who, int64_t when)
{
    ck_assert_int_lt(index, log->count);
    ck_assert_int_eq(log->who[index], who);
    ck_assert_int_eq(log->when[index], when);
}

static void start(struct player *player, struct log *log, int who, int64_t delay)
{
    *player = (struct player){.log = log, .who = who};
    timer_start(&player->timer, log->clock, delay, fire, player);
}

START_TEST(a_virtual_clock_stands_still)
{
    struct clock *clock = clock_new_virtual(INT64_C(1700000000000));
    ck_assert(clock_is_virtual(clock));
    ck_assert_int_eq(clock_now(clock), 0);
    ck_assert_int_eq(clock_utc(clock), INT64_C(1700000000000));
    ck_assert_int_eq(clock_now(clock), 0);
    clock_advance(clock, 1500);
    ck_assert_int_eq(clock_now(clock), 1500);
    ck_assert_int_eq(clock_utc(clock), INT64_C(1700000001500));
    clock_advance(clock, 0);
    ck_assert_int_eq(clock_now(clock), 1500);
    clock_free(clock);
    clock_free(NULL);
}
END_TEST

START_TEST(a_real_clock_goes_on)
{
    struct clock *clock = clock_new_real();
    ck_assert(!clock_is_virtual(clock));
    int64_t first = clock_now(clock);
    ck_assert_int_ge(clock_now(clock), first);
    ck_assert_int_gt(clock_utc(clock), INT64_C(1500000000000)); /* after 2017 */
    clock_free(clock);
}
END_TEST

START_TEST(a_real_clock_fires_what_is_due)
{
    struct log log = {.clock = clock_new_real()};
    struct player now, later;
    start(&now, &log, 1, 0);
    start(&later, &log, 2, 3600000);
    ck_assert_int_eq(clock_next(log.clock), 0);
    ck_assert_uint_eq(clock_run_due(log.clock), 1);
    ck_assert_int_eq(log.who[0], 1);
    ck_assert_int_gt(clock_next(log.clock), 3500000);
    timer_stop(&later.timer);
    clock_free(log.clock);
}
END_TEST

START_TEST(timers_fire_at_their_own_instants_in_order)
{
    struct log log = {.clock = clock_new_virtual(0)};
    struct player a, b, c;
    start(&a, &log, 1, 300);
    start(&b, &log, 2, 100);
    start(&c, &log, 3, 200);
    clock_advance(log.clock, 99);
    ck_assert_int_eq(log.count, 0);
    clock_advance(log.clock, 150);
    ck_assert_int_eq(log.count, 2);
    clock_advance(log.clock, 1000);
    expect_log(&log, 0, 2, 100);
    expect_log(&log, 1, 3, 200);
    expect_log(&log, 2, 1, 300);
    ck_assert_int_eq(log.count, 3);
    ck_assert_int_eq(clock_now(log.clock), 1249);
    clock_free(log.clock);
}
END_TEST

START_TEST(timers_of_one_instant_fire_in_the_order_of_their_starts)
{
    struct log log = {.clock = clock_new_virtual(0)};
    struct player players[20];
    for (int i = 0; i < 20; i++)
        start(&players[i], &log, i, 50);
    clock_advance(log.clock, 20);
    /* started anew for the same instant: now the last one */
    timer_start(&players[3].timer, log.clock, 30, fire, &players[3]);
    clock_advance(log.clock, 30);
    ck_assert_int_eq(log.count, 20);
    for (int i = 0; i < 19; i++)
        expect_log(&log, i, i < 3 ? i : i + 1, 50);
    expect_log(&log, 19, 3, 50);
    clock_free(log.clock);
}
END_TEST

START_TEST(a_stopped_timer_does_not_fire)
{
    struct log log = {.clock = clock_new_virtual(0)};
    struct player a, b;
    start(&a, &log, 1, 10);
    start(&b, &log, 2, 20);
    ck_assert(timer_running(&a.timer));
    timer_stop(&a.timer);
    ck_assert(!timer_running(&a.timer));
    timer_stop(&a.timer);
    clock_advance(log.clock, 100);
    ck_assert_int_eq(log.count, 1);
    expect_log(&log, 0, 2, 20);
    clock_free(log.clock);
}
END_TEST

START_TEST(a_zeroed_timer_is_stopped)
{
    struct timer timer = {0};
    ck_assert(!timer_running(&timer));
    timer_stop(&timer);
}
END_TEST

START_TEST(a_restart_replaces_the_first_start)
{
    struct log log = {.clock = clock_new_virtual(0)};
    struct player a;
    start(&a, &log, 1, 10);
    timer_start(&a.timer, log.clock, 70, fire, &a);
    clock_advance(log.clock, 100);
    ck_assert_int_eq(log.count, 1);
    expect_log(&log, 0, 1, 70);
    clock_free(log.clock);
}
END_TEST

START_TEST(a_timer_can_move_to_another_clock)
{
    struct log log = {.clock = clock_new_virtual(0)};
    struct clock *other = clock_new_virtual(0);
    struct player a;
    start(&a, &log, 1, 10);
    timer_start(&a.timer, other, 10, fire, &a);
    clock_advance(log.clock, 100);
    ck_assert_int_eq(log.count, 0);
    clock_advance(other, 10);
    ck_assert_int_eq(log.count, 1);
    clock_free(log.clock);
    clock_free(other);
}
END_TEST

START_TEST(a_timer_may_restart_itself)
{
    struct log log = {.clock = clock_new_virtual(0)};
    struct player a = {.log = &log, .who = 1, .delay = 25};
    timer_start(&a.timer, log.clock, 25, fire_and_restart, &a);
    clock_advance(log.clock, 110);
    ck_assert_int_eq(log.count, 4);
    for (int i = 0; i < 4; i++)
        expect_log(&log, i, 1, 25 * (i + 1));
    ck_assert_int_eq(clock_next(log.clock), 15);
    timer_stop(&a.timer);
    clock_free(log.clock);
}
END_TEST

START_TEST(a_turn_ends_when_a_timer_restarts_itself_at_once)
{
    struct log log = {.clock = clock_new_virtual(0)};
    struct player a = {.log = &log, .who = 1, .delay = 0};
    struct player b;
    timer_start(&a.timer, log.clock, 0, fire_and_restart, &a);
    start(&b, &log, 2, -5);
    ck_assert_uint_eq(clock_run_due(log.clock), 2);
    ck_assert_uint_eq(clock_run_due(log.clock), 1);
    expect_log(&log, 0, 1, 0);
    expect_log(&log, 1, 2, 0);
    expect_log(&log, 2, 1, 0);
    timer_stop(&a.timer);
    clock_free(log.clock);
}
END_TEST

START_TEST(a_callback_may_stop_a_timer_that_is_due_too)
{
    struct log log = {.clock = clock_new_virtual(0)};
    struct player a = {.log = &log, .who = 1};
    struct player b, c;
    a.other = &b;
    timer_start(&a.timer, log.clock, 10, fire_and_stop_other, &a);
    start(&b, &log, 2, 10);
    start(&c, &log, 3, 10);
    clock_advance(log.clock, 10);
    ck_assert_int_eq(log.count, 2);
    expect_log(&log, 1, 3, 10);
    clock_free(log.clock);
}
END_TEST

START_TEST(a_callback_may_start_other_timers)
{
    struct log log = {.clock = clock_new_virtual(0)};
    struct player b = {.log = &log, .who = 2};
    struct player a = {.log = &log, .who = 1, .other = &b, .delay = 5};
    struct player c;
    timer_start(&a.timer, log.clock, 10, fire_and_start_other, &a);
    start(&c, &log, 3, 12);
    clock_advance(log.clock, 20);
    expect_log(&log, 0, 1, 10);
    expect_log(&log, 1, 3, 12);
    expect_log(&log, 2, 2, 15);
    clock_free(log.clock);
}
END_TEST

START_TEST(a_callback_may_free_its_own_owner)
{
    struct log log = {.clock = clock_new_virtual(0)};
    for (int i = 0; i < 3; i++) {
        struct player *player = xalloc(sizeof *player);
        player->log = &log;
        player->who = i;
        timer_start(&player->timer, log.clock, 10, fire_and_free, player);
    }
    clock_advance(log.clock, 10);
    ck_assert_int_eq(log.count, 3);
    clock_free(log.clock);
}
END_TEST

static void fire_and_advance(void *arg)
{
    struct player *player = arg;
    note(player);
    clock_advance(player->log->clock, player->delay);
}

START_TEST(time_never_runs_backwards_when_a_callback_advances)
{
    struct log log = {.clock = clock_new_virtual(0)};
    struct player a = {.log = &log, .who = 1, .delay = 100};
    struct player b;
    timer_start(&a.timer, log.clock, 10, fire_and_advance, &a);
    start(&b, &log, 2, 20);
    clock_advance(log.clock, 30);
    expect_log(&log, 1, 2, 20);
    ck_assert_int_eq(clock_now(log.clock), 110);
    clock_free(log.clock);
}
END_TEST

START_TEST(tells_the_time_to_the_next_timer)
{
    struct log log = {.clock = clock_new_virtual(0)};
    struct player a, b;
    ck_assert_int_eq(clock_next(log.clock), -1);
    start(&a, &log, 1, 500);
    start(&b, &log, 2, 200);
    ck_assert_int_eq(clock_next(log.clock), 200);
    clock_advance(log.clock, 50);
    ck_assert_int_eq(clock_next(log.clock), 150);
    timer_stop(&b.timer);
    ck_assert_int_eq(clock_next(log.clock), 450);
    timer_start(&b.timer, log.clock, 0, fire, &b);
    ck_assert_int_eq(clock_next(log.clock), 0);
    timer_stop(&a.timer);
    timer_stop(&b.timer);
    ck_assert_int_eq(clock_next(log.clock), -1);
    clock_free(log.clock);
}
END_TEST

START_TEST(endless_delays_do_not_overflow)
{
    struct log log = {.clock = clock_new_virtual(0)};
    struct player a;
    clock_advance(log.clock, 1000);
    start(&a, &log, 1, INT64_MAX);
    ck_assert_int_eq(clock_next(log.clock), INT64_MAX - 1000);
    timer_stop(&a.timer);
    clock_advance(log.clock, INT64_MAX);
    ck_assert_int_eq(clock_now(log.clock), INT64_MAX);
    clock_free(log.clock);
}
END_TEST

enum { CROWD = 10000 };

struct member {
    struct timer timer;
    struct crowd *crowd;
};

struct crowd {
    struct clock *clock;
    struct member members[CROWD];
    int64_t last_due;
    uint64_t last_order;
    size_t fired;
};

static void fire_member(void *arg)
{
    struct member *member = arg;
    struct crowd *crowd = member->crowd;
    ck_assert_int_eq(member->timer.due, clock_now(crowd->clock));
    ck_assert_int_ge(member->timer.due, crowd->last_due);
    ck_assert(member->timer.due > crowd->last_due || member->timer.order > crowd->last_order);
    crowd->last_due = member->timer.due;
    crowd->last_order = member->timer.order;
    crowd->fired++;
}

/* Starts, stops and restarts in a seeded disorder; a list instead of a heap would take
 * seconds here. */
START_TEST(ten_thousand_timers_keep_their_order)
{
    struct crowd *crowd = xalloc(sizeof *crowd);
    struct chance chance;
    chance_init_seed(&chance, 7);
    crowd->clock = clock_new_virtual(0);
    for (size_t i = 0; i < 5 * CROWD; i++) {
        struct member *member = &crowd->members[chance_u64(&chance) % CROWD];
        member->crowd = crowd;
        if (chance_u64(&chance) % 4 == 0)
            timer_stop(&member->timer);
        else
            timer_start(&member->timer, crowd->clock, (int64_t)(chance_u64(&chance) % 5000) + 1,
                        fire_member, member);
    }
    size_t running = 0;
    for (size_t i = 0; i < CROWD; i++)
        running += timer_running(&crowd->members[i].timer);
    ck_assert_uint_gt(running, CROWD / 2);
    clock_advance(crowd->clock, 5000);
    ck_assert_uint_eq(crowd->fired, running);
    ck_assert_int_eq(clock_next(crowd->clock), -1);
    clock_free(crowd->clock);
    free(crowd);
}
END_TEST

UNIT_MAIN("clock", a_virtual_clock_stands_still, a_real_clock_goes_on,
          a_real_clock_fires_what_is_due, timers_fire_at_their_own_instants_in_order,
          timers_of_one_instant_fire_in_the_order_of_their_starts, a_stopped_timer_does_not_fire,
          a_zeroed_timer_is_stopped, a_restart_replaces_the_first_start,
          a_timer_can_move_to_another_clock, a_timer_may_restart_itself,
          a_turn_ends_when_a_timer_restarts_itself_at_once,
          a_callback_may_stop_a_timer_that_is_due_too, a_callback_may_start_other_timers,
          a_callback_may_free_its_own_owner, time_never_runs_backwards_when_a_callback_advances,
          tells_the_time_to_the_next_timer, endless_delays_do_not_overflow,
          ten_thousand_timers_keep_their_order)
