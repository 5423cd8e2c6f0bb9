/* SPDX-License-Identifier: Apache-2.0 */
/* CoAP's messages in a stream: a length, a code, a token, options, a payload. */
#include "base/std.h"

#include "net/frame.h"
#include "net/options.h"

enum {
    NIBBLE = 0x0f,
    ONE_OCTET = 13, /* what a nibble means that is followed by one more octet, by two or four */
    TWO_OCTETS = 14,
    FOUR_OCTETS = 15,
    FROM_ONE = 13, /* where the lengths of these begin */
    FROM_TWO = 269,
    FROM_FOUR = 65805,
    TOKEN_MOST = 8,
    MARKER = 0xff,
    CSM_MAX_MESSAGE_SIZE = 2,
    CSM_BLOCK_WISE_TRANSFER = 4
};

/* ---- reading ---- */

/* The octets after the nibble that complete a length (RFC 8323 3.2). */
static uint64_t read_length(struct rd *rd, unsigned nibble)
{
    if (nibble == ONE_OCTET)
        return FROM_ONE + rd_u8(rd);
    if (nibble == TWO_OCTETS)
        return FROM_TWO + rd_be(rd, 2);
    if (nibble == FOUR_OCTETS)
        return FROM_FOUR + rd_be(rd, 4);
    return nibble;
}

enum frame_step frame_measure(struct bytes octets, size_t *out_len)
{
    struct rd rd;
    rd_init(&rd, octets);
    unsigned first = rd_u8(&rd);
    uint64_t len = read_length(&rd, first >> 4);
    unsigned token_len = first & NIBBLE;
    if (octets.len > 0 && token_len > TOKEN_MOST)
        return FRAME_TOO_LONG;
    if (rd.bad)
        return FRAME_SHORT;
    len += octets.len - rd_left(&rd) + 1 + token_len;
    if (len > FRAME_MOST)
        return FRAME_TOO_LONG;
    *out_len = (size_t)len;
    return len <= octets.len ? FRAME_WHOLE : FRAME_SHORT;
}

/* One nibble of an option's head with what follows it (RFC 7252 3.1). */
static uint32_t read_part(struct rd *rd, unsigned nibble)
{
    if (nibble == FOUR_OCTETS)
        rd_fail(rd);
    return nibble == FOUR_OCTETS ? 0 : (uint32_t)read_length(rd, nibble);
}

static bool take_number(struct bytes value, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < value.len; i++)
        *out = *out << 8 | value.data[i];
    return value.len <= sizeof *out;
}

static void take_signal(struct signal_options *signal, unsigned code, unsigned number,
                        struct bytes value)
{
    if (code == SIGNAL_CSM && number == CSM_MAX_MESSAGE_SIZE)
        signal->has_max_size = take_number(value, &signal->max_size);
    else if ((number & 1) != 0)
        signal->unknown = number;
}

bool frame_read(struct bytes frame, struct packet *packet, struct signal_options *signal,
                unsigned *out_refused)
{
    struct rd rd;
    struct message *message = &packet->message;
    uint32_t number = 0;
    rd_init(&rd, frame);
    unsigned first = rd_u8(&rd);
    read_length(&rd, first >> 4);
    message->code = (uint8_t)rd_u8(&rd);
    message->token_len = (uint8_t)(first & NIBBLE);
    struct bytes token = rd_take(&rd, message->token_len);
    if (!rd.bad && message->token_len > 0)
        memcpy(message->token, token.data, token.len);
    *out_refused = 0;
    while (rd_left(&rd) > 0 && rd_peek(&rd) != MARKER) {
        unsigned head = rd_u8(&rd);
        number += read_part(&rd, head >> 4);
        struct bytes value = rd_take(&rd, read_part(&rd, head & NIBBLE));
        if (rd.bad || number > UINT16_MAX)
            return false;
        if (code_is_signal(message->code))
            take_signal(signal, message->code, number, value);
        else if (*out_refused == 0)
            *out_refused = options_take(packet, number, value);
    }
    if (rd_left(&rd) == 0)
        return !rd.bad;
    rd_u8(&rd);
    buf_put(&message->payload, rd_take(&rd, rd_left(&rd)));
    if (message->payload.bad && *out_refused == 0)
        *out_refused = CODE_TOO_LARGE;
    return message->payload.len > 0 || message->payload.bad;
}

/* ---- writing ---- */

static unsigned nibble_of(size_t length)
{
    if (length < FROM_ONE)
        return (unsigned)length;
    if (length < FROM_TWO)
        return ONE_OCTET;
    return length < FROM_FOUR ? TWO_OCTETS : FOUR_OCTETS;
}

static void write_length(struct buf *out, size_t length)
{
    if (length >= FROM_FOUR)
        buf_put_be(out, length - FROM_FOUR, 4);
    else if (length >= FROM_TWO)
        buf_put_be(out, length - FROM_TWO, 2);
    else if (length >= FROM_ONE)
        buf_put_u8(out, (unsigned)length - FROM_ONE);
}

struct writing {
    struct buf *out; /* (borrowed) */
    unsigned last;   /* number of the option before */
};

static void put_option(void *arg, unsigned number, struct bytes value)
{
    struct writing *writing = arg;
    size_t delta = number - writing->last;
    buf_put_u8(writing->out, nibble_of(delta) << 4 | nibble_of(value.len));
    write_length(writing->out, delta);
    write_length(writing->out, value.len);
    buf_put(writing->out, value);
    writing->last = number;
}

/* OPTIONS are coded already. */
static void write_frame(const struct message *message, struct bytes options, struct buf *out)
{
    bool has_payload = message->payload.len > 0;
    size_t len = options.len + (has_payload ? 1 + message->payload.len : 0);
    buf_put_u8(out, nibble_of(len) << 4 | message->token_len);
    write_length(out, len);
    buf_put_u8(out, message->code);
    buf_put(out, (struct bytes){message->token, message->token_len});
    buf_put(out, options);
    if (!has_payload)
        return;
    buf_put_u8(out, MARKER);
    buf_put(out, buf_bytes(&message->payload));
}

void frame_write(const struct packet *packet, struct buf *out)
{
    struct buf options;
    buf_init(&options, FRAME_MOST);
    struct writing writing = {&options, 0};
    options_put(packet, put_option, &writing);
    write_frame(&packet->message, buf_bytes(&options), out);
    buf_release(&options);
}

void frame_write_csm(struct buf *out)
{
    static const uint8_t usual[] = {FRAME_USUAL >> 8, FRAME_USUAL & 0xff};
    struct message csm;
    struct buf options;
    message_init(&csm);
    buf_init(&options, 16);
    csm.code = SIGNAL_CSM;
    struct writing writing = {&options, 0};
    put_option(&writing, CSM_MAX_MESSAGE_SIZE, (struct bytes){usual, sizeof usual});
    put_option(&writing, CSM_BLOCK_WISE_TRANSFER, (struct bytes){NULL, 0});
    write_frame(&csm, buf_bytes(&options), out);
    buf_release(&options);
    message_release(&csm);
}

void frame_write_signal(const struct packet *packet, struct buf *out)
{
    write_frame(&packet->message, (struct bytes){NULL, 0}, out);
}
