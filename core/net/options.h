/* SPDX-License-Identifier: Apache-2.0 */
/* Which options a packet has, and what those of another mean (RFC 7252 5.10, RFC 7641 2, RFC 7959),
 * whatever transport codes them. */
#ifndef NET_OPTIONS_H
#define NET_OPTIONS_H

#include "net/packet.h"

/* Takes an option of a packet that came in. Returns 0, or the code that a request with it is to be
 * answered; critical options that are not known are among those. */
unsigned options_take(struct packet *packet, unsigned number, struct bytes value);
/* Hands the options of PACKET to PUT, in ascending order of their numbers. VALUE is borrowed for
 * the call. */
void options_put(const struct packet *packet,
                 void (*put)(void *arg, unsigned number, struct bytes value), void *arg);

#endif
