/* SPDX-License-Identifier: Apache-2.0 */
/* The port for message exchange: a CoAP endpoint that both asks and answers.
 *
 * Whoever implements it (libcoap, an in-memory pair in tests) takes care of message ids, tokens,
 * retransmission, duplicates (RFC 7252 4.5: the same message id from the same peer is handed up
 * once; a request is answered with the same octets) and block transfers (RFC 7959): its user sees
 * whole bodies. */
#ifndef NET_ENDPOINT_H
#define NET_ENDPOINT_H

#include "base/clock.h"
#include "base/trace.h"
#include "net/message.h"
#include "net/security.h"

struct endpoint;
/* The other end: one transport session, valid until on_peer_gone or endpoint_disconnect. One that
 * came by itself is given up after minutes of silence, unless it was answered 2.01 (something
 * exists for it here) or was sent a request: then it stays, and counts against the limit of peers,
 * until it is disconnected. Implementations embed it as their first member. */
struct peer {
    char name[64];                        /* its address, for logs: "127.0.0.1:49152" */
    const struct peer_security *security; /* (borrowed) NULL: a session in plain text */
    const char *closing; /* (borrowed) how a session in plain text ended that had begun; or NULL */
    bool is_stream;      /* by TCP or TLS: nothing is repeated, and there is no Reset */
};
/* Whom to open a client session to. */
struct remote {
    const char *uri;                 /* (borrowed) coap://host[:port] or coaps://host[:port] */
    const char *address;             /* (borrowed) used instead of the URI's host, or NULL */
    const struct security *security; /* (borrowed) what coaps needs, and NULL for coap */
};
struct exchange; /* a request under way, or an observation; opaque */

/* RESPONSE is NULL when STATUS is not ST_OK: ST_TIMEOUT (no answer), ST_UNREACHABLE (the transport
 * said so), ST_REFUSED (answered by Reset), ST_INVALID (options or blocks of the answer that do not
 * fit together), ST_LIMIT (an answer longer than BODY_MOST). Borrowed for the call. For a request
 * without Observe it is called once, and the exchange is over; for one with Observe=0 that was
 * accepted again for every notification, until endpoint_cancel, a failure, or an answer that is an
 * error or comes without Observe: that one is the last. */
typedef void endpoint_response(void *arg, enum status status, const struct message *response);

enum notify_outcome { NOTIFY_ACKNOWLEDGED, NOTIFY_RESET, NOTIFY_TIMEOUT };
typedef void endpoint_notified(void *arg, enum notify_outcome outcome);

struct endpoint_ops {
    /* Opens a client session. The peer is usable at once; failures show on the first request, a
     * handshake that fails as ST_UNREACHABLE and in endpoint_problem. ST_INVALID when scheme and
     * security do not fit together: nothing is ever sent in plain text that should be secured.
     * ST_UNSUPPORTED when this build has no such security. */
    enum status (*connect)(struct endpoint *endpoint, const struct remote *remote,
                           struct peer **out, struct error *error);
    /* Ends a session: its exchanges are dropped without a call, on_peer_gone is not called. Inside
     * on_request, the answer still goes out. */
    void (*disconnect)(struct endpoint *endpoint, struct peer *peer);
    /* Sends REQUEST (copied). With message_id and token given it goes out exactly so, which is how
     * a duplicate is made. RESPONSE is never called from inside. ST_LIMIT, and nothing is sent,
     * when path and query leave no room in a datagram. OUT may be NULL. */
    enum status (*request)(struct endpoint *endpoint, struct peer *peer,
                           const struct message *request, endpoint_response *response, void *arg,
                           struct exchange **out);
    /* Forgets an exchange; a notification that still comes is answered with Reset. */
    void (*cancel)(struct endpoint *endpoint, struct exchange *exchange);
    /* Sends a notification (a response with token and Observe); NOTIFIED is called once when it is
     * confirmable, never otherwise, and never from inside. ST_LIMIT: nothing is sent. */
    enum status (*notify)(struct endpoint *endpoint, struct peer *peer,
                          const struct message *notification, endpoint_notified *notified,
                          void *arg);
    /* Hands on what endpoint_set_deaf says; NULL: the member is all there is to it. */
    void (*set_deaf)(struct endpoint *endpoint, bool deaf);
    /* As endpoint_hold says; NULL: it cannot. */
    void (*hold)(struct endpoint *endpoint, bool holds, int64_t ms);
    /* Drops and zeroes the bodies of sensitive answers that are kept for block transfers, of
     * requests whose path lies at, below or above PATH ("/16/0", "" for all) (I-10). Answers kept
     * for duplicates stay. */
    void (*forget_bodies)(struct endpoint *endpoint, const char *path);
    void (*free)(struct endpoint *endpoint);
};

enum { LISTENS_MOST = 8, LISTEN_TEXT = 80 };
/* What it calls may use the endpoint in any way but free it or wait for it by turning the loop. */
struct endpoint {
    const struct endpoint_ops *ops; /* (borrowed) */
    /* Set by the user before the first message: fills RESPONSE (initialised; its code is 5.00, its
     * token is set by the endpoint). REQUEST is borrowed for the call. */
    void (*on_request)(void *user, struct peer *peer, const struct message *request,
                       struct message *response);
    void (*on_peer_gone)(void *user, struct peer *peer); /* the peer is invalid after the call */
    void *user;                                          /* (borrowed) */
    bool deaf;           /* endpoint_set_deaf: what comes in is lost, as if it did not listen */
    struct trace *trace; /* (borrowed) every message is emitted here; may be NULL */
    const char *side;    /* (borrowed) "device" or "server" in the trace */
    /* Set by the implementation: the URIs that it listens on, in the order that was asked for, with
     * the ports that were found. */
    char local[LISTENS_MOST][LISTEN_TEXT];
    size_t local_count;
};

MUST_USE enum status endpoint_open(struct endpoint *endpoint, const struct remote *remote,
                                   struct peer **out, struct error *error);
/* The same in plain text. */
MUST_USE enum status endpoint_connect(struct endpoint *endpoint, const char *uri,
                                      const char *address, struct peer **out, struct error *error);
/* Why the session with PEER failed, or NULL when that is not known; borrowed. */
const char *endpoint_problem(const struct peer *peer);
void endpoint_disconnect(struct endpoint *endpoint, struct peer *peer);
MUST_USE enum status endpoint_request(struct endpoint *endpoint, struct peer *peer,
                                      const struct message *request, endpoint_response *response,
                                      void *arg, struct exchange **out);
void endpoint_cancel(struct endpoint *endpoint, struct exchange *exchange);
MUST_USE enum status endpoint_notify(struct endpoint *endpoint, struct peer *peer,
                                     const struct message *notification,
                                     endpoint_notified *notified, void *arg);
/* From now on what comes in is lost, or heard again. */
void endpoint_set_deaf(struct endpoint *endpoint, bool deaf);
/* While HOLDS, requests are acknowledged, and their answers come by themselves MS later (RFC 7252
 * 5.2.2); with MS 0 when it ends, which lets all that are kept go. At most 64 are kept, the next
 * ones are answered at once. False: this endpoint cannot. */
MUST_USE bool endpoint_hold(struct endpoint *endpoint, bool holds, int64_t ms);
void endpoint_forget_bodies(struct endpoint *endpoint, const char *path);
void endpoint_free(struct endpoint *endpoint); /* NULL is legal */

/* For implementations: tells the trace that MESSAGE went out or came in as TYPE ("CON", "NON",
 * "ACK", "RST"). KIND is EVENT_REQUEST, EVENT_RESPONSE, EVENT_NOTIFICATION or EVENT_RESET. */
struct passage {
    enum event_kind kind;
    bool incoming;
    const char *type; /* (borrowed) */
};
void endpoint_trace(const struct endpoint *endpoint, const struct peer *peer,
                    struct passage passage, const struct message *message);
/* The same for a notification that came in, which does not say what it is about: REQUEST does. */
void endpoint_trace_news(const struct endpoint *endpoint, const struct peer *peer, const char *type,
                         const struct message *notification, const struct message *request);

#endif
