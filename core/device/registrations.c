/* SPDX-License-Identifier: Apache-2.0 */
/* All server accounts of a device: a registration for each, and which of them a peer belongs to. */
#include "base/std.h"

#include "device/bootstrap_impl.h"
#include "device/registration_impl.h"

enum { SERVER = 1, INSTANCES_MOST = 64 };

/* --- which there are -------------------------------------------------------------------- */

/* Short ids of the accounts of objects 0 and 1, each once, in the order of object 1. */
static size_t list_accounts(const struct device *device, unsigned out[INSTANCES_MOST])
{
    uint16_t ids[INSTANCES_MOST];
    size_t found = 0;
    size_t count = model_children(device->model, path_object(SERVER), ids, INSTANCES_MOST);
    for (size_t i = 0; i < count && i < INSTANCES_MOST; i++) {
        const struct value *ssid =
            model_value(device->model, path_resource(SERVER, ids[i], ACCOUNT_SHORT_ID));
        bool known = ssid != NULL && account_exists(device, (unsigned)ssid->integer);
        for (size_t k = 0; known && k < found; k++)
            known = out[k] != (unsigned)ssid->integer;
        if (known)
            out[found++] = (unsigned)ssid->integer;
    }
    return found;
}

/* Takes the registration with SSID out of *FROM. */
static struct registration *take(struct registration **from, unsigned ssid)
{
    struct registration **at = from;
    while (*at != NULL && (*at)->account.ssid != ssid)
        at = &(*at)->next;
    struct registration *found = *at;
    if (found != NULL)
        *at = found->next;
    return found;
}

void registrations_load(struct device *device)
{
    unsigned ssids[INSTANCES_MOST] = {0};
    struct registration *former = device->registrations;
    struct registration *gone;
    struct registration **end = &device->registrations;
    size_t count = list_accounts(device, ssids);
    /* A server that the owner names needs no account; without any, this one says so. */
    if (count == 0 && !account_exists(device, 0))
        count = 1;
    device->registrations = NULL;
    for (size_t i = 0; i < count; i++) {
        struct registration *registration = take(&former, ssids[i]);
        if (registration == NULL)
            registration = registration_new(device, ssids[i], i == 0 ? device->config.uri : NULL);
        registration->next = NULL;
        *end = registration;
        end = &registration->next;
    }
    while ((gone = former) != NULL) {
        unsigned ssid = gone->account.ssid;
        former = gone->next;
        registration_free(gone);
        reporting_part(device->reporting, ssid);
    }
    registrations_listen(device);
}

static void load(void *arg)
{
    registrations_load(arg);
}

void registrations_load_soon(struct device *device)
{
    timer_start(&device->loading, device->config.clock, 0, load, device);
}

void registrations_free(struct device *device)
{
    struct registration *at;
    while ((at = device->registrations) != NULL) {
        device->registrations = at->next;
        registration_free(at);
    }
    timer_stop(&device->order);
    timer_stop(&device->loading);
    registrations_listen(device);
}

/* What is gone loses its attributes, what stayed does not. */
void registrations_renew(struct device *device)
{
    registrations_load(device);
    registrations_free(device);
    registrations_load(device);
}

/* --- whose ------------------------------------------------------------------------------ */

struct registration *registration_next(const struct registration *registration)
{
    return registration->next;
}

struct registration *registration_of(const struct device *device, unsigned ssid)
{
    struct registration *at = device->registrations;
    while (at != NULL && at->account.ssid != ssid)
        at = at->next;
    return at;
}

struct registration *registration_with(const struct device *device, const struct peer *peer)
{
    struct registration *at = device->registrations;
    while (at != NULL && registration_peer(at) != peer)
        at = at->next;
    return at;
}

/* --- together --------------------------------------------------------------------------- */

void registrations_happen(struct device *device, enum registration_event event)
{
    for (struct registration *at = device->registrations; at != NULL; at = at->next)
        registration_happen(at, event);
}

void registrations_peer_gone(struct device *device, struct peer *peer)
{
    for (struct registration *at = device->registrations; at != NULL; at = at->next)
        registration_peer_gone(at, peer);
}

static bool listens(const struct registration *registration)
{
    static const bool listening[REGISTRATION_STATES] = {
        [REGISTRATION_PENDING] = true,
        [REGISTRATION_ALIVE] = true,
        [REGISTRATION_UPDATING] = true,
        [REGISTRATION_LEAVING] = true,
    };
    return registration->exchange != NULL || listening[registration->state];
}

/* One server that may speak at any time keeps the device awake for all. */
void registrations_listen(struct device *device)
{
    bool any_asleep = false;
    bool any_listens = false;
    for (const struct registration *at = device->registrations; at != NULL; at = at->next) {
        any_asleep = any_asleep || at->state == REGISTRATION_ASLEEP;
        any_listens = any_listens || listens(at);
    }
    endpoint_set_deaf(device->config.endpoint,
                      any_asleep && !any_listens && !bootstrap_awaits(device->bootstrap));
}

enum registration_state registrations_state(const struct device *device)
{
    /* How much of a registration each state is. */
    static const int ranks[REGISTRATION_STATES] = {
        [REGISTRATION_OFF] = 0,     [REGISTRATION_DISABLED] = 1, [REGISTRATION_HELD] = 2,
        [REGISTRATION_WAITING] = 3, [REGISTRATION_LEAVING] = 4,  [REGISTRATION_PENDING] = 5,
        [REGISTRATION_ASLEEP] = 6,  [REGISTRATION_UPDATING] = 7, [REGISTRATION_ALIVE] = 8,
    };
    enum registration_state most = REGISTRATION_OFF;
    for (const struct registration *at = device->registrations; at != NULL; at = at->next)
        if (ranks[at->state] > ranks[most])
            most = at->state;
    return most;
}
