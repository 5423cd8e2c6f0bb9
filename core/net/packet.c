/* SPDX-License-Identifier: Apache-2.0 */
/* Packets and the arithmetic of blocks (RFC 7959 2.2). */
#include "base/std.h"

#include "net/packet.h"

void packet_init(struct packet *packet)
{
    memset(packet, 0, sizeof *packet);
    message_init(&packet->message);
}

void packet_release(struct packet *packet)
{
    message_release(&packet->message);
}

size_t block_size(unsigned szx)
{
    return (size_t)16 << szx;
}

unsigned szx_of_size(unsigned size)
{
    unsigned szx = 0;
    while (szx < SZX_MOST && block_size(szx + 1) <= size)
        szx++;
    return szx;
}

uint32_t block_encode(const struct block *block)
{
    return block->num << 4 | (block->more ? 8u : 0u) | block->szx;
}

bool block_decode(uint32_t value, struct block *out)
{
    if ((value & 7) > SZX_MOST)
        return false;
    *out = (struct block){true, (value & 8) != 0, (uint8_t)(value & 7), value >> 4};
    return true;
}

size_t block_offset(const struct block *block)
{
    return (size_t)block->num * block_size(block->szx);
}

struct block block_at(size_t offset, unsigned szx, size_t len)
{
    size_t size = block_size(szx);
    return (struct block){true, len > offset + size, (uint8_t)szx, (uint32_t)(offset / size)};
}

struct bytes block_slice(const struct block *block, struct bytes body)
{
    size_t offset = block_offset(block);
    assert(offset < body.len);
    size_t left = body.len - offset;
    size_t size = block_size(block->szx);
    return (struct bytes){body.data + offset, left < size ? left : size};
}

bool etag_equal(const struct etag *a, const struct etag *b)
{
    return a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}
