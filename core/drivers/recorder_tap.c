/* SPDX-License-Identifier: Apache-2.0 */
/* Hears what goes between a device and its endpoint, and in the event log what does not pass there.
 */
#include "base/std.h"

#include "base/portfolio.h"
#include "drivers/recorder_impl.h"
#include "net/filter.h"

/* --- sessions --------------------------------------------------------------------------------- */

static void end_session(struct recorder *recorder, struct session *session)
{
    if (session->has_said)
        message_release(&session->said);
    memmove(session, session + 1,
            (size_t)(recorder->sessions + --recorder->session_count - session) * sizeof *session);
}

void recorder_sessions_end(struct recorder *recorder)
{
    while (recorder->session_count > 0)
        end_session(recorder, &recorder->sessions[0]);
}

/* The device speaks first. When it registers or asks for a bootstrap, the session may be a new one
 * in the place of another. */
static struct session *begin_session(struct recorder *recorder, const struct peer *peer,
                                     const struct message *request)
{
    struct session *session = recorder_session(recorder, peer);
    bool is_first = request->path.count == 1 && !bytes_is(segments_at(&request->path, 0), "dp");
    if (session != NULL && !is_first)
        return session;
    if (session != NULL)
        end_session(recorder, session);
    if (recorder->session_count == SESSIONS_MOST)
        end_session(recorder, &recorder->sessions[0]);
    session = &recorder->sessions[recorder->session_count++];
    *session = (struct session){.peer = peer,
                                .server = ID_NONE,
                                .is_secured = peer->security != NULL,
                                .is_stream = peer->is_stream};
    memcpy(session->address, peer->name, sizeof session->address);
    return session;
}

/* --- between device and endpoint -------------------------------------------------------------- */

static void on_asking(void *arg, struct peer *peer, struct message *request)
{
    struct recorder *recorder = arg;
    if (recorder_is_open(recorder))
        record_said(recorder, begin_session(recorder, peer, request), request);
}

static void on_response(void *arg, struct peer *peer, const struct message *request,
                        struct message *response)
{
    struct recorder *recorder = arg;
    const struct session *session = recorder_session(recorder, peer);
    if (session != NULL && session->server != ID_NONE && recorder_is_open(recorder))
        record_request(recorder, session, request, response);
}

static bool on_notifying(void *arg, struct peer *peer, struct message *notification)
{
    struct recorder *recorder = arg;
    const struct session *session = recorder_session(recorder, peer);
    if (session != NULL && recorder_is_open(recorder))
        record_notified(recorder, session, notification);
    return true;
}

struct endpoint *recorder_endpoint(struct recorder *recorder, struct endpoint *inner)
{
    static const struct filter_hooks hooks = {
        .asking = on_asking, .response = on_response, .notifying = on_notifying};
    return filter_new(inner, &hooks, recorder, recorder->config.clock);
}

/* --- the event log ---------------------------------------------------------------------------- */

/* By the name of its address; the latest, when an older one had the same. */
static struct session *session_named(struct recorder *recorder, const char *name)
{
    for (size_t i = recorder->session_count; name != NULL && i > 0; i--)
        if (strcmp(recorder->sessions[i - 1].address, name) == 0)
            return &recorder->sessions[i - 1];
    return NULL;
}

static bool is_of_profile(const struct profile *profile, unsigned server)
{
    for (size_t i = 0; i < profile->server_count; i++)
        if (profile->servers[i].ssid == server)
            return true;
    return false;
}

/* A server that the profile does not have stands in the header of the record. */
static void meet(struct recorder *recorder, const struct session *session)
{
    static const char *const schemes[2][2] = {{"coap", "coaps"}, {"coap+tcp", "coaps+tcp"}};
    if (is_of_profile(recorder->config.profile, session->server) ||
        recorder->brought_count == COUNT_OF(recorder->brought))
        return;
    for (size_t i = 0; i < recorder->brought_count; i++)
        if (recorder->brought[i].id == session->server)
            return;
    recorder->brought[recorder->brought_count++] =
        (struct setting_server){.id = (uint16_t)session->server,
                                .scheme = schemes[session->is_stream][session->is_secured]};
}

static void hear_registration(struct recorder *recorder, const struct event *event)
{
    struct session *session = session_named(recorder, event->peer);
    if (event->kind == EVENT_DEREGISTERED) {
        recorder_due(recorder, event->server);
        recorder_add(recorder,
                     &(struct step_text){event->server, true, bytes_of("expect deregister")});
    } else if (session != NULL) {
        session->server = event->server;
        meet(recorder, session);
        record_registered(recorder, session, event->kind == EVENT_UPDATED);
    }
}

/* The message id of each notification, by which a Reset names it. */
static void hear_notification(struct recorder *recorder, const struct event *event)
{
    const struct session *session = session_named(recorder, event->peer);
    struct followed *watch = session == NULL ? NULL
                                             : recorder_watch(recorder, session->server,
                                                              event->token.data, event->token.len);
    if (watch != NULL)
        watch->message_id = event->message_id;
}

static void hear_reset(struct recorder *recorder, const struct event *event)
{
    const struct session *session = session_named(recorder, event->peer);
    char name[PATH_TEXT];
    size_t i = 0;
    while (session != NULL && i < recorder->watch_count &&
           (recorder->watches[i].server != session->server ||
            recorder->watches[i].message_id != event->message_id))
        i++;
    if (session == NULL || i == recorder->watch_count)
        return;
    struct followed *watch = &recorder->watches[i];
    struct buf text;
    buf_init(&text, STEP_MOST);
    buf_puts(&text, watch->paths.count > 0 ? "cancel-composite" : "cancel");
    for (size_t at = 0; at < watch->paths.count; at++)
        buf_printf(&text, " %s", path_text(watch->paths.items[at].path, name));
    if (watch->paths.count == 0)
        buf_printf(&text, " %s", path_text(watch->path, name));
    buf_puts(&text, " by reset");
    recorder_add(recorder, &(struct step_text){session->server, false, buf_bytes(&text)});
    buf_release(&text);
    recorder_watch_end(recorder, watch);
}

/* AuthStatus changed: the process that ran is over. */
static void hear_state(struct recorder *recorder, const struct event *event)
{
    struct path path;
    if (event->path == NULL || !path_parse(bytes_of(event->path), &path) || path.depth != 3 ||
        path.id[0] != PORTFOLIO || path.id[2] != AUTH_STATUS)
        return;
    struct process *process = recorder_process(recorder, path.id[1]);
    if (process == NULL || !process->is_running)
        return;
    process->is_running = false;
    int64_t took = recorder_now(recorder) - process->started_at;
    recorder->settle_ms = took > 0 ? took : 1;
}

static void hear(void *arg, const struct event *event)
{
    struct recorder *recorder = arg;
    if (!recorder_is_open(recorder) || strcmp(event->side, "device") != 0)
        return;
    bool is_reset = event->kind == EVENT_RESET && event->incoming && event->message_id >= 0;
    if (event->kind == EVENT_REGISTERED || event->kind == EVENT_UPDATED ||
        event->kind == EVENT_DEREGISTERED)
        hear_registration(recorder, event);
    else if (event->kind == EVENT_NOTIFICATION && !event->incoming)
        hear_notification(recorder, event);
    else if (is_reset)
        hear_reset(recorder, event);
    else if (event->kind == EVENT_STATE)
        hear_state(recorder, event);
}

/* --- coming and going ------------------------------------------------------------------------- */

void recorder_attach(struct recorder *recorder, const struct device *device)
{
    recorder->device = device;
    recorder->ear = (struct trace_listener){.hear = hear, .arg = recorder};
    trace_listen(recorder->config.trace, &recorder->ear);
}

void recorder_detach(struct recorder *recorder)
{
    if (recorder == NULL || recorder->device == NULL)
        return;
    trace_unlisten(recorder->config.trace, &recorder->ear);
    recorder->device = NULL;
}
