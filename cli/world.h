/* SPDX-License-Identifier: Apache-2.0 */
/* What every command that moves things stands on: time, real chance, a loop that signals end,
 * and the event log with its listeners. */
#ifndef CLI_WORLD_H
#define CLI_WORLD_H

#include "cli/events.h"
#include "drivers/sim.h"

struct world {
    struct clock *clock; /* (owned) */
    struct loop *loop;   /* (owned) */
    struct chance chance;
    struct trace trace;
    struct events events;
    struct sim_world sim; /* a view of the above, for the drivers */
};

/* False, and said on stderr, when the file of CONFIG cannot be written; nothing is to be ended
 * then. OUT stays where it is until world_end. */
MUST_USE bool world_start(struct world *out, const struct events_config *config);
/* The same in virtual time, which passes only while nobody has anything to do: for worlds in which
 * both ends are ours. */
MUST_USE bool world_start_virtual(struct world *out, const struct events_config *config);
/* Gives STATUS, the number of a signal that asked to leave, or what a trace file that could not be
 * written makes of it. */
int world_end(struct world *world, int status);
/* True when a signal asked to leave. */
bool world_is_stopped(const struct world *world);

#endif
