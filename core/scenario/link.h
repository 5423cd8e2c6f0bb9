/* SPDX-License-Identifier: Apache-2.0 */
/* The port through which a scenario impairs the path between a device and a server. */
#ifndef SCENARIO_LINK_H
#define SCENARIO_LINK_H

#include "base/status.h"
#include "base/value.h"

enum link_action {
    LINK_DROP,
    LINK_DUPLICATE,
    LINK_REORDER,
    LINK_CORRUPT,
    LINK_DELAY,
    LINK_REBIND, /* the device comes from another address from now on */
    LINK_HEAL,   /* no impairment any more */
    LINK_INJECT  /* a datagram that neither end has sent */
};
/* A stranger speaks to the server, from an address where nobody was before. */
enum link_sender { LINK_FROM_ANY, LINK_FROM_DEVICE, LINK_FROM_SERVER, LINK_FROM_STRANGER };
enum link_message { LINK_MESSAGE, LINK_REQUEST, LINK_RESPONSE, LINK_ACK };

struct impairment {
    enum link_action action;
    enum link_sender sender;
    enum link_message message; /* which ones COUNT counts */
    unsigned count;            /* the action befalls the next ones for sure; 0: by PER_THOUSAND */
    unsigned per_thousand;     /* by chance, from now on */
    int64_t delay_ms;          /* LINK_DELAY */
    struct value octets;       /* (owned) LINK_INJECT: all of the datagram; else VALUE_NONE */
};

struct link_port;
struct link_ops {
    /* ST_UNSUPPORTED with a sentence: this path cannot be impaired so. */
    enum status (*impair)(struct link_port *link, const struct impairment *impairment,
                          struct error *error);
    /* The datagram that answered the last LINK_INJECT, which the end that seemed to ask has not
     * got; appended to OUT. False: none came so far, or it was taken already. */
    bool (*take_answer)(struct link_port *link, struct buf *out);
    void (*free)(struct link_port *link);
};
struct link_port {
    const struct link_ops *ops; /* (borrowed) */
};

#endif
