/* SPDX-License-Identifier: Apache-2.0 */
/* Duplicate detection (RFC 7252 4.5): a request that comes again is not handed up again, and
 * gets the same octets. Rule PF-STATE-9. */
#ifndef NET_DUP_H
#define NET_DUP_H

#include "base/clock.h"
#include "net/packet.h"

enum {
    DUPS_MOST = 4096,             /* requests remembered by one endpoint; the oldest gives way */
    EXCHANGE_LIFETIME_MS = 247000 /* RFC 7252 4.8.2 */
};

/* NULL, which all calls take, remembers nothing. */
struct dups;                                /* opaque */
struct dups *dups_new(struct clock *clock); /* CLOCK is borrowed */
void dups_free(struct dups *dups);          /* zeroes what it holds */

/* The answer to the request with this id, NULL when it is none that was seen; borrowed until the
 * next call. PEER is an address of the caller's, used as a name only. */
const struct packet *dups_find(const struct dups *dups, const void *peer, int message_id);
/* Remembers a copy of ANSWER for a request that was not found. */
void dups_keep(struct dups *dups, const void *peer, int message_id, const struct packet *answer);
void dups_forget_peer(struct dups *dups, const void *peer);

#endif
