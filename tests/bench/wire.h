/* SPDX-License-Identifier: Apache-2.0 */
/* Two endpoints of ours in one loop, to compare sessions in plain text with secured ones. */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include "base/clock.h"

struct wire; /* opaque */

/* A server that listens for both kinds of sessions, and a client with one of each; LOOP and CHANCE
 * are borrowed. NULL when it cannot. */
struct wire *wire_new(struct loop *loop, struct chance *chance);
void wire_free(struct wire *wire);
/* One request of the client and its answer, on one session or the other. */
MUST_USE bool wire_ask(struct wire *wire, bool secured);
/* A new session with a pre-shared key, its handshake, one request, its answer, and its end. */
MUST_USE bool wire_shake_hands(struct wire *wire);

#endif
