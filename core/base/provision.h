/* SPDX-License-Identifier: Apache-2.0 */
/* What is provisioned out of band: suites, keys and hashes of each Portfolio instance, as data.
 *
 * A profile fills it for the device, the server's half of a profile fills it for whoever
 * verifies; the secure component takes it over. Rules PF-SC-1..5, I-4, I-6, I-7. */
#ifndef BASE_PROVISION_H
#define BASE_PROVISION_H

#include "base/buf.h"

/* Argument 0 of GetAuthData (table 2 of the specification). */
enum service { SERVICE_AUTHENTICATION = 0, SERVICE_ENCRYPTION = 1 };
enum { SERVICE_COUNT = 2 };
/* By the name that the specification gives a service: "SRV_AUTHENT", "SRV_ENCRYPT". */
MUST_USE bool service_symbol_named(struct bytes name, enum service *out);
const char *service_name(enum service service); /* "authentication", "encryption" */

/* I-4: how a challenge becomes octets. */
enum challenge_rule { CHALLENGE_MINIMAL, CHALLENGE_INT64, CHALLENGE_TEXT };
const char *challenge_rule_name(enum challenge_rule rule); /* "minimal", "int64", "text" */
MUST_USE bool challenge_rule_named(struct bytes name, enum challenge_rule *out);
/* I-3, I-4: the octets of a challenge as it stands on the wire (decimal, or 0x and hex), appended
 * to OUT; false when it is neither, whatever the rule, or does not fit. */
MUST_USE bool challenge_octets(enum challenge_rule rule, struct bytes text, struct buf *out);

/* A suite of I-6 or I-7. */
enum suite {
    SUITE_NONE,
    SUITE_SHA256_AES128_CMAC,
    SUITE_SHA256_AES256_CMAC,
    SUITE_SHA256_HMAC_SHA256,
    SUITE_SHA384_HMAC_SHA384,
    SUITE_SHA256_ECDSA_P256,
    SUITE_AES128_CCM,
    SUITE_AES128_GCM,
    SUITE_AES256_GCM,
    SUITE_AES256_CCM,
    SUITE_AES128_CBC,
    SUITE_AES256_CBC
};
struct suite_info {
    enum suite suite;
    const char *name; /* (borrowed) as in profiles: "sha256+aes128-cmac" */
    enum service service;
    size_t key_len; /* octets of the signing or secret key */
    size_t public_len; /* octets of the verifying key (65 for P-256: 04 ‖ X ‖ Y); 0: the same key */
    size_t hash_len;   /* authentication: octets of Hash(Identity) */
    size_t result_len; /* authentication: octets of a signature; encryption: overhead at most */
    bool integrity;    /* a changed result is noticed; not so for CBC */
};
const struct suite_info *suite_info(enum suite suite);   /* NULL for SUITE_NONE */
const struct suite_info *suite_named(struct bytes name); /* NULL when unknown */
const struct suite_info *suite_at(size_t index);         /* NULL past the end; for lists */

enum {
    KEY_MOST = 80,
    HASH_MOST = 64,
    KEYS_MOST = 64,
    IDENTITIES_MOST = 64,
    IDENTITY_LEN_MOST = 4096
};

struct provision_key {
    uint16_t index;
    bool is_public; /* ECDSA: a verifying key only (the server's half) */
    uint8_t octets[KEY_MOST];
    size_t len;
    unsigned line, column; /* where it stands in its file; 0: nowhere */
};

/* The hash of one Identity resource instance; given, or computed from the text by the component. */
struct provision_hash {
    uint16_t identity;
    uint8_t octets[HASH_MOST];
    size_t len;    /* 0: to be computed from TEXT */
    uint8_t *text; /* (owned) the identity at provisioning time, or NULL */
    size_t text_len;
};

struct provision_service {
    enum suite suite;           /* SUITE_NONE: the service is not offered */
    struct provision_key *keys; /* (owned) */
    size_t key_count;
    struct provision_hash *hashes; /* (owned) authentication only */
    size_t hash_count;
};

struct provision_instance {
    uint16_t instance; /* Portfolio object instance id */
    enum challenge_rule challenge_rule;
    struct provision_service service[SERVICE_COUNT];
};

struct provision {
    struct provision_instance *instances; /* (owned) */
    size_t count;
};

void provision_init(struct provision *provision);
void provision_release(struct provision *provision); /* zeroes keys, hashes and texts */
/* Deep copies; OUT is initialised here. */
void provision_copy(const struct provision *from, struct provision *out);
/* Borrowed; NULL when it is not there. */
struct provision_instance *provision_find(const struct provision *provision, unsigned instance);
/* INSTANCE must not be there yet; the result is borrowed until the next one is added. */
struct provision_instance *provision_add(struct provision *provision, unsigned instance);
const struct provision_key *provision_key(const struct provision_service *service, unsigned index);
/* Adds a copy of the octets; NULL when they are more than KEY_MOST or there are KEYS_MOST already.
 * Borrowed until the next one is added. */
struct provision_key *provision_add_key(struct provision_service *service, unsigned index,
                                        struct bytes octets);
/* Adds an empty hash for the caller to fill; NULL when there are IDENTITIES_MOST already.
 * Borrowed until the next one is added. */
struct provision_hash *provision_add_hash(struct provision_service *service, unsigned identity);
/* PF-SC-3: looks for the same key octets in two different sets (or twice in one). True when found;
 * the later one in *out_second. */
bool provision_shared_key(const struct provision *provision, const struct provision_key **out_first,
                          const struct provision_key **out_second);

#endif
