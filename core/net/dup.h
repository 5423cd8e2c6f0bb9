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

struct dups;                                /* opaque */
struct dups *dups_new(struct clock *clock); /* CLOCK is borrowed */
void dups_free(struct dups *dups);          /* zeroes what it holds */

enum dup_state {
    DUP_NEW,     /* never seen: remembered now, dups_keep follows */
    DUP_BUSY,    /* seen, and its answer is not there yet */
    DUP_ANSWERED /* seen: *out_answer is what it got */
};
/* PEER is an address of the caller's, used as a name only. *OUT_ANSWER is borrowed until the next
 * call, NULL unless DUP_ANSWERED. */
enum dup_state dups_look(struct dups *dups, const void *peer, int message_id,
                         const struct packet **out_answer);
/* Remembers a copy of ANSWER for a request that was DUP_NEW. */
void dups_keep(struct dups *dups, const void *peer, int message_id, const struct packet *answer);
void dups_forget_peer(struct dups *dups, const void *peer);

#endif
