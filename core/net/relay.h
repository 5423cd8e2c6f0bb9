/* SPDX-License-Identifier: Apache-2.0 */
/* A UDP relay between devices and a server, in which datagrams are lost, late, doubled,
 * overtaken or damaged, and behind which a device can change its address as behind a NAT.
 *
 * It knows nothing of what it carries but whether a datagram in plain text is a request, and
 * whether one answers what it was made to send itself. */
#ifndef NET_RELAY_H
#define NET_RELAY_H

#include "base/buf.h"
#include "base/clock.h"

enum relay_way { RELAY_TO_SERVER, RELAY_TO_DEVICE, RELAY_WAYS, RELAY_EITHER = RELAY_WAYS };

enum relay_fault {
    RELAY_DROP,
    RELAY_DUPLICATE, /* it arrives twice */
    RELAY_REORDER,   /* the next one of its way overtakes it; alone it is 100 ms late */
    RELAY_CORRUPT,   /* one of its bits is turned */
    RELAY_FAULTS
};

/* What a datagram is, as far as its first two octets tell (RFC 7252 section 3). Of DTLS none is but
 * RELAY_ANY. */
enum relay_kind { RELAY_ANY, RELAY_REQUEST, RELAY_RESPONSE, RELAY_ACK, RELAY_KINDS };

struct relay; /* opaque */

struct relay_config {
    struct loop *loop;     /* (borrowed) */
    struct chance *chance; /* (borrowed) for relay_new: what happens to the datagrams of a way
                            * depends on it and on how many there were before */
    const char *server;    /* (borrowed) "127.0.0.1:5683", "[::1]:5683" */
    const char *listen;    /* (borrowed) the same for devices; NULL: a free port of 127.0.0.1 */
};

/* Listens, and carries everything unharmed at first. At most 16 devices at a time (a new one takes
 * the place of the one that was silent longest) and 256 datagrams under way, beyond which they are
 * lost. ST_INVALID when SERVER or LISTEN is no such address, ST_IO when there is no socket. */
MUST_USE enum status relay_new(const struct relay_config *config, struct relay **out,
                               struct error *error);
void relay_free(struct relay *relay); /* NULL is legal; what is under way is lost */
/* Where devices find the server: "127.0.0.1:49152"; borrowed. */
const char *relay_address(const struct relay *relay);

/* From now on FAULT befalls PER_THOUSAND of the datagrams of WAY, by chance; 0: none. */
void relay_rate(struct relay *relay, enum relay_way way, enum relay_fault fault,
                unsigned per_thousand);
/* FAULT befalls the next COUNT datagrams of KIND and WAY for sure, whatever the rate is. Replaces
 * what the last call for FAULT left over. */
void relay_next(struct relay *relay, enum relay_way way, enum relay_fault fault,
                enum relay_kind kind, unsigned count);
/* From now on datagrams of WAY take MS milliseconds. */
void relay_delay(struct relay *relay, enum relay_way way, int64_t ms);
/* No faults and no delay any more; what is under way arrives. */
void relay_heal(struct relay *relay);
/* The server sees every device at a new address from now on; what it sends to the old ones is lost.
 * ST_IO: some device has none, and is cut off until its next datagram. */
MUST_USE enum status relay_rebind(struct relay *relay);
/* Sends OCTETS on WAY as if the other end had: the device that spoke last and the server; or, with
 * IS_STRANGER and towards the server, somebody new. What is answered to it (RFC 7252: by its
 * message id, or by its token) is kept for relay_answer, and goes nowhere. ST_NOT_FOUND: no device
 * has spoken yet; ST_IO: there is no socket. */
MUST_USE enum status relay_inject(struct relay *relay, enum relay_way way, bool is_stranger,
                                  struct bytes octets);
/* Appends that answer; false when there is none, or it was taken already. */
bool relay_answer(struct relay *relay, struct buf *out);
/* How many datagrams of WAY FAULT has befallen so far. */
size_t relay_count(const struct relay *relay, enum relay_way way, enum relay_fault fault);

#endif
