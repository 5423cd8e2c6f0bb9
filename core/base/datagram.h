/* SPDX-License-Identifier: Apache-2.0 */
/* The outline of a CoAP message as it goes over the wire: its options, one after the other, where
 * its payload begins, and why it is none (RFC 7252 3). The walk judges nothing: whoever dictates
 * octets may mean them to be wrong. */
#ifndef BASE_DATAGRAM_H
#define BASE_DATAGRAM_H

#include "base/buf.h"

struct datagram {
    struct bytes rest; /* (borrowed) from the next option on; without data when it is malformed */
    size_t number;     /* of the option that was taken last */
};

/* Behind header and token of OCTETS, which are (borrowed). */
void datagram_begin(struct datagram *datagram, struct bytes octets);
/* The value of the next option, whose number is in DATAGRAM; false when there are no more, or what
 * comes is malformed. */
MUST_USE bool datagram_next(struct datagram *datagram, struct bytes *out);
bool datagram_is_whole(const struct datagram *datagram);
/* Where the payload of OCTETS begins; their length when they have none, or are malformed. */
size_t datagram_payload_at(struct bytes octets);
/* The octets of the token of OCTETS; none when it is cut off or longer than 8. */
struct bytes datagram_token(struct bytes octets);
/* Why OCTETS are no CoAP message, or none that its type can carry: half a sentence without a
 * subject; NULL: they are one. Whether its options make sense is not looked at. */
const char *datagram_fault(struct bytes octets);

#endif
