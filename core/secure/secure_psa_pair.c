/* SPDX-License-Identifier: Apache-2.0 */
/* Compares halves of keys with Mbed TLS, which has no part in the links that they are for. */
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include "base/std.h"

#include "secure/pair.h"

static enum pair_verdict compare(const mbedtls_pk_context *shown,
                                 const mbedtls_pk_context *private_key)
{
    return mbedtls_pk_check_pair(shown, private_key) == 0 ? PAIR_FITS : PAIR_DIFFERS;
}

/* The library knows PEM by the NUL behind it, and a certificate that it cannot read may stand
 * behind the first one, which is all that matters here. */
static enum pair_verdict compare_certificate(struct bytes shown,
                                             const mbedtls_pk_context *private_key)
{
    struct buf text;
    mbedtls_x509_crt chain;
    bool is_pem = shown.len > 0 && shown.data[0] == '-';
    buf_init(&text, shown.len + 1);
    buf_put(&text, shown);
    if (is_pem)
        buf_put(&text, (struct bytes){(const uint8_t *)"", 1});
    struct bytes whole = buf_bytes(&text);
    mbedtls_x509_crt_init(&chain);
    enum pair_verdict verdict = PAIR_UNKNOWN;
    if (mbedtls_x509_crt_parse(&chain, whole.data, whole.len) == 0)
        verdict = compare(&chain.pk, private_key);
    mbedtls_x509_crt_free(&chain);
    buf_release(&text);
    return verdict;
}

enum pair_verdict pair_check(struct bytes private_key, struct bytes shown)
{
    mbedtls_pk_context own;
    mbedtls_pk_context public_key;
    enum pair_verdict verdict = PAIR_UNKNOWN;
    mbedtls_pk_init(&own);
    mbedtls_pk_init(&public_key);
    bool is_read = mbedtls_pk_parse_key(&own, private_key.data, private_key.len, NULL, 0) == 0;
    if (is_read && mbedtls_pk_parse_public_key(&public_key, shown.data, shown.len) == 0)
        verdict = compare(&public_key, &own);
    else if (is_read)
        verdict = compare_certificate(shown, &own);
    mbedtls_pk_free(&public_key);
    mbedtls_pk_free(&own);
    return verdict;
}
