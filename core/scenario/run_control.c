/* SPDX-License-Identifier: Apache-2.0 */
/* What a step has done to a device or a server other than by LwM2M. */
#include "base/std.h"

#include "scenario/run_impl.h"

void run_skip_registrations(struct run *run, int server)
{
    events_skip_registrations(&run->events, server);
    events_skip_registrations(&run->seen, server);
}

/* --- stimuli --------------------------------------------------------------------------- */
void run_control(struct run *run, const struct step *step, struct performed *performed)
{
    struct error error;
    const struct cast_server *server = run_server_of(run, step, &performed->finding);
    if (server == NULL)
        return;
    error_clear(&error);
    run->is_provoked = true;
    run->is_controlled = true;
    run_skip_registrations(run, (int)step->server);
    enum status status =
        server->actor->ops->control(server->actor, (enum server_control)step->verb->what, &error);
    if (status != ST_OK)
        performed->finding = finding_of_status(status, error.text);
}

void run_stimulus(struct run *run, const struct step *step, struct performed *performed)
{
    struct device_actor *device = run->cast.device;
    struct error error;
    if (device == NULL && run->in_cleanup)
        return; /* nor did anybody do what this would undo */
    if (device == NULL) {
        performed->finding = finding_of_status(
            ST_UNSUPPORTED,
            "the device is not ours, so nobody can do this to it; give --device-adapter");
        return;
    }
    error_clear(&error);
    run->is_provoked = true;
    bool registers_anew =
        step->stimulus.kind == STIMULUS_REGISTER || step->stimulus.kind == STIMULUS_RESTART;
    if (registers_anew)
        run_skip_registrations(run, EVERY_SERVER);
    struct buf answer;
    buf_init(&answer, EXPLANATION_MOST);
    struct stimulus stimulus = step->stimulus;
    if (stimulus.kind == STIMULUS_COMPONENT_DELAY)
        stimulus.duration_ms = run_delay_time(run, stimulus.duration_ms);
    enum status status = device->ops->stimulate(device, &stimulus, &answer, &error);
    /* A device that is muted says nothing, which `expect no send` can prove. */
    bool is_muted = status == ST_REFUSED && step->stimulus.kind == STIMULUS_SEND;
    if (status != ST_OK && !is_muted)
        performed->finding = finding_of_status(status, error.text);
    buf_release(&answer);
}
