/* SPDX-License-Identifier: Apache-2.0 */
/* Peers by TCP and TLS. libcoap has that too, but not safely: 4.3.1 waits for a server inside of
 * calls, and frees a message twice that comes while it does. */
#include <coap3/coap.h>

#include "base/std.h"

#include "net/coap_impl.h"

static const char type[] = "TCP";

/* ---- messages ---- */

static struct coap_peer *peer_of(struct coap_endpoint *endpoint, struct link *link)
{
    if (link->user != NULL)
        return link->user;
    struct coap_peer *peer = coap_peer_new(endpoint, link->name);
    if (peer == NULL)
        return NULL;
    coap_peer_join(peer, link);
    if (link->tls != NULL)
        coap_secure_begin(peer, NULL);
    return peer;
}

static void answer(struct coap_peer *peer, struct packet *request, unsigned refused)
{
    struct packet response;
    packet_init(&response);
    coap_trace(peer, true, type, &request->message);
    coap_serve(peer, request, refused, &response);
    response.message.message_id = -1;
    if (coap_hold_answer(peer, &response, true)) {
        packet_release(&response);
        return;
    }
    if (coap_stream_send(peer, &response) == ST_LIMIT) {
        buf_clear(&response.message.payload);
        segments_release(&response.message.location);
        segments_init(&response.message.location);
        response.message.code = CODE_INTERNAL_ERROR;
        trace_say(peer->endpoint->base.trace, EVENT_WARNING, peer->endpoint->base.side,
                  "an answer was too long for the other end: its location must be shorter");
        if (coap_stream_send(peer, &response) != ST_OK)
            link_end(peer->link, false);
    }
    coap_trace(peer, false, type, &response.message);
    packet_release(&response);
}

static void on_message(void *arg, struct link *link, unsigned refused, struct packet *packet)
{
    struct coap_endpoint *endpoint = arg;
    if (endpoint->base.deaf)
        return;
    struct coap_peer *peer = peer_of(endpoint, link);
    if (peer == NULL) {
        link_end(link, true); /* too many */
        return;
    }
    packet->message.message_id = -1;
    if (peer->is_leaving)
        return;
    coap_secure_look(endpoint);
    if (code_is_request(packet->message.code))
        answer(peer, packet, refused);
    else
        /* There is no Reset to tell that nobody waits for it (RFC 8323 3.4). */
        coap_exchange_take(peer, packet, type, refused == 0);
}

static void on_refused(void *arg, struct link *link, const char *problem)
{
    coap_secure_refused(arg, link, problem);
}

static const char *closing_of(const struct link *link)
{
    if (link->is_refused || link->state == LINK_CONNECTING)
        return NULL;
    return link->has_csm ? "it closed the connection"
                         : "it closed the connection; is it a server without TLS?";
}

static void on_end(void *arg, struct link *link)
{
    struct coap_peer *peer = link->user;
    UNUSED(arg);
    if (peer == NULL)
        return;
    if (peer->secured == NULL)
        peer->base.closing = closing_of(link);
    if (peer->secured != NULL && link->is_refused)
        coap_secure_unreachable(peer);
    else
        coap_peer_ended(peer);
}

/* ---- sending ---- */

static size_t most_of(const struct coap_peer *peer)
{
    return peer->link->most < FRAME_MOST ? peer->link->most : FRAME_MOST;
}

unsigned coap_stream_szx(const struct coap_peer *peer, size_t octets)
{
    unsigned szx = peer->endpoint->szx;
    while (szx > 0 && block_size(szx) + octets > most_of(peer))
        szx--;
    return szx;
}

enum status coap_stream_send(struct coap_peer *peer, const struct packet *packet)
{
    if (coap_pdu_room(&packet->message) + packet->message.payload.len > most_of(peer))
        return ST_LIMIT;
    if (peer->is_over || !link_send(peer->link, packet))
        return ST_UNREACHABLE;
    coap_wake(peer->endpoint);
    return ST_OK;
}

/* ---- running ---- */

enum status coap_stream_begin(struct coap_endpoint *endpoint)
{
    const struct tcp_calls calls = {
        .message = on_message, .refused = on_refused, .ended = on_end, .arg = endpoint};
    endpoint->tcp = tcp_new(endpoint->clock, &calls);
    return endpoint->tcp == NULL ? ST_IO : ST_OK;
}

/* What the socket has taken counts as received: the connection takes care of the rest. */
static void settle_notices(struct coap_endpoint *endpoint)
{
    if (endpoint->notice_count == 0)
        return;
    for (struct coap_peer *at = endpoint->peers; at != NULL; at = at->next)
        if (at->link != NULL && at->notices != NULL && at->link->state == LINK_OPEN &&
            link_is_flushed(at->link))
            coap_notices_settle(at, NOTIFY_ACKNOWLEDGED);
}

void coap_stream_run(struct coap_endpoint *endpoint)
{
    tcp_run(endpoint->tcp, endpoint->base.deaf);
    settle_notices(endpoint);
}

static struct tcp_place place_of(const coap_address_t *address)
{
    return (struct tcp_place){&address->addr.sa, address->size};
}

bool coap_stream_listen(struct coap_endpoint *endpoint, const coap_address_t *address,
                        bool is_secure, char out_name[LINK_NAME])
{
    return tcp_listen(endpoint->tcp, place_of(address), is_secure ? endpoint->side : NULL,
                      out_name);
}

struct link *coap_stream_open(struct coap_endpoint *endpoint, const coap_address_t *address,
                              const struct security *security)
{
    return tcp_connect(endpoint->tcp, place_of(address), security);
}
