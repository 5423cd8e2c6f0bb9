/* SPDX-License-Identifier: Apache-2.0 */
/* The client registration interface: one account, as a table of states and events
 * (LwM2M TS 1.0, 5.3). */
#include "base/std.h"

#include "device/device_impl.h"

/* MAX_TRANSMIT_WAIT is the margin: an Update must get through before the lifetime ends. */
enum { SECOND_MS = 1000, MARGIN_MS = 93 * SECOND_MS, DISABLE_DEFAULT = 86400 /* seconds */ };

struct registration {
    struct device *device; /* (borrowed) */
    struct account account;
    enum registration_state state;
    struct peer *peer;         /* (borrowed) the session; NULL: none */
    struct exchange *exchange; /* (borrowed) the request under way, or NULL */
    struct segments location;
    unsigned wanted;        /* WANT_ flags that no message has carried yet */
    int64_t failures;       /* one after the other */
    int64_t sent_at;        /* clock_now() of the last Register or Update */
    struct timer timer;     /* update is due, back-off or Disable is over: see the table */
    struct timer awake;     /* in queue mode: until the device stops listening */
    struct timer disabling; /* until the answer to Disable has left */
    struct model_watcher watcher;
    char problem[400]; /* why the last request failed: the middle of a sentence */
};

/* --- what went wrong ------------------------------------------------------------------ */

static void say_problem(struct registration *registration, const char *format, ...)
    PRINTF_LIKE(2, 3);
static void say_problem(struct registration *registration, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(registration->problem, sizeof registration->problem, format, values);
    va_end(values);
}

/* What the request of each state asks for, in the words of a person. */
static const char *purpose(const struct registration *registration)
{
    static const char *const purposes[REGISTRATION_STATES] = {
        [REGISTRATION_PENDING] = "registration",
        [REGISTRATION_UPDATING] = "update",
        [REGISTRATION_LEAVING] = "deregistration",
        [REGISTRATION_DISABLED] = "deregistration",
    };
    const char *known = purposes[registration->state];
    return known != NULL ? known : "request";
}

static void say_silence(struct registration *registration, enum status status)
{
    static const char *const reasons[] = {
        [ST_TIMEOUT] = "no answer",
        [ST_UNREACHABLE] = "nobody listens there",
        [ST_REFUSED] = "it answers with a Reset; is it an LwM2M server?",
        [ST_INVALID] = "its answer makes no sense",
        [ST_LIMIT] = "its answer is too long",
    };
    const char *reason = NULL;
    if (registration->peer != NULL)
        reason = endpoint_problem(registration->peer);
    if (reason == NULL && (size_t)status < COUNT_OF(reasons))
        reason = reasons[status];
    say_problem(registration, "cannot reach the server at \"%s\": %s", registration->account.uri,
                reason != NULL ? reason : status_text(status));
}

static void say_refusal(struct registration *registration, unsigned code)
{
    char text[CODE_TEXT];
    say_problem(registration, "the server at \"%s\" refused the %s of \"%s\": %s %s",
                registration->account.uri, purpose(registration),
                registration->device->config.profile->endpoint, code_text(code, text),
                code_phrase(code));
}

/* 4.12 to a Register; there is nothing older than 1.0. */
static bool is_too_new(const struct registration *registration, unsigned code)
{
    return code == CODE_PRECONDITION_FAILED && registration->state == REGISTRATION_PENDING &&
           registration->account.version > LWM2M_1_0;
}

/* Keeps the location of a new registration: false when the answer has none. */
static bool keep_location(struct registration *registration, const struct message *response)
{
    segments_release(&registration->location);
    segments_copy(&response->location, &registration->location);
    return response->location.count > 0;
}

static void answered(void *arg, enum status status, const struct message *response)
{
    struct registration *registration = arg;
    registration->exchange = NULL;
    registration_stay(registration);
    if (status != ST_OK) {
        say_silence(registration, status);
        registration_happen(registration, REGISTRATION_SILENT);
    } else if (!code_is_success(response->code)) {
        say_refusal(registration, response->code);
        registration_happen(registration, is_too_new(registration, response->code)
                                              ? REGISTRATION_TOO_NEW
                                              : REGISTRATION_REFUSED);
    } else if (registration->state == REGISTRATION_PENDING &&
               !keep_location(registration, response)) {
        say_problem(registration,
                    "the server at \"%s\" accepted the registration without telling "
                    "its location",
                    registration->account.uri);
        registration_happen(registration, REGISTRATION_REFUSED);
    } else {
        registration_happen(registration, REGISTRATION_ACCEPTED);
    }
}

/* --- the session ---------------------------------------------------------------------- */

/* Observations live as long as the session. */
static void close_session(struct registration *registration)
{
    if (registration->peer == NULL)
        return;
    reporting_forget(registration->device->reporting);
    endpoint_disconnect(registration->device->config.endpoint, registration->peer);
    registration->peer = NULL;
}

/* A server that had only an older version may have been renewed. */
static bool open_session(struct registration *registration)
{
    const struct device_config *config = &registration->device->config;
    struct account *account = &registration->account;
    struct error error;
    error_clear(&error);
    if (account->uri[0] == '\0') {
        say_problem(registration,
                    "there is no server to register with: the profile has no account");
        return false;
    }
    account->version = config->profile->version;
    if (session_open(account, &registration->peer, &error) == ST_OK)
        return true;
    registration->peer = NULL;
    say_problem(registration, "cannot reach the server at \"%s\": %s", account->uri, error.text);
    return false;
}

static void drop_request(struct registration *registration)
{
    if (registration->exchange != NULL)
        endpoint_cancel(registration->device->config.endpoint, registration->exchange);
    registration->exchange = NULL;
}

/* Sends REQUEST when it is COMPLETE, and releases it: false when that was not possible. */
static bool send_request(struct registration *registration, struct message *request, bool complete)
{
    const struct device_config *config = &registration->device->config;
    enum status status = ST_LIMIT;
    if (complete)
        status = endpoint_request(config->endpoint, registration->peer, request, answered,
                                  registration, &registration->exchange);
    if (status == ST_LIMIT)
        say_problem(registration, "cannot send the %s of \"%s\": it is too long",
                    purpose(registration), config->profile->endpoint);
    else if (status != ST_OK)
        say_silence(registration, status);
    message_release(request);
    registration->sent_at = clock_now(config->clock);
    return status == ST_OK;
}

/* --- what people and drivers hear ----------------------------------------------------- */

static void emit(struct registration *registration, enum event_kind kind, const char *text)
{
    struct buf location;
    buf_init(&location, SEGMENTS_MOST * (SEGMENT_LEN_MOST + 1));
    segments_join(&registration->location, '/', &location);
    struct event event = event_of(kind, "device");
    event.peer = registration->peer != NULL ? registration->peer->name : NULL;
    event.path = buf_text(&location);
    event.text = text;
    trace_emit(registration->device->config.trace, &event);
    buf_release(&location);
}

static void emit_state(struct registration *registration, enum registration_state from)
{
    struct event event = event_of(EVENT_STATE, "device");
    event.path = "/rd";
    event.from = registration_state_name(from);
    event.to = registration_state_name(registration->state);
    event.text = "registration";
    trace_emit(registration->device->config.trace, &event);
}

/* --- actions -------------------------------------------------------------------------- */

static void due(void *arg)
{
    registration_happen(arg, REGISTRATION_DUE);
}

static void start_timer(struct registration *registration, int64_t delay_ms)
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
        start_timer(registration, 0);
    } else if (left > 0) {
        left -= left / 2 < MARGIN_MS ? left / 2 : MARGIN_MS;
        int64_t passed = clock_now(registration->device->config.clock) - registration->sent_at;
        start_timer(registration, left - passed);
    }
}

/* What the server knew of a former registration is void, its observations too. */
static bool send_register(struct registration *registration)
{
    struct device *device = registration->device;
    struct message request;
    reporting_clear(device->reporting);
    registration->wanted = 0;
    if (registration->peer == NULL && !open_session(registration))
        return false;
    message_init(&request);
    return send_request(registration, &request, account_register(&registration->account, &request));
}

/* Prepares a request to the location of the registration. */
static void start_request(const struct registration *registration, struct message *request)
{
    message_init(request);
    segments_release(&request->path);
    segments_copy(&registration->location, &request->path);
}

static bool send_update(struct registration *registration)
{
    struct message request;
    unsigned wanted = registration->wanted;
    registration->wanted = 0;
    start_request(registration, &request);
    return send_request(registration, &request,
                        account_update(&registration->account, wanted, &request));
}

static bool send_deregister(struct registration *registration)
{
    struct message request;
    start_request(registration, &request);
    request.code = CODE_DELETE;
    return send_request(registration, &request, true);
}

static bool send_deregister_and_wait(struct registration *registration)
{
    start_timer(registration,
                seconds_ms(account_integer(&registration->account, ACCOUNT_DISABLE_TIMEOUT,
                                           DISABLE_DEFAULT)));
    return send_deregister(registration);
}

static bool registered(struct registration *registration)
{
    struct error sentence;
    error_clear(&sentence);
    error_set(&sentence, "registered \"%s\" with the server at \"%s\"",
              registration->device->config.profile->endpoint, registration->account.uri);
    registration->failures = 0;
    schedule_update(registration);
    registration_stay(registration);
    emit(registration, EVENT_REGISTERED, sentence.text);
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
    emit(registration, EVENT_UPDATED, NULL);
    return true;
}

/* The server does not know the registration, or does not want it any more: begin anew. */
static bool register_again(struct registration *registration)
{
    trace_say(registration->device->config.trace, EVENT_WARNING, "device", "%s; registering again",
              registration->problem);
    return send_register(registration);
}

static bool register_older(struct registration *registration)
{
    registration->account.version--;
    trace_say(registration->device->config.trace, EVENT_WARNING, "device",
              "%s; registering as a device of LwM2M %s", registration->problem,
              lwm2m_version_name(registration->account.version));
    return send_register(registration);
}

static bool retry_later(struct registration *registration)
{
    struct trace *trace = registration->device->config.trace;
    int64_t pause = account_pause(&registration->account, registration->failures);
    registration->failures++;
    close_session(registration);
    if (pause < 0) {
        trace_say(trace, EVENT_ERROR, "device", "%s; not trying again", registration->problem);
        return true;
    }
    start_timer(registration, seconds_ms(pause));
    trace_say(trace, EVENT_ERROR, "device", "%s; trying again in %" PRId64 " s",
              registration->problem, pause);
    return true;
}

static bool hang_up(struct registration *registration)
{
    close_session(registration);
    return true;
}

static bool left(struct registration *registration)
{
    close_session(registration);
    emit(registration, EVENT_DEREGISTERED, NULL);
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
                ON(START, send_register, PENDING, "send Register"),
            },
        [REGISTRATION_PENDING] =
            {
                ON(STOP, hang_up, OFF, "close the session"),
                ON(ACCEPTED, registered, ALIVE, "keep the location, plan the Update"),
                ON(REFUSED, retry_later, WAITING, "close the session, back off"),
                ON(TOO_NEW, register_older, PENDING, "send Register of an older version"),
                ON(SILENT, retry_later, WAITING, "close the session, back off"),
                ON(LOST, retry_later, WAITING, "back off"),
            },
        [REGISTRATION_ALIVE] =
            {
                ON(START, send_register, PENDING, "send Register"),
                ON(STOP, send_deregister, LEAVING, "send De-register"),
                ON(DUE, send_update, UPDATING, "send Update"),
                ON(LOST, retry_later, WAITING, "back off"),
                ON(DISABLE, send_deregister_and_wait, DISABLED, "send De-register, wait"),
                ON(QUIET, plan_update, ASLEEP, "stop listening, plan the Update"),
            },
        [REGISTRATION_ASLEEP] =
            {
                ON(START, send_register, PENDING, "send Register"),
                ON(STOP, send_deregister, LEAVING, "send De-register"),
                ON(DUE, send_update, UPDATING, "listen, send Update"),
                ON(WAKE, send_update, UPDATING, "listen, send Update"),
                ON(LOST, retry_later, WAITING, "back off"),
                ON(DISABLE, send_deregister_and_wait, DISABLED, "send De-register, wait"),
            },
        [REGISTRATION_UPDATING] =
            {
                ON(START, send_register, PENDING, "send Register"),
                ON(STOP, send_deregister, LEAVING, "send De-register"),
                ON(ACCEPTED, updated, ALIVE, "plan the next Update"),
                ON(REFUSED, register_again, PENDING, "send Register"),
                ON(SILENT, retry_later, WAITING, "close the session, back off"),
                ON(LOST, retry_later, WAITING, "back off"),
                ON(DISABLE, send_deregister_and_wait, DISABLED, "send De-register, wait"),
            },
        [REGISTRATION_WAITING] =
            {
                ON(START, send_register, PENDING, "send Register"),
                ON(STOP, hang_up, OFF, "give up"),
                ON(DUE, send_register, PENDING, "send Register"),
            },
        [REGISTRATION_LEAVING] =
            {
                ON(START, send_register, PENDING, "send Register"),
                ON(ACCEPTED, left, OFF, "close the session"),
                ON(REFUSED, left_unheard, OFF, "close the session"),
                ON(SILENT, left_unheard, OFF, "close the session"),
                ON(LOST, left_unheard, OFF, "say so"),
            },
        [REGISTRATION_DISABLED] =
            {
                ON(START, send_register, PENDING, "send Register"),
                ON(STOP, hang_up, OFF, "close the session"),
                ON(DUE, send_register, PENDING, "send Register"),
                ON(ACCEPTED, left, DISABLED, "close the session"),
                ON(REFUSED, left_unheard, DISABLED, "close the session"),
                ON(SILENT, left_unheard, DISABLED, "close the session"),
            },
};

/* The timer and the request of a state end with it. */
static void enter(struct registration *registration, enum registration_state next)
{
    enum registration_state from = registration->state;
    if (next == from)
        return;
    timer_stop(&registration->timer);
    drop_request(registration);
    registration->state = next;
    registration->device->config.endpoint->deaf = next == REGISTRATION_ASLEEP;
    emit_state(registration, from);
}

void registration_happen(struct registration *registration, enum registration_event event)
{
    const struct cell *cell = &table[registration->state][event];
    if (cell->says == NULL)
        return;
    enter(registration, cell->next);
    if (!cell->action(registration))
        registration_happen(registration, REGISTRATION_SILENT);
}

void registration_print(struct buf *out)
{
    static const char *const events[REGISTRATION_EVENTS] = {
        [REGISTRATION_START] = "start",       [REGISTRATION_STOP] = "stop",
        [REGISTRATION_DUE] = "timer",         [REGISTRATION_ACCEPTED] = "accepted",
        [REGISTRATION_REFUSED] = "refused",   [REGISTRATION_SILENT] = "no answer",
        [REGISTRATION_LOST] = "session lost", [REGISTRATION_DISABLE] = "disable",
        [REGISTRATION_TOO_NEW] = "too new",   [REGISTRATION_QUIET] = "quiet",
        [REGISTRATION_WAKE] = "wake",
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

/* --- what leads to an Update ---------------------------------------------------------- */

/* The timer starts anew, so that an answer under way leaves first. */
static void want(struct registration *registration, unsigned what)
{
    registration->wanted |= what;
    if (registration->state == REGISTRATION_ALIVE || registration->state == REGISTRATION_ASLEEP)
        start_timer(registration, 0);
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

/* Who waits for an acknowledgement goes on listening. */
static void quiet(void *arg)
{
    struct registration *registration = arg;
    if (!reporting_awaits(registration->device->reporting))
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

struct registration *registration_new(struct device *device)
{
    struct registration *registration = xalloc(sizeof *registration);
    registration->device = device;
    account_init(&registration->account, device, account_first(device), device->config.uri);
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
    close_session(registration);
    model_unwatch(registration->device->model, &registration->watcher);
    segments_release(&registration->location);
    free(registration);
}

enum registration_state registration_state(const struct registration *registration)
{
    return registration->state;
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
    drop_request(registration);
    registration->peer = NULL;
    reporting_forget(registration->device->reporting);
    say_problem(registration, "lost the session with the server at \"%s\"",
                registration->account.uri);
    registration_happen(registration, REGISTRATION_LOST);
}
