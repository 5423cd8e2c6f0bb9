/* SPDX-License-Identifier: Apache-2.0 */
/* A network in memory: any number of endpoints that exchange messages in virtual time.
 *
 * It keeps what the port promises (retransmission, duplicates answered once, Reset for a
 * notification that nobody waits for) with whole bodies instead of blocks. */
#ifndef TESTS_FAKE_ENDPOINT_H
#define TESTS_FAKE_ENDPOINT_H

#include "net/endpoint.h"

/* Retransmission after 2, 4, 8 and 16 s more; given up another 32 s later. */
enum { FAKE_ACK_TIMEOUT_MS = 2000, FAKE_RETRANSMITS = 4, FAKE_GIVE_UP_MS = 62000 };

struct fake_net;
/* CLOCK must be virtual and outlive the network. */
struct fake_net *fake_net_new(struct clock *clock);
/* Ends the network; every endpoint must have been freed. */
void fake_net_free(struct fake_net *net);
/* Each message arrives MS after it was sent; 0 (at the start): at the clock's next turn. */
void fake_net_delay(struct fake_net *net, int64_t ms);
/* The next COUNT messages vanish, in whichever direction; confirmable requests, notifications
 * and their answers come again by retransmission. */
void fake_net_drop(struct fake_net *net, unsigned count);
/* Messages sent so far, lost and repeated ones included. */
unsigned fake_net_sent(const struct fake_net *net);

/* An endpoint; URI (borrowed) is what others connect to, NULL for one that only connects.
 * Free it with endpoint_free. Connecting to a URI that nobody has is ST_OK; its requests end as
 * ST_UNREACHABLE. ADDRESS is not looked at. When an endpoint is freed and another takes its URI,
 * the secured sessions of before are silent. */
struct endpoint *fake_endpoint_new(struct fake_net *net, const char *uri);
/* While SILENT, nothing leaves or reaches ENDPOINT, so that its peers run into time limits. */
void fake_endpoint_silence(struct endpoint *endpoint, bool silent);
/* The transport gives up PEER of ENDPOINT: on_peer_gone, then it is freed. */
void fake_endpoint_lose(struct endpoint *endpoint, struct peer *peer);
/* How many peers ENDPOINT has, and one of them (borrowed). */
size_t fake_endpoint_peers(struct endpoint *endpoint);
struct peer *fake_endpoint_peer(struct endpoint *endpoint, size_t index);
/* Calls of endpoint_forget_bodies so far. */
unsigned fake_endpoint_forgotten(struct endpoint *endpoint);

#endif
