/* SPDX-License-Identifier: Apache-2.0 */
/* One registration: when it speaks by itself, and its life (LwM2M TS 1.0, 5.3).  */
#include "base/std.h"

#include "device/registration_impl.h"

/* --- what leads to an Update ---------------------------------------------------------- */

/* The timer starts anew, so that an answer under way leaves first. */
static void want(struct registration *registration, unsigned what)
{
    registration->wanted |= what;
    if (registration->state == REGISTRATION_ALIVE || registration->state == REGISTRATION_ASLEEP)
        registration_wait(registration, 0);
}

static void model_changed(void *arg, enum model_change change, struct path path)
{
    struct registration *registration = arg;
    if (change != MODEL_CHANGED)
        want(registration, WANT_OBJECTS);
    else if (path_equal(path, account_resource(&registration->account, ACCOUNT_LIFETIME)))
        want(registration, WANT_LIFETIME);
    else if (path_equal(path, account_resource(&registration->account, ACCOUNT_BINDING)))
        want(registration, WANT_BINDING);
}

void registration_update(struct registration *registration)
{
    want(registration, WANT_REFRESH);
}

/* On a plain session nothing is to be found out: there is no other one to be had. */
void registration_doubt(struct registration *registration)
{
    if (registration_is_renewable(registration))
        registration_update(registration);
}

/* Who waits for an acknowledgement goes on listening. */
static void quiet(void *arg)
{
    struct registration *registration = arg;
    if (!reporting_awaits(registration->device->reporting, registration))
        registration_happen(registration, REGISTRATION_QUIET);
}

void registration_stay(struct registration *registration)
{
    const struct device_config *config = &registration->device->config;
    if (config->profile->queue_mode)
        timer_start(&registration->awake, config->clock, config->profile->awake_ms, quiet,
                    registration);
}

void registration_wake(struct registration *registration)
{
    registration_stay(registration);
    registration_happen(registration, REGISTRATION_WAKE);
}

static void disable(void *arg)
{
    registration_happen(arg, REGISTRATION_DISABLE);
}

void registration_disable(struct registration *registration)
{
    timer_start(&registration->disabling, registration->device->config.clock, 0, disable,
                registration);
}

/* --- life ----------------------------------------------------------------------------- */

struct registration *registration_new(struct device *device, unsigned ssid, const char *uri)
{
    struct registration *registration = xalloc(sizeof *registration);
    registration->device = device;
    registration->uri = uri;
    registration->fresh = true;
    account_init(&registration->account, device, ssid, uri);
    segments_init(&registration->location);
    registration->watcher = (struct model_watcher){.changed = model_changed, .arg = registration};
    model_watch(device->model, &registration->watcher);
    return registration;
}

void registration_free(struct registration *registration)
{
    if (registration == NULL)
        return;
    timer_stop(&registration->timer);
    timer_stop(&registration->awake);
    timer_stop(&registration->disabling);
    registration_hang_up(registration);
    reporting_end(registration->device->reporting, registration);
    model_unwatch(registration->device->model, &registration->watcher);
    segments_release(&registration->location);
    free(registration);
}

const struct account *registration_account(const struct registration *registration)
{
    return &registration->account;
}

struct peer *registration_peer(const struct registration *registration)
{
    bool in_force = registration->state == REGISTRATION_ALIVE ||
                    registration->state == REGISTRATION_ASLEEP ||
                    registration->state == REGISTRATION_UPDATING;
    return in_force ? registration->peer : NULL;
}

void registration_peer_gone(struct registration *registration, struct peer *peer)
{
    if (peer != registration->peer)
        return;
    bool is_renewable = registration_is_renewable(registration);
    registration_drop_request(registration);
    registration->peer = NULL;
    reporting_forget(registration->device->reporting, registration);
    registration_problem(registration, "lost the session with the server at \"%s\"",
                         registration->account.uri);
    registration_happen(registration, is_renewable ? REGISTRATION_LOST : REGISTRATION_SILENT);
}
