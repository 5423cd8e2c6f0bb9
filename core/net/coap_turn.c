/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications that wait until the other end has fetched the body before (RFC 7959 2.6): a newer
 * one would take its place here and abort the transfer there, AuthData and all. */
#include "base/std.h"

#include "net/coap_impl.h"

enum { WAITING_MOST = 64, WAITING_OCTETS_MOST = 1048576 }; /* in one endpoint */

static bool is_about(const struct message *a, const struct message *b)
{
    return a->accept == b->accept && segments_equal(&a->path, &b->path) &&
           segments_equal(&a->query, &b->query);
}

/* Until when the body that PEER fetches from there is waited for: a lost message of the transfer is
 * sent again for that long. */
static int64_t busy_until(const struct coap_peer *peer, const struct message *notification)
{
    int64_t since = bodies_reached_at(peer->endpoint->bodies, peer, notification);
    return since == INT64_MIN ? since : since + peer->endpoint->transmit_span_ms;
}

/* One before END, which may be NULL, waits for the same body. */
static bool has_predecessor(const struct coap_peer *peer, const struct notice *end,
                            const struct message *notification)
{
    for (const struct notice *at = peer->notices; at != end; at = at->next)
        if (at->waiting != NULL && is_about(&at->waiting->message, notification))
            return true;
    return false;
}

bool coap_turn_must_wait(struct coap_peer *peer, const struct message *notification)
{
    return !peer->is_over && observers_have(&peer->observers, notification) &&
           (busy_until(peer, notification) > clock_now(peer->endpoint->clock) ||
            has_predecessor(peer, NULL, notification));
}

struct packet *coap_turn_end(struct coap_peer *peer, struct notice *notice)
{
    struct packet *packet = notice->waiting;
    notice->waiting = NULL;
    if (packet == NULL)
        return NULL;
    peer->endpoint->waiting_count--;
    peer->endpoint->waiting_octets -= packet->message.payload.len;
    return packet;
}

static struct notice *oldest_of(struct coap_endpoint *endpoint, struct coap_peer **out_peer)
{
    struct notice *oldest = NULL;
    for (struct coap_peer *peer = endpoint->peers; peer != NULL; peer = peer->next)
        for (struct notice *at = peer->notices; at != NULL; at = at->next)
            if (at->waiting != NULL && (oldest == NULL || at->asked_at < oldest->asked_at)) {
                oldest = at;
                *out_peer = peer;
            }
    return oldest;
}

static void make_room(struct coap_endpoint *endpoint, size_t len)
{
    struct coap_peer *peer = NULL;
    struct notice *oldest;
    while ((endpoint->waiting_count >= WAITING_MOST ||
            endpoint->waiting_octets + len > WAITING_OCTETS_MOST) &&
           (oldest = oldest_of(endpoint, &peer)) != NULL)
        coap_notice_send(peer, oldest);
}

void coap_turn_wait(struct coap_peer *peer, struct notice *notice, struct packet *packet)
{
    struct coap_endpoint *endpoint = peer->endpoint;
    make_room(endpoint, packet->message.payload.len);
    notice->waiting = xalloc(sizeof *notice->waiting);
    *notice->waiting = *packet;
    packet_init(packet);
    endpoint->waiting_count++;
    endpoint->waiting_octets += notice->waiting->message.payload.len;
    coap_wake(endpoint);
}

/* ---- whose turn it is ---- */

static void on_turn(void *arg)
{
    coap_turns_go_on(arg);
}

/* Sends what may go to PEER; until when the first of the others waits, at most. */
static int64_t let_go(struct coap_peer *peer)
{
    int64_t next = INT64_MAX;
    for (struct notice *at = peer->notices; at != NULL; at = at->next) {
        if (at->waiting == NULL || has_predecessor(peer, at, &at->waiting->message))
            continue;
        int64_t until = busy_until(peer, &at->waiting->message);
        if (until <= clock_now(peer->endpoint->clock))
            coap_notice_send(peer, at);
        else if (until < next)
            next = until;
    }
    return next;
}

void coap_turns_go_on(struct coap_endpoint *endpoint)
{
    int64_t next = INT64_MAX;
    timer_stop(&endpoint->turn);
    if (endpoint->waiting_count == 0)
        return;
    for (struct coap_peer *peer = endpoint->peers; peer != NULL; peer = peer->next) {
        int64_t until = let_go(peer);
        next = until < next ? until : next;
    }
    if (next != INT64_MAX)
        timer_start(&endpoint->turn, endpoint->clock, next - clock_now(endpoint->clock), on_turn,
                    endpoint);
}

/* ---- forgetting ---- */

void coap_turns_drop(struct coap_peer *peer, const struct message *message,
                     enum notify_outcome outcome)
{
    for (struct notice *at = peer->notices; at != NULL; at = at->next)
        if (at->waiting != NULL && at->waiting->message.token_len == message->token_len &&
            memcmp(at->waiting->message.token, message->token, message->token_len) == 0)
            coap_notice_settle(peer, at, outcome);
}

void coap_turns_forget(struct coap_endpoint *endpoint, const struct segments *path)
{
    for (struct coap_peer *peer = endpoint->peers; peer != NULL; peer = peer->next)
        for (struct notice *at = peer->notices; at != NULL; at = at->next)
            if (at->waiting != NULL && at->waiting->message.sensitive &&
                segments_related(&at->waiting->message.path, path))
                coap_notice_settle(peer, at, NOTIFY_ACKNOWLEDGED);
}
