/* SPDX-License-Identifier: Apache-2.0 */
/* When there is a bootstrap, as a table of states and events (LwM2M TS 1.1, 6.1). */
#include "base/std.h"

#include "device/bootstrap_impl.h"

enum {
    SECOND_MS = 1000,
    SILENCE_MS = 247 * SECOND_MS, /* EXCHANGE_LIFETIME: without a request, it has failed */
    LINGER_MS = 93 * SECOND_MS,   /* MAX_TRANSMIT_WAIT: as long as a Finish may be repeated */
    RETRY_FIRST = 2,              /* seconds; the standard does not say */
    RETRY_MOST = 60,
    DOUBLINGS_MOST = 5
};
enum { BOOTSTRAP_ACCOUNT = 0 };                             /* instead of a short id */
enum { SECURITY = 0, HOLD_OFF = 11, ACCOUNT_TIMEOUT = 12 }; /* of object 0 */

struct bootstrap {
    struct device *device; /* (borrowed) */
    struct account account;
    enum bootstrap_state state;
    struct peer *peer;                 /* (borrowed) the session; NULL: none */
    struct exchange *exchange;         /* (borrowed) the request under way, or NULL */
    struct bootstrap_session *session; /* (owned) what is written; NULL: nothing may be */
    bool persistent;                   /* it is needed: tried again until it works */
    bool plain;                        /* the server does not take the preferred format */
    int64_t failures;                  /* one after the other */
    struct timer timer;                /* of the state: see the table */
    struct timer trigger;              /* until the answer to the trigger has left */
    struct timer finishing;            /* until the answer to Finish has left */
    struct timer purge;                /* until the account of the bootstrap server ends */
    char problem[400];                 /* why it failed: the middle of a sentence */
};

/* --- what went wrong -------------------------------------------------------------------------- */

static void say_problem(struct bootstrap *bootstrap, const char *format, ...) PRINTF_LIKE(2, 3);
static void say_problem(struct bootstrap *bootstrap, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(bootstrap->problem, sizeof bootstrap->problem, format, values);
    va_end(values);
}

static void say_silence(struct bootstrap *bootstrap, enum status status)
{
    say_problem(bootstrap, "cannot reach the bootstrap server at \"%s\": %s",
                bootstrap->account.uri,
                session_silence(bootstrap->device, bootstrap->peer, status));
}

static void say_refusal(struct bootstrap *bootstrap, unsigned code)
{
    char text[CODE_TEXT];
    say_problem(bootstrap, "the bootstrap server at \"%s\" refused the request of \"%s\": %s %s",
                bootstrap->account.uri, bootstrap->device->config.profile->endpoint,
                code_text(code, text), code_phrase(code));
}

static void answered(void *arg, enum status status, const struct message *response)
{
    struct bootstrap *bootstrap = arg;
    bootstrap->exchange = NULL;
    if (status != ST_OK) {
        say_silence(bootstrap, status);
        bootstrap_happen(bootstrap, BOOTSTRAP_SILENT);
    } else if (response->code == CODE_UNSUPPORTED_FORMAT && !bootstrap->plain &&
               bootstrap->device->config.profile->version > LWM2M_1_0) {
        bootstrap_happen(bootstrap, BOOTSTRAP_PLAIN);
    } else if (!code_is_success(response->code)) {
        say_refusal(bootstrap, response->code);
        bootstrap_happen(bootstrap, BOOTSTRAP_REFUSED);
    } else {
        bootstrap_happen(bootstrap, BOOTSTRAP_ACCEPTED);
    }
}

/* --- the session ------------------------------------------------------------------------------ */

/* What was written without a Finish is gone with it. */
static void close_session(struct bootstrap *bootstrap)
{
    bootstrap_session_free(bootstrap->session);
    bootstrap->session = NULL;
    timer_stop(&bootstrap->timer);
    if (bootstrap->exchange != NULL)
        endpoint_cancel(bootstrap->device->config.endpoint, bootstrap->exchange);
    bootstrap->exchange = NULL;
    if (bootstrap->peer != NULL)
        endpoint_disconnect(bootstrap->device->config.endpoint, bootstrap->peer);
    bootstrap->peer = NULL;
}

static bool open_session(struct bootstrap *bootstrap)
{
    struct error error;
    error_clear(&error);
    account_init(&bootstrap->account, bootstrap->device, BOOTSTRAP_ACCOUNT, NULL);
    if (!bootstrap_possible(bootstrap)) {
        say_problem(bootstrap, "there is no bootstrap server any more");
        return false;
    }
    if (session_open(&bootstrap->account, &bootstrap->peer, &error) == ST_OK)
        return true;
    bootstrap->peer = NULL;
    say_problem(bootstrap, "cannot reach the bootstrap server at \"%s\": %s",
                bootstrap->account.uri, error.text);
    return false;
}

/* What accounts are to be written in: the profile's first format that can carry them. */
static int preferred_format(const struct profile *profile)
{
    for (size_t i = 0; i < profile->format_count; i++) {
        const struct codec *codec = codec_find(profile->formats[i]);
        if (codec != NULL && codec->hierarchical && codec->format != FORMAT_JSON)
            return codec->format;
    }
    return FORMAT_SENML_CBOR;
}

/* The preferred format can be told from LwM2M 1.1 on. */
static bool fill_request(const struct bootstrap *bootstrap, struct message *request)
{
    const struct profile *profile = bootstrap->device->config.profile;
    char format[16];
    request->code = CODE_POST;
    snprintf(format, sizeof format, "%d", preferred_format(profile));
    bool good = segments_add(&request->path, bytes_of("bs")) &&
                segments_add_query(&request->query, "ep", bytes_of(profile->endpoint));
    if (good && profile->version > LWM2M_1_0 && !bootstrap->plain)
        good = segments_add_query(&request->query, "pct", bytes_of(format));
    return good;
}

static bool ask(struct bootstrap *bootstrap)
{
    struct message request;
    enum status status = ST_LIMIT;
    message_init(&request);
    if (fill_request(bootstrap, &request))
        status = endpoint_request(bootstrap->device->config.endpoint, bootstrap->peer, &request,
                                  answered, bootstrap, &bootstrap->exchange);
    if (status != ST_OK)
        say_silence(bootstrap, status);
    message_release(&request);
    return status == ST_OK;
}

/* The server may write before its answer to the request is here. */
static bool send_request(struct bootstrap *bootstrap)
{
    close_session(bootstrap);
    bootstrap->plain = false;
    if (!open_session(bootstrap))
        return false;
    bootstrap->session = bootstrap_session_new(bootstrap->device, &bootstrap->account);
    return ask(bootstrap);
}

static bool send_plain_request(struct bootstrap *bootstrap)
{
    bootstrap->plain = true;
    return ask(bootstrap);
}

/* --- actions ---------------------------------------------------------------------------------- */

static void due(void *arg)
{
    bootstrap_happen(arg, BOOTSTRAP_DUE);
}

static void start_timer(struct bootstrap *bootstrap, int64_t delay_ms)
{
    timer_start(&bootstrap->timer, bootstrap->device->config.clock, delay_ms, due, bootstrap);
}

/* Seconds that the account of the bootstrap server tells; 0: it does not. */
static int64_t told(const struct bootstrap *bootstrap, unsigned resource)
{
    uint16_t instance = 0;
    const struct value *value = NULL;
    if (account_security(&bootstrap->account, &instance))
        value = model_value(bootstrap->device->model, path_resource(SECURITY, instance, resource));
    int64_t seconds = value != NULL && value->integer > 0 ? value->integer : 0;
    return seconds < ACCOUNT_SECONDS_MOST ? seconds : ACCOUNT_SECONDS_MOST;
}

static bool hold_off(struct bootstrap *bootstrap)
{
    close_session(bootstrap);
    bootstrap->persistent = true;
    bootstrap->failures = 0;
    start_timer(bootstrap, told(bootstrap, HOLD_OFF) * SECOND_MS);
    return true;
}

/* Asked by a server, the device still has that one when it fails. */
static bool obey(struct bootstrap *bootstrap)
{
    bootstrap->persistent = false;
    return send_request(bootstrap);
}

static bool listen_on(struct bootstrap *bootstrap)
{
    start_timer(bootstrap, SILENCE_MS);
    return true;
}

static bool end(struct bootstrap *bootstrap)
{
    close_session(bootstrap);
    return true;
}

static bool fail(struct bootstrap *bootstrap)
{
    struct trace *trace = bootstrap->device->config.trace;
    int64_t doublings = bootstrap->failures < DOUBLINGS_MOST ? bootstrap->failures : DOUBLINGS_MOST;
    int64_t pause = (int64_t)RETRY_FIRST << doublings;
    bootstrap->failures++;
    close_session(bootstrap);
    if (!bootstrap->persistent || !bootstrap_possible(bootstrap)) {
        trace_say(trace, EVENT_ERROR, "device", "%s; the device stays as it was",
                  bootstrap->problem);
        bootstrap_happen(bootstrap, BOOTSTRAP_STOP);
        return true;
    }
    pause = pause < RETRY_MOST ? pause : RETRY_MOST;
    start_timer(bootstrap, pause * SECOND_MS);
    trace_say(trace, EVENT_ERROR, "device", "%s; asking for a bootstrap again in %" PRId64 " s",
              bootstrap->problem, pause);
    return true;
}

static bool time_out(struct bootstrap *bootstrap)
{
    say_problem(bootstrap, "the bootstrap server at \"%s\" did not finish: nothing came for %d s",
                bootstrap->account.uri, SILENCE_MS / SECOND_MS);
    return fail(bootstrap);
}

/* A bootstrap that is under way may still come to its end. */
static void purge(void *arg)
{
    struct bootstrap *bootstrap = arg;
    uint16_t instance = 0;
    if (account_security(&bootstrap->account, &instance))
        model_remove(bootstrap->device->model, path_instance(SECURITY, instance), false);
    trace_say(bootstrap->device->config.trace, EVENT_INFO, "device",
              "the account of the bootstrap server has ended");
    if (bootstrap->state == BOOTSTRAP_HOLDING || bootstrap->state == BOOTSTRAP_WAITING)
        bootstrap_happen(bootstrap, BOOTSTRAP_STOP);
}

/* LwM2M TS 1.1, E.1: the account of the bootstrap server may be there for a time only. It counts
 * anew after a restart: how long the device was off is not known. */
static void plan_purge(struct bootstrap *bootstrap)
{
    int64_t seconds = told(bootstrap, ACCOUNT_TIMEOUT);
    timer_stop(&bootstrap->purge);
    if (seconds > 0)
        timer_start(&bootstrap->purge, bootstrap->device->config.clock, seconds * SECOND_MS, purge,
                    bootstrap);
}

/* The bootstrap server knows better than the owner, who named a server when there was no other. */
static void register_anew(void *arg)
{
    struct bootstrap *bootstrap = arg;
    bootstrap->device->config.uri = NULL;
    registrations_renew(bootstrap->device);
    device_register(bootstrap->device);
}

/* The session stays, so that a Finish whose answer was lost is answered again. */
static bool apply(struct bootstrap *bootstrap)
{
    struct device *device = bootstrap->device;
    timer_start(&bootstrap->finishing, device->config.clock, 0, register_anew, bootstrap);
    bootstrap_session_apply(bootstrap->session);
    bootstrap_session_free(bootstrap->session);
    bootstrap->session = NULL;
    trace_say(device->config.trace, EVENT_INFO, "device",
              "bootstrapped \"%s\" by the server at \"%s\"", device->config.profile->endpoint,
              bootstrap->account.uri);
    plan_purge(bootstrap);
    start_timer(bootstrap, LINGER_MS);
    return true;
}

/* --- the table -------------------------------------------------------------------------------- */

struct cell {
    bool (*action)(struct bootstrap *bootstrap); /* false: nothing could be sent */
    enum bootstrap_state next;
    const char *says; /* what the action does; NULL: the event changes nothing */
};

/* Designators by short names: a row reads as "on EVENT: do, then be in". */
#define ON(EVENT, ACTION, NEXT, SAYS) [BOOTSTRAP_##EVENT] = {ACTION, BOOTSTRAP_##NEXT, SAYS}

/* Cells that are not here change nothing. */
static const struct cell table[BOOTSTRAP_STATES][BOOTSTRAP_EVENTS] = {
    [BOOTSTRAP_OFF] =
        {
            ON(START, hold_off, HOLDING, "wait for the hold-off time"),
            ON(TRIGGER, obey, REQUESTING, "send Bootstrap-Request"),
        },
    [BOOTSTRAP_HOLDING] =
        {
            ON(TRIGGER, send_request, REQUESTING, "send Bootstrap-Request"),
            ON(STOP, end, OFF, "give up"),
            ON(DUE, send_request, REQUESTING, "send Bootstrap-Request"),
        },
    [BOOTSTRAP_REQUESTING] =
        {
            ON(STOP, end, OFF, "close the session, drop what was written"),
            ON(ACCEPTED, listen_on, OPEN, "wait for the server"),
            ON(REFUSED, fail, WAITING, "close the session, back off"),
            ON(PLAIN, send_plain_request, REQUESTING, "send Bootstrap-Request without a format"),
            ON(SILENT, fail, WAITING, "close the session, back off"),
            ON(LOST, fail, WAITING, "drop what was written, back off"),
            ON(FINISHED, apply, DONE, "make true what was written, register"),
        },
    [BOOTSTRAP_OPEN] =
        {
            ON(STOP, end, OFF, "close the session, drop what was written"),
            ON(DUE, time_out, WAITING, "close the session, drop what was written, back off"),
            ON(LOST, fail, WAITING, "drop what was written, back off"),
            ON(FINISHED, apply, DONE, "make true what was written, register"),
        },
    [BOOTSTRAP_WAITING] =
        {
            ON(TRIGGER, send_request, REQUESTING, "send Bootstrap-Request"),
            ON(STOP, end, OFF, "give up"),
            ON(DUE, send_request, REQUESTING, "send Bootstrap-Request"),
        },
    [BOOTSTRAP_DONE] =
        {
            ON(START, hold_off, HOLDING, "close the session, wait for the hold-off time"),
            ON(TRIGGER, obey, REQUESTING, "send Bootstrap-Request on a new session"),
            ON(STOP, end, OFF, "close the session"),
            ON(DUE, end, OFF, "close the session"),
            ON(LOST, end, OFF, "nothing more"),
        },
};

const char *bootstrap_state_name(enum bootstrap_state state)
{
    static const char *const names[BOOTSTRAP_STATES] = {
        [BOOTSTRAP_OFF] = "off",   [BOOTSTRAP_HOLDING] = "holding off",
        [BOOTSTRAP_OPEN] = "open", [BOOTSTRAP_REQUESTING] = "requesting",
        [BOOTSTRAP_DONE] = "done", [BOOTSTRAP_WAITING] = "waiting",
    };
    return names[state];
}

static void enter(struct bootstrap *bootstrap, enum bootstrap_state next)
{
    struct event event = event_of(EVENT_STATE, "device");
    event.path = "/bs";
    event.from = bootstrap_state_name(bootstrap->state);
    event.to = bootstrap_state_name(next);
    event.text = "bootstrap";
    timer_stop(&bootstrap->timer);
    if (next != bootstrap->state)
        trace_emit(bootstrap->device->config.trace, &event);
    bootstrap->state = next;
}

void bootstrap_happen(struct bootstrap *bootstrap, enum bootstrap_event event)
{
    const struct cell *cell = &table[bootstrap->state][event];
    if (cell->says == NULL)
        return;
    enter(bootstrap, cell->next);
    if (!cell->action(bootstrap))
        bootstrap_happen(bootstrap, BOOTSTRAP_SILENT);
    registrations_listen(bootstrap->device);
    registrations_follow(bootstrap->device);
}

void bootstrap_print(struct buf *out)
{
    static const char *const events[BOOTSTRAP_EVENTS] = {
        [BOOTSTRAP_START] = "needed",        [BOOTSTRAP_TRIGGER] = "triggered",
        [BOOTSTRAP_STOP] = "stop",           [BOOTSTRAP_DUE] = "timer",
        [BOOTSTRAP_ACCEPTED] = "accepted",   [BOOTSTRAP_REFUSED] = "refused",
        [BOOTSTRAP_PLAIN] = "not in format", [BOOTSTRAP_SILENT] = "no answer",
        [BOOTSTRAP_LOST] = "session lost",   [BOOTSTRAP_FINISHED] = "finish",
    };
    buf_puts(out, "bootstrap: state, event, next state, action; other events change nothing\n");
    for (unsigned state = 0; state < BOOTSTRAP_STATES; state++)
        for (unsigned event = 0; event < BOOTSTRAP_EVENTS; event++) {
            const struct cell *cell = &table[state][event];
            if (cell->says != NULL)
                buf_printf(out, "  %-11s %-13s %-11s %s\n",
                           bootstrap_state_name((enum bootstrap_state)state), events[event],
                           bootstrap_state_name(cell->next), cell->says);
        }
}

/* --- what leads to it ------------------------------------------------------------------------- */

bool bootstrap_possible(const struct bootstrap *bootstrap)
{
    uint16_t instance = 0;
    return account_security(&bootstrap->account, &instance);
}

void bootstrap_start(struct bootstrap *bootstrap)
{
    if (bootstrap_possible(bootstrap))
        bootstrap_happen(bootstrap, BOOTSTRAP_START);
}

static void trigger(void *arg)
{
    bootstrap_happen(arg, BOOTSTRAP_TRIGGER);
}

void bootstrap_triggered(struct bootstrap *bootstrap)
{
    timer_start(&bootstrap->trigger, bootstrap->device->config.clock, 0, trigger, bootstrap);
}

bool bootstrap_awaits(const struct bootstrap *bootstrap)
{
    return bootstrap != NULL && bootstrap->session != NULL;
}

struct peer *bootstrap_peer(const struct bootstrap *bootstrap)
{
    return bootstrap->peer;
}

/* Outside a bootstrap, its server has nothing to ask. */
void bootstrap_handle(struct bootstrap *bootstrap, const struct message *request,
                      struct message *response)
{
    if (bootstrap->session == NULL) {
        response->code = CODE_BAD_REQUEST;
        return;
    }
    if (bootstrap->state == BOOTSTRAP_OPEN)
        start_timer(bootstrap, SILENCE_MS);
    if (bootstrap_session_handle(bootstrap->session, request, response))
        bootstrap_happen(bootstrap, BOOTSTRAP_FINISHED);
}

/* --- life ------------------------------------------------------------------------------------- */

struct bootstrap *bootstrap_new(struct device *device)
{
    struct bootstrap *bootstrap = xalloc(sizeof *bootstrap);
    bootstrap->device = device;
    account_init(&bootstrap->account, device, BOOTSTRAP_ACCOUNT, NULL);
    plan_purge(bootstrap);
    return bootstrap;
}

void bootstrap_free(struct bootstrap *bootstrap)
{
    if (bootstrap == NULL)
        return;
    timer_stop(&bootstrap->trigger);
    timer_stop(&bootstrap->finishing);
    timer_stop(&bootstrap->purge);
    close_session(bootstrap);
    free(bootstrap);
}

enum bootstrap_state bootstrap_state(const struct bootstrap *bootstrap)
{
    return bootstrap->state;
}

void bootstrap_peer_gone(struct bootstrap *bootstrap, struct peer *peer)
{
    if (peer != bootstrap->peer)
        return;
    if (bootstrap->exchange != NULL)
        endpoint_cancel(bootstrap->device->config.endpoint, bootstrap->exchange);
    bootstrap->exchange = NULL;
    bootstrap->peer = NULL;
    say_problem(bootstrap, "lost the session with the bootstrap server at \"%s\"",
                bootstrap->account.uri);
    bootstrap_happen(bootstrap, BOOTSTRAP_LOST);
}
