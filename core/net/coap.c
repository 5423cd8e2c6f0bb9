/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoint port on libcoap, whose own block handling stays switched off. */
#include <coap3/coap.h>

#include "base/std.h"

#include <unistd.h>

#include "net/coap_impl.h"

enum {
    ACK_TIMEOUT_MS = 2000, /* RFC 7252 4.8 */
    MAX_RETRANSMIT = 4,
    BLOCK_SIZE = 1024,
    TICK_MS = 250,             /* looks again while something is unacknowledged */
    RESPONSE_LIMIT_FACTOR = 30 /* of ACK_TIMEOUT: one minute */
};

/* ---- requests ---- */

static void send_answer(struct coap_peer *peer, const struct packet *packet, const char *type,
                        coap_pdu_t *pdu)
{
    coap_pdu_set_mid(pdu, packet->message.message_id);
    if (coap_pdu_write(packet, pdu) != ST_OK) {
        coap_pdu_set_code(pdu, COAP_RESPONSE_CODE_INTERNAL_ERROR);
        trace_say(peer->endpoint->base.trace, EVENT_WARNING, peer->endpoint->base.side,
                  "an answer was too long for a datagram: its location must be shorter");
        return;
    }
    coap_trace(peer, false, type, &packet->message);
}

/* No acknowledgement or Reset carries a request (RFC 7252 table 1). */
static bool may_ask(const coap_pdu_t *pdu)
{
    coap_pdu_type_t type = coap_pdu_get_type(pdu);
    return type == COAP_MESSAGE_CON || type == COAP_MESSAGE_NON;
}

static bool is_deaf(const coap_session_t *session)
{
    const struct coap_peer *peer = coap_session_get_app_data(session);
    return peer != NULL && peer->endpoint->base.deaf;
}

/* Every request ends here. Leaving RESPONSE as it is answers nothing to one that is not
 * confirmable. */
static void serve(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *pdu,
                  const coap_string_t *query, coap_pdu_t *response)
{
    UNUSED(resource);
    UNUSED(query);
    if (!may_ask(pdu) || is_deaf(session))
        return;
    struct coap_peer *peer = coap_peer_of(session);
    if (peer == NULL || peer->is_leaving) {
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE);
        return;
    }
    struct dups *dups = peer->endpoint->dups;
    struct packet request, fresh;
    const char *type = NULL;
    packet_init(&request);
    packet_init(&fresh);
    unsigned refused = coap_pdu_read(pdu, &request, &type);
    coap_trace(peer, true, type, &request.message);
    bool confirmable = request.message.confirmable;
    int message_id = request.message.message_id;
    const struct packet *known = dups_find(dups, peer, message_id);
    if (known == NULL) {
        coap_serve(peer, &request, refused, &fresh);
        bool is_held = coap_hold_answer(peer, &fresh, confirmable);
        dups_keep(dups, peer, message_id, &fresh);
        if (!is_held)
            send_answer(peer, &fresh, confirmable ? "ACK" : "NON", response);
    } else if (confirmable && known->message.code != CODE_EMPTY) {
        send_answer(peer, known, "ACK", response);
    }
    packet_release(&request);
    packet_release(&fresh);
}

/* ---- responses ---- */

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent,
                                   const coap_pdu_t *received, const coap_mid_t message_id)
{
    UNUSED(sent);
    UNUSED(message_id);
    struct coap_peer *peer = coap_session_get_app_data(session);
    if (peer == NULL)
        return COAP_RESPONSE_FAIL;
    struct packet packet;
    packet_init(&packet);
    const char *type = NULL;
    coap_secure_look(peer->endpoint);
    unsigned refused = coap_pdu_read(received, &packet, &type);
    bool is_taken = coap_exchange_take(peer, &packet, type, refused == 0);
    if (!is_taken) {
        struct passage passage = {EVENT_RESET, false, "RST"};
        struct message reset;
        message_init(&reset);
        reset.message_id = packet.message.message_id;
        memcpy(reset.token, packet.message.token, sizeof reset.token);
        reset.token_len = packet.message.token_len;
        endpoint_trace(&peer->endpoint->base, &peer->base, passage, &reset);
        message_release(&reset);
    }
    packet_release(&packet);
    return is_taken ? COAP_RESPONSE_OK : COAP_RESPONSE_FAIL;
}

static void trace_nack(const struct coap_peer *peer, bool is_reset, int message_id)
{
    struct message message;
    message_init(&message);
    message.message_id = message_id;
    struct passage passage = {EVENT_RESET, is_reset, is_reset ? "RST" : "CON"};
    endpoint_trace(&peer->endpoint->base, &peer->base, passage, &message);
    message_release(&message);
}

/* A Reset ends the observation, so that nothing more of it goes out (RFC 7641 3.6). */
static void drop_turns(struct coap_peer *peer, const coap_pdu_t *sent)
{
    struct message message;
    message_init(&message);
    coap_bin_const_t token = coap_pdu_get_token(sent);
    if (token.length > 0 && token.length <= sizeof message.token) {
        message.token_len = (uint8_t)token.length;
        memcpy(message.token, token.s, token.length);
        coap_turns_drop(peer, &message, NOTIFY_RESET);
    }
    message_release(&message);
}

/* libcoap is inside of its queues here: nothing is called or closed now. */
static void on_nack(coap_session_t *session, const coap_pdu_t *sent,
                    const coap_nack_reason_t reason, const coap_mid_t message_id)
{
    struct coap_peer *peer = coap_session_get_app_data(session);
    if (peer == NULL)
        return;
    bool is_reset = reason == COAP_NACK_RST;
    if (is_reset && sent != NULL)
        drop_turns(peer, sent);
    enum status status = ST_UNREACHABLE;
    if (is_reset)
        status = ST_REFUSED;
    else if (reason == COAP_NACK_TOO_MANY_RETRIES)
        status = ST_TIMEOUT;
    bool is_settled =
        coap_exchange_fail(peer, message_id, status) ||
        coap_notify_settle(peer, message_id, is_reset ? NOTIFY_RESET : NOTIFY_TIMEOUT);
    /* When the session closes, what was given up before is given up once more. */
    if (is_settled || (reason != COAP_NACK_NOT_DELIVERABLE && message_id != peer->given_up_id))
        trace_nack(peer, is_reset, message_id);
    peer->given_up_id = message_id;
    if (reason == COAP_NACK_ICMP_ISSUE && peer->secured != NULL) {
        coap_secure_unreachable(peer);
    } else if (reason == COAP_NACK_ICMP_ISSUE && peer->is_client) {
        /* It would be sent again and again, and reach whoever comes to life there later. */
        peer->is_unreachable = true;
        peer->endpoint->has_unsettled = true;
    }
}

static int on_event(coap_session_t *session, const coap_event_t event)
{
    struct coap_peer *peer = coap_session_get_app_data(session);
    struct coap_endpoint *endpoint = coap_get_app_data(coap_session_get_context(session));
    if (event == COAP_EVENT_SERVER_SESSION_NEW)
        coap_arrival_begin(endpoint, session);
    else if (event == COAP_EVENT_SERVER_SESSION_DEL)
        coap_arrival_end(endpoint, session);
    if (event == COAP_EVENT_SERVER_SESSION_DEL)
        coap_peer_lost(session);
    else if (event == COAP_EVENT_DTLS_CLOSED && peer != NULL)
        coap_peer_ended(peer);
    return 0;
}

/* ---- running ---- */

static void run(struct coap_endpoint *endpoint);

static void pump(void *arg)
{
    run(arg);
}

void coap_wake(struct coap_endpoint *endpoint)
{
    timer_start(&endpoint->pump, endpoint->clock, 0, pump, endpoint);
}

/* libcoap acknowledges what nobody answers; who is deaf cannot. Its only means against that is for
 * the whole process, so it ends with the call. */
static void process(const struct coap_endpoint *endpoint)
{
    bool deaf = endpoint->base.deaf;
    coap_octets_look(endpoint);
    if (deaf)
        coap_debug_set_packet_loss("100%");
    coap_io_process(endpoint->context, COAP_IO_NO_WAIT);
    if (endpoint->raw != NULL)
        coap_io_process(endpoint->raw, COAP_IO_NO_WAIT);
    for (struct coap_peer *at = endpoint->peers; at != NULL && endpoint->own_contexts > 0;
         at = at->next)
        if (at->context != NULL)
            coap_io_process(at->context, COAP_IO_NO_WAIT);
    if (deaf)
        coap_debug_set_packet_loss("0%");
}

bool coap_is_idle(const struct coap_endpoint *endpoint)
{
    bool idle =
        coap_can_exit(endpoint->context) && (endpoint->raw == NULL || coap_can_exit(endpoint->raw));
    if (endpoint->own_contexts == 0)
        return idle;
    for (const struct coap_peer *at = endpoint->peers; at != NULL && idle; at = at->next)
        idle = at->context == NULL || coap_can_exit(at->context);
    return idle;
}

static void run(struct coap_endpoint *endpoint)
{
    if (endpoint->is_inside)
        return; /* a callback turned the loop */
    endpoint->is_inside = true;
    process(endpoint);
    coap_stream_run(endpoint);
    endpoint->is_inside = false;
    coap_secure_look(endpoint);
    coap_arrivals_look(endpoint);
    coap_peers_settle(endpoint);
    coap_turns_go_on(endpoint);
    bool idle = coap_is_idle(endpoint);
    /* libcoap's own timer descriptor misses a retransmission now and then. */
    if (idle && !coap_arrivals_go_on(endpoint))
        timer_stop(&endpoint->pump);
    else
        timer_start(&endpoint->pump, endpoint->clock, TICK_MS, pump, endpoint);
    coap_notify_report(endpoint, idle);
}

static void on_readable(void *arg, int fd)
{
    UNUSED(fd);
    run(arg);
}

static void coap_endpoint_free(struct endpoint *base)
{
    struct coap_endpoint *endpoint = (struct coap_endpoint *)base;
    assert(!endpoint->is_inside);
    timer_stop(&endpoint->pump);
    timer_stop(&endpoint->turn);
    coap_arrivals_free(endpoint);
    coap_peers_free(endpoint);
    if (endpoint->tcp != NULL)
        loop_unwatch(endpoint->loop, tcp_fd(endpoint->tcp));
    tcp_free(endpoint->tcp);
    tls_side_free(endpoint->side);
    if (endpoint->fd >= 0)
        loop_unwatch(endpoint->loop, endpoint->fd);
    coap_free_context(endpoint->context);
    if (endpoint->raw != NULL)
        coap_context_end(endpoint, endpoint->raw);
    dups_free(endpoint->dups);
    bodies_free(endpoint->bodies);
    coap_pem_release(&endpoint->pems);
    coap_pem_release(&endpoint->raw_pems);
    free(endpoint->found_key);
    free(endpoint);
}

static void coap_forget_bodies(struct endpoint *base, const char *path)
{
    struct coap_endpoint *endpoint = (struct coap_endpoint *)base;
    struct segments segments;
    segments_init(&segments);
    if (segments_split(&segments, '/', bytes_of(path))) {
        bodies_forget(endpoint->bodies, &segments);
        coap_turns_forget(endpoint, &segments);
    }
    segments_release(&segments);
}

static const struct endpoint_ops coap_ops = {
    .connect = coap_peer_connect,
    .disconnect = coap_peer_disconnect,
    .request = coap_exchange_request,
    .cancel = coap_exchange_cancel,
    .notify = coap_notify_send,
    .hold = coap_hold,
    .forget_bodies = coap_forget_bodies,
    .free = coap_endpoint_free,
};

/* ---- making one ---- */

static void drop_log(coap_log_t level, const char *text)
{
    UNUSED(level);
    UNUSED(text);
}

static void set_up_resources(coap_context_t *context)
{
    static const char well_known[] = ".well-known/core";
    coap_str_const_t *path = coap_make_str_const(well_known);
    coap_resource_t *resources[] = {coap_resource_init(path, 0), coap_resource_unknown_init(serve)};
    for (size_t i = 0; i < COUNT_OF(resources); i++) {
        for (int method = COAP_REQUEST_GET; method <= COAP_REQUEST_IPATCH; method++)
            coap_register_request_handler(resources[i], (coap_request_t)method, serve);
        coap_add_resource(context, resources[i]);
    }
}

enum status coap_context_begin(struct coap_endpoint *endpoint, coap_context_t *context)
{
    coap_set_app_data(context, endpoint);
    coap_context_set_block_mode(context, 0);
    coap_register_option(context, SPACER_OPTION);
    coap_context_set_max_idle_sessions(context, IDLE_PEERS_MOST);
    coap_register_response_handler(context, on_response);
    coap_register_nack_handler(context, on_nack);
    coap_register_event_handler(context, on_event);
    set_up_resources(context);
    return loop_watch(endpoint->loop, coap_context_get_coap_fd(context), on_readable, endpoint);
}

void coap_context_end(struct coap_endpoint *endpoint, coap_context_t *context)
{
    loop_unwatch(endpoint->loop, coap_context_get_coap_fd(context));
    coap_free_context(context);
}

/* By libcoap; false, with errno set, when it cannot. */
static bool listen_for_datagrams(struct coap_endpoint *endpoint, coap_context_t *context,
                                 coap_address_t *address, bool is_secure, char out_name[LINK_NAME])
{
    int reserved = coap_address_reserve(address);
    if (reserved < 0)
        return false;
    int next = coap_octets_next_socket(reserved);
    coap_endpoint_t *socket =
        coap_new_endpoint(context, address, is_secure ? COAP_PROTO_DTLS : COAP_PROTO_UDP);
    int reason = errno;
    close(reserved);
    errno = reason;
    if (socket == NULL)
        return false;
    if (!is_secure)
        coap_octets_watch(endpoint, next, address);
    coap_endpoint_set_default_mtu(socket, DATAGRAM_MOST);
    const char *local = coap_endpoint_str(socket);
    snprintf(out_name, LINK_NAME, "%.*s", (int)strcspn(local, " "), local);
    return true;
}

/* NULL: there are no keys. */
static coap_context_t *context_for(struct coap_endpoint *endpoint, struct transport transport)
{
    if (!transport.is_secure)
        return endpoint->context;
    if (transport.is_stream)
        return coap_secure_serve_streams(endpoint) ? endpoint->context : NULL;
    return coap_secure_serve(endpoint);
}

static enum status listen_on(struct coap_endpoint *endpoint, const char *uri, struct error *error)
{
    const struct remote here = {.uri = uri};
    coap_address_t address;
    struct transport transport = {0};
    char name[LINK_NAME] = "";
    enum status status = coap_address_resolve(&here, &address, &transport, error);
    if (status == ST_OK)
        status = coap_secure_possible(transport, uri, error);
    if (status != ST_OK)
        return status;
    coap_context_t *context = context_for(endpoint, transport);
    if (context == NULL) {
        error_set(error, "cannot listen on \"%s\": there are no keys for it", uri);
        return ST_INVALID;
    }
    bool is_listening =
        transport.is_stream
            ? coap_stream_listen(endpoint, &address, transport.is_secure, name)
            : listen_for_datagrams(endpoint, context, &address, transport.is_secure, name);
    if (!is_listening) {
        error_set(error, "cannot listen on \"%s\": %s; choose another address or port", uri,
                  strerror(errno));
        return ST_IO;
    }
    snprintf(endpoint->base.local[endpoint->base.local_count++], LISTEN_TEXT, "%.*s://%s",
             (int)strcspn(uri, ":"), uri, name);
    return ST_OK;
}

static enum status listen_on_all(struct coap_endpoint *endpoint,
                                 const struct coap_endpoint_config *config, struct error *error)
{
    enum status status = ST_OK;
    assert(config->listen_count <= LISTENS_MOST);
    for (size_t i = 0; i < config->listen_count && status == ST_OK; i++)
        status = listen_on(endpoint, config->listen[i], error);
    return status;
}

static enum status begin_streams(struct coap_endpoint *endpoint, struct error *error)
{
    enum status status = coap_stream_begin(endpoint);
    if (status == ST_OK)
        status = loop_watch(endpoint->loop, tcp_fd(endpoint->tcp), on_readable, endpoint);
    if (status != ST_OK)
        error_set(error, "cannot make a poller for connections: %s", strerror(errno));
    return status;
}

static void set_up_times(struct coap_endpoint *endpoint, const struct coap_endpoint_config *config)
{
    endpoint->ack_timeout_ms = config->ack_timeout_ms > 0 ? config->ack_timeout_ms : ACK_TIMEOUT_MS;
    endpoint->response_limit_ms = endpoint->ack_timeout_ms * RESPONSE_LIMIT_FACTOR;
    endpoint->max_retransmit = config->max_retransmit > 0 ? config->max_retransmit : MAX_RETRANSMIT;
    /* MAX_TRANSMIT_WAIT with a random factor of 1.5 (RFC 7252 4.8.2) */
    int64_t spans = (INT64_C(2) << endpoint->max_retransmit) - 1;
    endpoint->transmit_wait_ms = endpoint->ack_timeout_ms * spans * 3 / 2;
    endpoint->transmit_span_ms = endpoint->ack_timeout_ms * (spans / 2) * 3 / 2;
}

struct endpoint *coap_endpoint_new(const struct coap_endpoint_config *config, struct error *error)
{
    /* Safe to repeat. There is no coap_cleanup: other endpoints of the process may need what it
     * takes away, and 4.3.1 does not start twice. */
    coap_startup();
    coap_set_log_level((coap_log_t)0);
    coap_set_log_handler(drop_log);
    struct coap_endpoint *endpoint = xalloc(sizeof *endpoint);
    endpoint->base.ops = &coap_ops;
    endpoint->base.side = "";
    endpoint->loop = config->loop;
    endpoint->clock = loop_clock(config->loop);
    endpoint->chance = config->chance;
    endpoint->keys = config->keys;
    endpoint->fd = -1;
    endpoint->szx = szx_of_size(config->block_size > 0 ? config->block_size : BLOCK_SIZE);
    set_up_times(endpoint, config);
    endpoint->dups = config->forgets ? NULL : dups_new(endpoint->clock);
    endpoint->bodies = bodies_new(endpoint->clock, endpoint->chance, endpoint->szx);
    endpoint->context = coap_new_context(NULL);
    if (endpoint->context == NULL) {
        error_set(error, "cannot make a CoAP context: %s", strerror(errno));
        coap_endpoint_free(&endpoint->base);
        return NULL;
    }
    if (coap_context_begin(endpoint, endpoint->context) == ST_OK)
        endpoint->fd = coap_context_get_coap_fd(endpoint->context);
    else
        error_set(error, "this libcoap was built without epoll: use the one of the distribution");
    if (endpoint->fd < 0 || begin_streams(endpoint, error) != ST_OK ||
        listen_on_all(endpoint, config, error) != ST_OK) {
        coap_endpoint_free(&endpoint->base);
        return NULL;
    }
    return &endpoint->base;
}

void coap_endpoint_version(struct buf *out)
{
    static const char prefix[] = "TLS Library: ";
    char tls[128];
    coap_string_tls_version(tls, sizeof tls);
    bool has_prefix = strncmp(tls, prefix, sizeof prefix - 1) == 0;
    buf_printf(out, "%s, TLS: %s", coap_package_version(),
               has_prefix ? tls + sizeof prefix - 1 : tls);
}
