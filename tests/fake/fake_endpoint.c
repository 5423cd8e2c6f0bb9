/* SPDX-License-Identifier: Apache-2.0 */
/* The port on the in-memory network: peers, exchanges, and what becomes of a message. */
#include "base/std.h"

#include "tests/fake/fake_impl.h"

struct fake_peer *fake_peer_new(struct fake_endpoint *owner)
{
    struct fake_peer *peer = xalloc(sizeof *peer);
    peer->owner = owner;
    snprintf(peer->base.name, sizeof peer->base.name, "127.0.0.1:%u", owner->net->next_port++);
    struct fake_peer **end = &owner->peers;
    while (*end != NULL)
        end = &(*end)->next;
    *end = peer;
    return peer;
}

static struct pending *find_pending(struct fake_peer *peer, int message_id)
{
    struct pending *at = peer->pending;
    while (at != NULL && at->message.message_id != message_id)
        at = at->next;
    return at;
}

static void exchange_free(struct exchange *exchange)
{
    struct exchange **at = &exchange->peer->exchanges;
    while (*at != exchange)
        at = &(*at)->next;
    *at = exchange->next;
    timer_stop(&exchange->limit);
    struct pending *pending = find_pending(exchange->peer, exchange->message_id);
    if (pending != NULL && pending->kind == REQUEST)
        fake_pending_free(pending);
    free(exchange);
}

static void peer_free(struct fake_peer *peer)
{
    struct fake_peer **at = &peer->owner->peers;
    while (*at != peer)
        at = &(*at)->next;
    *at = peer->next;
    while (peer->exchanges != NULL)
        exchange_free(peer->exchanges);
    while (peer->pending != NULL)
        fake_pending_free(peer->pending);
    for (size_t i = 0; i < ANSWERS_KEPT; i++)
        if (peer->answers[i].code != CODE_EMPTY)
            message_release(&peer->answers[i]);
    if (peer->far != NULL)
        peer->far->far = NULL;
    fake_forget_in_flight(peer);
    free(peer);
}

static void transmit_empty(struct fake_peer *from, enum kind kind, int message_id)
{
    struct message message;
    message_init(&message);
    message.message_id = message_id;
    fake_transmit(from, kind, &message);
    message_release(&message);
}

static int choose_message_id(struct fake_net *net)
{
    int chosen = net->next_message_id;
    net->next_message_id = (chosen + 1) & 0xffff;
    return chosen;
}

static struct exchange *find_exchange(struct fake_peer *peer, const struct message *message,
                                      bool has_answer)
{
    struct exchange *at = peer->exchanges;
    while (at != NULL && (at->has_answer != has_answer || at->token_len != message->token_len ||
                          memcmp(at->token, message->token, message->token_len) != 0))
        at = at->next;
    return at;
}

static void finish(struct exchange *exchange, enum status status, const struct message *response)
{
    endpoint_response *call = exchange->response;
    void *arg = exchange->arg;
    exchange_free(exchange);
    call(arg, status, response);
}

static void receive_response(struct fake_peer *peer, const struct message *response)
{
    struct exchange *exchange = find_exchange(peer, response, false);
    struct pending *pending = find_pending(peer, response->message_id);
    if (pending != NULL)
        fake_pending_free(pending);
    if (exchange == NULL)
        return;
    if (exchange->is_observation && code_is_success(response->code) && response->observe >= 0) {
        exchange->has_answer = true;
        timer_stop(&exchange->limit);
        exchange->response(exchange->arg, ST_OK, response);
    } else {
        finish(exchange, ST_OK, response);
    }
}

static struct message *find_answer(struct fake_peer *peer, int message_id)
{
    for (size_t i = 0; i < ANSWERS_KEPT; i++)
        if (peer->answers[i].code != CODE_EMPTY && peer->answers[i].message_id == message_id)
            return &peer->answers[i];
    return NULL;
}

static void keep_answer(struct fake_peer *peer, const struct message *response)
{
    struct message *answer = &peer->answers[peer->oldest_answer];
    peer->oldest_answer = (peer->oldest_answer + 1) % ANSWERS_KEPT;
    if (answer->code != CODE_EMPTY)
        message_release(answer);
    message_copy(response, answer);
}

static void ask_owner(struct fake_peer *peer, const struct message *request,
                      struct message *response)
{
    struct endpoint *endpoint = &peer->owner->base;
    peer->is_serving = true;
    if (endpoint->on_request != NULL)
        endpoint->on_request(endpoint->user, &peer->base, request, response);
    peer->is_serving = false;
    response->confirmable = request->confirmable;
    response->message_id = request->message_id;
    memcpy(response->token, request->token, sizeof response->token);
    response->token_len = request->token_len;
}

static void receive_request(struct fake_peer *peer, const struct message *request)
{
    struct message *known = find_answer(peer, request->message_id);
    if (known != NULL) {
        fake_transmit(peer, RESPONSE, known);
        return;
    }
    struct message response;
    message_init(&response);
    response.code = CODE_INTERNAL_ERROR;
    ask_owner(peer, request, &response);
    keep_answer(peer, &response);
    fake_transmit(peer, RESPONSE, &response);
    message_release(&response);
    if (peer->is_leaving)
        peer_free(peer);
}

static void receive_notification(struct fake_peer *peer, const struct message *notification)
{
    struct exchange *exchange = find_exchange(peer, notification, true);
    if (exchange == NULL) {
        transmit_empty(peer, RESET, notification->message_id);
        return;
    }
    if (notification->confirmable)
        transmit_empty(peer, ACK, notification->message_id);
    if (code_is_success(notification->code))
        exchange->response(exchange->arg, ST_OK, notification);
    else
        finish(exchange, ST_OK, notification);
}

static void receive_empty(struct fake_peer *peer, int message_id, enum notify_outcome outcome)
{
    struct pending *pending = find_pending(peer, message_id);
    if (pending == NULL)
        return;
    endpoint_notified *notified = pending->notified;
    void *arg = pending->arg;
    fake_pending_free(pending);
    if (notified != NULL)
        notified(arg, outcome);
}

void fake_receive(struct fake_peer *peer, enum kind kind, const struct message *message)
{
    fake_trace(peer, true, kind, message);
    switch (kind) {
    case REQUEST:
        receive_request(peer, message);
        break;
    case RESPONSE:
        receive_response(peer, message);
        break;
    case NOTIFICATION:
        receive_notification(peer, message);
        break;
    case ACK:
        receive_empty(peer, message->message_id, NOTIFY_ACKNOWLEDGED);
        break;
    case RESET:
        receive_empty(peer, message->message_id, NOTIFY_RESET);
        break;
    }
}

void fake_refuse(struct fake_peer *from, enum kind kind, const struct message *message)
{
    struct exchange *exchange = kind == REQUEST ? find_exchange(from, message, false) : NULL;
    if (exchange != NULL)
        finish(exchange, ST_UNREACHABLE, NULL);
}

static struct fake_endpoint *own(struct endpoint *endpoint)
{
    return (struct fake_endpoint *)endpoint;
}

static enum status fake_connect(struct endpoint *endpoint, const struct remote *remote,
                                struct peer **out, struct error *error)
{
    UNUSED(error);
    struct fake_peer *peer = fake_peer_new(own(endpoint));
    snprintf(peer->uri, sizeof peer->uri, "%s", remote->uri);
    peer->base.is_stream = strstr(remote->uri, "+tcp:") != NULL;
    if (remote->security != NULL) {
        struct bytes identity = remote->security->identity;
        snprintf(peer->security.identity, sizeof peer->security.identity, "%.*s", (int)identity.len,
                 (const char *)identity.data);
        peer->base.security = &peer->security;
    }
    *out = &peer->base;
    return ST_OK;
}

static void fake_disconnect(struct endpoint *endpoint, struct peer *base)
{
    UNUSED(endpoint);
    struct fake_peer *peer = (struct fake_peer *)base;
    peer->is_leaving = true;
    if (!peer->is_serving)
        peer_free(peer);
}

static void limit_passed(void *arg)
{
    finish(arg, ST_TIMEOUT, NULL);
}

static struct exchange *exchange_new(struct fake_peer *peer, const struct message *request)
{
    struct exchange *exchange = xalloc(sizeof *exchange);
    exchange->peer = peer;
    memcpy(exchange->token, request->token, sizeof exchange->token);
    exchange->token_len = request->token_len;
    exchange->message_id = request->message_id;
    exchange->is_observation = request->observe == 0;
    struct exchange **end = &peer->exchanges;
    while (*end != NULL)
        end = &(*end)->next;
    *end = exchange;
    timer_start(&exchange->limit, peer->owner->net->clock, FAKE_GIVE_UP_MS, limit_passed, exchange);
    return exchange;
}

static enum status fake_request(struct endpoint *endpoint, struct peer *base,
                                const struct message *given, endpoint_response *response, void *arg,
                                struct exchange **out)
{
    struct fake_net *net = own(endpoint)->net;
    struct fake_peer *peer = (struct fake_peer *)base;
    struct message request;
    message_copy(given, &request);
    if (request.message_id < 0)
        request.message_id = choose_message_id(net);
    if (request.token_len == 0) {
        uint64_t token = ++net->next_token;
        memcpy(request.token, &token, sizeof token);
        request.token_len = sizeof token;
    }
    struct exchange *exchange = exchange_new(peer, &request);
    exchange->response = response;
    exchange->arg = arg;
    fake_post(peer, REQUEST, &request, NULL, NULL);
    message_release(&request);
    if (out != NULL)
        *out = exchange;
    return ST_OK;
}

static void fake_cancel(struct endpoint *endpoint, struct exchange *exchange)
{
    UNUSED(endpoint);
    exchange_free(exchange);
}

static enum status fake_notify(struct endpoint *endpoint, struct peer *peer,
                               const struct message *given, endpoint_notified *notified, void *arg)
{
    struct message notification;
    message_copy(given, &notification);
    if (notification.message_id < 0)
        notification.message_id = choose_message_id(own(endpoint)->net);
    fake_post((struct fake_peer *)peer, NOTIFICATION, &notification, notified, arg);
    message_release(&notification);
    return ST_OK;
}

static void fake_forget_bodies(struct endpoint *endpoint, const char *path)
{
    UNUSED(path);
    own(endpoint)->forgotten++;
}

static void fake_free(struct endpoint *endpoint)
{
    struct fake_endpoint *fake = own(endpoint);
    while (fake->peers != NULL)
        peer_free(fake->peers);
    struct fake_endpoint **at = &fake->net->endpoints;
    while (*at != fake)
        at = &(*at)->next;
    *at = fake->next;
    free(fake);
}

static const struct endpoint_ops fake_ops = {
    .connect = fake_connect,
    .disconnect = fake_disconnect,
    .request = fake_request,
    .cancel = fake_cancel,
    .notify = fake_notify,
    .forget_bodies = fake_forget_bodies,
    .free = fake_free,
};

struct endpoint *fake_endpoint_new(struct fake_net *net, const char *uri)
{
    struct fake_endpoint *fake = xalloc(sizeof *fake);
    fake->base.ops = &fake_ops;
    fake->base.side = "";
    fake->net = net;
    fake->uri = uri;
    fake->next = net->endpoints;
    net->endpoints = fake;
    if (uri != NULL)
        snprintf(fake->base.local[fake->base.local_count++], LISTEN_TEXT, "%s", uri);
    return &fake->base;
}

void fake_endpoint_silence(struct endpoint *endpoint, bool silent)
{
    own(endpoint)->is_silent = silent;
}

void fake_endpoint_lose(struct endpoint *endpoint, struct peer *peer)
{
    if (endpoint->on_peer_gone != NULL)
        endpoint->on_peer_gone(endpoint->user, peer);
    peer_free((struct fake_peer *)peer);
}

size_t fake_endpoint_peers(struct endpoint *endpoint)
{
    size_t count = 0;
    for (struct fake_peer *at = own(endpoint)->peers; at != NULL; at = at->next)
        count++;
    return count;
}

struct peer *fake_endpoint_peer(struct endpoint *endpoint, size_t index)
{
    struct fake_peer *at = own(endpoint)->peers;
    for (size_t i = 0; at != NULL && i < index; i++)
        at = at->next;
    return at != NULL ? &at->base : NULL;
}

unsigned fake_endpoint_forgotten(struct endpoint *endpoint)
{
    return own(endpoint)->forgotten;
}
