/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the server share; for core/server only.
 *
 * caller.c tells who is at the other end; registry.c answers the registration interface, sent.c the
 * Send operation; queue.c holds what a sleeping client is to get; operate.c performs one operation
 * and decodes its answer; service.c strings operations together to authenticate or decrypt. */
#ifndef SERVER_SERVER_IMPL_H
#define SERVER_SERVER_IMPL_H

#include "codec/codec.h"
#include "server/server.h"

struct bsserver; /* bsserver.h */

struct registry;    /* registry.c */
struct run;         /* see below */
struct service_run; /* service.c */

/* A client and what only the server knows of it. */
struct client_entry {
    struct client client;         /* first: what users see */
    struct server *server;        /* (borrowed) */
    char *identity;               /* (owned) that its link showed; NULL: it is in plain text */
    struct run *runs;             /* (owned) */
    struct service_run *services; /* (owned) */
    struct timer expiry;
    int64_t awake_until;  /* clock_now(): until then a client in queue mode listens */
    struct run *released; /* (borrowed) the held request that is under way, or NULL */
    struct timer waking;  /* until the next held request goes out */
    uint16_t message_id;  /* last one used towards it */
    bool has_last;        /* LAST and LAST_ANSWER are there */
    struct message last;  /* (owned) the last request, for repeat */
    bool has_answer;
    struct message last_answer; /* (owned) */
};

/* Whom the end of an operation is told to. */
struct delivery {
    server_done *done;
    void *arg; /* (borrowed) */
};

/* An operation under way, or an observation that stays. */
struct run {
    struct server *server;      /* (borrowed) */
    struct client_entry *entry; /* (borrowed) */
    enum operation_kind kind;
    struct path path;
    struct records paths; /* (owned) of a composite observation; else none */
    bool at_once;         /* never waits until the client is awake */
    bool asks_to_observe; /* Observe=0, raw requests and repetitions too */
    bool observed;        /* it was accepted: from now on answers are notifications */
    uint8_t token[8];
    struct exchange *exchange; /* (borrowed) NULL when it is over */
    struct message *held;      /* (owned) request that waits until the client is awake, or NULL */
    struct timer later;        /* for an end without a message */
    struct delivery delivery;  /* done: NULL once called */
    struct run *next;          /* (borrowed) */
};

struct server {
    struct server_config config;
    struct registry *registry; /* (owned) */
    struct bsserver *bsserver; /* (borrowed) on the same endpoint; NULL: none */
};

/* --- caller.c ----------------------------------------------------------------------------- */
/* The endpoint name, which a client may leave out when the link tells who it is (TS 1.1, 6.1.7.1
 * and 6.2.1); empty: neither does. Borrowed from both. */
struct bytes caller_name(const struct peer *peer, const struct message *request);
bool caller_name_is_valid(struct bytes name);
/* What its link showed; owned by the caller, NULL: it is in plain text. */
char *caller_identity(const struct peer *peer);
/* Whether PEER is secured as IDENTITY tells, which is of caller_identity. */
bool caller_is(const struct peer *peer, const char *identity);
/* Warns that PEER is none that speaks for client ENDPOINT, which IDENTITY does. */
void caller_refuse(struct trace *trace, const struct peer *peer, const char *endpoint,
                   const char *identity);
/* Ends the transport session of PEER (NULL is legal), unless a registration or a bootstrap needs
 * it: the endpoint keeps it until it is told. One of SERVER and BSSERVER may be NULL. */
void caller_let_go(const struct server *server, const struct bsserver *bsserver, struct peer *peer);

/* --- registry.c: clients by endpoint name, by location, and in the order of registration ---- */
struct registry *registry_new(void);
void registry_free(struct registry *registry); /* an empty one */
const struct client *registry_first(const struct registry *registry);
void registry_request(struct server *server, struct peer *peer, const struct message *request,
                      struct message *response);
void registry_peer_gone(struct server *server, struct peer *peer);
/* NULL name: the first. */
struct client_entry *registry_find(const struct server *server, const char *endpoint);
/* The first that registered from PEER; NULL: none. */
struct client_entry *registry_find_peer(const struct server *server, const struct peer *peer);
/* Removes the entry and tells CHANGE; its runs end with ST_CANCELLED. */
void registry_remove(struct server *server, struct client_entry *entry, enum client_change change);
/* Removes all; tells nobody, and no run ends with a call. */
void registry_clear(struct server *server);

/* --- operate.c ---------------------------------------------------------------------------- */
MUST_USE enum status operate(struct server *server, struct client_entry *entry,
                             const struct operation *operation, struct delivery delivery,
                             struct error *error);
/* Ends every run of ENTRY; DONE is called with ST_CANCELLED when TELL. */
void operate_drop(struct client_entry *entry, bool tell);
/* Ends and tells those that are under way; held ones stay. */
void operate_leave(struct client_entry *entry);
/* Sends what RUN holds; a failure is told to its delivery. */
void operate_send_held(struct run *run);

/* --- queue.c ------------------------------------------------------------------------------ */
/* Whether a request to ENTRY must wait until the client is heard. */
bool queue_holds(const struct client_entry *entry);
/* Keeps a copy of MESSAGE, the request of RUN, until then. */
void queue_hold(struct run *run, const struct message *message);
void queue_release(struct run *run); /* forgets it */
/* The client was heard: it is awake, and held requests follow. */
void queue_heard(struct client_entry *entry);
/* The exchange of RUN brought something, or ended without. */
void queue_ended(const struct run *run, enum status status);

/* --- request.c ---------------------------------------------------------------------------- */
/* How to speak to one client. */
struct dialect {
    const struct catalogue *catalogue; /* (borrowed) */
    const struct verifier *verifier;   /* (borrowed) of the client, or NULL */
    int several;                       /* format of several values, when nothing else is said */
    int single; /* of a single one; FORMAT_NONE: plain, as its type asks for */
};
/* Fills MESSAGE (initialised) for OPERATION; ST_INVALID with a sentence when it cannot be sent. */
MUST_USE enum status request_build(const struct dialect *dialect, const struct operation *operation,
                                   struct message *message, struct error *error);
/* The path that the answer to the raw request MESSAGE speaks of, so that its content can be
 * decoded; the root when there is none. */
struct path request_raw_path(const struct message *message);
/* Turns an answer about PATH into OUT (initialised). */
void request_outcome(const struct catalogue *catalogue, struct path path,
                     const struct message *answer, struct outcome *out);

/* Turns the content of REQUEST, which tells paths of its own, into OUT (initialised). */
void request_content(const struct catalogue *catalogue, const struct message *request,
                     struct outcome *out);

/* --- sent.c ------------------------------------------------------------------------------- */
/* A request on /dp. */
void sent_request(struct server *server, const struct peer *peer, const struct message *request,
                  struct message *response);

/* --- service.c ---------------------------------------------------------------------------- */
MUST_USE enum status service_start(struct server *server, struct client_entry *entry,
                                   const struct operation *operation, struct delivery delivery,
                                   struct error *error);
/* The same for services, after operate_drop. */
void service_drop(struct client_entry *entry, bool tell);
/* A notification of the client has come: AuthData in it is taken by the service that waits for it.
 */
void service_notified(const struct client_entry *entry, const struct outcome *outcome);

#endif
