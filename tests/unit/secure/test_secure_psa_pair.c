/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys beside public keys and certificates that openssl made: pairs, and no pairs. */
#include "base/std.h"

#include <stdio.h>

#include "secure/pair.h"
#include "tests/unit/unit.h"

enum { FILE_MOST = 1 << 16 };

static void read_file(const char *name, struct buf *out)
{
    uint8_t octets[FILE_MOST];
    char path[128];
    snprintf(path, sizeof path, "profiles/keys/%s", name);
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    size_t len = fread(octets, 1, sizeof octets, file);
    fclose(file);
    buf_init(out, FILE_MOST);
    buf_put(out, (struct bytes){octets, len});
}

/* What stands between the boundaries of PEM, as DER. */
static void read_der(const char *name, struct buf *out)
{
    struct buf text, digits;
    read_file(name, &text);
    buf_init(&digits, FILE_MOST);
    const char *start = strchr(buf_text(&text) + 1, '\n');
    for (const char *at = start; *at != '-'; at++)
        if (*at != '\n')
            buf_put(&digits, (struct bytes){(const uint8_t *)at, 1});
    buf_init(out, FILE_MOST);
    ck_assert(parse_base64(buf_bytes(&digits), out));
    buf_release(&digits);
    buf_release(&text);
}

static enum pair_verdict judge(const char *key, const struct buf *shown)
{
    struct buf private_key;
    read_der(key, &private_key);
    enum pair_verdict verdict = pair_check(buf_bytes(&private_key), buf_bytes(shown));
    buf_release(&private_key);
    return verdict;
}

START_TEST(public_keys_and_certificates_have_one_private_key)
{
    static const struct {
        const char *key, *shown;
        enum pair_verdict expected;
    } cases[] = {
        {"server.key", "server.pub", PAIR_FITS},    {"server.key", "server.pem", PAIR_FITS},
        {"client.key", "client.pem", PAIR_FITS},    {"client.key", "server.pub", PAIR_DIFFERS},
        {"client.key", "server.pem", PAIR_DIFFERS}, {"server.key", "client.pub", PAIR_DIFFERS},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf shown;
        read_der(cases[i].shown, &shown);
        ck_assert_int_eq(judge(cases[i].key, &shown), cases[i].expected);
        buf_release(&shown);
    }
}
END_TEST

START_TEST(of_several_certificates_the_first_counts)
{
    struct buf server, ca, both;
    read_file("server.pem", &server);
    read_file("ca.pem", &ca);
    buf_init(&both, FILE_MOST);
    buf_put(&both, buf_bytes(&server));
    buf_put(&both, buf_bytes(&ca));
    ck_assert_int_eq(judge("server.key", &both), PAIR_FITS);
    ck_assert_int_eq(judge("client.key", &both), PAIR_DIFFERS);
    buf_release(&both);
    buf_release(&ca);
    buf_release(&server);
}
END_TEST

START_TEST(an_expired_certificate_is_known)
{
    static const struct {
        const char *name;
        bool expired;
    } cases[] = {{"server.pem", false}, {"ca.pem", false}, {"expired.pem", true}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf pem, der;
        read_file(cases[i].name, &pem);
        read_der(cases[i].name, &der);
        ck_assert(certificate_is_expired(buf_bytes(&pem)) == cases[i].expired);
        ck_assert(certificate_is_expired(buf_bytes(&der)) == cases[i].expired);
        buf_release(&der);
        buf_release(&pem);
    }
    ck_assert(!certificate_is_expired(bytes_of("-----BEGIN CERTIFICATE-----")));
}
END_TEST

START_TEST(what_cannot_be_read_is_not_judged)
{
    struct buf nothing;
    buf_init(&nothing, FILE_MOST);
    ck_assert_int_eq(judge("server.key", &nothing), PAIR_UNKNOWN);
    buf_puts(&nothing, "-----BEGIN CERTIFICATE-----");
    ck_assert_int_eq(judge("server.key", &nothing), PAIR_UNKNOWN);
    ck_assert_int_eq(pair_check(buf_bytes(&nothing), buf_bytes(&nothing)), PAIR_UNKNOWN);
    buf_release(&nothing);
}
END_TEST
UNIT_MAIN("secure_psa_pair", public_keys_and_certificates_have_one_private_key,
          of_several_certificates_the_first_counts, an_expired_certificate_is_known,
          what_cannot_be_read_is_not_judged)
