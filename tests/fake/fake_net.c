/* SPDX-License-Identifier: Apache-2.0 */
/* The in-memory network: datagrams in flight, and confirmable ones that wait for an answer. */
#include "base/std.h"

#include "tests/fake/fake_impl.h"

enum { FIRST_PORT = 49152 };

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

void fake_pending_free(struct pending *pending)
{
    struct pending **at = &pending->peer->pending;
    while (*at != pending)
        at = &(*at)->next;
    *at = pending->next;
    timer_stop(&pending->again);
    message_release(&pending->message);
    free(pending);
}

void fake_forget_in_flight(const struct fake_peer *peer)
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

static bool is_listened_to(const struct fake_peer *from)
{
    for (const struct fake_endpoint *at = from->owner->net->endpoints; at != NULL; at = at->next)
        if (at->uri != NULL && strcmp(at->uri, from->uri) == 0)
            return true;
    return false;
}

/* Whoever has forgotten a secured session does not understand what comes on it. */
static bool is_forgotten(const struct fake_peer *from)
{
    return from->base.security != NULL && from->had_far && from->far == NULL &&
           is_listened_to(from);
}

/* Who receives what FROM sends; a client's first message makes the server's end of it. */
static struct fake_peer *far_end(struct fake_peer *from)
{
    if (is_forgotten(from))
        return NULL;
    for (struct fake_endpoint *at = from->owner->net->endpoints; at != NULL; at = at->next) {
        if (from->far == NULL && at->uri != NULL && strcmp(at->uri, from->uri) == 0) {
            from->far = fake_peer_new(at);
            from->far->far = from;
            from->had_far = true;
            if (from->base.security != NULL) {
                from->far->security = from->security;
                from->far->base.security = &from->far->security;
            }
        }
    }
    return from->far;
}

void fake_trace(const struct fake_peer *peer, bool incoming, enum kind kind,
                const struct message *message)
{
    static const enum event_kind kinds[] = {
        [REQUEST] = EVENT_REQUEST,
        [RESPONSE] = EVENT_RESPONSE,
        [NOTIFICATION] = EVENT_NOTIFICATION,
        [RESET] = EVENT_RESET,
    };
    if (kind == ACK)
        return;
    const char *type = message->confirmable ? "CON" : "NON";
    if (kind == RESET)
        type = "RST";
    else if (kind == RESPONSE && message->confirmable)
        type = "ACK";
    endpoint_trace(&peer->owner->base, &peer->base, (struct passage){kinds[kind], incoming, type},
                   message);
}

static void arrive(void *arg)
{
    struct datagram *datagram = arg;
    struct fake_peer *to = datagram->to;
    if (to == NULL && datagram->from != NULL && !datagram->is_lost)
        fake_refuse(datagram->from, datagram->kind, &datagram->message);
    else if (to != NULL && !datagram->is_lost && !to->owner->is_silent && !to->owner->base.deaf)
        fake_receive(to, datagram->kind, &datagram->message);
    datagram_free(datagram);
}

void fake_transmit(struct fake_peer *from, enum kind kind, const struct message *message)
{
    struct fake_net *net = from->owner->net;
    struct datagram *datagram = xalloc(sizeof *datagram);
    datagram->net = net;
    datagram->kind = kind;
    datagram->from = from;
    datagram->to = far_end(from);
    message_copy(message, &datagram->message);
    datagram->is_lost = from->owner->is_silent || net->drop > 0 || is_forgotten(from);
    net->drop -= net->drop > 0;
    net->sent++;
    datagram->next = net->datagrams;
    net->datagrams = datagram;
    timer_start(&datagram->flight, net->clock, net->delay, arrive, datagram);
    fake_trace(from, false, kind, message);
}

static void transmit_again(void *arg)
{
    struct pending *pending = arg;
    struct clock *clock = pending->peer->owner->net->clock;
    if (pending->attempts > FAKE_RETRANSMITS) {
        endpoint_notified *notified = pending->notified;
        void *notified_arg = pending->arg;
        fake_pending_free(pending);
        if (notified != NULL)
            notified(notified_arg, NOTIFY_TIMEOUT);
        return;
    }
    int64_t wait = (int64_t)FAKE_ACK_TIMEOUT_MS << pending->attempts++;
    timer_start(&pending->again, clock, wait, transmit_again, pending);
    fake_transmit(pending->peer, pending->kind, &pending->message);
}

/* Sends MESSAGE, again and again when it is confirmable; its id must be set. */
void fake_post(struct fake_peer *from, enum kind kind, const struct message *message,
               endpoint_notified *notified, void *arg)
{
    if (!message->confirmable) {
        fake_transmit(from, kind, message);
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
