/* SPDX-License-Identifier: Apache-2.0 */
/* Packets into libcoap's PDUs and back. */
#include <coap3/coap.h>

#include "base/std.h"

#include "net/coap_impl.h"

/* Space for header, token and the options of fixed size, beside path, query and payload. */
enum { DATAGRAM_HEAD = 64, HEADER_LEN = 4 };

/* ---- reading ---- */

static struct bytes value_of(const coap_opt_t *option)
{
    return (struct bytes){coap_opt_value(option), coap_opt_length(option)};
}

static uint32_t uint_of(const coap_opt_t *option)
{
    return coap_decode_var_bytes(coap_opt_value(option), coap_opt_length(option));
}

/* The first of an option that may come once; a second critical one is treated like an unknown
 * one, a second elective one is ignored (RFC 7252 5.4.5). */
static unsigned read_number(const coap_opt_t *option, bool is_critical, int *out)
{
    if (*out >= 0)
        return is_critical ? CODE_BAD_OPTION : 0;
    *out = (int)uint_of(option);
    return 0;
}

static unsigned read_block(const coap_opt_t *option, struct block *out)
{
    if (out->present)
        return CODE_BAD_OPTION;
    return block_decode(uint_of(option), out) ? 0 : CODE_BAD_REQUEST;
}

static unsigned read_segment(const coap_opt_t *option, struct segments *out)
{
    return segments_add(out, value_of(option)) ? 0 : CODE_BAD_REQUEST;
}

static unsigned read_etag(const coap_opt_t *option, struct etag *out)
{
    struct bytes value = value_of(option);
    if (out->len > 0 || value.len == 0 || value.len > sizeof out->octets)
        return 0;
    memcpy(out->octets, value.data, value.len);
    out->len = (uint8_t)value.len;
    return 0;
}

static unsigned read_option(unsigned number, const coap_opt_t *option, struct packet *packet)
{
    struct message *message = &packet->message;
    switch (number) {
    case COAP_OPTION_IF_MATCH:
    case COAP_OPTION_IF_NONE_MATCH:
    case SPACER_OPTION:
        return CODE_BAD_OPTION; /* critical, and nothing here can honour them */
    case COAP_OPTION_ETAG:
        return read_etag(option, &packet->etag);
    case COAP_OPTION_OBSERVE:
        return read_number(option, false, &message->observe);
    case COAP_OPTION_LOCATION_PATH:
        return read_segment(option, &message->location);
    case COAP_OPTION_URI_PATH:
        return read_segment(option, &message->path);
    case COAP_OPTION_CONTENT_FORMAT:
        return read_number(option, false, &message->format);
    case COAP_OPTION_URI_QUERY:
        return read_segment(option, &message->query);
    case COAP_OPTION_ACCEPT:
        return read_number(option, true, &message->accept);
    case COAP_OPTION_BLOCK1:
        return read_block(option, &packet->block1);
    case COAP_OPTION_BLOCK2:
        return read_block(option, &packet->block2);
    case COAP_OPTION_SIZE1:
        packet->size1 = uint_of(option);
        return 0;
    }
    return 0; /* libcoap has refused unknown critical ones */
}

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
        unsigned code = read_option(iterator.number, at, packet);
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

static void write_uint(coap_pdu_t *pdu, unsigned number, uint32_t value)
{
    uint8_t octets[4];
    unsigned len = coap_encode_var_safe(octets, sizeof octets, value);
    coap_add_option(pdu, (coap_option_num_t)number, len, octets);
}

static void write_number(coap_pdu_t *pdu, unsigned number, int value)
{
    if (value >= 0)
        write_uint(pdu, number, (uint32_t)value);
}

static void write_segments(coap_pdu_t *pdu, unsigned number, const struct segments *segments)
{
    for (size_t i = 0; i < segments->count; i++) {
        struct bytes segment = segments_at(segments, i);
        coap_add_option(pdu, (coap_option_num_t)number, segment.len, segment.data);
    }
}

static void write_block(coap_pdu_t *pdu, unsigned number, const struct block *block)
{
    if (block->present)
        write_uint(pdu, number, block_encode(block));
}

static size_t segments_room(const struct segments *segments)
{
    return segments->text.len + 3 * segments->count;
}

static bool fits(const struct packet *packet)
{
    const struct message *message = &packet->message;
    size_t room = DATAGRAM_HEAD + message->payload.len;
    if (code_is_request(message->code))
        room += segments_room(&message->path) + segments_room(&message->query);
    else
        room += segments_room(&message->location);
    return room <= DATAGRAM_MOST;
}

/* In ascending order of option numbers. */
enum status coap_pdu_write(const struct packet *packet, coap_pdu_t *pdu)
{
    const struct message *message = &packet->message;
    bool is_request = code_is_request(message->code);
    if (!fits(packet))
        return ST_LIMIT;
    coap_pdu_set_code(pdu, (coap_pdu_code_t)message->code);
    if (packet->etag.len > 0)
        coap_add_option(pdu, COAP_OPTION_ETAG, packet->etag.len, packet->etag.octets);
    if (message->observe >= 0)
        write_uint(pdu, COAP_OPTION_OBSERVE, (uint32_t)message->observe & 0xffffff);
    if (!is_request)
        write_segments(pdu, COAP_OPTION_LOCATION_PATH, &message->location);
    if (is_request)
        write_segments(pdu, COAP_OPTION_URI_PATH, &message->path);
    write_number(pdu, COAP_OPTION_CONTENT_FORMAT, message->format);
    if (is_request) {
        write_segments(pdu, COAP_OPTION_URI_QUERY, &message->query);
        write_number(pdu, COAP_OPTION_ACCEPT, message->accept);
    }
    write_block(pdu, COAP_OPTION_BLOCK2, &packet->block2);
    write_block(pdu, COAP_OPTION_BLOCK1, &packet->block1);
    if (packet->size1 > 0)
        write_uint(pdu, COAP_OPTION_SIZE1, packet->size1);
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
    struct passage passage = {EVENT_REQUEST, false, "CON"};
    endpoint_trace(&peer->endpoint->base, &peer->base, passage, &message);
    coap_pdu_t *pdu = new_pdu(peer, &message);
    if (pdu != NULL) {
        coap_add_option(pdu, SPACER_OPTION, 0, NULL);
        coap_send(peer->session, pdu);
    }
    message_release(&message);
}
