/* SPDX-License-Identifier: Apache-2.0 */
/* Time, timers, chance and the event loop: the seam through which the world moves.
 *
 * All of it hangs off a struct that is handed down; tests pass a virtual clock and a seeded
 * source, so that an engine test neither sleeps nor varies. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/buf.h"
#include "base/status.h"

struct clock; /* opaque; holds the timers of its users */

/* Runs by the machine's monotonic clock. */
struct clock *clock_new_real(void);
/* Stands still until clock_advance; starts at monotonic 0, UTC_MS for the wall clock. */
struct clock *clock_new_virtual(int64_t utc_ms);
/* Every timer must have been stopped before. */
void clock_free(struct clock *clock);
int64_t clock_now(const struct clock *clock); /* milliseconds, monotonic */
int64_t clock_utc(const struct clock *clock); /* milliseconds since 1970 */
/* Virtual clocks only: moves on by MS, running each timer at its own instant, in order. */
void clock_advance(struct clock *clock, int64_t ms);
bool clock_is_virtual(const struct clock *clock);

/* How a virtual clock goes; a real one is always as usual. */
enum pace {
    PACE_USUAL,
    PACE_STUCK, /* more happened at one instant than anything does that comes to an end */
    PACE_SLOW   /* it took more of the machine's time than it may */
};
enum { EVENTS_AT_ONCE_MOST = 200000 };
/* From now on CLOCK goes as usual, for at most REAL_MS of the machine's time (0: as long as it
 * takes). When it does not any more it moves on by what is asked for, whatever is still to be done
 * before, so that whoever waits for an instant sees it. */
void clock_pace_start(struct clock *clock, int64_t real_ms);
enum pace clock_pace(const struct clock *clock);
/* Tells that EVENTS happened at this instant that no timer told of. */
void clock_count(struct clock *clock, size_t events);

/* A one-shot timer that lives in its user's struct. Zero-initialised means stopped. */
struct timer {
    struct clock *clock;     /* (borrowed) set while it runs */
    size_t place;            /* in the clock's heap */
    uint64_t order;          /* of its start, among timers that are due together */
    int64_t due;             /* clock_now() at which it fires */
    void (*fire)(void *arg); /* may start, stop or free any timer, this one too */
    void *arg;               /* (borrowed) */
};

/* Starts or restarts: FIRE is called once, DELAY_MS from now (0 or less: at the next turn).
 * Those that are due at the same instant fire in the order of their starts. */
void timer_start(struct timer *timer, struct clock *clock, int64_t delay_ms,
                 void (*fire)(void *arg), void *arg);
void timer_stop(struct timer *timer); /* a stopped one stays stopped */
bool timer_running(const struct timer *timer);
/* Runs what is due now and was started before this call; returns how many fired. */
size_t clock_run_due(struct clock *clock);
/* Milliseconds until the next timer, 0 when one is due, -1 when there is none. */
int64_t clock_next(const struct clock *clock);

/* Chance: from the system (keys, challenges, tokens), or from a seed (repeatable). */
struct chance {
    bool seeded;
    uint64_t state[2];
};
void chance_init_system(struct chance *chance); /* later: ends the program when it has none */
void chance_init_seed(struct chance *chance, uint64_t seed);
void chance_bytes(struct chance *chance, void *out, size_t len);
uint64_t chance_u64(struct chance *chance);

/* The event loop of one thread: descriptors and one clock. */
struct loop; /* opaque */
struct loop *loop_new(struct clock *clock);
void loop_free(struct loop *loop);
struct clock *loop_clock(struct loop *loop); /* (borrowed) */
/* READABLE is called when FD can be read or has hung up; it may watch and unwatch any
 * descriptor, its own too. ST_INVALID when FD is negative or watched already. */
MUST_USE enum status loop_watch(struct loop *loop, int fd, void (*readable)(void *arg, int fd),
                                void *arg);
void loop_unwatch(struct loop *loop, int fd); /* nothing happens when it is not watched */
/* Waits at most MOST_MS (negative: not at all) for a descriptor or timer and runs what is due,
 * descriptors first. With a virtual clock nothing is waited for, but for the moment that a message
 * takes on one machine: descriptors are polled, and only when there was nothing to do the clock
 * moves to its next timer, at most MOST_MS; when its pace is not the usual one it moves anyhow.
 * A signal that interrupts the wait ends the turn. A callback may turn the loop too. */
void loop_turn(struct loop *loop, int64_t most_ms);

#endif
