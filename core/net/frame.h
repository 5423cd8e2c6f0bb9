/* SPDX-License-Identifier: Apache-2.0 */
/* Messages as they follow each other in a stream (RFC 8323 3.2), and the signals between them. */
#ifndef NET_FRAME_H
#define NET_FRAME_H

#include "net/packet.h"

enum {
    FRAME_MOST = BODY_MOST + 2048, /* octets of one that is taken in */
    /* What is told to the other end instead (RFC 8323 5.3.1), which is also what counts for it
     * until it tells: with more than that it might send blocks of 64 KiB (BERT, RFC 8323 6). */
    FRAME_USUAL = 1152
};

/* RFC 8323 5 */
enum signal_code {
    SIGNAL_CSM = COAP_CODE(7, 1),
    SIGNAL_PING = COAP_CODE(7, 2),
    SIGNAL_PONG = COAP_CODE(7, 3),
    SIGNAL_RELEASE = COAP_CODE(7, 4),
    SIGNAL_ABORT = COAP_CODE(7, 5)
};
static inline bool code_is_signal(unsigned code)
{
    return (code >> 5) == 7;
}

enum frame_step {
    FRAME_SHORT,   /* octets are missing */
    FRAME_WHOLE,   /* *OUT_LEN octets are one */
    FRAME_TOO_LONG /* its head asks for more than FRAME_MOST, or names a reserved length */
};
MUST_USE enum frame_step frame_measure(struct bytes octets, size_t *out_len);
/* What a signal says. */
struct signal_options {
    bool has_max_size;
    uint32_t max_size; /* CSM: Max-Message-Size */
    unsigned unknown;  /* a critical option that is not known; 0: none (RFC 8323 5.2) */
};
/* Fills PACKET (initialised), or SIGNAL when it is one, from the octets of one frame. False: they
 * are malformed. *OUT_REFUSED is 0, or the code that a request with these options is answered. */
MUST_USE bool frame_read(struct bytes frame, struct packet *packet, struct signal_options *signal,
                         unsigned *out_refused);
/* Appends PACKET; BAD when OUT's limit is passed. */
void frame_write(const struct packet *packet, struct buf *out);
/* Appends our Capabilities and Settings Message. */
void frame_write_csm(struct buf *out);
/* Appends another signal, with its token, and text for people, in PACKET's payload. */
void frame_write_signal(const struct packet *packet, struct buf *out);

#endif
