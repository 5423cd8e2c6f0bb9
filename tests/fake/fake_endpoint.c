/* SPDX-License-Identifier: Apache-2.0 */
/* The in-memory network: datagrams in flight, and confirmable ones that wait for an answer. */
#include "base/std.h"

#include "tests/fake/fake_endpoint.h"

enum { ANSWERS_KEPT = 16, FIRST_PORT = 49152 };

enum kind { REQUEST, RESPONSE, NOTIFICATION, ACK, RESET };

struct fake_endpoint {
    struct endpoint base;
    struct fake_net *net;       /* (borrowed) */
    const char *uri;            /* (borrowed) */
    struct fake_peer *peers;    /* (owned) the oldest first */
    struct fake_endpoint *next; /* (borrowed) */
    bool is_silent;
    unsigned forgotten;
};

/* What a request was answered, for its duplicates. */
struct answer {
    int message_id; /* -1: free */
    struct message response;
};

struct fake_peer {
    struct peer base;
    struct fake_endpoint *owner; /* (borrowed) */
    struct fake_peer *far;       /* (borrowed) the same session as the other end has it; or NULL */
    char uri[128];               /* client sessions: whom it leads to */
    struct fake_peer *next;      /* (borrowed) */
    struct exchange *exchanges;  /* (owned) the oldest first */
    struct pending *pending;     /* (owned) */
    struct answer answers[ANSWERS_KEPT];
    size_t oldest_answer;
    bool is_serving; /* inside on_request */
    bool is_leaving; /* disconnected meanwhile */
};

struct exchange {
    struct fake_peer *peer; /* (borrowed) */
    struct exchange *next;  /* (borrowed) */
    endpoint_response *response;
    void *arg; /* (borrowed) */
    uint8_t token[8];
    uint8_t token_len;
    int message_id;
    bool is_observation;
    bool has_answer;
    struct timer limit;
};

/* A confirmable message that is sent again until it is acknowledged. */
struct pending {
    struct fake_peer *peer; /* (borrowed) */
    struct pending *next;   /* (borrowed) */
    enum kind kind;
    struct message message;
    endpoint_notified *notified;
    void *arg; /* (borrowed) */
    unsigned attempts;
    struct timer again;
};

struct datagram {
    struct fake_net *net;   /* (borrowed) */
    struct fake_peer *from; /* (borrowed) NULL: gone meanwhile */
    struct fake_peer *to;   /* (borrowed) NULL: nobody there */
    struct datagram *next;  /* (borrowed) */
    enum kind kind;
    struct message message;
    bool is_lost;
    struct timer flight;
};

struct fake_net {
    struct clock *clock; /* (borrowed) */
    int64_t delay;
    unsigned drop;
    unsigned sent;
    int next_message_id;
    uint64_t next_token;
    unsigned next_port;
    struct fake_endpoint *endpoints; /* (borrowed) */
    struct datagram *datagrams;      /* (owned) */
};

struct fake_net *fake_net_new(struct clock *clock)
{
    struct fake_net *net = xalloc(sizeof *net);
    net->clock = clock;
    net->next_port = FIRST_PORT;
    net->next_message_id = 1;
    return net;
}

void fake_net_delay(struct fake_net *net, int64_t ms)
{
    net->delay = ms;
}

void fake_net_drop(struct fake_net *net, unsigned count)
{
    net->drop = count;
}

unsigned fake_net_sent(const struct fake_net *net)
{
    return net->sent;
}

static void datagram_free(struct datagram *datagram)
{
    struct datagram **at = &datagram->net->datagrams;
    while (*at != datagram)
        at = &(*at)->next;
    *at = datagram->next;
    timer_stop(&datagram->flight);
    message_release(&datagram->message);
    free(datagram);
}

void fake_net_free(struct fake_net *net)
{
    if (net == NULL)
        return;
    assert(net->endpoints == NULL);
    while (net->datagrams != NULL)
        datagram_free(net->datagrams);
    free(net);
}

/* ---- peers ---- */

static struct fake_peer *peer_new(struct fake_endpoint *owner)
{
    struct fake_peer *peer = xalloc(sizeof *peer);
    peer->owner = owner;
    snprintf(peer->base.name, sizeof peer->base.name, "127.0.0.1:%u", owner->net->next_port++);
    for (size_t i = 0; i < ANSWERS_KEPT; i++)
        peer->answers[i].message_id = -1;
    struct fake_peer **end = &owner->peers;
    while (*end != NULL)
        end = &(*end)->next;
    *end = peer;
    return peer;
}

static void pending_free(struct pending *pending)
{
    struct pending **at = &pending->peer->pending;
    while (*at != pending)
        at = &(*at)->next;
    *at = pending->next;
    timer_stop(&pending->again);
    message_release(&pending->message);
    free(pending);
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
        pending_free(pending);
    free(exchange);
}

static void forget_in_flight(const struct fake_peer *peer)
{
    for (struct datagram *at = peer->owner->net->datagrams; at != NULL; at = at->next) {
        if (at->from == peer)
            at->from = NULL;
        if (at->to == peer) {
            at->to = NULL;
            at->is_lost = true;
        }
    }
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
        pending_free(peer->pending);
    for (size_t i = 0; i < ANSWERS_KEPT; i++)
        if (peer->answers[i].message_id >= 0)
            message_release(&peer->answers[i].response);
    if (peer->far != NULL)
        peer->far->far = NULL;
    forget_in_flight(peer);
    free(peer);
}

/* Who receives what FROM sends; a client's first message makes the server's end of it. */
static struct fake_peer *far_end(struct fake_peer *from)
{
    for (struct fake_endpoint *at = from->owner->net->endpoints; at != NULL; at = at->next) {
        if (from->far == NULL && at->uri != NULL && strcmp(at->uri, from->uri) == 0) {
            from->far = peer_new(at);
            from->far->far = from;
        }
    }
    return from->far;
}

/* ---- sending ---- */

static const char *type_of(enum kind kind, const struct message *message)
{
    if (kind == RESET)
        return "RST";
    if (kind == RESPONSE && message->confirmable)
        return "ACK";
    return message->confirmable ? "CON" : "NON";
}

static void trace(const struct fake_peer *peer, bool incoming, enum kind kind,
                  const struct message *message)
{
    static const enum event_kind kinds[] = {
        [REQUEST] = EVENT_REQUEST,
        [RESPONSE] = EVENT_RESPONSE,
        [NOTIFICATION] = EVENT_NOTIFICATION,
        [RESET] = EVENT_RESET,
    };
    struct passage passage = {kinds[kind == ACK ? RESET : kind], incoming, type_of(kind, message)};
    if (kind != ACK)
        endpoint_trace(&peer->owner->base, &peer->base, passage, message);
}

static void arrive(void *arg);

static void transmit(struct fake_peer *from, enum kind kind, const struct message *message)
{
    struct fake_net *net = from->owner->net;
    struct datagram *datagram = xalloc(sizeof *datagram);
    datagram->net = net;
    datagram->kind = kind;
    datagram->from = from;
    datagram->to = far_end(from);
    message_copy(message, &datagram->message);
    datagram->is_lost = from->owner->is_silent || net->drop > 0;
    net->drop -= net->drop > 0;
    net->sent++;
    datagram->next = net->datagrams;
    net->datagrams = datagram;
    timer_start(&datagram->flight, net->clock, net->delay, arrive, datagram);
    trace(from, false, kind, message);
}

static void transmit_again(void *arg)
{
    struct pending *pending = arg;
    struct clock *clock = pending->peer->owner->net->clock;
    if (pending->attempts > FAKE_RETRANSMITS) {
        endpoint_notified *notified = pending->notified;
        void *notified_arg = pending->arg;
        pending_free(pending);
        if (notified != NULL)
            notified(notified_arg, NOTIFY_TIMEOUT);
        return;
    }
    int64_t wait = (int64_t)FAKE_ACK_TIMEOUT_MS << pending->attempts++;
    timer_start(&pending->again, clock, wait, transmit_again, pending);
    transmit(pending->peer, pending->kind, &pending->message);
}

/* Sends MESSAGE, again and again when it is confirmable; its id must be set. */
static void post(struct fake_peer *from, enum kind kind, const struct message *message,
                 endpoint_notified *notified, void *arg)
{
    if (!message->confirmable) {
        transmit(from, kind, message);
        return;
    }
    struct pending *pending = xalloc(sizeof *pending);
    pending->peer = from;
    pending->kind = kind;
    message_copy(message, &pending->message);
    pending->notified = notified;
    pending->arg = arg;
    pending->next = from->pending;
    from->pending = pending;
    transmit_again(pending);
}

static void transmit_empty(struct fake_peer *from, enum kind kind, int message_id)
{
    struct message message;
    message_init(&message);
    message.message_id = message_id;
    transmit(from, kind, &message);
    message_release(&message);
}

static int choose_message_id(struct fake_net *net)
{
    int chosen = net->next_message_id;
    net->next_message_id = (chosen + 1) & 0xffff;
    return chosen;
}

/* ---- receiving ---- */

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
        pending_free(pending);
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

static struct answer *find_answer(struct fake_peer *peer, int message_id)
{
    for (size_t i = 0; i < ANSWERS_KEPT; i++)
        if (peer->answers[i].message_id == message_id)
            return &peer->answers[i];
    return NULL;
}

static void keep_answer(struct fake_peer *peer, const struct message *response)
{
    struct answer *answer = &peer->answers[peer->oldest_answer];
    peer->oldest_answer = (peer->oldest_answer + 1) % ANSWERS_KEPT;
    if (answer->message_id >= 0)
        message_release(&answer->response);
    answer->message_id = response->message_id;
    message_copy(response, &answer->response);
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
    struct answer *known = find_answer(peer, request->message_id);
    if (known != NULL) {
        transmit(peer, RESPONSE, &known->response);
        return;
    }
    struct message response;
    message_init(&response);
    response.code = CODE_INTERNAL_ERROR;
    ask_owner(peer, request, &response);
    keep_answer(peer, &response);
    transmit(peer, RESPONSE, &response);
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
    pending_free(pending);
    if (notified != NULL)
        notified(arg, outcome);
}

static void receive(struct fake_peer *peer, enum kind kind, const struct message *message)
{
    trace(peer, true, kind, message);
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

static void refuse(const struct datagram *datagram)
{
    struct exchange *exchange = NULL;
    if (datagram->from != NULL && datagram->kind == REQUEST)
        exchange = find_exchange(datagram->from, &datagram->message, false);
    if (exchange != NULL)
        finish(exchange, ST_UNREACHABLE, NULL);
}

static void arrive(void *arg)
{
    struct datagram *datagram = arg;
    struct fake_peer *to = datagram->to;
    if (to == NULL && !datagram->is_lost)
        refuse(datagram);
    else if (to != NULL && !datagram->is_lost && !to->owner->is_silent)
        receive(to, datagram->kind, &datagram->message);
    datagram_free(datagram);
}

/* ---- the port ---- */

static struct fake_endpoint *own(struct endpoint *endpoint)
{
    return (struct fake_endpoint *)endpoint;
}

static enum status fake_connect(struct endpoint *endpoint, const char *uri, const char *address,
                                struct peer **out, struct error *error)
{
    UNUSED(address);
    UNUSED(error);
    struct fake_peer *peer = peer_new(own(endpoint));
    snprintf(peer->uri, sizeof peer->uri, "%s", uri);
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
    post(peer, REQUEST, &request, NULL, NULL);
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
    post((struct fake_peer *)peer, NOTIFICATION, &notification, notified, arg);
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
        snprintf(fake->base.local, sizeof fake->base.local, "%s", uri);
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
