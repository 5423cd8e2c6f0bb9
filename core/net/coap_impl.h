/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the libcoap endpoint share; nobody else includes it. */
#ifndef NET_COAP_IMPL_H
#define NET_COAP_IMPL_H

#include "net/bodies.h"
#include "net/coap.h"
#include "net/dup.h"
#include "net/observers.h"
#include "net/transfer.h"

struct coap_context_t;
struct coap_session_t;
struct coap_pdu_t;
struct coap_address_t;
struct coap_bin_const_t;
struct coap_dtls_pki_t;
struct secured; /* coap_secure.c */

/* Keys and certificates of one end, as libcoap takes them. */
struct pem_set {
    struct buf certificate, key, trust;
    bool is_raw; /* the certificate is a public key alone */
};

enum {
    PEERS_MOST = 16384,     /* of one endpoint; a request of one more gets 5.03 */
    IDLE_PEERS_MOST = 1024, /* of those that nobody holds; the longest silent gives way */
    DATAGRAM_MOST = 1472,   /* octets of one message: an Ethernet frame without IP and UDP */
    HEARD_MOST = 16,        /* responses of one peer that are known when they come again */
    /* A critical option of the experimental range that no server knows (RFC 7252 12.2). */
    SPACER_OPTION = 65003
};

struct coap_endpoint {
    struct endpoint base;
    struct loop *loop;              /* (borrowed) */
    struct clock *clock;            /* (borrowed) */
    struct chance *chance;          /* (borrowed) */
    struct coap_context_t *context; /* (owned) */
    int fd;                         /* of the context; -1: not watched */
    unsigned szx;
    int64_t ack_timeout_ms;
    unsigned max_retransmit;
    int64_t transmit_wait_ms;  /* a confirmable message is given up by then */
    int64_t response_limit_ms; /* and from its last transmission to the response */
    struct dups *dups;         /* (owned) */
    struct bodies *bodies;     /* (owned) */
    struct coap_peer *peers;   /* (owned) */
    size_t peer_count;
    size_t notice_count;
    const struct server_keys *keys;     /* (borrowed) or NULL */
    struct coap_bin_const_t *found_key; /* (owned) the answer to the last question for a key */
    struct pem_set pems;                /* of KEYS; libcoap points to them */
    size_t own_contexts;                /* peers with one */
    size_t handshakes;                  /* secured client sessions that are not established yet */
    bool is_inside;                     /* libcoap is running: sessions may not be closed */
    bool has_unsettled;                 /* a peer is leaving or unreachable */
    struct timer pump;
};

struct coap_peer {
    struct peer base;
    struct coap_endpoint *endpoint; /* (borrowed) */
    struct coap_session_t *session; /* (owned) clients; (borrowed) servers, owned while held */
    struct coap_context_t *context; /* (owned) its own one, or NULL: that of the endpoint.
                                     * Certificates and anchors belong to contexts */
    struct coap_peer *next;         /* (borrowed) */
    struct coap_peer **place;       /* (borrowed) the pointer that points here */
    bool is_client;
    bool is_known;       /* the user has it: it is told when it goes */
    bool is_held;        /* it does not go because of silence */
    bool is_leaving;     /* disconnected inside of libcoap; closed after that */
    bool is_unreachable; /* the transport said so; what is queued is dropped after libcoap ran */
    bool is_over;        /* a secured session that ended; nothing is sent on it any more */
    bool is_gone;        /* and the user is to be told; closed then */
    struct secured *secured; /* (owned) NULL: plain text */
    uint16_t next_message_id;
    int last_message_id;        /* of the last request that was sent; -1: none */
    int heard[HEARD_MOST];      /* ids of the last responses that came by themselves; -1: none */
    size_t heard_next;          /* the place of the oldest */
    struct exchange *exchanges; /* (owned) the oldest first */
    struct notice *notices;     /* (owned) the oldest first */
    struct observers observers; /* at the other end */
};

/* A confirmable notification whose outcome is awaited. */
struct notice {
    struct notice *next; /* (owned) */
    int message_id;
    endpoint_notified *notified;
    void *arg; /* (borrowed) */
    bool is_settled;
    enum notify_outcome outcome;
    int64_t due; /* clock_now(): acknowledged when nothing was heard by then */
};

/* ---- coap.c ---- */
/* Lets libcoap run at the loop's next turn: its timers change when something was sent. */
void coap_wake(struct coap_endpoint *endpoint);
/* Prepares CONTEXT for messages of ENDPOINT, and lets the loop watch it; the end of that. */
enum status coap_context_begin(struct coap_endpoint *endpoint, struct coap_context_t *context);
void coap_context_end(struct coap_endpoint *endpoint, struct coap_context_t *context);
/* Nothing is unacknowledged in any context. */
bool coap_is_idle(const struct coap_endpoint *endpoint);

/* ---- coap_peer.c ---- */
/* The session's peer, made when it is new; NULL when there are too many. */
struct coap_peer *coap_peer_of(struct coap_session_t *session);
enum status coap_peer_connect(struct endpoint *endpoint, const struct remote *remote,
                              struct peer **out, struct error *error);
void coap_peer_disconnect(struct endpoint *endpoint, struct peer *peer);
/* Keeps a server's peer from being given up for silence, until it is disconnected. */
void coap_peer_hold(struct coap_peer *peer);
/* The session is about to go: tells the user and frees the peer. */
void coap_peer_lost(struct coap_session_t *session);
/* Outside of libcoap: closes who is leaving, drops what is queued for the unreachable. */
void coap_peers_settle(struct coap_endpoint *endpoint);
void coap_peers_free(struct coap_endpoint *endpoint);
int coap_peer_message_id(struct coap_peer *peer); /* the next one */
/* MESSAGE_ID was given by the user, who counts on from it: ours stay away from his, because an id
 * that comes twice is a duplicate for the other end. */
void coap_peer_keep_apart(struct coap_peer *peer, int message_id);

/* ---- coap_secure.c ---- */
/* Whether this build can do what IS_SECURE asks for; ST_UNSUPPORTED with a sentence. */
enum status coap_secure_possible(bool is_secure, const char *uri, struct error *error);
enum status coap_secure_has(enum security_mode mode, struct error *error); /* likewise */
/* A client session that is secured with SECURITY, in a context of its own (left in *OUT_CONTEXT)
 * when that is needed; NULL when libcoap refuses. */
struct coap_session_t *coap_secure_open(struct coap_endpoint *endpoint,
                                        const struct coap_address_t *address,
                                        const struct security *security,
                                        struct coap_context_t **out_context);
/* The session of PEER, new, is secured: SECURITY for a client's end, NULL for a server's. */
void coap_secure_begin(struct coap_peer *peer, const struct security *security);
void coap_secure_end(struct coap_peer *peer);
/* Lets the context serve secured sessions with the endpoint's keys. */
bool coap_secure_serve(struct coap_endpoint *endpoint);
/* Outside of libcoap: notes the sessions whose handshake is over meanwhile. */
void coap_secure_look(struct coap_endpoint *endpoint);
/* libcoap closed the session: who waits for something on it is told at the loop's next turn. */
void coap_secure_closed(struct coap_peer *peer);
/* The same when the transport said that nobody is there. */
void coap_secure_unreachable(struct coap_peer *peer);

/* ---- coap_tls_….c: one for each TLS library, chosen when the program is built ---- */
/* Puts protocol and cipher suite of TLS, a session of that library, into OUT. */
void coap_tls_suite(void *tls, char out[SUITE_TEXT]);
/* Whether certificates can be used with it. */
bool coap_tls_has_certificates(void);
/* Puts the common name of the other end's certificate, or the hash of its raw public key, into OUT;
 * false: there is none. */
bool coap_tls_identity(void *tls, char out[IDENTITY_TEXT]);
/* What a client's handshake is watched for; outlives it, or until coap_tls_unwatch. */
struct tls_watch {
    struct buf public_key; /* that the other end must have; empty: a certificate */
    char server_name[256]; /* that the certificate must be for */
    char
        problem[PROBLEM_TEXT]; /* out: the alert that came, or what is wrong with the certificate */
};
void coap_tls_watch(void *tls, struct tls_watch *watch);
void coap_tls_unwatch(void *tls);

/* ---- coap_pem.c ---- */
/* Initialises SET with these, each DER or PEM, or empty. */
void coap_pem_init(struct pem_set *set, struct bytes certificate, struct bytes key,
                   struct bytes trust);
/* The same for a raw public key. */
void coap_pem_init_raw(struct pem_set *set, struct bytes public_key, struct bytes key);
void coap_pem_release(struct pem_set *set); /* zeroes */
/* Points to SET: the other end must have a certificate that leads to an anchor. */
void coap_pem_setup(const struct pem_set *set, struct coap_dtls_pki_t *out);

/* ---- coap_address.c ---- */
/* Resolves `coap://host[:port]` or `coaps://…`, which *OUT_SECURE tells; ADDRESS (`host[:port]`)
 * replaces host, and port when given. */
enum status coap_address_resolve(const struct remote *remote, struct coap_address_t *out,
                                 bool *out_secure, struct error *error);

/* libcoap shares a port with whoever has it already: false, with errno set, when it is taken. */
bool coap_address_is_free(const struct coap_address_t *address);

/* ---- coap_pdu.c ---- */
/* Fills PACKET (initialised) and TYPE ("CON", …). Returns 0, or the code that a request with
 * these options is to be answered. */
unsigned coap_pdu_read(const struct coap_pdu_t *pdu, struct packet *packet, const char **out_type);
/* Writes code, options and payload into a PDU that has type, id and token; ST_LIMIT, and nothing
 * written, when they are too long for one datagram. */
enum status coap_pdu_write(const struct packet *packet, struct coap_pdu_t *pdu);
/* Sends a request or notification. ST_LIMIT as above; ST_UNREACHABLE when the socket says so. */
enum status coap_pdu_send(struct coap_peer *peer, const struct packet *packet);
/* Sends a request that every server refuses with 4.02 without handing it up (RFC 7252 5.4.1).
 * libcoap drops an answer whose message id is the one of the answer before: this goes between a
 * request and its duplicate. */
void coap_pdu_send_spacer(struct coap_peer *peer);

/* ---- coap_exchange.c ---- */
enum status coap_exchange_request(struct endpoint *endpoint, struct peer *peer,
                                  const struct message *request, endpoint_response *response,
                                  void *arg, struct exchange **out);
void coap_exchange_cancel(struct endpoint *endpoint, struct exchange *exchange);
/* A response came; its options may be wrong (not IS_VALID). False when it is to be refused,
 * because nobody waits for it. */
bool coap_exchange_take(struct coap_peer *peer, const struct packet *response, const char *type,
                        bool is_valid);
/* The transport gave up the packet with this id: true when a request was waiting. The call comes
 * at the loop's next turn. */
bool coap_exchange_fail(struct coap_peer *peer, int message_id, enum status status);
/* The same for whatever waits; false: nothing did. */
bool coap_exchanges_fail(struct coap_peer *peer, enum status status);
void coap_exchanges_drop(struct coap_peer *peer); /* without a call */

/* ---- coap_notify.c ---- */
enum status coap_notify_send(struct endpoint *endpoint, struct peer *peer,
                             const struct message *notification, endpoint_notified *notified,
                             void *arg);
/* False: nothing of ours waits for MESSAGE_ID. */
bool coap_notify_settle(struct coap_peer *peer, int message_id, enum notify_outcome outcome);
/* Outside of libcoap: tells outcomes. IDLE: nothing is unacknowledged in the whole context. */
void coap_notify_report(struct coap_endpoint *endpoint, bool idle);
void coap_notices_drop(struct coap_peer *peer); /* without a call */

#endif
