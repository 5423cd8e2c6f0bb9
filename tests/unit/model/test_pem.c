/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates in PEM and DER, as openssl writes them, and damaged. */
#include "base/std.h"

#include "model/pem.h"
#include "model/secret.h"
#include "tests/unit/model/keys.h"
#include "tests/unit/unit.h"

static enum status read_text(enum pem_kind kind, struct bytes text, struct buf *out,
                             struct error *error)
{
    error_clear(error);
    buf_clear(out);
    return pem_read(kind, text, out, error);
}

static void assert_hex(const struct buf *octets, const char *expected)
{
    struct buf hex;
    buf_init(&hex, 1 << 16);
    buf_put_hex(&hex, buf_bytes(octets));
    ck_assert_str_eq(buf_text(&hex), expected);
    buf_release(&hex);
}

START_TEST(takes_the_der_out_of_pem)
{
    static const struct {
        enum pem_kind kind;
        const char *text, *hex;
    } cases[] = {
        {PEM_PRIVATE_KEY, EC_KEY, EC_KEY_HEX},
        {PEM_PRIVATE_KEY, EC_PARAMETERS EC_KEY, EC_KEY_HEX},
        {PEM_PUBLIC_KEY, PUBLIC_KEY, PUBLIC_KEY_HEX},
        {PEM_PUBLIC_KEY, "a remark\n" EC_KEY PUBLIC_KEY "and more", PUBLIC_KEY_HEX},
        {PEM_PRIVATE_KEY, PUBLIC_KEY EC_KEY, EC_KEY_HEX},
    };
    struct buf out;
    struct error error;
    buf_init_secret(&out, 1024);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ck_assert_int_eq(read_text(cases[i].kind, bytes_of(cases[i].text), &out, &error), ST_OK);
        assert_hex(&out, cases[i].hex);
    }
    ck_assert_int_eq(read_text(PEM_PRIVATE_KEY, bytes_of(PKCS8_KEY), &out, &error), ST_OK);
    ck_assert_uint_eq(out.len, 138);
    buf_release(&out);
}
END_TEST

START_TEST(takes_lines_that_end_as_on_other_systems)
{
    struct buf text;
    struct buf out;
    struct error error;
    buf_init(&text, 4096);
    buf_init(&out, 1024);
    for (const char *c = PUBLIC_KEY; *c != '\0'; c++) {
        if (*c == '\n')
            buf_puts(&text, " \r");
        buf_put(&text, (struct bytes){(const uint8_t *)c, 1});
    }
    ck_assert_int_eq(read_text(PEM_PUBLIC_KEY, buf_bytes(&text), &out, &error), ST_OK);
    assert_hex(&out, PUBLIC_KEY_HEX);
    buf_release(&out);
    buf_release(&text);
}
END_TEST

START_TEST(takes_der_as_it_is_and_whole_only)
{
    struct buf der;
    struct buf out;
    struct error error;
    buf_init(&der, 1024);
    buf_init(&out, 1024);
    ck_assert(parse_hex(bytes_of(EC_KEY_HEX), &der));
    ck_assert_int_eq(read_text(PEM_PRIVATE_KEY, buf_bytes(&der), &out, &error), ST_OK);
    assert_hex(&out, EC_KEY_HEX);
    for (size_t len = 0; len < der.len; len++)
        ck_assert_int_eq(read_text(PEM_PRIVATE_KEY, (struct bytes){der.data, len}, &out, &error),
                         ST_INVALID);
    buf_put_u8(&der, 0);
    ck_assert_int_eq(read_text(PEM_PRIVATE_KEY, buf_bytes(&der), &out, &error), ST_INVALID);
    ck_assert_str_eq(error.text, "private key is neither PEM nor DER");
    buf_release(&out);
    buf_release(&der);
}
END_TEST

START_TEST(refuses_lengths_that_der_does_not_have)
{
    static const char *const cases[] = {
        "",           "30",   "3000",   "3080",       "30810100",        "308500",
        "3084ffffff", "30ff", "020101", "3082000100", "30840000000100ff"};
    struct buf out;
    struct error error;
    buf_init(&out, 64);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf der;
        buf_init(&der, 64);
        ck_assert(parse_hex(bytes_of(cases[i]), &der));
        bool long_form = strcmp(cases[i], "30810100") == 0 || strcmp(cases[i], "3082000100") == 0;
        ck_assert_msg(read_text(PEM_CERTIFICATE, buf_bytes(&der), &out, &error) ==
                          (long_form ? ST_OK : ST_INVALID),
                      "%s", cases[i]);
        buf_release(&der);
    }
    buf_release(&out);
}
END_TEST

START_TEST(keeps_several_certificates_as_text)
{
    struct buf one;
    struct buf two;
    struct buf out;
    struct error error;
    buf_init(&one, 4096);
    buf_init(&two, 8192);
    buf_init(&out, 8192);
    ck_assert_int_eq(file_read("profiles/keys/server.pem", &one, NULL, NULL), ST_OK);
    ck_assert_int_eq(read_text(PEM_CERTIFICATE, buf_bytes(&one), &out, &error), ST_OK);
    ck_assert_uint_eq(out.data[0], 0x30);
    buf_put(&two, buf_bytes(&one));
    ck_assert_int_eq(file_read("profiles/keys/ca.pem", &two, NULL, NULL), ST_OK);
    ck_assert_int_eq(read_text(PEM_CERTIFICATE, buf_bytes(&two), &out, &error), ST_OK);
    ck_assert(bytes_equal(buf_bytes(&out), buf_bytes(&two)));
    buf_release(&out);
    buf_release(&two);
    buf_release(&one);
}
END_TEST

START_TEST(says_what_is_wrong_with_pem)
{
    static const struct {
        enum pem_kind kind;
        const char *text, *message;
    } cases[] = {
        {PEM_PRIVATE_KEY, "", "private key is neither PEM nor DER"},
        {PEM_PRIVATE_KEY, PUBLIC_KEY, "PEM text has no private key"},
        {PEM_CERTIFICATE, EC_KEY, "PEM text has no certificate"},
        {PEM_PRIVATE_KEY, EC_KEY PKCS8_KEY, "PEM text has more than one private key"},
        {PEM_PUBLIC_KEY, "-----BEGIN PUBLIC KEY-----\nMFkw\n",
         "PEM text of the public key is damaged"},
        {PEM_PUBLIC_KEY, "-----BEGIN PUBLIC KEY-----\nMAMC\n-----END PUBLIC KEY-----",
         "PEM text of the public key is damaged"},
        {PEM_PUBLIC_KEY, "-----BEGIN PUBLIC KEY-----\nMAMCAQA=\n-----END CERTIFICATE-----",
         "PEM text of the public key is damaged"},
        {PEM_PRIVATE_KEY, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIHsMFcGCSqGSIb3DQEFDTBKMCk\n",
         "private key is encrypted; take the passphrase off"},
        {PEM_PRIVATE_KEY,
         "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n",
         "private key is encrypted; take the passphrase off"},
    };
    struct buf out;
    struct error error;
    buf_init(&out, 1024);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ck_assert_int_eq(read_text(cases[i].kind, bytes_of(cases[i].text), &out, &error),
                         ST_INVALID);
        ck_assert_str_eq(error.text, cases[i].message);
        ck_assert_uint_eq(out.len, 0);
    }
    buf_release(&out);
}
END_TEST

START_TEST(holds_to_the_limit_of_the_buffer)
{
    struct buf out;
    struct error error;
    buf_init(&out, 64);
    ck_assert_int_eq(pem_read(PEM_PUBLIC_KEY, bytes_of(PUBLIC_KEY), &out, &error), ST_LIMIT);
    ck_assert_str_eq(error.text, "public key has more than 64 octets");
    buf_release(&out);
}
END_TEST

UNIT_MAIN("pem", takes_the_der_out_of_pem, takes_lines_that_end_as_on_other_systems,
          takes_der_as_it_is_and_whole_only, refuses_lengths_that_der_does_not_have,
          keeps_several_certificates_as_text, says_what_is_wrong_with_pem,
          holds_to_the_limit_of_the_buffer)
