/* SPDX-License-Identifier: Apache-2.0 */
/* In which order a device registers with its servers, and what it does when it cannot
 * (LwM2M TS 1.1, 6.2.1.1: resources 13 to 16 of the Server object). */
#include "base/std.h"

#include "device/bootstrap_impl.h"
#include "device/registration_impl.h"

enum { SECOND_MS = 1000, NO_PLACE = -1 };

/* Its place in the order; NO_PLACE: other registrations are of no account to it. */
static int64_t place_of(const struct registration *registration)
{
    return account_integer(&registration->account, ACCOUNT_PRIORITY, NO_PLACE);
}

static bool is_before(const struct registration *one, const struct registration *other)
{
    int64_t place = place_of(one);
    return place != NO_PLACE && place < place_of(other);
}

/* Whether those behind it may go on: it is registered, or was, or has failed without blocking. */
static bool is_through(const struct registration *registration)
{
    static const bool trying[REGISTRATION_STATES] = {
        [REGISTRATION_HELD] = true,
        [REGISTRATION_PENDING] = true,
        [REGISTRATION_WAITING] = true,
    };
    bool passes = registration->failed && registration->state != REGISTRATION_HELD &&
                  !account_boolean(&registration->account, ACCOUNT_FAILURE_BLOCK, false);
    return passes || !trying[registration->state];
}

static bool has_its_turn(const struct registration *registration)
{
    const struct registration *at = registration->device->registrations;
    for (; at != NULL; at = at->next)
        if (is_before(at, registration) && !is_through(at))
            return false;
    return true;
}

/* Its own delay counts from its turn, until it has been registered once. */
static void take_turns(struct device *device)
{
    for (struct registration *at = device->registrations; at != NULL; at = at->next) {
        if (at->state != REGISTRATION_HELD || timer_running(&at->timer) || !has_its_turn(at))
            continue;
        int64_t delay = account_integer(&at->account, ACCOUNT_INITIAL_DELAY, 0);
        if (delay > ACCOUNT_SECONDS_MOST)
            delay = ACCOUNT_SECONDS_MOST;
        registration_wait(at, at->fresh ? delay * SECOND_MS : 0);
    }
}

/* Nobody can be registered with, and nobody will be without something new; one of the servers may
 * then be bootstrapped anew. */
static bool is_lost(const struct device *device)
{
    bool wanted = false;
    for (const struct registration *at = device->registrations; at != NULL; at = at->next) {
        bool has_failed = at->state == REGISTRATION_WAITING && at->failed;
        bool is_blocked = at->state == REGISTRATION_HELD && !timer_running(&at->timer);
        if (!has_failed && !is_blocked && at->state != REGISTRATION_OFF)
            return false;
        wanted = wanted ||
                 (has_failed && account_boolean(&at->account, ACCOUNT_BOOTSTRAP_ON_FAILURE, true));
    }
    return wanted;
}

static bool is_registered(const struct device *device)
{
    for (const struct registration *at = device->registrations; at != NULL; at = at->next)
        if (registration_peer(at) != NULL)
            return true;
    return false;
}

/* The device wants a bootstrap and does not have the server's ear yet. */
static bool seeks_bootstrap(const struct device *device)
{
    enum bootstrap_state state = bootstrap_state(device->bootstrap);
    return state == BOOTSTRAP_HOLDING || state == BOOTSTRAP_WAITING;
}

/* Registrations go on trying meanwhile; whichever comes first ends the other. */
static void fall_back(struct device *device)
{
    enum bootstrap_state state = bootstrap_state(device->bootstrap);
    if (seeks_bootstrap(device) && is_registered(device))
        bootstrap_happen(device->bootstrap, BOOTSTRAP_STOP);
    if (!is_lost(device) || !bootstrap_possible(device->bootstrap))
        return;
    if (state == BOOTSTRAP_OFF || state == BOOTSTRAP_DONE)
        trace_say(device->config.trace, EVENT_WARNING, "device",
                  "no server can be registered with; asking for a bootstrap");
    bootstrap_start(device->bootstrap);
}

static void follow(void *arg)
{
    struct device *device = arg;
    take_turns(device);
    fall_back(device);
}

void registrations_follow(struct device *device)
{
    bool any = seeks_bootstrap(device);
    for (const struct registration *at = device->registrations; at != NULL; at = at->next)
        any = any || at->state == REGISTRATION_HELD || at->failed;
    if (any && !timer_running(&device->order))
        timer_start(&device->order, device->config.clock, 0, follow, device);
}

/* Whoever neither waits for others nor for its delay begins at once. */
void registrations_begin(struct device *device)
{
    for (struct registration *at = device->registrations; at != NULL; at = at->next) {
        const struct account *account = &at->account;
        bool delayed = at->fresh && account_integer(account, ACCOUNT_INITIAL_DELAY, 0) > 0;
        bool held = at->state == REGISTRATION_HELD;
        bool waits = at->state == REGISTRATION_OFF && (delayed || place_of(at) != NO_PLACE);
        if (!held)
            registration_happen(at, waits ? REGISTRATION_HOLD : REGISTRATION_START);
    }
}
