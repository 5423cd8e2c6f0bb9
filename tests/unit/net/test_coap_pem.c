/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates as PEM; the base64 is that of coreutils. */
#include "base/std.h"

#include "net/coap_impl.h"
#include "tests/unit/unit.h"

static void check(const struct buf *got, const char *wanted)
{
    ck_assert_uint_eq(got->len, strlen(wanted) + 1);
    ck_assert_str_eq((const char *)got->data, wanted);
}

START_TEST(der_becomes_pem_with_the_label_that_fits)
{
    static const uint8_t sec1[] = {0x30, 0x05, 0x02, 0x01, 0x01, 0x04, 0x00};
    static const uint8_t pkcs8[] = {0x30, 0x05, 0x02, 0x01, 0x00, 0x30, 0x00};
    struct pem_set set;
    coap_pem_init(&set, (struct bytes){pkcs8, 3}, (struct bytes){sec1, sizeof sec1},
                  bytes_of("-----BEGIN CERTIFICATE-----\n"));
    check(&set.certificate, "-----BEGIN CERTIFICATE-----\nMAUC\n-----END CERTIFICATE-----\n");
    check(&set.key, "-----BEGIN EC PRIVATE KEY-----\nMAUCAQEEAA==\n-----END EC PRIVATE KEY-----\n");
    check(&set.trust, "-----BEGIN CERTIFICATE-----\n");
    coap_pem_release(&set);
    coap_pem_init(&set, bytes_of(""), (struct bytes){pkcs8, sizeof pkcs8}, bytes_of(""));
    ck_assert_uint_eq(set.certificate.len, 0);
    check(&set.key, "-----BEGIN PRIVATE KEY-----\nMAUCAQAwAA==\n-----END PRIVATE KEY-----\n");
    coap_pem_release(&set);
}
END_TEST

START_TEST(long_der_is_cut_into_lines)
{
    static const uint8_t zeros[50];
    struct pem_set set;
    coap_pem_init(&set, (struct bytes){zeros, sizeof zeros}, bytes_of(""), bytes_of(""));
    check(&set.certificate, "-----BEGIN CERTIFICATE-----\n"
                            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                            "AAA=\n-----END CERTIFICATE-----\n");
    coap_pem_release(&set);
}
END_TEST

UNIT_MAIN("coap_pem", der_becomes_pem_with_the_label_that_fits, long_der_is_cut_into_lines)
