/* SPDX-License-Identifier: Apache-2.0 */
/* Compares halves of keys with Mbed TLS, which has no part in the links that they are for. */
#include <mbedtls/pk.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>

#include "base/std.h"

#include "secure/pair.h"

enum { PUBLIC_MOST = 1024 }; /* octets of a SubjectPublicKeyInfo: RSA of 4096 bits takes 550 */

/* --- what differs between releases of the library ------------------------------------------ */

/* Mbed TLS 2 reads a private key without chance; 3 wants some, against those who measure. */
typedef int parse_key_2(mbedtls_pk_context *, const unsigned char *, size_t, const unsigned char *,
                        size_t);
typedef int random_3(void *, unsigned char *, size_t);
typedef int parse_key_3(mbedtls_pk_context *, const unsigned char *, size_t, const unsigned char *,
                        size_t, random_3 *, void *);

static inline bool parse_with_2(parse_key_2 *parse, mbedtls_pk_context *out, struct bytes key)
{
    return parse(out, key.data, key.len, NULL, 0) == 0;
}

static inline bool parse_with_3(parse_key_3 *parse, mbedtls_pk_context *out, struct bytes key)
{
    return psa_crypto_init() == PSA_SUCCESS &&
           parse(out, key.data, key.len, NULL, 0, mbedtls_psa_get_random,
                 MBEDTLS_PSA_RANDOM_STATE) == 0;
}

static bool parse_private(mbedtls_pk_context *out, struct bytes key)
{
    return _Generic(&mbedtls_pk_parse_key, parse_key_2 *
                    : parse_with_2, parse_key_3 *
                    : parse_with_3)(&mbedtls_pk_parse_key, out, key);
}

/* --- comparing ----------------------------------------------------------------------------- */

/* The library's own comparison takes other parameters in each release, the octets do not. */
static enum pair_verdict compare(mbedtls_pk_context *shown, mbedtls_pk_context *private_key)
{
    uint8_t a[PUBLIC_MOST];
    uint8_t b[PUBLIC_MOST];
    int a_len = mbedtls_pk_write_pubkey_der(shown, a, sizeof a);
    int b_len = mbedtls_pk_write_pubkey_der(private_key, b, sizeof b);
    if (a_len <= 0 || b_len <= 0)
        return PAIR_UNKNOWN;
    /* They stand at the end. */
    bool fits =
        a_len == b_len && memcmp(a + sizeof a - a_len, b + sizeof b - b_len, (size_t)a_len) == 0;
    return fits ? PAIR_FITS : PAIR_DIFFERS;
}

/* --- certificates -------------------------------------------------------------------------- */

/* The library knows PEM by the NUL behind it, and a certificate that it cannot read may stand
 * behind the first one, which is all that matters here. OUT is to be freed whatever comes back. */
static bool parse_chain(mbedtls_x509_crt *out, struct bytes shown)
{
    struct buf text;
    bool is_pem = shown.len > 0 && shown.data[0] == '-';
    buf_init(&text, shown.len + 1);
    buf_put(&text, shown);
    if (is_pem)
        buf_put(&text, (struct bytes){(const uint8_t *)"", 1});
    struct bytes whole = buf_bytes(&text);
    mbedtls_x509_crt_init(out);
    bool is_read = mbedtls_x509_crt_parse(out, whole.data, whole.len) == 0;
    buf_release(&text);
    return is_read;
}

bool certificate_is_expired(struct bytes shown)
{
    mbedtls_x509_crt chain;
    bool is_expired = parse_chain(&chain, shown) && mbedtls_x509_time_is_past(&chain.valid_to) != 0;
    mbedtls_x509_crt_free(&chain);
    return is_expired;
}

static enum pair_verdict compare_certificate(struct bytes shown, mbedtls_pk_context *private_key)
{
    mbedtls_x509_crt chain;
    enum pair_verdict verdict = PAIR_UNKNOWN;
    if (parse_chain(&chain, shown))
        verdict = compare(&chain.pk, private_key);
    mbedtls_x509_crt_free(&chain);
    return verdict;
}

enum pair_verdict pair_check(struct bytes private_key, struct bytes shown)
{
    mbedtls_pk_context own;
    mbedtls_pk_context public_key;
    enum pair_verdict verdict = PAIR_UNKNOWN;
    mbedtls_pk_init(&own);
    mbedtls_pk_init(&public_key);
    bool is_read = parse_private(&own, private_key);
    if (is_read && mbedtls_pk_parse_public_key(&public_key, shown.data, shown.len) == 0)
        verdict = compare(&public_key, &own);
    else if (is_read)
        verdict = compare_certificate(shown, &own);
    mbedtls_pk_free(&public_key);
    mbedtls_pk_free(&own);
    return verdict;
}
