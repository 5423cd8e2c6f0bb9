/* SPDX-License-Identifier: Apache-2.0 */
/* What the secure engine computes, on a command line, so that other implementations can judge it.
 *
 *   suite_probe compute SUITE KEY TEXT RULE CHALLENGE            prints AuthData as hex
 *   suite_probe verify  SUITE KEY TEXT RULE CHALLENGE AUTHDATA   prints ok or rejected
 *   suite_probe open    SUITE KEY ""   RULE CHALLENGE AUTHDATA   prints the data as hex, or
 * rejected
 *
 * TEXT is the identity; KEY and AUTHDATA are hex: the keys of this test are known to everybody. */
#include "base/std.h"

#include "secure/secure.h"

struct probe {
    const struct suite_info *suite; /* (borrowed) */
    enum challenge_rule rule;
    struct bytes text;
    struct buf key, challenge, auth_data, out;
};

static bool read_arguments(struct probe *probe, int argc, char **argv)
{
    if (argc < 7 || argc > 8)
        return false;
    probe->suite = suite_named(bytes_of(argv[2]));
    probe->text = bytes_of(argv[4]);
    return probe->suite != NULL && parse_hex(bytes_of(argv[3]), &probe->key) &&
           challenge_rule_named(bytes_of(argv[5]), &probe->rule) &&
           challenge_octets(probe->rule, bytes_of(argv[6]), &probe->challenge) &&
           parse_hex(bytes_of(argc == 8 ? argv[7] : ""), &probe->auth_data);
}

static struct secure *make_engine(const struct probe *probe, struct chance *chance)
{
    struct provision provision;
    struct error error = {0};
    provision_init(&provision);
    struct provision_service *service =
        &provision_add(&provision, 1)->service[probe->suite->service];
    service->suite = probe->suite->suite;
    struct provision_key *key = provision_add_key(service, 0, buf_bytes(&probe->key));
    if (key != NULL)
        key->is_public = probe->suite->public_len > 0 && key->len == probe->suite->public_len;
    if (probe->suite->service == SERVICE_AUTHENTICATION) {
        struct provision_hash *hash = provision_add_hash(service, 3);
        hash->text = xmemdup(probe->text.data, probe->text.len);
        hash->text_len = probe->text.len;
    }
    struct secure *secure = secure_psa_new(&provision, chance, &error);
    if (secure == NULL)
        fprintf(stderr, "suite_probe: %s\n", error.text);
    provision_release(&provision);
    return secure;
}

static enum secure_result run(struct probe *probe, const char *verb, struct secure *secure)
{
    struct secure_request request = {.instance = 1,
                                     .service = probe->suite->service,
                                     .identity = 3,
                                     .challenge = buf_bytes(&probe->challenge)};
    if (strcmp(verb, "verify") == 0)
        return secure_verify(secure, &request, buf_bytes(&probe->auth_data));
    if (strcmp(verb, "open") == 0)
        return secure_open(secure, &request, buf_bytes(&probe->auth_data), &probe->out);
    request.data = probe->text;
    return secure_compute(secure, &request, &probe->out);
}

static int answer(const struct probe *probe, const char *verb, enum secure_result result)
{
    struct buf digits;
    if (result != SECURE_OK && result != SECURE_REJECTED) {
        fprintf(stderr, "suite_probe: %s\n", secure_result_text(result));
        return EXIT_FAILURE;
    }
    buf_init(&digits, 2 * AUTH_DATA_MOST);
    buf_put_hex(&digits, buf_bytes(&probe->out));
    if (result == SECURE_REJECTED)
        puts("rejected");
    else
        puts(strcmp(verb, "verify") == 0 ? "ok" : buf_text(&digits));
    buf_release(&digits);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct probe probe = {0};
    struct chance chance;
    int status = EXIT_FAILURE;
    buf_init_secret(&probe.key, KEY_MOST);
    buf_init(&probe.challenge, CHALLENGE_LEN_MOST);
    buf_init(&probe.auth_data, AUTH_DATA_MOST);
    buf_init(&probe.out, AUTH_DATA_MOST);
    chance_init_system(&chance);
    if (read_arguments(&probe, argc, argv)) {
        struct secure *secure = make_engine(&probe, &chance);
        if (secure != NULL)
            status = answer(&probe, argv[1], run(&probe, argv[1], secure));
        secure_free(secure);
    } else {
        fputs("suite_probe: compute|verify|open SUITE KEY TEXT RULE CHALLENGE [AUTHDATA]\n",
              stderr);
    }
    buf_release(&probe.key);
    buf_release(&probe.challenge);
    buf_release(&probe.auth_data);
    buf_release(&probe.out);
    return status;
}
