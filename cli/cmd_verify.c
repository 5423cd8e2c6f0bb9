/* SPDX-License-Identifier: Apache-2.0 */
/* Command `verify`: does a signature fit key, identity and challenge? */
#include "base/std.h"

#include "cli/proof.h"

static const struct option options[] = {
    PROOF_OPTIONS_KEY,
    {"identity", '\0', OPTION_TEXT, offsetof(struct proof_options, identity), "TEXT",
     "the identity that was provisioned", COMPLETE_NOTHING},
    {"hash", '\0', OPTION_TEXT, offsetof(struct proof_options, hash), "HEX", "or its hash",
     COMPLETE_NOTHING},
    PROOF_OPTIONS_CHALLENGE,
    PROOF_OPTIONS_KEYRING,
    OPTION_JSON("print one JSON document"),
    OPTIONS_COMMON,
    OPTIONS_END,
};

static enum secure_result verify(const struct proof *proof, const struct secure_request *request)
{
    return secure_verify(proof->verifier->secure, request, buf_bytes(&proof->auth_data));
}

/* What could be the matter, for who sits between two implementations that disagree. */
static void give_hints(const struct proof *proof, const char *challenge)
{
    enum challenge_rule rule;
    if (proof->auth_data.len != proof->suite->result_len)
        complain("AuthData has %zu octets, %s gives %zu: is it the right suite?",
                 proof->auth_data.len, proof->suite->name, proof->suite->result_len);
    else if (proof_other_rule(proof, challenge, verify, &rule))
        complain("it fits with \"%s\" as rule for the octets of the challenge (I-4)",
                 challenge_rule_name(rule));
}

static int run(const struct invocation *invocation)
{
    const struct proof_options *given = invocation->options;
    struct proof proof;
    int status = proof_read(invocation, SERVICE_AUTHENTICATION, &proof);
    if (status == EXIT_PASSED) {
        enum secure_result result = verify(&proof, &proof.request);
        status = proof_print(&proof, &given->common, result, NULL);
        if (result == SECURE_REJECTED && !given->common.quiet)
            give_hints(&proof, given->challenge);
    }
    proof_release(&proof);
    return status;
}

const struct command command_verify = {
    .name = "verify",
    .summary = "check a signature (AuthData) against key, identity and challenge",
    .operands = "AUTHDATA",
    .operand = COMPLETE_NOTHING,
    .examples = {"lwm2m-portfolio verify --key file:auth.key --identity HOST4711 --challenge "
                 "0x2345178 hex:0d5a...",
                 "lwm2m-portfolio verify --keys keys.json -i 16/1 --identity-id 0 --challenge 42 "
                 "base64:DVo..."},
    .details = "AUTHDATA is hex:..., base64:... or file:PATH. The default suite is\n"
               "sha256+aes128-cmac, the specification's example. The exit status is 0 when the\n"
               "signature is genuine, 1 when it does not fit, 6 when it cannot be judged.\n",
    .options = options,
    .size = sizeof(struct proof_options),
    .run = run,
};
