/* SPDX-License-Identifier: Apache-2.0 */
/* What a secured session is made with, and what becomes known of it (DTLS 1.2, RFC 6347). */
#ifndef NET_SECURITY_H
#define NET_SECURITY_H

#include "base/buf.h"

/* What a client shows and whom it trusts. All octets are borrowed for the call that takes it: the
 * TLS library keeps its own copy. */
enum security_mode { SECURITY_PSK, SECURITY_RPK, SECURITY_X509 };
struct security {
    enum security_mode mode;
    struct bytes identity;    /* (borrowed) PSK, RFC 4279 */
    struct bytes key;         /* (borrowed) secret: PSK; others: the own private key, DER or PEM */
    struct bytes certificate; /* (borrowed) X.509: the own one, DER, or a chain in PEM */
    struct bytes trust;       /* (borrowed) X.509: anchors, likewise */
    struct bytes public_key;  /* (borrowed) RPK: the own one, SubjectPublicKeyInfo */
    struct bytes peer_public_key; /* (borrowed) RPK: that the other end must have, in DER */
    const char *server_name;      /* (borrowed) X.509: what the other certificate must be for */
    int64_t handshake_ms;         /* the session has failed when it is not there by then; 0: 10 s */
};

/* The other half: what a server knows of its clients. */
struct server_keys {
    /* The key that belongs to IDENTITY; data NULL: nobody is known by it. Borrowed until the next
     * call. */
    struct bytes (*psk)(void *arg, struct bytes identity);
    /* Whether a client is known by the raw public key DER. */
    bool (*knows)(void *arg, struct bytes der);
    void *arg;                /* (borrowed) of both */
    struct bytes public_key;  /* (borrowed) RPK: the own one; by DTLS it counts when there is no
                               * certificate, and from the second address on */
    struct bytes key;         /* (borrowed) the own private key */
    struct bytes certificate; /* (borrowed) X.509: the own one */
    struct bytes trust;       /* (borrowed) X.509: anchors for clients, who must have one */
};

enum { SUITE_TEXT = 80, IDENTITY_TEXT = 132, PROBLEM_TEXT = 240 };

/* What is known of a secured session. */
struct peer_security {
    char suite[SUITE_TEXT]; /* "DTLS1.2 TLS_PSK_WITH_…"; empty before the handshake is over */
    char identity[IDENTITY_TEXT]; /* that the client showed; printable */
    char problem[PROBLEM_TEXT];   /* why it failed, the end of a sentence; empty: it did not */
    bool is_refused; /* the handshake did not come to its end, though somebody was there */
};

#endif
