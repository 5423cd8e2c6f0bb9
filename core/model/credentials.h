/* SPDX-License-Identifier: Apache-2.0 */
/* What an end of a secured link shows and whom it trusts, as data: of an account (LwM2M TS 1.1,
 * object 0), and of a server (its security file). */
#ifndef MODEL_CREDENTIALS_H
#define MODEL_CREDENTIALS_H

#include "base/buf.h"
#include "base/status.h"
#include "model/model.h"

/* Resource 2 of the Security object. */
enum credential_mode {
    CREDENTIALS_PSK = 0,
    CREDENTIALS_RPK = 1,
    CREDENTIALS_X509 = 2,
    CREDENTIALS_NONE = 3
};

enum {
    PSK_IDENTITY_MOST = 128, /* octets (LwM2M TS 1.1, security) */
    PSK_KEY_MOST = 64,
    CREDENTIAL_MOST = 65536 /* octets of a key, a certificate with its chain, or anchors */
};

/* Keys and certificates are DER: private keys PKCS #8 or SEC 1, public keys SubjectPublicKeyInfo,
 * certificates X.509. Several certificates (a chain, own one first; anchors) are PEM text instead,
 * as they came. What the mode does not need is empty. */
struct credentials {
    enum credential_mode mode;
    struct buf identity;           /* PSK */
    struct buf key;                /* PSK; RPK and X.509: the own private key */
    struct buf public_key;         /* RPK: the own one */
    struct buf peer_public_key;    /* RPK: the server's */
    struct buf certificate;        /* X.509: the own one */
    struct buf trust;              /* X.509: anchors */
    unsigned key_line, key_column; /* of "key" in its file; 0 when it came from elsewhere */
    char *server_name; /* (owned) X.509: what the server's certificate must carry, a name or an
                        * address without brackets; NULL in other modes */
};

void credentials_init(struct credentials *credentials);    /* mode none */
void credentials_release(struct credentials *credentials); /* zeroes all octets */

/* Parts of a URI of an account, borrowed from its text. */
struct account_uri {
    bool secure;       /* coaps, coaps+tcp */
    bool tcp;          /* coap+tcp, coaps+tcp */
    struct bytes host; /* without the brackets of an IPv6 address */
};
/* `coaps://host:port`: scheme, host, perhaps a port and a slash; false otherwise. */
MUST_USE bool account_uri_parse(struct bytes text, struct account_uri *out);
/* The same of an address to listen on, where port 0 is any. */
MUST_USE bool account_uri_parse_listen(struct bytes text, struct account_uri *out);

/* What instance INSTANCE of the Security object says, whoever wrote it; OUT is initialised here and
 * empty when it fails. ST_NOT_FOUND without such an instance, ST_INVALID when something is missing
 * or does not fit together, ST_UNSUPPORTED for a mode or a kind of match that we do not have. */
MUST_USE enum status credentials_of_account(const struct model *model, unsigned instance,
                                            struct credentials *out, struct error *error);

/* One client that a server knows by a pre-shared key. */
struct psk_client {
    char *identity; /* (owned) */
    struct buf key;
};

/* A server's half of security: the file of `--security`. */
struct server_security {
    struct psk_client *psk; /* (owned) */
    size_t psk_count;
    struct buf key;                 /* the own private key, of RPK and X.509 */
    unsigned key_line, key_column;  /* where it stands in its file */
    struct buf public_key;          /* RPK: the own one */
    struct buf certificate;         /* X.509: the own one */
    struct buf trust;               /* X.509: anchors for clients */
    struct buf *client_public_keys; /* (owned) RPK: the clients that are known */
    size_t client_public_key_count;
};

/* Parses TEXT; SUBJECT names it in messages, FOLDER is where `file:` is looked for. NULL when
 * ERRORS got an error (warnings may be there either way); else owned by the caller. */
struct server_security *server_security_parse(struct bytes text, const char *subject,
                                              const char *folder, struct error_list *errors);
struct server_security *server_security_load(const char *path, struct error_list *errors);
void server_security_free(struct server_security *security); /* zeroes all octets */
/* The key of a client, or NULL; borrowed. */
const struct buf *server_security_psk(const struct server_security *security,
                                      struct bytes identity);

#endif
