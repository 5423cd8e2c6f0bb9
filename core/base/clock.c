/* SPDX-License-Identifier: Apache-2.0 */
/* The real and the virtual clock, and their timers in a binary heap. */
#include "base/std.h"

#include "base/clock.h"

struct clock {
    bool is_virtual;
    int64_t now;         /* virtual: the monotonic time */
    int64_t utc_at_zero; /* virtual: the wall clock when NOW was 0 */
    uint64_t starts;     /* timers started so far: the order among equals */
    struct timer **heap; /* (owned) the array, not the timers; the earliest first */
    size_t count;
    size_t capacity;
    enum pace pace;
    int64_t counted_at; /* virtual: the instant of EVENTS */
    size_t events;
    int64_t real_end; /* of the machine's monotonic time; 0: none */
};

struct clock *clock_new_real(void)
{
    return xalloc(sizeof(struct clock));
}

struct clock *clock_new_virtual(int64_t utc_ms)
{
    struct clock *clock = xalloc(sizeof *clock);
    clock->is_virtual = true;
    clock->utc_at_zero = utc_ms;
    return clock;
}

void clock_free(struct clock *clock)
{
    if (clock == NULL)
        return;
    assert(clock->count == 0);
    free(clock->heap);
    free(clock);
}

bool clock_is_virtual(const struct clock *clock)
{
    return clock->is_virtual;
}

static int64_t read_ms(clockid_t id)
{
    struct timespec at = {0};
    int failed = clock_gettime(id, &at);
    assert(failed == 0);
    UNUSED(failed);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

int64_t clock_now(const struct clock *clock)
{
    return clock->is_virtual ? clock->now : read_ms(CLOCK_MONOTONIC);
}

int64_t clock_utc(const struct clock *clock)
{
    return clock->is_virtual ? clock->utc_at_zero + clock->now : read_ms(CLOCK_REALTIME);
}

/* --- pace ----------------------------------------------------------------------------------- */

void clock_pace_start(struct clock *clock, int64_t real_ms)
{
    clock->pace = PACE_USUAL;
    clock->events = 0;
    int64_t real_now = read_ms(CLOCK_MONOTONIC);
    bool is_limited = clock->is_virtual && real_ms > 0 && real_ms < INT64_MAX - real_now;
    clock->real_end = is_limited ? real_now + real_ms : 0;
}

enum pace clock_pace(const struct clock *clock)
{
    return clock->pace;
}

void clock_count(struct clock *clock, size_t events)
{
    if (!clock->is_virtual)
        return;
    if (clock->counted_at != clock->now)
        clock->events = 0;
    clock->counted_at = clock->now;
    clock->events += events;
    bool is_late = clock->real_end > 0 && read_ms(CLOCK_MONOTONIC) >= clock->real_end;
    if (clock->pace == PACE_USUAL && clock->events > EVENTS_AT_ONCE_MOST)
        clock->pace = PACE_STUCK;
    else if (clock->pace == PACE_USUAL && is_late)
        clock->pace = PACE_SLOW;
}

/* --- timers --------------------------------------------------------------------------------- */

static bool fires_before(const struct timer *a, const struct timer *b)
{
    return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static void put_at(struct clock *clock, size_t place, struct timer *timer)
{
    clock->heap[place] = timer;
    timer->place = place;
}

/* Moves the hole at PLACE towards the root until TIMER may stand there. */
static void sift_up(struct clock *clock, size_t place, struct timer *timer)
{
    while (place > 0) {
        size_t parent = (place - 1) / 2;
        if (!fires_before(timer, clock->heap[parent]))
            break;
        put_at(clock, place, clock->heap[parent]);
        place = parent;
    }
    put_at(clock, place, timer);
}

/* Moves the hole at PLACE towards the leaves until TIMER may stand there. */
static void sift_down(struct clock *clock, size_t place, struct timer *timer)
{
    for (size_t child = 2 * place + 1; child < clock->count; child = 2 * place + 1) {
        if (child + 1 < clock->count && fires_before(clock->heap[child + 1], clock->heap[child]))
            child++;
        if (!fires_before(clock->heap[child], timer))
            break;
        put_at(clock, place, clock->heap[child]);
        place = child;
    }
    put_at(clock, place, timer);
}

void timer_start(struct timer *timer, struct clock *clock, int64_t delay_ms,
                 void (*fire)(void *arg), void *arg)
{
    timer_stop(timer);
    int64_t now = clock_now(clock);
    int64_t delay = delay_ms > 0 ? delay_ms : 0;
    timer->clock = clock;
    timer->due = delay > INT64_MAX - now ? INT64_MAX : now + delay;
    timer->order = clock->starts++;
    timer->fire = fire;
    timer->arg = arg;
    if (clock->count == clock->capacity) {
        clock->capacity = clock->capacity > 0 ? 2 * clock->capacity : 16;
        clock->heap = xgrow(clock->heap, clock->capacity, sizeof *clock->heap);
    }
    sift_up(clock, clock->count++, timer);
}

void timer_stop(struct timer *timer)
{
    struct clock *clock = timer->clock;
    if (clock == NULL)
        return;
    timer->clock = NULL;
    struct timer *moved = clock->heap[--clock->count];
    if (moved == timer)
        return;
    size_t place = timer->place;
    if (place > 0 && fires_before(moved, clock->heap[(place - 1) / 2]))
        sift_up(clock, place, moved);
    else
        sift_down(clock, place, moved);
}

bool timer_running(const struct timer *timer)
{
    return timer->clock != NULL;
}

size_t clock_run_due(struct clock *clock)
{
    int64_t now = clock_now(clock);
    /* What a callback starts waits for the next turn, so that a turn always ends. */
    uint64_t until = clock->starts;
    size_t fired = 0;
    while (clock->count > 0) {
        struct timer *timer = clock->heap[0];
        if (timer->due > now || timer->order >= until)
            break;
        timer_stop(timer);
        timer->fire(timer->arg);
        fired++;
    }
    clock_count(clock, fired);
    return fired;
}

int64_t clock_next(const struct clock *clock)
{
    if (clock->count == 0)
        return -1;
    int64_t left = clock->heap[0]->due - clock_now(clock);
    return left > 0 ? left : 0;
}

void clock_advance(struct clock *clock, int64_t ms)
{
    assert(clock->is_virtual && ms >= 0);
    int64_t target = ms > INT64_MAX - clock->now ? INT64_MAX : clock->now + ms;
    while (clock->count > 0 && clock->heap[0]->due <= target && clock->pace == PACE_USUAL) {
        if (clock->now < clock->heap[0]->due)
            clock->now = clock->heap[0]->due;
        clock_run_due(clock);
    }
    if (clock->now < target)
        clock->now = target;
    if (clock->pace != PACE_USUAL)
        clock_run_due(clock);
}
