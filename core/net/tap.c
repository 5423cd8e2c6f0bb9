/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for the endpoint's own calls and for its user's handlers, and passes everything on. */
#include "base/std.h"

#include "net/tap.h"

struct tap {
    struct endpoint_ops ops; /* first: the endpoint's `ops` points here, so a call finds its tap */
    const struct endpoint_ops *below; /* (borrowed) the endpoint's own */
    struct endpoint *endpoint;        /* (borrowed) */
    struct tap_listener listener;
    bool is_open;
    void (*on_request)(void *user, struct peer *peer, const struct message *request,
                       struct message *response);
    void (*on_peer_gone)(void *user, struct peer *peer);
    void *user; /* (borrowed) of the two handlers */
};

static enum status notify(struct endpoint *endpoint, struct peer *peer,
                          const struct message *notification, endpoint_notified *notified,
                          void *arg)
{
    const struct tap *tap = (const struct tap *)endpoint->ops;
    enum status status = tap->below->notify(endpoint, peer, notification, notified, arg);
    if (status == ST_OK)
        tap->listener.on_notified(tap->listener.arg, peer, notification);
    return status;
}

/* Before it is sent: what comes of it may be heard of by another way. */
static enum status request(struct endpoint *endpoint, struct peer *peer,
                           const struct message *request, endpoint_response *response, void *arg,
                           struct exchange **out)
{
    const struct tap *tap = (const struct tap *)endpoint->ops;
    tap->listener.on_asked(tap->listener.arg, peer, request);
    return tap->below->request(endpoint, peer, request, response, arg, out);
}

static void on_request(void *user, struct peer *peer, const struct message *request,
                       struct message *response)
{
    const struct tap *tap = user;
    tap->on_request(tap->user, peer, request, response);
    tap->listener.on_served(tap->listener.arg, peer, request, response);
}

static void on_peer_gone(void *user, struct peer *peer)
{
    const struct tap *tap = user;
    if (tap->on_peer_gone != NULL)
        tap->on_peer_gone(tap->user, peer);
}

struct tap *tap_new(struct endpoint *endpoint, const struct tap_listener *listener)
{
    struct tap *tap = xalloc(sizeof *tap);
    tap->below = endpoint->ops;
    tap->ops = *endpoint->ops;
    tap->ops.notify = notify;
    tap->ops.request = request;
    tap->endpoint = endpoint;
    tap->listener = *listener;
    endpoint->ops = &tap->ops;
    return tap;
}

void tap_open(struct tap *tap)
{
    struct endpoint *endpoint = tap->endpoint;
    assert(!tap->is_open && endpoint->on_request != NULL);
    tap->is_open = true;
    tap->on_request = endpoint->on_request;
    tap->on_peer_gone = endpoint->on_peer_gone;
    tap->user = endpoint->user;
    endpoint->on_request = on_request;
    endpoint->on_peer_gone = on_peer_gone;
    endpoint->user = tap;
}

void tap_free(struct tap *tap)
{
    if (tap == NULL)
        return;
    struct endpoint *endpoint = tap->endpoint;
    endpoint->ops = tap->below;
    if (tap->is_open && endpoint->on_request == on_request) {
        endpoint->on_request = tap->on_request;
        endpoint->on_peer_gone = tap->on_peer_gone;
        endpoint->user = tap->user;
    }
    free(tap);
}
