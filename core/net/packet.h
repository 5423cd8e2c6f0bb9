/* SPDX-License-Identifier: Apache-2.0 */
/* A message as it crosses the wire: one block of a body, and what ties the blocks together
 * (RFC 7959). Shared by the modules of this folder; users of the port see whole bodies. */
#ifndef NET_PACKET_H
#define NET_PACKET_H

#include "net/message.h"

enum { SZX_MOST = 6 }; /* 1024 octets; 7 is reserved (RFC 7959 2.2) */

struct block {
    bool present;
    bool more;
    uint8_t szx;
    uint32_t num;
};

struct etag {
    uint8_t octets[8];
    uint8_t len; /* 0: none */
};

struct packet {
    struct message message; /* its payload is one block, or the whole body */
    struct block block1;
    struct block block2;
    struct etag etag;
    uint32_t size1; /* Size1: length of the request's whole body; 0: not told */
};

void packet_init(struct packet *packet);
void packet_release(struct packet *packet); /* zeroes the payload */

size_t block_size(unsigned szx);     /* octets: 16 to 1024 */
unsigned szx_of_size(unsigned size); /* the largest whose blocks have at most SIZE octets */
/* The option's value and back; false when the size is the reserved one. */
uint32_t block_encode(const struct block *block);
MUST_USE bool block_decode(uint32_t value, struct block *out);
/* Where in the body the block begins. */
size_t block_offset(const struct block *block);
/* The block of SZX at OFFSET in a body of LEN octets: sets its number and the more flag. */
struct block block_at(size_t offset, unsigned szx, size_t len);
/* The octets of BODY that BLOCK stands for; borrowed. BLOCK begins inside of it. */
struct bytes block_slice(const struct block *block, struct bytes body);
bool etag_equal(const struct etag *a, const struct etag *b);

#endif
