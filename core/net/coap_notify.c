/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications that are sent, and what became of the confirmable ones.
 *
 * libcoap tells of a Reset and of giving up, and says nothing of an acknowledgement. So one counts
 * as acknowledged when nothing at all waits for an acknowledgement any more, or when the time in
 * which it would have been given up has passed. */
#include <coap3/coap.h>

#include "base/std.h"

#include "net/coap_impl.h"

/* The last of PEER's. */
static struct notice *add(struct coap_peer *peer, endpoint_notified *notified, void *arg)
{
    struct notice *notice = xalloc(sizeof *notice);
    notice->message_id = -1;
    notice->notified = notified;
    notice->arg = arg;
    notice->asked_at = clock_now(peer->endpoint->clock);
    struct notice **end = &peer->notices;
    while (*end != NULL)
        end = &(*end)->next;
    *end = notice;
    peer->endpoint->notice_count++;
    return notice;
}

/* Confirmable messages of one peer wait for each other in libcoap. */
static void await(struct coap_peer *peer, struct notice *notice, int message_id)
{
    struct coap_endpoint *endpoint = peer->endpoint;
    notice->message_id = message_id;
    notice->due = clock_now(endpoint->clock) + endpoint->transmit_wait_ms;
    for (const struct notice *at = peer->notices; at != NULL; at = at->next)
        if (at != notice && at->waiting == NULL)
            notice->due += endpoint->transmit_wait_ms;
}

/* PACKET has its whole body. */
static enum status put_out(struct coap_peer *peer, struct packet *packet)
{
    struct endpoint *endpoint = &peer->endpoint->base;
    struct message *message = &packet->message;
    if (message->message_id < 0 && peer->link == NULL)
        message->message_id = coap_peer_message_id(peer);
    unsigned szx = observers_complete(&peer->observers, message);
    unsigned most = peer->link == NULL ? SZX_MOST : coap_stream_szx(peer, coap_pdu_room(message));
    bodies_cut_notification(peer->endpoint->bodies, peer, szx < most ? szx : most, packet);
    struct passage passage = {EVENT_NOTIFICATION, false, coap_peer_type(peer, message)};
    endpoint_trace(endpoint, &peer->base, passage, message);
    return coap_pdu_send(peer, packet);
}

/* What waits is not sent any more. */
static void stop_waiting(struct coap_peer *peer, struct notice *notice)
{
    struct packet *packet = coap_turn_end(peer, notice);
    if (packet != NULL)
        packet_release(packet);
    free(packet);
}

void coap_notice_settle(struct coap_peer *peer, struct notice *notice, enum notify_outcome outcome)
{
    stop_waiting(peer, notice);
    notice->is_settled = true;
    notice->outcome = outcome;
    coap_wake(peer->endpoint);
}

/* The transport said so when MESSAGE_ID was sent. */
static void settle_unreachable(struct coap_peer *peer, int message_id)
{
    if (peer->link != NULL)
        coap_notices_settle(peer, NOTIFY_TIMEOUT);
    else
        coap_notify_settle(peer, message_id, NOTIFY_TIMEOUT);
}

void coap_notice_send(struct coap_peer *peer, struct notice *notice)
{
    struct packet *packet = coap_turn_end(peer, notice);
    enum status status = put_out(peer, packet);
    await(peer, notice, packet->message.message_id);
    if (status == ST_UNREACHABLE)
        settle_unreachable(peer, packet->message.message_id);
    else if (status != ST_OK || !packet->message.confirmable)
        coap_notice_settle(peer, notice, status == ST_OK ? NOTIFY_ACKNOWLEDGED : NOTIFY_TIMEOUT);
    packet_release(packet);
    free(packet);
}

enum status coap_notify_send(struct endpoint *base, struct peer *base_peer,
                             const struct message *notification, endpoint_notified *notified,
                             void *arg)
{
    UNUSED(base);
    struct coap_peer *peer = (struct coap_peer *)base_peer;
    endpoint_notified *wanted = notification->confirmable ? notified : NULL;
    struct packet packet;
    packet_init(&packet);
    message_release(&packet.message);
    message_copy(notification, &packet.message);
    observers_complete(&peer->observers, &packet.message);
    if (coap_turn_must_wait(peer, &packet.message)) {
        coap_turn_wait(peer, add(peer, wanted, arg), &packet);
        packet_release(&packet);
        return ST_OK;
    }
    enum status status = put_out(peer, &packet);
    if (status != ST_LIMIT && wanted != NULL)
        await(peer, add(peer, wanted, arg), packet.message.message_id);
    if (status == ST_UNREACHABLE)
        settle_unreachable(peer, packet.message.message_id);
    packet_release(&packet);
    return status == ST_LIMIT ? ST_LIMIT : ST_OK;
}

bool coap_notify_settle(struct coap_peer *peer, int message_id, enum notify_outcome outcome)
{
    for (struct notice *at = peer->notices; at != NULL; at = at->next) {
        if (at->message_id == message_id && !at->is_settled) {
            coap_notice_settle(peer, at, outcome);
            return true;
        }
    }
    return false;
}

static void notice_free(struct coap_peer *peer, struct notice **place)
{
    struct notice *notice = *place;
    stop_waiting(peer, notice);
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
            if ((*at)->is_settled ||
                (peer->link == NULL && (*at)->waiting == NULL && (idle || (*at)->due <= now)))
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
        if (notice.notified != NULL)
            notice.notified(notice.arg, notice.is_settled ? notice.outcome : NOTIFY_ACKNOWLEDGED);
        idle = idle && coap_is_idle(endpoint);
    }
}

void coap_notices_settle(struct coap_peer *peer, enum notify_outcome outcome)
{
    for (struct notice *at = peer->notices; at != NULL; at = at->next) {
        if (at->is_settled || (at->waiting != NULL && outcome == NOTIFY_ACKNOWLEDGED))
            continue;
        coap_notice_settle(peer, at, outcome);
    }
}

void coap_notices_drop(struct coap_peer *peer)
{
    while (peer->notices != NULL)
        notice_free(peer, &peer->notices);
}
