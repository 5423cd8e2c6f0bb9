/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of the in-memory network share. */
#ifndef TESTS_FAKE_IMPL_H
#define TESTS_FAKE_IMPL_H

#include "tests/fake/fake_endpoint.h"

enum { ANSWERS_KEPT = 16 };

enum kind { REQUEST, RESPONSE, NOTIFICATION, ACK, RESET };

struct fake_endpoint {
    struct endpoint base;
    struct fake_net *net;       /* (borrowed) */
    const char *uri;            /* (borrowed) */
    struct fake_peer *peers;    /* (owned) the oldest first */
    struct fake_endpoint *next; /* (borrowed) */
    bool is_silent;
    unsigned forgotten;
};

struct fake_peer {
    struct peer base;
    struct fake_endpoint *owner; /* (borrowed) */
    struct fake_peer *far;       /* (borrowed) the same session as the other end has it; or NULL */
    struct peer_security security;        /* sessions with keys: the client's identity */
    char uri[128];                        /* client sessions: whom it leads to */
    struct fake_peer *next;               /* (borrowed) */
    struct exchange *exchanges;           /* (owned) the oldest first */
    struct pending *pending;              /* (owned) */
    struct message answers[ANSWERS_KEPT]; /* for duplicates; code 0: free */
    size_t oldest_answer;
    bool had_far;    /* the other end knew the session once */
    bool is_serving; /* inside on_request */
    bool is_leaving; /* disconnected meanwhile */
};

struct exchange {
    struct fake_peer *peer; /* (borrowed) */
    struct exchange *next;  /* (borrowed) */
    endpoint_response *response;
    void *arg; /* (borrowed) */
    uint8_t token[8];
    uint8_t token_len;
    int message_id;
    bool is_observation;
    bool has_answer;
    struct timer limit;
};

/* A confirmable message that is sent again until it is acknowledged. */
struct pending {
    struct fake_peer *peer; /* (borrowed) */
    struct pending *next;   /* (borrowed) */
    enum kind kind;
    struct message message;
    endpoint_notified *notified;
    void *arg; /* (borrowed) */
    unsigned attempts;
    struct timer again;
};

struct datagram {
    struct fake_net *net;   /* (borrowed) */
    struct fake_peer *from; /* (borrowed) NULL: gone meanwhile */
    struct fake_peer *to;   /* (borrowed) NULL: nobody there */
    struct datagram *next;  /* (borrowed) */
    enum kind kind;
    struct message message;
    bool is_lost;
    struct timer flight;
};

struct fake_net {
    struct clock *clock; /* (borrowed) */
    int64_t delay;
    unsigned drop;
    unsigned sent;
    int next_message_id;
    uint64_t next_token;
    unsigned next_port;
    struct fake_endpoint *endpoints; /* (borrowed) */
    struct datagram *datagrams;      /* (owned) */
};

/* fake_net.c: sends MESSAGE, whose id is set; again and again when it is confirmable. */
void fake_post(struct fake_peer *from, enum kind kind, const struct message *message,
               endpoint_notified *notified, void *arg);
void fake_transmit(struct fake_peer *from, enum kind kind, const struct message *message);
void fake_pending_free(struct pending *pending);
void fake_trace(const struct fake_peer *peer, bool incoming, enum kind kind,
                const struct message *message);
/* Nothing in flight comes from or reaches PEER any more. */
void fake_forget_in_flight(const struct fake_peer *peer);

/* fake_endpoint.c */
struct fake_peer *fake_peer_new(struct fake_endpoint *owner);
void fake_receive(struct fake_peer *peer, enum kind kind, const struct message *message);
/* What FROM sent has nobody to receive it. */
void fake_refuse(struct fake_peer *from, enum kind kind, const struct message *message);

#endif
