/* SPDX-License-Identifier: Apache-2.0 */
/* What the driver of somebody else's server leaves out, our own device has seen: the content format
 * of an answer and of a Send, and the code and format of a notification. What the driver tells
 * stands. */
#ifndef DRIVERS_WITNESS_H
#define DRIVERS_WITNESS_H

#include "scenario/actor.h"

/* An actor that does what SERVER (owned) does. TELLS_REGISTRATIONS: the server tells when the
 * device is registered, and what it tells before that is about an earlier device, and dropped. */
struct server_actor *witness_new(struct server_actor *server, bool tells_registrations);
/* Sees what DEVICE (borrowed until the actor is freed) says from now on, and hands all of it on to
 * LISTENER. */
void witness_watch(struct server_actor *actor, struct device_actor *device,
                   struct actor_listener listener);

#endif
