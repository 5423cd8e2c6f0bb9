/* SPDX-License-Identifier: Apache-2.0 */
/* Peers and the libcoap sessions behind them. */
#include <coap3/coap.h>

#include "base/std.h"

#include "net/coap_impl.h"

/* libcoap takes one second and more. */
static coap_fixed_point_t ack_timeout(int64_t ms)
{
    if (ms < 1000)
        return (coap_fixed_point_t){1, 0};
    return (coap_fixed_point_t){(uint16_t)(ms / 1000), (uint16_t)(ms % 1000)};
}

const char *coap_peer_type(const struct coap_peer *peer, const struct message *message)
{
    if (peer->link != NULL)
        return "TCP";
    return message->confirmable ? "CON" : "NON";
}

static void adopt(struct coap_peer *peer, coap_session_t *session)
{
    struct coap_endpoint *endpoint = peer->endpoint;
    peer->session = session;
    coap_session_set_app_data(session, peer);
    coap_session_set_ack_timeout(session, ack_timeout(endpoint->ack_timeout_ms));
    coap_session_set_max_retransmit(session, (uint16_t)endpoint->max_retransmit);
}

struct coap_peer *coap_peer_new(struct coap_endpoint *endpoint, const char *name)
{
    if (endpoint->peer_count >= PEERS_MOST)
        return NULL;
    struct coap_peer *peer = xalloc(sizeof *peer);
    peer->endpoint = endpoint;
    peer->next_message_id = (uint16_t)chance_u64(endpoint->chance);
    peer->last_message_id = -1;
    peer->given_up_id = -1;
    for (size_t i = 0; i < HEARD_MOST; i++)
        peer->heard[i] = -1;
    snprintf(peer->base.name, sizeof peer->base.name, "%s", name);
    peer->next = endpoint->peers;
    peer->place = &endpoint->peers;
    if (peer->next != NULL)
        peer->next->place = &peer->next;
    endpoint->peers = peer;
    endpoint->peer_count++;
    return peer;
}

void coap_session_name(const coap_session_t *session, char out[LINK_NAME])
{
    uint8_t octets[LINK_NAME] = {0};
    coap_print_addr(coap_session_get_addr_remote(session), octets, sizeof octets - 1);
    memcpy(out, octets, LINK_NAME);
}

static struct coap_peer *peer_of_session(struct coap_endpoint *endpoint, coap_session_t *session)
{
    char name[LINK_NAME];
    coap_session_name(session, name);
    struct coap_peer *peer = coap_peer_new(endpoint, name);
    if (peer != NULL)
        adopt(peer, session);
    return peer;
}

static void forget_traffic(struct coap_peer *peer)
{
    coap_exchanges_drop(peer);
    coap_notices_drop(peer);
    coap_hold_forget(peer->endpoint, peer);
    bodies_forget_peer(peer->endpoint->bodies, peer);
    observers_release(&peer->observers);
}

/* The session is not touched but for its way back to here. */
static void peer_free(struct coap_peer *peer)
{
    forget_traffic(peer);
    coap_secure_end(peer);
    dups_forget_peer(peer->endpoint->dups, peer);
    if (peer->link == NULL)
        coap_session_set_app_data(peer->session, NULL);
    *peer->place = peer->next;
    if (peer->next != NULL)
        peer->next->place = peer->place;
    peer->endpoint->peer_count--;
    free(peer);
}

struct coap_peer *coap_peer_of(coap_session_t *session)
{
    struct coap_peer *peer = coap_session_get_app_data(session);
    struct coap_endpoint *endpoint = coap_get_app_data(coap_session_get_context(session));
    if (peer != NULL)
        return peer;
    peer = peer_of_session(endpoint, session);
    if (peer != NULL && coap_session_get_proto(session) == COAP_PROTO_DTLS)
        coap_secure_begin(peer, NULL);
    return peer;
}

/* Whether REMOTE is what it says: nothing goes out in plain text by mistake. */
static enum status check_remote(const struct remote *remote, struct transport transport,
                                struct error *error)
{
    if (transport.is_secure != (remote->security != NULL)) {
        error_set(error,
                  transport.is_secure
                      ? "there are no keys for \"%s\"; use an account with security"
                      : "\"%s\" is plain text, but the account is secured; use coaps://",
                  remote->uri);
        return ST_INVALID;
    }
    enum status status = coap_secure_possible(transport, remote->uri, error);
    if (status == ST_OK && transport.is_secure)
        status = coap_secure_has(remote->security->mode, error);
    return status;
}

void coap_peer_join(struct coap_peer *peer, struct link *link)
{
    peer->link = link;
    peer->base.is_stream = true;
    link->user = peer;
}

static struct coap_peer *connect_link(struct coap_endpoint *endpoint, const struct remote *remote,
                                      const coap_address_t *address)
{
    struct link *link = coap_stream_open(endpoint, address, remote->security);
    if (link == NULL)
        return NULL;
    struct coap_peer *peer = coap_peer_new(endpoint, link->name);
    assert(peer != NULL); /* there was room */
    coap_peer_join(peer, link);
    return peer;
}

static struct coap_peer *connect_session(struct coap_endpoint *endpoint,
                                         const struct remote *remote, const coap_address_t *address)
{
    coap_context_t *context = NULL;
    coap_session_t *session =
        remote->security != NULL
            ? coap_secure_open(endpoint, address, remote->security, &context)
            : coap_new_client_session(endpoint->context, NULL, address, COAP_PROTO_UDP);
    if (session == NULL)
        return NULL;
    coap_session_set_mtu(session, DATAGRAM_MOST);
    struct coap_peer *peer = peer_of_session(endpoint, session);
    assert(peer != NULL); /* there was room */
    peer->context = context;
    endpoint->own_contexts += context != NULL;
    return peer;
}

enum status coap_peer_connect(struct endpoint *base, const struct remote *remote, struct peer **out,
                              struct error *error)
{
    struct coap_endpoint *endpoint = (struct coap_endpoint *)base;
    coap_address_t address;
    struct transport transport = {0};
    enum status status = coap_address_resolve(remote, &address, &transport, error);
    if (status == ST_OK)
        status = check_remote(remote, transport, error);
    if (status != ST_OK)
        return status;
    if (endpoint->peer_count >= PEERS_MOST) {
        error_set(error, "cannot connect to \"%s\": too many peers", remote->uri);
        return ST_LIMIT;
    }
    struct coap_peer *peer = transport.is_stream ? connect_link(endpoint, remote, &address)
                                                 : connect_session(endpoint, remote, &address);
    if (peer == NULL) {
        error_set(error, "cannot open a socket towards \"%s\": %s", remote->uri, strerror(errno));
        return ST_IO;
    }
    peer->is_client = true;
    peer->is_known = true;
    if (transport.is_secure)
        coap_secure_begin(peer, remote->security);
    *out = &peer->base;
    return ST_OK;
}

static void close_link(struct coap_peer *peer)
{
    struct link *link = peer->link;
    peer_free(peer);
    tcp_drop(link);
}

static void close_client(struct coap_peer *peer)
{
    if (peer->link != NULL) {
        close_link(peer);
        return;
    }
    coap_session_t *session = peer->session;
    coap_context_t *context = peer->context;
    struct coap_endpoint *endpoint = peer->endpoint;
    peer_free(peer);
    /* Messages that wait for an acknowledgement would keep the session. */
    coap_session_disconnected(session, COAP_NACK_NOT_DELIVERABLE);
    coap_session_release(session);
    if (context == NULL)
        return;
    endpoint->own_contexts--;
    coap_context_end(endpoint, context);
}

/* Drops what is queued, and goes on with a new session, because 4.3.4 closes the socket of the old
 * one. Whatever waited is told while that closes. */
static void reopen_client(struct coap_peer *peer)
{
    coap_context_t *context = coap_session_get_context(peer->session);
    coap_address_t remote;
    coap_address_copy(&remote, coap_session_get_addr_remote(peer->session));
    coap_session_t *session = coap_new_client_session(context, NULL, &remote, COAP_PROTO_UDP);
    if (session == NULL)
        return;
    coap_session_t *old = peer->session;
    coap_session_disconnected(old, COAP_NACK_NOT_DELIVERABLE);
    coap_session_set_app_data(old, NULL);
    coap_session_release(old);
    coap_session_set_mtu(session, DATAGRAM_MOST);
    adopt(peer, session);
    dups_forget_peer(peer->endpoint->dups, peer); /* for the other end we are somebody new */
}

static void release_server(struct coap_peer *peer)
{
    if (peer->link != NULL)
        link_hold(peer->link, false);
    else if (peer->is_held)
        coap_session_release(peer->session);
    peer->is_held = false;
}

static void close_server(struct coap_peer *peer)
{
    if (peer->link != NULL) {
        close_link(peer);
        return;
    }
    release_server(peer);
    peer_free(peer);
}

/* A server's end stays with its session, unknown to the user, because the peer may repeat its
 * last request. */
void coap_peer_disconnect(struct endpoint *endpoint, struct peer *base)
{
    UNUSED(endpoint);
    struct coap_peer *peer = (struct coap_peer *)base;
    forget_traffic(peer);
    peer->is_known = false;
    if (!peer->is_client) {
        release_server(peer);
    } else if (peer->endpoint->is_inside) {
        peer->is_leaving = true;
        peer->endpoint->has_unsettled = true;
    } else {
        close_client(peer);
    }
}

void coap_peer_hold(struct coap_peer *peer)
{
    if (peer->is_client || peer->is_held)
        return;
    if (peer->link != NULL)
        link_hold(peer->link, true);
    else
        coap_session_reference(peer->session);
    peer->is_held = true;
}

void coap_peer_lost(coap_session_t *session)
{
    struct coap_peer *peer = coap_session_get_app_data(session);
    if (peer == NULL)
        return;
    struct endpoint *endpoint = &peer->endpoint->base;
    if (peer->is_known && endpoint->on_peer_gone != NULL)
        endpoint->on_peer_gone(endpoint->user, &peer->base);
    peer_free(peer);
}

/* A session whose end nobody was told of by a request. */
static void drop(struct coap_peer *peer)
{
    struct endpoint *endpoint = &peer->endpoint->base;
    if (peer->is_known && endpoint->on_peer_gone != NULL)
        endpoint->on_peer_gone(endpoint->user, &peer->base);
    if (peer->is_client)
        close_client(peer);
    else
        close_server(peer);
}

void coap_peer_ended(struct coap_peer *peer)
{
    if (peer->is_over)
        return;
    peer->is_over = true;
    if (peer->secured != NULL)
        coap_secure_closed(peer);
    coap_notices_settle(peer, NOTIFY_TIMEOUT);
    peer->is_gone = !coap_exchanges_fail(peer, ST_UNREACHABLE) || !peer->is_client;
    peer->endpoint->has_unsettled = true;
    coap_wake(peer->endpoint);
}

void coap_peers_settle(struct coap_endpoint *endpoint)
{
    if (!endpoint->has_unsettled)
        return;
    endpoint->has_unsettled = false;
    struct coap_peer *next;
    for (struct coap_peer *at = endpoint->peers; at != NULL; at = next) {
        next = at->next;
        if (at->is_leaving) {
            close_client(at);
        } else if (at->is_gone) {
            drop(at);
            next = endpoint->peers; /* whoever was told may have changed the list */
        } else if (at->is_unreachable) {
            at->is_unreachable = false;
            reopen_client(at);
        }
    }
}

void coap_peers_free(struct coap_endpoint *endpoint)
{
    while (endpoint->peers != NULL) {
        struct coap_peer *peer = endpoint->peers;
        if (peer->is_client)
            close_client(peer);
        else
            close_server(peer);
    }
}

int coap_peer_message_id(struct coap_peer *peer)
{
    return peer->next_message_id++;
}

void coap_peer_keep_apart(struct coap_peer *peer, int message_id)
{
    enum { QUARTER = 0x4000, HALF = 0x8000 };
    uint16_t distance = (uint16_t)(peer->next_message_id - message_id);
    if (distance < QUARTER || distance > UINT16_MAX - QUARTER)
        peer->next_message_id = (uint16_t)(message_id + HALF);
}
