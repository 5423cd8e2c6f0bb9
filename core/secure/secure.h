/* SPDX-License-Identifier: Apache-2.0 */
/* The port of the secure component: what a Secure Element or TEE would do (specification 5.2).
 *
 * Keys go in when it is made and never come out (PF-SC-6); no call returns a key. An engine
 * computes at once; secure/component.h gives it latency, a limit and faults. The server end uses
 * the same port to verify and to open. */
#ifndef SECURE_SECURE_H
#define SECURE_SECURE_H

#include "base/clock.h"
#include "base/provision.h"

enum {
    CHALLENGE_LEN_MOST = 64,
    /* The longest AuthData: an encrypted identity with its IV and padding, or nonce and tag. */
    AUTH_DATA_MOST = IDENTITY_LEN_MOST + CHALLENGE_LEN_MOST + 32
};

struct secure_request {
    uint16_t instance; /* Portfolio object instance */
    enum service service;
    uint16_t identity;      /* argument 1: Identity resource instance */
    uint16_t key_index;     /* argument 3 */
    struct bytes challenge; /* octets by I-4, 1 to CHALLENGE_LEN_MOST */
    struct bytes data;      /* encryption: the Identity content, at most IDENTITY_LEN_MOST octets;
                             * verify: a text to hash in place of the provisioned hash, or NULL for
                             * that one; a component never signs such a text. Else unused. */
};

enum secure_result {
    SECURE_OK,
    SECURE_NO_SERVICE, /* the instance is not provisioned for this service */
    SECURE_NO_HASH,    /* no hash is provisioned for the identity (PF-SC-4) */
    SECURE_NO_KEY,     /* the key set has no such key */
    SECURE_REJECTED,   /* verify and open: the octets do not fit key, identity and challenge */
    SECURE_FAILED      /* the component itself failed or timed out, or a limit was passed */
};
/* A lower-case phrase, such as "the key set has no such key". */
const char *secure_result_text(enum secure_result result);

struct secure; /* opaque outside implementations */

struct secure_ops {
    /* Signs or encrypts; appends AuthData to OUT (rules I-5, I-6, I-7). */
    enum secure_result (*compute)(struct secure *secure, const struct secure_request *request,
                                  struct buf *out);
    /* Authentication: does AUTH_DATA fit? SECURE_OK or SECURE_REJECTED among the others. */
    enum secure_result (*verify)(struct secure *secure, const struct secure_request *request,
                                 struct bytes auth_data);
    /* Encryption: decrypts, checks that the tail is the challenge, appends the data before it. Bad
     * padding, bad tag and wrong tail all give SECURE_REJECTED. */
    enum secure_result (*open)(struct secure *secure, const struct secure_request *request,
                               struct bytes auth_data, struct buf *out);
    /* Hashes IDENTITY anew and keeps the hash apart from the profile's (I-23): it wins. */
    enum secure_result (*provision)(struct secure *secure, unsigned instance, unsigned identity,
                                    struct bytes text);
    void (*free)(struct secure *secure);
};

struct secure {
    const struct secure_ops *ops; /* (borrowed) */
};

/* What callers use. A challenge or data outside its limits gives SECURE_FAILED before an engine
 * sees it; OUT is appended to when the result is SECURE_OK, and else is as it was. */
enum secure_result secure_compute(struct secure *secure, const struct secure_request *request,
                                  struct buf *out);
enum secure_result secure_verify(struct secure *secure, const struct secure_request *request,
                                 struct bytes auth_data);
enum secure_result secure_open(struct secure *secure, const struct secure_request *request,
                               struct bytes auth_data, struct buf *out);
enum secure_result secure_provision(struct secure *secure, unsigned instance, unsigned identity,
                                    struct bytes text);
void secure_free(struct secure *secure); /* zeroes what it holds; NULL is legal */

/* What every engine asks before it takes PROVISION over: each suite belongs to its service, each
 * key and given hash has the length of its suite, no key octets are used twice (PF-SC-3). False
 * with a sentence, and the place of the key. */
MUST_USE bool secure_check_provision(const struct provision *provision, struct error *error);

/* The engine on PSA Crypto (secure_psa.c). Copies PROVISION and computes the hashes that are to be
 * computed. CHANCE gives nonces, IVs; it must outlive the result. NULL with a sentence when a key
 * does not fit its suite, when key octets are shared (PF-SC-3) or PSA does not start. */
struct secure *secure_psa_new(const struct provision *provision, struct chance *chance,
                              struct error *error);

/* SHA-256 of TEXT, for reports and for hashes given on a command line. */
MUST_USE enum status secure_sha256(struct bytes text, uint8_t out[32]);
/* The hash of an identity under SUITE (I-6), appended to OUT. */
MUST_USE enum status secure_hash_identity(enum suite suite, struct bytes text, struct buf *out);
/* A fresh key for SUITE: OUT_DEVICE gets the component's half, OUT_SERVER what the server needs
 * (the same octets, or the public key). Both must be secret buffers. */
MUST_USE enum status secure_generate_key(enum suite suite, struct chance *chance,
                                         struct buf *out_device, struct buf *out_server);
/* The public half of a private key of an asymmetric suite, appended to OUT. */
MUST_USE enum status secure_public_key(enum suite suite, struct bytes private_key, struct buf *out);

/* "mbed TLS 2.28.3" for --version. */
void secure_psa_version(struct buf *out);

#endif
