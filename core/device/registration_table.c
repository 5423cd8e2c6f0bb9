/* SPDX-License-Identifier: Apache-2.0 */
/* One registration: the table of states and events, and its actions
 * (LwM2M TS 1.0, 5.3). */
#include "base/std.h"

#include "device/registration_impl.h"

/* MAX_TRANSMIT_WAIT is the margin: an Update must get through before the lifetime ends. */
enum { SECOND_MS = 1000, MARGIN_MS = 93 * SECOND_MS, DISABLE_DEFAULT = 86400 /* seconds */ };
/* Within it a message is sent three times (RFC 7252 4.8: 3 s, 6 s, 12 s at most); whom none of them
 * reached has most likely forgotten the session. */
enum { PATIENCE = 21 /* seconds */ };
/* Two devices of one name that push each other out would not rest. */
enum { RENEWALS_APART_MS = 60 * SECOND_MS };

/* --- actions -------------------------------------------------------------------------- */

static void due(void *arg)
{
    registration_happen(arg, REGISTRATION_DUE);
}

void registration_wait(struct registration *registration, int64_t delay_ms)
{
    timer_start(&registration->timer, registration->device->config.clock, delay_ms, due,
                registration);
}

static int64_t seconds_ms(int64_t seconds)
{
    return (seconds < ACCOUNT_SECONDS_MOST ? seconds : ACCOUNT_SECONDS_MOST) * SECOND_MS;
}

/* The next Update: at once when something is to be told, else early enough to be repeated before
 * the lifetime ends. A lifetime of 0 does not end. */
static void schedule_update(struct registration *registration)
{
    int64_t left = seconds_ms(account_lifetime(&registration->account));
    if (registration->wanted != 0) {
        registration_wait(registration, 0);
    } else if (left > 0) {
        left -= left / 2 < MARGIN_MS ? left / 2 : MARGIN_MS;
        int64_t passed = clock_now(registration->device->config.clock) - registration->sent_at;
        registration_wait(registration, left - passed);
    }
}

static bool send_deregister_and_wait(struct registration *registration)
{
    registration_wait(registration,
                      seconds_ms(account_integer(&registration->account, ACCOUNT_DISABLE_TIMEOUT,
                                                 DISABLE_DEFAULT)));
    return registration_send_deregister(registration);
}

static bool registered(struct registration *registration)
{
    struct error sentence;
    error_clear(&sentence);
    error_set(&sentence, "registered \"%s\" with the server at \"%s\"",
              registration->device->config.profile->endpoint, registration->account.uri);
    registration->failures = 0;
    registration->failed = false;
    registration->fresh = false;
    schedule_update(registration);
    registration_stay(registration);
    registration_emit(registration, EVENT_REGISTERED, sentence.text);
    reporting_resume(registration->device->reporting, registration);
    return true;
}

/* LwM2M TS 1.1, 6.5: nothing is heard until the next Update. */
static bool plan_update(struct registration *registration)
{
    schedule_update(registration);
    return true;
}

static bool updated(struct registration *registration)
{
    schedule_update(registration);
    registration_emit(registration, EVENT_UPDATED, NULL);
    reporting_resume(registration->device->reporting, registration);
    return true;
}

/* The server does not know the registration, or does not want it any more: begin anew. */
static bool register_again(struct registration *registration)
{
    trace_say(registration->device->config.trace, EVENT_WARNING, "device", "%s; registering again",
              registration->problem);
    return registration_send_register(registration);
}

static bool register_older(struct registration *registration)
{
    registration->account.version--;
    trace_say(registration->device->config.trace, EVENT_WARNING, "device",
              "%s; registering as a device of LwM2M %s", registration->problem,
              lwm2m_version_name(registration->account.version));
    return registration_send_register(registration);
}

/* Keys that do not fit do not come to fit by trying again. */
static bool is_hopeless(const struct registration *registration)
{
    const struct peer *peer = registration->peer;
    return registration->device->config.gives_up && registration->failures == 0 &&
           registration->fresh && peer != NULL && peer->security != NULL &&
           peer->security->is_refused;
}

static bool retry_later(struct registration *registration)
{
    struct trace *trace = registration->device->config.trace;
    int64_t pause = is_hopeless(registration)
                        ? -1
                        : account_pause(&registration->account, registration->failures);
    registration->failures++;
    registration->failed =
        registration->failed || registration->failures >= account_attempts(&registration->account);
    registration_hang_up(registration);
    if (pause < 0) {
        trace_say(trace, EVENT_ERROR, "device", "%s; not trying again", registration->problem);
        return true;
    }
    registration_wait(registration, seconds_ms(pause));
    trace_say(trace, EVENT_ERROR, "device", "%s; trying again in %" PRId64 " s",
              registration->problem, pause);
    return true;
}

/* LwM2M TS 1.1, 6.2.1.1: who is refused need not try so many times to have failed. */
static bool rejected(struct registration *registration)
{
    registration->failed = true;
    return retry_later(registration);
}

/* The server was not asked in vain: it may know nothing of the session any more, after a restart.
 * It is no failure yet (LwM2M TS 1.1, 6.2.1.1 counts attempts to register). */
static bool renew(struct registration *registration)
{
    trace_say(registration->device->config.trace, EVENT_WARNING, "device",
              "%s; registering again on a new session", registration->problem);
    registration_hang_up(registration);
    registration->renewable_at = clock_now(registration->device->config.clock) + RENEWALS_APART_MS;
    return registration_send_register(registration);
}

static bool lose_patience(struct registration *registration)
{
    registration_problem(registration, "cannot reach the server at \"%s\": no answer for %d s",
                         registration->account.uri, PATIENCE);
    return renew(registration);
}

static bool send_update(struct registration *registration)
{
    if (registration_is_renewable(registration))
        registration_wait(registration, PATIENCE * SECOND_MS);
    return registration_send_update(registration);
}

static bool hang_up(struct registration *registration)
{
    registration->failed = false;
    registration_hang_up(registration);
    return true;
}

/* Whose turn it is finds out later who sees all of them. */
static bool hold(struct registration *registration)
{
    UNUSED(registration);
    return true;
}

static bool left(struct registration *registration)
{
    registration_hang_up(registration);
    registration_emit(registration, EVENT_DEREGISTERED, NULL);
    return true;
}

/* Nothing is lost: the server forgets the device when the lifetime ends. */
static bool left_unheard(struct registration *registration)
{
    trace_say(registration->device->config.trace, EVENT_WARNING, "device",
              "%s; the registration ends with its lifetime", registration->problem);
    return hang_up(registration);
}

/* --- the table ------------------------------------------------------------------------ */

struct cell {
    bool (*action)(struct registration *registration); /* false: nothing could be sent */
    enum registration_state next;
    const char *says; /* what the action does; NULL: the event changes nothing */
};

/* Designators by short names: a row reads as "on EVENT: do, then be in". */
#define ON(EVENT, ACTION, NEXT, SAYS) [REGISTRATION_##EVENT] = {ACTION, REGISTRATION_##NEXT, SAYS}

/* Cells that are not here change nothing. */
static const struct cell table[REGISTRATION_STATES][REGISTRATION_EVENTS] =
    {
        [REGISTRATION_OFF] =
            {
                ON(START, registration_send_register, PENDING, "send Register"),
                ON(HOLD, hold, HELD, "wait for its turn and its delay"),
            },
        [REGISTRATION_HELD] =
            {
                ON(START, registration_send_register, PENDING, "send Register"),
                ON(STOP, hang_up, OFF, "give up"),
                ON(DUE, registration_send_register, PENDING, "send Register"),
            },
        [REGISTRATION_PENDING] =
            {
                ON(STOP, hang_up, OFF, "close the session"),
                ON(ACCEPTED, registered, ALIVE, "keep the location, plan the Update"),
                ON(REFUSED, rejected, WAITING, "close the session, back off"),
                ON(TOO_NEW, register_older, PENDING, "send Register of an older version"),
                ON(SILENT, retry_later, WAITING, "close the session, back off"),
                ON(LOST, renew, PENDING, "send Register on a new session"),
            },
        [REGISTRATION_ALIVE] =
            {
                ON(START, registration_send_register, PENDING, "send Register"),
                ON(STOP, registration_send_deregister, LEAVING, "send De-register"),
                ON(DUE, send_update, UPDATING, "send Update"),
                ON(SILENT, retry_later, WAITING, "back off"),
                ON(LOST, renew, PENDING, "send Register on a new session"),
                ON(DISABLE, send_deregister_and_wait, DISABLED, "send De-register, wait"),
                ON(QUIET, plan_update, ASLEEP, "stop listening, plan the Update"),
            },
        [REGISTRATION_ASLEEP] =
            {
                ON(START, registration_send_register, PENDING, "send Register"),
                ON(STOP, registration_send_deregister, LEAVING, "send De-register"),
                ON(DUE, send_update, UPDATING, "listen, send Update"),
                ON(WAKE, send_update, UPDATING, "listen, send Update"),
                ON(SILENT, retry_later, WAITING, "back off"),
                ON(LOST, renew, PENDING, "send Register on a new session"),
                ON(DISABLE, send_deregister_and_wait, DISABLED, "send De-register, wait"),
            },
        [REGISTRATION_UPDATING] =
            {
                ON(START, registration_send_register, PENDING, "send Register"),
                ON(STOP, registration_send_deregister, LEAVING, "send De-register"),
                ON(DUE, lose_patience, PENDING, "send Register on a new session"),
                ON(ACCEPTED, updated, ALIVE, "plan the next Update"),
                ON(REFUSED, register_again, PENDING, "send Register"),
                ON(SILENT, retry_later, WAITING, "close the session, back off"),
                ON(LOST, renew, PENDING, "send Register on a new session"),
                ON(DISABLE, send_deregister_and_wait, DISABLED, "send De-register, wait"),
            },
        [REGISTRATION_WAITING] =
            {
                ON(START, registration_send_register, PENDING, "send Register"),
                ON(STOP, hang_up, OFF, "give up"),
                ON(DUE, registration_send_register, PENDING, "send Register"),
            },
        [REGISTRATION_LEAVING] =
            {
                ON(START, registration_send_register, PENDING, "send Register"),
                ON(ACCEPTED, left, OFF, "close the session"),
                ON(REFUSED, left_unheard, OFF, "close the session"),
                ON(SILENT, left_unheard, OFF, "close the session"),
                ON(LOST, left_unheard, OFF, "close the session"),
            },
        [REGISTRATION_DISABLED] =
            {
                ON(START, registration_send_register, PENDING, "send Register"),
                ON(STOP, hang_up, OFF, "close the session"),
                ON(DUE, registration_send_register, PENDING, "send Register"),
                ON(ACCEPTED, left, DISABLED, "close the session"),
                ON(REFUSED, left_unheard, DISABLED, "close the session"),
                ON(SILENT, left_unheard, DISABLED, "close the session"),
                ON(LOST, left_unheard, DISABLED, "close the session"),
            },
};

/* The timer and the request of a state end with it. */
static void enter(struct registration *registration, enum registration_state next)
{
    enum registration_state from = registration->state;
    if (next == from)
        return;
    timer_stop(&registration->timer);
    registration_drop_request(registration);
    registration->state = next;
    if (next == REGISTRATION_OFF)
        reporting_end(registration->device->reporting, registration);
    registration_emit_state(registration, from);
}

void registration_happen(struct registration *registration, enum registration_event event)
{
    const struct cell *cell = &table[registration->state][event];
    if (cell->says == NULL)
        return;
    enter(registration, cell->next);
    if (!cell->action(registration))
        registration_happen(registration, REGISTRATION_SILENT);
    registrations_listen(registration->device);
    registrations_follow(registration->device);
}

void registration_print(struct buf *out)
{
    static const char *const events[REGISTRATION_EVENTS] = {
        [REGISTRATION_START] = "start",       [REGISTRATION_STOP] = "stop",
        [REGISTRATION_DUE] = "timer",         [REGISTRATION_ACCEPTED] = "accepted",
        [REGISTRATION_REFUSED] = "refused",   [REGISTRATION_SILENT] = "no answer",
        [REGISTRATION_LOST] = "session lost", [REGISTRATION_DISABLE] = "disable",
        [REGISTRATION_TOO_NEW] = "too new",   [REGISTRATION_QUIET] = "quiet",
        [REGISTRATION_WAKE] = "wake",         [REGISTRATION_HOLD] = "hold",
    };
    buf_puts(out, "registration: state, event, next state, action; other events change nothing\n");
    for (unsigned state = 0; state < REGISTRATION_STATES; state++)
        for (unsigned event = 0; event < REGISTRATION_EVENTS; event++) {
            const struct cell *cell = &table[state][event];
            if (cell->says != NULL)
                buf_printf(out, "  %-9s %-13s %-9s %s\n",
                           registration_state_name((enum registration_state)state), events[event],
                           registration_state_name(cell->next), cell->says);
        }
}
