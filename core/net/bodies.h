/* SPDX-License-Identifier: Apache-2.0 */
/* The answering half of block transfers (RFC 7959): collects the blocks of a request's body, and
 * keeps what is left of an answer or notification that is longer than one block.
 *
 * The rest of an answer always comes from what was kept when its first block left, never from a
 * second call of the user: a later block of newer AuthData must not follow a block of older, and
 * a block must not reset AuthStatus again (I-10). So a request for a later block of which nothing
 * is kept is answered 4.08, and the client begins again. */
#ifndef NET_BODIES_H
#define NET_BODIES_H

#include "base/clock.h"
#include "net/packet.h"

enum {
    BODIES_MOST = 256,            /* transfers under way in one endpoint; the oldest gives way */
    BODIES_OCTETS_MOST = 4194304, /* and their octets in all */
    BODY_LIFETIME_MS = 93000      /* since its last block: MAX_TRANSMIT_WAIT, RFC 7252 4.8.2 */
};

struct bodies; /* opaque */
/* SZX: the largest block to send or to ask for. CLOCK and CHANCE (entity tags) are borrowed. */
struct bodies *bodies_new(struct clock *clock, struct chance *chance, unsigned szx);
void bodies_free(struct bodies *bodies); /* zeroes what it holds */

/* Who asks, and who fills the answer to a request whose body is whole. */
struct body_request {
    const void *peer; /* (borrowed) a name only */
    void (*ask)(void *arg, const struct message *request, struct message *response);
    void *arg; /* (borrowed) */
};
/* Fills RESPONSE (initialised) for one packet, asking at most once. REQUEST's payload is replaced
 * by the whole body when this packet completes it. */
void bodies_answer(struct bodies *bodies, const struct body_request *who, struct packet *request,
                   struct packet *response);
/* Leaves the first block, of at most SZX, in NOTIFICATION and keeps the rest, when it is longer
 * than one block. The later blocks are asked for by the path, query and Accept in it (see
 * observers.h).
 */
void bodies_cut_notification(struct bodies *bodies, const void *peer, unsigned szx,
                             struct packet *notification);
/* clock_now() of when the answer or notification that is kept for LIKE's path, query and Accept
 * went on last: when its first block left, or one behind all others; INT64_MIN: none is kept. */
int64_t bodies_reached_at(struct bodies *bodies, const void *peer, const struct message *like);
/* Zeroes and drops sensitive answers to requests at, below or above PATH. */
void bodies_forget(struct bodies *bodies, const struct segments *path);
void bodies_forget_peer(struct bodies *bodies, const void *peer);

#endif
