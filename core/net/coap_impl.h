/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the libcoap endpoint share; nobody else includes it. */
#ifndef NET_COAP_IMPL_H
#define NET_COAP_IMPL_H

#include "net/bodies.h"
#include "net/coap.h"
#include "net/dup.h"
#include "net/observers.h"
#include "net/tcp.h"
#include "net/transfer.h"

struct coap_context_t;
struct coap_session_t;
struct coap_pdu_t;
struct coap_address_t;
struct coap_bin_const_t;
struct coap_dtls_pki_t;
struct secured; /* coap_secure.c */

/* What a scheme asks for. */
struct transport {
    bool is_secure; /* coaps, coaps+tcp */
    bool is_stream; /* coap+tcp, coaps+tcp (RFC 8323 8) */
};

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
    int plain[LISTENS_MOST];        /* libcoap's sockets that serve in plain text */
    size_t plain_count;
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
    size_t waiting_count;               /* of these, of notifications that wait for their turn */
    size_t waiting_octets;              /* and their payloads */
    struct timer turn;                  /* when one of them waits no longer */
    int64_t transmit_span_ms;           /* a confirmable message is sent again for that long */
    const struct server_keys *keys;     /* (borrowed) or NULL */
    struct coap_bin_const_t *found_key; /* (owned) the answer to the last question for a key */
    struct pem_set pems;                /* of KEYS; libcoap points to them */
    struct coap_context_t *raw;         /* (owned) serves raw public keys by DTLS beside CONTEXT,
                                         * which serves certificates; NULL: there is no need */
    struct pem_set raw_pems;            /* of RAW */
    size_t own_contexts;                /* peers with one */
    struct coap_arrival *arrivals;      /* (owned) clients that shake hands by DTLS */
    size_t handshakes;                  /* secured client sessions that are not established yet */
    struct tcp *tcp;                    /* (owned) */
    struct tls_side *side;              /* (owned) of TLS sessions that come; NULL: none may */
    struct held *held;                  /* (owned) answers, the oldest first */
    size_t held_count;
    bool holds; /* the next ones are kept, too: for HOLD_MS, or, when that
                 * is 0, until nothing is held any more */
    int64_t hold_ms;
    bool is_inside;     /* libcoap is running: sessions may not be closed */
    bool has_unsettled; /* a peer is leaving or unreachable */
    struct timer pump;
};

struct coap_peer {
    struct peer base;
    struct coap_endpoint *endpoint; /* (borrowed) */
    struct link *link;              /* (owned) of one by TCP or TLS; NULL: by libcoap's SESSION */
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
    bool is_over;        /* a secured session or a connection that ended; nothing is sent on it */
    bool is_gone;        /* and the user is to be told; closed then */
    struct secured *secured; /* (owned) NULL: plain text */
    uint16_t next_message_id;
    int last_message_id;   /* of the last request that was sent; -1: none */
    int given_up_id;       /* of the last message that was given up; -1: none */
    int heard[HEARD_MOST]; /* ids of the last responses that came by themselves; -1: none */
    size_t heard_next;     /* the place of the oldest */
    uint8_t spacer[8];     /* token of the last request that only keeps two others apart */
    bool has_spacer;
    struct exchange *exchanges; /* (owned) the oldest first */
    struct notice *notices;     /* (owned) the oldest first */
    struct observers observers; /* at the other end */
};

/* A notification that waits for its turn, or a confirmable one whose outcome is awaited. */
struct notice {
    struct notice *next;         /* (owned) */
    struct packet *waiting;      /* (owned) to be sent, whole; NULL: it was, or never will be */
    int64_t asked_at;            /* clock_now() when it was handed over */
    int message_id;              /* -1: not sent */
    endpoint_notified *notified; /* or NULL */
    void *arg;                   /* (borrowed) */
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

/* ---- coap_octets.c ---- */
/* The number that the next socket gets, by POSIX the lowest that is free; LIKE is an open one. */
int coap_octets_next_socket(int like);
/* From now on datagrams of FD are looked at, when it is the socket at ADDRESS: libcoap does not
 * tell which one that is. */
void coap_octets_watch(struct coap_endpoint *endpoint, int fd,
                       const struct coap_address_t *address);
/* Tells the trace of datagrams that are no message, before libcoap runs. */
void coap_octets_look(const struct coap_endpoint *endpoint);

/* ---- coap_serve.c ---- */
/* Fills RESPONSE (initialised) for a packet that came from PEER, asking the user when it is a
 * request that is whole. REFUSED: the code that it is to be answered at any rate, or 0. */
void coap_serve(struct coap_peer *peer, struct packet *request, unsigned refused,
                struct packet *response);
/* Tells the trace of a request or response. */
void coap_trace(const struct coap_peer *peer, bool incoming, const char *type,
                const struct message *message);

/* ---- coap_hold.c ---- */
void coap_hold(struct endpoint *base, bool holds, int64_t ms);
/* Takes ANSWER over when answers are held; it is empty then, which is what acknowledges. IS_ASKED:
 * the request was confirmable. */
bool coap_hold_answer(struct coap_peer *peer, struct packet *answer, bool is_asked);
void coap_hold_forget(struct coap_endpoint *endpoint, const struct coap_peer *peer);

/* ---- coap_stream.c ---- */
enum status coap_stream_begin(struct coap_endpoint *endpoint);
void coap_stream_run(struct coap_endpoint *endpoint);
bool coap_stream_listen(struct coap_endpoint *endpoint, const struct coap_address_t *address,
                        bool is_secure, char out_name[LINK_NAME]);
/* NULL when the system or the keys do not allow it. */
struct link *coap_stream_open(struct coap_endpoint *endpoint, const struct coap_address_t *address,
                              const struct security *security);
/* ST_LIMIT: it is longer than the other end takes. ST_UNREACHABLE: the link has ended. */
enum status coap_stream_send(struct coap_peer *peer, const struct packet *packet);
/* The largest block that PEER takes in a message with OCTETS beside it. */
unsigned coap_stream_szx(const struct coap_peer *peer, size_t octets);

/* ---- coap_peer.c ---- */
/* A peer without a session, known to nobody; NULL when there are too many. */
struct coap_peer *coap_peer_new(struct coap_endpoint *endpoint, const char *name);
void coap_peer_join(struct coap_peer *peer, struct link *link); /* LINK is its session */
/* Its session is over: who waits for something on it is told at the loop's next turn. */
void coap_peer_ended(struct coap_peer *peer);
/* The session's peer, made when it is new; NULL when there are too many. */
struct coap_peer *coap_peer_of(struct coap_session_t *session);
/* The address of its other end. */
void coap_session_name(const struct coap_session_t *session, char out[LINK_NAME]);
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
/* How MESSAGE, which is no answer, goes out to PEER, for the trace: "CON", "NON", "TCP". */
const char *coap_peer_type(const struct coap_peer *peer, const struct message *message);
/* MESSAGE_ID was given by the user, who counts on from it: ours stay away from his, because an id
 * that comes twice is a duplicate for the other end. */
void coap_peer_keep_apart(struct coap_peer *peer, int message_id);

/* ---- coap_secure.c ---- */
/* Whether this build can do what TRANSPORT asks for; ST_UNSUPPORTED with a sentence. */
enum status coap_secure_possible(struct transport transport, const char *uri, struct error *error);
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
/* The context to serve the next address of secured datagrams in, with the endpoint's keys; NULL:
 * there are none. A context has one kind of certificates: with keys for both, the first address
 * gets X.509 and the others raw public keys. */
struct coap_context_t *coap_secure_serve(struct coap_endpoint *endpoint);
/* Lets secured streams be served: all kinds of keys at each address. */
bool coap_secure_serve_streams(struct coap_endpoint *endpoint);
/* Notes the sessions whose handshake is over meanwhile; before anything of them is handed up. */
void coap_secure_look(struct coap_endpoint *endpoint);
/* The session is over: what is known of the reason becomes its problem. */
void coap_secure_closed(struct coap_peer *peer);
/* The handshake of LINK has failed, for PROBLEM: a client keeps that, a server tells it. */
void coap_secure_refused(struct coap_endpoint *endpoint, struct link *link, const char *problem);
/* Tells the trace that the handshake of a client with the address NAME failed; IDENTITY may be
 * empty. */
void coap_tell_unsecured(const struct endpoint *endpoint, const char *name, const char *identity,
                         const char *problem);
/* What is shown of IDENTITY. */
void coap_put_identity(struct bytes identity, char out[IDENTITY_TEXT]);
/* coap_peer_ended, when the transport said that nobody is there. */
void coap_secure_unreachable(struct coap_peer *peer);

/* ---- coap_arrivals.c ---- */
/* A client's session is new; nothing happens when it is not by DTLS. */
void coap_arrival_begin(struct coap_endpoint *endpoint, struct coap_session_t *session);
/* After libcoap ran: forgets who has arrived, and tells of those whose handshake failed. */
void coap_arrivals_look(struct coap_endpoint *endpoint);
/* Whether a handshake is under way, with a client that has proved its address. */
bool coap_arrivals_go_on(const struct coap_endpoint *endpoint);
/* The session is about to go. */
void coap_arrival_end(struct coap_endpoint *endpoint, const struct coap_session_t *session);
void coap_arrivals_free(struct coap_endpoint *endpoint);

/* ---- coap_tls_….c: one for each TLS library, chosen when the program is built ---- */
/* Puts protocol and cipher suite of TLS, a session of that library, into OUT. */
void coap_tls_suite(void *tls, char out[SUITE_TEXT]);
/* Whether certificates can be used with it. */
bool coap_tls_has_certificates(void);
/* Puts the common name of the other end's certificate, or the hash of its raw public key, into OUT;
 * false: there is none. */
bool coap_tls_identity(void *tls, char out[IDENTITY_TEXT]);
/* What a handshake is watched for; outlives it, or until coap_tls_unwatch. */
struct tls_watch {
    const struct server_keys *keys; /* (borrowed) a server's; NULL: a client's session */
    struct buf public_key;          /* that the server must have; empty: a certificate */
    char server_name[256];          /* that the certificate must be for */
    char identity[IDENTITY_TEXT];   /* out: that a client showed by certificate or raw key */
    char
        problem[PROBLEM_TEXT]; /* out: the alert that came, or what is wrong with the certificate */
};
void coap_tls_watch(void *tls, struct tls_watch *watch);
void coap_tls_unwatch(void *tls);
/* GnuTLS only: why the certificate or raw key that a client has shown is refused, and the alert for
 * that; NULL: it is not. */
const char *coap_tls_judge(void *tls, const struct server_keys *keys, int *out_alert);

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
/* Resolves `coap://host[:port]` or another of the schemes; ADDRESS (`host[:port]`) replaces host,
 * and port when given. */
enum status coap_address_resolve(const struct remote *remote, struct coap_address_t *out,
                                 struct transport *out_transport, struct error *error);

/* libcoap shares a port with whoever has it already. Gives a descriptor that keeps the port of
 * ADDRESS, which is any when that is 0 and known then, from others but libcoap of this process
 * until it is closed; -1, with errno set, when it is taken. */
int coap_address_reserve(struct coap_address_t *address);

/* ---- coap_pdu.c ---- */
/* Fills PACKET (initialised) and TYPE ("CON", …). Returns 0, or the code that a request with
 * these options is to be answered. */
unsigned coap_pdu_read(const struct coap_pdu_t *pdu, struct packet *packet, const char **out_type);
/* Octets of a packet beside its payload, at most. */
size_t coap_pdu_room(const struct message *message);
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
/* All of them, but that none is acknowledged that still waits. */
void coap_notices_settle(struct coap_peer *peer, enum notify_outcome outcome);
/* It is told at the loop's next turn; what waits is not sent. */
void coap_notice_settle(struct coap_peer *peer, struct notice *notice, enum notify_outcome outcome);
/* Sends NOTICE's packet, which waits no longer. */
void coap_notice_send(struct coap_peer *peer, struct notice *notice);

/* ---- coap_turn.c ---- */
/* Whether NOTIFICATION, with its path, has to wait: what PEER fetches would be lost. */
bool coap_turn_must_wait(struct coap_peer *peer, const struct message *notification);
/* NOTICE waits with PACKET (taken over, and left initialised). When too many wait, the oldest go.
 */
void coap_turn_wait(struct coap_peer *peer, struct notice *notice, struct packet *packet);
/* NOTICE waits no longer; its packet, which is the caller's, or NULL. */
struct packet *coap_turn_end(struct coap_peer *peer, struct notice *notice);
/* Sends those whose turn it is. */
void coap_turns_go_on(struct coap_endpoint *endpoint);
/* Settles with OUTCOME what waits and has the token of MESSAGE. */
void coap_turns_drop(struct coap_peer *peer, const struct message *message,
                     enum notify_outcome outcome);
/* The same for what is sensitive, at, below or above PATH: counts as acknowledged. */
void coap_turns_forget(struct coap_endpoint *endpoint, const struct segments *path);

#endif
