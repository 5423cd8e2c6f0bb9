/* SPDX-License-Identifier: Apache-2.0 */
/* What `verify` and `open` share: AuthData, and what it is judged by. */
#ifndef CLI_PROOF_H
#define CLI_PROOF_H

#include "cli/command.h"
#include "cli/output.h"
#include "drivers/sim.h"

struct proof_options {
    struct common common;
    const char *suite, *key;                /* (borrowed) */
    const char *keys, *endpoint, *instance; /* (borrowed) */
    const char *identity, *hash;            /* (borrowed) verify only */
    const char *challenge, *challenge_rule; /* (borrowed) */
    uint16_t identity_id, key_index;
};

/* Rows that both tables have. */
/* clang-format off */
#define PROOF_OPTIONS_KEY                                                                          \
    {"suite", 's', OPTION_TEXT, offsetof(struct proof_options, suite), "SUITE",                    \
     "how it was made; \"lwm2m-portfolio list suites\" shows all", COMPLETE_SUITES},               \
    {"key", 'k', OPTION_TEXT, offsetof(struct proof_options, key), "file:PATH|env:NAME",           \
     "where the key is: as hex:... or base64:... text, or as raw octets", COMPLETE_NOTHING}
#define PROOF_OPTIONS_CHALLENGE                                                                    \
    {"challenge", 'c', OPTION_TEXT, offsetof(struct proof_options, challenge), "N",                \
     "argument 2 of GetAuthData, as it was sent: decimal or 0x...", COMPLETE_NOTHING},             \
    {"challenge-octets", '\0', OPTION_TEXT, offsetof(struct proof_options, challenge_rule),        \
     "RULE", "how it becomes octets: minimal (default), int64 or text (I-4)",                      \
     COMPLETE_CHALLENGE_RULES}
#define PROOF_OPTIONS_KEYRING                                                                      \
    {"keys", '\0', OPTION_TEXT, offsetof(struct proof_options, keys), "KEYRING",                   \
     "take suite, key and rule from the server's half of a profile", COMPLETE_FILES},              \
    {"endpoint", 'e', OPTION_TEXT, offsetof(struct proof_options, endpoint), "NAME",               \
     "with --keys: the device (default: the only one)", COMPLETE_NOTHING},                         \
    {"instance", 'i', OPTION_TEXT, offsetof(struct proof_options, instance), "16/N",               \
     "with --keys: its Portfolio instance (default: the only one)", COMPLETE_NOTHING},             \
    {"identity-id", '\0', OPTION_ID, offsetof(struct proof_options, identity_id), "N",             \
     "with --keys: argument 1, the Identity instance (default: 0)", COMPLETE_NOTHING},             \
    {"key-index", '\0', OPTION_ID, offsetof(struct proof_options, key_index), "N",                 \
     "with --keys: argument 3 (default: 0)", COMPLETE_NOTHING}
/* clang-format on */

struct proof {
    struct chance chance;
    struct verifiers *verifiers;     /* (owned) */
    const struct verifier *verifier; /* (borrowed) */
    const struct suite_info *suite;  /* (borrowed) */
    enum challenge_rule rule;
    struct buf challenge; /* (owned) its octets */
    struct buf auth_data; /* (owned) */
    struct secure_request request;
};

/* Reads what INVOCATION says about AuthData of SERVICE. EXIT_PASSED, or what the command must end
 * with; the reason is on stderr then. Release OUT whatever comes back. */
MUST_USE int proof_read(const struct invocation *invocation, enum service service,
                        struct proof *out);
void proof_release(struct proof *proof);
/* Prints the verdict: as JSON with DATA (NULL: there is none), or as the sentence of RESULT. Gives
 * the exit status that it means. */
int proof_print(const struct proof *proof, const struct common *common, enum secure_result result,
                const struct buf *data);
/* Appends the rule under which the challenge would give SECURE_OK, as judged by TRY, and true. */
bool proof_other_rule(const struct proof *proof, const char *challenge,
                      enum secure_result (*try)(const struct proof *proof,
                                                const struct secure_request *request),
                      enum challenge_rule *out);

#endif
