/* SPDX-License-Identifier: Apache-2.0 */
/* Reads AuthData and keys for `verify` and `open`, and says what came out. */
#include <cjson/cJSON.h>

#include "base/std.h"

#include "base/portfolio.h"
#include "cli/json_print.h"
#include "cli/keys.h"
#include "cli/proof.h"
#include "model/secret.h"

enum { CHALLENGE_MOST = 64, AUTH_DATA_READ_MOST = 1 << 16 };

/* Whose keys they are when --key gives them. */
static const char nobody[] = "";

static bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* --- one key -------------------------------------------------------------------------------- */

/* Of an asymmetric suite either half will do. */
static bool length_fits(const struct suite_info *suite, size_t len, struct error *error)
{
    if (len == suite->key_len || (len > 0 && len == suite->public_len))
        return true;
    if (suite->public_len > 0)
        error_set(error, "it has %zu octets; %s takes a public key of %zu or a private one of %zu",
                  len, suite->name, suite->public_len, suite->key_len);
    else
        error_set(error, "it has %zu octets; %s takes %zu", len, suite->name, suite->key_len);
    return false;
}

static int read_key(const struct invocation *invocation, struct provision_service *service,
                    const struct suite_info *suite)
{
    const struct proof_options *given = invocation->options;
    struct error error;
    struct buf octets;
    bool exposed = false;
    if (!begins_with(given->key, "file:") && !begins_with(given->key, "env:"))
        return usage_error(invocation->command,
                           "--key takes file:PATH or env:NAME, because a key on a command line can "
                           "be seen by everybody");
    error_clear(&error);
    buf_init_secret(&octets, SECRET_MOST);
    bool good = secret_read(bytes_of(given->key), NULL, &octets, &exposed, &error) == ST_OK &&
                length_fits(suite, octets.len, &error);
    if (good) {
        struct provision_key *key =
            provision_add_key(service, given->key_index, buf_bytes(&octets));
        key->is_public = suite->public_len > 0 && key->len == suite->public_len;
    } else {
        complain("cannot take the key: %s", error.text);
    }
    if (exposed)
        complain("warning: everybody can read the key in \"%s\"", given->key + strlen("file:"));
    buf_release(&octets);
    return good ? EXIT_PASSED : EXIT_FILE;
}

static int read_hash(const struct invocation *invocation, struct provision_hash *hash)
{
    const struct proof_options *given = invocation->options;
    struct bytes digits = bytes_of(given->hash);
    struct buf octets;
    if (begins_with(given->hash, "hex:"))
        digits = bytes_of(given->hash + 4);
    buf_init(&octets, HASH_MOST);
    bool good = parse_hex(digits, &octets) && octets.len > 0;
    if (good) {
        memcpy(hash->octets, octets.data, octets.len);
        hash->len = octets.len;
    }
    buf_release(&octets);
    return good ? EXIT_PASSED
                : usage_error(invocation->command, "--hash takes hex digits, two for each octet");
}

static int read_identity(const struct invocation *invocation, struct provision_service *service)
{
    const struct proof_options *given = invocation->options;
    if ((given->identity == NULL) == (given->hash == NULL))
        return usage_error(invocation->command, "give either --identity or --hash");
    struct provision_hash *hash = provision_add_hash(service, given->identity_id);
    if (given->hash != NULL)
        return read_hash(invocation, hash);
    hash->text_len = strlen(given->identity);
    hash->text = xmemdup(given->identity, hash->text_len);
    return EXIT_PASSED;
}

static const struct suite_info *find_suite(const struct invocation *invocation,
                                           enum service service)
{
    static const enum suite defaults[] = {
        [SERVICE_AUTHENTICATION] = SUITE_SHA256_AES128_CMAC,
        [SERVICE_ENCRYPTION] = SUITE_AES128_CCM,
    };
    const struct proof_options *given = invocation->options;
    if (given->suite == NULL)
        return suite_info(defaults[service]);
    const struct suite_info *suite = suite_named(bytes_of(given->suite));
    if (suite != NULL && suite->service == service)
        return suite;
    usage_error(invocation->command, "there is no suite \"%s\" for %s", given->suite,
                service_name(service));
    return NULL;
}

static int find_rule(const struct invocation *invocation, enum challenge_rule *out)
{
    const struct proof_options *given = invocation->options;
    *out = CHALLENGE_MINIMAL;
    if (given->challenge_rule == NULL || challenge_rule_named(bytes_of(given->challenge_rule), out))
        return EXIT_PASSED;
    return usage_error(invocation->command, "--challenge-octets takes minimal, int64 or text");
}

static int fill_provision(const struct invocation *invocation, enum service which,
                          struct proof *out, struct provision *provision)
{
    out->suite = find_suite(invocation, which);
    if (out->suite == NULL)
        return EXIT_USAGE;
    struct provision_instance *instance = provision_add(provision, 0);
    struct provision_service *service = &instance->service[which];
    service->suite = out->suite->suite;
    int status = find_rule(invocation, &instance->challenge_rule);
    if (status == EXIT_PASSED && which == SERVICE_AUTHENTICATION)
        status = read_identity(invocation, service);
    return status == EXIT_PASSED ? read_key(invocation, service, out->suite) : status;
}

static int take_key(const struct invocation *invocation, enum service which, struct proof *out)
{
    struct provision provision;
    struct error error;
    error_clear(&error);
    provision_init(&provision);
    int status = fill_provision(invocation, which, out, &provision);
    if (status == EXIT_PASSED &&
        verifiers_add(out->verifiers, nobody, &provision, &error) != ST_OK) {
        complain("%s", error.text);
        status = EXIT_FILE;
    }
    if (status == EXIT_PASSED) {
        out->verifier = verifiers_find(out->verifiers, nobody);
        out->rule = provision.instances[0].challenge_rule;
    }
    provision_release(&provision);
    return status;
}

/* --- a keyring ------------------------------------------------------------------------------ */

static int find_endpoint(const struct invocation *invocation, const struct keyring *keyring,
                         struct proof *out)
{
    const struct proof_options *given = invocation->options;
    const char *endpoint = given->endpoint;
    if (endpoint == NULL && keyring->count == 1)
        endpoint = keyring->entries[0].endpoint;
    if (endpoint == NULL)
        return usage_error(invocation->command,
                           "\"%s\" holds %zu devices; choose one by --endpoint", given->keys,
                           keyring->count);
    out->verifier = verifiers_find(out->verifiers, endpoint);
    if (out->verifier != NULL)
        return EXIT_PASSED;
    complain("\"%s\" holds no keys of \"%s\"", given->keys, endpoint);
    return EXIT_FILE;
}

/* `16/1`, `/16/1` or nothing when there is no choice. */
static int find_instance(const struct invocation *invocation, enum service service,
                         struct proof *out)
{
    const struct proof_options *given = invocation->options;
    const struct provision *provision = out->verifier->provision;
    struct path path = path_root();
    char text[PATH_TEXT];
    if (given->instance == NULL && provision->count == 1) {
        out->request.instance = provision->instances[0].instance;
    } else {
        const char *name = given->instance == NULL ? "" : given->instance;
        snprintf(text, sizeof text, "%s%s", name[0] == '/' ? "" : "/", name);
        if (!path_parse(bytes_of(text), &path) || path.depth != 2 || path.id[0] != PORTFOLIO)
            return usage_error(invocation->command, "choose a Portfolio instance: --instance 16/N");
        out->request.instance = path.id[1];
    }
    const struct provision_instance *instance = provision_find(provision, out->request.instance);
    out->suite = instance == NULL ? NULL : suite_info(instance->service[service].suite);
    if (out->suite == NULL) {
        complain("\"%s\" holds nothing for %s of \"16/%u\"", given->keys, service_name(service),
                 (unsigned)out->request.instance);
        return EXIT_FILE;
    }
    out->rule = instance->challenge_rule;
    return EXIT_PASSED;
}

static int take_keyring(const struct invocation *invocation, enum service service,
                        struct proof *out)
{
    const struct proof_options *given = invocation->options;
    struct error error;
    int status = EXIT_FILE;
    error_clear(&error);
    struct keyring *keyring = keys_load(given->keys);
    if (keyring != NULL && verifiers_add_keyring(out->verifiers, keyring, &error) == ST_OK)
        status = find_endpoint(invocation, keyring, out);
    else if (keyring != NULL)
        complain("%s: %s", given->keys, error.text);
    if (status == EXIT_PASSED)
        status = find_instance(invocation, service, out);
    keyring_free(keyring);
    return status;
}

static int take_keys(const struct invocation *invocation, enum service service, struct proof *out)
{
    const struct proof_options *given = invocation->options;
    if ((given->key == NULL) == (given->keys == NULL))
        return usage_error(invocation->command, "give either --key or --keys");
    if (given->key != NULL)
        return take_key(invocation, service, out);
    if (given->suite != NULL || given->identity != NULL || given->hash != NULL ||
        given->challenge_rule != NULL)
        return usage_error(invocation->command, "--suite, --identity, --hash and "
                                                "--challenge-octets come from the keyring");
    return take_keyring(invocation, service, out);
}

/* --- what is judged ------------------------------------------------------------------------- */

static int read_auth_data(const struct invocation *invocation, struct proof *out)
{
    const char *text = invocation->operands.items[0];
    struct error error;
    error_clear(&error);
    if (!begins_with(text, "hex:") && !begins_with(text, "base64:") && !begins_with(text, "file:"))
        return usage_error(invocation->command,
                           "AuthData begins with hex:, base64: or file: (a file with such text, or "
                           "with raw octets)");
    if (secret_read(bytes_of(text), NULL, &out->auth_data, NULL, &error) == ST_OK)
        return EXIT_PASSED;
    complain("cannot take AuthData: %s", error.text);
    return EXIT_FILE;
}

static int read_challenge(const struct invocation *invocation, struct proof *out)
{
    const struct proof_options *given = invocation->options;
    if (challenge_octets(out->rule, bytes_of(given->challenge), &out->challenge))
        return EXIT_PASSED;
    return usage_error(invocation->command,
                       "\"%s\" is no challenge: it is decimal, or 0x and up to 16 hex digits",
                       given->challenge);
}

int proof_read(const struct invocation *invocation, enum service service, struct proof *out)
{
    const struct proof_options *given = invocation->options;
    *out = (struct proof){.suite = NULL};
    chance_init_system(&out->chance);
    out->verifiers = verifiers_new(&out->chance);
    buf_init(&out->challenge, CHALLENGE_MOST);
    buf_init(&out->auth_data, AUTH_DATA_READ_MOST);
    if (invocation->operands.count != 1)
        return usage_error(invocation->command, "give AuthData once, behind the options");
    if (given->challenge == NULL)
        return usage_error(invocation->command, "--challenge is missing");
    int status = take_keys(invocation, service, out);
    if (status == EXIT_PASSED)
        status = read_challenge(invocation, out);
    if (status == EXIT_PASSED)
        status = read_auth_data(invocation, out);
    out->request.service = service;
    out->request.identity = given->identity_id;
    out->request.key_index = given->key_index;
    out->request.challenge = buf_bytes(&out->challenge);
    return status;
}

void proof_release(struct proof *proof)
{
    verifiers_free(proof->verifiers);
    buf_release(&proof->challenge);
    buf_release(&proof->auth_data);
}

/* --- the verdict ---------------------------------------------------------------------------- */

static enum judgement judgement_of(enum secure_result result)
{
    switch (result) {
    case SECURE_OK:
        return JUDGEMENT_GENUINE;
    case SECURE_REJECTED:
        return JUDGEMENT_MISMATCH;
    case SECURE_NO_SERVICE:
    case SECURE_NO_HASH:
    case SECURE_NO_KEY:
    case SECURE_FAILED:
        break;
    }
    return JUDGEMENT_UNKNOWN;
}

static void print_json(const struct proof *proof, enum judgement judgement, const struct buf *data)
{
    cJSON *document = json_new();
    cJSON_AddStringToObject(document, "verdict", judgement_name(judgement));
    cJSON_AddStringToObject(document, "suite", proof->suite->name);
    cJSON_AddBoolToObject(document, "integrity", proof->suite->integrity);
    cJSON_AddStringToObject(document, "challenge_octets", challenge_rule_name(proof->rule));
    json_hex(document, "challenge_hex", buf_bytes(&proof->challenge));
    cJSON_AddNumberToObject(document, "auth_data_len", (double)proof->auth_data.len);
    if (data != NULL) {
        json_hex(document, "data_hex", buf_bytes(data));
        if (utf8_valid(buf_bytes(data)))
            json_text(document, "data_text", buf_bytes(data));
    }
    json_print(document);
}

static void print_text(const struct proof *proof, enum secure_result result, const struct buf *data)
{
    static const char *const sentences[] = {
        [SERVICE_AUTHENTICATION] = "the signature does not fit key, identity and challenge",
        [SERVICE_ENCRYPTION] = "it does not open to data and this challenge with this key",
    };
    enum judgement judgement = judgement_of(result);
    printf("%s", judgement_name(judgement));
    if (judgement == JUDGEMENT_MISMATCH)
        printf(": %s", sentences[proof->request.service]);
    if (judgement == JUDGEMENT_UNKNOWN)
        printf(": %s", secure_result_text(result));
    if (data != NULL) {
        struct buf text;
        struct value value = value_octets(utf8_valid(buf_bytes(data)) ? VALUE_STRING : VALUE_OPAQUE,
                                          buf_bytes(data));
        buf_init(&text, 1 << 16);
        value_format(&value, &text);
        printf(" %s", buf_text(&text));
        value_release(&value);
        buf_release(&text);
    }
    printf("\n");
}

int proof_print(const struct proof *proof, const struct common *common, enum secure_result result,
                const struct buf *data)
{
    static const int statuses[] = {
        [JUDGEMENT_NONE] = EXIT_INCONCLUSIVE,
        [JUDGEMENT_GENUINE] = EXIT_PASSED,
        [JUDGEMENT_MISMATCH] = EXIT_FAILED,
        [JUDGEMENT_UNKNOWN] = EXIT_INCONCLUSIVE,
    };
    if (common->json)
        print_json(proof, judgement_of(result), data);
    else if (!common->quiet)
        print_text(proof, result, data);
    return statuses[judgement_of(result)];
}

bool proof_other_rule(const struct proof *proof, const char *challenge,
                      enum secure_result (*try)(const struct proof *proof,
                                                const struct secure_request *request),
                      enum challenge_rule *out)
{
    static const enum challenge_rule rules[] = {CHALLENGE_MINIMAL, CHALLENGE_INT64, CHALLENGE_TEXT};
    bool found = false;
    for (size_t i = 0; i < COUNT_OF(rules) && !found; i++) {
        struct secure_request request = proof->request;
        struct buf octets;
        buf_init(&octets, CHALLENGE_MOST);
        if (rules[i] != proof->rule && challenge_octets(rules[i], bytes_of(challenge), &octets)) {
            request.challenge = buf_bytes(&octets);
            found = try(proof, &request) == SECURE_OK;
            *out = rules[i];
        }
        buf_release(&octets);
    }
    return found;
}
