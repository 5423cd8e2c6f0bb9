/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts of object 0 as credentials, and the URIs that they belong to. */
#include "base/std.h"

#include "tests/unit/model/keys.h"
#include "tests/unit/model/support.h"

START_TEST(takes_uris_apart)
{
    static const struct {
        const char *text, *host;
        bool secure, tcp;
    } cases[] = {
        {"coap://a", "a", false, false},
        {"coaps://server.example.com:5684", "server.example.com", true, false},
        {"coap+tcp://[::1]:5683/", "::1", false, true},
        {"coaps+tcp://192.0.2.7/", "192.0.2.7", true, true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct account_uri uri;
        ck_assert_msg(account_uri_parse(bytes_of(cases[i].text), &uri), "%s", cases[i].text);
        ck_assert_msg(bytes_is(uri.host, cases[i].host), "%s", cases[i].text);
        ck_assert_int_eq(uri.secure, cases[i].secure);
        ck_assert_int_eq(uri.tcp, cases[i].tcp);
    }
}
END_TEST

START_TEST(refuses_what_is_no_uri_of_an_account)
{
    static const char *const cases[] = {
        "",
        "coap",
        "coap://",
        "http://a",
        "coap://a:0",
        "coap://a:",
        "coap://a:x",
        "coap://a:65536",
        "coap://a/path",
        "coap://u@a",
        "coap://[]",
        "coap://[::1",
        "coap://[::1]x",
        "coap://a?b",
        "COAP://a",
        "coap://a]",
        "coap://a b",
        "coap://a:5683/?q",
        "coap://\x01",
        "coap://a\x7f",
        "coap://\xff",
    };
    struct account_uri uri;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        ck_assert_msg(!account_uri_parse(bytes_of(cases[i]), &uri), "%s", cases[i]);
    ck_assert(!account_uri_parse((struct bytes){(const uint8_t *)"coap://a\0b", 10}, &uri));
}
END_TEST

/* --- object 0 --------------------------------------------------------------------------------- */

static struct value hex(const char *digits)
{
    struct buf octets;
    buf_init(&octets, 4096);
    ck_assert(parse_hex(bytes_of(digits), &octets));
    struct value value = value_octets(VALUE_OPAQUE, buf_bytes(&octets));
    buf_release(&octets);
    return value;
}

static struct model *account(const char *uri, int64_t mode)
{
    struct model *model = model_new(catalogue_builtin());
    put(model, "/0/2/0", value_string(uri));
    put(model, "/0/2/1", value_boolean(false));
    put(model, "/0/2/2", value_integer(mode));
    put(model, "/0/2/3", hex(""));
    put(model, "/0/2/4", hex(""));
    put(model, "/0/2/5", hex(""));
    return model;
}

static void assert_status(const struct model *model, enum status status, const char *message)
{
    struct credentials credentials;
    struct error error;
    error_clear(&error);
    ck_assert_int_eq(credentials_of_account(model, 2, &credentials, &error), status);
    ck_assert_str_eq(error.text, message);
    if (status != ST_OK)
        ck_assert_int_eq(credentials.mode, CREDENTIALS_NONE);
    credentials_release(&credentials);
}

static void assert_octets(const struct buf *octets, const char *digits)
{
    struct buf found;
    buf_init(&found, 4096);
    buf_put_hex(&found, buf_bytes(octets));
    ck_assert_str_eq(buf_text(&found), digits);
    buf_release(&found);
}

START_TEST(reads_an_account_without_security)
{
    struct model *model = account("coap://127.0.0.1", CREDENTIALS_NONE);
    assert_status(model, ST_OK, "");
    model_free(model);
}
END_TEST

START_TEST(reads_a_pre_shared_key)
{
    struct model *model = account("coaps://127.0.0.1", CREDENTIALS_PSK);
    struct credentials credentials;
    put(model, "/0/2/3", hex("616200"));
    put(model, "/0/2/5", hex("000102"));
    ck_assert_int_eq(credentials_of_account(model, 2, &credentials, NULL), ST_OK);
    ck_assert_int_eq(credentials.mode, CREDENTIALS_PSK);
    assert_octets(&credentials.identity, "616200");
    assert_octets(&credentials.key, "000102");
    ck_assert_ptr_null(credentials.server_name);
    ck_assert_uint_eq(credentials.trust.len, 0);
    credentials_release(&credentials);
    model_free(model);
}
END_TEST

START_TEST(reads_raw_public_keys)
{
    struct model *model = account("coaps+tcp://127.0.0.1", CREDENTIALS_RPK);
    struct credentials credentials;
    put(model, "/0/2/3", hex(PUBLIC_KEY_HEX));
    put(model, "/0/2/4", hex("3003020100"));
    put(model, "/0/2/5", hex(EC_KEY_HEX));
    ck_assert_int_eq(credentials_of_account(model, 2, &credentials, NULL), ST_OK);
    assert_octets(&credentials.public_key, PUBLIC_KEY_HEX);
    assert_octets(&credentials.peer_public_key, "3003020100");
    assert_octets(&credentials.key, EC_KEY_HEX);
    credentials_release(&credentials);
    model_free(model);
}
END_TEST

START_TEST(reads_certificates_and_the_name_of_the_server)
{
    struct model *model = account("coaps://[::1]:5684", CREDENTIALS_X509);
    struct credentials credentials;
    put(model, "/0/2/3", hex("3003020101"));
    put(model, "/0/2/4", hex("3003020102"));
    put(model, "/0/2/5", hex(EC_KEY_HEX));
    ck_assert_int_eq(credentials_of_account(model, 2, &credentials, NULL), ST_OK);
    assert_octets(&credentials.certificate, "3003020101");
    assert_octets(&credentials.trust, "3003020102");
    ck_assert_str_eq(credentials.server_name, "::1");
    credentials_release(&credentials);
    put(model, "/0/2/14", value_string("server.example.com"));
    ck_assert_int_eq(credentials_of_account(model, 2, &credentials, NULL), ST_OK);
    ck_assert_str_eq(credentials.server_name, "server.example.com");
    credentials_release(&credentials);
    model_free(model);
}
END_TEST

START_TEST(refuses_a_name_that_ends_early)
{
    struct model *model = account("coaps://a", CREDENTIALS_X509);
    struct bytes name = {(const uint8_t *)"good\0.evil", 10};
    put(model, "/0/2/14", value_octets(VALUE_STRING, name));
    assert_status(model, ST_INVALID, "server name of \"/0/2\" is empty or has a NUL in it");
    model_free(model);
}
END_TEST

START_TEST(says_why_an_account_cannot_be_used)
{
    struct model *model = model_new(catalogue_builtin());
    assert_status(model, ST_NOT_FOUND, "\"/0/2\" is not there");
    put(model, "/0/2/0", value_string("coaps://a"));
    assert_status(model, ST_INVALID, "\"/0/2\" has no uri that can be used, or no security mode");
    put(model, "/0/2/2", value_integer(CREDENTIALS_NONE));
    assert_status(model, ST_INVALID, "uri of \"/0/2\" does not fit security mode \"none\"");
    put(model, "/0/2/2", value_integer(CREDENTIALS_PSK));
    assert_status(model, ST_INVALID,
                  "\"/0/2/3\": identity has 0 octets, but 1 to 128 are possible");
    put(model, "/0/2/3", hex("61"));
    assert_status(model, ST_INVALID,
                  "\"/0/2/5\": pre-shared key has 0 octets, but 1 to 64 are possible");
    put(model, "/0/2/2", value_integer(CREDENTIALS_RPK));
    assert_status(model, ST_INVALID, "\"/0/2/3\": public key is neither PEM nor DER");
    put(model, "/0/2/2", value_integer(4));
    assert_status(model, ST_UNSUPPORTED, "security mode 4 of \"/0/2\" is not supported");
    put(model, "/0/2/2", value_integer(CREDENTIALS_X509));
    put(model, "/0/2/13", value_integer(1));
    assert_status(model, ST_UNSUPPORTED, "matching type 1 of \"/0/2\" is not supported");
    put(model, "/0/2/0", value_string("sms:1"));
    assert_status(model, ST_INVALID, "\"/0/2\" has no uri that can be used, or no security mode");
    model_free(model);
}
END_TEST

UNIT_MAIN("credentials", takes_uris_apart, refuses_what_is_no_uri_of_an_account,
          reads_an_account_without_security, reads_a_pre_shared_key, reads_raw_public_keys,
          reads_certificates_and_the_name_of_the_server, refuses_a_name_that_ends_early,
          says_why_an_account_cannot_be_used)
