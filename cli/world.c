/* SPDX-License-Identifier: Apache-2.0 */
/* Puts time, chance, loop, signals and event log together. */
#include "base/std.h"

#include "cli/command.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/world.h"

static void release(struct world *world)
{
    signals_release(world->loop);
    loop_free(world->loop);
    clock_free(world->clock);
}

/* Takes CLOCK over. */
static bool start(struct world *out, const struct events_config *config, struct clock *clock)
{
    struct error error;
    error_clear(&error);
    *out = (struct world){.clock = clock};
    out->loop = loop_new(out->clock);
    signals_catch(out->loop);
    chance_init_system(&out->chance);
    trace_init(&out->trace, out->clock);
    out->sim = (struct sim_world){
        .loop = out->loop, .chance = &out->chance, .trace = &out->trace, .stop = signals_stop()};
    if (events_start(&out->events, config, &out->trace, &error))
        return true;
    complain("%s", error.text);
    release(out);
    return false;
}

bool world_start(struct world *out, const struct events_config *config)
{
    return start(out, config, clock_new_real());
}

bool world_start_virtual(struct world *out, const struct events_config *config)
{
    struct clock *real = clock_new_real();
    struct clock *clock = clock_new_virtual(clock_utc(real));
    clock_free(real);
    return start(out, config, clock);
}

int world_end(struct world *world, int status)
{
    struct error error;
    error_clear(&error);
    if (!events_end(&world->events, &error)) {
        complain("%s", error.text);
        status = status == EXIT_PASSED ? EXIT_FILE : status;
    }
    release(world);
    return signals_exit_status(status);
}

bool world_is_stopped(const struct world *world)
{
    return *world->sim.stop != 0;
}
