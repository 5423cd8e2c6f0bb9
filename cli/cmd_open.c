/* SPDX-License-Identifier: Apache-2.0 */
/* Command `open`: decrypts AuthData and shows the data in it. */
#include "base/std.h"

#include "cli/proof.h"

enum { CHALLENGE_LEAST = 4 };

static const struct option options[] = {
    PROOF_OPTIONS_KEY,     PROOF_OPTIONS_CHALLENGE,
    PROOF_OPTIONS_KEYRING, OPTION_JSON("print one JSON document"),
    OPTION_REDACT,         OPTIONS_COMMON,
    OPTIONS_END,
};

static enum secure_result open_again(const struct proof *proof,
                                     const struct secure_request *request)
{
    struct buf data;
    buf_init_secret(&data, AUTH_DATA_MOST);
    enum secure_result result =
        secure_open(proof->verifier->secure, request, buf_bytes(&proof->auth_data), &data);
    buf_release(&data);
    return result;
}

/* rule: I-7 */
static void warn(const struct proof *proof)
{
    if (!proof->suite->integrity)
        complain("warning: %s has no integrity: a changed ciphertext can go unnoticed (I-7)",
                 proof->suite->name);
    if (proof->challenge.len < CHALLENGE_LEAST)
        complain("warning: a challenge of %zu octets can be the tail of a longer one, and then the "
                 "data is not whole (I-7)",
                 proof->challenge.len);
}

static int print(const struct proof *proof, const struct proof_options *given,
                 enum secure_result result, const struct buf *data)
{
    bool shows = result == SECURE_OK && !given->common.redact;
    enum challenge_rule rule;
    int status = proof_print(proof, &given->common, result, shows ? data : NULL);
    if (given->common.quiet)
        return status;
    if (result == SECURE_OK)
        warn(proof);
    if (result == SECURE_REJECTED && proof_other_rule(proof, given->challenge, open_again, &rule))
        complain("it opens with \"%s\" as rule for the octets of the challenge (I-4)",
                 challenge_rule_name(rule));
    return status;
}

static int run(const struct invocation *invocation)
{
    const struct proof_options *given = invocation->options;
    struct proof proof;
    int status = proof_read(invocation, SERVICE_ENCRYPTION, &proof);
    if (status == EXIT_PASSED) {
        struct buf data;
        buf_init_secret(&data, AUTH_DATA_MOST);
        enum secure_result result =
            secure_open(proof.verifier->secure, &proof.request, buf_bytes(&proof.auth_data), &data);
        status = print(&proof, given, result, &data);
        buf_release(&data);
    }
    proof_release(&proof);
    return status;
}

const struct command command_open = {
    .name = "open",
    .summary = "open an encrypted AuthData and show the data in it",
    .operands = "AUTHDATA",
    .operand = COMPLETE_NOTHING,
    .examples = {"lwm2m-portfolio open --suite aes128-ccm --key file:enc.key --challenge 42 "
                 "file:authdata.bin",
                 "lwm2m-portfolio open --keys keys.json --endpoint urn:imei:490154203237518 "
                 "--challenge 42 hex:9f..."},
    .details =
        "AUTHDATA is hex:..., base64:... or file:PATH. The default suite is aes128-ccm. The\n"
        "exit status is 0 when it opens to data and this challenge, 1 when it does not, 6\n"
        "when there is no key to open it with.\n",
    .options = options,
    .size = sizeof(struct proof_options),
    .run = run,
};
