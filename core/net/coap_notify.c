/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications that are sent, and what became of the confirmable ones.
 *
 * libcoap tells of a Reset and of giving up, and says nothing of an acknowledgement. So one counts
 * as acknowledged when nothing at all waits for an acknowledgement any more, or when the time in
 * which it would have been given up has passed. */
#include <coap3/coap.h>

#include "base/std.h"

#include "net/coap_impl.h"

static void await(struct coap_peer *peer, int message_id, endpoint_notified *notified, void *arg)
{
    struct coap_endpoint *endpoint = peer->endpoint;
    struct notice *notice = xalloc(sizeof *notice);
    notice->message_id = message_id;
    notice->notified = notified;
    notice->arg = arg;
    notice->due = clock_now(endpoint->clock) + endpoint->transmit_wait_ms;
    struct notice **end = &peer->notices;
    for (; *end != NULL; end = &(*end)->next)
        notice->due += endpoint->transmit_wait_ms;
    *end = notice;
    endpoint->notice_count++;
}

enum status coap_notify_send(struct endpoint *base, struct peer *base_peer,
                             const struct message *notification, endpoint_notified *notified,
                             void *arg)
{
    struct coap_endpoint *endpoint = (struct coap_endpoint *)base;
    struct coap_peer *peer = (struct coap_peer *)base_peer;
    struct packet packet;
    packet_init(&packet);
    message_release(&packet.message);
    message_copy(notification, &packet.message);
    if (packet.message.message_id < 0 && peer->link == NULL)
        packet.message.message_id = coap_peer_message_id(peer);
    unsigned szx = observers_complete(&peer->observers, &packet.message);
    unsigned most =
        peer->link == NULL ? SZX_MOST : coap_stream_szx(peer, coap_pdu_room(notification));
    bodies_cut_notification(endpoint->bodies, peer, szx < most ? szx : most, &packet);
    struct passage passage = {EVENT_NOTIFICATION, false, coap_peer_type(peer, notification)};
    endpoint_trace(base, base_peer, passage, &packet.message);
    enum status status = coap_pdu_send(peer, &packet);
    if (status != ST_LIMIT && notification->confirmable && notified != NULL)
        await(peer, packet.message.message_id, notified, arg);
    if (status == ST_UNREACHABLE && peer->link != NULL)
        coap_notices_settle(peer, NOTIFY_TIMEOUT);
    else if (status == ST_UNREACHABLE)
        coap_notify_settle(peer, packet.message.message_id, NOTIFY_TIMEOUT);
    packet_release(&packet);
    return status == ST_LIMIT ? ST_LIMIT : ST_OK;
}

bool coap_notify_settle(struct coap_peer *peer, int message_id, enum notify_outcome outcome)
{
    for (struct notice *at = peer->notices; at != NULL; at = at->next) {
        if (at->message_id == message_id && !at->is_settled) {
            at->is_settled = true;
            at->outcome = outcome;
            coap_wake(peer->endpoint);
            return true;
        }
    }
    return false;
}

static void notice_free(struct coap_peer *peer, struct notice **place)
{
    struct notice *notice = *place;
    *place = notice->next;
    peer->endpoint->notice_count--;
    free(notice);
}

/* The first notice of any peer that can be told. */
static struct notice **find_ripe(struct coap_endpoint *endpoint, bool idle,
                                 struct coap_peer **out_peer)
{
    int64_t now = clock_now(endpoint->clock);
    for (struct coap_peer *peer = endpoint->peers; peer != NULL; peer = peer->next) {
        *out_peer = peer;
        for (struct notice **at = &peer->notices; *at != NULL; at = &(*at)->next)
            if ((*at)->is_settled || (peer->link == NULL && (idle || (*at)->due <= now)))
                return at;
    }
    return NULL;
}

void coap_notify_report(struct coap_endpoint *endpoint, bool idle)
{
    /* Each call may add, drop and disconnect; what is sent meanwhile is not idle. */
    size_t most = endpoint->notice_count;
    while (endpoint->notice_count > 0 && most-- > 0) {
        struct coap_peer *peer = NULL;
        struct notice **place = find_ripe(endpoint, idle, &peer);
        if (place == NULL)
            return;
        struct notice notice = **place;
        notice_free(peer, place);
        notice.notified(notice.arg, notice.is_settled ? notice.outcome : NOTIFY_ACKNOWLEDGED);
        idle = idle && coap_is_idle(endpoint);
    }
}

void coap_notices_settle(struct coap_peer *peer, enum notify_outcome outcome)
{
    for (struct notice *at = peer->notices; at != NULL; at = at->next) {
        if (at->is_settled)
            continue;
        at->is_settled = true;
        at->outcome = outcome;
        coap_wake(peer->endpoint);
    }
}

void coap_notices_drop(struct coap_peer *peer)
{
    while (peer->notices != NULL)
        notice_free(peer, &peer->notices);
}
