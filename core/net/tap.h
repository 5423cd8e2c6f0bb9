/* SPDX-License-Identifier: Apache-2.0 */
/* Listens at an endpoint, without changing anything: whole bodies, as its user gives and takes
 * them, repeated requests left out. */
#ifndef NET_TAP_H
#define NET_TAP_H

#include "net/endpoint.h"

struct tap; /* opaque */

/* All arguments are borrowed for the call. */
struct tap_listener {
    /* PEER asked REQUEST, and RESPONSE is going to be sent. */
    void (*on_served)(void *arg, const struct peer *peer, const struct message *request,
                      const struct message *response);
    /* NOTIFICATION is on its way to PEER. */
    void (*on_notified)(void *arg, const struct peer *peer, const struct message *notification);
    /* REQUEST, of the endpoint's own user, is on its way to PEER. */
    void (*on_asked)(void *arg, const struct peer *peer, const struct message *request);
    void *arg; /* (borrowed) */
};

/* Hears notifications and requests of the user from now on. ENDPOINT and what LISTENER (copied)
 * points to must outlive the tap. */
struct tap *tap_new(struct endpoint *endpoint, const struct tap_listener *listener);
/* Hears the requests of peers from now on: the user of the endpoint has set its handlers. */
void tap_open(struct tap *tap);
/* Leaves the endpoint as it was; its user may be gone already. NULL is legal. */
void tap_free(struct tap *tap);

#endif
