/* SPDX-License-Identifier: Apache-2.0 */
/* An endpoint around another one: what passes can be seen and changed. Who uses it notices nothing
 * of it; seeded defects are made so, and the correct code knows nothing of them. */
#ifndef NET_FILTER_H
#define NET_FILTER_H

#include "net/endpoint.h"

/* Each may be NULL: everything passes. Messages may be changed, and are borrowed for the call. */
struct filter_hooks {
    /* A request came in. True: RESPONSE is the answer to it, and nobody else sees it. */
    bool (*request)(void *arg, struct peer *peer, struct message *request,
                    struct message *response);
    /* The answer to REQUEST is about to leave. REQUEST is what the user saw. */
    void (*response)(void *arg, struct peer *peer, const struct message *request,
                     struct message *response);
    /* A client session is about to be opened. */
    void (*opening)(void *arg, struct remote *remote);
    /* A request is about to leave. */
    void (*asking)(void *arg, struct peer *peer, struct message *request);
    /* The answer to REQUEST, or a notification of what it observes, came in; not called when none
     * came. False: nobody sees it, which only a notification may be given. */
    bool (*answered)(void *arg, struct peer *peer, const struct message *request,
                     struct message *response);
    /* A notification is about to leave. False: it does not, and who sent it believes that it was
     * acknowledged. */
    bool (*notifying)(void *arg, struct peer *peer, struct message *notification);
    /* The client of the notification with TOKEN answered it. */
    enum notify_outcome (*notified)(void *arg, enum notify_outcome outcome);
};

/* INNER is (owned) by the result from then on. HOOKS, ARG and CLOCK are borrowed. */
struct endpoint *filter_new(struct endpoint *inner, const struct filter_hooks *hooks, void *arg,
                            struct clock *clock);
/* Hands REQUEST, which came from PEER or is made to look so, to the filter's user. */
void filter_ask(struct endpoint *filter, struct peer *peer, const struct message *request,
                struct message *response);

#endif
