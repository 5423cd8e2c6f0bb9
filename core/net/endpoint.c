/* SPDX-License-Identifier: Apache-2.0 */
/* The port's calls, handed to whoever implements it, and its messages told to the trace. */
#include "base/std.h"

#include "net/endpoint.h"

enum status endpoint_open(struct endpoint *endpoint, const struct remote *remote, struct peer **out,
                          struct error *error)
{
    return endpoint->ops->connect(endpoint, remote, out, error);
}

enum status endpoint_connect(struct endpoint *endpoint, const char *uri, const char *address,
                             struct peer **out, struct error *error)
{
    const struct remote remote = {.uri = uri, .address = address};
    return endpoint_open(endpoint, &remote, out, error);
}

const char *endpoint_problem(const struct peer *peer)
{
    const struct peer_security *security = peer->security;
    if (security == NULL)
        return peer->closing;
    return security->problem[0] == '\0' ? NULL : security->problem;
}

void endpoint_disconnect(struct endpoint *endpoint, struct peer *peer)
{
    endpoint->ops->disconnect(endpoint, peer);
}

enum status endpoint_request(struct endpoint *endpoint, struct peer *peer,
                             const struct message *request, endpoint_response *response, void *arg,
                             struct exchange **out)
{
    return endpoint->ops->request(endpoint, peer, request, response, arg, out);
}

void endpoint_cancel(struct endpoint *endpoint, struct exchange *exchange)
{
    endpoint->ops->cancel(endpoint, exchange);
}

enum status endpoint_notify(struct endpoint *endpoint, struct peer *peer,
                            const struct message *notification, endpoint_notified *notified,
                            void *arg)
{
    return endpoint->ops->notify(endpoint, peer, notification, notified, arg);
}

void endpoint_set_deaf(struct endpoint *endpoint, bool deaf)
{
    endpoint->deaf = deaf;
    if (endpoint->ops->set_deaf != NULL)
        endpoint->ops->set_deaf(endpoint, deaf);
}

bool endpoint_hold(struct endpoint *endpoint, bool holds, int64_t ms)
{
    if (endpoint->ops->hold == NULL)
        return false;
    endpoint->ops->hold(endpoint, holds, ms);
    return true;
}

void endpoint_forget_bodies(struct endpoint *endpoint, const char *path)
{
    endpoint->ops->forget_bodies(endpoint, path);
}

void endpoint_free(struct endpoint *endpoint)
{
    if (endpoint != NULL)
        endpoint->ops->free(endpoint);
}

/* The path of a request (`/` when it has none), the location in a response, what a notification is
 * about; else NULL. */
static const char *path_of(const struct message *message, struct buf *path)
{
    if (message->location.count > 0)
        segments_join(&message->location, '/', path);
    else
        segments_join(&message->path, '/', path);
    if (path->len > 0)
        return buf_text(path);
    return code_is_request(message->code) ? "/" : NULL;
}

/* Keys are written to the Security object, and nowhere else. */
static bool is_secret(const struct message *message)
{
    return code_is_request(message->code) && message->path.count > 0 &&
           bytes_is(segments_at(&message->path, 0), "0");
}

/* ABOUT has the path. */
static void trace_message(const struct endpoint *endpoint, const struct peer *peer,
                          struct passage passage, const struct message *message,
                          const struct message *about)
{
    if (endpoint->trace == NULL || endpoint->trace->listeners == NULL)
        return;
    char code[CODE_TEXT];
    struct buf path, query;
    buf_init(&path, BODY_MOST);
    buf_init(&query, BODY_MOST);
    segments_join(&message->query, '&', &query);
    struct event event = event_of(passage.kind, endpoint->side);
    event.incoming = passage.incoming;
    event.peer = peer->name;
    event.type = passage.type;
    event.message_id = message->message_id;
    event.token = (struct bytes){message->token, message->token_len};
    event.code = code_text(message->code, code);
    event.path = path_of(about, &path);
    if (event.path == NULL && passage.kind == EVENT_NOTIFICATION)
        event.path = "/"; /* of a composite observation */
    event.query = query.len > 0 ? buf_text(&query) : NULL;
    event.format = message->format;
    event.accept = message->accept;
    event.observe = message->observe;
    event.payload = buf_bytes(&message->payload);
    event.secret = is_secret(message);
    trace_emit(endpoint->trace, &event);
    buf_release(&path);
    buf_release(&query);
}

void endpoint_trace(const struct endpoint *endpoint, const struct peer *peer,
                    struct passage passage, const struct message *message)
{
    trace_message(endpoint, peer, passage, message, message);
}

void endpoint_trace_news(const struct endpoint *endpoint, const struct peer *peer, const char *type,
                         const struct message *notification, const struct message *request)
{
    struct passage passage = {EVENT_NOTIFICATION, true, type};
    trace_message(endpoint, peer, passage, notification, request);
}
