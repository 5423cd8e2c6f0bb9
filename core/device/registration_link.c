/* SPDX-License-Identifier: Apache-2.0 */
/* One registration: its session, the requests on it, and what is told of them
 * (LwM2M TS 1.0, 5.3). */
#include "base/std.h"

#include "device/registration_impl.h"

/* --- what went wrong ------------------------------------------------------------------ */

void registration_problem(struct registration *registration, const char *format, ...)
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
    registration_problem(registration, "cannot reach the server at \"%s\": %s",
                         registration->account.uri,
                         session_silence(registration->device, registration->peer, status));
}

static void say_refusal(struct registration *registration, unsigned code)
{
    char text[CODE_TEXT];
    registration_problem(registration, "the server at \"%s\" refused the %s of \"%s\": %s %s",
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
    registration->has_worked = registration->has_worked || status == ST_OK;
    registration_stay(registration);
    if (status != ST_OK) {
        say_silence(registration, status);
        registration_happen(registration, registration_is_renewable(registration)
                                              ? REGISTRATION_LOST
                                              : REGISTRATION_SILENT);
    } else if (!code_is_success(response->code)) {
        say_refusal(registration, response->code);
        registration_happen(registration, is_too_new(registration, response->code)
                                              ? REGISTRATION_TOO_NEW
                                              : REGISTRATION_REFUSED);
    } else if (registration->state == REGISTRATION_PENDING &&
               !keep_location(registration, response)) {
        registration_problem(registration,
                             "the server at \"%s\" accepted the registration without telling "
                             "its location",
                             registration->account.uri);
        registration_happen(registration, REGISTRATION_REFUSED);
    } else {
        registration_happen(registration, REGISTRATION_ACCEPTED);
    }
}

/* --- the session ---------------------------------------------------------------------- */

bool registration_is_renewable(const struct registration *registration)
{
    const struct peer *peer = registration->peer;
    return peer != NULL && (peer->security != NULL || peer->is_stream) &&
           registration->has_worked &&
           clock_now(registration->device->config.clock) >= registration->renewable_at;
}

void registration_hang_up(struct registration *registration)
{
    if (registration->peer == NULL)
        return;
    reporting_forget(registration->device->reporting, registration);
    endpoint_disconnect(registration->device->config.endpoint, registration->peer);
    registration->peer = NULL;
}

/* What the account says may have changed; a server that had only an older version may have been
 * renewed. */
static bool open_session(struct registration *registration)
{
    struct account *account = &registration->account;
    struct error error;
    error_clear(&error);
    registration->has_worked = false;
    account_init(account, registration->device, account->ssid, registration->uri);
    if (account->uri[0] == '\0') {
        registration_problem(registration,
                             "there is no server to register with: the device has no account");
        return false;
    }
    if (session_open(account, &registration->peer, &error) == ST_OK)
        return true;
    registration->peer = NULL;
    registration_problem(registration, "cannot reach the server at \"%s\": %s", account->uri,
                         error.text);
    return false;
}

void registration_drop_request(struct registration *registration)
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
        registration_problem(registration, "cannot send the %s of \"%s\": it is too long",
                             purpose(registration), config->profile->endpoint);
    else if (status != ST_OK)
        say_silence(registration, status);
    message_release(request);
    registration->sent_at = clock_now(config->clock);
    return status == ST_OK;
}

/* --- the requests --------------------------------------------------------------------- */

/* What the server knew of a former registration is void, its observations too. */
bool registration_send_register(struct registration *registration)
{
    struct message request;
    reporting_clear(registration->device->reporting, registration);
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

bool registration_send_update(struct registration *registration)
{
    struct message request;
    unsigned wanted = registration->wanted;
    registration->wanted = 0;
    start_request(registration, &request);
    return send_request(registration, &request,
                        account_update(&registration->account, wanted, &request));
}

bool registration_send_deregister(struct registration *registration)
{
    struct message request;
    start_request(registration, &request);
    request.code = CODE_DELETE;
    return send_request(registration, &request, true);
}

/* --- what people and drivers hear ----------------------------------------------------- */

void registration_emit(struct registration *registration, enum event_kind kind, const char *text)
{
    struct buf location;
    buf_init(&location, SEGMENTS_MOST * (SEGMENT_LEN_MOST + 1));
    segments_join(&registration->location, '/', &location);
    struct event event = event_of(kind, "device");
    event.peer = registration->peer != NULL ? registration->peer->name : NULL;
    event.path = buf_text(&location);
    event.server = registration->account.ssid;
    event.text = text;
    trace_emit(registration->device->config.trace, &event);
    buf_release(&location);
}

void registration_emit_state(struct registration *registration, enum registration_state from)
{
    struct event event = event_of(EVENT_STATE, "device");
    const struct registration *first = registration->device->registrations;
    bool is_only = first == registration && first->next == NULL;
    char name[64];
    snprintf(name, sizeof name, is_only ? "registration" : "registration with server %u",
             registration->account.ssid);
    event.path = "/rd";
    event.from = registration_state_name(from);
    event.to = registration_state_name(registration->state);
    event.text = name;
    trace_emit(registration->device->config.trace, &event);
}
