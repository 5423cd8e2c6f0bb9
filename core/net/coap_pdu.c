/* SPDX-License-Identifier: Apache-2.0 */
/* Packets into libcoap's PDUs and back. */
#include <coap3/coap.h>

#include "base/std.h"

#include "net/coap_impl.h"
#include "net/options.h"

/* Space for header, token and the options of fixed size, beside path, query and payload. */
enum { HEAD_MOST = 64, HEADER_LEN = 4 };

/* ---- reading ---- */

unsigned coap_pdu_read(const coap_pdu_t *pdu, struct packet *packet, const char **out_type)
{
    static const char *const types[] = {"CON", "NON", "ACK", "RST"};
    struct message *message = &packet->message;
    *out_type = types[coap_pdu_get_type(pdu) & 3];
    message->code = (uint8_t)coap_pdu_get_code(pdu);
    message->confirmable = coap_pdu_get_type(pdu) == COAP_MESSAGE_CON;
    message->message_id = coap_pdu_get_mid(pdu);
    coap_bin_const_t token = coap_pdu_get_token(pdu);
    message->token_len = (uint8_t)(token.length < 8 ? token.length : 8);
    if (message->token_len > 0)
        memcpy(message->token, token.s, message->token_len);
    unsigned refused = 0;
    size_t size = HEADER_LEN + token.length;
    coap_opt_iterator_t iterator;
    coap_option_iterator_init(pdu, &iterator, COAP_OPT_ALL);
    for (coap_opt_t *at = coap_option_next(&iterator); at != NULL;
         at = coap_option_next(&iterator)) {
        struct bytes value = {coap_opt_value(at), coap_opt_length(at)};
        unsigned code = options_take(packet, iterator.number, value);
        refused = refused == 0 ? code : refused;
        size += coap_opt_size(at);
    }
    size_t len = 0;
    const uint8_t *data = NULL;
    if (coap_get_data(pdu, &len, &data)) {
        buf_put(&message->payload, (struct bytes){data, len});
        size += 1 + len; /* with the marker */
    }
    /* libcoap fills its buffer and drops the rest without a word. */
    bool is_cut = size >= DATAGRAM_MOST;
    return refused == 0 && is_cut ? CODE_TOO_LARGE : refused;
}

/* ---- writing ---- */

static size_t segments_room(const struct segments *segments)
{
    return segments->text.len + 3 * segments->count;
}

size_t coap_pdu_room(const struct message *message)
{
    if (code_is_request(message->code))
        return HEAD_MOST + segments_room(&message->path) + segments_room(&message->query);
    return HEAD_MOST + segments_room(&message->location);
}

static bool fits(const struct packet *packet)
{
    return coap_pdu_room(&packet->message) + packet->message.payload.len <= DATAGRAM_MOST;
}

static void put_option(void *arg, unsigned number, struct bytes value)
{
    coap_add_option(arg, (coap_option_num_t)number, value.len, value.data);
}

enum status coap_pdu_write(const struct packet *packet, coap_pdu_t *pdu)
{
    const struct message *message = &packet->message;
    if (!fits(packet))
        return ST_LIMIT;
    coap_pdu_set_code(pdu, (coap_pdu_code_t)message->code);
    options_put(packet, put_option, pdu);
    if (message->payload.len > 0)
        coap_add_data(pdu, message->payload.len, message->payload.data);
    return ST_OK;
}

static coap_pdu_t *new_pdu(struct coap_peer *peer, const struct message *message)
{
    coap_pdu_type_t type = message->confirmable ? COAP_MESSAGE_CON : COAP_MESSAGE_NON;
    coap_pdu_t *pdu = coap_pdu_init(type, (coap_pdu_code_t)message->code, message->message_id,
                                    coap_session_max_pdu_size(peer->session));
    if (pdu != NULL)
        coap_add_token(pdu, message->token_len, message->token);
    return pdu;
}

enum status coap_pdu_send(struct coap_peer *peer, const struct packet *packet)
{
    if (peer->link != NULL)
        return coap_stream_send(peer, packet);
    if (!fits(packet))
        return ST_LIMIT;
    if (peer->is_over)
        return ST_UNREACHABLE; /* libcoap would begin a new handshake */
    /* An error that an earlier datagram caused is reported, once, to whoever sends next. */
    for (unsigned attempts = 0; attempts < 2; attempts++) {
        coap_pdu_t *pdu = new_pdu(peer, &packet->message);
        if (pdu == NULL)
            return ST_LIMIT;
        enum status status = coap_pdu_write(packet, pdu);
        assert(status == ST_OK);
        UNUSED(status);
        if (coap_send(peer->session, pdu) != COAP_INVALID_MID) {
            coap_wake(peer->endpoint);
            return ST_OK;
        }
    }
    return ST_UNREACHABLE;
}

void coap_pdu_send_spacer(struct coap_peer *peer)
{
    struct message message;
    message_init(&message);
    message.code = CODE_GET;
    message.message_id = coap_peer_message_id(peer);
    message.token_len = sizeof message.token;
    chance_bytes(peer->endpoint->chance, message.token, sizeof message.token);
    memcpy(peer->spacer, message.token, sizeof peer->spacer);
    peer->has_spacer = true;
    struct passage passage = {EVENT_REQUEST, false, "CON"};
    endpoint_trace(&peer->endpoint->base, &peer->base, passage, &message);
    coap_pdu_t *pdu = new_pdu(peer, &message);
    if (pdu != NULL) {
        coap_add_option(pdu, SPACER_OPTION, 0, NULL);
        coap_send(peer->session, pdu);
    }
    message_release(&message);
}
