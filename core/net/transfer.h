/* SPDX-License-Identifier: Apache-2.0 */
/* The asking half of block transfers (RFC 7959): cuts a long request into blocks, and fetches
 * what follows the first block of an answer or notification. */
#ifndef NET_TRANSFER_H
#define NET_TRANSFER_H

#include "net/packet.h"

enum { TRANSFER_RESTARTS_MOST = 2 }; /* after which an answer that keeps changing is given up */

/* One request and its answer. Embedded by its owner. */
struct transfer {
    struct message request; /* with the whole body */
    unsigned szx;           /* of the blocks that are sent; shrinks when the peer wants it */
    unsigned answer_szx;    /* of the blocks that are asked for; the same */
    size_t sent;            /* octets of the request's body that the peer has confirmed */
    bool is_collecting;     /* a first block of the answer is there */
    struct message answer;  /* with what has come of its body */
    struct etag etag;       /* of the answer's first block */
    unsigned restarts;
};

/* Copies REQUEST; SZX is the largest block to send or ask for. */
void transfer_init(struct transfer *transfer, const struct message *request, unsigned szx);
void transfer_release(struct transfer *transfer);
/* Forgets the answer, so that a new one (the next notification) can be collected. */
void transfer_rewind(struct transfer *transfer);
/* Fills OUT (initialised) with the packet that is due; message id and token are the request's in
 * the first packet and to be chosen in the later ones; the token is its own again when all begins
 * again. */
void transfer_next(const struct transfer *transfer, struct packet *out);

enum transfer_step {
    TRANSFER_SEND,  /* send what transfer_next gives */
    TRANSFER_DONE,  /* transfer->answer is whole */
    TRANSFER_LIMIT, /* the answer is longer than BODY_MOST */
    TRANSFER_BROKEN /* its blocks do not fit together */
};
/* Takes the answer to the last packet in, or a notification. */
MUST_USE enum transfer_step transfer_take(struct transfer *transfer, const struct packet *packet);

#endif
