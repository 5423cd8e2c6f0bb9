/* SPDX-License-Identifier: Apache-2.0 */
/* The event loop: poll(2), because standard input may be a file, which epoll refuses. */
#include "base/std.h"

#include <poll.h>

#include "base/clock.h"

struct watch {
    void (*readable)(void *arg, int fd);
    void *arg; /* (borrowed) */
};

struct loop {
    struct clock *clock;   /* (borrowed) */
    struct pollfd *polled; /* (owned) fd -1: unwatched during a turn, goes away after it */
    struct watch *watches; /* (owned) watches[i] belongs to polled[i] */
    size_t count;
    size_t capacity;
    unsigned turns; /* that are running: a callback may turn the loop itself */
    bool has_holes;
};

struct loop *loop_new(struct clock *clock)
{
    struct loop *loop = xalloc(sizeof *loop);
    loop->clock = clock;
    return loop;
}

void loop_free(struct loop *loop)
{
    if (loop == NULL)
        return;
    assert(loop->turns == 0);
    free(loop->polled);
    free(loop->watches);
    free(loop);
}

struct clock *loop_clock(struct loop *loop)
{
    return loop->clock;
}

/* The place of FD, or the count when it is not watched. */
static size_t find(const struct loop *loop, int fd)
{
    size_t place = 0;
    while (place < loop->count && loop->polled[place].fd != fd)
        place++;
    return place;
}

static void grow(struct loop *loop)
{
    loop->capacity = loop->capacity > 0 ? 2 * loop->capacity : 8;
    loop->polled = xgrow(loop->polled, loop->capacity, sizeof *loop->polled);
    loop->watches = xgrow(loop->watches, loop->capacity, sizeof *loop->watches);
}

enum status loop_watch(struct loop *loop, int fd, void (*readable)(void *arg, int fd), void *arg)
{
    if (fd < 0 || find(loop, fd) < loop->count)
        return ST_INVALID;
    if (loop->count == loop->capacity)
        grow(loop);
    loop->polled[loop->count] = (struct pollfd){.fd = fd, .events = POLLIN};
    loop->watches[loop->count] = (struct watch){readable, arg};
    loop->count++;
    return ST_OK;
}

/* Closes the holes; nobody may be walking over the arrays. */
static void tidy(struct loop *loop)
{
    size_t kept = 0;
    for (size_t i = 0; i < loop->count; i++) {
        if (loop->polled[i].fd < 0)
            continue;
        loop->polled[kept] = loop->polled[i];
        loop->watches[kept] = loop->watches[i];
        kept++;
    }
    loop->count = kept;
    loop->has_holes = false;
}

void loop_unwatch(struct loop *loop, int fd)
{
    size_t place = find(loop, fd);
    if (fd < 0 || place == loop->count)
        return;
    loop->polled[place] = (struct pollfd){.fd = -1};
    loop->has_holes = true;
    if (loop->turns == 0)
        tidy(loop);
}

/* What one end of the loop sends to another takes a moment, even on one machine. */
enum { GRACE_MS = 2 };
/* How far a virtual clock goes at once that has lost its pace. */
enum { LEAP_MOST_MS = 3600 * 1000 };

static bool is_driven(const struct loop *loop)
{
    return clock_pace(loop->clock) != PACE_USUAL;
}

static int wait_ms(const struct loop *loop, int64_t most_ms)
{
    if (most_ms < 0)
        return 0;
    if (clock_is_virtual(loop->clock))
        return loop->count > 0 && clock_next(loop->clock) != 0 && !is_driven(loop) ? GRACE_MS : 0;
    int64_t next = clock_next(loop->clock);
    int64_t wait = next >= 0 && next < most_ms ? next : most_ms;
    return wait < INT_MAX ? (int)wait : INT_MAX;
}

/* Calls whoever is ready; those that are watched meanwhile have their turn next time. */
static size_t dispatch(struct loop *loop)
{
    size_t called = 0;
    size_t count = loop->count;
    for (size_t i = 0; i < count; i++) {
        struct pollfd *polled = &loop->polled[i];
        if (polled->fd < 0 || polled->revents == 0)
            continue;
        polled->revents = 0;
        struct watch watch = loop->watches[i];
        watch.readable(watch.arg, polled->fd);
        called++;
    }
    return called;
}

/* Time passes only while nobody has anything to do, as it does in a real wait. */
static void move_virtual(struct loop *loop, int64_t most_ms)
{
    int64_t next = is_driven(loop) ? LEAP_MOST_MS : clock_next(loop->clock);
    int64_t step = next >= 0 && next < most_ms ? next : most_ms;
    clock_advance(loop->clock, step > 0 ? step : 0);
}

static void turn(struct loop *loop, int64_t most_ms)
{
    int ready = poll(loop->polled, (nfds_t)loop->count, wait_ms(loop, most_ms));
    if (ready < 0 && errno == EINTR)
        return;
    if (ready < 0) {
        /* Only a lack of kernel memory is left: handled as our own lack of memory is. */
        fprintf(stderr, "waiting for descriptors failed: %s\n", strerror(errno));
        abort();
    }
    size_t called = ready > 0 ? dispatch(loop) : 0;
    clock_count(loop->clock, called);
    size_t fired = clock_run_due(loop->clock);
    bool is_idle = called == 0 && fired == 0;
    if (clock_is_virtual(loop->clock) && (is_idle || is_driven(loop)))
        move_virtual(loop, most_ms);
}

void loop_turn(struct loop *loop, int64_t most_ms)
{
    loop->turns++;
    turn(loop, most_ms);
    loop->turns--;
    if (loop->turns == 0 && loop->has_holes)
        tidy(loop);
}
