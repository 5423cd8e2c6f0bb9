/* SPDX-License-Identifier: Apache-2.0 */
/* The port through which a scenario asks what is true: the data model, signatures, ciphertexts,
 * links. It keeps the scenario engine free of model, codecs and cryptography. */
#ifndef SCENARIO_ORACLE_H
#define SCENARIO_ORACLE_H

#include "base/operation.h"
#include "base/status.h"

struct oracle_resource {
    bool readable, writable, executable, multiple;
    enum value_type type; /* VALUE_NONE for an executable */
    const char *name;     /* (borrowed) */
};

/* A claim about AuthData, as in `signature(identity=0, challenge=0x2345178, key=0)`. */
struct oracle_claim {
    uint16_t instance; /* Portfolio object instance */
    enum service service;
    uint16_t identity;
    uint16_t key_index;
    struct bytes challenge; /* as written: decimal or 0x… */
    struct bytes text;      /* signatures: the identity to hash; data NULL: the provisioned hash */
};

/* The arguments of an Execute, in the order given; values longer than there is room for are cut. */
enum { ORACLE_ARGUMENTS_MOST = 32, ORACLE_ARGUMENT_TEXT = 80 };
struct oracle_argument {
    uint8_t digit;
    char value[ORACLE_ARGUMENT_TEXT]; /* empty when there is none */
};
struct oracle_arguments {
    struct oracle_argument items[ORACLE_ARGUMENTS_MOST];
    size_t count;
};

struct oracle;
struct oracle_ops {
    /* The object is known; *out_multiple tells whether it has many instances. */
    bool (*object)(const struct oracle *oracle, unsigned object, bool *out_multiple);
    /* The resource at PATH (depth 3 or 4) of the object's definition. */
    bool (*resource)(const struct oracle *oracle, struct path path, struct oracle_resource *out);
    /* There are a key and, for signatures without a text of their own, a hash to judge CLAIM by. */
    bool (*holds)(const struct oracle *oracle, const struct oracle_claim *claim);
    /* Judges a signature, or opens a ciphertext and appends the data to OUT_DATA. PROBLEM gets a
     * sentence unless genuine. */
    enum judgement (*judge)(const struct oracle *oracle, const struct oracle_claim *claim,
                            struct bytes auth_data, struct buf *out_data, struct error *problem);
    /* The id of the rule that is broken when AUTH_DATA, which does not fit CLAIM, is what it is,
     * with a sentence; NULL: nothing is known. */
    const char *(*suspect)(const struct oracle *oracle, const struct oracle_claim *claim,
                           struct bytes auth_data, struct error *problem);
    /* Compares two texts in link format: every link of EXPECTED with its attributes is in ACTUAL
     * (EXACT: and no other link). A trailing slash in a target is ignored (ETS 1630). */
    bool (*links)(const struct oracle *oracle, struct bytes expected, struct bytes actual,
                  bool exact, struct error *problem);
    /* Reads the argument list TEXT of Portfolio instance INSTANCE: as it goes over the wire, or
     * IS_READABLE as scenarios have it. Services come as numbers; a challenge comes in decimal,
     * unless its characters count (I-4). False with a sentence when it breaks the grammar. */
    bool (*arguments)(const struct oracle *oracle, unsigned instance, struct bytes text,
                      bool is_readable, struct oracle_arguments *out, struct error *problem);
    /* A Content-Format by name ("tlv") or number; -1 when unknown. */
    int (*format)(const struct oracle *oracle, struct bytes name);
};
struct oracle {
    const struct oracle_ops *ops; /* (borrowed) */
};

#endif
