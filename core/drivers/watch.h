/* SPDX-License-Identifier: Apache-2.0 */
/* What a device of ours sees and says, as events of the device side: requests with their answers,
 * notifications, and what servers answer to it. */
#ifndef DRIVERS_WATCH_H
#define DRIVERS_WATCH_H

#include "drivers/sim.h"

struct watch; /* opaque */

struct watch_config {
    struct endpoint *endpoint;     /* (borrowed) of the device */
    struct trace *trace;           /* (borrowed) where its messages are told */
    const struct profile *profile; /* (borrowed) */
    const struct place *places;    /* (borrowed) where servers are instead of where they say */
    size_t place_count;
    const struct actor_listener *listener; /* (borrowed) who is told, whenever it is set */
};

/* Sees notifications and answers from now on. What CONFIG borrows must outlive it. */
struct watch *watch_new(const struct watch_config *config);
/* Sees requests from now on: the device stands at the endpoint. */
void watch_open(struct watch *watch);
/* Free it before the endpoint; NULL is legal. */
void watch_free(struct watch *watch);

#endif
