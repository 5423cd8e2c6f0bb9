/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that are kept back: the request is acknowledged, and what answers it comes by itself
 * later (RFC 7252 5.2.2). */
#include "base/std.h"

#include "net/coap_impl.h"

enum { HELD_MOST = 64 };

struct held {
    struct coap_peer *peer; /* (borrowed) */
    struct packet answer;   /* (owned) */
    struct timer timer;     /* runs when there is a time */
    struct held *next;      /* (owned) */
};

static void held_free(struct coap_endpoint *endpoint, struct held **at)
{
    struct held *held = *at;
    *at = held->next;
    endpoint->held_count--;
    timer_stop(&held->timer);
    packet_release(&held->answer);
    free(held);
}

/* One that cannot be sent is lost, as its session is. */
static void let_go(struct coap_endpoint *endpoint, struct held **at)
{
    struct coap_peer *peer = (*at)->peer;
    struct packet *answer = &(*at)->answer;
    if (peer->link == NULL)
        answer->message.message_id = coap_peer_message_id(peer);
    coap_trace(peer, false, coap_peer_type(peer, &answer->message), &answer->message);
    enum status status = coap_pdu_send(peer, answer);
    if (status != ST_OK)
        trace_say(endpoint->base.trace, EVENT_WARNING, endpoint->base.side,
                  "an answer that was held could not be sent: %s", status_text(status));
    held_free(endpoint, at);
}

static void on_time(void *arg)
{
    struct held *held = arg;
    struct coap_endpoint *endpoint = held->peer->endpoint;
    struct held **at = &endpoint->held;
    while (*at != held)
        at = &(*at)->next;
    let_go(endpoint, at);
}

bool coap_hold_answer(struct coap_peer *peer, struct packet *answer, bool is_asked)
{
    struct coap_endpoint *endpoint = peer->endpoint;
    if (!endpoint->holds || endpoint->held_count == HELD_MOST)
        return false;
    struct held **end = &endpoint->held;
    while (*end != NULL)
        end = &(*end)->next;
    struct held *held = xalloc(sizeof *held);
    held->peer = peer;
    held->answer = *answer;
    held->answer.message.confirmable = is_asked;
    held->answer.message.message_id = -1;
    *end = held;
    endpoint->held_count++;
    packet_init(answer);
    if (endpoint->hold_ms > 0)
        timer_start(&held->timer, endpoint->clock, endpoint->hold_ms, on_time, held);
    return true;
}

void coap_hold(struct endpoint *base, bool holds, int64_t ms)
{
    struct coap_endpoint *endpoint = (struct coap_endpoint *)base;
    endpoint->holds = holds;
    endpoint->hold_ms = ms;
    while (!holds && endpoint->held != NULL)
        let_go(endpoint, &endpoint->held);
}

void coap_hold_forget(struct coap_endpoint *endpoint, const struct coap_peer *peer)
{
    struct held **at = &endpoint->held;
    while (*at != NULL)
        if ((*at)->peer == peer)
            held_free(endpoint, at);
        else
            at = &(*at)->next;
}
