/* SPDX-License-Identifier: Apache-2.0 */
/* Options of packets: one reading and one writing for all transports. */
#include "base/std.h"

#include "net/options.h"

enum option_number {
    OPTION_IF_MATCH = 1,
    OPTION_URI_HOST = 3,
    OPTION_ETAG = 4,
    OPTION_IF_NONE_MATCH = 5,
    OPTION_OBSERVE = 6,
    OPTION_URI_PORT = 7,
    OPTION_LOCATION_PATH = 8,
    OPTION_URI_PATH = 11,
    OPTION_CONTENT_FORMAT = 12,
    OPTION_URI_QUERY = 15,
    OPTION_ACCEPT = 17,
    OPTION_BLOCK2 = 23,
    OPTION_BLOCK1 = 27,
    OPTION_SIZE1 = 60
};

/* ---- reading ---- */

/* A length that an option may not have makes it an unknown one (RFC 7252 5.4.3). */
static unsigned unknown(unsigned number)
{
    bool is_critical = (number & 1) != 0;
    return is_critical ? CODE_BAD_OPTION : 0;
}

static bool read_uint(struct bytes value, size_t most, uint32_t *out)
{
    if (value.len > most)
        return false;
    *out = 0;
    for (size_t i = 0; i < value.len; i++)
        *out = *out << 8 | value.data[i];
    return true;
}

/* The first of an option that may come once; a second critical one is treated like an unknown
 * one, a second elective one is ignored (RFC 7252 5.4.5). */
static unsigned read_number(unsigned number, struct bytes value, size_t most, int *out)
{
    uint32_t found = 0;
    if (*out >= 0 || !read_uint(value, most, &found))
        return unknown(number);
    *out = (int)found;
    return 0;
}

static unsigned read_block(struct bytes value, struct block *out)
{
    uint32_t found = 0;
    if (out->present || !read_uint(value, 3, &found))
        return CODE_BAD_OPTION;
    return block_decode(found, out) ? 0 : CODE_BAD_REQUEST;
}

static unsigned read_segment(struct bytes value, struct segments *out)
{
    return segments_add(out, value) ? 0 : CODE_BAD_REQUEST;
}

static unsigned read_etag(struct bytes value, struct etag *out)
{
    if (out->len > 0 || value.len == 0 || value.len > sizeof out->octets)
        return 0;
    memcpy(out->octets, value.data, value.len);
    out->len = (uint8_t)value.len;
    return 0;
}

static unsigned read_size1(struct bytes value, uint32_t *out)
{
    uint32_t found = 0;
    if (read_uint(value, 4, &found))
        *out = found;
    return 0;
}

unsigned options_take(struct packet *packet, unsigned number, struct bytes value)
{
    struct message *message = &packet->message;
    switch (number) {
    case OPTION_URI_HOST:
    case OPTION_URI_PORT:
        return 0;
    case OPTION_ETAG:
        return read_etag(value, &packet->etag);
    case OPTION_OBSERVE:
        return read_number(number, value, 3, &message->observe);
    case OPTION_LOCATION_PATH:
        return read_segment(value, &message->location);
    case OPTION_URI_PATH:
        return read_segment(value, &message->path);
    case OPTION_CONTENT_FORMAT:
        return read_number(number, value, 2, &message->format);
    case OPTION_URI_QUERY:
        return read_segment(value, &message->query);
    case OPTION_ACCEPT:
        return read_number(number, value, 2, &message->accept);
    case OPTION_BLOCK2:
        return read_block(value, &packet->block2);
    case OPTION_BLOCK1:
        return read_block(value, &packet->block1);
    case OPTION_SIZE1:
        return read_size1(value, &packet->size1);
    }
    return unknown(number); /* If-Match and If-None-Match too: nothing here can honour them */
}

/* ---- writing ---- */

struct writing {
    void (*put)(void *arg, unsigned number, struct bytes value);
    void *arg; /* (borrowed) */
};

static void write_uint(const struct writing *writing, unsigned number, uint32_t value)
{
    uint8_t octets[4];
    size_t len = 0;
    for (unsigned shift = 32; shift > 0; shift -= 8)
        if (value >> (shift - 8) != 0)
            octets[len++] = (uint8_t)(value >> (shift - 8));
    writing->put(writing->arg, number, (struct bytes){octets, len});
}

static void write_number(const struct writing *writing, unsigned number, int value)
{
    if (value >= 0)
        write_uint(writing, number, (uint32_t)value);
}

static void write_segments(const struct writing *writing, unsigned number,
                           const struct segments *segments)
{
    for (size_t i = 0; i < segments->count; i++)
        writing->put(writing->arg, number, segments_at(segments, i));
}

static void write_block(const struct writing *writing, unsigned number, const struct block *block)
{
    if (block->present)
        write_uint(writing, number, block_encode(block));
}

void options_put(const struct packet *packet,
                 void (*put)(void *arg, unsigned number, struct bytes value), void *arg)
{
    const struct writing writing = {put, arg};
    const struct message *message = &packet->message;
    bool is_request = code_is_request(message->code);
    if (packet->etag.len > 0)
        put(arg, OPTION_ETAG, (struct bytes){packet->etag.octets, packet->etag.len});
    if (message->observe >= 0)
        write_uint(&writing, OPTION_OBSERVE, (uint32_t)message->observe & 0xffffff);
    if (!is_request)
        write_segments(&writing, OPTION_LOCATION_PATH, &message->location);
    if (is_request)
        write_segments(&writing, OPTION_URI_PATH, &message->path);
    write_number(&writing, OPTION_CONTENT_FORMAT, message->format);
    if (is_request) {
        write_segments(&writing, OPTION_URI_QUERY, &message->query);
        write_number(&writing, OPTION_ACCEPT, message->accept);
    }
    write_block(&writing, OPTION_BLOCK2, &packet->block2);
    write_block(&writing, OPTION_BLOCK1, &packet->block1);
    if (packet->size1 > 0)
        write_uint(&writing, OPTION_SIZE1, packet->size1);
}
